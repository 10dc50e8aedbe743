package printer_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"pointkiosk/printer"
)

// babble is a printer that takes all and says the same bytes over and over,
// whatever it is asked, and never falls silent; or, where it has none, one that
// says nothing. A read that finds nothing takes its time limit, a byte that of
// 9600 baud.
type babble struct {
	t    *testing.T
	says []byte
	at   int    // in says
	next []byte // of an answer that is one of the marks below
	now  time.Time
	end  time.Time // when whoever asks should have given up

	heard []byte // since the last question for an id
	id    []byte // that was asked for last
	first []byte // that was asked for first
	block bool   // the answer to GS I was said since it was asked
	one   bool   // a byte that looks like an answer to GS r was said since it was asked
}

// The marks among the bytes that a babble says: what no fuzzer would find.
const (
	askedID = 0xF8 // the answer with the id that was asked for last
	otherID = 0xF9 // with one that was not
	firstID = 0xFC // with the one that was asked for first
	cleared = 0xFA // to DLE DC4 8
	named   = 0xFB // to GS I
)

func (c *babble) String() string { return "babble" }

func (c *babble) Tx(w, r []byte) error {
	if c.now.After(c.end) {
		c.t.Fatalf("% x: still at it", c.says)
	}
	if i := bytes.LastIndex(w, []byte("\x1d(H\x06\x0000")); i >= 0 && len(w) == i+11 {
		c.id, c.heard = bytes.Clone(w[i+7:]), nil
		if c.first == nil {
			c.first = c.id
		}
	}
	if bytes.HasSuffix(w, []byte("\x1dIC")) {
		c.block, c.heard = false, nil
	}
	if bytes.HasSuffix(w, []byte("\x1dr\x01")) {
		c.one = false
	}
	for i := range r {
		if len(c.says) == 0 {
			c.now = c.now.Add(500 * time.Millisecond)
			return os.ErrDeadlineExceeded
		}
		c.now = c.now.Add(time.Second / 960)
		r[i] = c.byte()
		if r[i] != 0x11 && r[i] != 0x13 { // XON and XOFF may stand anywhere
			c.heard = append(c.heard, r[i])
		}
		c.one = c.one || r[i]&0x90 == 0
		c.block = c.block || r[i] == 0 && bytes.IndexByte(c.heard, '_') >= 0
	}
	return nil
}

// byte is the next one said.
func (c *babble) byte() byte {
	if len(c.next) == 0 {
		b := c.says[c.at]
		c.at = (c.at + 1) % len(c.says)
		switch b {
		case askedID:
			c.next = fmt.Appendf(nil, "\x37\x22%s\x00", c.id)
		case firstID:
			c.next = fmt.Appendf(nil, "\x37\x22%s\x00", c.first)
		case otherID:
			c.next = []byte("\x37\x22x\x00")
		case cleared:
			c.next = []byte("\x37\x25\x00")
		case named:
			c.next = []byte("_EPSON\x00")
		default:
			c.next = []byte{b}
		}
	}
	b := c.next[0]
	c.next = c.next[1:]
	return b
}

// proved reports whether the proof of a class was really said.
func (c *babble) proved(class printer.Answers) bool {
	if class == printer.ProcessID {
		return bytes.Contains(c.heard, fmt.Appendf(nil, "\x37\x22%s\x00", c.id))
	}
	return class == printer.Queued && c.block && c.one
}

// hearsay asks and prints over such a printer: each call ends in time, and no
// card is printed of which it did not say so. It returns how many were.
func hearsay(t *testing.T, says []byte, class printer.Answers, ping bool) (printed int) {
	t.Helper()
	const limit = 2 * time.Minute
	c := &babble{t: t, says: says, now: time.Unix(1_000_000_000, 0)}
	now := func() time.Time { return c.now }
	d, err := printer.New(c, &printer.Opts{Profile: printer.Profile{Dots: 64, Answers: class, Band: 16, Buffer: 512}, Ping: ping, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	in := func(f func()) {
		c.end = c.now.Add(limit)
		f()
	}
	r := card(1, 64, 40)
	for range 2 {
		in(func() { _, _ = d.Status() })
		in(func() { _, _ = d.Prepare() })
		in(func() {
			proof, err := d.Print(r)
			if proof == printer.Printed {
				if printed++; err != nil || !c.proved(class) {
					t.Errorf("%v, % x: printed, and it never said so: %v", class, says, err)
				}
			}
		})
	}
	in(func() { _, _ = printer.Probe(c, now) })
	in(func() { _ = d.Halt() })
	return printed
}

// honest are bytes that have all answers in them, so that cards are printed.
var honest = []byte{0x12, 0x12, 0x12, 0x12, 0x12, cleared, named, askedID, 0x00}

// TestBabble asks printers that talk at random and never stop, and one that says
// nothing.
func TestBabble(t *testing.T) {
	rnd := rand.New(rand.NewPCG(7, 7))
	noise := make([]byte, 1<<16)
	for i := range noise {
		noise[i] = byte(rnd.Uint32())
	}
	blocks := append(bytes.Repeat([]byte{0x12}, 40), 0x37, 0x22, '0', '0', '0', '1', 0)
	for _, tt := range []struct {
		name   string
		says   []byte
		proves bool // to those who wait for a proof
	}{
		{"nothing", nil, false},
		{"noise", noise, false},
		{"well for ever", []byte{0x12}, false},
		{"offline for ever", []byte{0x1A}, false},
		{"flow control", []byte{0x11, 0x13}, false},
		{"half a block for ever", []byte{0x37}, false},
		{"half a status back for ever", []byte{0x10}, false},
		{"one id again and again", blocks, false},
		{"another's id", []byte{0x12, 0x12, 0x12, 0x12, cleared, otherID}, false},
		{"its first id again and again", []byte{0x12, 0x12, 0x12, 0x12, cleared, named, firstID}, false},
		{"GS r and no end of clearing up", []byte{0x12, 0x12, 0x12, 0x12, 0x00}, false},
		{"honest", honest, true},
	} {
		for _, class := range classes {
			for _, ping := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s/%v/%v", tt.name, class, ping), func(t *testing.T) {
					if n := hearsay(t, tt.says, class, ping); (n > 0) != (tt.proves && class >= printer.Queued) {
						t.Errorf("%d cards were printed", n)
					}
				})
			}
		}
	}
}

// FuzzDev says anything for ever.
func FuzzDev(f *testing.F) {
	for _, seed := range [][]byte{nil, honest, {0x12}, {0x12, cleared, otherID}, {0x12, cleared, named, firstID}, {0x12, 0x00}, {0x37, 0x22}, {0x10, 0, 0, 0}, {0x12, 0x12, named, 0x0C}, {askedID, 0x1A}} {
		for class := range classes {
			f.Add(seed, uint8(class), class > 1)
		}
	}
	f.Fuzz(func(t *testing.T, says []byte, class uint8, ping bool) {
		hearsay(t, says, classes[int(class)%len(classes)], ping)
	})
}
