package station

import (
	"context"
	"fmt"
	"log/slog"
	"regexp"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/gpio/gpioreg"
	"periph.io/x/host/v3"

	"pointkiosk/kiosk"
	"pointkiosk/kiosk/panel"
)

// GPIO names the pins of a Raspberry Pi that lead to the front plate. Empty:
// there is no such part.
type GPIO struct {
	Lamp   string `toml:"lamp"`
	Buzzer string `toml:"buzzer"`
	Button string `toml:"button"`
	// Opens says that the button opens a contact to ground: then a pin that fails
	// presses nothing.
	Opens bool `toml:"button_opens"`
}

var pinName = regexp.MustCompile(`^GPIO[0-9]{1,3}$`)

func (g GPIO) check() error {
	taken := map[string]string{}
	for part, name := range map[string]string{"lamp": g.Lamp, "buzzer": g.Buzzer, "button": g.Button} {
		if name == "" {
			continue
		}
		if !pinName.MatchString(name) {
			return fmt.Errorf("station: settings: gpio %s %q is not like GPIO17", part, name)
		}
		if taken[name] != "" {
			return fmt.Errorf("station: settings: gpio %s %s is another part's too", part, name)
		}
		taken[name] = part
	}
	return nil
}

// A Panel is the front plate, if there is one. What is wrong with it stops no
// kiosk.
type Panel struct {
	p   *panel.Panel
	log *slog.Logger
}

// Panel returns the front plate that the settings name. A press of its button
// is send(TapIssue).
func (s *Station) Panel(send func(kiosk.Event)) *Panel {
	p := &Panel{log: s.opts.Log}
	if s.opts.Settings.GPIO == (GPIO{}) {
		return p
	}
	var err error
	fault := func(err error) { p.log.Warn("front plate", "error", err) }
	if p.p, err = openPanel(s.opts.Settings.GPIO, findPin, send, fault); err != nil {
		p.log.Warn("front plate", "error", err)
	}
	return p
}

func openPanel(g GPIO, find func(string) (gpio.PinIO, error), send func(kiosk.Event), fault func(error)) (*panel.Panel, error) {
	o := &panel.Opts{Opens: g.Opens, Fault: fault, Pressed: func() { send(kiosk.TapIssue{}) }}
	for _, part := range []struct {
		name string
		wire func(gpio.PinIO)
	}{
		{g.Lamp, func(p gpio.PinIO) { o.Lamp = p }},
		{g.Buzzer, func(p gpio.PinIO) { o.Buzzer = p }},
		{g.Button, func(p gpio.PinIO) { o.Button = p }},
	} {
		if part.name == "" {
			continue
		}
		pin, err := find(part.name)
		if err != nil {
			return nil, err
		}
		part.wire(pin)
	}
	return panel.New(o)
}

// findPin looks on this machine.
func findPin(name string) (gpio.PinIO, error) {
	if _, err := host.Init(); err != nil {
		return nil, fmt.Errorf("station: %w", err)
	}
	if p := gpioreg.ByName(name); p != nil {
		return p, nil
	}
	return nil, fmt.Errorf("station: there is no pin %s here: is this a Raspberry Pi, and this user in the group gpio?", name)
}

// Run drives it until ctx ends.
func (p *Panel) Run(ctx context.Context) {
	if p.p == nil {
		return
	}
	if err := p.p.Run(ctx); err != nil {
		p.log.Warn("front plate", "error", err)
	}
}

// Show shows how the kiosk is.
func (p *Panel) Show(st kiosk.State) {
	if p.p != nil {
		p.p.Show(signOf(st))
	}
}

// signOf is what the front plate says of a state. A press counts where a tap on
// 「発行」 would print a card, and nowhere else.
func signOf(st kiosk.State) panel.Sign {
	switch {
	case st.Step == kiosk.Out, st.Paper.Code != "" && st.Step != kiosk.Wait:
		return panel.OutOfOrder
	case st.Step == kiosk.Confirm, st.Forgotten():
		return panel.Attention
	case st.Step != kiosk.Issue || st.Desk.Request == "" || !st.Paper.Ready:
		return panel.Dark
	case st.Network.Stopped != "":
		return panel.OutOfOrder
	case st.Count.Left == 0: // the allotment is used up, and the screen says so
		return panel.Attention
	case st.Desk.Handed:
		return panel.Handed
	}
	return panel.Ready
}
