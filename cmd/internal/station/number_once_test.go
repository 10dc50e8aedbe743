package station

import (
	"testing"

	"pointkiosk/cards"
	"pointkiosk/kiosk"
	"pointkiosk/printer"
)

// faded has a card voided whose number is typed.
func (m *market) faded(s cards.Serial) kiosk.FoundCard {
	m.t.Helper()
	m.byNumber(s)
	m.do(kiosk.TapVoid{}, kiosk.TapReason{Reason: "void.torn"})
	if m.state.Step == kiosk.Door { // above the set count
		m.pin("1357")
	}
	m.at(kiosk.ByNumber)
	return m.state.Number.Card
}

// replaced wants a void card to get another in its place, and returns that.
func (m *market) replaced(s cards.Serial) cards.Serial {
	m.t.Helper()
	if m.state.Step == kiosk.ByNumber {
		m.do(kiosk.TapBack{})
	}
	if c := m.byNumber(s); !c.MayAgain() {
		m.t.Fatalf("no other card for %v: %+v", s, c)
	}
	m.do(kiosk.TapAgain{})
	m.at(kiosk.ByNumber)
	other := m.state.Number.Card.Again
	m.is(cards.Printed, other)
	m.do(kiosk.TapBack{})
	return other
}

// good counts the cards of an allotment that are worth something.
func (m *market) good(allotment uint32) uint32 {
	t := m.desk.Journal.Tally(allotment)
	return t.Signed - t.Void
}

// However often the cards of one visitor fade, whichever of their numbers is typed
// leads to the one that is out.
func TestByNumberOneTail(t *testing.T) {
	m := newMarket(t, printer.ProcessID, nil)
	m.online()
	chain := []cards.Serial{m.handsOut()}
	for range 3 {
		last := chain[len(chain)-1]
		m.faded(last)
		chain = append(chain, m.replaced(last))
		for _, s := range chain[:len(chain)-1] {
			if c := m.byNumber(s); c.State != cards.Void || c.Again != chain[len(chain)-1] || c.MayAgain() {
				t.Errorf("%d cards: %v leads to %v", len(chain), s, c.Again)
			}
			m.do(kiosk.TapAgain{}, kiosk.TapBack{})
		}
	}
	m.faded(chain[3])
	m.replaced(chain[0]) // the first paper is what they kept
	if n := m.good(chain[0].Allotment); n != 1 || m.papers() != 5 {
		t.Errorf("%d cards are good, %d papers", n, m.papers())
	}
	m.checks()
}

// Of a card of which no byte was sent nobody has anything: nothing takes its place,
// whoever reads its number in a report.
func TestByNumberUnsent(t *testing.T) {
	m := newMarket(t, printer.ProcessID, nil)
	m.toMenu()
	x, err := m.desk.Journal.Sign(t.Context(), m.state.Offers[0].Allotment, "a visitor's", "sato")
	m.ok(err)
	_, err = m.desk.Journal.Mark(t.Context(), x.Card.Serial(), cards.Void, "", cards.NothingSent)
	m.ok(err)
	if c := m.byNumber(x.Card.Serial()); c.State != cards.Void || c.MayAgain() {
		t.Errorf("%+v", c)
	}
	m.do(kiosk.TapAgain{}, m.desk.Do(t.Context(), kiosk.Reissue{Serial: x.Card.Serial(), Operator: "sato"}))
	if m.papers() != 0 {
		t.Errorf("%d papers", m.papers())
	}
}

// The power goes between signing the card that takes the place of a faded one and
// printing it: it waits for its owner, and the next visitor gets another. It may be
// the last number.
func TestByNumberWaits(t *testing.T) {
	for _, last := range []bool{false, true} {
		m := newMarket(t, printer.ProcessID, nil)
		m.online()
		s := m.handsOut()
		c := m.faded(s)
		if last {
			(&counter{market: m}).fill(c.Of, 1)
		}
		request, _, err := m.desk.again(t.Context(), s)
		m.ok(err)
		x, err := m.desk.Journal.Sign(t.Context(), c.Of, request, "sato")
		m.ok(err)
		m.do(kiosk.TapBack{})
		m.toMenu()
		if !last {
			m.do(kiosk.TapDesk{}, kiosk.TapIssue{})
			if v := m.state.Desk.Last; v == x.Card.Serial() || v == s {
				t.Errorf("a visitor has %v", v)
			}
			m.do(kiosk.TapBack{})
		}
		if other := m.replaced(s); other != x.Card.Serial() {
			t.Errorf("the owner has %v, not %v", other, x.Card.Serial())
		}
	}
}

// A card that the hub voided by a person's word has its own kiosk give the new one,
// by its number: one, however often it is asked for.
func TestByNumberVoidByWord(t *testing.T) {
	m := newMarket(t, printer.ProcessID, nil)
	m.online()
	s := m.handsOut()
	m.sync()
	m.ok(m.ledger.AddPerson(t.Context(), "佐藤", []string{"decide", "people"}, ""))
	_, err := m.ledger.VoidCard(t.Context(), s, "佐藤", "faded")
	m.ok(err)
	if c := m.faded(s); c.State != cards.Void {
		t.Fatalf("%+v", c)
	}
	other := m.replaced(s)
	if c := m.byNumber(s); c.Again != other || c.MayAgain() {
		t.Errorf("%+v", c)
	}
	m.checks()
}
