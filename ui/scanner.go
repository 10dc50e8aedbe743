package ui

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"pointkiosk/kiosk"
	"pointkiosk/kiosk/account"
	"pointkiosk/kiosk/wizard"
)

// A scanner is a hand scanner that types what it reads and ends it with Enter or
// Tab. What it types is here until then, and nowhere else.
type scanner struct {
	clock func() time.Time
	send  func(kiosk.Event)
	text  [maxScan + 1]byte // one more than any card has: too long is no card either
	n     int
	last  time.Time
}

const (
	maxScan = 400         // bytes; cards.Normalize takes no more
	scanGap = time.Second // a longer pause is another scan, or a hand on a keyboard
)

// Listen takes what a hand scanner types into the window. Nothing else in it takes
// keys.
func (r *Root) Listen(c fyne.Canvas) {
	s := r.scanner
	c.SetOnTypedRune(s.typed)
	c.SetOnTypedKey(func(k *fyne.KeyEvent) {
		if k.Name == fyne.KeyReturn || k.Name == fyne.KeyEnter {
			s.done()
		}
	})
	if d, ok := c.(desktop.Canvas); ok { // Fyne keeps Tab for itself
		d.SetOnKeyDown(func(k *fyne.KeyEvent) {
			if k.Name == fyne.KeyTab {
				s.done()
			}
		})
	}
}

func (s *scanner) typed(r rune) {
	now := s.clock()
	if now.Sub(s.last) > scanGap {
		s.forget()
	}
	s.last = now
	for _, b := range []byte(string(r)) {
		if s.n < len(s.text) {
			s.text[s.n] = b
			s.n++
		}
	}
}

// done sends what was scanned, once, and overwrites it.
func (s *scanner) done() {
	if s.clock().Sub(s.last) > scanGap {
		s.forget()
	}
	if s.n == 0 {
		return
	}
	typed := wizard.NewTyped(s.text[:s.n])
	s.forget()
	s.send(account.Scanned{Text: typed})
}

// rest forgets what has no end: it was no scan.
func (s *scanner) rest() {
	if s.n > 0 && s.clock().Sub(s.last) > scanGap {
		s.forget()
	}
}

func (s *scanner) forget() {
	clear(s.text[:])
	s.n = 0
}
