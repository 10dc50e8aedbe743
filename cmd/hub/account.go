package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

func accountAdd() command {
	return command{
		name: "account add",
		do: func(k *call) error {
			fromStdin := k.flags.Bool("password-stdin", false, "")
			if err := k.parse(1, 1); err != nil {
				return err
			}
			password, err := k.password(*fromStdin)
			if err != nil {
				return err
			}
			return k.with(func(s *store) error { return s.registry.Add(k.ctx, k.rest[0], password) })
		},
	}
}

var errNoPassword = errors.New("account add: no password")

// password reads one line, unseen if it is typed.
func (k *call) password(fromStdin bool) (string, error) {
	if !fromStdin {
		show, err := hideTyping(k.in)
		if err != nil {
			return "", k.misused("hub.use.password")
		}
		defer show()
		fmt.Fprint(k.err, k.Say("hub.password"))
		defer fmt.Fprintln(k.err)
	}
	line, err := bufio.NewReader(k.in).ReadString('\n')
	if line = strings.TrimRight(line, "\r\n"); line == "" {
		return "", errors.Join(errNoPassword, err)
	}
	return line, nil
}

// hideTyping turns a terminal's echo off, until show is called.
func hideTyping(in io.Reader) (show func(), err error) {
	f, ok := in.(*os.File)
	if !ok {
		return nil, os.ErrInvalid
	}
	before, err := unix.IoctlGetTermios(int(f.Fd()), unix.TCGETS)
	if err != nil {
		return nil, err
	}
	hidden := *before
	hidden.Lflag &^= unix.ECHO
	if err := unix.IoctlSetTermios(int(f.Fd()), unix.TCSETS, &hidden); err != nil {
		return nil, err
	}
	return func() { _ = unix.IoctlSetTermios(int(f.Fd()), unix.TCSETS, before) }, nil
}
