package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"pointkiosk/assets/words"
	"pointkiosk/kiosk"
)

// terminals opens both ends of a pseudo-terminal (pty(7)).
func terminals(t *testing.T) (user, program *os.File) {
	t.Helper()
	user, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { user.Close() })
	if err := unix.IoctlSetPointerInt(int(user.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(int(user.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	program, err = os.OpenFile(fmt.Sprint("/dev/pts/", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { program.Close() })
	return user, program
}

func echoes(t *testing.T, f *os.File) bool {
	t.Helper()
	s, err := unix.IoctlGetTermios(int(f.Fd()), unix.TCGETS)
	if err != nil {
		t.Fatal(err)
	}
	return s.Lflag&unix.ECHO != 0
}

// asked waits until the terminal is silent.
func asked(t *testing.T, f *os.File) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); echoes(t, f); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the terminal still shows what is typed")
		}
	}
}

// What is typed at a terminal does not show there, and what is typed after it
// shows again.
func TestSecretAtTerminal(t *testing.T) {
	user, program := terminals(t)
	c := &call{ctx: t.Context(), words: words.In("en"), in: program, err: program}
	got := make(chan kiosk.PIN, 1)
	go func() {
		pin, err := c.secret("PIN: ")
		if err != nil {
			t.Error(err)
		}
		got <- pin
	}()
	asked(t, program)
	if _, err := io.WriteString(user, "2468\n"); err != nil {
		t.Fatal(err)
	}
	if pin := <-got; string(pin) != "2468" {
		t.Errorf("the PIN came as %d characters", len(pin))
	}
	if !echoes(t, program) {
		t.Error("the terminal stays silent")
	}
	shown := make([]byte, 100)
	n, err := user.Read(shown)
	if err != nil || !bytes.HasPrefix(shown[:n], []byte("PIN: ")) || bytes.Contains(shown[:n], []byte("2468")) {
		t.Errorf("it shows %q, %v", shown[:n], err)
	}
}

// Ctrl-C while a PIN is asked for ends it, and the terminal is as before.
func TestSecretStopped(t *testing.T) {
	_, program := terminals(t)
	ctx, stop := context.WithCancel(t.Context())
	c := &call{ctx: ctx, words: words.In("en"), in: program, err: io.Discard}
	ended := make(chan error, 1)
	go func() {
		_, err := c.secret("")
		ended <- err
	}()
	asked(t, program)
	stop()
	if err := <-ended; !errors.Is(err, context.Canceled) || !echoes(t, program) {
		t.Errorf("%v", err)
	}
}

// Two secrets on standard input, a line each; the second needs no end.
func TestSecretsPiped(t *testing.T) {
	c := &call{ctx: t.Context(), in: strings.NewReader("2468\r\n1357"), err: io.Discard}
	for _, want := range []string{"2468", "1357", ""} {
		if got, err := c.secret("PIN: "); err != nil || string(got) != want {
			t.Errorf("%d characters, %v", len(got), err)
		}
	}
}
