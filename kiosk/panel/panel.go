// Package panel is the front plate of a kiosk: a lamp, a buzzer, a large button
// for one card.
//
// The one invariant: a press counts only while the lamp says ready, and once.
// Whoever leans on the button, or a wire that shakes, gets no second card.
//
// It knows pins and time, not cards, and finds no pin by itself.
package panel

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"periph.io/x/conn/v3/gpio"
)

// Out is a pin that drives a lamp or a buzzer. Every periph.io gpio.PinOut is
// one.
type Out interface {
	Out(gpio.Level) error
}

// In is the pin of a button. Every periph.io gpio.PinIn is one; those of a
// Raspberry Pi read as low when they can't be read.
type In interface {
	In(gpio.Pull, gpio.Edge) error
	Read() gpio.Level
}

// Opts are the parts of a panel. Each may be missing.
type Opts struct {
	Lamp    Out              // high lights it
	Buzzer  Out              // high sounds it: one with an oscillator of its own
	Button  In               // low while pressed, pulled to ground by the button
	Opens   bool             // the button opens a contact to ground: high while pressed, so that a pin that fails presses nothing
	Pressed func()           // called by Run for each press that counts; must not wait
	Fault   func(error)      // called by Run when a pin begins to fail; must not wait
	Now     func() time.Time // nil is time.Now
}

// A Panel is the front plate.
type Panel struct {
	opts   Opts
	want   atomic.Int32 // the Sign to show
	sign   Sign         // shown
	since  time.Time    // when it began
	button debounce
	lit    [2]gpio.Level // what lamp and buzzer were told last
	failed [2]bool
}

// New sets the pins up, all dark and silent.
func New(opts *Opts) (*Panel, error) {
	p := &Panel{opts: *opts}
	if p.opts.Now == nil {
		p.opts.Now = time.Now
	}
	if p.opts.Button != nil {
		// No edges: the kernel's differ from board to board, and looking a
		// hundred times a second costs a Raspberry Pi nothing.
		if err := p.opts.Button.In(gpio.PullUp, gpio.NoEdge); err != nil {
			return nil, fmt.Errorf("panel: button: %w", err)
		}
	}
	if err := p.Halt(); err != nil {
		return nil, err
	}
	p.since = p.opts.Now()
	return p, nil
}

func (p *Panel) String() string {
	return fmt.Sprintf("panel.Panel{lamp %v, buzzer %v, button %v}", p.opts.Lamp, p.opts.Buzzer, p.opts.Button)
}

// Show changes the sign. It may be called from any goroutine, and never waits.
func (p *Panel) Show(s Sign) { p.want.Store(int32(s)) }

// every is how often the pins are looked at: three times within a debounce.
const every = 10 * time.Millisecond

// Run drives the panel until ctx ends, and leaves it dark. A pin that fails is
// tried again; the others go on.
func (p *Panel) Run(ctx context.Context) error {
	t := time.NewTicker(every)
	defer t.Stop()
	for {
		p.step()
		select {
		case <-ctx.Done():
			return p.Halt()
		case <-t.C:
		}
	}
}

// Halt makes it dark and silent.
func (p *Panel) Halt() error {
	p.lit = [2]gpio.Level{gpio.High, gpio.High} // perhaps
	return errors.Join(p.set(0, gpio.Low), p.set(1, gpio.Low))
}

// step does what is due now.
func (p *Panel) step() {
	now := p.opts.Now()
	if s := Sign(p.want.Load()); s != p.sign {
		p.sign, p.since = s, now
	}
	if p.opts.Button != nil && p.button.press(now, p.opts.Button.Read() == gpio.Level(p.opts.Opens)) && p.sign.counts() && p.opts.Pressed != nil {
		p.opts.Pressed()
	}
	shown := now.Sub(p.since)
	for which, l := range []gpio.Level{p.sign.lamp(shown), p.sign.buzzer(shown)} {
		err := p.set(which, l)
		if err != nil && !p.failed[which] && p.opts.Fault != nil {
			p.opts.Fault(err)
		}
		p.failed[which] = err != nil
	}
}

// set tells lamp (0) or buzzer (1) what is new to it.
func (p *Panel) set(which int, l gpio.Level) error {
	out, name := p.opts.Lamp, "lamp"
	if which == 1 {
		out, name = p.opts.Buzzer, "buzzer"
	}
	if out == nil || p.lit[which] == l {
		return nil
	}
	if err := out.Out(l); err != nil {
		return fmt.Errorf("panel: %s: %w", name, err)
	}
	p.lit[which] = l
	return nil
}
