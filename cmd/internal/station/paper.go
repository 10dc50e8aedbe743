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
}

// openPaper opens the printer. What passes over its line is written to record,
// if that isn't nil.
func openPaper(s Printer, log *slog.Logger, record io.Writer) (*paper, error) {
	model, err := s.profile()
	if err != nil {
		return nil, err
	}
	p := &paper{log: log}
	opts := &printer.Opts{Profile: model, Ping: strings.HasPrefix(s.URI, "serial:"), Beep: s.Beep, StopAtNearEnd: s.Stop}
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

// Paper asks the printer how it is.
func (p *paper) Paper(context.Context) kiosk.Paper {
	p.mu.Lock()
	defer p.mu.Unlock()
	s, err := p.dev.Status()
	if err != nil {
		p.log.Debug("printer", "status", s, "error", err)
	}
	out := kiosk.Paper{Ready: s.Ready(), Low: s.NearEnd}
	if !out.Ready {
		out.Code, out.Todo = s.Code(), s.Todo()
	}
	return out
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
		return kiosk.Doubtful
	case err != nil:
		p.log.Warn("card not sent", "printer", p.dev.String(), "error", err)
		return kiosk.NotSent
	case proof == printer.Printed:
		return kiosk.CameOut
	}
	return kiosk.Presumably
}
