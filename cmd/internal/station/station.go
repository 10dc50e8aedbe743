package station

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"pointkiosk/cards"
	"pointkiosk/cards/face"
	"pointkiosk/hub/api"
	"pointkiosk/kiosk"
	"pointkiosk/kiosk/journal"
	"pointkiosk/kiosk/uplink"
)

// Opts are where a station lives and what it is handed from outside.
type Opts struct {
	Dir      string // data directory
	Settings Settings
	Driver   string // database/sql driver for SQLite
	Now      func() time.Time
	Rand     io.Reader
	Log      *slog.Logger
	Rehead   bool   // a missing head file of the journal is made anew
	ReadOnly bool   // look only: may run beside the kiosk
	Mounts   string // the table of what is mounted, where a stick is looked for; empty: /proc/self/mounts
}

// journal opens the live or the practice journal.
func (o Opts) journal(ctx context.Context, name string, key cards.SigningKey) (*journal.Journal, error) {
	head := o.Settings.Head
	if head == "" {
		head = o.Dir
	}
	return journal.OpenFile(ctx, journal.Opts{
		Driver: o.Driver, Path: filepath.Join(o.Dir, name+".db"), Head: filepath.Join(head, name+".head"),
		Key: key, Now: o.Now, Rand: o.Rand, Voids: o.Settings.Voids, Rehead: o.Rehead, ReadOnly: o.ReadOnly,
	})
}

// A Station is a kiosk put together.
type Station struct {
	Identity Identity
	Journal  *journal.Journal // of live cards
	Trust    ed25519.PublicKey

	opts     Opts
	practice *journal.Journal
	printer  *paper
	dots     int // width of the paper
	face     *face.Face
	live     cards.SigningKey
	sample   cards.SigningKey
	lock     *os.File
	wake     chan struct{}
	door     *door
	clerk    *clerk      // nil where nobody comes: the kiosk is only looked at
	press    sync.Mutex  // one paper at a time: a card or a slip
	denied   atomic.Bool // somebody said that the date is another
	broken   atomic.Bool // the journal did not pass its check
}

// ErrBusy reports a data directory that another process holds.
var ErrBusy = errors.New("station: the kiosk is running; close it first, or ask it")

// Open puts the kiosk together. Close it when done.
func Open(ctx context.Context, opts Opts) (*Station, error) {
	id, trust, err := loadIdentity(opts.Dir)
	if err != nil {
		return nil, err
	}
	s := &Station{Identity: id, Trust: trust, opts: opts, wake: make(chan struct{}, 1)}
	if err := s.open(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Station) open(ctx context.Context) (err error) {
	model, err := s.opts.Settings.Printer.profile()
	if err != nil {
		return err
	}
	s.dots = model.Dots
	if s.face, err = face.New(look(model)); err != nil {
		return err
	}
	dir := s.opts.Dir
	if !s.opts.ReadOnly {
		if s.lock, err = lockDir(dir); err != nil {
			return err
		}
	}
	for _, k := range []struct {
		key  *cards.SigningKey
		id   cards.KeyID
		file string
	}{{&s.live, s.Identity.Live, "live.key"}, {&s.sample, s.Identity.Practice, "practice.key"}} {
		private, err := privateKey(filepath.Join(dir, k.file), nil)
		if err != nil {
			return err
		}
		*k.key = cards.SigningKey{ID: k.id, Private: private}
	}
	if s.Journal, err = s.opts.journal(ctx, "journal", s.live); err != nil {
		return err
	}
	if s.opts.ReadOnly {
		return nil
	}
	if s.practice, err = s.opts.journal(ctx, "practice", s.sample); ctx.Err() != nil {
		return errors.Join(err, ctx.Err())
	} else if err != nil {
		s.opts.Log.Error("practice journal", "error", err) // no reason to stop the real work
	}
	s.door = newDoor(filepath.Join(dir, "door"), s.opts.Settings.Staff, s.opts.Now)
	if s.clerk, err = newClerk(s, look(model)); err != nil {
		return err
	}
	s.printer, err = openPaper(s.opts.Settings.Printer, s.opts.Log, nil)
	return err
}

// lockWait is how long another process may hold the directory: a look at the
// status takes less.
const lockWait = 3 * time.Second

// alone runs f while no kiosk runs on this directory, if there is one: a printer
// has one master at a time.
func alone(dir string, f func() error) error {
	if _, err := os.Stat(dir); err != nil {
		return f()
	}
	lock, err := lockDir(dir)
	if err != nil {
		return err
	}
	return errors.Join(f(), lock.Close())
}

func lockDir(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("station: %w", err)
	}
	for end := time.Now().Add(lockWait); ; time.Sleep(50 * time.Millisecond) {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return f, nil
		}
		if time.Now().After(end) {
			_ = f.Close()
			return nil, ErrBusy
		}
	}
}

// Close closes what was opened.
func (s *Station) Close() error {
	var errs []error
	if s.clerk != nil {
		s.clerk.ends.Wait()
	}
	if s.printer != nil {
		errs = append(errs, s.printer.Close())
	}
	for _, j := range []*journal.Journal{s.Journal, s.practice} {
		if j != nil {
			errs = append(errs, j.Close())
		}
	}
	if s.lock != nil {
		errs = append(errs, s.lock.Close())
	}
	return errors.Join(errs...)
}

// TrustList returns the newest trust list held.
func (s *Station) TrustList(ctx context.Context) (cards.TrustList, error) {
	return s.Journal.Trust(ctx, s.Trust)
}

// Allotments returns those that the hub granted, oldest first.
func (s *Station) Allotments(ctx context.Context) ([]cards.Allotment, error) {
	list, err := s.TrustList(ctx)
	if err != nil {
		return nil, err
	}
	sealed, err := s.Journal.Papers(ctx, cards.PaperAllotment)
	if err != nil {
		return nil, err
	}
	var out []cards.Allotment
	for _, p := range sealed {
		a, err := cards.OpenAllotment(p, list)
		if err != nil { // perhaps of a hub key that is no longer listed: the others count
			s.opts.Log.Warn("allotment", "error", err)
			continue
		}
		if !slices.ContainsFunc(out, func(b cards.Allotment) bool { return b.ID == a.ID }) {
			out = append(out, a)
		}
	}
	return out, nil
}

// practiceBit marks the allotments that a kiosk makes for itself to practise:
// the hub never assigns it.
const practiceBit = 1 << 31

// sampleOf is the practice allotment that looks like a live one. The practice
// key signs it, and no hub pays for it.
func (s *Station) sampleOf(a cards.Allotment) cards.Allotment {
	a.ID |= practiceBit
	a.Key, a.Kind, a.Count = s.sample.ID, cards.KindPracticeCard, cards.MaxNumber
	a.From, a.Until = 0, 1<<40
	return a
}

// Issuer returns what issues live or practice cards.
func (s *Station) Issuer(practice bool) *kiosk.Issuer {
	i := &kiosk.Issuer{
		Journal: s.Journal, Printer: s.printer, Face: s.face,
		Dots: s.dots, Kiosk: s.Identity.Kiosk, Lang: "ja",
	}
	if practice {
		i.Journal = s.practice
	}
	return i
}

// Uplink returns what carries the live journal to the hub.
func (s *Station) Uplink(tell func(uplink.News)) (*uplink.Uplink, error) {
	hub, err := api.NewClient(&api.Opts{Base: s.Identity.Hub})
	if err != nil {
		return nil, err
	}
	return uplink.New(uplink.Opts{
		Journal: s.Journal, Hub: hub, Key: s.live, Trust: s.Trust,
		Now: s.opts.Now, Rand: s.opts.Rand, Tell: tell, Wake: s.wake, MyKey: s.myKey(hub),
	}), nil
}

// myKey says how many MyKey IDs to hold for when there is no network: none where
// there is no card reader.
func (s *Station) myKey(hub uplink.Desk) *uplink.MyKey {
	m := &uplink.MyKey{Desk: hub, Scheme: s.scheme}
	if s.clerk != nil {
		m.Leases = s.opts.Settings.Card.Leases
	}
	return m
}

// Wake tells a running uplink that there is something to send.
func (s *Station) Wake() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// Stopped returns why the hub forbids issuing, empty when it does not.
func (s *Station) Stopped(ctx context.Context) (string, error) {
	r, err := s.Journal.Receipt(ctx)
	return r.Stop, err
}

// mayIssue reports whether anything may be signed here: neither does the hub hold
// the kiosk back, nor is the journal broken.
func (s *Station) mayIssue(ctx context.Context) bool {
	stop, err := s.Stopped(ctx)
	if err != nil {
		s.opts.Log.Error("journal", "error", err)
	}
	return err == nil && stop == "" && !s.broken.Load()
}

// AllotmentOf returns the allotment that a card belongs to.
func (s *Station) AllotmentOf(ctx context.Context, serial cards.Serial) (cards.Allotment, error) {
	all, err := s.Allotments(ctx)
	if err != nil {
		return cards.Allotment{}, err
	}
	for _, a := range all {
		if a.ID == serial.Allotment {
			return a, nil
		}
	}
	return cards.Allotment{}, fmt.Errorf("%w: %v", journal.ErrUnknown, serial)
}

// Paper asks the printer how it is; nil where this process does not hold it.
func (s *Station) Paper(ctx context.Context) *kiosk.Paper {
	if s.printer == nil {
		return nil
	}
	p := s.printer.Paper(ctx)
	return &p
}
