package fault

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"pointkiosk/cards"
	"pointkiosk/packaging/proof"
	"pointkiosk/printer"
	"pointkiosk/printer/printertest"
)

const dots = 384 // 58 mm paper

// A tray is a virtual printer in this process, with the papers that came out
// of it: they survive whatever becomes of the kiosk.
type tray struct {
	vp     *printertest.Printer
	lines  lines
	stop   func()
	artist *artist
	dir    string
	seen   int     // pages looked at
	sheets []sheet // those with a readable code, in the order they came out
}

// A sheet is a paper with a code that an independent reader can read.
type sheet struct {
	card  cards.Card
	copy  int  // of which drawing it is; -1 is of none
	whole bool // and not only its upper part
}

// lines counts the connections that are open.
type lines struct {
	net.Listener
	open *atomic.Int64
}

// Accept counts one more.
func (l lines) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err == nil {
		l.open.Add(1)
	}
	return counted{c, l.open, new(atomic.Bool)}, err
}

type counted struct {
	net.Conn
	open   *atomic.Int64
	closed *atomic.Bool
}

// Close counts one less.
func (c counted) Close() error {
	if !c.closed.Swap(true) {
		c.open.Add(-1)
	}
	return c.Conn.Close()
}

// newTray plugs a printer in that prints so many rows a second; 0 is at once.
func newTray(dir string, a *artist, speed int) (*tray, error) {
	vp, err := printertest.New(&printertest.Opts{Dots: dots, Answers: printer.ProcessID, Blade: 120, Speed: speed})
	if err != nil {
		return nil, err
	}
	l, err := printertest.Listen()
	if err != nil {
		return nil, err
	}
	t := &tray{vp: vp, artist: a, dir: dir, lines: lines{l, new(atomic.Int64)}}
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- vp.Serve(ctx, t.lines) }()
	t.stop = func() { cancel(); <-served }
	return t, nil
}

func (t *tray) uri() string { return "tcp://" + t.lines.Addr().String() }

// look waits until the printer is at rest and reads every new page.
func (t *tray) look() error {
	for quiet, n := 0, 0; quiet < 4; n++ {
		if quiet++; t.lines.open.Load() > 0 {
			quiet = 0
		}
		if n > 10_000 {
			return errors.New("the printer does not come to rest")
		}
		time.Sleep(time.Millisecond)
	}
	t.vp.Advance(5 * time.Second) // what is in its buffer
	if errs := t.vp.Errors(); len(errs) > 0 {
		return fmt.Errorf("the printer complains: %w", errors.Join(errs...))
	}
	pages := t.vp.Pages()[t.seen:]
	texts, err := t.read(pages)
	if err != nil {
		return err
	}
	for n, page := range pages {
		t.seen++
		if texts[n] == "" {
			continue
		}
		s, err := t.artist.recognize(page, texts[n])
		if err != nil {
			return fmt.Errorf("page %d: %w", page.Number, err)
		}
		t.sheets = append(t.sheets, s)
	}
	return nil
}

// read lets zbar read the pages, all at once. A page without a code is "".
func (t *tray) read(pages []printertest.Page) ([]string, error) {
	texts := make([]string, len(pages))
	if len(pages) == 0 {
		return texts, nil
	}
	var files []string
	for _, page := range pages {
		file := filepath.Join(t.dir, page.Name())
		var b bytes.Buffer
		if err := page.PNG(&b); err != nil {
			return nil, err
		}
		if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	found, err := proof.Zbar(files...)
	if err != nil {
		return nil, err
	}
	for n, file := range files {
		switch codes := found[file]; len(codes) {
		case 0:
		case 1:
			texts[n] = codes[0]
		default:
			return nil, fmt.Errorf("%s has %d codes", file, len(codes))
		}
	}
	return texts, nil
}

// whole reports whether this very paper lies in the tray, whole.
func (t *tray) whole(c card) bool {
	for _, s := range t.sheets {
		if s.whole && s.card.Serial().String() == c.Serial && s.copy == int(c.Copy) {
			return true
		}
	}
	return false
}
