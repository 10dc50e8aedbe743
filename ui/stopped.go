package ui

import (
	"pointkiosk/kiosk"
	"pointkiosk/kiosk/wizard"
)

// A stop is an end before the good one: its code for staff, a picture of the
// action, and the key of where to go and what to bring. The word list has its
// title under mykey.stop.<name>, and what to do under .do.
type stop struct{ name, code, picture, where string }

// stops has the reasons of the wizard, then the words of the hub (DECISIONS 26,
// hub/api). A code never changes: it stands in the manual.
func stops() []stop {
	return []stop{
		{string(wizard.NoReader), "C-01", "plug", "staff"},
		{string(wizard.OtherCard), "C-02", "place", "again"},
		{string(wizard.Phone), "C-03", "place", "again"},
		{string(wizard.NoCertificate), "C-04", "office", "office"},
		{string(wizard.Mute), "C-05", "place", "again"},
		{string(wizard.Unusable), "C-06", "office", "office"},
		{string(wizard.Expired), "C-07", "office", "office"},
		{string(wizard.Renewed), "C-08", "calendar", "day"},
		{string(wizard.Offline), "C-09", "calendar", "later"},
		{string(wizard.Broken), "C-10", "call", "staff"},
		{"taken", "C-11", "place", "again"},
		{"offensive", "C-12", "place", "again"},
		{"unknown-ca", "C-13", "call", "staff"},
		{"not-yet-valid", "C-14", "calendar", "staff"},
		{"revoked", "C-15", "office", "office"},
		{"weak-certificate", "C-16", "office", "office"},
		{"bad-signature", "C-17", "place", "again"},
		{"other-id", "C-18", "place", "again"},
		{"challenge-used", "C-19", "place", "again"},
		{"challenge-late", "C-20", "place", "again"},
		{"has-id", "C-21", "place", "again"},
		{"no-id", "C-22", "place", "again"},
		{"weak-password", "C-23", "place", "again"},
		{"kiosk-unknown", "C-24", "call", "staff"},
		{"busy", "C-25", "calendar", "later"},
		{"replaced", "C-26", "place", "again"},
		{"malformed", "C-27", "call", "staff"},
		{string(wizard.Slow), "C-28", "calendar", "later"},
		{string(wizard.InUse), "C-29", "call", "staff"},
		{string(wizard.TwoCards), "C-30", "take", "one"},
	}
}

// stopOf finds why it ended. What nobody knows is for staff.
func stopOf(w wizard.State) stop {
	name := string(w.Reason)
	if w.Reason == wizard.Refused {
		name = w.Word
	}
	for _, s := range stops() {
		if s.name == name {
			return s
		}
	}
	return stop{"other", "C-99", "call", "staff"}
}

// todo is the key of what to do. Who came for the ID of before reads how the one
// they have now makes room for it, and nobody else.
func (s stop) todo(w wizard.State) string {
	key := "mykey.stop." + s.name + ".do"
	if s.name == "has-id" && w.Before {
		key += ".before"
	}
	return key
}

// stopped says why it ends here, what to do, where to go and what to bring.
type stopped struct {
	p                *pen
	page             *page
	picture          *picture
	title, do, where *text
	code, who        *text
}

func newStopped(p *pen, send func(kiosk.Event)) *stopped {
	s := &stopped{p: p, picture: newPicture(p, "call", 300), title: newText(p, 44, bold, body), do: newText(p, 32, regular, body).unbroken(),
		where: newText(p, 32, bold, body), code: newText(p, 28, regular, muted), who: newText(p, 28, regular, muted)}
	end := newGo(p, "any.end", func() { send(wizard.TapEnd{}) })
	s.page = beside(p, s.picture, newRow(p, 24, spring(1), end), s.title, s.do, s.where, newColumn(p, 8, s.code, s.who))
	return s
}

func (s *stopped) body() part { return s.page }

// Show knows each reason.
func (s *stopped) Show(st kiosk.State) {
	p, why := s.p, stopOf(st.MyKey)
	s.picture.set(why.picture)
	s.title.set(p.say("mykey.stop." + why.name))
	s.do.set(p.say(why.todo(st.MyKey)))
	s.where.set(p.say("mykey.stop." + why.where))
	s.code.set(p.say("out.code", why.code, st.Site.Kiosk))
	s.who.set(p.who(st.Site))
}
