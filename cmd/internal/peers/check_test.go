package peers

import (
	"bufio"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"pointkiosk/packaging/proof"
)

var pagesLine = regexp.MustCompile(`(?m)^Pages: +(\d+)`)

// check looks whether PDFs have all cards: two pages a sheet, the texts of the
// first and the last sheet, and their codes, each read from its own cell.
func check(files []string, rows []row, dir string) error {
	var pages []int
	all := 0
	for _, f := range files {
		out, err := exec.Command("pdfinfo", f).Output()
		if err != nil {
			return fmt.Errorf("peers: pdfinfo: %w", err)
		}
		n, _ := strconv.Atoi(string(append(pagesLine.FindSubmatch(out), nil, nil)[1]))
		pages, all = append(pages, n), all+n
	}
	if want := (len(rows) + 9) / 10 * 2; all != want {
		return fmt.Errorf("peers: %d pages, want %d", all, want)
	}
	last := len(files) - 1
	if err := checkSheet(files[0], 1, rows[:min(10, len(rows))], dir); err != nil || len(rows) <= 10 {
		return err
	}
	return checkSheet(files[last], pages[last]-1, rows[(len(rows)-1)/10*10:], dir)
}

// checkSheet looks at a sheet whose front is a page of a file.
func checkSheet(file string, front int, rows []row, dir string) error {
	text, err := exec.Command("pdftotext", "-f", strconv.Itoa(front), "-l", strconv.Itoa(front+1), file, "-").Output()
	if err != nil {
		return fmt.Errorf("peers: pdftotext: %w", err)
	}
	want := map[string]bool{}
	for _, r := range rows {
		want[r.url] = true
	}
	if lost := lacks(string(text), rows); lost != "" {
		return fmt.Errorf("peers: page %d of %s lacks texts: %s", front, filepath.Base(file), lost)
	}
	page := filepath.Join(dir, "page")
	if out, err := exec.Command("pdftoppm", "-r", "300", "-gray", "-png", "-singlefile", "-f", strconv.Itoa(front+1), file, page).CombinedOutput(); err != nil {
		return fmt.Errorf("peers: pdftoppm: %w: %s", err, out)
	}
	cells, err := cellsOf(page + ".png")
	if err != nil {
		return err
	}
	read, err := proof.Zbar(cells...)
	if err != nil {
		return err
	}
	for _, cell := range cells {
		for _, url := range read[cell] {
			delete(want, url)
		}
	}
	if len(want) > 0 {
		return fmt.Errorf("peers: %d of %d codes on page %d of %s are not read", len(want), len(rows), front+1, filepath.Base(file))
	}
	return nil
}

// lacks is a text that isn't on a sheet as often as there are cards.
func lacks(sheet string, rows []row) string {
	bare := strings.NewReplacer(" ", "", "　", "", "\n", "").Replace
	sheet = bare(sheet)
	for _, t := range append(card.Front.Texts, card.Back.Texts...) {
		if t.Text != "" && strings.Count(sheet, bare(t.Text)) < len(rows) {
			return t.Text
		}
	}
	for _, r := range rows {
		if !strings.Contains(sheet, r.serial) {
			return r.serial
		}
	}
	return ""
}

// cellsOf cuts a page into its ten cells: zbar, shown all finders at once, at
// times takes three of different codes for one.
func cellsOf(page string) (files []string, err error) {
	f, err := os.Open(page)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // it was read
	m, err := png.Decode(bufio.NewReader(f))
	if err != nil {
		return nil, fmt.Errorf("peers: %s: %w", page, err)
	}
	dots := func(mm float64) int { return int(mm/25.4*300 + 0.5) }
	for cell := range 10 {
		x, y := corner(1, cell)
		cut := image.NewGray(image.Rect(0, 0, dots(91), dots(55)))
		draw.Draw(cut, cut.Rect, m, image.Pt(dots(x), dots(y)), draw.Src)
		name := fmt.Sprintf("%s-%d.pgm", page, cell)
		head := fmt.Appendf(nil, "P5 %d %d 255\n", cut.Rect.Dx(), cut.Rect.Dy())
		if err := os.WriteFile(name, append(head, cut.Pix...), 0o600); err != nil {
			return nil, err
		}
		files = append(files, name)
	}
	return files, nil
}
