package station

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/gpio/gpiotest"

	"pointkiosk/kiosk"
	"pointkiosk/kiosk/panel"
	"pointkiosk/kiosk/wizard"
)

func TestSignOf(t *testing.T) {
	well := kiosk.Paper{Ready: true}
	desk := kiosk.Desk{Request: "r"}
	left := kiosk.Count{Left: 9}
	for _, tt := range []struct {
		name string
		st   kiosk.State
		want panel.Sign
	}{
		{"just switched on", kiosk.State{}, panel.Dark},
		{"at home", kiosk.State{Paper: well}, panel.Dark},
		{"at home without paper", kiosk.State{Paper: kiosk.Paper{Code: "P-02"}}, panel.OutOfOrder},
		{"issuing", kiosk.State{Step: kiosk.Issue, Paper: well, Desk: desk, Count: left}, panel.Ready},
		{"handed", kiosk.State{Step: kiosk.Issue, Paper: well, Desk: kiosk.Desk{Request: "r", Handed: true}, Count: left}, panel.Handed},
		{"no entitlement", kiosk.State{Step: kiosk.Issue, Paper: well, Count: left}, panel.Dark},
		{"none left", kiosk.State{Step: kiosk.Issue, Paper: well, Desk: desk}, panel.Attention},
		{"stopped by the hub", kiosk.State{Step: kiosk.Issue, Paper: well, Desk: desk, Count: left, Network: kiosk.Network{Stopped: "x"}}, panel.OutOfOrder},
		{"printing", kiosk.State{Step: kiosk.Wait, Paper: well, Desk: desk, Count: left}, panel.Dark},
		{"a question", kiosk.State{Step: kiosk.Confirm, Paper: well, Desk: desk, Count: left}, panel.Attention},
		{"a card left lying", leftLying(), panel.Attention},
		{"out", kiosk.State{Step: kiosk.Out, Paper: kiosk.Paper{Code: "P-02"}, Desk: desk}, panel.OutOfOrder},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := signOf(tt.st); got != tt.want {
				t.Errorf("sign %d, want %d", got, tt.want)
			}
			// A press prints exactly where the sign says so.
			_, effect := tt.st.Next(kiosk.TapIssue{})
			if pressable := tt.want == panel.Ready || tt.want == panel.Handed; pressable && effect == nil {
				t.Error("the lamp promises a card that does not come")
			}
		})
	}
}

// TestButton presses the large button before, while and after the Issue screen
// is ready: one press there is one card.
func TestButton(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pins := map[string]gpio.PinIO{"GPIO17": &gpiotest.Pin{N: "lamp"}, "GPIO22": &gpiotest.Pin{N: "button"}}
		find := func(name string) (gpio.PinIO, error) { return pins[name], nil }
		events := make(chan kiosk.Event, 16)
		p, err := openPanel(GPIO{Lamp: "GPIO17", Button: "GPIO22"}, find, func(e kiosk.Event) { events <- e }, nil)
		if err != nil {
			t.Fatal(err)
		}
		plate := &Panel{p: p}
		var out atomic.Int32 // cards
		lamp, button := pins["GPIO17"], pins["GPIO22"]
		do := func(_ context.Context, e kiosk.Effect) kiosk.Event {
			if e, ok := e.(kiosk.PrintCard); ok {
				time.Sleep(2 * time.Second) // as long as paper takes
				out.Add(1)
				return kiosk.CardOut{Count: kiosk.Count{Left: 9}, Request: e.Request + "'"}
			}
			return kiosk.DeskReady{Request: "r", Count: kiosk.Count{Left: 10}}
		}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { plate.Run(ctx); close(ended) }()
		go kiosk.Run(ctx, kiosk.State{Step: kiosk.Menu}, events, do, plate.Show)
		press := func(want int32, wantLamp gpio.Level, when string) {
			t.Helper()
			button.Out(gpio.Low)
			time.Sleep(200 * time.Millisecond)
			button.Out(gpio.High)
			time.Sleep(3 * time.Second)
			if out.Load() != want || lamp.Read() != wantLamp {
				t.Fatalf("%s: %d cards, want %d; lamp %v", when, out.Load(), want, lamp.Read())
			}
		}
		press(0, gpio.Low, "in the menu")
		events <- kiosk.PaperIs{Paper: kiosk.Paper{Ready: true}}
		events <- kiosk.TapDesk{}
		time.Sleep(time.Second)
		press(1, gpio.High, "issuing")
		button.Out(gpio.Low)
		time.Sleep(100 * time.Millisecond)
		button.Out(gpio.High)
		time.Sleep(100 * time.Millisecond)
		press(2, gpio.High, "twice at once")
		events <- kiosk.TapBack{}
		time.Sleep(time.Second)
		press(2, gpio.Low, "back in the menu")
		cancel()
		<-ended
	})
}

func TestPinSettings(t *testing.T) {
	for _, tt := range []struct {
		gpio GPIO
		want string
	}{
		{GPIO{}, ""},
		{GPIO{Lamp: "GPIO17", Buzzer: "GPIO27", Button: "GPIO22"}, ""},
		{GPIO{Lamp: "17"}, "not like GPIO17"},
		{GPIO{Lamp: "GPIO17", Button: "GPIO17"}, "another part's too"},
	} {
		s := Usual()
		s.GPIO = tt.gpio
		if err := s.check(); (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%+v: %v, want %q", tt.gpio, err, tt.want)
		}
	}
	errNone := errors.New("none")
	if _, err := openPanel(GPIO{Lamp: "GPIO17"}, func(string) (gpio.PinIO, error) { return nil, errNone }, nil, nil); !errors.Is(err, errNone) {
		t.Errorf("a pin that is not there: %v", err)
	}
}

// leftLying is a card that nobody took away for a while.
func leftLying() kiosk.State {
	s := kiosk.First(kiosk.Look{}, kiosk.Site{Counter: true}, time.Hour)
	s.Paper = kiosk.Paper{Ready: true}
	for _, e := range []kiosk.Event{
		kiosk.Tick{Now: time.Unix(1000, 0)}, wizard.CardIn{}, kiosk.TapMyKey{}, wizard.TapEnd{}, kiosk.Tick{Now: time.Unix(1011, 0)},
	} {
		s, _ = s.Next(e)
	}
	return s
}
