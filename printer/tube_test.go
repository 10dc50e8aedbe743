package printer_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"syscall"
	"testing"
	"time"

	"pointkiosk/printer"
	"pointkiosk/printer/printertest"
)

// tube is a line whose printer answers all that it knows by rote, and on which a
// test lays its hand before each Tx.
type tube struct {
	now    time.Time
	eot    [4]byte // to DLE EOT
	paper  byte    // to GS r
	slow   bool    // answers wait
	out    []byte
	writes [][]byte
	hand   func(w, r []byte) error // ends a Tx where it returns an error
}

func newTube() *tube {
	return &tube{now: time.Unix(1_000_000_000, 0), eot: [4]byte{0x12, 0x12, 0x12, 0x12}}
}

func (c *tube) String() string { return "tube" }

func (c *tube) Tx(w, r []byte) error {
	if c.hand != nil {
		if err := c.hand(w, r); err != nil {
			return err
		}
	}
	if len(w) > 0 {
		c.writes = append(c.writes, bytes.Clone(w))
	}
	for i := 0; i+2 < len(w); i++ {
		switch string(w[i : i+2]) {
		case "\x10\x04":
			c.out = append(c.out, c.eot[w[i+2]-1])
		case "\x1dI":
			c.out = append(c.out, "_x\x00"...)
		case "\x1dr":
			c.out = append(c.out, c.paper)
		}
	}
	for i := range r {
		if len(c.out) == 0 || c.slow {
			c.now = c.now.Add(500 * time.Millisecond)
			return os.ErrDeadlineExceeded
		}
		r[i], c.out = c.out[0], c.out[1:]
	}
	return nil
}

func (c *tube) drive(t *testing.T, class printer.Answers) *printer.Dev {
	t.Helper()
	d, err := printer.New(c, &printer.Opts{Profile: printer.Profile{Dots: 64, Answers: class}, Now: func() time.Time { return c.now }})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestPaperInProof: the answer to GS r says by itself that the paper has ended,
// even if new paper is in by the time of the next question.
func TestPaperInProof(t *testing.T) {
	for paper, want := range map[byte]printer.Reason{
		0x00: printer.Ready, 0x03: printer.Ready, // the roll ends soon
		0x04: printer.PaperOut, 0x08: printer.PaperOut, 0x0C: printer.PaperOut, 0x0F: printer.PaperOut,
	} {
		c := newTube()
		c.paper = paper
		proof, err := c.drive(t, printer.Queued).Print(card(1, 64, 40))
		if reason(err) != want || (proof == printer.Printed) != (want == printer.Ready) {
			t.Errorf("GS r answers %#x: %v, %v", paper, proof, err)
		}
	}
}

// TestLateAnswer: an answer that came after its time is none to the next
// question, of which it would be a cutter error.
func TestLateAnswer(t *testing.T) {
	c := newTube()
	d := c.drive(t, printer.Realtime)
	c.slow = true
	if s, _ := d.Status(); s.Reason != printer.Away {
		t.Fatalf("slow: %v", s)
	}
	c.slow, c.eot = false, [4]byte{0x1A, 0x16, 0x12, 0x12}
	if s, err := d.Status(); s.Reason != printer.CoverOpen {
		t.Errorf("%v, %v", s, err)
	}
}

// TestNewLine: of a line that broke nothing is left on the next one, neither
// half an answer, which would swallow all others, nor the end of a question,
// which would be letters there.
func TestNewLine(t *testing.T) {
	const broken = syscall.ECONNRESET
	t.Run("half an answer", func(t *testing.T) {
		c := newTube()
		d := c.drive(t, printer.ProcessID)
		half := []byte{0x37, 0x22}
		c.hand = func(_, r []byte) error {
			if len(r) == 0 {
				return nil
			}
			if len(half) == 0 {
				c.hand, c.out = nil, nil
				return broken
			}
			c.out, half = half[:1], half[1:]
			return nil
		}
		if s, err := d.Status(); c.hand != nil || !s.Ready() {
			t.Errorf("%v, %v", s, err)
		}
	})
	t.Run("half a question", func(t *testing.T) {
		for sent := 1; sent <= 2; sent++ {
			c := newTube()
			d := c.drive(t, printer.ProcessID)
			if s, err := d.Status(); !s.Ready() {
				t.Fatal(s, err)
			}
			c.hand = func(w, _ []byte) error {
				if len(w) == 0 {
					return os.ErrDeadlineExceeded
				}
				return &printer.TxError{Sent: sent, Err: os.ErrDeadlineExceeded}
			}
			if s, _ := d.Status(); s.Reason != printer.Away {
				t.Fatalf("full: %v", s)
			}
			c.writes = nil
			c.hand = func(w, _ []byte) error {
				if len(w) == 0 {
					return nil
				}
				c.hand = nil
				return &printer.TxError{Err: broken}
			}
			s, err := d.Status()
			if !s.Ready() || len(c.writes) == 0 || string(c.writes[0]) != "\x10\x04\x01" {
				t.Errorf("%d of 3 bytes had left: %v, %v, and the new line began with % x", sent, s, err, c.writes)
			}
		}
	})
}

// swallowed is a line that loses what clears the printer and sets it up, and
// then takes not a byte of the card.
type swallowed struct {
	*printertest.Printer
	armed bool
}

// Tx loses it once.
func (l *swallowed) Tx(w, r []byte) error {
	switch {
	case !l.armed || len(w) == 0 || w[0] == 0x10:
		return l.Printer.Tx(w, r)
	case bytes.Contains(w, []byte("\x1dv0")):
		l.armed = false
		return &printer.TxError{Err: os.ErrDeadlineExceeded}
	}
	return nil
}

// TestLostCutWithoutProof: where nobody says whether the cut that clears was
// made, it is made again before the next card if none of this one has left.
func TestLostCutWithoutProof(t *testing.T) {
	for _, class := range []printer.Answers{printer.Mute, printer.Realtime} {
		t.Run(class.String(), func(t *testing.T) {
			paper := &printertest.Opts{Dots: 384, Answers: class, Blade: blade}
			vp, err := printertest.New(paper)
			if err != nil {
				t.Fatal(err)
			}
			left := card(1, 384, 64) // of the process before
			if err := vp.Tx(append([]byte("\x1dv0\x00\x30\x00\x40\x00"), bytes.Join(rowsOf(left), nil)...), nil); err != nil {
				t.Fatal(err)
			}
			line := &swallowed{vp, true}
			d := drive(t, line, vp, printer.Opts{}, paper)
			r := card(2, 384, 200)
			if _, err := d.Print(r); line.armed || unsent(err) == nil {
				t.Fatalf("a byte of it left: %v", err)
			}
			if proof, err := d.Print(r); proof != printer.Presumed || count(vp.Pages(), r) != 1 {
				t.Errorf("%v, %v, and the card came out with what was left before it", proof, err)
			}
		})
	}
}

func unsent(err error) *printer.UnsentError {
	e, _ := errors.AsType[*printer.UnsentError](err)
	return e
}

func rowsOf(b *printer.Bitmap) (rows [][]byte) {
	for y := range b.Bounds().Dy() {
		rows = append(rows, b.Row(y))
	}
	return rows
}

// TestRealtimeInCommands: not only pictures may hold a real-time command. One in
// another command, or between two of them, is refused before a byte has left.
func TestRealtimeInCommands(t *testing.T) {
	strip := printer.NewBitmap(384, 8)
	strip.Fill(strip.Bounds())
	shade := func(step int) printer.Raster { return &printer.Shade{Raster: strip, Step: step} }
	code := func(length int) printer.Raster {
		e := drawEight(t, 384, 6)
		c := *e.job[8].(*printer.Code)
		c.Text = string(bytes.Repeat([]byte("A"), length))
		return &c
	}
	white := printer.NewBitmap(384, 16) // ESC J 10h
	for _, tt := range []struct {
		name    string
		job     []printer.Raster
		refused bool
	}{
		{"none", []printer.Raster{strip, shade(1)}, false},
		{"in a command of the profile", []printer.Raster{shade(2)}, true},
		{"across two parts", []printer.Raster{strip, white, shade(3)}, true},
		{"not across two parts", []printer.Raster{white, strip, shade(3)}, false},
		{"in the length of a code", []printer.Raster{code(0x0410 - 3)}, true},
		{"a code one longer", []printer.Raster{code(0x0410 - 2)}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			kind := native(t)
			kind.Densities = []printer.Command{[]byte("\x1d(K\x02\x001\x00"), []byte("\x1b7\x10\x04\x01"), []byte("\x04\x01")}
			vp, d := model(t, kind)
			_, err := d.Print(tt.job...)
			if tt.refused && (err == nil || vp.Received() != 0) || !tt.refused && vp.Received() == 0 {
				t.Errorf("%v, %d bytes left", err, vp.Received())
			}
		})
	}
}

// TestAskedBetweenParts switches a printer off and on between two parts on a
// line without flow control: who asks is told before all of the card is gone.
func TestAskedBetweenParts(t *testing.T) {
	for _, class := range []printer.Answers{printer.Queued, printer.ProcessID} {
		for _, ping := range []bool{false, true} {
			t.Run(fmt.Sprintf("%v/%v", class, ping), func(t *testing.T) {
				vp, err := printertest.New(&printertest.Opts{Dots: 384, Answers: class, Blade: blade})
				if err != nil {
					t.Fatal(err)
				}
				line := &rebooting{Printer: vp, kind: "\x1dv0", at: 2}
				d, err := printer.New(line, &printer.Opts{Profile: printer.Profile{Dots: 384, Answers: class, Blade: blade}, Ping: ping, Now: vp.Now})
				if err != nil {
					t.Fatal(err)
				}
				proof, err := d.Print(card(1, 384, 800))
				e, ok := errors.AsType[*printer.UncertainError](err)
				if !ok || e.Torn != ping || line.parts > line.at && ping {
					t.Errorf("%v, %v, after %d parts", proof, err, line.parts)
				}
			})
		}
	}
}

// TestAskedBeforeProof switches a printer off and on that has all of a card: who
// asks while waiting for its proof need not wait to the end.
func TestAskedBeforeProof(t *testing.T) {
	for _, class := range []printer.Answers{printer.Queued, printer.ProcessID} {
		for _, ping := range []bool{false, true} {
			t.Run(fmt.Sprintf("%v/%v", class, ping), func(t *testing.T) {
				const patience = time.Minute
				var off time.Time
				paper := &printertest.Opts{Dots: 384, Answers: class, Blade: blade, Buffer: 1 << 16, Speed: 100}
				vp, err := printertest.New(paper)
				if err != nil {
					t.Fatal(err)
				}
				line := &rebooting{Printer: vp, kind: "\x1dV", at: 1, then: func() { off = vp.Now() }}
				_, err = drive(t, line, vp, printer.Opts{Ping: ping, Patience: patience}, paper).Print(card(1, 384, 400))
				if e, ok := errors.AsType[*printer.UncertainError](err); !ok || e.Torn || off.IsZero() {
					t.Fatalf("%v", err)
				}
				if took := vp.Now().Sub(off); (took < 5*time.Second) != ping || !ping && took < patience {
					t.Errorf("known after %v", took)
				}
			})
		}
	}
}

// rebooting is a line whose printer is off and on again behind that many parts
// of a kind.
type rebooting struct {
	*printertest.Printer
	kind      string // how they begin
	at, parts int
	then      func()
}

func (l *rebooting) Tx(w, r []byte) error {
	err := l.Printer.Tx(w, r)
	if bytes.HasPrefix(w, []byte(l.kind)) {
		if l.parts++; l.parts == l.at {
			l.Inject(printertest.Rebooted)
			if l.then != nil {
				l.then()
			}
		}
	}
	return err
}
