package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/sys/unix"

	"pointkiosk/kiosk"
)

// terminal is standard input where that is a terminal, else nil.
func (c *call) terminal() *os.File {
	f, ok := c.in.(*os.File)
	if !ok {
		return nil
	}
	if _, err := unix.IoctlGetTermios(int(f.Fd()), unix.TCGETS); err != nil {
		return nil
	}
	return f
}

// secret reads a line that nobody else may see: from a terminal without
// showing it, else from standard input. It is never an argument: command lines
// are kept.
func (c *call) secret(ask string) (kiosk.PIN, error) {
	f := c.terminal()
	if f == nil {
		line, err := c.line()
		return kiosk.PIN(line), err
	}
	before, err := unix.IoctlGetTermios(int(f.Fd()), unix.TCGETS)
	if err != nil {
		return "", err
	}
	silent := *before
	silent.Lflag &^= unix.ECHO
	if err := unix.IoctlSetTermios(int(f.Fd()), unix.TCSETS, &silent); err != nil {
		return "", err
	}
	fmt.Fprint(c.err, ask)
	line, err := c.typed()
	fmt.Fprintln(c.err) // in the place of the one that did not show
	return kiosk.PIN(line), errors.Join(err, unix.IoctlSetTermios(int(f.Fd()), unix.TCSETS, before))
}

// typed reads a line, or ends with Ctrl-C while it waits.
func (c *call) typed() (string, error) {
	type answer struct {
		line string
		err  error
	}
	got := make(chan answer, 1)
	go func() {
		line, err := c.line()
		got <- answer{line, err}
	}()
	select {
	case a := <-got:
		return a.line, a.err
	case <-c.ctx.Done():
		return "", c.ctx.Err()
	}
}

// line reads one line of standard input, and not a byte more: another may be
// asked for.
func (c *call) line() (string, error) {
	var text []byte
	var b [1]byte
	for len(text) < 1000 {
		n, err := c.in.Read(b[:])
		if n == 1 && b[0] == '\n' {
			break
		}
		text = append(text, b[:n]...)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return "", err
		}
	}
	return strings.TrimSpace(string(text)), nil
}
