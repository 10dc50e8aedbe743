package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os/user"
	"strings"

	"golang.org/x/crypto/bcrypt"

	"pointkiosk/cards"
	"pointkiosk/cmd/internal/station"
	"pointkiosk/hub/api"
	"pointkiosk/kiosk"
	"pointkiosk/kiosk/journal"
)

func enroll(c *call) error {
	var code string
	if err := c.parse(0, 0, func(f *flag.FlagSet) { f.StringVar(&code, "code", "", "") }); err != nil {
		return err
	}
	if code == "" || code == "-" { // a secret is better typed than seen in a list of processes
		line, err := bufio.NewReader(io.LimitReader(c.in, 1000)).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		code = strings.TrimSpace(line)
	}
	parsed, err := api.ParseCode(code)
	if err != nil {
		return err
	}
	opts, err := c.opts(false)
	if err != nil {
		return err
	}
	id, err := station.Enrol(c.ctx, opts, parsed)
	if err != nil {
		return err
	}
	return c.say(id, "cli.enrolled", id.Kiosk, id.Hub)
}

// card is what the command line says of a card: never its text.
type card struct {
	Serial string      `json:"serial"`
	State  cards.State `json:"state"`
	Copy   uint32      `json:"copy"`
	Points uint32      `json:"points,omitempty"`
}

func operator(f *flag.FlagSet) *string {
	name := "kioskctl"
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	return f.String("operator", name, "")
}

func issue(c *call) error {
	var event, request *string
	var count *int
	var name *string
	if err := c.parse(0, 0, func(f *flag.FlagSet) {
		event, request = f.String("event", "", ""), f.String("request", "", "")
		count, name = f.Int("count", 1, ""), operator(f)
	}); err != nil {
		return err
	}
	if *count < 1 {
		return c.misused(c.words.Say("cli.count", *count))
	}
	s, err := c.open(false)
	if err != nil {
		return err
	}
	defer s.Close()
	if stop, err := s.Stopped(c.ctx); err != nil {
		return err
	} else if stop != "" {
		return fmt.Errorf("%w: %s", errStopped, stop)
	}
	if *event == "" { // cards are handed out for one named event, however many are open
		open, err := s.OpenEvents(c.ctx)
		if err != nil {
			return err
		}
		if len(open) > 1 {
			return c.misused(c.words.Say("cli.events", strings.Join(open, ", ")))
		}
		if len(open) == 1 {
			*event = open[0]
		}
	}
	for n := range *count {
		if err := c.ctx.Err(); err != nil {
			return err
		}
		id := *request
		if id != "" && *count > 1 {
			id = fmt.Sprintf("%s/%d", *request, n+1)
		}
		if err := issueOne(c, s, *event, id, *name); err != nil {
			return err
		}
	}
	return nil
}

var errStopped = errors.New("the hub forbids issuing")

func issueOne(c *call, s *station.Station, event, request, operator string) error {
	for _, o := range s.Journal.Open() {
		if o.State == cards.Uncertain {
			return fmt.Errorf("%w: %v", kiosk.ErrDecide, o.Serial())
		}
	}
	if request == "" {
		var err error
		if request, err = station.NewRequest(c.random()); err != nil {
			return err
		}
	}
	a, err := allotment(c, s, event, request)
	if err != nil {
		return err
	}
	got, err := s.Issuer(false).Issue(c.ctx, a, request, operator)
	if err != nil {
		return err
	}
	if err := c.sayCard(got, a.Points); err != nil {
		return err
	}
	switch got.State {
	case cards.Printed, cards.Presumed:
		return nil
	case cards.Uncertain:
		return fmt.Errorf("%w: %v", kiosk.ErrDecide, got.Card.Serial())
	}
	return fmt.Errorf("%w: %v is %s", errNoCard, got.Card.Serial(), got.State)
}

// allotment returns the one to issue from: of a request that was seen before,
// that of its card, whatever is open now.
func allotment(c *call, s *station.Station, event, request string) (cards.Allotment, error) {
	serial, err := s.Journal.Requested(c.ctx, request)
	switch {
	case errors.Is(err, journal.ErrUnknown):
		return s.Allotment(c.ctx, event)
	case err != nil:
		return cards.Allotment{}, err
	}
	return s.AllotmentOf(c.ctx, serial)
}

var errNoCard = errors.New("no card came out")

func (c *call) sayCard(i cards.Issued, points uint32) error {
	v := card{Serial: i.Card.Serial().String(), State: i.State, Copy: i.Copy, Points: points}
	return c.say(v, "cli.card", v.Serial, string(v.State), v.Points)
}

// settle is the volunteer's word on an uncertain card.
func settle(c *call) error {
	var whole, again *bool
	var name *string
	if err := c.parse(1, 1, func(f *flag.FlagSet) {
		whole, again, name = f.Bool("whole", false, ""), f.Bool("again", false, ""), operator(f)
	}); err != nil {
		return err
	}
	if *whole == *again {
		return c.misused(c.words.Say("cli.settle.which"))
	}
	serial, err := cards.NormalizeSerial(c.args[0])
	if err != nil {
		return err
	}
	s, err := c.open(false)
	if err != nil {
		return err
	}
	defer s.Close()
	a, err := s.AllotmentOf(c.ctx, serial)
	if err != nil {
		return err
	}
	got, err := s.Issuer(false).Settle(c.ctx, a, serial.Number, *whole, *name)
	if err != nil {
		return err
	}
	if err := c.sayCard(got, a.Points); err != nil {
		return err
	}
	if got.State == cards.Uncertain {
		return fmt.Errorf("%w: %v", kiosk.ErrDecide, serial)
	}
	return nil
}

// void takes a card back: at once if nothing was ever sent to the printer,
// else by asking the hub.
func void(c *call) error {
	var reason, second, name *string
	if err := c.parse(1, 1, func(f *flag.FlagSet) {
		reason, second, name = f.String("reason", "", ""), f.String("second", "", ""), operator(f)
	}); err != nil {
		return err
	}
	serial, err := cards.NormalizeSerial(c.args[0])
	if err != nil {
		return err
	}
	if *reason == "" {
		return c.misused(c.words.Say("cli.void.reason"))
	}
	s, err := c.open(false)
	if err != nil {
		return err
	}
	defer s.Close()
	state, copy, err := s.Journal.State(c.ctx, serial)
	if err != nil {
		return err
	}
	next, key := cards.VoidAsked, "cli.void.asked"
	if state == cards.Signed { // nothing was ever sent to a printer
		next, key = cards.Void, "cli.void.void"
		_, err = s.Journal.Mark(c.ctx, serial, next, *name, *reason)
	} else {
		err = s.Journal.AskVoid(c.ctx, serial, *name, *second, *reason)
	}
	if err != nil {
		return err
	}
	return c.say(card{Serial: serial.String(), State: next, Copy: copy}, key, serial.String())
}

// pin turns a staff PIN into what the settings hold. It is read, not given as
// a word: command lines are kept.
func pin(c *call) error {
	if err := c.parse(0, 0, nil); err != nil {
		return err
	}
	line, err := bufio.NewReader(io.LimitReader(c.in, 100)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	typed := strings.TrimSpace(line)
	if len(typed) < 4 || len(typed) > 8 || strings.Trim(typed, "0123456789") != "" {
		return c.misused(c.words.Say("cli.pin.digits"))
	}
	hash, err := bcrypt.GenerateFromPassword([]byte(typed), bcrypt.DefaultCost)
	if err != nil {
		return err
	}
	fmt.Fprintln(c.out, string(hash))
	return nil
}

// say prints v as one line of JSON, or a sentence of the word list.
func (c *call) say(v any, key string, args ...any) error {
	if c.json {
		return json.NewEncoder(c.out).Encode(v)
	}
	_, err := fmt.Fprintln(c.out, c.words.Say(key, args...))
	return err
}

func printerTest(c *call) error {
	if err := c.parse(0, 0, nil); err != nil {
		return err
	}
	opts, err := c.opts(false)
	if err != nil {
		return err
	}
	if err := station.TestPage(opts.Settings.Printer, opts.Log); err != nil {
		return err
	}
	return c.say(map[string]string{"printer": opts.Settings.Printer.URI}, "cli.printer.test", opts.Settings.Printer.URI)
}
