package station

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"pointkiosk/cards"
	"pointkiosk/cards/face"
	"pointkiosk/cards/sheet"
	"pointkiosk/cmd/internal/press"
	"pointkiosk/kiosk"
	"pointkiosk/kiosk/journal"
)

// A sheetsRun is the one order whose files are made now, if there is one.
type sheetsRun struct {
	mu   sync.Mutex
	stop context.CancelFunc
	send func(kiosk.Event)
}

// errBusyPress reports that files are made already.
var errBusyPress = errors.New("station: files are made already")

// tellBy takes what brings news to the screen.
func (r *sheetsRun) tellBy(send func(kiosk.Event)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.send = send
}

// begin makes a run the one that can be stopped.
func (r *sheetsRun) begin(stop context.CancelFunc) (send func(kiosk.Event), err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.stop != nil {
		return nil, errBusyPress
	}
	r.stop = stop
	return r.send, nil
}

func (r *sheetsRun) end() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stop = nil
}

// stopNow stops the run. It may have been asked for a moment ago, beside this: then
// it is waited for.
func (r *sheetsRun) stopNow(ctx context.Context) {
	for range 20 {
		r.mu.Lock()
		stop := r.stop
		r.mu.Unlock()
		if stop != nil {
			stop()
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// findSheets lists what there is to print, with what became of an order.
func (d *Desk) findSheets(ctx context.Context, note string) kiosk.Event {
	lists, err := d.sheetLists(ctx)
	if err != nil {
		note = d.sheetsNote(err)
	}
	return kiosk.SheetsAre{Lists: lists, Note: note}
}

func (d *Desk) sheetLists(ctx context.Context) (lists kiosk.SheetLists, err error) {
	all, err := d.Allotments(ctx)
	if err != nil {
		return lists, err
	}
	orders, err := d.Journal.Orders(ctx)
	if err != nil {
		return lists, err
	}
	for _, s := range d.opts.Settings.Sheets.Stocks() {
		lists.Stocks = append(lists.Stocks, stockOf(s))
	}
	for _, a := range all {
		if a.Batch && a.Key == d.live.ID && d.opts.Now().Before(time.Unix(a.Until, 0)) {
			lists.Batches = append(lists.Batches, kiosk.Batch{Allotment: a, Left: a.Count - min(a.Count, d.Journal.Tally(a.ID).Signed)})
		}
	}
	for _, o := range slices.Backward(orders) { // the newest first
		n := slices.IndexFunc(all, func(a cards.Allotment) bool { return a.ID == o.Allotment })
		if n < 0 || o.State != cards.Making && o.State != cards.Made {
			continue
		}
		job, err := d.newPress("", "").Job(o.Request)
		if err != nil {
			d.opts.Log.Error("order", "error", err)
		}
		lists.Orders = append(lists.Orders, kiosk.SheetOrder{
			SheetJob: kiosk.SheetJob{Name: o.Request, Of: all[n], Count: uint32(o.Count()), Stock: job.Stock.Name, Sides: job.Sides.String(), Start: job.Start},
			Range:    o.Range, State: o.State, Copy: o.Copy, Sealed: !job.Plain,
		})
	}
	slices.SortStableFunc(lists.Orders, func(a, b kiosk.SheetOrder) int { return cmp.Compare(unfinished(b), unfinished(a)) })
	return lists, nil
}

// stockOf is paper as a screen draws it.
func stockOf(s sheet.Stock) kiosk.SheetStock {
	out := kiosk.SheetStock{Name: s.Name, Sides: s.Edge().String(), Wide: s.Page.W, High: s.Page.H}
	for _, at := range s.Places() {
		out.Cells = append(out.Cells, kiosk.SheetPlace{X: at.X, Y: at.Y, Wide: s.Cell.W, High: s.Cell.H})
	}
	return out
}

func unfinished(o kiosk.SheetOrder) int {
	if o.State == cards.Making {
		return 1
	}
	return 0
}

func (d *Desk) newPress(out, who string) *press.Press {
	return &press.Press{Journal: d.Journal, Dir: d.opts.Dir, Out: out, Who: who}
}

// job is an order as the press wants it.
func (d *Desk) job(o kiosk.SheetOrder, operator string) (job press.Job, err error) {
	set := d.opts.Settings.Sheets
	job = press.Job{Request: o.Name, Allotment: o.Of.ID, Count: o.Count, Start: o.Start, Lang: "ja", Plain: set.Plain, Front: set.Front, Back: set.Back, Operator: operator}
	if job.Stock, err = set.FindStock(o.Stock); err != nil {
		return job, err
	}
	job.PerFile = press.PerFileOf(job.Stock)
	if err := job.Sides.UnmarshalText([]byte(o.Sides)); err != nil {
		return job, err
	}
	return job, set.Dress(&job)
}

// lookSheets draws a card of an order, and gives the order its name: whoever asks for
// it again gets the same cards.
func (d *Desk) lookSheets(ctx context.Context, e kiosk.LookSheets) kiosk.Event {
	o := e.Order
	o.Name = press.Name(o.Of.Event.ID, d.opts.Now())
	job, err := d.job(o, "")
	if err != nil {
		return kiosk.SheetsSeen{Order: o, Note: d.sheetsNote(err)}
	}
	sample, err := job.Look(o.Of)
	if err != nil {
		return kiosk.SheetsSeen{Order: o, Note: d.sheetsNote(err)}
	}
	look := kiosk.SheetLook{Sheets: sample.Sheets}
	if look.Front, look.Back, err = drawn(ctx, sample.PDF, job); err != nil { // no reason to print nothing
		d.opts.Log.Warn("sample", "error", err)
	}
	return kiosk.SheetsSeen{Order: o, Look: look}
}

// makeSheets makes the files of an order.
func (d *Desk) makeSheets(ctx context.Context, e kiosk.MakeSheets) kiosk.Event {
	out, err := d.pressed(ctx, e)
	if err != nil {
		out.Note = d.sheetsNote(err)
	}
	d.Wake()
	return kiosk.SheetsMade{Out: out}
}

func (d *Desk) pressed(ctx context.Context, e kiosk.MakeSheets) (out kiosk.SheetsOut, err error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	send, err := d.sheets.begin(stop)
	if err != nil {
		return out, err
	}
	defer d.sheets.end()
	if !d.mayIssue(ctx) {
		return out, errStopped
	}
	to, err := d.opts.Settings.Sheets.place(d.opts.Mounts)
	if err != nil {
		return out, err
	}
	p := d.newPress(to, e.Operator)
	p.Tell, p.Once = throttled(send), !e.Kept
	job, err := p.Job(e.Order.Name)
	if !e.Kept && errors.Is(err, press.ErrNoOrder) {
		job, err = d.job(e.Order, e.Operator)
	}
	if err != nil {
		return out, err
	}
	a, err := d.AllotmentOf(ctx, cards.Serial{Allotment: job.Allotment, Number: 1})
	if err != nil {
		return out, err
	}
	done, err := p.Run(ctx, a, job)
	if err != nil {
		return out, err
	}
	return kiosk.SheetsOut{Where: filepath.Base(done.Dir), Stick: d.opts.Settings.Sheets.Out == "", Files: len(done.Files), Sealed: !job.Plain}, nil
}

// openSheets takes the lock off the files of an order, beside them.
func (d *Desk) openSheets(ctx context.Context, e kiosk.OpenSheets) kiosk.Event {
	to, err := d.opts.Settings.Sheets.place(d.opts.Mounts)
	if err != nil {
		return kiosk.Opened{Note: d.sheetsNote(err)}
	}
	dir := filepath.Join(to, filepath.Base(e.Where))
	names, err := d.newPress(to, e.Operator).Open(ctx, dir, dir, e.Operator)
	d.Wake()
	switch {
	case errors.Is(err, press.ErrOpened), errors.Is(err, fs.ErrExist):
		return kiosk.Opened{Note: "sheets.note.open"}
	case errors.Is(err, fs.ErrNotExist):
		return kiosk.Opened{Note: d.noteAt("sheets.note.elsewhere")}
	case err != nil:
		return kiosk.Opened{Note: d.sheetsNote(err)}
	}
	return kiosk.Opened{Out: kiosk.SheetsOut{Where: filepath.Base(dir), Stick: d.opts.Settings.Sheets.Out == "", Files: len(names)}}
}

// newsEvery is how often the screen hears how far the files are.
const newsEvery = 250 * time.Millisecond

// throttled tells the screen how far the files are, not at each card.
func throttled(send func(kiosk.Event)) func(done, all int) {
	if send == nil {
		return nil
	}
	return press.Seldom(newsEvery, func(done, all int) { send(kiosk.SheetsOn{Done: done, All: all}) })
}

// endSheets ends an order that was cut off: its numbers never become good.
func (d *Desk) endSheets(ctx context.Context, e kiosk.EndSheets) kiosk.Event {
	orders, err := d.Journal.Orders(ctx)
	if err != nil {
		return d.findSheets(ctx, d.sheetsNote(err))
	}
	note := "sheets.note.gone"
	for _, o := range orders {
		if o.Request == e.Name && o.State == cards.Making {
			note = "sheets.note.ended"
			if err := d.ended(ctx, o, e.Operator); err != nil {
				note = d.sheetsNote(err)
			}
			d.Wake()
		}
	}
	return d.findSheets(ctx, note)
}

// ended ends an order, and clears what a machine that was switched off left of it on
// the stick, if that is the one.
func (d *Desk) ended(ctx context.Context, o journal.Order, operator string) error {
	if to, err := d.opts.Settings.Sheets.place(d.opts.Mounts); err == nil {
		if err := d.newPress(to, "").Drop(o); err != nil {
			d.opts.Log.Warn("order", "error", err)
		}
	}
	return d.Journal.MarkRange(ctx, o.Range, cards.Withdrawn, operator, "sheets.end.reason")
}

// sheetsNote turns an error into the word key of what to tell staff.
func (d *Desk) sheetsNote(err error) string {
	d.opts.Log.Error("sheets", "error", err)
	var glyph *face.MissingGlyphError
	var long *face.TooLongError
	switch {
	case errors.Is(err, context.Canceled):
		return "sheets.note.cut"
	case errors.Is(err, errPicture):
		return "sheets.note.picture"
	case errors.Is(err, errNoStick):
		return "sheets.note.stick"
	case errors.Is(err, errSticks):
		return "sheets.note.sticks"
	case errors.Is(err, errStopped):
		return "sheets.note.stopped"
	case journalFull(err):
		return "sheets.note.full.here"
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return d.diskNote("sheets.note.full", err)
	case slices.ContainsFunc([]error{syscall.EIO, syscall.EROFS, syscall.ENODEV, press.ErrPlace, fs.ErrPermission}, func(e error) bool { return errors.Is(err, e) }):
		return d.diskNote("sheets.note.write", err)
	case errors.Is(err, press.ErrAltered):
		return "sheets.note.altered"
	case errors.Is(err, press.ErrExists):
		return d.noteAt("sheets.note.exists")
	case errors.Is(err, journal.ErrUsedUp):
		return "sheets.note.usedup"
	case errors.Is(err, journal.ErrOver):
		return "sheets.note.over"
	case errors.As(err, &glyph), errors.As(err, &long):
		return "sheets.note.names"
	case errors.Is(err, journal.ErrState), errors.Is(err, press.ErrNoOrder), errors.Is(err, press.ErrMade):
		return "sheets.note.gone"
	}
	return "sheets.note.fault"
}

// noteAt is what to tell of the place for files: a note of its own has where that is a
// directory of the settings, and no stick.
func (d *Desk) noteAt(note string) string {
	if d.opts.Settings.Sheets.Out != "" {
		return note + ".here"
	}
	return note
}

// diskNote blames the stick only for what lies on it.
func (d *Desk) diskNote(note string, err error) string {
	var one *fs.PathError
	var two *os.LinkError
	path := ""
	switch {
	case errors.As(err, &one):
		path = one.Path
	case errors.As(err, &two):
		path = two.New
	}
	stick, missing := d.opts.Settings.Sheets.place(d.opts.Mounts)
	if missing == nil && path != "" && path != stick && !strings.HasPrefix(path, stick+"/") {
		return note + ".here"
	}
	return d.noteAt(note)
}

// journalFull reports that the journal's database has no room (sqlite.org/rescode.html).
func journalFull(err error) bool {
	var said interface{ Code() int }
	return errors.As(err, &said) && said.Code() == 13
}
