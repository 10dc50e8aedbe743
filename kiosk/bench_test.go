package kiosk_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"pointkiosk/cards"
	"pointkiosk/cards/face"
	"pointkiosk/kiosk"
	"pointkiosk/kiosk/journal"
	"pointkiosk/printer"
	"pointkiosk/printer/printertest"
)

// device hands cards to a real driver on a printer that takes every byte at
// once, so that what is measured is ours.
type device struct {
	dev  *printer.Dev
	last time.Time // when the driver had its last byte taken
}

func (d *device) Prepare(context.Context) kiosk.Paper { return kiosk.Paper{Ready: true} }

func (d *device) Print(_ context.Context, f *face.Drawn) kiosk.Outcome {
	if _, err := d.dev.Print(f); err != nil {
		return kiosk.Doubtful
	}
	d.last = time.Now()
	return kiosk.CameOut
}

func newBench(b *testing.B) (*kiosk.Issuer, *device) {
	b.Helper()
	dir := b.TempDir()
	j, err := journal.OpenFile(b.Context(), journal.Opts{
		Driver: "sqlite", Path: filepath.Join(dir, "j.db"), Head: filepath.Join(dir, "j.head"),
		Key: cards.SigningKey{ID: 3, Private: ed25519.NewKeyFromSeed(make([]byte, 32))}, Now: func() time.Time { return noon },
	})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = j.Close() })
	f, err := face.New(&face.Opts{})
	if err != nil {
		b.Fatal(err)
	}
	v, err := printertest.New(&printertest.Opts{Dots: 384, Answers: printer.ProcessID, Buffer: 1 << 20})
	if err != nil {
		b.Fatal(err)
	}
	model, err := printer.Named("raster-58")
	if err != nil {
		b.Fatal(err)
	}
	dev, err := printer.New(v, &printer.Opts{Profile: model, Now: v.Now})
	if err != nil {
		b.Fatal(err)
	}
	d := &device{dev: dev}
	return &kiosk.Issuer{Journal: j, Printer: d, Face: f, Dots: 384, Kiosk: "KSZ-014", Lang: "ja"}, d
}

// BenchmarkIssue is the time from the tap to the last byte taken by the
// printer, and what part of it syncing is: the baseline is a
// plain file, appended to and synced, on the same disk in the same run.
func BenchmarkIssue(b *testing.B) {
	plain := plainSync(b)
	i, d := newBench(b)
	a := allotment()
	a.Count = cards.MaxNumber
	var took []time.Duration
	for n := 0; b.Loop(); n++ {
		tap := time.Now()
		if _, err := i.Issue(context.Background(), a, fmt.Sprint(n), "op"); err != nil {
			b.Fatal(err)
		}
		took = append(took, d.last.Sub(tap))
	}
	slices.Sort(took)
	p50, p99 := took[len(took)/2], took[len(took)*99/100]
	b.ReportMetric(float64(p50.Microseconds())/1000, "ms-p50")
	b.ReportMetric(float64(p99.Microseconds())/1000, "ms-p99")
	b.ReportMetric(float64(3*plain)/float64(p50), "fsync-share") // signed, printing, head: before the last byte
}

// plainSync is the median time of appending 400 bytes to a file and syncing it.
func plainSync(b *testing.B) time.Duration {
	b.Helper()
	f, err := os.Create(filepath.Join(b.TempDir(), "plain"))
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	line := bytes.Repeat([]byte{'x'}, 400)
	var took []time.Duration
	for range 300 {
		began := time.Now()
		if _, err := f.Write(line); err != nil {
			b.Fatal(err)
		}
		if err := f.Sync(); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	return took[len(took)/2]
}
