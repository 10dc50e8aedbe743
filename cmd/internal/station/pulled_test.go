package station

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"pointkiosk/hub/registry"
	"pointkiosk/kiosk"
	"pointkiosk/kiosk/account"
	"pointkiosk/kiosk/jpki/jpkitest"
	"pointkiosk/kiosk/pcsc"
	"pointkiosk/kiosk/wizard"
	"pointkiosk/packaging/proof"
)

// ours are the commands that a card may be given, whole: the JPKI applet, four of
// its files, and reads of the file that was selected. Above 7F the first byte of a
// READ's offset names another file.
var ours = regexp.MustCompile(`^(` + strings.Join([]string{
	`00 A4 04 0C 0A D3 92 F0 00 26 01 00 00 00 01`,
	`00 A4 02 0C 02 00 (06|0A|17|18)`,
	`00 B0 [0-7][0-9A-F] [0-9A-F]{2} [0-9A-F]{2}`,
	`00 20 00 80( 04 \*\* \*\* \*\* \*\*)?`,
	`80 2A 00 80 (20 \(32|33 \(51) bytes\) 00`,
}, "|") + `)$`)

// told are the commands in a card's log, as they are in hex, and nothing about power.
func told(log []string) (list []string) {
	for _, line := range log {
		if command, _, is := strings.Cut(line, " -> "); is {
			list = append(list, command[17:])
		}
	}
	return list
}

func notOurs(log []string) []string {
	return slices.DeleteFunc(told(log), ours.MatchString)
}

// onlyOurs looks at what a card was asked.
func onlyOurs(t *testing.T, card *jpkitest.Card) {
	t.Helper()
	for _, command := range notOurs(card.Log()) {
		t.Errorf("not ours: %s", command)
	}
}

// A read of another file, another applet, another PIN: each is found, however it
// is asked for, and whatever of ours is in its bytes.
func TestOnlyOursFinds(t *testing.T) {
	deck, err := jpkitest.NewDeck([32]byte{7}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	for _, strange := range []string{
		"\x00\xB0\x8B\x00\x00", "\x00\xB0\x81\x00\x20", // another file, by its five bits
		"\x00\xB0\x00\x00\x00\x01\x00", // all of a file at once: no reader here can
		"\x00\xA4\x02\x0C\x02\x00\x0B", "\x00\xA4\x02\x0C\x02\x00\x1B",
		"\x00\xA4\x04\x0C\x0A\xD3\x92\x10\x00\x31\x00\x01\x01\x04\x08",
		"\x00\xA4\x04\x0C\x05\xD3\x92\xF0\x00\x26",
		"\x00\x20\x00\x8B", "\x00\x20\x00\x9B\x0400B0", "\x00\x20\x00\x80\x0612345A",
		"\x80\x2A\x00\x9A\x2000 B0 00 B0 00 B0 00 B0 00 B0 00 B0\x00",
		"\x00\x24\x01\x80\x0412340000", "\x00\xC0\x00\x00\xB0",
	} {
		card, err := deck.Card("p256")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := card.Transmit([]byte(strange)); err != nil || len(notOurs(card.Log())) != 1 {
			t.Errorf("% X goes for ours: %v", strange, err)
		}
	}
}

// A deed is what one person does at the counter, with one card: what they do at
// each screen, from that after the card was read.
type deed struct {
	name  string
	kind  jpkitest.Kind
	ready func(*person) // before they come
	tile  kiosk.Event
	does  []atScreen
	fresh bool // each time another person's card
}

type atScreen struct {
	step wizard.Step
	do   func(*person) []kiosk.Event
}

// A person has a certificate, on however many cards of one kind.
type person struct {
	*counter
	leaf         *jpkitest.Leaf
	before, pass string // the ID on the card of before, and its password
}

func (c *counter) person(kind jpkitest.Kind) *person {
	leaf, err := c.deck.CA.Issue(jpkitest.Profile{Kind: kind, Issued: time.Now().AddDate(-1, 0, 0), Born: time.Date(1985, 4, 12, 0, 0, 0, 0, time.UTC)})
	c.ok(err)
	return &person{counter: c, leaf: leaf}
}

// next is somebody else, who had the same ID before.
func (p *person) next(kind jpkitest.Kind) *person {
	n := p.counter.person(kind)
	n.before, n.pass = p.before, p.pass
	return n
}

// card is theirs, and is pulled away in a command.
func (p *person) card(pull int) *jpkitest.Card {
	return jpkitest.New(jpkitest.Opts{Leaf: p.leaf, CA: p.deck.CA.DER, Faults: jpkitest.Faults{Pull: pull}})
}

// member has an ID, whoever has none.
func (p *person) member() {
	p.sit(p.card(0))
	p.pinIs("1234")
	if p.state.MyKey.Step == wizard.Choose {
		p.agree()
	}
	p.home()
}

// lost was a member with a password, and has another certificate now.
func (p *person) lost() {
	if p.before == "" {
		old := p.counter.person(jpkitest.P256)
		old.sit(old.card(0))
		var code string
		p.before, code = old.register()
		p.home()
		p.pass = "natsu-no-umi-2026"
		p.secret = append(p.secret, p.pass)
		_, err := p.accounts.SetPassword(p.t.Context(), netip.Addr{}, p.before, code, p.pass, "a phone")
		p.ok(err)
	}
}

func deeds() []deed {
	events := func(list ...kiosk.Event) func(*person) []kiosk.Event {
		return func(*person) []kiosk.Event { return list }
	}
	pin := atScreen{wizard.PIN, func(*person) []kiosk.Event {
		return []kiosk.Event{wizard.TypedPIN{PIN: wizard.NewTyped([]byte("1234"))}}
	}}
	first := func(p *person) kiosk.Event { return wizard.TapID{ID: p.state.MyKey.IDs[0]} }
	registers := atScreen{wizard.Choose, func(p *person) []kiosk.Event {
		return []kiosk.Event{first(p), wizard.TapCode{}, wizard.TapNext{}, wizard.TapNext{}}
	}}
	changes := atScreen{wizard.Choose, func(p *person) []kiosk.Event { return []kiosk.Event{first(p), wizard.TapNext{}} }}
	binds := atScreen{wizard.Choose, func(p *person) []kiosk.Event {
		return []kiosk.Event{wizard.TapBefore{}, wizard.TypedID{ID: p.before}, wizard.TapNext{}, wizard.TypedPass{Pass: wizard.NewTyped([]byte(p.pass))}}
	}}
	mykey := kiosk.TapMyKey{}
	return []deed{
		{"registers, P-256", jpkitest.P256, nil, mykey, []atScreen{pin, registers}, true},
		{"registers, RSA", jpkitest.RSA2048, nil, mykey, []atScreen{pin, registers}, true},
		{"looks at the balance", jpkitest.P256, (*person).member, kiosk.TapBalance{}, []atScreen{pin}, false},
		{"takes another ID", jpkitest.P256, (*person).member, mykey, []atScreen{pin, {wizard.Held, events(wizard.TapChange{})}, changes}, false},
		{"forgot the password", jpkitest.P256, (*person).member, mykey, []atScreen{pin, {wizard.Held, events(wizard.TapForgot{})}}, false},
		{"retires the ID", jpkitest.P256, (*person).member, mykey, []atScreen{pin, {wizard.Held, events(wizard.TapRetire{}, wizard.TapNext{})}}, false},
		{"has a renewed card", jpkitest.P256, (*person).lost, mykey, []atScreen{pin, binds}, true},
	}
}

// comes walks up with a card, whatever lay there before, and goes as far as it lets
// them.
func (p *person) comes(d deed, card *jpkitest.Card) {
	p.t.Helper()
	if d.tile == (kiosk.TapMyKey{}) {
		p.sit(card)
	} else {
		p.do(d.tile)
		p.lay(card)
	}
	p.goesOn(d)
}

func (p *person) goesOn(d deed) {
	for _, at := range d.does {
		if p.state.Step == kiosk.MyKey && p.state.MyKey.Step == at.step {
			p.do(at.do(p)...)
		}
	}
}

// succeeds expects the end that each deed should have.
func (p *person) succeeds(d deed) {
	p.t.Helper()
	switch at := p.state.MyKey.Step; {
	case d.tile != kiosk.Event(kiosk.TapMyKey{}):
		p.accountShows(account.Balance)
	case at != wizard.Done && at != wizard.Take:
		p.t.Fatalf("%s: %s", d.name, p.screen())
	}
	p.secret = append(p.secret, p.state.MyKey.Account.ID, p.state.MyKey.Code)
}

// In each of its commands a card is pulled away, or the reader is unplugged, for
// each thing that is done with a card. None of it is a wrong PIN, nothing more is
// sent, no PIN goes again by itself, and laid down again it all goes on, from the
// beginning.
func TestCounterPulled(t *testing.T) {
	c, _ := newCounterAt(t, func(c *counter) { // so many people never come at once
		c.people.Limits = registry.DefaultLimits()
		c.people.Limits.Ask.Burst, c.people.Limits.Holder.Burst = 10_000, 10_000
	})
	list := new(strings.Builder)
	for _, d := range deeds() {
		fmt.Fprintf(list, "== %s\n", d.name)
		p := c.person(d.kind)
		ready := func() *person {
			if d.fresh {
				p = p.next(d.kind)
			}
			if d.ready != nil {
				d.ready(p)
			}
			return p
		}
		whole := ready().card(0)
		p.comes(d, whole)
		p.succeeds(d)
		c.home()
		c.gone()
		commands := slices.DeleteFunc(whole.Log(), func(line string) bool { return !strings.Contains(line, " -> ") })
		for n, line := range commands {
			pulled := ready().pulled(d, n+1, told(commands))
			unplugged := ready().unplugged(d, n+1, told(commands))
			fmt.Fprintf(list, "%s\n    pulled away: %s\n    unplugged: %s\n", line, pulled, unplugged)
		}
	}
	proof.Golden(t, "pulled.txt", list.String())
}

// pulled pulls the card away in the n-th command, and lays it down again.
func (p *person) pulled(d deed, n int, whole []string) string {
	p.t.Helper()
	card := p.card(n)
	p.comes(d, card)
	p.shows(wizard.Place)
	if !p.state.MyKey.Moved || p.state.MyKey.Wrong {
		p.t.Errorf("%s, pulled in command %d: %+v", d.name, n, p.state.MyKey)
	}
	shown := p.was(card, whole[:n])
	p.takeAway()
	p.shows(wizard.Place)
	sent := pins(card)
	p.lay(card)
	if pins(card) != sent {
		p.t.Errorf("%s, pulled in command %d: the PIN was sent again", d.name, n)
	}
	p.goesOn(d)
	p.succeeds(d)
	if again := told(card.Log())[n:]; !slices.Equal(again, whole) {
		p.t.Errorf("%s, pulled in command %d, and laid down again:\n%s", d.name, n, strings.Join(again, "\n"))
	}
	p.home()
	p.gone()
	onlyOurs(p.t, card)
	return shown
}

// unplugged unplugs the reader in the n-th command: the kiosk is told so before the
// command ends, or after.
func (p *person) unplugged(d deed, n int, whole []string) (shown string) {
	p.t.Helper()
	for _, late := range []bool{false, true} {
		card := p.card(n)
		p.reader.yank = func() error {
			p.reader.put(nil)
			if !late {
				p.tell(pcsc.NoReader{})
			}
			return fmt.Errorf("%w (transmit)", pcsc.ErrNoReader)
		}
		p.comes(d, card)
		p.reader.yank = nil
		p.shows(wizard.Stopped)
		if late {
			p.tell(pcsc.NoReader{})
			p.shows(wizard.Stopped)
		}
		was := p.was(card, whole[:n])
		if late && was != shown {
			p.t.Errorf("%s, unplugged in command %d: %s, or %s", d.name, n, shown, was)
		}
		shown = was
		p.take()
		onlyOurs(p.t, card)
	}
	return shown
}

// was is what is shown after a card was given these commands, and no others.
func (p *person) was(card *jpkitest.Card, commands []string) string {
	p.t.Helper()
	if got := told(card.Log()); !slices.Equal(got, commands) || card.Verified() {
		p.t.Errorf("the card can sign: %v; it was told\n%s\nand not\n%s", card.Verified(), strings.Join(got, "\n"), strings.Join(commands, "\n"))
	}
	return fmt.Sprintf("%s, %d PIN", p.screen(), pins(card))
}
