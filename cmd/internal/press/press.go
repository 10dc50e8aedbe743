// Package press makes the files of a batch: PDFs of its cards, and a manifest
// that names each card without its code (DECISIONS 24).
//
// Nothing is signed before everything has been looked at, no file is seen before
// all are whole, and the same order makes the same cards, however often it is cut
// off or printed again.
package press

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"

	"pointkiosk/cards"
	"pointkiosk/cards/sheet"
	"pointkiosk/kiosk"
	"pointkiosk/kiosk/journal"
)

// Errors of an order.
var (
	ErrNoOrder = errors.New("press: no such order")
	ErrPlain   = errors.New("press: the files are not encrypted")
	ErrSheets  = errors.New("press: an order has no such sheets to be printed again")
	ErrExists  = errors.New("press: there are files already where these would go")
	ErrMade    = errors.New("press: this order's files are whole already")
	ErrOpened  = errors.New("press: the files are opened already")
	ErrNoFiles = errors.New("press: no files of an order are there")
	ErrPlace   = errors.New("press: no files can be made there")
	ErrAltered = errors.New("press: these are not the files that this machine made of the order")
)

// A Journal is what the press needs of one.
type Journal interface {
	Order(ctx context.Context, a cards.Allotment, count uint32, request, operator string) (journal.Order, error)
	Orders(ctx context.Context) ([]journal.Order, error)
	CardOf(a cards.Allotment, o journal.Order, number uint32) (cards.Card, error)
	Made(ctx context.Context, o journal.Order, part cards.Range, digest [32]byte, operator string) (journal.Order, error)
	Printed(ctx context.Context, digest [32]byte) (cards.Range, error)
	MarkRange(ctx context.Context, r cards.Range, state cards.State, operator, reason string) error
}

// A Job is what is printed. It is kept, so that an order can be gone on with and
// printed again as it was.
type Job struct {
	Request   string       `json:"order"`
	Allotment uint32       `json:"allotment"`
	Count     uint32       `json:"count"`
	Stock     sheet.Stock  `json:"stock"`
	Sides     sheet.Sides  `json:"sides"`
	Start     int          `json:"start"` // the first free cell of the first sheet
	Front     sheet.Offset `json:"front"`
	Back      sheet.Offset `json:"back"`
	Lang      string       `json:"lang"`
	Colour    string       `json:"colour,omitempty"`
	Picture   []byte       `json:"picture,omitempty"`
	PerFile   int          `json:"sheets_a_file"`
	Plain     bool         `json:"plain"` // the files are not encrypted
	Operator  string       `json:"operator"`
}

// PerFile is how many sheets a PDF has, if nobody says: a print shop opens such a one,
// and two at a time stay small.
const PerFile = 80

// fileCards is how many cards a PDF has at least: nobody likes to open a hundred files
// of paper with one card.
const fileCards = 400

// PerFileOf is how many sheets of a stock a PDF has, if nobody says.
func PerFileOf(s sheet.Stock) int { return max(PerFile, fileCards/(s.Columns*s.Rows)) }

// A Press makes files on one machine.
type Press struct {
	Journal Journal
	Dir     string // of the machine: the jobs lie there, and the key that the files are encrypted to
	Out     string // a directory: each order has one of its own in it
	Tell    func(done, all int)
	Only    Sheets // of an order that is printed again: all of them, if it is zero
	Who     string // who goes on with an order, or prints it again; empty: whoever ordered it
	Once    bool   // an order that is made is not printed again

	once sync.Mutex // of the key that is made
}

// Sheets are some of an order's, by their numbers.
type Sheets struct{ First, Last int }

// A Done is an order whose files are whole.
type Done struct {
	Order journal.Order
	Dir   string
	Files []File
}

// Cards is how many cards the files have.
func (d Done) Cards() (n int) {
	for _, f := range d.Files {
		n += f.Cards
	}
	return n
}

// sheets looks at all that can be wrong before anything is signed, for the k-th
// reprint, or for a sample.
func (job Job) sheets(a cards.Allotment, k uint32, sample bool) (*sheet.Sheets, error) {
	card := kiosk.Face(a, cards.Card{}, job.Lang)
	card.Reprint, card.Practice = int(k), card.Practice || sample
	return sheet.New(&sheet.Opts{
		Stock: job.Stock, Sides: job.Sides, Start: job.Start, Front: job.Front, Back: job.Back, Lang: job.Lang,
		Card: card, Picture: job.Picture, Colour: job.Colour, Title: job.Request,
	})
}

// Run makes the files of a job, or those that a job was cut off over. A context
// that ends leaves no file, and an order that can be gone on with or withdrawn.
func (p *Press) Run(ctx context.Context, a cards.Allotment, job Job) (done Done, err error) {
	sheets, err := job.sheets(a, 0, false) // before anything is taken or signed
	if err != nil {
		return done, err
	}
	if err := p.ready(job); err != nil {
		return done, err
	}
	order, err := p.order(ctx, a, job)
	if err != nil {
		return done, err
	}
	w := &work{Press: p, job: job, a: a, order: order, sheets: sheets, payloads: make([][sha256.Size]byte, order.Count())}
	if err := w.choose(); err != nil {
		return done, err
	}
	if err := w.hear(ctx); err != nil {
		return done, err
	}
	if k := w.copy(); k > 0 {
		if w.sheets, err = job.sheets(a, k, false); err != nil {
			return done, err
		}
	}
	return w.make(ctx)
}

// order takes the numbers of a job, or finds those that it took before.
func (p *Press) order(ctx context.Context, a cards.Allotment, job Job) (order journal.Order, err error) {
	fresh, err := p.keep(ctx, job)
	if err != nil {
		return order, err
	}
	order, err = p.Journal.Order(ctx, a, job.Count, job.Request, job.Operator)
	switch {
	case err != nil:
		if fresh && refused(err) {
			err = errors.Join(err, os.Remove(p.jobPath(job.Request)))
		}
		return order, err
	case order.State == cards.Made && p.Once:
		return order, fmt.Errorf("%w: %s", ErrMade, job.Request)
	case order.State != cards.Making && order.State != cards.Made:
		return order, fmt.Errorf("%w: order %s is %s", journal.ErrState, job.Request, order.State)
	}
	return order, nil
}

// refused reports an order that took no number; of any other error nobody knows.
func refused(err error) bool {
	return errors.Is(err, journal.ErrUsedUp) || errors.Is(err, journal.ErrOver) || errors.Is(err, journal.ErrUnfinished)
}

// A work is one run of a job.
type work struct {
	*Press
	job    Job
	a      cards.Allotment
	order  journal.Order
	sheets *sheet.Sheets
	part   cards.Range // what is printed of it
	count  atomic.Int64

	payloads [][sha256.Size]byte // of each card, as its file has it
}

// copy is which print this is: 0 the first.
func (w *work) copy() uint32 {
	if w.order.State == cards.Made {
		return w.order.Copy + 1
	}
	return 0
}

// at is which card of the order has a number, from 0.
func (w *work) at(number uint32) int { return int(number - w.order.First) }

// choose says what is printed: the order, or again those on some of its sheets.
func (w *work) choose() error {
	w.part = w.order.Range
	if w.Only == (Sheets{}) {
		return nil
	}
	last, _ := w.sheets.Place(w.order.Count() - 1)
	if w.order.State != cards.Made || w.Only.First < 1 || w.Only.Last < w.Only.First || w.Only.Last > last {
		return fmt.Errorf("%w: %d to %d of %d", ErrSheets, w.Only.First, w.Only.Last, last)
	}
	for i := range w.order.Count() {
		number := w.order.First + uint32(i)
		switch on, _ := w.sheets.Place(i); {
		case on < w.Only.First:
			w.part.First = number + 1
		case on <= w.Only.Last:
			w.part.Last = number
		}
	}
	return nil
}

// spans cuts what is printed into files.
func (w *work) spans() (files []sheet.Span) {
	first, end := w.at(w.part.First), w.at(w.part.Last)+1
	for _, f := range w.sheets.Split(w.order.Count(), w.job.PerFile) {
		if f.First, f.End = max(f.First, first), min(f.End, end); f.First < f.End {
			files = append(files, f)
		}
	}
	return files
}

// make makes the files and writes them down, or those that a crash left whole.
func (w *work) make(ctx context.Context) (done Done, err error) {
	done.Dir = filepath.Join(w.Out, kiosk.Folder(w.job.Request, w.copy()))
	dir, m, digest, found := w.unheard()
	if found {
		done.Dir, done.Files = dir, m.Files
	} else if digest, done.Files, err = w.into(ctx, done.Dir); err != nil {
		return Done{}, err
	}
	done.Order, err = w.made(ctx, w.part, digest)
	return done, err
}

// made writes down that files are whole.
func (w *work) made(ctx context.Context, part cards.Range, digest [32]byte) (journal.Order, error) {
	return w.Journal.Made(context.WithoutCancel(ctx), w.order, part, digest, cmp.Or(w.Who, w.job.Operator))
}

// into makes the order's directory: whole, or not at all.
func (w *work) into(ctx context.Context, dir string) (digest [32]byte, files []File, err error) {
	if _, err := os.Lstat(dir); !errors.Is(err, fs.ErrNotExist) {
		return digest, nil, fmt.Errorf("%w: %s", ErrExists, filepath.Base(dir))
	}
	if err := w.settle(filepath.Base(dir)); err != nil {
		return digest, nil, err
	}
	half := half(w.Out, filepath.Base(dir))
	defer os.RemoveAll(half) //nolint:errcheck // nothing is there after all went well
	if err := folder(half); err != nil {
		return digest, nil, err
	}
	if files, err = w.print(ctx, half); err == nil {
		digest, err = w.manifest(half, files)
	}
	if err == nil && w.part == w.order.Range {
		err = w.contacts(half)
	}
	if err == nil {
		err = ctx.Err()
	}
	if err == nil {
		err = w.note(filepath.Base(dir), digest)
	}
	if err == nil {
		err = errors.Join(syncDir(half), os.Rename(half, dir), syncDir(w.Out))
	}
	return digest, files, err
}

// print makes all files, as many at a time as there are processors.
func (w *work) print(ctx context.Context, dir string) ([]File, error) {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	parts := w.spans()
	files := make([]File, len(parts))
	next := make(chan int)
	var all sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(parts)) {
		all.Go(func() {
			for n := range next {
				f, err := w.file(ctx, dir, n, parts[n])
				if files[n] = f; err != nil {
					stop(err)
				}
			}
		})
	}
	for n := range parts {
		if ctx.Err() != nil {
			break
		}
		next <- n
	}
	close(next)
	all.Wait()
	return files, context.Cause(ctx)
}
