// Package press makes the files of a batch: PDFs of its cards, and a manifest
// that names each card without its code (DECISIONS 24).
//
// Nothing is signed before everything has been looked at, no file is seen before
// all are whole, and the same order makes the same cards, however often it is cut
// off or printed again.
package press

import (
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
	ErrNoBatch = errors.New("press: no batch is granted for this")
	ErrNoOrder = errors.New("press: no such order")
	ErrExists  = errors.New("press: there are files already where these would go")
)

// A Journal is what the press needs of one.
type Journal interface {
	Order(ctx context.Context, a cards.Allotment, count uint32, request, operator string) (journal.Order, error)
	Orders(ctx context.Context) ([]journal.Order, error)
	CardOf(a cards.Allotment, o journal.Order, number uint32) (cards.Card, error)
	Made(ctx context.Context, o journal.Order, digest [32]byte, operator string) (journal.Order, error)
	MarkRange(ctx context.Context, r journal.Range, state cards.State, operator, reason string) error
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

// A Press makes files on one machine.
type Press struct {
	Journal Journal
	Keys    string // a directory: of the key that the files are encrypted to, and of the jobs
	Out     string // a directory: each order has one of its own in it
	Tell    func(done, all int)

	once sync.Mutex // of the key that is made
}

// A Done is an order whose files are whole.
type Done struct {
	Order journal.Order
	Dir   string
	Files []File
}

// sheets looks at all that can be wrong before anything is signed.
func (job Job) sheets(a cards.Allotment) (*sheet.Sheets, error) {
	return sheet.New(&sheet.Opts{
		Stock: job.Stock, Sides: job.Sides, Start: job.Start, Front: job.Front, Back: job.Back, Lang: job.Lang,
		Card: kiosk.Face(a, cards.Card{}, job.Lang), Picture: job.Picture, Colour: job.Colour, Title: job.Request,
	})
}

// Run makes the files of a job, or those that a job was cut off over. A context
// that ends leaves no file, and an order that can be gone on with or withdrawn.
func (p *Press) Run(ctx context.Context, a cards.Allotment, job Job) (done Done, err error) {
	sheets, err := job.sheets(a)
	if err != nil {
		return done, err
	}
	if err := p.keep(job); err != nil {
		return done, err
	}
	order, err := p.Journal.Order(ctx, a, job.Count, job.Request, job.Operator)
	if err != nil {
		return done, err
	}
	dir := filepath.Join(p.Out, job.Request)
	switch {
	case order.State == cards.Made:
		dir = fmt.Sprintf("%s-%d", dir, order.Copy+1)
	case order.State != cards.Making:
		return done, fmt.Errorf("%w: order %s is %s", journal.ErrState, job.Request, order.State)
	}
	w := &work{Press: p, job: job, a: a, order: order, sheets: sheets, payloads: make([][sha256.Size]byte, order.Count())}
	digest, files, err := w.into(ctx, dir)
	if err != nil {
		return done, err
	}
	order, err = p.Journal.Made(context.WithoutCancel(ctx), order, digest, job.Operator)
	return Done{order, dir, files}, err
}

// A work is one run of a job.
type work struct {
	*Press
	job    Job
	a      cards.Allotment
	order  journal.Order
	sheets *sheet.Sheets
	count  atomic.Int64

	payloads [][sha256.Size]byte // of each card, as its file has it
}

// into makes the order's directory: whole, or not at all. One that a crash left
// whole, before the journal knew of it, is taken as it is.
func (w *work) into(ctx context.Context, dir string) (digest [32]byte, files []File, err error) {
	if m, sum, err := readManifest(dir); err == nil && m.Order == w.order.Request && m.First == w.order.First && m.Last == w.order.Last {
		return sum, m.Files, nil
	}
	if _, err := os.Lstat(dir); !errors.Is(err, fs.ErrNotExist) {
		return digest, nil, fmt.Errorf("%w: %s", ErrExists, filepath.Base(dir))
	}
	half := filepath.Join(w.Out, "."+filepath.Base(dir)+".part")
	if err := errors.Join(os.RemoveAll(half), os.MkdirAll(half, 0o700)); err != nil {
		return digest, nil, fmt.Errorf("press: %w", err)
	}
	defer os.RemoveAll(half) //nolint:errcheck // nothing is there after all went well
	if files, err = w.print(ctx, half); err == nil {
		digest, err = w.manifest(half, files)
	}
	if err == nil {
		err = ctx.Err()
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
	parts := w.sheets.Split(w.order.Count(), w.job.PerFile)
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
