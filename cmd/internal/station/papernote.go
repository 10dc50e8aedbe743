package station

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"pointkiosk/kiosk"
)

// A PaperNote is how the printer was when the running kiosk last asked it, for
// whoever looks beside it: the printer is the kiosk's own.
type PaperNote struct {
	kiosk.Paper
	Detail string    `json:",omitempty"` // what the line said
	At     time.Time // when
}

const noteFile = "printer.json"

// noteEvery is how old a note may become while nothing changes.
const noteEvery = time.Minute

// note is what was said last.
func (p *paper) note() PaperNote {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.said
}

// notePaper asks the printer how it is, and keeps the answer where it is new,
// or the last one old.
func (s *Station) notePaper(last *PaperNote) func(context.Context) kiosk.Paper {
	return func(ctx context.Context) kiosk.Paper {
		out := s.printer.Paper(ctx)
		n := s.printer.note()
		n.At = s.opts.Now()
		if n.Paper == last.Paper && n.Detail == last.Detail && n.At.Sub(last.At) < noteEvery && !n.At.Before(last.At) {
			return out
		}
		*last = n
		if err := n.save(s.opts.Dir); err != nil {
			s.opts.Log.Warn("printer", "error", err)
		}
		return out
	}
}

// save writes the note whole or not at all. It need not outlive a power cut.
func (n PaperNote) save(dir string) error {
	text, err := json.Marshal(n)
	if err != nil {
		return fmt.Errorf("station: note on the printer: %w", err)
	}
	name := filepath.Join(dir, noteFile)
	if err := os.WriteFile(name+".new", text, 0o644); err != nil {
		return fmt.Errorf("station: note on the printer: %w", err)
	}
	if err := os.Rename(name+".new", name); err != nil {
		return fmt.Errorf("station: note on the printer: %w", err)
	}
	return nil
}

// PaperNote returns the running kiosk's last note on its printer; ok is false
// where there is none.
func (s *Station) PaperNote() (n PaperNote, ok bool, err error) {
	text, err := os.ReadFile(filepath.Join(s.opts.Dir, noteFile))
	if errors.Is(err, fs.ErrNotExist) {
		return n, false, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &n)
	}
	if err != nil {
		return n, false, fmt.Errorf("station: note on the printer: %w", err)
	}
	return n, true, nil
}
