package kiosk

import (
	"fmt"
	"reflect"
	"slices"
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
		leavingTheCounter(t, tt.name, wizard.PIN, []Event{wizard.CardRead{Tries: 3}}, tt.after, tt.gone, tt.lies)
		door := []Event{wizard.CardRead{Tries: 1}, wizard.TapNext{}, TapDigit{'2'}}
		leavingTheCounter(t, tt.name+", over the staff door", wizard.LastTry, door, tt.after, tt.gone, tt.lies)
	}
}

func leavingTheCounter(t *testing.T, name string, at wizard.Step, more, after []Event, gone, lies bool) {
	t.Helper()
	s := counter()
	for _, e := range append([]Event{TapMyKey{}, wizard.TapNext{}, wizard.CardIn{}}, more...) {
		s, _ = s.Next(e)
	}
	if !s.at(MyKey) || s.MyKey.Step != at || s.Vouching() != (at == wizard.LastTry) {
		t.Fatalf("%s: %+v", name, s)
	}
	visit := s.Visit
	var effect Effect
	for _, e := range after {
		s, effect = s.Next(e)
	}
	_, off := effect.(wizard.PowerDown)
	step, left := Home, wizard.State{}
	if lies {
		step, left = MyKey, wizard.State{Step: wizard.Take, Card: true}
	}
	is := s.Step == step && s.Visit == visit+1 && reflect.DeepEqual(s.MyKey, left) && s.pin == ""
	if is != gone || off != gone {
		t.Errorf("%s: %+v, %#v", name, s, effect)
	}
}

// What the staff door says while 表示 is open is not lost, and closes it.
func TestDoorAtDisplay(t *testing.T) {
	last := []Event{TapMyKey{}, wizard.TapNext{}, wizard.CardIn{}, wizard.CardRead{Tries: 1}, wizard.TapNext{}}
	for _, tt := range []struct {
		name   string
		events []Event
		want   Step
		wizard wizard.Step
	}{
		{"yes", append(last[:5:5], TapDisplay{}, DoorOpened{"sato"}), MyKey, wizard.PIN},
		{"no", append(last[:5:5], TapDisplay{}, DoorRefused{}), Door, wizard.LastTry},
		{"the card is away, and then yes", append(last[:5:5], TapDisplay{}, wizard.CardOut{}, DoorOpened{"sato"}), Home, wizard.Needs},
		{"to the menu", []Event{TapStaff{}, TapDisplay{}, DoorOpened{"sato"}}, Menu, wizard.Needs},
		{"nobody asked", []Event{TapDisplay{}, DoorOpened{"sato"}}, Display, wizard.Needs},
		{"a tap of before", append(last[:5:5], TapDisplay{}, wizard.TapBack{}), Display, wizard.Take},
		{"a tap of before, and back", append(last[:5:5], TapDisplay{}, wizard.TapBack{}, TapBack{}), MyKey, wizard.Take},
	} {
		s := counter()
		for _, e := range tt.events {
			s, _ = s.Next(e)
		}
		if s.Step != tt.want || s.MyKey.Step != tt.wizard {
			t.Errorf("%s: %+v", tt.name, s)
		}
	}
}

// Who is under 15 goes on where staff say yes, and nowhere else.
func TestYoung(t *testing.T) {
	asked := []Event{TapMyKey{}, wizard.TapYoung{}, wizard.TapStaff{}}
	for _, tt := range []struct {
		name   string
		events []Event
		want   Step
		wizard wizard.Step
		staff  string
		reads  bool
	}{
		{"the door", asked, Door, wizard.Young, "", false},
		{"not yet", append(asked[:3:3], wizard.TapNext{}, DoorRefused{}), Door, wizard.Young, "", false},
		{"yes", append(asked[:3:3], DoorOpened{"sato"}), MyKey, wizard.Place, "sato", false},
		{"yes, and a card lies there", append(asked[:3:3], wizard.CardIn{}, DoorOpened{"sato"}), MyKey, wizard.Place, "sato", false},
		{"yes, and the child's in place of it", append(asked[:3:3], wizard.CardIn{}, DoorOpened{"sato"}, wizard.CardOut{}, wizard.CardIn{}), MyKey, wizard.Reading, "sato", true},
		{"yes, and the card moved once it was read", append(asked[:3:3], DoorOpened{"sato"}, wizard.CardIn{}, wizard.CardRead{Tries: 3, Sitting: 5}, wizard.CardMoved{}), MyKey, wizard.Needs, "", false},
		{"back", append(asked[:3:3], TapBack{}), MyKey, wizard.Young, "", false},
		{"idle", append(asked[:3:3], Tick{Now: time.Unix(1_000_000_061, 0)}, DoorOpened{"sato"}), Home, wizard.Needs, "", false},
		{"yes, and back", append(asked[:3:3], DoorOpened{"sato"}, wizard.TapBack{}), MyKey, wizard.Needs, "", false},
		{"an age that was not said", []Event{TapMyKey{}, wizard.TapStaff{}, DoorOpened{"sato"}}, MyKey, wizard.Needs, "", false},
	} {
		s, effect := counter(), Effect(nil)
		for _, e := range tt.events {
			s, effect = s.Next(e)
		}
		_, reads := effect.(wizard.ReadCard)
		if s.Step != tt.want || s.MyKey.Step != tt.wizard || s.MyKey.Staff != tt.staff || reads != tt.reads {
			t.Errorf("%s: %+v, %#v", tt.name, s, effect)
		}
	}
}

// Of two cards nobody knows whose visit it is: it ends, and says so. With one left it
// goes on by itself.
func TestTwoOnTheReader(t *testing.T) {
	crowd := wizard.CardStops{Reason: wizard.TwoCards}
	place := []Event{TapMyKey{}, wizard.TapNext{}}
	asked := append(place[:2:2], wizard.CardIn{}, wizard.CardRead{Tries: 1, Sitting: 5})
	open := []Event{TapBalance{}, wizard.CardIn{}, wizard.CardRead{Tries: 3}, wizard.TypedPIN{PIN: new(wiped)}, opened()}
	end := wizard.State{Step: wizard.Stopped, Reason: wizard.TwoCards, Card: true}
	for _, tt := range []struct {
		name   string
		events []Event
		effect string
		after  wizard.Step
	}{
		{"the PIN", append(asked[:4:4], crowd), "wizard.PowerDown", wizard.Reading},
		{"the staff door", append(asked[:4:4], wizard.TapNext{}, TapDigit{'2'}, crowd), "wizard.PowerDown", wizard.Reading},
		{"表示 over it", append(asked[:4:4], wizard.TapNext{}, TapDisplay{}, crowd, TapBack{}), "<nil>", wizard.Reading},
		{"at once", append(place[:2:2], wizard.CardIn{}, crowd), "wizard.PowerDown", wizard.Reading},
		{"before", []Event{wizard.CardIn{}, crowd, TapMyKey{}}, "<nil>", wizard.Needs},
		{"before, and a balance", []Event{wizard.CardIn{}, crowd, TapBalance{}, account.TapCard{}}, "<nil>", wizard.Reading},
		{"an open account", append(open[:5:5], crowd), "account.Leave", wizard.Reading},
	} {
		s, effect := counter(), Effect(nil)
		for _, e := range tt.events {
			s, effect = s.Next(e)
		}
		shown := s.MyKey
		if shown.Step != end.Step || shown.Reason != end.Reason || !shown.Card || s.Step != MyKey || s.Account.IsOpen() || s.pin != "" || fmt.Sprintf("%T", effect) != tt.effect {
			t.Errorf("%s: %+v, %T", tt.name, s, effect)
		}
		visit := s.Visit
		s, _ = s.Next(wizard.CardOut{})
		if s, _ = s.Next(wizard.CardIn{}); s.Step != MyKey || s.MyKey.Step != tt.after || s.Two || s.Visit != visit {
			t.Errorf("%s, and one is left: %+v", tt.name, s)
		}
	}
	s := counter()
	for _, e := range append(place[:2:2], wizard.CardIn{}, wizard.CardRead{Tries: 3}, wizard.TapBack{}, crowd) {
		s, _ = s.Next(e)
	}
	if s.MyKey.Step != wizard.Take || !s.Two {
		t.Errorf("who is to take theirs away: %+v", s)
	}
	if s, _ = counter().Next(crowd); s.Step != Home || !s.Two {
		t.Errorf("nobody is there: %+v", s)
	}
}

func TestLeavingIsCounted(t *testing.T) {
	s := counter()
	for _, e := range []Event{TapMyKey{}, wizard.TapNext{}, wizard.CardIn{}, wizard.CardRead{Tries: 1}, wizard.TapNext{}, TapDisplay{}, Tick{Now: time.Unix(1_000_000_050, 0)}} {
		s, _ = s.Next(e)
	}
	if s.Leaving() != 10 {
		t.Errorf("%d s", s.Leaving())
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

// Of two cards of which somebody left one, the one that is left is nobody's who comes
// now, whichever it is: it is not read until it is laid down anew.
func TestLeftAmongTwo(t *testing.T) {
	crowd := wizard.CardStops{Reason: wizard.TwoCards}
	begins := []Event{TapMyKey{}, wizard.TapNext{}}
	sits := append(begins[:2:2], wizard.CardIn{}, wizard.CardRead{Tries: 3})
	left := append(sits[:4:4], Tick{Now: time.Unix(1_000_000_061, 0)}, Tick{Now: time.Unix(1_000_001_000, 0)})
	taken, theirs := append(sits[:4:4], wizard.TapEnd{}), []Event{wizard.CardOut{}, wizard.CardIn{}}
	with := func(all ...[]Event) []Event { return slices.Concat(all...) }
	for name, events := range map[string][]Event{
		"left, and another at the card":     with(left, begins, []Event{crowd}, theirs),
		"left, and another on Home":         with(left, []Event{crowd}, theirs, begins),
		"left, and another before the age":  with(left, []Event{crowd}, begins[:1], theirs, begins[1:]),
		"left, and another for a balance":   with(left, []Event{TapBalance{}, crowd}, theirs),
		"left, and the answer is late":      with(left, begins, []Event{crowd, wizard.CardOut{}, wizard.CardStops{Reason: wizard.Offline}, wizard.CardIn{}, wizard.TapEnd{}}, begins),
		"to be taken away, and another":     with(taken, []Event{crowd}, theirs, begins),
		"two, the end, and one is taken":    with(sits, []Event{crowd, wizard.TapEnd{}}, theirs, begins),
		"two, idle, and one is taken":       with(sits, []Event{crowd, Tick{Now: time.Unix(1_000_000_061, 0)}}, theirs, begins),
		"two again":                         with(left, begins, []Event{crowd}, theirs, []Event{crowd}, theirs),
		"to be taken away, and long before": with(taken, []Event{Tick{Now: time.Unix(1_000_001_000, 0)}, crowd}, theirs, begins),
	} {
		s, effect := counter(), Effect(nil)
		for _, e := range events {
			s, effect = s.Next(e)
		}
		if s.Step != MyKey || s.MyKey.Step != wizard.Place || !s.Card || !s.Left || effect != nil {
			t.Errorf("%s: %+v, %#v", name, s, effect)
		}
		s, _ = s.Next(wizard.CardOut{})
		if s, effect = s.Next(wizard.CardIn{}); s.MyKey.Step != wizard.Reading || s.Left || effect == nil {
			t.Errorf("%s, laid down anew: %+v, %#v", name, s, effect)
		}
	}
}

// Where both were taken away, the next one is somebody's own.
func TestNoneLeftOfTwo(t *testing.T) {
	s, effect := counter(), Effect(nil)
	for _, e := range []Event{
		TapMyKey{}, wizard.TapNext{}, wizard.CardIn{}, wizard.CardRead{Tries: 3}, wizard.TapEnd{}, wizard.CardStops{Reason: wizard.TwoCards}, wizard.CardOut{},
		TapMyKey{}, wizard.TapNext{}, Tick{Now: time.Unix(1_000_000_003, 0)}, wizard.CardIn{},
	} {
		s, effect = s.Next(e)
	}
	if s.MyKey.Step != wizard.Reading || s.Left || effect == nil {
		t.Errorf("%+v, %#v", s, effect)
	}
}

// A reader that goes under somebody's card and comes back does not tell whether the
// card was taken away meanwhile: one that lies there then is nobody's who comes now.
func TestLeftUnderReader(t *testing.T) {
	gone, back := []Event{wizard.CardStops{Reason: wizard.NoReader}}, []Event{wizard.ReaderBack{}, wizard.CardIn{}}
	begins := []Event{TapMyKey{}, wizard.TapNext{}}
	sits := append(begins[:2:2], wizard.CardIn{}, wizard.CardRead{Tries: 3})
	idle := []Event{Tick{Now: time.Unix(1_000_000_061, 0)}, Tick{Now: time.Unix(1_000_001_000, 0)}}
	end := []Event{wizard.TapEnd{}}
	opens := []Event{TapBalance{}, account.TapCard{}, wizard.CardIn{}, wizard.CardRead{Tries: 3}, wizard.TypedPIN{PIN: wizard.NewTyped([]byte("1234"))}, opened()}
	with := func(all ...[]Event) []Event { return slices.Concat(all...) }
	for name, events := range map[string][]Event{
		"left lying":                   with(sits, idle, gone, back, begins),
		"left lying, and long away":    with(sits, idle, gone, []Event{Tick{Now: time.Unix(1_000_002_000, 0)}}, back, begins),
		"left lying, another is there": with(sits, idle, begins, gone, back),
		"left lying, and gone twice":   with(sits, idle, gone, back, gone, back, begins),
		"left lying, for a balance":    with(sits, idle, gone, back, []Event{TapBalance{}, account.TapCard{}}),
		"the end":                      with(sits, gone, end, back, begins),
		"idle":                         with(sits, gone, idle, back, begins),
		"to be taken away":             with(sits, end, gone, back, begins),
		"an open account":              with(opens, gone, back, begins),
		"among two":                    with(sits, []Event{wizard.CardStops{Reason: wizard.TwoCards}}, gone, end, back, begins),
	} {
		s, effect := counter(), Effect(nil)
		for _, e := range events {
			s, effect = s.Next(e)
		}
		if s.Step != MyKey || s.MyKey.Step != wizard.Place || !s.Card || !s.Left || effect != nil {
			t.Errorf("%s: %+v, %#v", name, s, effect)
		}
		s, _ = s.Next(wizard.CardOut{})
		if s, effect = s.Next(wizard.CardIn{}); s.MyKey.Step != wizard.Reading || s.Left || effect == nil {
			t.Errorf("%s, laid down anew: %+v, %#v", name, s, effect)
		}
	}
	for name, events := range map[string][]Event{
		"of who waits there":      with(sits, gone, back),
		"of who comes later":      with(sits, gone, end, back[:1], []Event{Tick{Now: time.Unix(1_000_000_010, 0)}}, begins, back[1:]),
		"of who comes to no card": with(gone, back[:1], begins, back[1:]),
	} {
		s, effect := counter(), Effect(nil)
		for _, e := range events {
			s, effect = s.Next(e)
		}
		if s.Step != MyKey || s.MyKey.Step != wizard.Reading || s.Left || effect == nil {
			t.Errorf("one's own, %s: %+v, %#v", name, s, effect)
		}
	}
}

// A staff PIN that is still looked at when the one it was typed for is stopped opens
// nothing for whoever is at the door then.
func TestVouchedTooLate(t *testing.T) {
	asks := []Event{TapMyKey{}, wizard.TapNext{}, wizard.CardIn{}, wizard.CardRead{Tries: 1}, wizard.TapNext{}}
	s, effect := counter(), Effect(nil)
	for _, e := range append(asks[:5:5], TapDigit{'1'}, TapEnter{}) {
		s, effect = s.Next(e)
	}
	if _, unlocks := effect.(Unlock); !unlocks || !s.Vouching() {
		t.Fatalf("%+v, %#v", s, effect)
	}
	visit := s.Visit
	for _, e := range append([]Event{wizard.CardStops{Reason: wizard.NoReader}, wizard.ReaderBack{}}, asks[2:]...) {
		s, _ = s.Next(e)
	}
	if !s.Vouching() || s.Visit == visit {
		t.Errorf("the answer is taken: %+v", s)
	}
}
