package prize

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

func scan() Scanned { return Scanned{Text: &secret{}} }

func basket(n int, second bool) BasketIs {
	return BasketIs{N: n, Sum: 600, Second: second, Prizes: []Prize{{ID: "towel", Points: 500, Change: 7}, {ID: "rice", Points: 600}, {ID: "tea", Points: 400}}}
}

func walk(events ...Event) (State, string) {
	s, out := State{}, []string{}
	for _, e := range events {
		next, effect, done := s.Next(e, "sato")
		if s = next; effect != nil {
			name := strings.TrimPrefix(fmt.Sprintf("%T", effect), "prize.")
			if t, ok := effect.(Take); ok {
				name += fmt.Sprintf("(%s %d %v %s)", t.Prize.ID, t.Surplus, t.Change, t.Other)
			}
			out = append(out, name)
		}
		if done {
			out = append(out, "left")
		}
	}
	return s, strings.Join(out, " ")
}

func TestTurns(t *testing.T) {
	chosen := []Event{scan(), basket(1, false), TapChoose{}, TapPrize{"towel"}}
	two := []Event{scan(), basket(1, true), TapChoose{}, TapPrize{"towel"}}
	upTo := func(base []Event, more ...Event) []Event { return append(base[:len(base):len(base)], more...) }
	for _, tt := range []struct {
		name    string
		events  []Event
		want    Step
		effects string
	}{
		{"a scan", []Event{scan()}, Scan, "Add"},
		{"nothing to choose", []Event{scan(), TapChoose{}}, Scan, "Add"},
		{"a scan while choosing", upTo(chosen[:3], scan()), Scan, "Add Add"},
		{"a scan at the question", upTo(chosen, scan()), Sure, "Add"},
		{"an older answer", []Event{scan(), BasketIs{N: 2}, basket(1, false), TapChoose{}}, Scan, "Add"},
		{"a prize that does not fit", upTo(chosen[:3], TapPrize{"car"}), Choose, "Add"},
		{"paid back", upTo(chosen, TapTake{}), Taking, "Add Take(towel 100 true )"},
		{"given up", upTo(chosen, TapGive{true}, TapTake{}), Taking, "Add Take(towel 100 false )"},
		{"nothing is left", upTo(chosen[:3], TapPrize{"rice"}, TapTake{}), Taking, "Add Take(rice 0 false )"},
		{"it can't be paid back", upTo(chosen[:3], TapPrize{"tea"}, TapGive{false}, TapTake{}), Taking, "Add Take(tea 200 false )"},
		{"twice", upTo(chosen, TapTake{}, TapTake{}, TapEnd{}, TapBack{}), Taking, "Add Take(towel 100 true )"},
		{"done", upTo(chosen, TapTake{}, TakenIs{Slip: 1}), Done, "Add Take(towel 100 true )"},
		{"a second slip", upTo(chosen, TapTake{}, TakenIs{Slip: 1}, TapSlip{}), Taking, "Add Take(towel 100 true ) Reprint"},
		{"a second slip comes to nothing", upTo(chosen, TapTake{}, TakenIs{Slip: 1, Printed: true}, TapSlip{}, TakenIs{Word: "unheard"}, TapSlip{}), Taking, "Add Take(towel 100 true ) Reprint Reprint"},
		{"no slip of nothing", upTo(chosen, TapTake{}, TakenIs{Word: "stock"}, TapSlip{}), Done, "Add Take(towel 100 true )"},
		{"a second person", upTo(two, TapTake{}), Second, "Add"},
		{"a second person agrees", upTo(two, TapTake{}, Agreed{"suzuki"}), Taking, "Add Take(towel 100 true suzuki)"},
		{"the same person again", upTo(two, TapTake{}, Agreed{"sato"}), Second, "Add"},
		{"agreed out of place", upTo(two, Agreed{"suzuki"}), Sure, "Add"},
		{"back, and back", upTo(chosen, TapBack{}, TapBack{}, TapBack{}), Scan, "Add Clear left"},
		{"what was open", []Event{TakenIs{Before: true, Slip: 1}}, Done, ""},
		{"an answer to nobody", []Event{TakenIs{Slip: 1}}, Scan, ""},
		{"the end", upTo(chosen, TapTake{}, TakenIs{Slip: 1}, TapEnd{}), Scan, "Add Take(towel 100 true ) Clear left"},
	} {
		s, effects := walk(tt.events...)
		if s.Step != tt.want || effects != tt.effects {
			t.Errorf("%s: step %d, want %d\n%s\n%s", tt.name, s.Step, tt.want, effects, tt.effects)
		}
	}
	if (Name{Ja: "手ぬぐい"}).In("en") != "手ぬぐい" || (Name{"手ぬぐい", "Towel"}).In("en") != "Towel" {
		t.Error("a name is not said")
	}
}

// Whatever comes in whatever order: every scan is used once or wiped, nothing is
// taken without a second person where the hub asks for one, and who leaves leaves
// nothing.
func TestAnyOrder(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 3))
	for range 3000 {
		s := State{}
		for range 30 {
			mine := &secret{}
			all := []Event{
				Scanned{mine}, TapChoose{}, TapPrize{"towel"}, TapPrize{"tea"}, TapGive{true}, TapGive{false}, TapTake{}, TapTake{}, TapSlip{}, TapBack{}, TapEnd{},
				Agreed{"suzuki"}, Agreed{"sato"}, basket(rnd.IntN(9), rnd.IntN(2) == 0), TakenIs{Slip: 1}, TakenIs{Word: "stock"}, TakenIs{Before: true},
			}
			e := all[rnd.IntN(len(all))]
			next, effect, done := s.Next(e, "sato")
			_, added := effect.(Add)
			if _, ok := e.(Scanned); ok && added == (mine.wiped > 0) {
				t.Fatalf("at step %d: used %v, wiped %d times", s.Step, added, mine.wiped)
			}
			if take, ok := effect.(Take); ok && (s.Basket.Second && take.Other == "" || take.Other == "sato" || take.Change && take.Prize.Change == 0) {
				t.Fatalf("%+v taken at %+v", take, s)
			}
			if done && !reflect.DeepEqual(next, State{}) {
				t.Fatalf("left behind: %+v", next)
			}
			s = next
		}
	}
}
