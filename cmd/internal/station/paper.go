package station

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"pointkiosk/cards/face"
	"pointkiosk/kiosk"
	"pointkiosk/printer"
	"pointkiosk/printer/printertest"
	"pointkiosk/printer/wire"
)

// paper is the printer as the kiosk sees it. Issuing and the watch on the
// paper pill take turns.
type paper struct {
	mu   sync.Mutex
	dev  *printer.Dev
	wire io.Closer
	log  *slog.Logger

	unmade unmade
	said   PaperNote // last
}

// openPaper opens the printer. What passes over its line is written to record,
// if that isn't nil.
func openPaper(s Printer, log *slog.Logger, record io.Writer) (*paper, error) {
	model, err := s.profile()
	if err != nil {
		return nil, err
	}
	p := &paper{log: log}
	opts := &printer.Opts{Profile: model, Ping: s.Ping || strings.HasPrefix(s.URI, "serial:"), Beep: s.Beep, StopAtNearEnd: s.Stop}
	if model.Layout >= printer.NativeText {
		if opts.Draw, err = letters(); err != nil {
			return nil, err
		}
	}
	l, err := connect(s.URI, model, opts.Draw)
	if err != nil {
		return nil, err
	}
	p.wire, opts.Now = l.closer, l.now
	if record != nil {
		r := wire.NewRecorder(l.conn, record, time.Now)
		l.conn, opts.Now = r, r.Now
	}
	p.dev, err = printer.New(l.conn, opts)
	if err != nil {
		return nil, errors.Join(err, p.Close())
	}
	return p, nil
}

// line is the way to a printer, with its clock.
type line struct {
	conn   printer.Conn
	closer io.Closer        // nil where nothing is to be closed
	now    func() time.Time // nil is the usual one
}

func connect(uri string, model printer.Profile, font func(rune) printer.Raster) (line, error) {
	if strings.HasPrefix(uri, "virtual:") {
		v, err := virtual(uri, model, font)
		if err != nil {
			return line{}, err
		}
		return line{conn: v, now: v.Now}, nil
	}
	w, err := wire.Open(uri, nil)
	if err != nil {
		return line{}, err
	}
	return line{conn: w, closer: w}, nil
}

// virtual opens virtual:DIR, a printer whose pages are PNG files. It prints at
// once; virtual:DIR?rows=1200 takes as long as paper does, in rows a second.
func virtual(uri string, model printer.Profile, font func(rune) printer.Raster) (*printertest.Printer, error) {
	dir, query, _ := strings.Cut(strings.TrimPrefix(uri, "virtual:"), "?")
	opts := printertest.Like(model)
	opts.Dir, opts.Blade, opts.Skills.Font = dir, 0, font
	if query != "" {
		rows, err := strconv.Atoi(strings.TrimPrefix(query, "rows="))
		if err != nil || rows <= 0 {
			return nil, fmt.Errorf("station: %s is not like virtual:DIR?rows=1200", uri)
		}
		opts.Speed, opts.Sleep = rows, time.Sleep
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("station: virtual printer: %w", err)
	}
	return printertest.New(opts)
}

// nearEnd is how many rows before its roll ends a virtual printer says so: 10 cm.
const nearEnd = 800

// Virtual returns a printer of the settings' profile whose papers are PNG files
// in dir, for [printertest.Printer.Serve]. It prints so many rows a second, or
// as many as its model.
func Virtual(s Printer, dir string, rows int, page func(printertest.Page)) (*printertest.Printer, error) {
	model, err := s.profile()
	if err != nil {
		return nil, err
	}
	opts := printertest.Like(model)
	opts.Dir, opts.OnPage, opts.NearEnd = dir, page, nearEnd
	if opts.Speed = rows; rows <= 0 {
		opts.Speed = model.Speed
	}
	if opts.Skills.Font, err = letters(); err != nil {
		return nil, err
	}
	return printertest.New(opts)
}

// Close lets go of the line.
func (p *paper) Close() error {
	if p.wire == nil {
		return nil
	}
	return p.wire.Close()
}

// Paper asks the printer how it is. One that said it was ready and could not be
// prepared is out of order until it can.
func (p *paper) Paper(context.Context) kiosk.Paper {
	p.mu.Lock()
	defer p.mu.Unlock()
	s, err := p.dev.Status()
	switch {
	case err != nil || !s.Ready():
		p.unmade.wait, p.unmade.again = 0, time.Time{} // when it is back, at once
	case p.unmade.is && !time.Now().Before(p.unmade.again):
		return p.prepare()
	case p.unmade.is:
		return p.said.Paper
	}
	return p.tell(s, err)
}

// Prepare makes the printer ready for a card.
func (p *paper) Prepare(context.Context) kiosk.Paper {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.prepare()
}

// An unmade printer was ready and could not be prepared: its profile may be
// another one's. Each try may cut off some paper, so they become rare.
type unmade struct {
	is    bool
	again time.Time
	wait  time.Duration
}

const longestWait = 5 * time.Minute

func (p *paper) prepare() kiosk.Paper {
	s, err := p.dev.Prepare()
	u := &p.unmade
	if u.is = err != nil; u.is {
		u.again = time.Now().Add(u.wait)
		u.wait = min(max(2*u.wait, 4*time.Second), longestWait)
	} else {
		u.wait = 0
	}
	return p.tell(s, err)
}

// tell turns a status into what the kiosk knows of it, and logs what is new.
func (p *paper) tell(s printer.Status, err error) kiosk.Paper {
	note := PaperNote{Paper: kiosk.Paper{Ready: s.Ready(), Low: s.NearEnd, Blind: s.Ready() && !s.Known}}
	if !note.Ready {
		note.Code, note.Todo = s.Code(), s.Todo()
	}
	if err != nil {
		note.Detail = err.Error()
	}
	switch was := p.said; {
	case was.Paper == note.Paper && was.Detail == note.Detail:
	case note.Ready:
		p.log.Info("printer", "status", s)
	default:
		p.log.Warn("printer", "status", s, "error", err)
	}
	p.said = note
	return note.Paper
}

// Print prints a card and says how sure it is.
func (p *paper) Print(_ context.Context, d *face.Drawn) kiosk.Outcome {
	p.mu.Lock()
	defer p.mu.Unlock()
	proof, err := p.dev.Print(job(d)...)
	var doubt *printer.UncertainError
	switch {
	case errors.As(err, &doubt):
		p.log.Warn("card uncertain", "printer", p.dev.String(), "error", err)
		if doubt.Torn {
			return kiosk.Torn
		}
		return kiosk.Doubtful
	case err != nil:
		p.log.Warn("card not sent", "printer", p.dev.String(), "error", err)
		return kiosk.NotSent
	case proof == printer.Printed:
		return kiosk.CameOut
	}
	return kiosk.Presumably
}
