package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"pointkiosk/packaging/proof"
)

// said is output that is read while it is written.
type said struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *said) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(b)
}

func (s *said) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// until waits for a text, and returns all that was said so far.
func (s *said) until(t *testing.T, want string) string {
	t.Helper()
	for range 1000 {
		if strings.Contains(s.String(), want) {
			return s.String()
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("no %q in %q", want, s.String())
	return ""
}

// TestPrinterVirtual prints on a virtual printer as on any other, lets its
// paper end and gives it more.
func TestPrinterVirtual(t *testing.T) {
	for _, lang := range []string{"ja_JP.UTF-8", "en_US.UTF-8"} {
		t.Setenv("LC_ALL", lang)
		dir := t.TempDir()
		in, typed := io.Pipe()
		out := new(said)
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() {
			ended <- run(ctx, []string{"printer", "virtual", "--listen", "127.0.0.1:0", filepath.Join(dir, "paper")}, in, out, out)
		}()
		first := out.until(t, "\n")
		_, rest, _ := strings.Cut(first, "tcp://")
		port := "tcp://" + rest[:strings.IndexFunc(rest, func(r rune) bool { return !strings.ContainsRune("0123456789.:", r) })]
		port = strings.TrimSuffix(port, ".")
		test := func() (string, error) {
			var errs bytes.Buffer
			err := run(t.Context(), []string{"printer", "test", "--printer", port}, strings.NewReader(""), io.Discard, &errs)
			return errs.String(), err
		}
		if text, err := test(); err != nil {
			t.Fatal(err, text)
		}
		if _, err := os.Stat(filepath.Join(dir, "paper", "page-0001.png")); err != nil {
			t.Error(err)
		}
		say := func(text, answer string) {
			if _, err := io.WriteString(typed, text+"\n"); err != nil {
				t.Fatal(err)
			}
			out.until(t, answer)
		}
		say("paper end\nfire", "quickened")
		if text, err := test(); err == nil || !strings.Contains(text, map[string]string{"ja_JP.UTF-8": "紙がなくなりました", "en_US.UTF-8": "paper has run out"}[lang]) {
			t.Errorf("%v, %s", err, text)
		}
		say("roll 9000\nroll none", "roll none")
		if text, err := test(); err != nil {
			t.Error(err, text)
		}
		all := out.until(t, "page-0002.png")
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		all = strings.NewReplacer(port, "tcp://127.0.0.1:9100", dir, "").Replace(all)
		proof.Golden(t, "virtual."+lang[:2]+".txt", all)
	}
}
