package main

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"pointkiosk/assets/words"
	"pointkiosk/cards"
	"pointkiosk/cmd/internal/station"
	"pointkiosk/kiosk/uplink"
)

// line is one entry as the command line shows it.
type line struct {
	Seq      uint64      `json:"seq"`
	State    cards.State `json:"state"`
	Serial   string      `json:"serial,omitempty"`
	Copy     uint32      `json:"copy,omitempty"`
	Operator string      `json:"operator,omitempty"`
	Second   string      `json:"second,omitempty"`
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
	l := line{Seq: e.Seq, State: e.State, Copy: e.Copy, Operator: e.Operator, Second: e.Second, Reason: e.Reason,
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

// unsent looks at the entries behind the one that the hub has.
func (c *call) unsent(look func(s *station.Station, up *uplink.Uplink, after uint64) error) error {
	return c.look(func(s *station.Station) error {
		up, err := s.Uplink(nil)
		if err != nil {
			return err
		}
		after, err := up.Next(c.ctx)
		if err != nil {
			return err
		}
		return look(s, up, after)
	})
}

func queueList(c *call) error {
	if err := c.parse(0, 0, nil); err != nil {
		return err
	}
	return c.unsent(func(s *station.Station, _ *uplink.Uplink, after uint64) error {
		aside, err := s.Journal.Aside(c.ctx)
		if err != nil {
			return err
		}
		for _, a := range aside {
			if err := c.say(a, "cli.queue.aside", a.Seq, c.word("verdict", string(a.Verdict)), c.word("reason", a.Reason)); err != nil {
				return err
			}
		}
		unsent := 0
		err = c.each(s, after, func(r cards.Record) error {
			unsent++
			return c.sayLine(r)
		})
		if err != nil || c.json {
			return err
		}
		return c.sayQueue(unsent, len(aside))
	})
}

func (c *call) sayLine(r cards.Record) error {
	l, err := lineOf(r)
	if err != nil {
		return err
	}
	at, state := words.DateTime(c.words.Lang(), l.At), c.word("state", string(l.State))
	if l.Serial == "" {
		return c.say(l, "cli.queue.line.plain", l.Seq, at, state)
	}
	return c.say(l, "cli.queue.line", l.Seq, at, l.Serial, state)
}

// sayQueue says what to do about so many entries.
func (c *call) sayQueue(unsent, aside int) error {
	var lines []string
	if unsent == 0 {
		lines = append(lines, c.words.Say("cli.queue.none"))
	} else {
		lines = append(lines, c.words.Say("cli.status.unsent"))
	}
	if aside > 0 {
		lines = append(lines, c.words.Say("cli.queue.aside.do"))
	}
	_, err := fmt.Fprintln(c.out, strings.Join(lines, "\n"))
	return err
}

func queueSync(c *call) error {
	if err := c.parse(0, 0, nil); err != nil {
		return err
	}
	return c.with(func(s *station.Station) error {
		up, err := s.Uplink(nil)
		if err != nil {
			return err
		}
		if err := up.Sync(c.ctx); err != nil {
			return err
		}
		if err := up.Deliver(c.ctx); err != nil {
			return err
		}
		r, err := c.report(s)
		if err != nil {
			return err
		}
		if err := c.say(r, "cli.queue.synced", r.Unsent, r.Aside); err != nil || c.json || r.Stop == "" {
			return err
		}
		_, err = fmt.Fprintln(c.out, c.words.Say("cli.status.stop", c.word("stop", r.Stop)))
		return err
	})
}

// queueExport writes what the hub has not acknowledged to a file, as the same
// uploads that the network would carry (a CBOR sequence, RFC 8742).
func queueExport(c *call) error {
	if err := c.parse(1, 1, nil); err != nil {
		return err
	}
	return c.unsent(func(s *station.Station, up *uplink.Uplink, after uint64) error {
		top, _ := s.Journal.Head()
		path := c.args[0]
		if err := c.writeStick(up, path, after, top); err != nil {
			return err
		}
		n := top - min(after, top)
		return c.say(map[string]any{"file": filepath.Base(path), "entries": n}, "cli.queue.exported", n, path)
	})
}

// writeStick writes what lies between two places. The file is there whole, or
// not at all.
func (c *call) writeStick(up *uplink.Uplink, path string, after, top uint64) error {
	tmp := path + ".new"
	f, err := os.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	for ; after < top; after = min(after+page, top) {
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
	return os.Rename(tmp, path)
}

func journalVerify(c *call) error {
	if err := c.parse(0, 0, nil); err != nil {
		return err
	}
	return c.look(func(s *station.Station) error { return c.checked(s, "cli.journal.good") })
}

// journalRehead makes a head file anew that was lost, after the whole journal
// has been checked.
func journalRehead(c *call) error {
	if err := c.parse(0, 0, nil); err != nil {
		return err
	}
	c.rehead = true
	return c.with(func(s *station.Station) error { return c.checked(s, "cli.journal.rehead") })
}

// checked reads the whole journal and says how much it is.
func (c *call) checked(s *station.Station, key string) error {
	n, err := s.Journal.Verify(c.ctx)
	if err != nil {
		return err
	}
	return c.say(map[string]uint64{"entries": n}, key, n)
}

func journalExport(c *call) error {
	if err := c.parse(0, 0, nil); err != nil {
		return err
	}
	return c.look(func(s *station.Station) error {
		enc := json.NewEncoder(c.out)
		return c.each(s, 0, func(r cards.Record) error {
			l, err := lineOf(r)
			if err != nil {
				return err
			}
			l.Sealed = base64.StdEncoding.EncodeToString(r.Data)
			return enc.Encode(l)
		})
	})
}
