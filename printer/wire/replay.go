package wire

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"periph.io/x/conn/v3"

	"pointkiosk/printer"
)

// A Replayer is a line that answers as a recorded one did, as long as the same
// bytes are written.
type Replayer struct {
	name  string
	start time.Time
	at    time.Duration
	baud  int
	rest  []step
}

// A step is a line of a recording.
type step struct {
	line  int
	at    time.Duration
	kind  string // >, <, . or ?
	bytes []byte
	n     int // with err: bytes that left, or were wanted
	err   error
}

// ErrReplay reports bytes that were not written when the recording was made, or
// more than it has.
var ErrReplay = errors.New("wire: not as recorded")

// NewReplayer reads what a [Recorder] wrote.
func NewReplayer(recording io.Reader) (*Replayer, error) {
	p := new(Replayer)
	lines := bufio.NewScanner(recording)
	lines.Buffer(nil, 1<<24)
	for n := 1; lines.Scan(); n++ {
		first, rest, _ := strings.Cut(lines.Text(), " ")
		var err error
		if n == 1 {
			p.name = rest
			p.start, err = time.Parse(stamp, first)
			if c, e := Open(rest, nil); e == nil {
				p.baud = c.baud
			}
		} else {
			s := step{line: n}
			if err = s.parse(first, rest); err == nil {
				p.rest = append(p.rest, s)
			}
		}
		if err != nil {
			return nil, fmt.Errorf("wire: recording, line %d: %w", n, err)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("wire: recording: %w", err)
	}
	return p, nil
}

func (p *Replayer) String() string { return p.name }

// Duplex is half, as it was.
func (p *Replayer) Duplex() conn.Duplex { return conn.Half }

// Now is the recorded time.
func (p *Replayer) Now() time.Time { return p.start.Add(p.at) }

// Takes is as it was.
func (p *Replayer) Takes(n int) time.Duration { return takes(n, p.baud) }

// PaperEmpty reports that it was recorded here.
func (p *Replayer) PaperEmpty() bool {
	_, err := p.next("?")
	return err == nil
}

// Left is how many lines of the recording were not used.
func (p *Replayer) Left() int { return len(p.rest) }

// Tx compares w, and reads what was read then.
func (p *Replayer) Tx(w, r []byte) error {
	if len(w) > 0 || len(r) == 0 {
		s, err := p.next(">")
		if err != nil {
			return err
		}
		if !bytes.Equal(s.bytes, w) {
			return fmt.Errorf("%w: line %d has %s, written was %s", ErrReplay, s.line, spell(s.bytes), spell(w))
		}
		if len(p.rest) > 0 && p.rest[0].kind == "." {
			s, _ := p.next(".")
			return &printer.TxError{Sent: s.n, Err: s.err}
		}
	}
	if len(r) == 0 {
		return nil
	}
	s, err := p.next("<")
	if err != nil {
		return err
	}
	if s.n != len(r) {
		return fmt.Errorf("%w: line %d read %d bytes, asked for were %d", ErrReplay, s.line, s.n, len(r))
	}
	if s.err != nil {
		return &printer.TxError{Sent: len(w), Err: s.err}
	}
	copy(r, s.bytes)
	return nil
}

func (p *Replayer) next(kind string) (step, error) {
	if len(p.rest) == 0 {
		return step{}, fmt.Errorf("%w: it ends before this", ErrReplay)
	}
	s := p.rest[0]
	if s.kind != kind {
		return step{}, fmt.Errorf("%w: line %d is no %s", ErrReplay, s.line, kind)
	}
	p.rest, p.at = p.rest[1:], s.at
	return s, nil
}

var errFormat = errors.New(`want SECONDS, then > or < and bytes, or < or . and a number and timeout, denied, busy or broken, or ? paper empty`)

func (s *step) parse(seconds, rest string) error {
	at, err := strconv.ParseFloat(seconds, 64)
	if err != nil || !(at >= 0 && at < 1e9) {
		return errFormat
	}
	s.at = time.Duration(at*1000+0.5) * time.Millisecond
	s.kind, rest, _ = strings.Cut(rest, " ")
	words := strings.Fields(rest)
	if err := s.failure(words); s.kind == "." || s.kind == "<" && err == nil {
		return err
	}
	switch {
	case s.kind == "?" && rest == paperEmpty:
		return nil
	case s.kind == ">", s.kind == "<":
		s.bytes, err = read(words)
		s.n = len(s.bytes)
		return err
	}
	return errFormat
}

func (s *step) failure(words []string) (err error) {
	if len(words) < 2 {
		return errFormat
	}
	if s.n, err = strconv.Atoi(words[0]); err != nil || s.n < 0 {
		return errFormat
	}
	for _, r := range reasons {
		if r.word == words[1] {
			s.err = &recorded{strings.Join(words[2:], " "), r.is}
			return nil
		}
	}
	return errFormat
}

// recorded is an error as it was written down.
type recorded struct {
	text string
	is   error
}

func (e *recorded) Error() string {
	if e.text == "" && e.is != nil {
		return e.is.Error()
	}
	return e.text
}

// Unwrap returns what a driver tells it by, if that was written down.
func (e *recorded) Unwrap() error { return e.is }

// read is the inverse of spell.
func read(words []string) (out []byte, err error) {
	for _, w := range words {
		if text, ok := strings.CutPrefix(w, `"`); ok {
			if text, ok = strings.CutSuffix(text, `"`); !ok || text == "" {
				return nil, errFormat
			}
			out = append(out, text...)
			continue
		}
		code, count, many := strings.Cut(w, "x")
		b, err := hex.DecodeString(code)
		n := 1
		if many && err == nil {
			n, err = strconv.Atoi(count)
		}
		if err != nil || len(b) != 1 || n < 1 || len(out)+n > 1<<24 {
			return nil, errFormat
		}
		out = append(out, bytes.Repeat(b, n)...)
	}
	return out, nil
}
