package kiosk

import (
	"reflect"
	"testing"
	"time"

	"pointkiosk/kiosk/account"
	"pointkiosk/kiosk/wizard"
)

func counter() State {
	s := First(Look{Lang: "ja"}, Site{Counter: true, Accounts: true}, time.Minute)
	s, _ = s.Next(Tick{Now: time.Unix(1_000_000_000, 0)})
	return s
}

// Who takes the card away, is idle or is done leaves nothing, and the card is
// powered down. A card that is left lying is to be taken away.
func TestLeavingTheCounter(t *testing.T) {
	into := []Event{TapMyKey{}, wizard.TapNext{}, wizard.CardIn{}, wizard.CardRead{Tries: 3}}
	for _, tt := range []struct {
		name  string
		after []Event
		gone  bool
		lies  bool
	}{
		{"still there", []Event{Tick{Now: time.Unix(1_000_000_059, 0)}}, false, true},
		{"typing on keys of the screen", []Event{Tick{Now: time.Unix(1_000_000_059, 0)}, Touched{}, Tick{Now: time.Unix(1_000_000_060, 0)}}, false, true},
		{"at 表示", []Event{TapDisplay{}, Tick{Now: time.Unix(1_000_000_059, 0)}}, false, true},
		{"card taken away", []Event{wizard.CardOut{}}, true, false},
		{"card taken away at 表示", []Event{TapDisplay{}, wizard.CardOut{}}, true, false},
		{"idle", []Event{Tick{Now: time.Unix(1_000_000_060, 0)}}, true, true},
		{"idle at 表示", []Event{TapDisplay{}, Tick{Now: time.Unix(1_000_000_060, 0)}}, true, true},
	} {
		s := counter()
		for _, e := range into {
			s, _ = s.Next(e)
		}
		if s.Step != MyKey || s.MyKey.Step != wizard.PIN {
			t.Fatalf("%+v", s)
		}
		visit := s.Visit
		var effect Effect
		for _, e := range tt.after {
			s, effect = s.Next(e)
		}
		_, off := effect.(wizard.PowerDown)
		step, left := Home, wizard.State{}
		if tt.lies {
			step, left = MyKey, wizard.State{Step: wizard.Take, Card: true}
		}
		gone := s.Step == step && s.Visit == visit+1 && reflect.DeepEqual(s.MyKey, left)
		if gone != tt.gone || off != tt.gone {
			t.Errorf("%s: %+v, %#v", tt.name, s, effect)
		}
	}
}

// A card that lies there before is read at once; there is no tile where there is
// no reader.
func TestCardLiesThere(t *testing.T) {
	s := counter()
	for _, e := range []Event{wizard.CardIn{}, TapMyKey{}, wizard.TapNext{}} {
		s, _ = s.Next(e)
	}
	if s.MyKey.Step != wizard.Reading {
		t.Errorf("%+v", s.MyKey)
	}
	s.Site.Counter = false
	s = s.home()
	if s, _ = s.Next(TapMyKey{}); s.Step != Home || !s.Card {
		t.Errorf("%+v", s)
	}
}

func TestCountdown(t *testing.T) {
	s := counter()
	s, _ = s.Next(TapMyKey{})
	for after, want := range map[int64]int{0: 0, 44: 0, 45: 15, 50: 10, 59: 1} {
		next, _ := s.Next(Tick{Now: time.Unix(1_000_000_000+after, 0)})
		if got := next.Leaving(); got != want {
			t.Errorf("after %d s: %d, want %d", after, got, want)
		}
	}
}

// wiped remembers that it was.
type wiped struct{ n int }

func (w *wiped) Wipe() { w.n++ }

// A PIN that comes when nobody sits there any more is wiped.
func TestLatePIN(t *testing.T) {
	pin := new(wiped)
	s, effect := counter().Next(wizard.TypedPIN{PIN: pin})
	if pin.n != 1 || effect != nil || s.Step != Home {
		t.Errorf("%d times wiped, %v", pin.n, effect)
	}
}

// A slip is in the language of whoever takes it home.
func TestSlipsSpeak(t *testing.T) {
	byCard := []Event{wizard.CardIn{}, wizard.CardRead{Tries: 3}, wizard.TypedPIN{PIN: wizard.NewTyped([]byte("1234"))}}
	for _, tt := range []struct {
		events []Event
		want   Effect
	}{
		{append(append([]Event{TapMyKey{}, wizard.TapNext{}}, byCard...), wizard.PINRight{Account: wizard.Account{ID: "K7M4W2HN"}}, wizard.TapSlip{}),
			wizard.PrintSlip{ID: "K7M4W2HN", Lang: "en"}},
		{append(append([]Event{TapBalance{}, account.TapCard{}}, byCard...), opened(), account.TapSlip{}),
			account.PrintSlip{Account: opened().Account, Lang: "en"}},
	} {
		s, effect := counter(), Effect(nil)
		for _, e := range append([]Event{TapLang{"en"}}, tt.events...) {
			s, effect = s.Next(e)
		}
		if !reflect.DeepEqual(effect, tt.want) {
			t.Errorf("%#v, want %#v", effect, tt.want)
		}
	}
}

// A card that somebody left lying is not read for whoever comes next: it has to be
// taken away, and theirs laid down.
func TestCardLeft(t *testing.T) {
	left := []Event{TapMyKey{}, wizard.TapNext{}, wizard.CardIn{}, wizard.CardRead{Tries: 3}, Tick{Now: time.Unix(1_000_000_061, 0)}, Tick{Now: time.Unix(1_000_001_000, 0)}}
	for name, begins := range map[string][]Event{
		"a MyKey ID":    {TapMyKey{}, wizard.TapNext{}},
		"a balance":     {TapBalance{}, account.TapCard{}},
		"another visit": {TapBalance{}, account.TapEnd{}, TapMyKey{}, wizard.TapNext{}},
	} {
		s, effect := counter(), Effect(nil)
		for _, e := range left {
			s, _ = s.Next(e)
		}
		if s.Step != Home || !s.Card || !s.Left {
			t.Fatalf("%+v", s)
		}
		for _, e := range begins {
			s, effect = s.Next(e)
		}
		if s.Step != MyKey || s.MyKey.Step != wizard.Place || effect != nil || !s.Left {
			t.Errorf("%s: %+v, %#v", name, s, effect)
		}
		if s, effect = s.Next(wizard.CardOut{}); s.Step != MyKey || s.MyKey.Step != wizard.Place || s.Left || effect != nil {
			t.Errorf("%s, taken away: %+v, %#v", name, s, effect)
		}
		if s, effect = s.Next(wizard.CardIn{}); s.MyKey.Step != wizard.Reading || effect == nil {
			t.Errorf("%s, one's own: %+v, %#v", name, s, effect)
		}
	}
}
