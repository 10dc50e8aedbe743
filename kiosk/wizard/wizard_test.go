package wizard

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
)

// secret remembers whether it was wiped.
type secret struct{ wiped int }

func (s *secret) Wipe() { s.wiped++ }

var ids = []string{"K7M4W2HN", "AB2CD3EF", "XYZ23456"}

// walk plays events and lists the steps, with the effects between them.
func walk(events ...Event) (State, string) {
	s, out := State{}, []string{}
	for _, e := range events {
		next, effect, done := s.Next(e)
		s = next
		if effect != nil {
			out = append(out, strings.TrimPrefix(fmt.Sprintf("%T", effect), "wizard."))
		}
		if done {
			out = append(out, "left")
		}
	}
	return s, strings.Join(out, " ")
}

func good() []Event {
	return []Event{
		TapNext{}, CardIn{}, CardRead{Tries: 3}, TypedPIN{&secret{}}, PINRight{IDs: ids}, TapID{ids[0]}, TapCode{}, TapNext{}, TapNext{},
		Answered{Account: Account{ID: ids[0]}, Code: "1234-5678"},
	}
}

func TestGood(t *testing.T) {
	s, effects := walk(good()...)
	if s.Step != Done || s.Account.ID != ids[0] || s.Code == "" || effects != "ReadCard Check Apply PrintSlip" {
		t.Errorf("%+v\n%s", s, effects)
	}
	taps := 0
	for _, e := range good() {
		if name := fmt.Sprintf("%T", e); strings.HasPrefix(name, "wizard.Tap") {
			taps++
		}
	}
	if s, _, _ = s.Next(SlipOut{Printed: true}); s.Slip != Printed {
		t.Errorf("%+v", s)
	}
	s, effect, done := s.Next(TapEnd{})
	if _, off := effect.(PowerDown); s.Step != Take || !off || done || s.Code != "" || s.Account.ID != "" {
		t.Errorf("the end: %+v, %v, %v", s, effect, done)
	}
	if s, _, done = s.Next(CardOut{}); !done || !reflect.DeepEqual(s, State{}) {
		t.Errorf("gone: %+v, %v", s, done)
	}
	if taps += 2; taps > 8 { // the tile on Home, and 終わる
		t.Errorf("%d taps", taps)
	}
}

// Each wrong turn ends at its own screen.
func TestWrongTurns(t *testing.T) {
	upTo := func(n int, more ...Event) []Event { return append(append([]Event(nil), good()[:n]...), more...) }
	for _, tt := range []struct {
		name   string
		events []Event
		want   Step
		reason Reason
		effect string
	}{
		{"under 15", []Event{TapYoung{}}, Young, "", ""},
		{"under 15, and back", []Event{TapYoung{}, TapBack{}}, Needs, "", ""},
		{"the card lay there before", []Event{CardIn{}, TapNext{}}, Reading, "", "ReadCard"},
		{"no reader", []Event{TapNext{}, CardStops{NoReader}}, Stopped, NoReader, "PowerDown"},
		{"no reader, and it is back", []Event{TapNext{}, CardStops{NoReader}, ReaderBack{}}, Place, "", "PowerDown"},
		{"no reader before the age is asked for, and it is back", []Event{CardStops{NoReader}, ReaderBack{}}, Needs, "", "PowerDown"},
		{"no reader under 15, and it is back", []Event{TapYoung{}, Vouched{"sato"}, CardStops{NoReader}, CardStops{NoReader}, ReaderBack{}}, Needs, "", "PowerDown PowerDown"},
		{"no reader, it is back, and on", []Event{TapNext{}, CardStops{NoReader}, ReaderBack{}, CardIn{}}, Reading, "", "PowerDown ReadCard"},
		{"no reader under a card, and the end", upTo(3, CardStops{NoReader}, TapEnd{}), Needs, "", "ReadCard PowerDown left"},
		{"no reader under a card that was forgotten", upTo(5, TapBack{}, CardStops{NoReader}), Needs, "", "ReadCard Check PowerDown PowerDown left"},
		{"an answer to who is to take their card", upTo(5, TapBack{}, CardStops{Offline}), Take, "", "ReadCard Check PowerDown"},
		{"a reader is back where none was away", upTo(3, ReaderBack{}), PIN, "", "ReadCard"},
		{"a reader is back where something else stops it", upTo(2, CardStops{Phone}, ReaderBack{}), Stopped, Phone, "ReadCard PowerDown"},
		{"two cards", upTo(3, CardStops{TwoCards}), Stopped, TwoCards, "ReadCard PowerDown"},
		{"two cards, and one is taken away", upTo(9, CardStops{TwoCards}, CardOut{}, CardIn{}), Reading, "", "ReadCard Check Apply PowerDown ReadCard"},
		{"two cards, and the end", upTo(3, CardStops{TwoCards}, TapEnd{}), Take, "", "ReadCard PowerDown PowerDown"},
		{"another card", upTo(2, CardStops{OtherCard}), Stopped, OtherCard, "ReadCard PowerDown"},
		{"moved while read", upTo(2, CardMoved{}), Place, "", "ReadCard"},
		{"the hub says no while it is read", upTo(2, Answered{Word: "busy"}), Stopped, Refused, "ReadCard PowerDown"},
		{"taken away while read", upTo(2, CardOut{}), Place, "", "ReadCard"},
		{"locked", upTo(2, CardRead{Tries: 0}), Stopped, Unusable, "ReadCard PowerDown"},
		{"one try left", upTo(2, CardRead{Tries: 1}), LastTry, "", "ReadCard"},
		{"one try left, typed at once", upTo(2, CardRead{Tries: 1}, TypedPIN{&secret{}}), LastTry, "", "ReadCard"},
		{"one try left, and a tap", upTo(2, CardRead{Tries: 1}, TapNext{}), LastTry, "", "ReadCard"},
		{"one try left, staff say yes", upTo(2, CardRead{Tries: 1}, Vouched{"sato"}), PIN, "", "ReadCard"},
		{"staff say yes, and nobody asked", upTo(3, Vouched{"sato"}), PIN, "", "ReadCard"},
		{"under 15, and a tap", []Event{TapYoung{}, TapStaff{}, TapNext{}}, Young, "", ""},
		{"under 15, and staff say yes", []Event{TapYoung{}, TapStaff{}, Vouched{"sato"}}, Place, "", ""},
		{"under 15, a card lies there, and staff say yes", []Event{CardIn{}, TapYoung{}, Vouched{"sato"}}, Place, "", ""},
		{"under 15, a card lies there, and it is laid down anew", []Event{CardIn{}, TapYoung{}, Vouched{"sato"}, CardOut{}, CardIn{}}, Reading, "", "ReadCard"},
		{"under 15, and moved while read", []Event{TapYoung{}, Vouched{"sato"}, CardIn{}, CardMoved{}}, Place, "", "ReadCard"},
		{"under 15, and moved once it was read", []Event{TapYoung{}, Vouched{"sato"}, CardIn{}, CardRead{Tries: 3}, CardMoved{}}, Needs, "", "ReadCard PowerDown"},
		{"under 15, staff say yes, and back", []Event{TapYoung{}, Vouched{"sato"}, TapBack{}}, Needs, "", ""},
		{"wrong PIN", upTo(4, PINWrong{Tries: 2}), PIN, "", "ReadCard Check"},
		{"wrong PIN twice", upTo(4, PINWrong{Tries: 2}, TypedPIN{&secret{}}, PINWrong{Tries: 1}), LastTry, "", "ReadCard Check Check"},
		{"the last one wrong", upTo(4, PINWrong{Tries: 0}), Stopped, Unusable, "ReadCard Check PowerDown"},
		{"moved while the PIN is checked", upTo(4, CardMoved{}), Place, "", "ReadCard Check PowerDown"},
		{"two answers to one PIN", upTo(4, PINWrong{Tries: 2}, PINWrong{Tries: 1}), PIN, "", "ReadCard Check"},
		{"revoked", upTo(4, Answered{Word: "revoked"}), Stopped, Refused, "ReadCard Check PowerDown"},
		{"has one already", upTo(4, PINRight{Account: Account{ID: ids[1]}, IDs: ids}), Held, "", "ReadCard Check"},
		{"an ID that was not proposed", upTo(5, TapID{"22222222"}), Choose, "", "ReadCard Check"},
		{"one's own", upTo(5, TapOwn{}, TypedID{"MYKEY234"}), Looking, "", "ReadCard Check LookAt"},
		{"one's own is free", upTo(5, TapOwn{}, TypedID{"MYKEY234"}, IDFree{ID: "MYKEY234"}), Password, "", "ReadCard Check LookAt"},
		{"one's own is taken", upTo(5, TapOwn{}, TypedID{"MYKEY234"}, IDFree{ID: "MYKEY234", Word: "taken"}), Own, "", "ReadCard Check LookAt"},
		{"offline, no own", upTo(4, PINRight{IDs: ids, Later: true}, TapOwn{}), Choose, "", "ReadCard Check"},
		{"offline, no password", upTo(4, PINRight{IDs: ids, Later: true}, TapID{ids[0]}, TapTyped{}), Password, "", "ReadCard Check"},
		{"a password", upTo(6, TapTyped{}, TapNext{}, TapNext{}), Typing, "", "ReadCard Check"},
		{"a weak password", upTo(6, TapTyped{}, TapNext{}, TapNext{}, TypedPass{&secret{}}, Answered{Word: "weak-password"}), Typing, "", "ReadCard Check Apply"},
		{"the network goes away at the end", upTo(9, WentAway{IDs: ids}), Choose, "", "ReadCard Check Apply"},
		{"the network goes away at the end, and no own", upTo(9, WentAway{IDs: ids}, TapOwn{}), Choose, "", "ReadCard Check Apply"},
		{"the network goes away while one's own is looked at", upTo(5, TapOwn{}, TypedID{"MYKEY234"}, WentAway{IDs: ids}), Choose, "", "ReadCard Check LookAt"},
		{"the network goes away behind a password", upTo(6, TapTyped{}, TapNext{}, TapNext{}, TypedPass{&secret{}}, WentAway{IDs: ids}, TapID{ids[1]}, TapTyped{}), Password, "", "ReadCard Check Apply"},
		{"the network goes away, and it goes on", upTo(9, WentAway{IDs: ids}, TapID{ids[1]}, TapCode{}, TapNext{}, TapNext{}, Answered{Account: Account{ID: ids[1]}, Later: true}), Done, "", "ReadCard Check Apply Apply PrintSlip"},
		{"the network goes away out of place", upTo(7, WentAway{IDs: ids}), Terms, "", "ReadCard Check"},
		{"the network goes away while it changes", upTo(4, PINRight{Account: Account{ID: ids[1]}, IDs: ids}, TapChange{}, TapID{ids[0]}, TapNext{}, WentAway{IDs: ids}), Applying, "", "ReadCard Check Apply"},
		{"taken meanwhile", upTo(9, Answered{Word: "taken", IDs: ids[1:]}), Choose, "", "ReadCard Check Apply"},
		{"refused", upTo(9, Answered{Word: "unknown-ca"}), Stopped, Refused, "ReadCard Check Apply PowerDown"},
		{"taken away while it signs", upTo(9, CardOut{}), Needs, "", "ReadCard Check Apply PowerDown left"},
		{"moved while it signs", upTo(9, CardMoved{}), Place, "", "ReadCard Check Apply PowerDown"},
		{"given up", upTo(5, TapBack{}), Take, "", "ReadCard Check PowerDown"},
		{"change", upTo(4, PINRight{Account: Account{ID: ids[1]}, IDs: ids}, TapChange{}, TapID{ids[0]}, TapNext{}), Applying, "", "ReadCard Check Apply"},
		{"retire", upTo(4, PINRight{Account: Account{ID: ids[1]}}, TapRetire{}, TapNext{}, Answered{}), Take, "", "ReadCard Check Apply PowerDown"},
		{"retire, and better not", upTo(4, PINRight{Account: Account{ID: ids[1]}}, TapRetire{}, TapBack{}), Held, "", "ReadCard Check"},
		{"slip again", upTo(4, PINRight{Account: Account{ID: ids[1]}}, TapSlip{}), Held, "", "ReadCard Check PrintSlip"},
	} {
		s, effects := walk(tt.events...)
		if s.Step != tt.want || s.Reason != tt.reason || effects != tt.effect {
			t.Errorf("%s: step %d, reason %q, want %d, %q\n%s\n%s", tt.name, s.Step, s.Reason, tt.want, tt.reason, effects, tt.effect)
		}
	}
}

// Who chose while there was a network is told that it went away, and begins
// again: with the IDs and the terms of the lease, and no password.
func TestWentAway(t *testing.T) {
	pass := &secret{}
	s, _ := walk(append(good()[:6], TapTyped{}, TapNext{}, TapNext{}, TypedPass{pass})...)
	terms := Agreement{Body: map[string]string{"ja": "やくそく"}}
	s, effect, _ := s.Next(WentAway{IDs: ids[1:], Terms: terms})
	want := State{Step: Choose, Card: true, Tries: 3, IDs: ids[1:], Taken: Away, Terms: terms, Later: true}
	if !reflect.DeepEqual(s, want) || effect != nil {
		t.Errorf("%+v, %v\nwant %+v", s, effect, want)
	}
}

// Who came for something else than a MyKey ID.
func TestAims(t *testing.T) {
	pin := func() Event { return TypedPIN{&secret{}} }
	has, hasNot := PINRight{Account: Account{ID: ids[1]}, IDs: ids}, PINRight{IDs: ids}
	done := Answered{Account: Account{ID: ids[1]}, Code: "ABCD-EFGH-JKMN"}
	for _, tt := range []struct {
		name    string
		aim     Aim
		more    []Event
		want    Step
		effects string
	}{
		{"no ID", Open, []Event{hasNot}, None, "ReadCard Check"},
		{"no ID, and one is made", Open, []Event{hasNot, TapNext{}}, Choose, "ReadCard Check"},
		{"no ID, and under 15", Open, []Event{hasNot, TapYoung{}}, Young, "ReadCard Check"},
		{"no ID, under 15, and staff say yes", Open, []Event{hasNot, TapYoung{}, Vouched{"sato"}}, Choose, "ReadCard Check"},
		{"no ID, under 15, and back", Open, []Event{hasNot, TapYoung{}, TapBack{}}, None, "ReadCard Check"},
		{"no ID, under 15, and the card taken away", Open, []Event{hasNot, TapYoung{}, CardOut{}}, Needs, "ReadCard Check PowerDown"},
		{"no ID, and the end", Open, []Event{hasNot, TapEnd{}}, Take, "ReadCard Check PowerDown"},
		{"moved", Open, []Event{CardMoved{}, CardOut{}, CardIn{}}, Reading, "ReadCard Check PowerDown ReadCard"},
		{"a new code", Anew, []Event{has}, Applying, "ReadCard Check Apply"},
		{"a new code, and its slip", Anew, []Event{has, done}, Done, "ReadCard Check Apply PrintSlip"},
		{"a new code without an ID", Anew, []Event{hasNot}, None, "ReadCard Check"},
		{"a new code at もうあります", Make, []Event{has, TapForgot{}, done}, Done, "ReadCard Check Apply PrintSlip"},
		{"a new code, and the network away", Anew, []Event{has, CardStops{Offline}}, Stopped, "ReadCard Check Apply PowerDown"},
	} {
		s, effects := State{Step: Place, Aim: tt.aim}, ""
		for _, e := range append([]Event{CardIn{}, CardRead{Tries: 3}, pin()}, tt.more...) {
			next, effect, _ := s.Next(e)
			if s = next; effect != nil {
				effects += strings.TrimPrefix(fmt.Sprintf(" %T", effect), " wizard.") + " "
			}
			switch e := effect.(type) {
			case ReadCard:
				if e.Aim != tt.aim {
					t.Errorf("%s: read for %d", tt.name, e.Aim)
				}
			case Check:
				if e.Aim != tt.aim {
					t.Errorf("%s: checked for %d", tt.name, e.Aim)
				}
			case Apply:
				if e.Purpose != "show" || e.Pass != nil {
					t.Errorf("%s: %+v", tt.name, e)
				}
			}
		}
		if s.Step != tt.want || strings.TrimSpace(effects) != tt.effects || s.Forgot != (s.Code != "" || s.Step == Applying) {
			t.Errorf("%s: step %d, want %d\n%s\n%s", tt.name, s.Step, tt.want, effects, tt.effects)
		}
	}
}

// Who said yes at the staff door is told with what is done then, to its end; once
// that card was read it is for no other one, and staff are asked anew.
func TestVouched(t *testing.T) {
	pin := func() Event { return TypedPIN{&secret{}} }
	rest := good()[4:9]
	for _, tt := range []struct {
		name   string
		events []Event
		want   string // of each effect that tells it
	}{
		{"nobody asked", append(good()[:4:4], rest...), "Check, Apply"},
		{"a last try", append([]Event{TapNext{}, CardIn{}, CardRead{Tries: 1}, Vouched{"sato"}, pin()}, rest...), "Check sato, Apply sato"},
		{"a last try, and the card moves", []Event{TapNext{}, CardIn{}, CardRead{Tries: 1}, Vouched{"sato"}, CardMoved{}, CardOut{}, CardIn{}, CardRead{Tries: 2}, pin()}, "Check"},
		{"under 15", append([]Event{TapYoung{}, Vouched{"sato"}, CardIn{}, CardRead{Tries: 3}, pin()}, rest...), "Check sato, Apply sato"},
		{"under 15, and the card moves", []Event{TapYoung{}, Vouched{"sato"}, CardIn{}, CardOut{}, CardIn{}, CardRead{Tries: 3}, pin(), CardMoved{}, CardIn{}, CardRead{Tries: 3}, pin()}, "Check sato"},
		{"under 15, the card moves, and somebody else's is laid down", []Event{TapYoung{}, Vouched{"sato"}, CardIn{}, CardRead{Tries: 3}, CardMoved{}, CardOut{}, TapNext{}, CardIn{}, CardRead{Tries: 3}, pin()}, "Check"},
		{"under 15, a last try, and the card moves", []Event{TapYoung{}, Vouched{"sato"}, CardIn{}, CardRead{Tries: 1}, Vouched{"sato"}, pin(), CardMoved{}, CardOut{}, TapNext{}, CardIn{}, CardRead{Tries: 3}, pin()}, "Check sato, Check"},
		{"under 15, and a last try", []Event{TapYoung{}, Vouched{"sato"}, CardIn{}, CardRead{Tries: 1}, Vouched{"suzuki"}, pin()}, "Check suzuki"},
		{"under 15, back, and older", []Event{TapYoung{}, Vouched{"sato"}, TapBack{}, TapNext{}, CardIn{}, CardRead{Tries: 3}, pin()}, "Check"},
	} {
		s, told := State{}, []string{}
		for _, e := range tt.events {
			next, effect, _ := s.Next(e)
			switch e := effect.(type) {
			case Check:
				told = append(told, strings.TrimSpace("Check "+e.Staff))
			case Apply:
				told = append(told, strings.TrimSpace("Apply "+e.Staff))
			}
			s = next
		}
		if got := strings.Join(told, ", "); got != tt.want {
			t.Errorf("%s: %s, want %s\n%+v", tt.name, got, tt.want, s)
		}
	}
}

// Whatever comes in whatever order: every secret is used once or wiped, no PIN
// is checked at the last try unless staff said yes, and who leaves leaves nothing.
func TestAnyOrder(t *testing.T) {
	rnd := rand.New(rand.NewPCG(4, 2))
	for range 3000 {
		s, asked := State{Aim: Aim(rnd.IntN(3))}, false
		for range 40 {
			e, mine := any1(rnd)
			tries, step := s.Tries, s.Step
			next, effect, done := s.Next(e)
			if c, ok := effect.(Check); ok {
				if tries == 1 && !asked {
					t.Fatalf("checked the last try unasked: %+v", s)
				}
				if step != PIN || c.PIN != mine {
					t.Fatalf("checked at step %d", step)
				}
			}
			if _, ok := e.(Vouched); ok && step == LastTry {
				asked = true
			}
			if next.Step == LastTry || next.Step == Place {
				asked = false
			}
			if a, ok := effect.(Apply); mine != nil && mine.(*secret).wiped == 0 {
				_, check := effect.(Check)
				if !check && !(ok && a.Pass == mine) {
					t.Fatalf("%T was neither used nor wiped at step %d", e, step)
				}
			}
			if done && !reflect.DeepEqual(next, State{}) {
				t.Fatalf("left behind: %+v", next)
			}
			if next.Step == Take && (next.Account.ID != "" || next.Code != "" || next.ID != "") {
				t.Fatalf("still shown: %+v", next)
			}
			s = next
		}
	}
}

func any1(rnd *rand.Rand) (Event, Secret) {
	pin := &secret{}
	all := []Event{
		TapNext{}, TapNext{}, TapNext{}, TapYoung{}, TapStaff{}, Vouched{"sato"}, Vouched{"sato"}, TapBack{}, TapID{ids[rnd.IntN(3)]}, TapOwn{}, TapCode{}, TapTyped{}, TapChange{}, TapRetire{}, TapSlip{},
		TypedID{"MYKEY234"}, TapEnd{}, CardIn{}, CardIn{}, CardOut{}, CardRead{Tries: rnd.IntN(4)}, CardRead{Tries: 3}, CardStops{Phone}, CardMoved{}, CardStops{TwoCards}, CardStops{NoReader}, ReaderBack{},
		PINRight{IDs: ids}, PINRight{Account: Account{ID: ids[1]}, IDs: ids}, PINRight{IDs: ids, Later: true}, PINWrong{Tries: rnd.IntN(3)}, WentAway{IDs: ids},
		IDFree{ID: "MYKEY234"}, IDFree{ID: "MYKEY234", Word: "taken"}, Answered{Account: Account{ID: ids[0]}, Code: "1"}, Answered{Word: "taken"},
		Answered{Word: "expired"}, SlipOut{true}, SlipOut{},
	}
	switch n := rnd.IntN(len(all) + 8); {
	case n < len(all):
		return all[n], nil
	case n < len(all)+5:
		return TypedPIN{pin}, pin
	}
	return TypedPass{pin}, pin
}
