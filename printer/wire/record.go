package wire

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
	"time"

	"periph.io/x/conn/v3"

	"pointkiosk/printer"
)

// A Recorder is a line that writes down what passes over it, for people and for
// [NewReplayer]:
//
//	2026-11-22T10:00:00.250+09:00 tcp://192.0.2.7:9100
//	0.000 > 10 04 01
//	0.004 < 12
//	0.004 > 1B 40 1D 61 FF 00x48 "0001"
//	0.504 < 1 timeout
//	0.504 > "0002"
//	0.504 . 0 broken connection reset by peer
//	0.504 ? paper empty
//
// Each Tx is a line, or two if it writes and reads: seconds since the first,
// the bytes written (>) or read (<). A Tx that reads in vain says how many bytes
// it wanted and why it got none; one whose writing failed (.) has only the
// bytes that it would have written in the line above it, and says how many left.
// The reasons are timeout, denied (its user lacks the right), busy (another
// holds it) and broken. A paper end that was told beside the stream has a line
// (?) when it was asked for.
//
// A recording has all that was printed in it: of live cards it is as secret as
// they are.
type Recorder struct {
	c     printer.Conn
	w     io.Writer
	now   func() time.Time
	start time.Time
	last  time.Time // of the last Tx
	err   error
}

var (
	_ conn.Conn = (*Recorder)(nil)
	_ conn.Conn = (*Replayer)(nil)
)

// NewRecorder returns c, recorded to w. Its caller still owns both.
func NewRecorder(c printer.Conn, w io.Writer, now func() time.Time) *Recorder {
	start := now().Truncate(time.Millisecond)
	r := &Recorder{c: c, w: w, now: now, start: start, last: start}
	r.put("%s %s\n", start.Format(stamp), c)
	return r
}

const stamp = "2006-01-02T15:04:05.000Z07:00"

// Now is the time as recorded, which passes only in a Tx. A driver whose clock
// this is does the same again when it is replayed.
func (r *Recorder) Now() time.Time { return r.last }

func (r *Recorder) String() string { return r.c.String() }

// Duplex is half: a Tx writes, then reads.
func (r *Recorder) Duplex() conn.Duplex { return conn.Half }

// Err is the first error in writing the recording, which stops no printing.
func (r *Recorder) Err() error { return r.err }

// Tx passes on, and records.
func (r *Recorder) Tx(w, b []byte) error {
	err := r.c.Tx(w, b)
	r.last = r.now().Truncate(time.Millisecond)
	at := r.last.Sub(r.start).Seconds()
	if len(w) > 0 || len(b) == 0 {
		r.put("%.3f > %s\n", at, spell(w))
	}
	sent := len(w)
	if e, ok := errors.AsType[*printer.TxError](err); ok {
		sent = e.Sent
	}
	switch {
	case err == nil && len(b) > 0:
		r.put("%.3f < %s\n", at, spell(b))
	case err != nil && len(b) > 0 && sent == len(w):
		r.put("%.3f < %d %s\n", at, len(b), why(err))
	case err != nil:
		r.put("%.3f . %d %s\n", at, sent, why(err))
	}
	return err
}

// Takes passes on.
func (r *Recorder) Takes(n int) time.Duration {
	if c, ok := r.c.(interface{ Takes(int) time.Duration }); ok {
		return c.Takes(n)
	}
	return 0
}

// PaperEmpty passes on, and records that it is so.
func (r *Recorder) PaperEmpty() bool {
	c, ok := r.c.(interface{ PaperEmpty() bool })
	if !ok || !c.PaperEmpty() {
		return false
	}
	r.put("%.3f ? %s\n", r.last.Sub(r.start).Seconds(), paperEmpty)
	return true
}

const paperEmpty = "paper empty"

// reasons are the first words of why a Tx failed, and what a driver can tell
// them by. Any other error is broken.
var reasons = []struct {
	word string
	is   error
}{
	{"timeout", os.ErrDeadlineExceeded},
	{"denied", os.ErrPermission},
	{"busy", syscall.EBUSY},
	{"broken", nil},
}

// why is a reason, and a text in one line.
func why(err error) string {
	if e, ok := errors.AsType[*printer.TxError](err); ok {
		err = e.Err
	}
	word := "broken"
	for _, r := range reasons {
		if r.is != nil && errors.Is(err, r.is) {
			word = r.word
			break
		}
	}
	if word == "timeout" {
		return word
	}
	return word + " " + strings.Join(strings.Fields(err.Error()), " ")
}

func (r *Recorder) put(format string, args ...any) {
	if r.err == nil {
		_, r.err = fmt.Fprintf(r.w, format, args...)
	}
}

// spell writes bytes as 1B, as 00x48 for 48 of one kind, and four or more of
// printable ASCII as "text".
func spell(b []byte) string {
	var out []string
	for len(b) > 0 {
		same, text := 1, 0
		for same < len(b) && b[same] == b[0] {
			same++
		}
		for text < len(b) && b[text] > ' ' && b[text] <= '~' && b[text] != '"' && b[text] != '\\' {
			text++
		}
		n := 1
		switch {
		case same > 3:
			n = same
			out = append(out, fmt.Sprintf("%02Xx%d", b[0], n))
		case text > 3:
			n = text
			out = append(out, `"`+string(b[:n])+`"`)
		default:
			out = append(out, fmt.Sprintf("%02X", b[0]))
		}
		b = b[n:]
	}
	return strings.Join(out, " ")
}
