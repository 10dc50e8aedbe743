package main

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"pointkiosk/assets/words"
	"pointkiosk/cards"
	"pointkiosk/cmd/internal/station"
	"pointkiosk/hub/api"
	"pointkiosk/kiosk"
	"pointkiosk/kiosk/journal"
)

func (c *call) random() io.Reader { return rand.Reader }

// explain says an error in the word list's words where it has some, and keeps
// what happened behind them.
func (c *call) explain(err error) string {
	var busy *api.Problem
	for _, e := range []struct {
		is  error
		key string
	}{
		{station.ErrNotEnrolled, "cli.err.enrol"}, {station.ErrBusy, "cli.err.busy"}, {station.ErrNoAllotment, "cli.err.allotment"},
		{kiosk.ErrPaper, "cli.err.paper"}, {kiosk.ErrDecide, "cli.err.decide"}, {journal.ErrUsedUp, "cli.err.usedup"},
		{journal.ErrBroken, "cli.err.journal"}, {journal.ErrBehind, "cli.err.journal"}, {journal.ErrUnknown, "cli.err.unknown"},
		{journal.ErrState, "cli.err.state"}, {journal.ErrSecond, "cli.err.second"}, {cards.ErrSerial, "cli.err.serial"}, {api.ErrCode, "cli.err.code"}, {errStopped, "cli.err.stopped"},
	} {
		if errors.Is(err, e.is) {
			return c.words.Say(e.key) + "\n" + err.Error()
		}
	}
	switch {
	case errors.As(err, &busy):
		return c.words.Say("cli.err.hub") + "\n" + err.Error()
	case errors.As(err, new(*url.Error)):
		return c.words.Say("cli.err.offline") + "\n" + err.Error()
	}
	return err.Error()
}

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
}

type paper struct {
	Ready bool   `json:"ready"`
	Low   bool   `json:"low"`
	Code  string `json:"code,omitempty"`
}

type report struct {
	Kiosk     string  `json:"kiosk"`
	Hub       string  `json:"hub"`
	Entries   uint64  `json:"entries"`
	Unsent    uint64  `json:"unsent"`
	Aside     int     `json:"aside"`
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
	s, err := c.open(false)
	if errors.Is(err, station.ErrBusy) {
		s, err = c.open(true) // beside the running kiosk; its printer is its own
	}
	if err != nil {
		return err
	}
	defer s.Close()
	r, err := c.report(s)
	if err != nil {
		return err
	}
	if c.json {
		return json.NewEncoder(c.out).Encode(r)
	}
	return c.print(r)
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
	if p := s.Paper(c.ctx); p != nil {
		r.Paper = &paper{p.Ready, p.Low, p.Code}
	}
	for _, a := range all {
		n := s.Journal.Tally(a.ID)
		t := tally{a.Event.ID, a.ID, n.Signed, n.Out, n.Void, a.Count, a.Points, a.Day.String(), a.Open(time.Now())}
		r.Allotment = append(r.Allotment, t)
		if t.Open {
			r.AtRisk += uint64(a.Count-t.Signed) * uint64(a.Points)
		}
	}
	for _, o := range s.Journal.Open() {
		r.Open = append(r.Open, card{Serial: o.Serial().String(), State: o.State, Copy: o.Copy})
	}
	return r, nil
}

func (c *call) print(r report) error {
	say := func(key string, args ...any) { fmt.Fprintln(c.out, c.words.Say(key, args...)) }
	say("cli.status.kiosk", r.Kiosk, r.Hub)
	say("cli.status.queue", r.Entries, r.Unsent, r.Aside)
	for _, a := range r.Allotment {
		say("cli.status.allotment", a.Event, a.Day, a.Signed, a.Count, a.Points)
	}
	for _, o := range r.Open {
		say("cli.status.open", o.Serial, string(o.State))
	}
	say("cli.status.risk", words.Number(int(r.AtRisk)))
	say("cli.status.bound")
	if r.Paper != nil && r.Paper.Ready {
		say("cli.status.paper.ready")
	} else if r.Paper != nil {
		say("cli.status.paper.not", r.Paper.Code)
	}
	if r.Suspect {
		say("cli.status.clock")
	}
	if r.Stop != "" {
		say("cli.status.stop", r.Stop)
	}
	return nil
}

// look opens the kiosk to look, whether it runs or not.
func (c *call) look(least, most int, define func(*flag.FlagSet)) (*station.Station, error) {
	if err := c.parse(least, most, define); err != nil {
		return nil, err
	}
	return c.open(true)
}

// verify checks a card without the network.
func verify(c *call) error {
	s, err := c.look(0, 1, nil)
	if err != nil {
		return err
	}
	defer s.Close()
	text := "-"
	if len(c.args) == 1 {
		text = c.args[0]
	}
	if text == "-" {
		b, err := io.ReadAll(io.LimitReader(c.in, 4096))
		if err != nil {
			return err
		}
		text = strings.TrimRight(string(b), "\r\n")
	}
	list, err := s.TrustList(c.ctx)
	if err != nil {
		return err
	}
	result := struct {
		Serial string `json:"serial,omitempty"`
		Points uint32 `json:"points,omitempty"`
		Result string `json:"result"`
		List   string `json:"trust_list_of"`
	}{Result: "genuine", List: time.Unix(list.Issued, 0).In(cards.Japan).Format(time.DateTime)}
	token, err := cards.Normalize(text, list.Hosts...)
	var k cards.Card
	if err == nil {
		k, err = cards.Parse(token)
	}
	if err == nil {
		result.Serial, result.Points = k.Serial().String(), k.Points
		err = list.Verify(k, time.Now())
	}
	for _, e := range []struct {
		is  error
		key string
	}{
		{cards.ErrMalformed, "malformed"}, {cards.ErrHost, "host"}, {cards.ErrUnknownKey, "unknown"}, {cards.ErrSignature, "signature"},
		{cards.ErrLapsed, "lapsed"}, {cards.ErrRevoked, "revoked"}, {cards.ErrPractice, "practice"}, {cards.ErrOutside, "outside"},
	} {
		if errors.Is(err, e.is) {
			result.Result = e.key
		}
	}
	if e := c.say(result, "cli.verify."+result.Result, result.Serial, result.List); e != nil {
		return e
	}
	return err
}
