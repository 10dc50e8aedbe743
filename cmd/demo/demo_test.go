package main

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"pointkiosk/assets/words"
	"pointkiosk/cards"
	"pointkiosk/packaging/proof"
)

// build returns a folder with the programs; the kiosk in it is one without a
// window, that prints a card and stays.
func build(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	out, err := exec.Command("go", "build", "-buildvcs=false", "-tags", "migrated_fynedo,no_animations", "-o", dir+"/", "../hub", "../kioskctl", ".").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	kiosk := "#!/bin/sh\n" + dir + "/kioskctl issue --data \"$2\" --config \"$4\" >/dev/null\nexec sleep 60\n"
	if err := os.WriteFile(filepath.Join(dir, "kiosk"), []byte(kiosk), 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// A show is a demo that runs, and what it says.
type show struct {
	t    *testing.T
	cmd  *exec.Cmd
	said *bufio.Reader
	all  bytes.Buffer
	errs bytes.Buffer
}

// start starts the demo on a day that is long enough: its cards are of one day.
func start(t *testing.T, bin, dir string, env ...string) *show {
	t.Helper()
	if left := time.Until(cards.DayOf(time.Now()).End()); left < 2*time.Minute {
		time.Sleep(left)
	}
	s := &show{t: t, cmd: exec.Command(filepath.Join(bin, "demo"), dir)}
	s.cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir}, env...)
	s.cmd.Stderr = &s.errs
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	s.said = bufio.NewReader(io.TeeReader(out, &s.all))
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return s
}

// until reads on until a line has the text.
func (s *show) until(text string) {
	s.t.Helper()
	line := ""
	for err := error(nil); !strings.Contains(line, text); {
		if line, err = s.said.ReadString('\n'); err != nil {
			s.t.Fatalf("%q was never said: %s%s", text, &s.all, &s.errs)
		}
	}
}

// ends waits for a good end, after which nothing of the demo still runs.
func (s *show) ends(dir string) {
	s.t.Helper()
	kill := time.AfterFunc(time.Minute, func() { _ = s.cmd.Process.Kill() })
	defer kill.Stop()
	_, _ = io.Copy(io.Discard, s.said)
	if err := s.cmd.Wait(); err != nil || s.errs.Len() > 0 {
		s.t.Errorf("the demo ended with %v: %s%s", err, &s.all, &s.errs)
	}
	running, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		s.t.Fatal(err)
	}
	for _, name := range running {
		if line, _ := os.ReadFile(name); bytes.Contains(line, []byte(dir)) {
			s.t.Errorf("still running: %s", bytes.ReplaceAll(line, []byte{0}, []byte{' '}))
		}
	}
}

// Without a display: three cards, each with its address; one is taken, and
// taken again in vain. A second run does it again.
func TestAlone(t *testing.T) {
	proof.Needs(t, "zbarimg")
	bin, dir := build(t), t.TempDir()
	for _, lang := range words.Languages() {
		s := start(t, bin, dir, "LANG="+lang)
		s.ends(dir)
		w, said := words.In(lang), s.all.String()
		for text, want := range map[string]int{
			w.Say("demo.alone"): 1, "page-000": 3, "http://127.0.0.1:": 3, "/C/": 3,
			strings.TrimSuffix(w.Say("demo.claim", 2, ""), " "): 1,
			w.Say("page.done.title", "200"):                     1,
		} {
			if strings.Count(said, text) != want {
				t.Errorf("%s: %q is not said %d times: %s", lang, text, want, said)
			}
		}
	}
}

// Ctrl-C in the middle of the work.
func TestStopped(t *testing.T) {
	proof.Needs(t, "zbarimg")
	bin, dir := build(t), t.TempDir()
	s := start(t, bin, dir, "LANG=en")
	s.until(words.In("en").Say("demo.alone"))
	s.stop()
	s.ends(dir)
	if !strings.HasSuffix(s.all.String(), "\n"+words.In("en").Say("demo.stopped")+"\n") {
		t.Errorf("it said %s", &s.all)
	}
}

func (s *show) stop() {
	s.t.Helper()
	if err := s.cmd.Process.Signal(syscall.SIGINT); err != nil {
		s.t.Fatal(err)
	}
}

// With a display the address of each card shows while the window is open.
func TestWindow(t *testing.T) {
	proof.Needs(t, "zbarimg")
	bin, dir := build(t), t.TempDir()
	s := start(t, bin, dir, "LANG=en", "DISPLAY=:99")
	s.until("address http://127.0.0.1:")
	s.stop()
	s.ends(dir)
	if !strings.Contains(s.all.String(), "page-0001.png") {
		t.Errorf("it said %s", &s.all)
	}
}
