package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

func accountAdd() command {
	return command{
		name: "account add", args: "ID [--password-stdin]",
		help:  "makes a resident's account: a MyKey ID with a password",
		tells: "  hub account add A2B3C4D5 --password-stdin < password.txt",
		do: func(k *call) error {
			fromStdin := k.flags.Bool("password-stdin", false, "read the password from the standard input instead of asking for it")
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

// password reads one line, unseen if it is typed.
func (k *call) password(fromStdin bool) (string, error) {
	if !fromStdin {
		show, err := hideTyping(k.in)
		if err != nil {
			return "", usageError("account add: nobody can type a password here: say --password-stdin")
		}
		defer show()
		fmt.Fprint(k.err, "password: ")
		defer fmt.Fprintln(k.err)
	}
	line, err := bufio.NewReader(k.in).ReadString('\n')
	if line = strings.TrimRight(line, "\r\n"); line == "" {
		return "", fmt.Errorf("account add: no password: %w", err)
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
