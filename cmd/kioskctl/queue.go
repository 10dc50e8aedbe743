package main

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"time"

	"pointkiosk/cards"
	"pointkiosk/cmd/internal/station"
)

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

// journalRehead makes a head file anew that was lost, after the whole journal
// has been checked.
func journalRehead(c *call) error {
	if err := c.parse(0, 0, nil); err != nil {
		return err
	}
	opts, err := c.opts(false)
	if err != nil {
		return err
	}
	opts.Rehead = true
	s, err := station.Open(c.ctx, opts)
	if err != nil {
		return err
	}
	defer s.Close()
	n, err := s.Journal.Verify(c.ctx)
	if err != nil {
		return err
	}
	return c.say(map[string]uint64{"entries": n}, "cli.journal.rehead", n)
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
