package kiosk

import (
	"fmt"
	"testing"

	"pointkiosk/cards"
)

// faded is a card that nobody can read any more.
func faded(state cards.State) FoundCard {
	of := testSite().Allotment
	of.Kind = cards.KindCard
	return FoundCard{Serial: serial, Of: of, State: state, Left: 5}
}

// What a number leads to: what is asked for, and where it ends.
func TestByNumber(t *testing.T) {
	toType := with(toMenu, TapNumber{})
	to := func(state cards.State) []Event { return with(toType, TypedSerial{serial}, CardFound{faded(state)}) }
	noted := VoidNoted{Serial: serial}
	asked := with(to(cards.Printed), TapVoid{}, TapReason{"void.torn"}, noted)
	ruled := func(state cards.State, change func(*FoundCard)) []Event {
		c := faded(state)
		if change != nil {
			change(&c)
		}
		return with(asked, Ruled{c})
	}
	other := cards.Serial{Allotment: 7, Number: 9}
	again := CardOut{Serial: other, Presumed: true, Request: "R2"}
	torn := CardDoubtful{Card: cards.OpenCard{Allotment: 7, Number: 9, State: cards.Uncertain}}
	for _, tt := range []struct {
		name    string
		events  []Event
		step    Step
		at      NumberAt
		effects string
	}{
		{"typed", with(toType, TypedSerial{serial}), ByNumber, NumberType, "{0000-01R0-000P}"},
		{"found", to(cards.Printed), ByNumber, NumberFound, ""},
		{"another number", with(to(cards.Printed), TapBack{}), ByNumber, NumberType, ""},
		{"left", with(toType, TapBack{}), Menu, NumberNone, ""},
		{"why", with(to(cards.Presumed), TapVoid{}), VoidCard, NumberFound, ""},
		{"never came out", with(to(cards.Signed), TapVoid{}), ByNumber, NumberFound, ""},
		{"not of this kiosk", with(toType, TypedSerial{serial}, CardFound{FoundCard{Serial: serial}}, TapVoid{}), ByNumber, NumberFound, ""},
		{"thought better of it", with(to(cards.Printed), TapVoid{}, TapBack{}), ByNumber, NumberFound, ""},
		{"asked", asked, ByNumber, NumberAsked, "{0000-01R0-000P false}"},
		{"a second person", with(to(cards.Printed), TapVoid{}, TapReason{"void.torn"}, NeedSecond{}), Door, NumberFound, "{0000-01R0-000P void.torn sato }"},
		{"nobody else is there", with(to(cards.Printed), TapVoid{}, TapReason{"void.torn"}, NeedSecond{}, TapBack{}), ByNumber, NumberFound, ""},
		{"by two", with(to(cards.Printed), TapVoid{}, TapReason{"void.torn"}, NeedSecond{}, TapDigit{'1'}, TapEnter{}, DoorOpened{"suzuki"}, noted), ByNumber, NumberAsked, "{0000-01R0-000P false}"},
		{"it could not be written down", with(to(cards.Printed), TapVoid{}, TapReason{"void.torn"}, NotIssued{Note: "issue.note.state"}), ByNumber, NumberFound, ""},
		{"asked before", to(cards.VoidAsked), ByNumber, NumberAsked, "{0000-01R0-000P false}"},
		{"void before", to(cards.Void), ByNumber, NumberAsked, ""},
		{"honoured: no other card", with(ruled(cards.Honoured, nil), TapAgain{}), ByNumber, NumberAsked, "{0000-01R0-000P false}"},
		{"not ruled: no other card", with(ruled(cards.VoidAsked, nil), TapAgain{}), ByNumber, NumberAsked, "{0000-01R0-000P false}"},
		{"asked again", with(ruled(cards.VoidAsked, nil), TapAsk{}, TapAsk{}), ByNumber, NumberAsked, "{0000-01R0-000P false}"},
		{"void: another card", with(ruled(cards.Void, nil), TapAgain{}), Wait, NumberAsked, "{0000-01R0-000P sato}"},
		{"none left", with(ruled(cards.Void, func(c *FoundCard) { c.Left = 0 }), TapAgain{}), ByNumber, NumberAsked, "{0000-01R0-000P false}"},
		{"no byte was sent", with(ruled(cards.Void, func(c *FoundCard) { c.Unsent = true }), TapAgain{}), ByNumber, NumberAsked, "{0000-01R0-000P false}"},
		{"it has another card", with(ruled(cards.Void, func(c *FoundCard) { c.Again = other }), TapAgain{}), ByNumber, NumberAsked, "{0000-01R0-000P false}"},
		{"a ruling on another", with(asked, Ruled{FoundCard{Serial: other, State: cards.Void, Left: 5}}, TapAgain{}), ByNumber, NumberAsked, "{0000-01R0-000P false}"},
		{"out", with(ruled(cards.Void, nil), TapAgain{}, again), ByNumber, NumberAgain, "{0000-01R0-000P sato}"},
		{"one only", with(ruled(cards.Void, nil), TapAgain{}, again, TapAgain{}), ByNumber, NumberAgain, "{0000-01R0-000P sato}"},
		{"it did not come out", with(ruled(cards.Void, nil), TapAgain{}, again, TapNotOut{}), Wait, NumberAgain, "{0000-01R0-004X sato}"},
		{"torn again", with(ruled(cards.Void, nil), TapAgain{}, torn), Confirm, NumberAsked, "{0000-01R0-000P sato}"},
		{"whole after all", with(ruled(cards.Void, nil), TapAgain{}, torn, TapWhole{}, again), ByNumber, NumberAgain, "{0000-01R0-004X true sato}"},
		{"the other one is void too", with(ruled(cards.Void, nil), TapAgain{}, torn, TapVoid{}, TapReason{"void.torn"}, VoidNoted{Serial: other}), Menu, NumberNone, "{0000-01R0-004X void.torn sato }"},
		{"no paper", with(ruled(cards.Void, nil), TapAgain{}, NotIssued{Note: "issue.note.paper"}), ByNumber, NumberAsked, "{0000-01R0-000P sato}"},
		{"the answer comes beside another screen", with(asked, TapDisplay{}, Ruled{faded(cards.Void)}, TapBack{}, TapAgain{}), Wait, NumberAsked, "{0000-01R0-000P sato}"},
		{"nobody is there any more", with(asked, Tick{noon.Add(menuIdle)}), Home, NumberNone, "{0000-01R0-000P false}"},
		{"at home it means nothing", []Event{TypedSerial{serial}, CardFound{faded(cards.Void)}, TapAgain{}, TapAsk{}}, Home, NumberNone, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, effects := start(tt.events...)
			last := ""
			for _, e := range effects {
				last = fmt.Sprint(e)
			}
			if got.Step != tt.step || got.Number.At != tt.at || tt.effects != "" && last != tt.effects {
				t.Errorf("step %d, at %d, %s; want step %d, at %d, %s", got.Step, got.Number.At, last, tt.step, tt.at, tt.effects)
			}
		})
	}
}

// Who waits for the hub knows whether it can be reached.
func TestByNumberOnline(t *testing.T) {
	_, effects := start(with(toMenu, NetworkIs{Network{Online: true}}, TapNumber{}, TypedSerial{serial}, CardFound{faded(cards.VoidAsked)})...)
	if last := effects[len(effects)-1]; last != (AwaitRuling{Serial: serial, Online: true}) {
		t.Errorf("%v", last)
	}
}
