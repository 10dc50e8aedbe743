package station

import (
	"bytes"
	"crypto/ed25519"
	"fmt"
	"testing"
	"time"

	"pointkiosk/cards"
	"pointkiosk/hub/ledger"
	"pointkiosk/kiosk"
	"pointkiosk/printer"
	"pointkiosk/printer/printertest"
)

// grant gives cards of the market's event on a day so many days from today, and
// brings them here.
func (m *market) grant(count uint32, days int) cards.Allotment {
	m.t.Helper()
	a, err := m.ledger.Grant(m.t.Context(), ledger.Grant{
		Kiosk: "KSZ-014", Event: "bar", Count: count, Day: cards.Day(int(cards.DayOf(time.Now())) + days),
	})
	m.ok(err)
	m.sync()
	return a
}

// fair is a second event of today.
func (m *market) fair() cards.Allotment {
	m.t.Helper()
	m.ok(m.ledger.AddEvent(m.t.Context(), ledger.Event{
		Event: cards.Event{
			ID: "fair", Scheme: cards.Text{Ja: "らづポイント"}, Name: cards.Text{Ja: "朝市"}, Opens: "00:00", Closes: "24:00", Host: "p.example.jp",
		},
		Points: 50, Day: cards.DayOf(time.Now()), CardDays: 30, PointDays: 100,
	}))
	a, err := m.ledger.Grant(m.t.Context(), ledger.Grant{Kiosk: "KSZ-014", Event: "fair", Count: 5})
	m.ok(err)
	m.sync()
	return a
}

// A kiosk that holds tickets offers none of them as a card.
func TestTicketsAreNoOffer(t *testing.T) {
	m := newMarket(t, printer.ProcessID, nil)
	risk, err := m.desk.AtRisk(t.Context())
	m.ok(err)
	_, err = m.ledger.Grant(t.Context(), ledger.Grant{Kiosk: "KSZ-014", Event: "bar", Kind: cards.KindTicket, Count: 20, Points: 500})
	m.ok(err)
	m.sync()
	all, err := m.desk.Allotments(t.Context())
	m.ok(err)
	offers, err := m.desk.Offers(t.Context())
	m.ok(err)
	after, err := m.desk.AtRisk(t.Context())
	if err != nil || len(all) != 2 || len(offers) != 1 || offers[0].Allotment.Kind != cards.KindCard || after != risk {
		t.Errorf("%d allotments, %+v, at risk %d and then %d, %v", len(all), offers, risk, after, err)
	}
	m.toDesk()
	m.do(kiosk.TapIssue{})
	if m.state.Site.Allotment.Points != 200 {
		t.Errorf("a card of %d points", m.state.Site.Allotment.Points)
	}
}

func (m *market) toMenu() {
	m.t.Helper()
	m.do(m.desk.Arrive(m.t.Context()), kiosk.TapStaff{})
	m.pin("2468")
	m.at(kiosk.Menu)
}

// Cards are handed out for one named event: of two that are open, the one that
// was tapped, and none without a tap.
func TestDeskOfTwoEvents(t *testing.T) {
	m := newMarket(t, printer.ProcessID, nil)
	fair := m.fair()
	m.toMenu()
	if len(m.state.Offers) != 2 {
		t.Fatalf("%d offers, want two", len(m.state.Offers))
	}
	m.do(kiosk.TapDesk{})
	m.at(kiosk.Menu)
	if e := m.desk.Do(t.Context(), kiosk.OpenDesk{}); e != (kiosk.DeskClosed{Note: "issue.note.which"}) {
		t.Errorf("a desk without an event: %v", e)
	}
	for _, tt := range []struct{ allotment, points uint32 }{{fair.ID, 50}, {m.state.Offers[0].Allotment.ID, 200}} {
		m.do(kiosk.TapDesk{Allotment: tt.allotment})
		m.at(kiosk.Issue)
		m.do(kiosk.TapIssue{})
		if m.state.Desk.Last.Allotment != tt.allotment || m.state.Site.Allotment.Points != tt.points || m.state.Count.Today != 1 {
			t.Errorf("card %v of %d points, %d today", m.state.Desk.Last, m.state.Site.Allotment.Points, m.state.Count.Today)
		}
		m.do(kiosk.TapBack{})
	}
}

// More cards for the same event and day are one count, and one desk.
func TestDeskOfTwoAllotments(t *testing.T) {
	m := newMarket(t, printer.ProcessID, nil)
	second := m.grant(2, 0)
	m.toDesk()
	if m.state.Count.Left != 12 {
		t.Errorf("%d left, want both allotments' 12", m.state.Count.Left)
	}
	for range 11 {
		m.do(kiosk.TapIssue{})
	}
	if c := m.state.Count; c.Today != 11 || c.Left != 1 || m.state.Desk.Last.Allotment != second.ID || m.papers() != 11 {
		t.Fatalf("%d today, %d left, the last is %v, %d papers", c.Today, c.Left, m.state.Desk.Last, m.papers())
	}
	m.do(kiosk.TapIssue{}) // the last number
	third := m.grant(1, 0)
	m.do(m.desk.Arrive(t.Context()), kiosk.TapIssue{})
	if c := m.state.Count; c.Today != 13 || c.Left != 0 || m.state.Desk.Last.Allotment != third.ID {
		t.Errorf("after a third grant: %d today, %d left, %v, note %q", c.Today, c.Left, m.state.Desk.Last, m.state.Desk.Note)
	}
}

// The count is of the event's day, not of the days before.
func TestDeskCountsOneDay(t *testing.T) {
	m := newMarket(t, printer.ProcessID, nil)
	m.grant(5, 1)
	m.toDesk()
	m.do(kiosk.TapIssue{})
	m.opts.Now = func() time.Time { return time.Now().Add(24 * time.Hour) }
	m.ok(m.desk.Close())
	s, err := Open(t.Context(), m.opts) // without the hub, whose clock says today
	m.ok(err)
	t.Cleanup(func() { _ = s.Close() })
	at := s.Arrive(t.Context())
	if len(at.Offers) != 1 || at.Count.Today != 0 || at.Count.Left != 5 {
		t.Errorf("on the next day: %d offers, %d today, %d left", len(at.Offers), at.Count.Today, at.Count.Left)
	}
}

// Whoever comes before the hours or after them reads which they are, and gets
// no card.
func TestOutsideTheHours(t *testing.T) {
	for _, tt := range []struct {
		name     string
		opens    time.Duration // from midnight
		announce bool
	}{
		{"before", 13 * time.Hour, true},
		{"after", 9 * time.Hour, true},
		{"tomorrow", 37 * time.Hour, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := newMarket(t, printer.ProcessID, nil)
			a := m.state.Site.Allotment
			day := (a.Day + 1).Start()
			a.ID, a.Day = 99, cards.DayOf(day.Add(tt.opens))
			a.From, a.Until = day.Add(tt.opens).Unix(), day.Add(tt.opens+time.Hour).Unix()
			m.keep(a)
			m.opts.Now = func() time.Time { return day.Add(12 * time.Hour) }
			m.ok(m.desk.Close())
			s, err := Open(t.Context(), m.opts) // without the hub, whose clock says today
			m.ok(err)
			t.Cleanup(func() { _ = s.Close() })
			m.desk, m.state = s.NewDesk(), kiosk.First(kiosk.Look{Lang: "ja"}, s.Arrive(t.Context()).Site, kiosk.DeskIdle)
			if site := m.state.Site; site.Granted != tt.announce || tt.announce && site.Allotment.From != a.From || len(m.state.Offers) > 0 {
				t.Errorf("held %v, %d offers, from %v", site.Granted, len(m.state.Offers), time.Unix(site.Allotment.From, 0))
			}
			m.toMenu()
			m.do(kiosk.TapDesk{})
			m.at(kiosk.Menu)
		})
	}
}

// yesterday puts an allotment of the day before into the journal. The hub would
// not send it any more.
func (m *market) yesterday() {
	m.t.Helper()
	a := m.state.Site.Allotment
	a.ID, a.Day, a.From, a.Until = 99, a.Day-1, a.From-24*3600, a.Until-24*3600
	m.keep(a)
	if all, err := m.desk.Allotments(m.t.Context()); err != nil || len(all) != 4 {
		m.t.Fatalf("%d allotments are held, %v", len(all), err)
	}
}

// keep puts an allotment into the journal as if the hub had sent it.
func (m *market) keep(a cards.Allotment) {
	m.t.Helper()
	list, err := m.desk.TrustList(m.t.Context())
	m.ok(err)
	hub := cards.SigningKey{ID: list.Hubs[0].Key, Private: ed25519.NewKeyFromSeed(bytes.Repeat([]byte{2}, 32))}
	sealed, err := cards.Seal(hub, cards.PaperAllotment, a)
	m.ok(err)
	m.ok(m.desk.Journal.Keep(m.t.Context(), cards.PaperAllotment, sealed))
}

// days names the days that are offered, counted from today.
func (m *market) days() (days []int) {
	m.t.Helper()
	offers, err := m.desk.Offers(m.t.Context())
	m.ok(err)
	for _, o := range offers {
		days = append(days, int(o.Allotment.Day)-int(cards.DayOf(time.Now())))
	}
	return days
}

// A clock that can't be trusted is held against the hub's last word: a day
// before it is never offered, and a person says which of the others it is.
func TestSuspectClockOffers(t *testing.T) {
	for _, tt := range []struct {
		name          string
		off           time.Duration
		first, denied string
	}{
		{"behind", -10 * 24 * time.Hour, "[0]", "[0 1 3]"},
		{"behind, on the day of an allotment", -24 * time.Hour, "[0]", "[0 1 3]"},
		{"ahead, on the day of an allotment", 3 * 24 * time.Hour, "[3]", "[0 1 3]"},
		{"far ahead", 40 * 24 * time.Hour, "[0 1 3]", "[0 1 3]"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := newMarket(t, printer.ProcessID, nil)
			m.grant(5, 3)
			m.grant(5, 1)
			m.yesterday()
			m.ok(m.desk.Close())
			m.opts.Now = func() time.Time { return time.Now().Add(tt.off) }
			m.switchOn()
			if got := fmt.Sprint(m.days()); got != tt.first {
				t.Errorf("at first days %s are offered, want %s", got, tt.first)
			}
			m.toMenu()
			m.do(kiosk.TapDesk{Allotment: m.state.Offers[0].Allotment.ID})
			m.at(kiosk.Clock)
			m.do(kiosk.TapDateBad{})
			m.at(kiosk.Menu)
			if got := fmt.Sprint(m.days()); got != tt.denied {
				t.Errorf("after a no days %s are offered, want %s", got, tt.denied)
			}
			m.do(kiosk.TapDesk{Allotment: m.state.Offers[1].Allotment.ID})
			m.at(kiosk.Issue) // asked once
			m.do(kiosk.TapIssue{})
			m.is(cards.Printed, m.state.Desk.Last)
		})
	}
}

// A card that nobody decided is asked about from the menu, though its event is
// over and no desk can open.
func TestReviewAfterTheEvent(t *testing.T) {
	m := newMarket(t, printer.ProcessID, once(20_000, printertest.PaperEnd))
	m.toDesk()
	m.do(kiosk.TapIssue{})
	m.at(kiosk.Confirm)
	serial := m.state.Ask.Card.Serial()
	m.do(kiosk.TapBack{}, kiosk.TapBack{})
	m.at(kiosk.Home)
	m.ok(m.desk.Close())
	m.opts.Now = func() time.Time { return time.Now().Add(48 * time.Hour) }
	s, err := Open(t.Context(), m.opts)
	m.ok(err)
	t.Cleanup(func() { _ = s.Close() })
	m.desk = s.NewDesk()
	m.toMenu()
	m.do(kiosk.TapDesk{})
	m.at(kiosk.Menu)
	if m.state.Owed != 1 || m.state.Desk.Note != "issue.note.noevent" {
		t.Fatalf("%d owed, note %q", m.state.Owed, m.state.Desk.Note)
	}
	m.do(kiosk.TapReview{})
	m.at(kiosk.Confirm)
	m.do(kiosk.TapWhole{})
	m.at(kiosk.Menu)
	m.is(cards.Printed, serial)
	if m.state.Owed != 0 || m.state.Desk.Note != "menu.owed.done" {
		t.Errorf("%d owed, note %q", m.state.Owed, m.state.Desk.Note)
	}
}

// What a theft costs beyond the cards that people hold.
func TestAtRisk(t *testing.T) {
	m := newMarket(t, printer.ProcessID, nil)
	risk := func(want uint64, when string) {
		t.Helper()
		if got, err := m.desk.AtRisk(t.Context()); err != nil || got != want {
			t.Errorf("%s: %d yen, %v, want %d", when, got, err, want)
		}
	}
	risk(10*200, "at first")
	m.grant(5, 3)
	risk(15*200, "with those of another day")
	m.toDesk()
	m.do(kiosk.TapIssue{})
	risk(14*200, "after a card is out")
	signed, err := m.desk.Journal.Sign(t.Context(), m.desk.allotment, "r", "sato")
	m.ok(err)
	risk(14*200, "with a card that is signed and never left")
	m.do(kiosk.TapIssue{}, kiosk.TapVoid{}, kiosk.TapReason{Reason: "void.torn"})
	risk(14*200, "with a card asked back")
	m.sync()
	m.sync()
	risk(13*200, "after the hub made it void")
	_, err = m.desk.Journal.Mark(t.Context(), signed.Card.Serial(), cards.Void, "sato", cards.NothingSent)
	m.ok(err)
	risk(12*200, "after the other is void too")
	m.ok(m.desk.Close())
	m.opts.Now = func() time.Time { return time.Now().Add(32 * 24 * time.Hour) }
	s, err := Open(t.Context(), m.opts)
	m.ok(err)
	t.Cleanup(func() { _ = s.Close() })
	m.desk = s.NewDesk()
	risk(5*200, "after today's have lapsed")
}

// Cards of other points for the same event and day are another offer: the
// button on the screen says what the card is worth.
func TestDeskOfTwoWorths(t *testing.T) {
	m := newMarket(t, printer.ProcessID, nil)
	more, err := m.ledger.Grant(t.Context(), ledger.Grant{Kiosk: "KSZ-014", Event: "bar", Count: 3, Points: 500})
	m.ok(err)
	m.sync()
	m.toMenu()
	if len(m.state.Offers) != 2 {
		t.Fatalf("%d offers, want one for each worth", len(m.state.Offers))
	}
	m.do(kiosk.TapDesk{Allotment: m.state.Offers[0].Allotment.ID})
	for range 11 {
		m.do(kiosk.TapIssue{})
	}
	if m.papers() != 10 || m.state.Count.Left != 0 || m.state.Desk.Last.Allotment == more.ID {
		t.Errorf("%d papers, %d left, the last is %v: the screen says %d points", m.papers(), m.state.Count.Left, m.state.Desk.Last, m.state.Site.Allotment.Points)
	}
}

// A denied date is not forgotten by switching the kiosk off: the next day's
// cards are not handed out in silence.
func TestSuspectClockAfterRestart(t *testing.T) {
	m := newMarket(t, printer.ProcessID, nil)
	m.grant(5, 3)
	m.ok(m.desk.Close())
	m.opts.Now = func() time.Time { return time.Now().Add(3 * 24 * time.Hour) }
	m.switchOn()
	m.toMenu()
	m.do(kiosk.TapDesk{}, kiosk.TapDateBad{})
	m.at(kiosk.Menu)
	m.do(kiosk.TapBack{})
	m.ok(m.desk.Close())
	m.switchOn()
	m.toMenu()
	m.do(kiosk.TapDesk{})
	m.at(kiosk.Clock)
}
