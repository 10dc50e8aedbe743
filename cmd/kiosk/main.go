// Command kiosk is the machine with its window.
package main

import (
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"
	_ "modernc.org/sqlite"

	"pointkiosk/cmd/internal/station"
	"pointkiosk/cmd/internal/tongue"
	"pointkiosk/kiosk"
	"pointkiosk/kiosk/account"
	"pointkiosk/kiosk/wizard"
	"pointkiosk/ui"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	os.Exit(status(err))
}

// status is the exit status: 0 done, 1 not done, 2 not understood.
func status(err error) int {
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return 0
	case errors.Is(err, errUsage):
		return 2
	}
	fmt.Fprintln(os.Stderr, "kiosk:", err)
	return 1
}

func run(ctx context.Context, args []string) error {
	l, err := read(tongue.Words(os.Getenv), args, os.Stdout, os.Stderr)
	if err != nil {
		return err
	}
	if err := noDumps(); err != nil {
		return err
	}
	settings, err := station.Load(l.config)
	if err != nil {
		return err
	}
	if dir, ok := strings.CutPrefix(settings.Printer.URI, "virtual:"); ok && !filepath.IsAbs(dir) {
		settings.Printer.URI = "virtual:" + filepath.Join(l.data, dir)
	}
	settings = l.over(settings)
	s, err := station.Open(ctx, station.Opts{
		Dir: l.data, Settings: settings, Driver: "sqlite", Now: time.Now, Rand: rand.Reader,
		Log: slog.New(slog.NewTextHandler(os.Stderr, nil)),
	})
	if err != nil {
		return err
	}
	end := func(err error) error { return errors.Join(err, s.Close()) }
	return end(window(ctx, s, settings.Screen, func(err error) { os.Exit(status(end(err))) }))
}

// window shows the screens until the window is closed or ctx ends. Whatever is
// being printed is waited for. Where Fyne does not come back, stuck ends the process.
func window(ctx context.Context, s *station.Station, screen station.Screen, stuck func(error)) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if err := usual(); err != nil {
		return err
	}
	a := app.NewWithID("jp.pointkiosk.kiosk")
	a.Settings().SetTheme(ui.Theme())
	w := a.NewWindow("Point Kiosk")
	events := make(queue, 16)
	news := func(e kiosk.Event) { events.news(ctx, e) }
	root := ui.NewRoot(events.tap, &ui.Opts{})
	w.SetPadded(false)
	w.SetContent(root.Object())
	root.Listen(w.Canvas())
	w.Resize(fyne.NewSize(float32(screen.Width), float32(screen.Height)))
	w.SetFullScreen(screen.FullScreen)

	desk := s.NewDesk()
	first := kiosk.First(kiosk.Look{Lang: screen.Lang, Size: kiosk.Medium}, desk.Arrive(ctx).Site, time.Duration(screen.Idle)*time.Minute)
	plate := s.Panel(events.tap)
	show := func(st kiosk.State) { plate.Show(st); fyne.Do(func() { root.Show(st) }) }
	var parts sync.WaitGroup
	var watched error
	var over once
	a.Lifecycle().SetOnStarted(func() {
		parts.Go(func() { kiosk.Run(ctx, first, events, desk.Do, show) })
		parts.Go(func() { watched = desk.Watch(ctx, news) })
		parts.Go(func() { tick(ctx, desk, news) })
		parts.Go(func() { plate.Run(ctx) })
		go func() {
			<-ctx.Done()
			parts.Wait()
			fyne.Do(a.Driver().Quit) // not a.Quit: that closes the window, which a signal may have ended before
			over.last(quitWait, func() { stuck(watched) })
		}()
	})
	w.SetCloseIntercept(cancel)
	w.Show()
	a.Run()
	over.first()
	cancel()
	parts.Wait()
	return watched
}

// quitWait is how long Fyne has to come back when it was told to. As it stops it waits
// for its last event, and may have lost that: it looks whether its queue is empty while
// the event is on its way there (v2.7.1, internal/driver/glfw/loop.go, runGL).
const quitWait = 5 * time.Second

// A once lets the first of two go on, and no other.
type once struct{ gone atomic.Bool }

// first goes on, or never comes back.
func (o *once) first() {
	if !o.gone.CompareAndSwap(false, true) {
		select {}
	}
}

// last does what is left to do if nobody has gone on after some time.
func (o *once) last(wait time.Duration, do func()) {
	time.Sleep(wait)
	if o.gone.CompareAndSwap(false, true) {
		do()
	}
}

// A queue is what waits to be taken up.
type queue chan kiosk.Event

// tap never makes the screen wait: a tap too many is dropped.
func (q queue) tap(e kiosk.Event) {
	select {
	case q <- e:
	default:
		wizard.Drop(e)
		account.Drop(e)
	}
}

// news waits its turn.
func (q queue) news(ctx context.Context, e kiosk.Event) {
	select {
	case q <- e:
	case <-ctx.Done():
	}
}

// usual makes one unit of Fyne one pixel, unless the environment says otherwise.
func usual() error {
	for name, value := range map[string]string{"FYNE_SCALE": "1", "FYNE_DISABLE_DPI_DETECTION": "true"} {
		if os.Getenv(name) == "" {
			if err := os.Setenv(name, value); err != nil {
				return err
			}
		}
	}
	return nil
}

// tick tells the time every second, and now and again what may be issued.
func tick(ctx context.Context, desk *station.Desk, send func(kiosk.Event)) {
	second := time.NewTicker(time.Second)
	defer second.Stop()
	for n := 0; ; n++ {
		send(kiosk.Tick{Now: time.Now()})
		if n%10 == 0 {
			send(desk.Arrive(ctx))
		}
		select {
		case <-ctx.Done():
			return
		case <-second.C:
		}
	}
}
