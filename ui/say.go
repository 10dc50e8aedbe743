package ui

import (
	"strings"

	"pointkiosk/kiosk"
)

// sentence turns a key that came with a state into what a person reads. What
// the word list doesn't know becomes "Please call staff": nobody reads an
// error.
func (p *pen) sentence(key string) string {
	if key == "" {
		return ""
	}
	return p.known(key, "any.call")
}

// known says a key, or another one where the word list has no such key.
func (p *pen) known(key, otherwise string) string {
	text := p.say(key)
	if strings.HasPrefix(text, "‹") || strings.Contains(text, "%") {
		return p.say(otherwise)
	}
	return text
}

// count puts a number with its unit into an amount.
func (a *amount) count(key, n string) {
	before, after, _ := strings.Cut(a.p.say(key, n), n)
	a.set(strings.TrimSpace(before), n, strings.TrimSpace(after))
}

// who names the people to call: the kiosk's own contact, or the event's.
func (p *pen) who(site kiosk.Site) string {
	contact, phone := site.Contact.In(p.lang()), site.Phone
	if contact == "" {
		contact = site.Allotment.Event.Contact.In(p.lang())
	}
	if phone == "" {
		phone = site.Allotment.Event.Phone
	}
	return strings.TrimSpace(contact + " " + phone)
}
