package sheet

import (
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"pointkiosk/packaging/proof"
)

// Chromium draws a page ten of ten too. Its own viewer of PDFs (pdfium) has it in
// a window as large as the screen of an X server that has no panel, and what that
// keeps in its memory is read: the viewer draws into no screenshot of a browser
// without a window.
func TestChromium(t *testing.T) {
	proof.Needs(t, "chromium", "Xvfb", "zbarimg")
	for _, host := range []string{shortHost, longHost} {
		list := many(10, host)
		o := Opts{Stock: stock(t, "a4-10"), Lang: "ja", Card: kisarazu()}
		file := saved(t, written(t, newSheets(t, o), list))
		_, back := trims(&o.Stock, o.Sides)
		frame := viewed(t, file, 2)
		var faults []string
		for end := time.Now().Add(2 * time.Minute); ; time.Sleep(200 * time.Millisecond) {
			faults = misreadOnScreen(t, frame, o.Stock.Page, back, list)
			if len(faults) == 0 || time.Now().After(end) {
				break
			}
		}
		for _, f := range faults {
			t.Error(f)
		}
		list[3], list[4] = list[4], list[3]
		if got := misreadOnScreen(t, frame, o.Stock.Page, back, list); len(got) != 2 {
			t.Errorf("two cards that changed places are found as %q", got)
		}
	}
}

// viewed opens a page of a PDF in Chromium, and returns the file of what is on
// the screen.
func viewed(t *testing.T, file string, page int) (frame string) {
	t.Helper()
	dir := t.TempDir()
	x := exec.CommandContext(t.Context(), "Xvfb", "-displayfd", "1", "-screen", "0", "1700x2340x24", "-nolisten", "tcp", "-fbdir", dir)
	said, err := x.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	begin(t, x)
	var display int
	if _, err := fmt.Fscanln(said, &display); err != nil {
		t.Fatal("Xvfb: ", err)
	}
	c := exec.CommandContext(t.Context(), "chromium", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update",
		"--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND", "--user-data-dir="+filepath.Join(dir, "user"), "--window-position=0,0", "--window-size=1700,2340", "--kiosk",
		fmt.Sprintf("file://%s#page=%d&toolbar=0&navpanes=0&view=Fit", file, page))
	c.Env = append(os.Environ(), fmt.Sprintf("DISPLAY=:%d", display), "XDG_CONFIG_HOME="+dir, "XDG_CACHE_HOME="+dir)
	begin(t, c)
	return filepath.Join(dir, "Xvfb_screen0")
}

// begin starts a program that ends with the test, as do those that it starts.
func begin(t *testing.T, c *exec.Cmd) {
	t.Helper()
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = syscall.Kill(-c.Process.Pid, syscall.SIGKILL)
		_ = c.Wait() // it was killed
	})
}

// misreadOnScreen lists the cards that are not read from their cell of the page
// on the screen.
func misreadOnScreen(t *testing.T, frame string, page Size, cells []rect, list []One) (faults []string) {
	t.Helper()
	screen := screenOf(t, frame)
	sheet := paperOn(screen)
	dots := float64(sheet.Dx()) / page.W
	if high := dots * page.H; sheet.Dx() < 1000 || high < float64(sheet.Dy())-3 || high > float64(sheet.Dy())+3 {
		return []string{fmt.Sprintf("no page on the screen: %v", sheet)}
	}
	var names []string
	for i, r := range cells {
		cut := image.Rect(int(r.x*dots), int(r.y*dots), int((r.x+r.w)*dots), int((r.y+r.h)*dots)).Add(sheet.Min)
		names = append(names, fmt.Sprintf("%s-%d.png", frame, i))
		f, err := os.Create(names[i])
		if err != nil {
			t.Fatal(err)
		}
		if err := png.Encode(f, screen.SubImage(cut)); err != nil || f.Close() != nil {
			t.Fatal(err)
		}
	}
	read, err := proof.Zbar(names...)
	if err != nil {
		t.Fatal(err)
	}
	for i, name := range names {
		if got := strings.Join(read[name], " "); got != list[i].URL {
			faults = append(faults, fmt.Sprintf("card %d with a code of %d characters is read as %q", i+1, len(list[i].URL), got))
		}
	}
	return faults
}

// screenOf is what an X server shows: its file has a header of its own size, the
// colours, and rows of blue, green, red and nothing (XWD).
func screenOf(t *testing.T, frame string) *image.Gray {
	t.Helper()
	dump, err := os.ReadFile(frame)
	if err != nil || len(dump) < 100 {
		t.Fatalf("no screen: %d bytes, %v", len(dump), err)
	}
	at := func(field int) int { return int(binary.BigEndian.Uint32(dump[4*field:])) }
	width, height, stride := at(4), at(5), at(12)
	rows := dump[at(0)+12*at(19):]
	m := image.NewGray(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			p := rows[y*stride+4*x:]
			m.Set(x, y, color.RGBA{p[2], p[1], p[0], 255})
		}
	}
	return m
}

// paperOn is the white page on a dark ground: its margins are white all along, and
// nothing on it is nearer to its edge.
func paperOn(m *image.Gray) (r image.Rectangle) {
	white := func(x, y int) bool { return m.GrayAt(x, y).Y > 250 }
	top := image.Pt(m.Rect.Dx()/2, 0)
	for top.Y < m.Rect.Dy() && !white(top.X, top.Y) {
		top.Y++
	}
	row := top.Y + 5
	r = image.Rect(top.X, top.Y, top.X+1, top.Y)
	for r.Min.X > 0 && white(r.Min.X-1, row) {
		r.Min.X--
	}
	for r.Max.X < m.Rect.Dx() && white(r.Max.X, row) {
		r.Max.X++
	}
	for r.Max.Y < m.Rect.Dy() && white(r.Min.X+5, r.Max.Y) {
		r.Max.Y++
	}
	return r
}
