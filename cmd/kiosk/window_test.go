package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"pointkiosk/cmd/internal/station"
	"pointkiosk/kiosk"
	"pointkiosk/packaging/proof"
	"pointkiosk/ui"
)

// said runs a program to its end and returns what it printed.
func said(t *testing.T, in, name string, args ...string) string {
	t.Helper()
	c := exec.CommandContext(t.Context(), name, args...)
	c.Stdin = strings.NewReader(in)
	out, err := c.Output()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, errOut(err))
	}
	return string(out)
}

func errOut(err error) []byte {
	if e, ok := err.(*exec.ExitError); ok {
		return e.Stderr
	}
	return nil
}

// started runs a program until the test ends.
func started(t *testing.T, env []string, name string, args ...string) io.Reader {
	t.Helper()
	c := exec.Command(name, args...)
	c.Env = append(os.Environ(), env...)
	c.Stderr = os.Stderr
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = c.Process.Signal(syscall.SIGTERM)
		if err := c.Wait(); err != nil {
			t.Errorf("%s ended: %v", name, err)
		}
	})
	return out
}

// market is a hub that was stopped again, and a kiosk that it granted cards.
func market(t *testing.T) (bin, data string) {
	t.Helper()
	bin, data, stop := opened(t)
	stop() // the rest of the story has no network
	return bin, data
}

// opened is a market whose hub runs on until it is stopped, or the test ends.
func opened(t *testing.T) (bin, data string, stop func()) {
	t.Helper()
	bin, data, h := openedHub(t)
	return bin, data, h.stop
}

// A hubRun is a hub that can be stopped and started again.
type hubRun struct {
	t               *testing.T
	bin, data, addr string
	stop            func()
}

func (h *hubRun) start() {
	h.t.Helper()
	serve := exec.Command(h.bin+"hub", "serve", "--data", h.data, "--listen", h.addr, "--host", "p.example.jp")
	if err := serve.Start(); err != nil {
		h.t.Fatal(err)
	}
	h.stop = sync.OnceFunc(func() {
		_ = serve.Process.Signal(syscall.SIGTERM)
		_ = serve.Wait()
	})
	h.t.Cleanup(h.stop)
	await(h.t, "the hub", func() bool {
		c, err := net.Dial("tcp", h.addr)
		return err == nil && c.Close() == nil
	})
}

func openedHub(t *testing.T) (bin, data string, h *hubRun) {
	t.Helper()
	dir := t.TempDir()
	bin = filepath.Join(dir, "bin") + "/"
	said(t, "", "go", "build", "-tags", "migrated_fynedo,no_animations", "-o", bin, "../hub", "../kiosk", "../kioskctl")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	_ = l.Close()
	hubDir := filepath.Join(dir, "hub")
	h = &hubRun{t: t, bin: bin, data: hubDir, addr: addr}
	h.start()
	data = filepath.Join(dir, "kiosk")
	said(t, "", bin+"hub", "event", "add", "--data", hubDir, "--preset", "kisarazu", "--open-today")
	said(t, said(t, "", bin+"hub", "kiosk", "add", "--data", hubDir, "KSZ-014"), bin+"kioskctl", "enroll", "--data", data, "--code", "-")
	said(t, "", bin+"hub", "kiosk", "grant", "--data", hubDir, "KSZ-014", "--event", "natural-bar", "--count", "500")
	said(t, "", bin+"kioskctl", "queue", "sync", "--data", data)
	hash := said(t, "2468\n", bin+"kioskctl", "pin")
	settings := fmt.Sprintf("[[staff]]\nname = \"sato\"\npin = %q\n", strings.TrimSpace(hash))
	if err := os.WriteFile(filepath.Join(dir, "kiosk.toml"), []byte(settings), 0o600); err != nil {
		t.Fatal(err)
	}
	return bin, data, h
}

func await(t *testing.T, what string, done func() bool) {
	t.Helper()
	for end := time.Now().Add(60 * time.Second); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		if done() {
			return
		}
	}
	t.Fatalf("waited in vain for %s", what)
}

// A volunteer's finger: the real window, under a real X server, taps through
// the staff door to a card on the virtual printer, with the network away.
func TestWindow(t *testing.T) {
	proof.Needs(t, "Xvfb", "xdotool", "zbarimg", "go")
	bin, data := market(t)
	f := atWindow(t, bin, data, nil)
	f.door()
	f.tap("ポイントカードを配る", kiosk.TapDesk{}, kiosk.DeskReady{Site: f.state.Site, Request: "r", Count: kiosk.Count{Left: 500}})
	time.Sleep(time.Second)
	pages := func() []string {
		found, err := filepath.Glob(filepath.Join(data, "paper", "*.png"))
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	for n := 1; n <= 2; n++ {
		f.tap("200")
		await(t, fmt.Sprintf("card %d", n), func() bool { return len(pages()) >= n })
		time.Sleep(time.Second)
	}
	for n, page := range pages() {
		code := strings.TrimSpace(said(t, "", "zbarimg", "-q", "--raw", page))
		if got := said(t, code, bin+"kioskctl", "verify", "--json", "--data", data, "-"); !strings.Contains(got, `"result":"genuine"`) {
			t.Errorf("paper %d: %s", n+1, got)
		}
	}
	if n := len(pages()); n != 2 {
		t.Errorf("%d papers came out of two taps", n)
	}
}

// atWindow opens the kiosk's window on an X server of its own.
func atWindow(t *testing.T, bin, data string, env []string, args ...string) *finger {
	t.Helper()
	frames := t.TempDir()
	display := xServer(t, "-fbdir", frames)
	started(t, append(env, "DISPLAY="+display, "LANG=ja_JP.UTF-8", "LC_ALL=ja_JP.UTF-8"), bin+"kiosk",
		append([]string{"--data", data, "--config", filepath.Join(filepath.Dir(data), "kiosk.toml")}, args...)...)
	f := &finger{t: t, display: display, state: stateOf(t, data), frame: filepath.Join(frames, "Xvfb_screen0")}
	await(t, "the window", func() bool { return f.windows() > 0 })
	time.Sleep(2 * time.Second) // its first picture
	return f
}

// door goes from Home to the staff menu.
func (f *finger) door() {
	f.t.Helper()
	f.tap("職員", kiosk.TapStaff{})
	for _, d := range "2468" {
		f.tap(string(d), kiosk.TapDigit{Digit: byte(d)})
	}
	f.tap("決定", kiosk.TapEnter{}, kiosk.DoorOpened{Operator: "sato"})
	time.Sleep(time.Second) // bcrypt
}

// stateOf is what the kiosk shows at rest.
func stateOf(t *testing.T, data string) kiosk.State {
	t.Helper()
	s, err := station.Open(context.Background(), station.Opts{
		Dir: data, Settings: station.Usual(), Driver: "sqlite", Now: time.Now, ReadOnly: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	at := s.Arrive(context.Background())
	st := kiosk.First(kiosk.Look{Lang: "ja", Size: kiosk.Medium}, at.Site, kiosk.DeskIdle)
	for _, e := range []kiosk.Event{kiosk.Tick{Now: time.Now()}, kiosk.PaperIs{Paper: kiosk.Paper{Ready: true}}, at} {
		st, _ = st.Next(e)
	}
	return st
}

func xServer(t *testing.T, more ...string) (display string) {
	t.Helper()
	var n int
	args := append([]string{"-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp"}, more...)
	if _, err := fmt.Fscanln(started(t, nil, "Xvfb", args...), &n); err != nil {
		t.Fatal("Xvfb: ", err)
	}
	return fmt.Sprintf(":%d", n)
}

// A finger taps where the screens, laid out by themselves for the same state,
// have the word.
type finger struct {
	t       *testing.T
	display string
	state   kiosk.State
	frame   string // where the X server keeps what it shows
	shots   int
	touches int
	sought  time.Duration // how long it took to find where to touch
}

func (f *finger) do(args ...string) (string, error) {
	c := exec.CommandContext(f.t.Context(), "xdotool", args...)
	c.Env = append(os.Environ(), "DISPLAY="+f.display)
	out, err := c.Output()
	return string(out), err
}

func (f *finger) windows() int {
	out, err := f.do("search", "--onlyvisible", "--name", "Point Kiosk")
	if err != nil {
		return 0
	}
	return len(strings.Fields(out))
}

// tap touches the word and then follows the state by the events that this means.
func (f *finger) tap(word string, events ...kiosk.Event) {
	f.t.Helper()
	start := time.Now()
	at := find(f.t, f.state, word)
	f.sought += time.Since(start)
	f.touch(at)
	time.Sleep(300 * time.Millisecond)
	for _, e := range events {
		f.state, _ = f.state.Next(e)
	}
}

func (f *finger) touch(at fyne.Position) {
	f.t.Helper()
	f.touches++
	if _, err := f.do("mousemove", fmt.Sprint(int(at.X)), fmt.Sprint(int(at.Y)), "click", "1"); err != nil {
		f.t.Fatalf("xdotool: %v", err)
	}
}

// find returns the middle of the word on the screen.
func find(t *testing.T, s kiosk.State, word string) fyne.Position {
	t.Helper()
	a := test.NewTempApp(t)
	a.Settings().SetTheme(ui.Theme())
	root := ui.NewRoot(func(kiosk.Event) {}, &ui.Opts{})
	w := test.NewTempWindow(t, root.Object())
	w.SetPadded(false)
	w.Resize(fyne.NewSize(1280, 800))
	root.Show(s)
	var at *fyne.Position
	var walk func(o fyne.CanvasObject, origin fyne.Position)
	walk = func(o fyne.CanvasObject, origin fyne.Position) {
		if !o.Visible() || at != nil {
			return
		}
		origin = origin.Add(o.Position())
		switch o := o.(type) {
		case *canvas.Text:
			if o.Text == word {
				middle := origin.AddXY(o.Size().Width/2, o.Size().Height/2)
				at = &middle
			}
		case *fyne.Container:
			for _, c := range o.Objects {
				walk(c, origin)
			}
		case fyne.Widget:
			for _, c := range test.WidgetRenderer(o).Objects() {
				walk(c, origin)
			}
		}
	}
	walk(root.Object(), fyne.Position{})
	if at == nil {
		t.Fatalf("no %q on screen %d", word, s.Step)
	}
	return *at
}
