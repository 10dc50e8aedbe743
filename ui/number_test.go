package ui

import (
	"reflect"
	"testing"
	"time"

	"fyne.io/fyne/v2/test"

	"pointkiosk/cards"
	"pointkiosk/kiosk"
)

// numberSamples are the screens of 番号で取り消す.
func numberSamples() (list []sample) {
	at := func(name string, at kiosk.NumberAt, state cards.State, change func(*kiosk.State)) {
		list = append(list, with("number-"+name, kiosk.ByNumber, func(s *kiosk.State) {
			of := kisarazu()
			of.Kind = cards.KindCard
			s.Number = kiosk.Numbered{At: at, Card: kiosk.FoundCard{Serial: cards.Serial{Allotment: 163, Number: 139}, Of: of, State: state, Left: 361}}
			change(s)
		}))
	}
	none := func(*kiosk.State) {}
	other := cards.Serial{Allotment: 163, Number: 211}
	at("type", kiosk.NumberType, "", none)
	at("wrong", kiosk.NumberType, "", none)
	list[len(list)-1].act = func(r *Root) { types(r, "0000-51R0-08BX") }
	at("found", kiosk.NumberFound, cards.Printed, none)
	at("found-long", kiosk.NumberFound, cards.Uncertain, func(s *kiosk.State) {
		id := s.Number.Card.Of.ID
		s.Number.Card.Of = long()
		s.Number.Card.Of.ID, s.Number.Card.Of.Kind, s.Desk.Note = id, cards.KindCard, "issue.note.state"
	})
	at("unknown", kiosk.NumberFound, "", func(s *kiosk.State) { s.Number.Card.Of = cards.Allotment{} })
	at("sample", kiosk.NumberFound, "", func(s *kiosk.State) {
		s.Number.Card.Of, s.Number.Card.Serial.Allotment = cards.Allotment{}, 163|1<<31
	})
	at("never", kiosk.NumberFound, "", none)
	at("signed", kiosk.NumberFound, cards.Signed, none)
	at("ticket", kiosk.NumberFound, cards.Printed, func(s *kiosk.State) { s.Number.Card.Of.Kind = cards.KindTicket })
	at("asking", kiosk.NumberAsked, cards.VoidAsked, func(s *kiosk.State) { s.Number.Busy = true })
	at("later", kiosk.NumberAsked, cards.VoidAsked, none)
	at("void", kiosk.NumberAsked, cards.Void, func(s *kiosk.State) { s.Desk.Note = "issue.note.paper" })
	at("none", kiosk.NumberAsked, cards.Void, func(s *kiosk.State) { s.Number.Card.Left = 0 })
	at("unsent", kiosk.NumberAsked, cards.Void, func(s *kiosk.State) { s.Number.Card.Unsent = true })
	at("before", kiosk.NumberAsked, cards.Void, func(s *kiosk.State) { s.Number.Card.Again = other })
	at("honoured", kiosk.NumberAsked, cards.Honoured, none)
	at("out", kiosk.NumberAgain, cards.Void, func(s *kiosk.State) { s.Number.Card.Again, s.Number.Presumed = other, true })
	return list
}

// types presses the keys of a card's number.
func types(r *Root, number string) {
	s := r.number.typing.(*serialTyping)
	s.forget()
	for _, c := range number {
		if c != '-' {
			s.press(byte(c))
		}
	}
}

// Every number can be typed; one that is wrong shows before anybody is asked.
func TestSerialTyping(t *testing.T) {
	newApp(t)
	var got []kiosk.Event
	at := now()
	root := NewRoot(func(e kiosk.Event) {
		if e != (kiosk.Touched{}) {
			got = append(got, e)
		}
	}, &Opts{Clock: func() time.Time { at = at.Add(time.Second); return at }})
	root.Show(stateOf(t, "number-type"))
	s := root.number.typing.(*serialTyping)
	keys := map[string]*boardKey{}
	for _, line := range s.keys.keys {
		for _, k := range line {
			keys[k.label.say()] = k
		}
	}
	serial := cards.Serial{Allotment: 1<<31 - 1, Number: 987654}
	for number, want := range map[string][]kiosk.Event{
		serial.String(): {kiosk.TypedSerial{Serial: serial}}, "0000-51R0-08BX": nil, "0000": nil,
		cards.Serial{Allotment: 163, Number: 139}.String() + "0": {kiosk.TypedSerial{Serial: cards.Serial{Allotment: 163, Number: 139}}}, // the 13th is one too many
	} {
		got = nil
		s.forget()
		for _, c := range number {
			if c != '-' {
				test.Tap(keys[string(c)])
			}
		}
		if wrong := s.notice.shown(); wrong != (len(number) >= 14 && want == nil) {
			t.Errorf("%s: it says %q", number, s.word.say())
		}
		test.Tap(s.enter[0])
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: sent %v", number, got)
		}
	}
	root.Show(stateOf(t, "menu"))
	root.Show(stateOf(t, "number-type"))
	if len(s.typed) != 0 {
		t.Errorf("%q is still there", s.typed)
	}
	for _, c := range "0123456789ABCDEFGHJKMNPQRSTVWXYZ" {
		if keys[string(c)] == nil {
			t.Errorf("no key for %c", c)
		}
	}
}

// An erased character can be typed again.
func TestSerialErase(t *testing.T) {
	newApp(t)
	root := NewRoot(func(kiosk.Event) {}, &Opts{})
	root.Show(stateOf(t, "number-type"))
	serial := cards.Serial{Allotment: 163, Number: 139}
	text := serial.String()
	types(root, text[:len(text)-1]+"Z")
	s := root.number.typing.(*serialTyping)
	s.erase()
	s.press(text[len(text)-1])
	if s.serial != serial || s.notice.shown() {
		t.Errorf("%q is %v", s.typed, s.serial)
	}
}
