package printer

import (
	"fmt"
	"strings"
	"time"
)

// Found is what a printer told of itself.
type Found struct {
	Maker, Model, Firmware string   // "" where it doesn't say
	Kanji                  string   // the font of its kanji, such as KANJI JAPANESE
	Answers                Answers  // the best proof that it gives
	Heard                  []string // the questions that it answered, by their names in the reference
	Status                 Status
}

// Probe asks the printer on c what it is and which answers it gives. It prints
// nothing: what a printer takes for letters, because it doesn't know a question,
// is forgotten before the line is full. Nobody else may print meanwhile.
//
// One that answers nothing is Mute. One that is not ready is asked no more than
// how it is, and the error is an [*UnsentError]. now is the clock, as in Opts.
func Probe(c Conn, now func() time.Time) (f Found, err error) {
	d, err := New(c, &Opts{Profile: Profile{Dots: 384, Answers: Realtime}, Now: now})
	if err != nil {
		return f, err
	}
	if err := c.Tx(nil, nil); err != nil { // opens the line, if it can be
		return f, &UnsentError{lost(err), err}
	}
	if _, err := d.drain(); err != nil {
		if d.oneWay() {
			return f, nil // Mute
		}
		return f, fmt.Errorf("printer: probe %v: %w", c, err)
	}
	switch f.Status, err = d.poll(); {
	case err == nil:
		f.Answers, f.Heard = Realtime, []string{"DLE EOT"}
	case !timedOut(err):
		return f, fmt.Errorf("printer: probe %v: %w", c, err)
	}
	if !f.Status.Ready() {
		return f, &UnsentError{f.Status, nil}
	}
	if f.Answers > Mute {
		if err := d.empty(); err != nil {
			return f, fmt.Errorf("printer: probe %v: %w", c, err)
		}
	}
	err = d.probe(&f)
	return f, err
}

// empty ends a command that whoever printed before left open: it would take the
// questions for its data.
func (d *Dev) empty() error {
	d.discard()                       // where that is known
	const most = 128*576/8 + headSize // a band of 80 mm paper
	if err := d.nuls(make([]byte, most)); err != nil {
		return err
	}
	err := d.c.Tx([]byte{esc, '@'}, nil)
	if err != nil {
		d.broke(err)
	}
	return err
}

// probe asks what waits in the printer's buffer behind what came before.
func (d *Dev) probe(f *Found) error {
	heard := map[string]bool{}
	id := fmt.Sprintf("%04d", d.id)
	for _, q := range []struct {
		name  string
		bytes []byte
		kind  kind
		head  string // of a block
		text  *string
	}{
		{"GS I", []byte{gs, 'I', 66}, block, "_", &f.Maker},
		{"GS I", []byte{gs, 'I', 67}, block, "_", &f.Model},
		{"GS I", []byte{gs, 'I', 65}, block, "_", &f.Firmware},
		{"GS I", []byte{gs, 'I', 69}, block, "_", &f.Kanji},
		{"GS a", []byte{gs, 'a', 0xFF}, asb, "", nil},
		{"GS r", []byte{gs, 'r', 1}, single, "", nil},
		{"GS ( H", append([]byte{gs, '(', 'H', 6, 0, 48, 48}, id...), block, "\x37\x22" + id, nil},
	} {
		r, err := d.hear(q.bytes, q.kind, q.head)
		switch {
		case timedOut(err):
			continue
		case err != nil:
			return fmt.Errorf("printer: probe %v: %w", d.c, err)
		}
		if q.text != nil {
			*q.text = strings.TrimSpace(strings.TrimPrefix(string(r.data), q.head))
		}
		if !heard[q.name] {
			heard[q.name], f.Heard = true, append(f.Heard, q.name)
		}
	}
	switch {
	case f.Answers == Mute: // whatever else it says, it can't be asked how it is
	case heard["GS ( H"] && heard["GS a"]:
		f.Answers = ProcessID
	case heard["GS r"] && heard["GS a"] && heard["GS I"]: // by which clearing up ends
		f.Answers = Queued
	}
	return nil
}

// hear sends a question and ESC @, by which a printer that doesn't know the
// question forgets what it took for letters.
func (d *Dev) hear(q []byte, k kind, head string) (answer reply, err error) {
	if err := d.c.Tx(append(q, esc, '@'), nil); err != nil {
		d.broke(err)
		return answer, err
	}
	err = d.await(answerTime/2, func(r reply) bool {
		answer = r
		return r.kind == k && strings.HasPrefix(string(r.data), head)
	})
	return answer, err
}

// Propose returns the profiles that fit, the best first, each with the answers
// that were found, and with text as pictures where the printer names no Japanese
// font: one for another country prints kanji as other letters, and is sure that
// it printed. How wide the paper is a printer can't say.
func (f Found) Propose() (fit []Profile) {
	best := 0
	for _, p := range profiles() {
		if p.Maker == "" || !begins(f.Maker, p.Maker) || !begins(f.Model, p.Model) {
			continue
		}
		if n := 1 + len(p.Model); n > best {
			best, fit = n, nil
		} else if n < best {
			continue
		}
		fit = append(fit, p)
	}
	if len(fit) == 0 { // what every printer can
		name := "clone-58"
		if f.Answers == Mute {
			name = "clone-58-mute"
		}
		if p, err := Named(name); err == nil {
			fit = append(fit, p)
		}
	}
	for i := range fit {
		fit[i].Answers = f.Answers
		if fit[i].Layout >= NativeText && !strings.Contains(strings.ToUpper(f.Kanji), "JAPAN") {
			fit[i].Layout = Cropped
		}
	}
	return fit
}

func begins(text, with string) bool {
	return len(text) >= len(with) && strings.EqualFold(text[:len(with)], with)
}
