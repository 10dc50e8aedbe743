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
	"pointkiosk/hub/revocation"
)

func serveCommand() command {
	return command{
		name: "serve",
		do:   serve,
	}
}

// What a running hub takes its time for.
const (
	lapseEvery   = 10 * time.Minute
	shutdownTime = 15 * time.Second
)

func serve(k *call) error {
	listen := k.flags.String("listen", "127.0.0.1:8080", "")
	host := k.flags.String("host", "", "")
	base := k.flags.String("url", "", "")
	plainHTTP := k.flags.Bool("plain-http", false, "")
	ocspURL := k.flags.String("ocsp", "", "")
	crlFrom := k.flags.String("crl", "", "")
	database := k.flags.String("database", "", "")
	if err := k.parse(0, 0); err != nil {
		return err
	}
	claims, err := cards.ParseHost(*host)
	if err != nil && *host != "" {
		return k.misused("hub.use.bad", err)
	}
	log := slog.New(slog.NewTextHandler(k.err, nil))
	at, err := findPlace(*k.data, *database)
	if err != nil {
		return err
	}
	s, err := openStoreAt(k.ctx, at, true, askers(*ocspURL, *crlFrom, log))
	if err != nil {
		return err
	}
	defer s.Close()
	if err := s.warn(k, log); err != nil {
		return err
	}
	if claims != "" {
		if err := s.ledger.SetHost(k.ctx, claims); err != nil {
			return err
		}
	}
	return k.serveOn(s, log, *listen, *base, !*plainHTTP)
}

// serveOn answers at an address until the call ends.
func (k *call) serveOn(s *store, log *slog.Logger, listen, base string, secure bool) error {
	server, err := hub.New(&hub.Opts{Ledger: s.ledger, Registry: s.registry, PageKey: s.keys.page, Ready: s.ready, Log: log, Secure: secure})
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", listen)
	if err != nil {
		return err
	}
	address := cmp.Or(base, "http://"+l.Addr().String()+"/")
	if err := s.keepAddress(address); err != nil {
		return errors.Join(err, l.Close())
	}
	fmt.Fprintln(k.out, k.Say("hub.serve.answering", address))
	return answer(k.ctx, s, l, server.Handler(), log)
}

// askers are whom the hub asks about certificates: OCSP first, then the list.
func askers(ocspURL, crlFrom string, log *slog.Logger) asks {
	var all revocation.Any
	if ocspURL != "" {
		all = append(all, revocation.NewOCSP(ocspURL, &revocation.Opts{}))
	}
	if crlFrom != "" {
		all = append(all, revocation.NewCRL(crlFrom, &revocation.Opts{}))
	}
	if len(all) == 0 {
		return asks{}
	}
	return asks{revocation: all, trouble: func(err error) { log.Warn("a certificate was not checked for revocation", "error", err) }}
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

// lapse ends the cards and the points of days gone by, at start and then now
// and again.
func lapse(ctx context.Context, s *store, log *slog.Logger) {
	for {
		done, err := lapseOnce(ctx, s, time.Now(), log)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			log.Error("lapse", "error", err)
		case done != (lapses{}):
			log.Info("days gone by", "cards lapsed", done.cards, "claims ended that waited", done.waits, "lots expired", done.lots)
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

var errNoAddress = errors.New("where kiosks reach this hub is not known")

// address is where kiosks reach the hub: as said, or as serve last said.
func (s *store) address(said string) (string, error) {
	if said != "" {
		return said, nil
	}
	text, err := os.ReadFile(filepath.Join(s.dir, "hub.url"))
	if err != nil {
		return "", errNoAddress
	}
	return strings.TrimSpace(string(text)), nil
}

// clockTrust is how far the clock may be past the last time that was trusted
// for cards and points to be ended by it. A claim is judged by its day all the
// same.
const clockTrust = 48 * time.Hour

// lapses are how many ended.
type lapses struct{ cards, waits, lots int }

// lapseOnce ends the cards and points of days gone by, unless the clock may be
// far ahead: what has ended never comes back. It is trusted if it went on from
// when points moved last, or from when it was last trusted: on a quiet hub too,
// days go by.
func lapseOnce(ctx context.Context, s *store, now time.Time, log *slog.Logger) (done lapses, err error) {
	last, err := s.ledger.LastMoved(ctx)
	if err != nil || last.IsZero() {
		return done, err
	}
	if info, err := os.Stat(s.trusted()); err == nil && info.ModTime().After(last) {
		last = info.ModTime()
	}
	if now.Sub(last) > clockTrust {
		log.Warn("nothing lapses or expires until points move: is the clock right?", "last", last.In(cards.Japan))
		return done, nil
	}
	if err := s.trust(now); err != nil {
		return done, err
	}
	if done.cards, err = s.ledger.Lapse(ctx); err != nil {
		return done, err
	}
	if done.waits, err = s.ledger.EndWaits(ctx); err != nil {
		return done, err
	}
	done.lots, err = s.ledger.Expire(ctx)
	return done, err
}

// trusted is a file whose date is when the clock was last trusted.
func (s *store) trusted() string { return filepath.Join(s.dir, "clock") }

func (s *store) trust(now time.Time) error {
	f, err := os.OpenFile(s.trusted(), os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), os.Chtimes(s.trusted(), now, now))
}
