package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"pointkiosk/cards"
	"pointkiosk/cards/sheet"
	"pointkiosk/cmd/internal/press"
	"pointkiosk/cmd/internal/station"
	"pointkiosk/kiosk/journal"
)

// An order is what the flags of kioskctl sheets say.
type order struct {
	event, name, stock, sides, lang, picture, colour, out, on string
	count, start, perFile                                     int
	plain                                                     bool
	person                                                    *string
}

func (o *order) flags(f *flag.FlagSet) {
	o.paper(f)
	f.StringVar(&o.name, "order", "", "")
	f.StringVar(&o.picture, "picture", "", "")
	f.StringVar(&o.colour, "colour", "", "")
	f.StringVar(&o.out, "out", ".", "")
	f.IntVar(&o.count, "count", 0, "")
	f.IntVar(&o.start, "start", 1, "")
	f.IntVar(&o.perFile, "sheets", 0, "")
	f.BoolVar(&o.plain, "plain", false, "")
	o.person = operator(f)
}

// paper are the flags that say what is printed on.
func (o *order) paper(f *flag.FlagSet) {
	f.StringVar(&o.event, "event", "", "")
	f.StringVar(&o.stock, "stock", "a4-10", "")
	f.StringVar(&o.sides, "sides", "", "")
	f.StringVar(&o.lang, "lang", "ja", "")
	f.StringVar(&o.on, "on", "", "")
}

// sheets prints cards of a batch beforehand.
func sheets(c *call) error {
	var o order
	if err := c.parse(0, 0, o.flags); err != nil {
		return err
	}
	switch o.colour = strings.TrimPrefix(o.colour, "#"); { // which a shell may take for a comment
	case o.count < 1:
		return c.misused(c.words.Say("cli.count", o.count))
	case o.perFile < 0:
		return c.misused(c.words.Say("cli.sheets.few", o.perFile))
	case o.start < 1:
		return c.misused(c.words.Say("cli.sheets.start", o.start))
	case o.lang != "ja" && o.lang != "en":
		return c.misused(c.words.Say("cli.poster.lang", o.lang))
	case !isColour(o.colour):
		return c.misused(c.words.Say("cli.poster.colour", o.colour))
	}
	return c.with(func(s *station.Station) error {
		a, err := s.Batch(c.ctx, o.event)
		if err != nil {
			return err
		}
		job, err := c.job(s, o, a)
		if err == nil {
			err = s.Sheets().Dress(&job)
		}
		if err != nil {
			return err
		}
		p := c.newPress(s, o.out)
		p.Once = true
		return c.press(s, p, a, job)
	})
}

// job is what the flags ask for.
func (c *call) job(s *station.Station, o order, a cards.Allotment) (job press.Job, err error) {
	job = press.Job{
		Request: o.name, Allotment: a.ID, Count: uint32(min(o.count, math.MaxUint32)), Start: max(o.start, 1) - 1,
		Lang: o.lang, Plain: o.plain,
	}
	if err := c.jobPaper(s.Sheets(), o, &job); err != nil {
		return job, err
	}
	if o.colour != "" {
		job.Colour = "#" + o.colour
	}
	if o.person != nil {
		job.Operator = *o.person
	}
	if job.Request == "" {
		job.Request = press.Name(a.Event.ID, time.Now())
	}
	if o.picture != "" {
		if job.Picture, err = os.ReadFile(o.picture); err != nil {
			return job, told(err, c.words.Say("cli.sheets.picture", o.picture))
		}
	}
	return job, nil
}

// jobPaper is what it is printed on.
func (c *call) jobPaper(set station.Sheets, o order, job *press.Job) (err error) {
	if job.Stock, err = set.FindStock(o.stock); err != nil {
		var names []string
		for _, s := range set.Stocks() {
			names = append(names, s.Name)
		}
		return c.misused(c.words.Say("cli.sheets.stock", o.stock, strings.Join(names, " ")))
	}
	if job.Sides = job.Stock.Edge(); o.sides != "" && job.Sides.UnmarshalText([]byte(o.sides)) != nil {
		return c.misused(c.words.Say("cli.sheets.sides", o.sides))
	}
	if cells := job.Stock.Columns * job.Stock.Rows; job.Start >= cells {
		return c.misused(c.words.Say("cli.sheets.start", o.start))
	}
	job.PerFile = cmp.Or(o.perFile, press.PerFileOf(job.Stock))
	device, ok := set.Printer(o.on)
	if !ok {
		return c.misused(c.words.Say("cli.sheets.on", o.on))
	}
	job.Front, job.Back = device.Front, device.Back
	return nil
}

// press makes the files, and says what to do where that was cut off.
func (c *call) press(s *station.Station, p *press.Press, a cards.Allotment, job press.Job) error {
	if err := c.mayIssue(s); err != nil {
		return err
	}
	done, err := p.Run(c.ctx, a, job)
	if err != nil {
		return c.stopped(p, job.Request, err)
	}
	say := orderedOf(done.Order)
	say.Dir, say.Files, say.Count = done.Dir, len(done.Files), done.Cards()
	return c.say(say, "cli.sheets.made", say.Count, say.Files, say.Dir)
}

// stopped says how to go on where an order was stopped by a person or by a disk.
// Where no number was taken the error says enough.
func (c *call) stopped(p *press.Press, name string, err error) error {
	room, cut := !full(err), c.ctx.Err() != nil
	if !cut && room && !unwritten(err) {
		return err
	}
	all, unread := p.Journal.Orders(context.WithoutCancel(c.ctx))
	n := slices.IndexFunc(all, func(o journal.Order) bool { return o.Request == name })
	switch {
	case unread != nil || n < 0:
		return err
	case all[n].State == cards.Making && room && !cut:
		return told(err, c.words.Say("cli.sheets.unwritten", name, name))
	case all[n].State == cards.Making && !room:
		return told(err, c.words.Say("cli.sheets.full", name, name))
	case all[n].State == cards.Making:
		return told(err, c.words.Say("cli.sheets.cut", name, name))
	case !room, !cut:
		return err
	}
	return told(err, c.words.Say("cli.sheets.cut.again", name))
}

func (c *call) newPress(s *station.Station, out string) *press.Press {
	return &press.Press{Journal: s.Journal, Dir: c.data, Out: out, Tell: c.progress()}
}

// sheetsResume goes on with an order that was cut off, and sheetsAgain prints one
// that is whole once more: the same cards.
func sheetsResume(c *call) error { return c.again(cards.Making) }
func sheetsAgain(c *call) error  { return c.again(cards.Made) }

func (c *call) again(want cards.State) error {
	var out, only string
	var name *string
	if err := c.parse(1, 1, func(f *flag.FlagSet) {
		f.StringVar(&out, "out", ".", "")
		name = operator(f)
		if want == cards.Made {
			f.StringVar(&only, "only", "", "")
		}
	}); err != nil {
		return err
	}
	some, ok := sheetsOf(only)
	if !ok {
		return c.misused(c.words.Say("cli.sheets.only", only))
	}
	return c.with(func(s *station.Station) error {
		job, o, err := c.orderOf(s, c.args[0])
		if err != nil {
			return err
		}
		if o.State != want {
			return told(journal.ErrState, c.words.Say("cli.sheets.state", job.Request, c.word("state", string(o.State))))
		}
		a, err := s.AllotmentOf(c.ctx, cards.Serial{Allotment: job.Allotment, Number: o.First})
		if err != nil {
			return err
		}
		p := c.newPress(s, out)
		p.Only, p.Who = some, *name
		return c.press(s, p, a, job)
	})
}

// sheetsOf reads 3 or 3-5; none is all.
func sheetsOf(text string) (s press.Sheets, ok bool) {
	if text == "" {
		return s, true
	}
	first, last, some := strings.Cut(text, "-")
	if !some {
		last = first
	}
	var errs [2]error
	s.First, errs[0] = strconv.Atoi(first)
	s.Last, errs[1] = strconv.Atoi(last)
	return s, errs == [2]error{} && s.First > 0 && s.First <= s.Last
}

// orderOf finds an order of this machine.
func (c *call) orderOf(s *station.Station, name string) (job press.Job, o journal.Order, err error) {
	job, err = c.newPress(s, "").Job(name)
	if err != nil {
		return job, o, err
	}
	all, err := s.Journal.Orders(c.ctx)
	if err != nil {
		return job, o, err
	}
	n := slices.IndexFunc(all, func(o journal.Order) bool { return o.Request == name })
	if n < 0 {
		return job, o, fmt.Errorf("%w: %s", press.ErrNoOrder, name)
	}
	return job, all[n], nil
}

// sheetsOpen decrypts an order's files, for the printer.
func sheetsOpen(c *call) error {
	var out string
	var name *string
	if err := c.parse(1, 1, func(f *flag.FlagSet) { f.StringVar(&out, "out", ".", ""); name = operator(f) }); err != nil {
		return err
	}
	return c.with(func(s *station.Station) error {
		files, err := c.newPress(s, "").Open(c.ctx, c.args[0], out, *name)
		switch {
		case errors.Is(err, press.ErrNoFiles):
			return told(err, c.words.Say("cli.sheets.open.none", c.args[0]))
		case errors.Is(err, fs.ErrNotExist):
			return told(err, c.words.Say("cli.poster.out", out))
		case err != nil && !errors.Is(err, press.ErrOpened):
			return err
		}
		return c.say(files, "cli.sheets.opened", len(files), filepath.Clean(out))
	})
}

// sheetsList shows the orders of this machine.
func sheetsList(c *call) error {
	if err := c.parse(0, 0, nil); err != nil {
		return err
	}
	return c.look(func(s *station.Station) error {
		all, err := s.Journal.Orders(c.ctx)
		if err != nil {
			return err
		}
		for _, o := range all {
			say := orderedOf(o)
			if err := c.say(say, "cli.sheets.order", say.Order, say.Count, say.First, say.Last, c.word("state", string(say.State))); err != nil {
				return err
			}
		}
		return nil
	})
}

// sheetsCalibrate makes the page that tells by how much a printer misses the paper.
func sheetsCalibrate(c *call) error {
	var o order
	out := ""
	if err := c.parse(0, 0, func(f *flag.FlagSet) { o.paper(f); f.StringVar(&out, "out", "calibration.pdf", "") }); err != nil {
		return err
	}
	return c.look(func(s *station.Station) error {
		a, err := s.Batch(c.ctx, o.event)
		if err != nil {
			return err
		}
		job, err := c.job(s, o, a)
		if err == nil {
			err = press.Calibrate(a, job, out)
		}
		if err != nil {
			return c.unposted(err, out)
		}
		return c.say(out, "cli.sheets.file", out)
	})
}

// sheetsPicking makes the list of which cards go to which event.
func sheetsPicking(c *call) error {
	out := ""
	if err := c.parse(1, 100, func(f *flag.FlagSet) { f.StringVar(&out, "out", "picking.pdf", "") }); err != nil {
		return err
	}
	return c.look(func(s *station.Station) error {
		var picks []sheet.Pick
		for _, name := range c.args {
			job, o, err := c.orderOf(s, name)
			if err != nil {
				return err
			}
			a, err := s.AllotmentOf(c.ctx, cards.Serial{Allotment: job.Allotment, Number: o.First})
			if err != nil {
				return err
			}
			pick, err := press.Pick(a, job, o)
			if err != nil {
				return err
			}
			picks = append(picks, pick)
		}
		if err := press.Picking(picks, c.words.Lang(), s.Identity.Kiosk, out); err != nil {
			return c.unposted(err, out)
		}
		return c.say(out, "cli.sheets.file", out)
	})
}

// sheetsWithdraw ends an order's cards that are not active.
func sheetsWithdraw(c *call) error {
	var reason, out string
	var name *string
	if err := c.parse(1, 1, func(f *flag.FlagSet) {
		f.StringVar(&reason, "reason", "", "")
		f.StringVar(&out, "out", ".", "")
		name = operator(f)
	}); err != nil {
		return err
	}
	if reason == "" {
		return c.misused(c.words.Say("cli.void.reason"))
	}
	return c.with(func(s *station.Station) error {
		_, o, err := c.orderOf(s, c.args[0])
		if err != nil {
			return err
		}
		if err := c.newPress(s, out).Drop(o); err != nil {
			return err
		}
		if err := s.Journal.MarkRange(c.ctx, o.Range, cards.Withdrawn, *name, reason); err != nil {
			return err
		}
		o.State = cards.Withdrawn
		return c.say(orderedOf(o), "cli.sheets.withdrawn", o.Request, o.Count())
	})
}
