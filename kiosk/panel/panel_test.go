package panel

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/gpio/gpiotest"
)

// plate is a panel of virtual pins with its own time.
type plate struct {
	*Panel
	lamp, buzzer, button gpiotest.Pin
	now                  time.Time
	presses              int
}

func newPlate(t *testing.T) *plate {
	t.Helper()
	b := &plate{now: time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)}
	p, err := New(&Opts{
		Lamp: &b.lamp, Buzzer: &b.buzzer, Button: &b.button,
		Pressed: func() { b.presses++ }, Now: func() time.Time { return b.now },
	})
	if err != nil {
		t.Fatal(err)
	}
	b.Panel = p
	return b
}

// pass lets d pass, in steps of the loop, and draws what the pins did.
func (b *plate) pass(t *testing.T, d time.Duration) (lamp, buzzer string) {
	t.Helper()
	var l, z strings.Builder
	for range d / every {
		b.step()
		draw(&l, &b.lamp)
		draw(&z, &b.buzzer)
		b.now = b.now.Add(every)
	}
	return l.String(), z.String()
}

func draw(s *strings.Builder, p *gpiotest.Pin) {
	if p.Read() {
		s.WriteByte('#')
	} else {
		s.WriteByte('.')
	}
}

// runs shortens "###.." to "3# 2.".
func runs(s string) string {
	var out []string
	for len(s) > 0 {
		n := len(s) - len(strings.TrimLeft(s, s[:1]))
		out = append(out, fmt.Sprintf("%d%s", n, s[:1]))
		s = s[n:]
	}
	return strings.Join(out, " ")
}

// TestSigns shows each sign for two seconds; a character is 10 ms.
func TestSigns(t *testing.T) {
	for _, tt := range []struct {
		sign         Sign
		lamp, buzzer string
	}{
		{Dark, "200.", "200."},
		{Ready, "200#", "200."},
		{Handed, "200#", "8# 192."},
		{Attention, "50# 50. 50# 50.", "12# 12. 12# 164."},
		{OutOfOrder, "20# 20. 20# 140.", "25# 15. 25# 15. 25# 95."},
	} {
		t.Run(fmt.Sprint(int(tt.sign)), func(t *testing.T) {
			b := newPlate(t)
			b.Show(tt.sign)
			lamp, buzzer := b.pass(t, 2*time.Second)
			if runs(lamp) != tt.lamp || runs(buzzer) != tt.buzzer {
				t.Errorf("lamp %s, want %s\nbuzzer %s, want %s", runs(lamp), tt.lamp, runs(buzzer), tt.buzzer)
			}
			if b.pass(t, 2*time.Second); tt.sign == OutOfOrder && b.buzzer.Read() == gpio.High {
				t.Error("the buzzer began again")
			}
			if err := b.Halt(); err != nil || b.lamp.Read() || b.buzzer.Read() {
				t.Errorf("halted: lamp %v, buzzer %v, %v", b.lamp.Read(), b.buzzer.Read(), err)
			}
		})
	}
}

// TestDebounce presses: a character is 10 ms, # is a contact that is shut.
func TestDebounce(t *testing.T) {
	for _, tt := range []struct {
		name, contact string
		presses       int
	}{
		{"a press", "....##########....", 1},
		{"two presses", "....######......######....", 2},
		{"held for a second", "...." + strings.Repeat("#", 100) + "....", 1},
		{"shaking on the way down", "....#.#.##.######....", 1},
		{"shaking on the way up", "....######.#.##.#......", 1},
		{"a spike", "....#......##.....", 0},
		{"let go too shortly", "....######..######....", 1},
		{"jammed from the start", strings.Repeat("#", 50) + "......", 0},
		{"jammed, then let go and pressed", "######......######....", 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newPlate(t)
			b.Show(Ready)
			for _, c := range tt.contact {
				if err := b.button.Out(gpio.Level(c != '#')); err != nil { // the finger
					t.Fatal(err)
				}
				b.pass(t, every)
			}
			if b.presses != tt.presses {
				t.Errorf("%d presses, want %d", b.presses, tt.presses)
			}
		})
	}
}

// TestOnlyWhenReady presses at every sign.
func TestOnlyWhenReady(t *testing.T) {
	for sign, want := range map[Sign]int{Dark: 0, Ready: 1, Handed: 1, Attention: 0, OutOfOrder: 0} {
		b := newPlate(t)
		b.Show(sign)
		b.pass(t, 50*time.Millisecond)
		b.button.Out(gpio.Low)
		b.pass(t, 100*time.Millisecond)
		b.Show(Ready) // a finger that was there before doesn't count later
		b.pass(t, time.Second)
		if b.presses != want {
			t.Errorf("sign %d: %d presses, want %d", sign, b.presses, want)
		}
	}
}

// TestRun takes a press from a finger that comes while the loop runs.
func TestRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var lamp, button gpiotest.Pin
		pressed := make(chan time.Time, 10)
		p, err := New(&Opts{Lamp: &lamp, Button: &button, Pressed: func() { pressed <- time.Now() }})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- p.Run(ctx) }()
		p.Show(Ready)
		time.Sleep(time.Second)
		down := time.Now()
		button.Out(gpio.Low)
		if took := (<-pressed).Sub(down); took < steady || took > steady+2*every {
			t.Errorf("taken after %v", took)
		}
		if !lamp.Read() {
			t.Error("the lamp is dark")
		}
		time.Sleep(time.Minute)
		if len(pressed) > 0 {
			t.Error("a finger that stays is no second press")
		}
		cancel()
		if err := <-done; err != nil || lamp.Read() {
			t.Errorf("at the end: lamp %v, %v", lamp.Read(), err)
		}
	})
}

// noPin is a pin that does nothing right.
type noPin struct{}

var errPin = errors.New("no such line")

func (noPin) Out(gpio.Level) error          { return errPin }
func (noPin) In(gpio.Pull, gpio.Edge) error { return errPin }
func (noPin) Read() gpio.Level              { return gpio.Low }

func TestBadPin(t *testing.T) {
	for name, opts := range map[string]*Opts{
		"lamp": {Lamp: noPin{}}, "buzzer": {Buzzer: noPin{}}, "button": {Button: noPin{}},
	} {
		if _, err := New(opts); !errors.Is(err, errPin) || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	p, err := New(&Opts{Fault: func(err error) { t.Error(err) }}) // a panel of nothing works
	if err != nil {
		t.Fatal(err)
	}
	p.Show(OutOfOrder)
	p.step()
}

// shaky is a pin that fails for a while.
type shaky struct {
	gpiotest.Pin
	off bool
}

func (s *shaky) Out(l gpio.Level) error {
	if s.off {
		return errPin
	}
	return s.Pin.Out(l)
}

// TestPinFails: a lamp that fails for a while is said once and lit later, and
// the button works on. A button that opens a contact reads as not pressed when
// its pin fails, which reads low.
func TestPinFails(t *testing.T) {
	var lamp shaky
	var button gpiotest.Pin
	now, presses, faults := time.Unix(1_000_000_000, 0), 0, 0
	p, err := New(&Opts{
		Lamp: &lamp, Button: &button, Opens: true, Now: func() time.Time { return now },
		Pressed: func() { presses++ }, Fault: func(error) { faults++ },
	})
	if err != nil {
		t.Fatal(err)
	}
	pass := func(l gpio.Level) {
		button.Out(l)
		for range 10 {
			p.step()
			now = now.Add(every)
		}
	}
	pass(gpio.Low)
	p.Show(Ready)
	lamp.off = true
	pass(gpio.Low)
	pass(gpio.High)
	pass(gpio.Low)
	if presses != 1 || faults != 1 || lamp.Read() {
		t.Errorf("%d presses, %d faults, lamp %v", presses, faults, lamp.Read())
	}
	lamp.off = false
	pass(gpio.Low)
	if !lamp.Read() {
		t.Error("the lamp stays dark")
	}
}
