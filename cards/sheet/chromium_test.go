package sheet

import (
	"bufio"
	"encoding/binary"
	"errors"
	"image"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pointkiosk/packaging/proof"
)

// The codes of a sheet are read ten of ten from Chromium's own view of a PDF
// (pdfium), the page as large as an X screen of 2480 x 3508 dots: 300 an inch.
// Its screenshots leave that view black, so that the screen is read.
func TestChromium(t *testing.T) {
	proof.Needs(t, "chromium", "Xvfb", "zbarimg")
	list := many(10, shortHost)
	s := newSheets(t, Opts{Stock: stock(t, "a4-10"), Lang: "ja", Card: kisarazu()})
	file := saved(t, written(t, s, list))
	frames := t.TempDir()
	display := screen(t, "2480x3508x24", frames)
	running(t, nil, []string{"DISPLAY=" + display, "HOME=" + t.TempDir()}, "chromium", "--no-sandbox", "--disable-gpu", "--no-first-run",
		"--disable-background-networking", "--user-data-dir="+t.TempDir(), "--window-position=0,0", "--window-size=2480,3508", "--kiosk",
		"file://"+file+"#page=2&toolbar=0&navpanes=0&view=Fit")
	_, back := trims(&s.opts.Stock, LongEdge)
	for i, r := range back { // the view keeps a few dots around the page
		back[i] = rect{r.x - 6, r.y - 6, r.w + 12, r.h + 12}
	}
	var misread []int
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(time.Second) {
		cells := cut(t, grey(t, filepath.Join(frames, "Xvfb_screen0")), filepath.Join(frames, "page"), back, 300)
		read, err := proof.Zbar(cells...)
		if err != nil {
			t.Fatal(err)
		}
		misread = nil
		for i, name := range cells {
			if got := read[name]; len(got) != 1 || got[0] != list[i].URL {
				misread = append(misread, i+1)
			}
		}
		if misread == nil {
			return
		}
	}
	t.Errorf("cards %v aren't read", misread)
}

// screen starts an X server that keeps its picture in a file of a folder.
func screen(t testing.TB, size, folder string) (display string) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	running(t, w, nil, "Xvfb", "-displayfd", "3", "-nolisten", "tcp", "-screen", "0", size, "-fbdir", folder)
	line, err := bufio.NewReader(r).ReadString('\n')
	if err := errors.Join(err, r.Close(), w.Close()); err != nil {
		t.Fatal(err)
	}
	return ":" + strings.TrimSpace(line)
}

// running starts a program that ends with the test.
func running(t testing.TB, file *os.File, env []string, name string, args ...string) {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Env = append(os.Environ(), env...)
	if file != nil {
		cmd.ExtraFiles = []*os.File{file}
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Signal(os.Interrupt); _ = cmd.Wait() })
}

// grey is an X screen's picture: XWD has a header of its own size, the colours,
// the rows.
func grey(t testing.TB, frame string) image.Image {
	t.Helper()
	dump, err := os.ReadFile(frame)
	if err != nil {
		t.Fatal(err)
	}
	word := func(n int) int { return int(binary.BigEndian.Uint32(dump[4*n:])) }
	wide, high, stride, at := word(4), word(5), word(12), word(0)+12*word(19)
	out := image.NewGray(image.Rect(0, 0, wide, high))
	for y := range high {
		for x := range wide {
			out.Pix[y*out.Stride+x] = dump[at+y*stride+4*x+1]
		}
	}
	return out
}
