package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"pointkiosk/cards"
	"pointkiosk/hub"
)

func serveCommand() command {
	return command{
		name: "serve", args: "[--listen ADDR] [--host CLAIMHOST]",
		help: "answers kiosks and residents until it is told to end",
		tells: `An empty directory becomes a new hub, with keys of its own in DIR/keys.
  hub serve --data /var/lib/pointkiosk-hub --listen 127.0.0.1:8080 --host p.example.jp`,
		do: serve,
	}
}

// What a running hub takes its time for.
const (
	lapseEvery   = 10 * time.Minute
	shutdownTime = 15 * time.Second
)

func serve(k *call) error {
	listen := k.flags.String("listen", "127.0.0.1:8080", "the `ADDR` to answer on; port 0 takes a free one")
	host := k.flags.String("host", "", "the `CLAIMHOST` that cards name; once said it is kept")
	base := k.flags.String("url", "", "the `URL` at which kiosks reach this hub (http://ADDR/ if not said)")
	plainHTTP := k.flags.Bool("plain-http", false, "cookies travel without https too: only to try things out")
	if err := k.parse(0, 0); err != nil {
		return err
	}
	claims, err := cards.ParseHost(*host)
	if err != nil && *host != "" {
		return usageError(err.Error())
	}
	s, err := openStore(k.ctx, *k.data, true)
	if err != nil {
		return err
	}
	defer s.Close()
	if claims != "" {
		if err := s.ledger.SetHost(k.ctx, claims); err != nil {
			return err
		}
	}
	log := slog.New(slog.NewTextHandler(k.err, nil))
	server, err := hub.New(&hub.Opts{Ledger: s.ledger, Registry: s.registry, PageKey: s.keys.page, Ready: s.ready, Log: log, Secure: !*plainHTTP})
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", *listen)
	if err != nil {
		return err
	}
	address := cmp.Or(*base, "http://"+l.Addr().String()+"/")
	if err := s.keepAddress(address); err != nil {
		return errors.Join(err, l.Close())
	}
	fmt.Fprintln(k.out, "hub: answering at", address)
	return answer(k.ctx, s, l, server.Handler(), log)
}

// answer serves until ctx ends, and then lets what has begun come to its end.
func answer(ctx context.Context, s *store, l net.Listener, h http.Handler, log *slog.Logger) error {
	server := &http.Server{
		Handler: h, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn), MaxHeaderBytes: 16 << 10,
		ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second, WriteTimeout: time.Minute, IdleTimeout: 2 * time.Minute,
	}
	lapsed := make(chan struct{})
	lapseCtx, stopLapse := context.WithCancel(ctx)
	go func() { defer close(lapsed); lapse(lapseCtx, s, log) }()
	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }()
	var err error
	select {
	case err = <-served:
	case <-ctx.Done():
		late, cancel := context.WithTimeout(context.Background(), shutdownTime)
		defer cancel()
		err = server.Shutdown(late)
	}
	stopLapse()
	<-lapsed
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// lapse ends the cards of days gone by, now and again.
func lapse(ctx context.Context, s *store, log *slog.Logger) {
	for {
		n, err := lapseOnce(ctx, s, time.Now(), log)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			log.Error("lapse", "error", err)
		case n > 0:
			log.Info("cards lapsed", "cards", n)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(lapseEvery):
		}
	}
}

// keepAddress lets the other commands know where this hub is.
func (s *store) keepAddress(base string) error {
	return os.WriteFile(filepath.Join(s.dir, "hub.url"), []byte(base+"\n"), 0o600)
}

// address is where kiosks reach the hub: as said, or as serve last said.
func (s *store) address(said string) (string, error) {
	if said != "" {
		return said, nil
	}
	text, err := os.ReadFile(filepath.Join(s.dir, "hub.url"))
	if err != nil {
		return "", usageError("say --url, where kiosks reach this hub")
	}
	return strings.TrimSpace(string(text)), nil
}

// clockTrust is how far the clock may be past the last movement of points for
// cards to be ended by it. A claim is judged by its day all the same.
const clockTrust = 48 * time.Hour

// lapseOnce ends the cards of days gone by, unless the clock may be far ahead:
// what has lapsed never comes back.
func lapseOnce(ctx context.Context, s *store, now time.Time, log *slog.Logger) (int, error) {
	last, err := s.ledger.LastMoved(ctx)
	if err != nil || last.IsZero() {
		return 0, err
	}
	if now.Sub(last) > clockTrust {
		log.Warn("no card lapses until points move: is the clock right?", "last", last.In(cards.Japan))
		return 0, nil
	}
	return s.ledger.Lapse(ctx)
}
