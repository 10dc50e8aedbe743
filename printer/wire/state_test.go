package wire

import (
	"context"
	"errors"
	"os"
	"syscall"
	"testing"

	"pointkiosk/printer"
	"pointkiosk/printer/printertest"
)

// TestOverLines does over each line what the driver's own tests do in memory:
// the printer says what it is; near its roll's end no card begins; and one that
// only answers DLE EOT says P-02 when the roll ends in a card, though it holds
// less than a card and prints more slowly than the line carries.
//
// The limits are those of production, and the printer holds twice as much as its
// profile says: on a busy machine it takes a piece late, and the next one comes
// before it is on paper.
func TestOverLines(t *testing.T) {
	for _, kind := range []struct {
		name  string
		serve func(*testing.T, *printertest.Printer) string
	}{{"tcp", overTCP}, {"pty", overPTY}} {
		t.Run(kind.name, func(t *testing.T) {
			t.Run("probe", func(t *testing.T) {
				model, err := printer.Named("epson-m30")
				if err != nil {
					t.Fatal(err)
				}
				vp := made(t, printertest.Like(model))
				f, err := printer.Probe(openAs(t, kind.serve(t, vp), nil), nil)
				if err != nil || f.Maker != "EPSON" || f.Answers != printer.ProcessID || f.Propose()[0].Name != model.Name {
					t.Errorf("%+v, %v", f, err)
				}
			})
			t.Run("near end", func(t *testing.T) {
				p := printer.Profile{Dots: 384, Answers: printer.ProcessID}
				o := printertest.Like(p)
				o.Paper, o.NearEnd = 1000, 900
				vp := made(t, o)
				d := driveOf(t, openAs(t, kind.serve(t, vp), nil), &printer.Opts{Profile: p, StopAtNearEnd: true})
				printOne(t, d, vp, 1)
				wantCode(t, d, "P-08")
				vp.Load(0)
				printOne(t, d, vp, 2)
			})
			for _, rows := range []int{10, 100, 150, 230} {
				t.Run("paper end", func(t *testing.T) {
					p := printer.Profile{Dots: 384, Answers: printer.Realtime, Buffer: 1024, Speed: 800}
					o := printertest.Like(p)
					o.Paper, o.Speed, o.Buffer = rows, p.Speed, 2*p.Buffer
					vp := made(t, o)
					d := driveOf(t, openAs(t, kind.serve(t, vp), nil), &printer.Opts{Profile: p})
					wantCode(t, d, "P-02")
					if s, err := d.Status(); s.Code() != "P-02" {
						t.Errorf("asked: %v, %v", s, err)
					}
				})
			}
		})
	}
}

func made(t *testing.T, o *printertest.Opts) *printertest.Printer {
	t.Helper()
	vp, err := printertest.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return vp
}

func driveOf(t *testing.T, c printer.Conn, o *printer.Opts) *printer.Dev {
	t.Helper()
	d, err := printer.New(c, o)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// wantCode wants the test page to fail with a code.
func wantCode(t *testing.T, d *printer.Dev, code string) {
	t.Helper()
	_, err := d.Print(printer.TestPage(384))
	var s printer.Status
	if e, ok := errors.AsType[*printer.UnsentError](err); ok {
		s = e.Status
	} else if e, ok := errors.AsType[*printer.UncertainError](err); ok {
		s = e.Status
	}
	if s.Code() != code {
		t.Errorf("got %v; want %s", err, code)
	}
}

func overTCP(t *testing.T, vp *printertest.Printer) (uri string) {
	t.Helper()
	uri, stop, err := vp.Plug()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	return uri
}

func overPTY(t *testing.T, vp *printertest.Printer) (uri string) {
	t.Helper()
	master, slave := pty(t)
	hold, err := os.OpenFile(slave, os.O_RDWR|syscall.O_NOCTTY, 0) // else the master sees a hang-up
	if err != nil {
		t.Fatal(err)
	}
	c := open(t, "serial://"+slave+"?baud=115200&flow=none")
	if err := c.Tx(nil, nil); err != nil { // raw mode before the printer talks
		t.Fatal(err)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	release(t, hold)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- vp.Talk(ctx, master) }()
	t.Cleanup(func() {
		cancel()
		<-done
		hold.Close()
	})
	return "serial://" + slave + "?baud=115200&flow=none"
}
