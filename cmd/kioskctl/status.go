package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"pointkiosk/assets/words"
	"pointkiosk/cards"
	"pointkiosk/cmd/internal/station"
)

type tally struct {
	Event     string `json:"event"`
	Allotment uint32 `json:"allotment"`
	Signed    uint32 `json:"signed"`
	Out       uint32 `json:"out"`
	Void      uint32 `json:"void"`
	Count     uint32 `json:"count"`
	Points    uint32 `json:"points"`
	Day       string `json:"day"`
	Open      bool   `json:"open"`
	date      time.Time
}

type paper struct {
	Ready bool   `json:"ready"`
	Low   bool   `json:"low"`
	Blind bool   `json:"blind,omitempty"` // it can't say: somebody has to look
	Code  string `json:"code,omitempty"`
	Todo  string `json:"todo,omitempty"`   // its words
	Noted string `json:"noted,omitempty"`  // when the running kiosk saw it so (RFC 3339)
	What  string `json:"detail,omitempty"` // what the line said
	words string
	since time.Duration
}

type report struct {
	Kiosk     string  `json:"kiosk"`
	Hub       string  `json:"hub"`
	Entries   uint64  `json:"entries"`
	Unsent    uint64  `json:"unsent"`
	Aside     int     `json:"aside"`
	Waiting   int     `json:"provisional,omitempty"` // MyKey IDs given without a network, on which the hub has not ruled
	Refused   int     `json:"refused,omitempty"`     // and those that it refused in the last 30 days
	Stop      string  `json:"stop,omitempty"`
	Suspect   bool    `json:"clock_suspect"`
	Bound     bool    `json:"bound_to_machine"`
	AtRisk    uint64  `json:"at_risk_yen"` // if stolen now
	Trust     uint32  `json:"trust_list"`
	Allotment []tally `json:"allotments"`
	Open      []card  `json:"open"`
	Paper     *paper  `json:"paper,omitempty"`
}

func showStatus(c *call) error {
	if err := c.parse(0, 0, nil); err != nil {
		return err
	}
	show := func(s *station.Station) error {
		r, err := c.report(s)
		if err != nil {
			return err
		}
		if c.json {
			return json.NewEncoder(c.out).Encode(r)
		}
		c.print(r)
		return nil
	}
	err := c.with(show)
	if errors.Is(err, station.ErrBusy) {
		return c.look(show) // beside the running kiosk; its printer is its own
	}
	return err
}

func (c *call) report(s *station.Station) (r report, err error) {
	receipt, err := s.Journal.Receipt(c.ctx)
	if err != nil {
		return r, err
	}
	list, err := s.TrustList(c.ctx)
	if err != nil {
		return r, err
	}
	aside, err := s.Journal.Aside(c.ctx)
	if err != nil {
		return r, err
	}
	all, err := s.Allotments(c.ctx)
	if err != nil {
		return r, err
	}
	top, _ := s.Journal.Head()
	r = report{
		Kiosk: s.Identity.Kiosk, Hub: s.Identity.Hub, Entries: top, Unsent: top - min(receipt.Cursor, top), Aside: len(aside),
		Stop: receipt.Stop, Suspect: s.Journal.Suspect(), Trust: list.Version, Allotment: []tally{}, Open: []card{},
	}
	if r.Waiting, r.Refused, err = s.Journal.Provisional(c.ctx); err != nil {
		return r, err
	}
	if r.Paper, err = c.seen(s); err != nil {
		return r, err
	}
	for _, a := range all {
		n := s.Journal.Tally(a.ID)
		t := tally{a.Event.ID, a.ID, n.Signed, n.Out, n.Void, a.Count, a.Points, a.Day.String(), a.Open(time.Now()), a.Day.Start()}
		r.Allotment = append(r.Allotment, t)
	}
	if r.AtRisk, err = s.AtRisk(c.ctx); err != nil {
		return r, err
	}
	for _, o := range s.Journal.Open() {
		r.Open = append(r.Open, card{Serial: o.Serial().String(), State: o.State, Copy: o.Copy})
	}
	return r, nil
}

// seen is how the printer is, as it says now or as the running kiosk saw it
// last; nil where the kiosk has seen nothing yet.
func (c *call) seen(s *station.Station) (*paper, error) {
	now := s.Paper(c.ctx)
	n, noted := station.PaperNote{}, now == nil
	if noted {
		var err error
		if n, noted, err = s.PaperNote(); err != nil || !noted {
			return nil, err
		}
		now = &n.Paper
	}
	p := &paper{Ready: now.Ready, Low: now.Low, Blind: now.Blind, Code: now.Code, What: n.Detail}
	if noted {
		p.Noted, p.since = n.At.Format(time.RFC3339), time.Since(n.At)
	}
	if !p.Ready {
		p.words, p.Todo = c.paperWords(now.Code, now.Todo)
	}
	return p, nil
}

// print says how things stand, and below what does not stand well what to do.
func (c *call) print(r report) {
	say := func(key string, args ...any) { fmt.Fprintln(c.out, c.words.Say(key, args...)) }
	say("cli.status.kiosk", r.Kiosk, r.Hub)
	say("cli.status.queue", r.Entries, r.Unsent, r.Aside)
	if r.Unsent > 0 {
		say("cli.status.unsent")
	}
	if r.Aside > 0 {
		say("cli.status.aside")
	}
	if r.Waiting > 0 || r.Refused > 0 {
		say("cli.status.provisional", r.Waiting, r.Refused)
	}
	for _, a := range r.Allotment {
		key := "cli.status.allotment"
		if !a.Open {
			key = "cli.status.allotment.shut"
		}
		say(key, a.Event, words.Date(c.words.Lang(), a.date), a.Signed, a.Count, a.Points)
	}
	if len(r.Allotment) == 0 {
		say("cli.status.none")
	}
	for _, o := range r.Open {
		say("cli.status.open", o.Serial, c.word("state", string(o.State)))
		say(adviceKey(o.State), o.Serial)
	}
	say("cli.status.risk", words.Number(int(r.AtRisk)))
	say("cli.status.bound")
	c.printPaper(r.Paper)
	if r.Suspect {
		say("cli.status.clock")
	}
	if r.Stop != "" {
		say("cli.status.stop", c.word("stop", r.Stop))
	}
}

func (c *call) printPaper(p *paper) {
	say := func(key string, args ...any) { fmt.Fprintln(c.out, c.words.Say(key, args...)) }
	switch {
	case p == nil:
		say("cli.status.paper.unseen")
		return
	case !p.Ready:
		say("cli.status.paper.not", p.words, p.Code, p.Todo)
		if p.What != "" {
			say("cli.status.paper.detail", p.What)
		}
	case p.Blind:
		say("cli.status.paper.blind")
	case p.Low:
		say("cli.status.paper.low")
	default:
		say("cli.status.paper.ready")
	}
	if p.Noted != "" {
		say("cli.status.paper.noted", int(p.since.Seconds()))
	}
}

// adviceKey names the words for what to do about an open card.
func adviceKey(s cards.State) string { return "cli.do." + strings.ReplaceAll(string(s), " ", "-") }
