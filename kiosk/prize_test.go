package kiosk

import (
	"fmt"
	"reflect"
	"testing"

	"pointkiosk/kiosk/account"
	"pointkiosk/kiosk/prize"
)

// Prizes are handed out behind the staff door alone; a second person says yes at
// it, and who is idle there leaves nothing.
func TestPrizeTurns(t *testing.T) {
	in := []Event{TapStaff{}, DoorOpened{Operator: "sato"}, TapPrizes{}}
	basket := prize.BasketIs{N: 1, Sum: 600, Second: true, Prizes: []prize.Prize{{ID: "towel", Points: 500}}}
	second := append(in[:len(in):len(in)], account.Scanned{Text: new(wiped)}, basket, prize.TapChoose{}, prize.TapPrize{ID: "towel"}, prize.TapTake{})
	for _, tt := range []struct {
		name   string
		events []Event
		step   Step
		in     prize.Step
		effect string
	}{
		{"opened", in, Prize, prize.Scan, "prize.Open"},
		{"at home", []Event{TapPrizes{}}, Home, 0, "<nil>"},
		{"a scan", upTo(in, account.Scanned{Text: new(wiped)}), Prize, prize.Scan, "prize.Add"},
		{"back", upTo(in, prize.TapBack{}), Menu, 0, "prize.Clear"},
		{"counting cards", upTo(in, at(299)), Prize, prize.Scan, "<nil>"},
		{"idle", upTo(in, at(300)), Home, 0, "prize.Clear"},
		{"at 表示, and idle", upTo(in, TapDisplay{}, at(300)), Home, 0, "prize.Clear"},
		{"a second person is asked for", second, Door, prize.Second, "<nil>"},
		{"another one's PIN", upTo(second, DoorOpened{Operator: "suzuki"}), Prize, prize.Taking, "prize.Take"},
		{"the same one's PIN", upTo(second, DoorOpened{Operator: "sato"}), Door, prize.Second, "<nil>"},
		{"a wrong PIN", upTo(second, DoorRefused{Wait: 5}), Door, prize.Second, "<nil>"},
		{"nobody else is there", upTo(second, TapBack{}), Prize, prize.Sure, "<nil>"},
		{"idle at the door", upTo(second, at(30)), Prize, prize.Sure, "<nil>"},
	} {
		s, effect := counter(), Effect(nil)
		for _, e := range tt.events {
			s, effect = s.Next(e)
		}
		if s.Step != tt.step || s.Prize.Step != tt.in || fmt.Sprintf("%T", effect) != tt.effect {
			t.Errorf("%s: screen %d, %d, %T", tt.name, s.Step, s.Prize.Step, effect)
		}
		if s.Step == Door && !s.Keys.Second {
			t.Errorf("%s: the door asks for nobody in particular", tt.name)
		}
		if s.Step == Home && !reflect.DeepEqual(s.Prize, prize.State{}) {
			t.Errorf("%s: left behind: %+v", tt.name, s.Prize)
		}
	}
}

func upTo(base []Event, more ...Event) []Event { return append(base[:len(base):len(base)], more...) }

// 賞品交換 counts down before it drops what was scanned, and no other staff screen does.
func TestPrizeLeaving(t *testing.T) {
	in := []Event{TapStaff{}, DoorOpened{Operator: "sato"}}
	for _, tt := range []struct {
		name   string
		events []Event
		want   int
	}{
		{"the menu", upTo(in, at(55)), 0},
		{"counting cards", upTo(in, TapPrizes{}, at(284)), 0},
		{"nearly", upTo(in, TapPrizes{}, at(290)), 10},
		{"at 表示", upTo(in, TapPrizes{}, TapDisplay{}, at(290)), 10},
		{"touched", upTo(in, TapPrizes{}, at(290), Touched{}, at(291)), 0},
	} {
		s := counter()
		for _, e := range tt.events {
			s, _ = s.Next(e)
		}
		if got := s.Leaving(); got != tt.want {
			t.Errorf("%s: %d seconds, not %d", tt.name, got, tt.want)
		}
	}
}

// A prize's slip is in the language of the screen, a second one too.
func TestPrizeSpoken(t *testing.T) {
	s := counter()
	basket := prize.BasketIs{N: 1, Sum: 600, Prizes: []prize.Prize{{ID: "towel", Points: 500}}}
	var effect Effect
	for _, e := range []Event{TapLang{Lang: "en"}, TapStaff{}, DoorOpened{Operator: "sato"}, TapPrizes{}, basket, prize.TapChoose{}, prize.TapPrize{ID: "towel"}, prize.TapTake{}} {
		s, effect = s.Next(e)
	}
	if take, ok := effect.(prize.Take); !ok || take.Lang != "en" {
		t.Errorf("%+v", effect)
	}
	s, _ = s.Next(prize.TakenIs{Slip: 1})
	if _, effect = s.Next(prize.TapSlip{}); effect != (prize.Reprint{Operator: "sato", Lang: "en"}) {
		t.Errorf("%+v", effect)
	}
}
