package main

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
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

// line is one entry as the command line shows it.
type line struct {
	Seq      uint64      `json:"seq"`
	State    cards.State `json:"state"`
	Serial   string      `json:"serial,omitempty"`
	Copy     uint32      `json:"copy,omitempty"`
	Operator string      `json:"operator,omitempty"`
	Reason   string      `json:"reason,omitempty"`
	At       time.Time   `json:"at"`
	Hash     string      `json:"hash"`
	Sealed   string      `json:"sealed,omitempty"`
}

func lineOf(r cards.Record) (line, error) {
	var e cards.Entry
	if err := cards.Unsealed(r.Data, cards.PaperEntry, &e); err != nil {
		return line{}, err
	}
	hash := cards.EntryHash(r.Data)
	l := line{Seq: e.Seq, State: e.State, Copy: e.Copy, Operator: e.Operator, Reason: e.Reason,
		At: time.UnixMilli(e.At).In(cards.Japan), Hash: hex.EncodeToString(hash[:])}
	if e.State.OfCard() {
		l.Serial = e.Serial().String()
	}
	return l, nil
}

const page = 500 // entries read at a time

// each calls f for every entry behind a place.
func (c *call) each(s *station.Station, after uint64, f func(cards.Record) error) error {
	for {
		records, err := s.Journal.Records(c.ctx, after, page)
		if err != nil || len(records) == 0 {
			return err
		}
		for _, r := range records {
			if err := f(r); err != nil {
				return err
			}
			after = r.Seq
		}
	}
}

func queueList(c *call) error {
	s, err := c.look(0, 0, nil)
	if err != nil {
		return err
	}
	defer s.Close()
	r, err := s.Journal.Receipt(c.ctx)
	if err != nil {
		return err
	}
	aside, err := s.Journal.Aside(c.ctx)
	if err != nil {
		return err
	}
	for _, a := range aside {
		if err := c.say(a, "cli.queue.aside", a.Seq, string(a.Verdict), a.Reason); err != nil {
			return err
		}
	}
	return c.each(s, r.Cursor, func(r cards.Record) error {
		l, err := lineOf(r)
		if err != nil {
			return err
		}
		return c.say(l, "cli.queue.line", l.Seq, string(l.State), l.Serial)
	})
}

func queueSync(c *call) error {
	if err := c.parse(0, 0, nil); err != nil {
		return err
	}
	s, err := c.open(false)
	if err != nil {
		return err
	}
	defer s.Close()
	up, err := s.Uplink(nil)
	if err != nil {
		return err
	}
	if err := up.Sync(c.ctx); err != nil {
		return err
	}
	r, err := c.report(s)
	if err != nil {
		return err
	}
	return c.say(r, "cli.queue.synced", r.Unsent, r.Aside)
}

// queueExport writes what the hub has not acknowledged to a file, as the same
// uploads that the network would carry (a CBOR sequence, RFC 8742).
func queueExport(c *call) error {
	s, err := c.look(1, 1, nil)
	if err != nil {
		return err
	}
	defer s.Close()
	up, err := s.Uplink(nil)
	if err != nil {
		return err
	}
	r, err := s.Journal.Receipt(c.ctx)
	if err != nil {
		return err
	}
	top, _ := s.Journal.Head()
	path := c.args[0]
	tmp := path + ".new"
	f, err := os.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	for after := r.Cursor; after < top; after = min(after+page, top) {
		var sealed []byte
		if sealed, err = up.Pack(c.ctx, after, page); err != nil {
			break
		}
		if _, err = f.Write(sealed); err != nil {
			break
		}
	}
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return errors.Join(err, os.Remove(tmp))
	}
	if err := os.Rename(tmp, path); err != nil {
		return err
	}
	n := top - min(r.Cursor, top)
	return c.say(map[string]any{"file": filepath.Base(path), "entries": n}, "cli.queue.exported", n, path)
}

func journalVerify(c *call) error {
	s, err := c.look(0, 0, nil)
	if err != nil {
		return err
	}
	defer s.Close()
	n, err := s.Journal.Verify(c.ctx)
	if err != nil {
		return err
	}
	return c.say(map[string]uint64{"entries": n}, "cli.journal.good", n)
}

func journalExport(c *call) error {
	s, err := c.look(0, 0, nil)
	if err != nil {
		return err
	}
	defer s.Close()
	enc := json.NewEncoder(c.out)
	return c.each(s, 0, func(r cards.Record) error {
		l, err := lineOf(r)
		if err != nil {
			return err
		}
		l.Sealed = base64.StdEncoding.EncodeToString(r.Data)
		return enc.Encode(l)
	})
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
