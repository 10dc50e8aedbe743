package wire

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"pointkiosk/packaging/proof"
	"pointkiosk/printer"
	"pointkiosk/printer/printertest"
)

// TestRecording records a paper end by hand: what people read in a recording.
func TestRecording(t *testing.T) {
	vp := virtual(t)
	var got bytes.Buffer
	r := NewRecorder(vp, &got, vp.Now)
	var b [1]byte
	for _, tt := range []struct {
		before printertest.Fault
		w      []byte
		reads  int
	}{
		{0, nil, 0},                      // opens
		{0, []byte("\x10\x04\x01"), 1},   // DLE EOT 1
		{0, []byte("\x1b@\x1da\xff"), 4}, // ESC @, GS a
		{0, append([]byte("\x1dv0\x00\x01\x00\x10\x00"), make([]byte, 16)...), 0},
		{0, []byte("\x1dVB\x00"), 0},           // cut
		{0, []byte("\x1d(H\x06\x0000W123"), 7}, // process id
		{0, nil, 1},                            // nothing more
		{printertest.PaperEnd, nil, 4},         // says so by itself
		{printertest.SwitchedOff, []byte("x"), 0},
		{0, nil, 1},
	} {
		vp.Inject(tt.before)
		if tt.reads == 0 {
			r.Tx(tt.w, nil)
		}
		for ; tt.reads > 0; tt.reads-- {
			r.Tx(tt.w, b[:])
			tt.w = nil
		}
	}
	proof.Golden(t, "recording.txt", got.String())
	if r.Err() != nil {
		t.Error(r.Err())
	}
}

// TestReplay prints with faults, records it, and prints again on the recording:
// the driver must come to the same verdicts, at the same times.
func TestReplay(t *testing.T) {
	for _, fault := range []printertest.Fault{printertest.None, printertest.PaperEnd, printertest.CoverOpened, printertest.Disconnected, printertest.Rebooted, printertest.Hung} {
		for _, answers := range []printer.Answers{printer.Mute, printer.Realtime, printer.Queued, printer.ProcessID} {
			t.Run(fmt.Sprint(fault, "/", answers), func(t *testing.T) {
				vp, err := printertest.New(&printertest.Opts{Dots: 384, Answers: answers, Fault: func(at int64) printertest.Fault {
					if at == 2000 {
						return fault
					}
					return printertest.None
				}})
				if err != nil {
					t.Fatal(err)
				}
				var recording bytes.Buffer
				rec := NewRecorder(vp, &recording, vp.Now)
				want := session(t, rec, answers, rec.Now)
				play, err := NewReplayer(bytes.NewReader(recording.Bytes()))
				if err != nil {
					t.Fatal(err)
				}
				if play.String() != vp.String() || !play.Now().Equal(time.Date(2019, 5, 5, 11, 0, 0, 0, time.UTC)) {
					t.Errorf("%s at %v", play, play.Now())
				}
				got := session(t, play, answers, play.Now)
				if got != want || play.Left() != 0 || !play.Now().Equal(rec.Now()) {
					t.Errorf("recorded\n%s\nreplayed\n%s\n%d lines left, %v and %v", want, got, play.Left(), rec.Now(), play.Now())
				}
			})
		}
	}
}

// session prints two papers and tells what the driver said.
func session(t *testing.T, c printer.Conn, answers printer.Answers, now func() time.Time) string {
	t.Helper()
	d, err := printer.New(c, &printer.Opts{Profile: printer.Profile{Dots: 384, Answers: answers}, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for range 2 {
		proof, err := d.Print(printer.TestPage(384))
		s, _ := d.Status()
		said = append(said, fmt.Sprint(proof, err != nil, s))
	}
	return strings.Join(said, "\n")
}

// aside is a line on which nothing comes, which tells of the printer in other
// ways.
type aside struct {
	err   error // of each Tx, or else of reads
	empty bool
	now   time.Time
}

func (*aside) String() string              { return "serial:///dev/ttyS0?baud=19200&flow=rtscts" }
func (a *aside) PaperEmpty() bool          { return a.empty }
func (a *aside) Takes(n int) time.Duration { return takes(n, 19200) }

func (a *aside) Tx(w, r []byte) error {
	if a.err != nil {
		return &printer.TxError{Err: a.err}
	}
	if len(r) == 0 {
		return nil
	}
	a.now = a.now.Add(time.Second / 2)
	return &printer.TxError{Sent: len(w), Err: os.ErrDeadlineExceeded}
}

// TestReplayAside records what a line tells beside the bytes: why it is refused,
// that the paper has ended, and how fast it is.
func TestReplayAside(t *testing.T) {
	const away, refused, noPaper = printer.Away, printer.Refused, printer.PaperOut
	wrap := func(err error) error {
		return fmt.Errorf("wire: x: %w", &os.PathError{Op: "open", Path: "lp0", Err: err})
	}
	for _, tt := range []struct {
		name  string
		err   error
		empty []bool // when asked for the nth time
		want  []printer.Reason
		line  string
	}{
		{"denied", wrap(syscall.EACCES), []bool{false}, []printer.Reason{refused}, "0.000 . 0 denied wire: x: open lp0: permission denied\n"},
		{"busy", wrap(syscall.EBUSY), []bool{false}, []printer.Reason{refused}, "0.000 . 0 busy wire: x: open lp0: device or resource busy\n"},
		{"two", &twoError{[]string{"lp0", "lp1"}}, []bool{false}, []printer.Reason{refused}, "0.000 . 0 busy several printers"},
		{"unplugged", wrap(syscall.ENODEV), []bool{false}, []printer.Reason{away}, "0.000 . 0 broken wire: x: open lp0: no such device\n"},
		{"paper", nil, []bool{false, true, true, false}, []printer.Reason{away, noPaper, noPaper, away}, " ? paper empty\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := &aside{err: tt.err, now: time.Date(2019, 5, 5, 11, 0, 0, 0, time.UTC)}
			var recording bytes.Buffer
			rec := NewRecorder(c, &recording, func() time.Time { return c.now })
			look := func(c printer.Conn, now func() time.Time, before func(i int)) (got []printer.Reason) {
				d := driveOf(t, c, &printer.Opts{Profile: printer.Profile{Dots: 384, Answers: printer.Realtime}, Now: now})
				for i := range tt.empty {
					before(i)
					s, _ := d.Status()
					got = append(got, s.Reason)
				}
				return got
			}
			if got := look(rec, rec.Now, func(i int) { c.empty = tt.empty[i] }); !slices.Equal(got, tt.want) {
				t.Errorf("recorded %v, want %v", got, tt.want)
			}
			play, err := NewReplayer(bytes.NewReader(recording.Bytes()))
			if err != nil {
				t.Fatal(err)
			}
			if got := look(play, play.Now, func(int) {}); !slices.Equal(got, tt.want) || play.Left() > 0 {
				t.Errorf("replayed %v, want %v, %d lines left", got, tt.want, play.Left())
			}
			if !strings.Contains(recording.String(), tt.line) {
				t.Error(recording.String())
			}
			if rec.Takes(1920) != time.Second || play.Takes(1920) != time.Second {
				t.Errorf("1920 bytes take %v, replayed %v", rec.Takes(1920), play.Takes(1920))
			}
		})
	}
}

func TestReplayNotAsRecorded(t *testing.T) {
	const recording = "2019-05-05T11:00:00.000Z x\n0.000 > 10 04 01\n0.010 < 12\n"
	for _, tt := range []struct {
		name string
		w    string
		read int
		want string
	}{
		{"other bytes", "\x10\x04\x02", 1, "line 2 has 10 04 01, written was 10 04 02"},
		{"no write", "", 1, "line 2"},
		{"more read", "\x10\x04\x01", 2, "line 3 read 1"},
	} {
		p, err := NewReplayer(strings.NewReader(recording))
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Tx([]byte(tt.w), make([]byte, tt.read)); !errors.Is(err, ErrReplay) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	p, _ := NewReplayer(strings.NewReader(recording))
	var b [1]byte
	if err := p.Tx([]byte("\x10\x04\x01"), b[:]); err != nil || b[0] != 0x12 {
		t.Errorf("as recorded: %x, %v", b, err)
	}
	if err := p.Tx(nil, b[:]); !errors.Is(err, ErrReplay) {
		t.Errorf("beyond the end: %v", err)
	}
}

func FuzzReplay(f *testing.F) {
	seed, err := os.ReadFile("testdata/recording.txt")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(seed)
	f.Add([]byte("2019-05-05T11:00:00.000Z x\n0.000 > \"abc\" 00x9999\n1.5 . 3 broken  so  it is\n1.6 ? paper empty\n1.7 < 1 busy\n"))
	f.Fuzz(func(t *testing.T, recording []byte) {
		p, err := NewReplayer(bytes.NewReader(recording))
		if err != nil {
			return
		}
		for _, s := range p.rest {
			if again, err := read(strings.Fields(spell(s.bytes))); err != nil || !bytes.Equal(again, s.bytes) {
				t.Errorf("%x is spelt %s, read %x, %v", s.bytes, spell(s.bytes), again, err)
			}
		}
		for p.Left() > 0 && p.Tx(p.rest[0].bytes, nil) == nil { // ends, and does not panic
		}
	})
}
