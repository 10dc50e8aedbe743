package station

import (
	"context"
	"testing"

	"pointkiosk/cards"
	"pointkiosk/kiosk"
	"pointkiosk/printer"
	"pointkiosk/printer/printertest"
)

// online runs the uplink as a running kiosk does, until the test is over.
func (m *market) online() {
	m.t.Helper()
	up, err := m.desk.Uplink(nil)
	m.ok(err)
	ctx, stop := context.WithCancel(m.t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		up.Run(ctx)
	}()
	m.t.Cleanup(func() { stop(); <-ended })
	m.do(kiosk.NetworkIs{Network: kiosk.Network{Online: true}})
}

// handsOut hands out a card and goes back to the menu.
func (m *market) handsOut() cards.Serial {
	m.t.Helper()
	m.toDesk()
	m.do(kiosk.TapIssue{})
	m.at(kiosk.Issue)
	s := m.state.Desk.Last
	m.do(kiosk.TapBack{})
	m.at(kiosk.Menu)
	return s
}

// byNumber types a card's number.
func (m *market) byNumber(s cards.Serial) kiosk.FoundCard {
	m.t.Helper()
	m.do(kiosk.TapNumber{}, kiosk.TypedSerial{Serial: s})
	m.at(kiosk.ByNumber)
	return m.state.Number.Card
}

func (m *market) claims(s cards.Serial) error {
	m.t.Helper()
	a, err := m.desk.AllotmentOf(m.t.Context(), s)
	m.ok(err)
	c, err := m.desk.Journal.Card(m.t.Context(), a, s.Number)
	m.ok(err)
	_, err = m.ledger.Claim(m.t.Context(), c.Card, "HANA2345")
	return err
}

// A card that nobody can read any more: its number is typed, the hub makes it
// void, and one other card takes its place, however often it is asked for.
func TestByNumber(t *testing.T) {
	m := newMarket(t, printer.ProcessID, nil)
	m.online()
	s := m.handsOut()
	if c := m.byNumber(s); c.State != cards.Printed || c.Of.Points != 200 || c.Of.Event.ID != "bar" || !c.Voidable() {
		t.Fatalf("%+v", c)
	}
	m.do(kiosk.TapVoid{})
	m.at(kiosk.VoidCard)
	m.do(kiosk.TapReason{Reason: "void.torn"})
	m.at(kiosk.ByNumber)
	if n := m.state.Number; n.At != kiosk.NumberAsked || n.Card.State != cards.Void || n.Card.Left != 9 {
		t.Fatalf("%+v", n)
	}
	if err := m.claims(s); err == nil {
		t.Error("the old card gives points")
	}
	m.do(kiosk.TapAgain{})
	m.at(kiosk.ByNumber)
	other := m.state.Number.Card.Again
	if n := m.state.Number; n.At != kiosk.NumberAgain || other == s || m.papers() != 2 {
		t.Fatalf("%+v, %d papers", n, m.papers())
	}
	m.is(cards.Printed, other)
	m.do(kiosk.TapBack{})
	if c := m.byNumber(s); c.State != cards.Void || c.Again != other || c.MayAgain() {
		t.Errorf("a second card for it: %+v", c)
	}
	m.do(kiosk.TapAgain{}, m.desk.Do(t.Context(), kiosk.Reissue{Serial: s, Operator: "sato"}))
	if m.papers() != 2 {
		t.Errorf("%d papers", m.papers())
	}
	m.ok(m.claims(other))
	m.checks()
}

// checks wants the hub's book to be right.
func (m *market) checks() {
	m.t.Helper()
	faults, err := m.ledger.Check(m.t.Context())
	m.ok(err)
	for _, f := range faults {
		m.t.Error(f)
	}
}

// What was claimed meanwhile stays claimed, and nobody gets another card.
func TestByNumberHonoured(t *testing.T) {
	m := newMarket(t, printer.ProcessID, nil)
	m.online()
	s := m.handsOut()
	m.ok(m.claims(s))
	m.byNumber(s)
	m.do(kiosk.TapVoid{}, kiosk.TapReason{Reason: "void.torn"}, kiosk.TapAgain{})
	m.at(kiosk.ByNumber)
	if n := m.state.Number; n.At != kiosk.NumberAsked || n.Card.State != cards.Honoured || m.papers() != 1 {
		t.Errorf("%+v, %d papers", n, m.papers())
	}
	m.checks()
}

// Without a network the void waits; whoever types the number later has the other
// card then.
func TestByNumberOffline(t *testing.T) {
	m := newMarket(t, printer.ProcessID, nil)
	s := m.handsOut()
	m.byNumber(s)
	m.do(kiosk.TapVoid{}, kiosk.TapReason{Reason: "void.torn"}, kiosk.TapAgain{})
	if n := m.state.Number; n.At != kiosk.NumberAsked || n.Busy || n.Card.State != cards.VoidAsked || m.papers() != 1 {
		t.Fatalf("%+v, %d papers", n, m.papers())
	}
	m.do(kiosk.TapBack{})
	m.sync()
	if c := m.byNumber(s); c.State != cards.Void || !c.MayAgain() {
		t.Fatalf("%+v", c)
	}
	m.do(kiosk.TapAgain{})
	if m.state.Number.At != kiosk.NumberAgain || m.papers() != 2 {
		t.Errorf("%+v, %d papers", m.state.Number, m.papers())
	}
	m.is(cards.Void, s)
}

// Above the set count a second person stands by, as for any void.
func TestByNumberSecondPerson(t *testing.T) {
	m := newMarket(t, printer.ProcessID, nil)
	m.online()
	one, two := m.handsOut(), cards.Serial{}
	m.do(kiosk.TapDesk{}, kiosk.TapIssue{})
	two = m.state.Desk.Last
	m.do(kiosk.TapBack{})
	m.byNumber(one)
	m.do(kiosk.TapVoid{}, kiosk.TapReason{Reason: "void.torn"}, kiosk.TapBack{})
	m.byNumber(two)
	m.do(kiosk.TapVoid{}, kiosk.TapReason{Reason: "void.torn"})
	m.at(kiosk.Door)
	m.pin("2468")
	m.at(kiosk.Door)
	m.is(cards.Printed, two)
	m.pin("1357")
	m.at(kiosk.ByNumber)
	m.is(cards.Void, two)
}

// A number is no card of this kiosk, or none that can be void.
func TestByNumberOfNoCard(t *testing.T) {
	m := newMarket(t, printer.ProcessID, nil)
	s := m.handsOut()
	next, err := m.desk.Journal.Sign(t.Context(), m.desk.allotment, "waits", "sato")
	m.ok(err)
	for _, tt := range []struct {
		name   string
		serial cards.Serial
		state  cards.State
		ours   bool
	}{
		{"another kiosk's", cards.Serial{Allotment: 99, Number: 1}, "", false},
		{"beyond the allotment", cards.Serial{Allotment: s.Allotment, Number: 11}, "", false},
		{"a sample", cards.Serial{Allotment: s.Allotment | 1<<31, Number: 1}, "", false},
		{"not handed out yet", cards.Serial{Allotment: s.Allotment, Number: 5}, "", true},
		{"signed", next.Card.Serial(), cards.Signed, true},
	} {
		if c := m.byNumber(tt.serial); c.State != tt.state || (c.Of.ID != 0) != tt.ours || c.Voidable() || c.MayAgain() {
			t.Errorf("%s: %+v", tt.name, c)
		}
		m.do(kiosk.TapVoid{}, kiosk.TapBack{}, kiosk.TapBack{})
		m.at(kiosk.Menu)
	}
}

// Without paper no card takes the place, and the same tap does it later; where the
// printer took nothing of one, the next does.
func TestByNumberTorn(t *testing.T) {
	m := newMarket(t, printer.ProcessID, nil)
	m.online()
	s := m.handsOut()
	m.byNumber(s)
	m.do(kiosk.TapVoid{}, kiosk.TapReason{Reason: "void.torn"})
	m.printer.Inject(printertest.PaperEnd)
	m.do(kiosk.TapAgain{})
	m.at(kiosk.ByNumber)
	if m.state.Desk.Note != "issue.note.paper" {
		t.Errorf("note %q", m.state.Desk.Note)
	}
	m.printer.Inject(printertest.PaperLoaded)
	m.do(kiosk.TapAgain{})
	m.at(kiosk.ByNumber)
	first := m.state.Number.Card.Again
	m.is(cards.Printed, first)
	if request, out, err := m.desk.again(t.Context(), s); err != nil || out != first {
		t.Errorf("%s %v %v", request, out, err)
	}
	c, err := m.desk.Journal.Sign(t.Context(), m.desk.allotment, "again:"+first.String()+":1", "sato")
	m.ok(err)
	_, err = m.desk.Journal.Mark(t.Context(), c.Card.Serial(), cards.Void, "", cards.NothingSent)
	m.ok(err)
	if request, out, err := m.desk.again(t.Context(), first); err != nil || out.Number != 0 || request != "again:"+first.String()+":2" {
		t.Errorf("%s %v %v", request, out, err)
	}
}

// Where none of the event can be handed out now, the screen says so.
func TestByNumberNoneLeft(t *testing.T) {
	m := newMarket(t, printer.ProcessID, nil)
	m.online()
	s := m.handsOut()
	m.desk.opts.Settings.Printer.PaperDays = 7
	m.byNumber(s)
	m.do(kiosk.TapVoid{}, kiosk.TapReason{Reason: "void.torn"}, kiosk.TapAgain{})
	m.at(kiosk.ByNumber)
	if n := m.state.Number; n.Card.State != cards.Void || n.Card.Left != 0 || m.papers() != 1 {
		t.Errorf("%+v, %d papers", n, m.papers())
	}
}
