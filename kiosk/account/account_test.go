package account

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"
)

// secret remembers whether it was wiped.
type secret struct{ wiped int }

func (s *secret) Wipe() { s.wiped++ }

func scan() Scanned { return Scanned{Text: &secret{}} }

// walk plays events from a step, and names the effects between them.
func walk(s State, events ...Event) (State, string) {
	out := []string{}
	for _, e := range events {
		next, effect, done := s.Next(e)
		s = next
		if effect != nil {
			out = append(out, strings.TrimPrefix(fmt.Sprintf("%T", effect), "account."))
		}
		if done {
			out = append(out, "left")
		}
	}
	return s, strings.Join(out, " ")
}

func held() Account {
	radu := Name{Ja: "らづポイント", En: "Radu Point"}
	return Account{Tail: "W2HN", Home: radu, Lots: []Lot{{Scheme: radu, Points: 200}, {Scheme: Name{Ja: "別"}, Points: 50}, {Scheme: radu, Points: 100}}}
}

func TestTurns(t *testing.T) {
	typed := func() TypedPass { return TypedPass{&secret{}} }
	in := []Event{TapID{}, TypedID{"K7M4W2HN"}, typed()}
	open := append(in[:len(in):len(in)], Opened{Account: held()})
	upTo := func(base []Event, more ...Event) []Event { return append(base[:len(base):len(base)], more...) }
	offers := TicketsAre{[]Ticket{{Allotment: 7, Scheme: held().Home, Points: 300}, {Allotment: 8, Scheme: held().Home, Points: 301}, {Allotment: 9, Scheme: Name{Ja: "別"}, Points: 60}}}
	sell := append(open[:len(open):len(open)], TapSell{}, offers)
	sure := append(sell[:len(sell):len(sell)], TapTicket{7}, TapYes{})
	doubt := append(sure[:len(sure):len(sure)], TicketDone{Sale: Sale{Serial: "A", Doubt: true}})
	put := PutDone{Lines: []Line{{N: 1, Points: 200}}, Heard: true, Account: held()}
	for _, tt := range []struct {
		name    string
		events  []Event
		want    Step
		effects string
	}{
		{"by card", []Event{TapCard{}}, ByCard, ""},
		{"a card is put down", []Event{CardIn{}}, ByCard, ""},
		{"a card is put down while the ID is typed", []Event{TapID{}, CardIn{}}, ByCard, ""},
		{"by password", in, Opening, "SignIn"},
		{"opened", open, Balance, "SignIn"},
		{"a wrong password", upTo(in, NotOpened{Wrong: true}), Password, "SignIn"},
		{"no network", upTo(in, NotOpened{Reason: Offline}), Stopped, "SignIn"},
		{"a card is put down while it opens", upTo(in, CardIn{}), Ways, "SignIn Leave left"},
		{"a second answer", upTo(open, NotOpened{Reason: Offline}), Balance, "SignIn"},
		{"a password out of place", []Event{typed()}, Ways, ""},
		{"forgotten", []Event{TapID{}, TapForgot{}, TapCard{}}, ByCard, ""},
		{"forgotten, and back", []Event{TapID{}, TypedID{"K7M4W2HN"}, TapForgot{}, TapBack{}}, Password, ""},
		{"back from the password", []Event{TapID{}, TypedID{"K7M4W2HN"}, TapBack{}}, ID, ""},
		{"back from the ID", []Event{TapID{}, TapBack{}}, Ways, ""},
		{"back from the ways", []Event{TapBack{}}, Ways, "Leave left"},
		{"lots, and back", upTo(open, TapLots{}, TapBack{}), Balance, "SignIn"},
		{"moves", upTo(open, TapMoves{}), Moves, "SignIn"},
		{"back from the balance", upTo(open, TapBack{}), Balance, "SignIn"},
		{"a slip", upTo(open, TapSlip{}, TapSlip{}), Balance, "SignIn PrintSlip"},
		{"a scan", upTo(open, scan()), Put, "SignIn PutCards"},
		{"two scans", upTo(open, scan(), scan()), Put, "SignIn PutCards"},
		{"two scans, and the first's answer", upTo(open, scan(), scan(), put), Put, "SignIn PutCards PutCards"},
		{"the sitting is over", upTo(open, scan(), PutDone{Reason: Over}), Stopped, "SignIn PutCards Leave"},
		{"an answer at the balance", upTo(open, scan(), TapBack{}, put), Balance, "SignIn PutCards"},
		{"tickets", upTo(open, TapSell{}), Tickets, "SignIn ListTickets"},
		{"a ticket", upTo(sell, TapTicket{7}), Sure, "SignIn ListTickets"},
		{"a ticket, and back", upTo(sell, TapTicket{7}, TapBack{}, TapBack{}), Balance, "SignIn ListTickets"},
		{"a ticket of too many points", upTo(sell, TapTicket{8}), Tickets, "SignIn ListTickets"},
		{"a ticket of another scheme's points", upTo(sell, TapTicket{9}), Tickets, "SignIn ListTickets"},
		{"a ticket that is not offered", upTo(sell, TapTicket{6}), Tickets, "SignIn ListTickets"},
		{"a ticket is bought once", upTo(sure, TapYes{}, TapTicket{7}, TapBack{}, scan()), Buying, "SignIn ListTickets BuyTicket"},
		{"a ticket is out", upTo(sure, TicketDone{Sale: Sale{Serial: "A"}}, TapYes{}), Bought, "SignIn ListTickets BuyTicket"},
		{"a ticket is out, and back", upTo(sure, TicketDone{Sale: Sale{Serial: "A"}}, TapBack{}), Balance, "SignIn ListTickets BuyTicket"},
		{"a ticket is in doubt, and nobody goes back", upTo(doubt, TapBack{}), Bought, "SignIn ListTickets BuyTicket"},
		{"a ticket is torn", upTo(doubt, TapNo{}, TapNo{}), Buying, "SignIn ListTickets BuyTicket SettleTicket"},
		{"a ticket is whole", upTo(doubt, TapYes{}, TicketDone{Sale: Sale{Serial: "A"}}), Bought, "SignIn ListTickets BuyTicket SettleTicket"},
		{"gone while it is printed", upTo(sure, CardOut{}), Ways, "SignIn ListTickets BuyTicket Leave left"},
		{"the end", upTo(open, TapEnd{}), Ways, "SignIn Leave left"},
		{"a card is put down at an open account", upTo(open, CardIn{}), Ways, "SignIn Leave left"},
		{"a card is taken away", upTo(open, CardOut{}), Ways, "SignIn Leave left"},
		{"a card is taken away at the ways", []Event{CardOut{}}, Ways, ""},
		{"a scan at the ways", []Event{scan()}, Looking, "LookAt"},
		{"looked at", []Event{scan(), LookDone{Card{Points: 200}}}, Looked, "LookAt"},
		{"looked at, and another", []Event{scan(), LookDone{}, scan(), LookDone{}}, Looked, "LookAt LookAt"},
		{"a scan while the password is typed", []Event{TapID{}, scan()}, ID, ""},
		{"looked at, and the end", []Event{scan(), LookDone{}, TapEnd{}}, Ways, "LookAt Leave left"},
	} {
		s, effects := walk(State{Reader: true}, tt.events...)
		if s.Step != tt.want || effects != tt.effects {
			t.Errorf("%s: step %d, want %d\n%s\n%s", tt.name, s.Step, tt.want, effects, tt.effects)
		}
	}
	if s, _ := walk(State{Step: ID}, TapForgot{}, TapCard{}); s.Step != Forgot {
		t.Errorf("without a reader: step %d", s.Step)
	}
	if s, _ := walk(State{Reader: true}, TapID{}, TapForgot{}, CardIn{}); !s.Lost {
		t.Error("a forgotten password is forgotten")
	}
}

// Points are added up by scheme, the kiosk's own first.
func TestTotals(t *testing.T) {
	got := held().Totals()
	if len(got) != 2 || got[0].Points != 300 || got[1].Points != 50 || got[1].Scheme.In("en") != "別" || got[0].Scheme.In("en") != "Radu Point" {
		t.Errorf("%+v", got)
	}
	if got := (Account{Home: Name{Ja: "別"}}).Totals(); len(got) != 1 || got[0].Points != 0 {
		t.Errorf("of nothing: %+v", got)
	}
}

// Only points that last as long as the ticket count.
func TestCanHave(t *testing.T) {
	day := func(n int) time.Time { return time.Date(2026, 12, n, 0, 0, 0, 0, time.UTC) }
	a := Account{Lots: []Lot{{Points: 100, Expires: day(9)}, {Points: 200, Expires: day(10)}, {Points: 50, Expires: day(11)}, {Scheme: Name{Ja: "別"}, Points: 900, Expires: day(20)}}}
	for points, want := range map[int64]bool{250: true, 251: false} {
		if got := a.CanHave(Ticket{Points: points, Expires: day(10)}); got != want {
			t.Errorf("%d points: %v", points, got)
		}
	}
	s := State{Step: Buying, Account: Account{Lots: a.Lots, Moves: []Move{{Points: 200}}}, Slip: Printed}
	s, _, _ = s.Next(TicketDone{Heard: true, Lots: a.Lots[:1], Move: Move{Points: -250}})
	if len(s.Account.Lots) != 1 || len(s.Account.Moves) != 2 || s.Account.Moves[0].Points != -250 || s.Slip != NoSlip {
		t.Errorf("%+v", s)
	}
}

// Many cards go in batches that the hub takes, each once, and each has the verdict
// on it; the sum counts what they gave.
func TestManyCards(t *testing.T) {
	s, sent := State{Step: Balance, Account: held()}, map[int]int{}
	var under PutCards
	take := func(effect Effect) {
		if p, ok := effect.(PutCards); ok {
			if under = p; len(p.Scans) > MaxPut {
				t.Fatalf("%d at once", len(p.Scans))
			}
			for _, scan := range p.Scans {
				sent[scan.N]++
			}
		}
	}
	for range 120 {
		next, effect, _ := s.Next(scan())
		s = next
		take(effect)
	}
	for len(under.Scans) > 0 {
		done := PutDone{Heard: true}
		for _, scan := range under.Scans {
			l := Line{N: scan.N, Points: 200}
			switch scan.N % 3 {
			case 1:
				l.Word = "used"
			case 2:
				l.Before = true
			}
			done.Lines = append(done.Lines, l)
		}
		under = PutCards{}
		next, effect, _ := s.Next(done)
		s = next
		take(effect)
	}
	if len(sent) != 120 || s.Sum() != 40*200 || s.Sent {
		t.Errorf("%d sent, %d points, %v", len(sent), s.Sum(), s.Sent)
	}
	for n, l := range s.Lines {
		if l.N != n+1 || !l.Done || sent[l.N] != 1 || (l.Word == "used") != (l.N%3 == 1) {
			t.Fatalf("%+v, sent %d times", l, sent[l.N])
		}
	}
}

// A state is a value: what comes of it later changes nothing of it.
func TestStateIsAValue(t *testing.T) {
	s, _ := walk(State{Step: Balance}, scan(), scan())
	was := fmt.Sprintf("%+v", s)
	s.Next(PutDone{Lines: []Line{{N: 1, Points: 200}}})
	s.Next(scan())
	if got := fmt.Sprintf("%+v", s); got != was {
		t.Errorf("%s\nbecame %s", was, got)
	}
}

// Whatever comes in whatever order: every secret is used once or wiped, and who
// leaves leaves nothing.
func TestAnyOrder(t *testing.T) {
	rnd := rand.New(rand.NewPCG(4, 3))
	lines := []Line{{N: 1, Points: 200}, {N: 2, Word: "used"}, {N: 99}}
	all := []func() (Event, *secret){
		func() (Event, *secret) { p := &secret{}; return TypedPass{p}, p },
		func() (Event, *secret) { p := &secret{}; return Scanned{p}, p },
		func() (Event, *secret) { p := &secret{}; return Scanned{p}, p },
	}
	for _, e := range []Event{
		TapCard{}, TapID{}, TapID{}, TapForgot{}, TapLots{}, TapMoves{}, TapPut{}, TapSlip{}, TapBack{}, TapEnd{}, TypedID{"K7M4W2HN"}, TypedID{"K7M4W2HN"}, CardIn{}, CardOut{},
		Opened{Account: held()}, Opened{Account: held()}, NotOpened{Wrong: true}, NotOpened{Reason: Offline}, PutDone{Lines: lines, Heard: true}, PutDone{Reason: Over},
		LookDone{}, SlipOut{}, SlipOut{true}, TapSell{}, TicketsAre{[]Ticket{{Allotment: 7, Scheme: held().Home, Points: 300}}}, TapTicket{7}, TapYes{}, TapNo{},
		TicketDone{}, TicketDone{Sale: Sale{Doubt: true}},
	} {
		all = append(all, func() (Event, *secret) { return e, nil })
	}
	for range 3000 {
		s := State{Reader: true}
		if rnd.IntN(2) == 0 {
			s = Open(Opened{Account: held()})
		}
		given, used := []*secret{}, map[*secret]int{}
		for range 40 {
			e, mine := all[rnd.IntN(len(all))]()
			if mine != nil {
				given = append(given, mine)
			}
			next, effect, done := s.Next(e)
			for _, out := range taken(effect) {
				used[out.(*secret)]++
			}
			if done && (!reflect.DeepEqual(next, State{}) || effect != Leave{}) {
				t.Fatalf("left behind: %+v, %v", next, effect)
			}
			if s = next; s.Step == ByCard || done {
				s.Wipe()
				s = State{Reader: true}
			}
		}
		s.Wipe()
		for n, p := range given {
			if (used[p] == 1) == (p.wiped > 0) || used[p] > 1 {
				t.Fatalf("secret %d: used %d times, wiped %d times", n, used[p], p.wiped)
			}
		}
	}
}

// taken are the secrets that an effect takes.
func taken(effect Effect) (list []Secret) {
	switch e := effect.(type) {
	case SignIn:
		return []Secret{e.Pass}
	case LookAt:
		return []Secret{e.Text}
	case PutCards:
		for _, s := range e.Scans {
			list = append(list, s.Text)
		}
	}
	return list
}
