package printertest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image/png"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pointkiosk/printer"
)

func unpack(t testing.TB, opts Opts) *Printer {
	t.Helper()
	p, err := New(&opts)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func send(t testing.TB, p *Printer, bytes string) {
	t.Helper()
	if err := p.Tx([]byte(bytes), nil); err != nil {
		t.Fatal(err)
	}
}

// answers reads until the printer is silent.
func answers(p *Printer) string {
	var all []byte
	var b [1]byte
	for p.Tx(nil, b[:]) == nil {
		all = append(all, b[0])
	}
	return string(all)
}

func TestListing(t *testing.T) {
	p := unpack(t, Opts{Dots: 16, Answers: printer.ProcessID})
	send(t, p, "\x1b@\x1ba1\x1dv0\x00\x01\x00\x02\x00\xff\x81\x1bJ\x03\x00\x00\x1dVB\x02\x1d(H\x06\x00000042")
	want := "initialize\nalign 1\nraster 8x2\nfeed 3\nnul x 2\nfeed 2 and cut\nprocess id \"0042\"\n"
	if got := p.Listing(); got != want {
		t.Errorf("got\n%s", got)
	}
	page := "....########....\n....#......#....\n" + strings.Repeat("................\n", 5)
	if got := p.Pages()[0].String(); got != page {
		t.Errorf("got\n%s", got)
	}
	if len(p.Errors()) != 0 {
		t.Error(p.Errors())
	}
	if got := answers(p); got != "\x37\x220042\x00" {
		t.Errorf("answered %q", got)
	}
}

func TestComplaints(t *testing.T) {
	for _, tt := range []struct {
		name, sent, want string
		class            printer.Answers
	}{
		{"unknown", "\x1b@\x1bz\x01", "byte 2: unknown command 1b 7a 01", printer.ProcessID},
		{"text", "\x1b@hi", "byte 2: character 'h'", printer.ProcessID},
		{"too wide", "\x1dv0\x00\x03\x00\x01\x00abc", "byte 0: raster of 24 dots at 0 on 16 dots", printer.ProcessID},
		{"beyond the edge", "\x1b$\x01\x00\x1dv0\x00\x02\x00\x01\x00ab", "byte 4: raster of 16 dots at 1 on 16 dots", printer.Mute},
		{"off the paper", "\x1b$\x10\x00", "byte 0: a place at 16, alignment 0", printer.Mute},
		{"in two ways", "\x1ba\x01\x1b$\x01\x00", "byte 3: a place at 1, alignment 1", printer.Mute},
		{"too high", "\x1dv0\x00\x02\x00\x00\x09", "byte 0: raster of 2304 rows", printer.ProcessID},
		{"no rows", "\x1dv0\x00\x02\x00\x00\x00", "byte 0: raster of 2 bytes by 0 rows", printer.ProcessID},
		{"double size", "\x1dv0\x03\x01\x00\x01\x00a", "byte 0: raster mode 3 is not drawn", printer.ProcessID},
		{"command in a picture", "\x1dv0\x00\x02\x00\x02\x00\x00\x10\x04\x01", "byte 9: real-time command 10 04 01", printer.ProcessID},
		{"id on a simple printer", "\x1d(H\x06\x00000001", "byte 0: unknown command 1d 28 48", printer.Queued},
		{"status back on a simple printer", "\x1da\xff", "byte 0: unknown command 1d 61 ff", printer.Realtime},
		{"align nowhere", "\x1ba\x07", "byte 0: alignment 7", printer.Mute},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := unpack(t, Opts{Dots: 16, Answers: tt.class})
			send(t, p, tt.sent)
			errs := p.Errors()
			if len(errs) == 0 || !strings.Contains(errs[0].Error(), tt.want) {
				t.Errorf("got %v, want %s", errs, tt.want)
			}
		})
	}
}

func TestAnswers(t *testing.T) {
	const back, id = "\x1da\xff", "\x1d(H\x06\x00000001"
	for _, tt := range []struct {
		name, sent, want string
		class            printer.Answers
		faults           []Fault
	}{
		{"well", "\x10\x04\x01\x10\x04\x02\x10\x04\x03\x10\x04\x04", "\x12\x12\x12\x12", printer.Realtime, nil},
		// TM-T88III specification, DLE EOT.
		{"no paper", "\x10\x04\x01\x10\x04\x02\x10\x04\x03\x10\x04\x04", "\x1a\x32\x12\x7e", printer.Realtime, []Fault{PaperEnd}},
		{"mute", "\x10\x04\x01\x1dr\x01", "", printer.Mute, nil},
		{"back at once", back, "\x10\x00\x00\x0f", printer.Queued, nil},
		{"back on change", back, "\x10\x00\x00\x0f\x38\x00\x00\x0f\x10\x00\x00\x0f", printer.Queued, []Fault{None, CoverOpened, CoverShut}},
		{"initialize ends it", back + "\x1b@", "\x10\x00\x00\x0f", printer.Queued, []Fault{None, CoverOpened}},
		{"queued waits while offline", "\x1dr\x01", "", printer.Queued, []Fault{CoverOpened}},
		{"queued after it", "\x1dr\x01", "\x00", printer.Queued, []Fault{CoverOpened, CoverShut}},
		{"id waits while offline", id, "", printer.ProcessID, []Fault{PaperEnd}},
		{"id after new paper", id, "\x37\x220001\x00", printer.ProcessID, []Fault{PaperEnd, PaperLoaded}},
		{"cleared data give no id", id + clearSequence, "\x37\x25\x00", printer.ProcessID, []Fault{PaperEnd}},
		{"cleared in mid-raster", "\x1dv0\x00\x02\x00\x08\x00aa" + clearSequence + "\x10\x04\x01", "\x37\x25\x00\x12", printer.ProcessID, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := unpack(t, Opts{Dots: 16, Answers: tt.class})
			if len(tt.faults) > 0 {
				p.Inject(tt.faults[0])
			}
			send(t, p, tt.sent)
			for _, f := range tt.faults[min(1, len(tt.faults)):] {
				p.Inject(f)
			}
			if got := answers(p); got != tt.want {
				t.Errorf("got % x, want % x", got, tt.want)
			}
		})
	}
}

// TestPaper ends a roll in the middle of a raster, which stops, waits and goes
// on with the next row on the new roll.
func TestPaper(t *testing.T) {
	var seen []string
	dir := filepath.Join(t.TempDir(), "paper")
	p := unpack(t, Opts{Dots: 8, Answers: printer.ProcessID, Paper: 2, Dir: dir,
		OnPage: func(p Page) { seen = append(seen, p.Name()) }})
	send(t, p, "\x1dv0\x00\x01\x00\x03\x00\x80\x40\x20\x1dVB\x00")
	if len(p.Pages()) != 0 || p.Strip().String() != "#.......\n.#......\n" {
		t.Fatalf("%d pages, strip\n%v", len(p.Pages()), p.Strip())
	}
	p.Load(0)
	if got := fmt.Sprint(p.Pages()); !strings.Contains(got, "..#.....") || len(p.Pages()) != 2 {
		t.Errorf("got %s", got)
	}
	if got := strings.Join(seen, " "); got != "page-0001-torn.png page-0002.png" {
		t.Errorf("saw %s", got)
	}
	file, err := os.ReadFile(filepath.Join(dir, "page-0002.png"))
	if err != nil {
		t.Fatal(err)
	}
	m, err := png.Decode(bytes.NewReader(file))
	if err != nil || m.Bounds().Dx() != 8 || m.Bounds().Dy() != 1 {
		t.Errorf("%v, %v", m.Bounds(), err)
	}
	again := unpack(t, Opts{Dots: 8, Dir: dir})
	send(t, again, "\x1dv0\x00\x01\x00\x01\x00\x80\x1dVB\x00")
	if got := again.Pages()[0].Name(); got != "page-0003.png" {
		t.Errorf("%s written over an older page", got)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".page*")); len(left) != 0 || len(again.Errors()) != 0 {
		t.Errorf("%v left, %v", left, again.Errors())
	}
}

// TestBlade leaves the paper between head and blade for the next page.
func TestBlade(t *testing.T) {
	p := unpack(t, Opts{Dots: 8, Blade: 2})
	const row = "\x1dv0\x00\x01\x00\x01\x00\xff"
	send(t, p, row+"\x1dVB\x01"+row+"\x1dV\x00"+row+"\x1dVB\x00")
	want := []string{
		"........\n........\n########\n........\n", // fed 2 and 1, cut 2 above the head
		"........\n########\n########\n",           // the cut between fed nothing: its row was still inside
	}
	var got []string
	for _, page := range p.Pages() {
		got = append(got, page.String())
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

// TestSpeed fills the buffer, waits for room, and answers when it is printed.
func TestSpeed(t *testing.T) {
	p := unpack(t, Opts{Dots: 8, Answers: printer.ProcessID, Speed: 100, Buffer: 32})
	start := p.Now()
	send(t, p, "\x1dv0\x00\x01\x00\xc8\x00"+strings.Repeat("\xff", 200)+"\x1d(H\x06\x00000001")
	if d := p.Now().Sub(start); d < 1500*time.Millisecond || d > 2*time.Second {
		t.Errorf("the buffer took 200 rows in %v", d)
	}
	if got := answers(p); got != "\x37\x220001\x00" {
		t.Errorf("answered %q", got)
	}
}

func TestLine(t *testing.T) {
	p := unpack(t, Opts{Dots: 8, Answers: printer.Realtime, Buffer: 16})
	for _, tt := range []struct {
		fault Fault
		sent  int
		err   error
	}{
		{Disconnected, 0, errLine}, {None, 0, nil},
		{SwitchedOff, 0, errLine}, {None, 0, errOff},
		{SwitchedOn, 0, nil},
		{CoverOpened, 16, os.ErrDeadlineExceeded},
		{Hung, 0, os.ErrDeadlineExceeded},
	} {
		p.Inject(tt.fault)
		err := p.Tx(make([]byte, 20), nil)
		var e *printer.TxError
		if !errors.Is(err, tt.err) || err != nil && (!errors.As(err, &e) || e.Sent != tt.sent) {
			t.Errorf("%v: got %v, want %v after %d", tt.fault, err, tt.err, tt.sent)
		}
	}
}

// TestServe prints over TCP; a second host waits; a switch-off hangs up.
func TestServe(t *testing.T) {
	p := unpack(t, Opts{Dots: 8, Answers: printer.Realtime})
	l, err := Listen()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- p.Serve(ctx, l) }()
	dial := func() net.Conn {
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		return c
	}
	ask := func(c net.Conn, wait time.Duration) error {
		c.SetDeadline(time.Now().Add(wait))
		c.Write([]byte("\x10\x04\x01"))
		var b [1]byte
		_, err := c.Read(b[:])
		if err == nil && b[0] != 0x12 {
			err = fmt.Errorf("answered %02x", b[0])
		}
		return err
	}
	first, second := dial(), dial()
	if err := ask(first, 5*time.Second); err != nil {
		t.Error(err)
	}
	if err := ask(second, 100*time.Millisecond); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("the second host got %v", err)
	}
	first.Close()
	for range 2 { // the question that waited is answered too
		if err := ask(second, 5*time.Second); err != nil {
			t.Error(err)
		}
	}
	second.Read(make([]byte, 1))
	p.Inject(SwitchedOff)
	if err := ask(second, 5*time.Second); err == nil {
		t.Error("answered when off")
	}
	p.Inject(SwitchedOn)
	if err := ask(dial(), 5*time.Second); err != nil {
		t.Error(err)
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// FuzzPrinter: any bytes are taken without a panic, all are accounted for, and
// the printer works after it is cleared.
func FuzzPrinter(f *testing.F) {
	for _, seed := range []string{"", "\x1b@", "\x1dv0\x00\x02\x00\x02\x00abcd", "\x1d(H\x06\x00000001", "\x1d(\xff\xff\xff", "hello\n",
		"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08", "\x1dVB\x05", "\x10\x04\x01\x1da\xff", "\x1bd\xff\x1bJ\x02",
		"\x1c&\x1cC\x01\x96\xd8a\x1d!\x77\x1b$\x08\x00b\n", "\x1b*\x21\x02\x00abcdef\x1bJ\x01", "\x1d(k\x08\x001P0HELLO\x1d(k\x03\x001C\x01\x1d(k\x03\x001Q0",
		"\x1dv0\x03\x01\x00\x02\x00ab", "\x1dP\x00\x01\x1bJ\xff"} {
		f.Add([]byte(seed), uint8(printer.ProcessID), uint8(0))
		f.Add([]byte(seed), uint8(printer.ProcessID)+128, uint8(0))
	}
	f.Fuzz(func(t *testing.T, data []byte, class, fault uint8) {
		if len(data) > 4096 {
			return
		}
		opts := Opts{Dots: 16, Answers: printer.Answers(class % 4), Buffer: 1 << 16, Blade: 3}
		if class >= 128 {
			opts.Skills = Skills{Kanji: true, QR: true, Half: true, Motion: 203}
		}
		p := unpack(t, opts)
		if err := p.Tx(data, nil); err != nil {
			t.Fatal(err)
		}
		p.Inject(Fault(fault % uint8(Released+1)))
		p.Tx(data, nil)
		for f := Released; f > None; f-- {
			p.Inject(f)
		}
		for _, f := range []Fault{CoverShut, CutterFreed, Cooled, SwitchedOff, SwitchedOn, PaperLoaded, Released} {
			p.Inject(f)
		}
		p.Advance(2 * bootTime)
		p.Tx(nil, make([]byte, 1)) // the news that the line broke
		before := len(p.Pages())
		send(t, p, "\x1b@\x1dv0\x00\x02\x00\x01\x00\xff\xff\x1dVB\x00")
		if len(p.Pages()) != before+1 {
			t.Errorf("no page; %s", p.Listing())
		}
	})
}

// TestSleep lets a demo see its time pass.
func TestSleep(t *testing.T) {
	var slept time.Duration
	p := unpack(t, Opts{Dots: 8, Answers: printer.Realtime, Sleep: func(d time.Duration) { slept += d }})
	start := p.Now()
	if err := p.Tx(nil, make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatal(err)
	}
	if slept != readLimit || p.Now().Sub(start) != readLimit {
		t.Errorf("slept %v, %v passed", slept, p.Now().Sub(start))
	}
}
