package main

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os/user"
	"strings"

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
		var err error
		if code, err = c.line(); err != nil {
			return err
		}
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
	return c.with(func(s *station.Station) error {
		if err := c.mayIssue(s); err != nil {
			return err
		}
		if err := c.choose(s, event); err != nil {
			return err
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
	})
}

var errStopped = errors.New("the hub forbids issuing")

// mayIssue returns an error if the hub has said that this machine signs no more
// cards.
func (c *call) mayIssue(s *station.Station) error {
	stop, err := s.Stopped(c.ctx)
	if err != nil || stop == "" {
		return err
	}
	return told(fmt.Errorf("%w: %s", errStopped, stop), c.words.Say("cli.err.stopped", c.word("stop", stop)))
}

// choose names the event where one alone is open: cards are handed out for one
// named event, however many are open.
func (c *call) choose(s *station.Station, event *string) error {
	if *event != "" {
		return nil
	}
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
	return nil
}

func issueOne(c *call, s *station.Station, event, request, operator string) error {
	for _, o := range s.Journal.Open() {
		if o.State == cards.Uncertain {
			return c.decide(o.Serial())
		}
	}
	if request == "" {
		var err error
		if request, err = station.NewRequest(rand.Reader); err != nil {
			return err
		}
	}
	a, err := allotment(c, s, event, request)
	if err != nil {
		return err
	}
	got, err := s.Issuer(false).Issue(c.ctx, a, request, operator)
	if err != nil {
		return c.unready(s, err)
	}
	if err := c.sayCard(got, a.Points); err != nil {
		return err
	}
	return c.handed(got)
}

// handed is nil where the card can be handed out.
func (c *call) handed(got cards.Issued) error {
	serial, state := got.Card.Serial(), c.word("state", string(got.State))
	err := fmt.Errorf("%w: %v is %s", errNoCard, serial, got.State)
	switch got.State {
	case cards.Printed, cards.Presumed:
		return nil
	case cards.Uncertain:
		return c.decide(serial)
	case cards.Void: // the printer took no byte, now or when this was asked for first
		return told(err, c.words.Say("cli.err.nocard", serial.String(), state))
	}
	return told(err, c.words.Say("cli.err.nocard.old", serial.String(), state))
}

// decide says that a person has to look at a card.
func (c *call) decide(s cards.Serial) error {
	return told(fmt.Errorf("%w: %v", kiosk.ErrDecide, s), c.words.Say("cli.err.decide", s.String()))
}

// unready says what ails the printer, if that is why no card came.
func (c *call) unready(s *station.Station, err error) error {
	if !errors.Is(err, kiosk.ErrPaper) {
		return err
	}
	p := s.Paper(c.ctx)
	what, do := c.paperWords(p.Code, p.Todo)
	return told(err, c.words.Say("cli.err.paper", what, do))
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
	return c.say(v, "cli.card", v.Serial, c.word("state", string(v.State)), v.Points)
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
	return c.with(func(s *station.Station) error {
		a, err := s.AllotmentOf(c.ctx, serial)
		if err != nil {
			return err
		}
		got, err := s.Issuer(false).Settle(c.ctx, a, serial.Number, *whole, *name)
		if err != nil {
			return c.unready(s, err)
		}
		if err := c.sayCard(got, a.Points); err != nil {
			return err
		}
		if got.State == cards.Uncertain {
			return c.decide(serial)
		}
		return nil
	})
}

// say prints v as one line of JSON, or a sentence of the word list.
func (c *call) say(v any, key string, args ...any) error {
	if c.json {
		return json.NewEncoder(c.out).Encode(v)
	}
	_, err := fmt.Fprintln(c.out, c.words.Say(key, args...))
	return err
}
