package press

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"pointkiosk/cards"
	"pointkiosk/kiosk/journal"
)

// cutShort runs a job until its files are whole and the journal does not know.
func (d *desk) cutShort(job Job) {
	d.t.Helper()
	d.Journal = deaf{d.journal}
	if _, err := d.Run(d.t.Context(), d.a, job); !errors.Is(err, errDeaf) {
		d.t.Fatal(err)
	}
	d.Journal = d.journal
}

// Files that a crash left whole elsewhere are taken, and not made a second time; those
// of an order that is ended are removed there.
func TestElsewhere(t *testing.T) {
	for _, ends := range []bool{false, true} {
		d := newDesk(t)
		job, before := d.order("may", 12), d.Out
		d.cutShort(job)
		d.Out = t.TempDir()
		if !ends {
			if done := d.run(job); done.Dir != filepath.Join(before, "may") || done.Order.Copy != 0 || len(d.left()) != 0 {
				t.Errorf("%+v, and %v", done, d.left())
			}
			continue
		}
		all, err := d.journal.Orders(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Drop(all[0]); err != nil {
			t.Error(err)
		}
		if left, err := os.ReadDir(before); len(left) > 0 || err != nil {
			t.Errorf("left: %v, %v", left, err)
		}
	}
}

// Half files that a crash left elsewhere are cleared when the order goes on, and when
// it is ended, those of a reprint too.
func TestHalfElsewhere(t *testing.T) {
	d := newDesk(t)
	job, before := d.order("may", 12), d.Out
	d.run(job)
	if err := os.MkdirAll(half(before, "may-1"), 0o700); err != nil {
		t.Fatal(err)
	}
	d.Out = t.TempDir()
	done := d.run(job)
	if left, err := os.ReadDir(before); len(left) != 1 || err != nil || done.Order.Copy != 1 {
		t.Errorf("left: %v, %v; %+v", left, err, done.Order)
	}
	if err := os.MkdirAll(half(d.Out, "may-2"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := d.Drop(done.Order); err != nil || !slices.Equal(d.left(), []string{"may-1"}) {
		t.Errorf("left: %v, %v", d.left(), err)
	}
}

// A stick that can't be read any more keeps nobody from going on with another, or from
// ending the order.
func TestBrokenElsewhere(t *testing.T) {
	for _, ends := range []bool{false, true} {
		d := newDesk(t)
		job := d.order("may", 12)
		order, err := d.journal.Order(t.Context(), d.a, job.Count, job.Request, job.Operator)
		broken := filepath.Join(t.TempDir(), "stick")
		if err := errors.Join(err, os.WriteFile(broken, nil, 0o600), os.MkdirAll(filepath.Join(d.Dir, "orders"), 0o700),
			os.WriteFile(d.placePath("may"), []byte(broken), 0o600)); err != nil {
			t.Fatal(err)
		}
		if os.RemoveAll(half(broken, "may")) == nil {
			t.Fatal("the stick isn't broken")
		}
		if ends {
			if err := d.Drop(order); err != nil {
				t.Error(err)
			}
		} else if done := d.run(job); done.Dir != filepath.Join(d.Out, "may") {
			t.Errorf("%+v", done)
		}
	}
}

// A reprint of some sheets that was whole and unheard of is written down as what it
// is; one of others is the next.
func TestUnheardReprint(t *testing.T) {
	d := newDesk(t)
	job := d.order("may", 45)
	d.run(job)
	d.Only = Sheets{1, 2}
	d.cutShort(job)
	d.Only = Sheets{}
	if done := d.run(job); done.Order.Copy != 2 || done.Cards() != 45 || !slices.Equal(d.left(), []string{"may", "may-1", "may-2"}) {
		t.Errorf("%+v, %v", done, d.left())
	}
	var made []uint32
	for _, e := range d.made() {
		made = append(made, e.Copy, e.Number, e.Last)
	}
	if want := []uint32{0, 1, 45, 1, 1, 17, 2, 1, 45}; !slices.Equal(made, want) {
		t.Errorf("%v, want %v", made, want)
	}
}

// An order that is made is not printed again by whoever orders it once more.
func TestOnce(t *testing.T) {
	d := newDesk(t)
	d.Once = true
	d.run(d.order("may", 12))
	if _, err := d.Run(t.Context(), d.a, d.order("may", 12)); !errors.Is(err, ErrMade) || len(d.left()) != 1 {
		t.Errorf("%v, %v", err, d.left())
	}
}

// A full journal takes no numbers.
type full struct{ *journal.Journal }

func (full) Order(context.Context, cards.Allotment, uint32, string, string) (journal.Order, error) {
	return journal.Order{}, errDeaf
}

// What was cut off before a number was taken has no name yet: another order may have it.
func TestNameIsFree(t *testing.T) {
	d := newDesk(t)
	d.Journal = full{d.journal}
	if _, err := d.Run(t.Context(), d.a, d.order("may", 12)); !errors.Is(err, errDeaf) {
		t.Fatal(err)
	}
	d.Journal = d.journal
	if done := d.run(d.order("may", 13)); done.Order.Count() != 13 {
		t.Errorf("%+v", done.Order)
	}
}

// Opening goes on where it was cut off, and is done when all files are there.
func TestOpenGoesOn(t *testing.T) {
	d := newDesk(t)
	job := d.order("may", 45)
	job.Plain = false
	done, to := d.run(job), t.TempDir()
	names, err := d.Open(t.Context(), done.Dir, to, "鈴木")
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Remove(names[1]), os.WriteFile(half(to, filepath.Base(names[2])), nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	d.Journal = blindTo{d.journal}
	if got, err := d.Open(ctx, done.Dir, to, "鈴木"); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped: %v, %v", got, err)
	}
	d.Journal = d.journal
	if got, err := d.Open(t.Context(), done.Dir, to, "鈴木"); err != nil || !slices.Equal(got, names) {
		t.Errorf("%v, %v", got, err)
	}
	if got, err := d.Open(t.Context(), done.Dir, to, "鈴木"); !errors.Is(err, ErrOpened) || !slices.Equal(got, names) {
		t.Errorf("once more: %v, %v", got, err)
	}
	if left, err := os.ReadDir(to); len(left) != 3 || err != nil {
		t.Errorf("%v, %v", left, err)
	}
}

// blindTo a context that has ended is a journal that had just taken note.
type blindTo struct{ *journal.Journal }

func (b blindTo) Orders(ctx context.Context) ([]journal.Order, error) {
	return b.Journal.Orders(context.WithoutCancel(ctx))
}

// An order that an older version wrote down, which knew less of it, goes on.
func TestOlderJob(t *testing.T) {
	d := newDesk(t)
	job := d.order("may", 12)
	job.Start = 0
	d.run(job)
	path := d.jobPath("may")
	text, err := os.ReadFile(path)
	older := bytes.Replace(text, []byte(`"start":0,`), nil, 1)
	if err != nil || len(older) == len(text) {
		t.Fatalf("%v: %s", err, text)
	}
	if err := os.WriteFile(path, older, 0o600); err != nil {
		t.Fatal(err)
	}
	if done := d.run(job); done.Order.Copy != 1 {
		t.Errorf("%+v", done.Order)
	}
	job.Start = 1
	if _, err := d.Run(t.Context(), d.a, job); !errors.Is(err, ErrOther) {
		t.Errorf("another order went on: %v", err)
	}
}
