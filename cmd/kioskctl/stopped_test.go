package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"
	"testing"

	"pointkiosk/assets/words"
	"pointkiosk/cards"
	"pointkiosk/cmd/internal/press"
	"pointkiosk/kiosk/journal"
)

// A shelf has orders, or can't be read.
type shelf struct {
	press.Journal
	orders []journal.Order
	err    error
}

func (s shelf) Orders(context.Context) ([]journal.Order, error) { return s.orders, s.err }

// Who is stopped over an order reads how to go on, and only where that helps.
func TestStopped(t *testing.T) {
	is := func(state cards.State) shelf {
		return shelf{orders: []journal.Order{{Request: "june", State: cards.Making}, {Request: "may", State: state}}}
	}
	full := fmt.Errorf("press: %w", &fs.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC})
	broken := fmt.Errorf("press: %w", &fs.PathError{Op: "mkdir", Path: "x", Err: syscall.EIO})
	ja := words.In("ja")
	for _, tt := range []struct {
		name string
		shelf
		err  error
		cut  bool
		want string // "": the error as it is
	}{
		{"full", is(cards.Making), full, false, ja.Say("cli.sheets.full", "may", "may")},
		{"full, and cut off", is(cards.Making), full, true, ja.Say("cli.sheets.full", "may", "may")},
		{"full, of a reprint", is(cards.Made), full, false, ""},
		{"full before a number was taken", shelf{}, full, false, ""},
		{"broken", is(cards.Making), broken, false, ja.Say("cli.sheets.unwritten", "may", "may")},
		{"read-only", is(cards.Making), syscall.EROFS, false, ja.Say("cli.sheets.unwritten", "may", "may")},
		{"pulled out", is(cards.Making), syscall.ENODEV, false, ja.Say("cli.sheets.unwritten", "may", "may")},
		{"not allowed", is(cards.Making), fs.ErrPermission, false, ja.Say("cli.sheets.unwritten", "may", "may")},
		{"broken, and cut off", is(cards.Making), broken, true, ja.Say("cli.sheets.cut", "may", "may")},
		{"broken, of a reprint", is(cards.Made), broken, false, ""},
		{"broken before a number was taken", shelf{}, broken, false, ""},
		{"broken, and nothing can be read", shelf{err: broken}, broken, false, ""},
		{"cut off", is(cards.Making), context.Canceled, true, ja.Say("cli.sheets.cut", "may", "may")},
		{"cut off, of a reprint", is(cards.Made), context.Canceled, true, ja.Say("cli.sheets.cut.again", "may")},
		{"another error", is(cards.Making), errors.New("x"), false, ""},
	} {
		ctx, cut := context.WithCancel(t.Context())
		if tt.cut {
			cut()
		}
		c := &call{ctx: ctx, words: ja}
		err := c.stopped(&press.Press{Journal: tt.shelf}, "may", tt.err)
		cut()
		var told *toldError
		got := ""
		if errors.As(err, &told) {
			got = told.text
		}
		if got != tt.want || !errors.Is(err, tt.err) {
			t.Errorf("%s: %q, %v; want %q", tt.name, strings.TrimSpace(got), err, tt.want)
		}
	}
}
