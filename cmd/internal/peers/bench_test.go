package peers

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pointkiosk/cards/qr"
	"pointkiosk/packaging/proof"
)

// A pair is a tool's run, and ours of as many cards just before it.
type pair struct{ ours, its cost }

// BenchmarkPeers makes the same cards with ours and each of the others, by turns,
// looks whether all is there, and prints a table as it goes. It has one turn, in
// make soak three.
func BenchmarkPeers(b *testing.B) {
	proof.Needs(b, "pdfinfo", "pdftoppm", "pdftotext", "zbarimg")
	works := map[int]*work{}
	for _, n := range []int{1_000, 10_000} {
		works[n] = prepare(b, n)
	}
	for b.Loop() {
		fmt.Println("\n  cards  by                                 wall s    CPU s  peak MiB   B/card  ours/its CPU  at most")
		for _, t := range tools {
			if names := works[t.cards].missing(t); len(names) > 0 {
				fmt.Printf("%7d  %s: missing: %s (make setup-bench)\n", t.cards, t.name, strings.Join(names, ", "))
				continue
			}
			m := middle(compare(b, t, works[t.cards]))
			fmt.Println(figures(t.cards, "ours", m.ours))
			fmt.Printf("%s  %12.4f  %7.3f\n", figures(t.cards, t.name, m.its), m.share(), t.most)
		}
		many(b, 100_000)
	}
}

// prepare makes a folder with what the others are fed: the cards that ours made.
func prepare(b testing.TB, n int) *work {
	w := &work{dir: b.TempDir()}
	here, err := os.Getwd()
	cache, cacheErr := os.UserCacheDir()
	if err := errors.Join(err, cacheErr); err != nil {
		b.Fatal(err)
	}
	w.fonts, w.modules = filepath.Join(here, "../../../assets/fonts"), filepath.Join(cache, "pointkiosk-peers", "node_modules")
	if _, err := measure(self("ours", fmt.Sprint(n), w.dir), w.dir); err != nil {
		b.Fatal(err)
	}
	if w.rows, err = ordered(b.Context(), n, w.dir); err != nil {
		b.Fatal(err)
	}
	typ, err := os.ReadFile("cards.typ")
	fonts := `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig><dir>` + w.fonts + `</dir><cachedir>` + w.dir + `/fonts</cachedir></fontconfig>`
	if err := errors.Join(err, writeCSV(w.csv(), w.rows), card.write(filepath.Join(w.dir, "card.json")),
		os.WriteFile(filepath.Join(w.dir, "front.glabels"), []byte(card.Front.glabels(false)), 0o600),
		os.WriteFile(filepath.Join(w.dir, "back.glabels"), []byte(card.Back.glabels(true)), 0o600),
		os.WriteFile(filepath.Join(w.dir, "cards.typ"), typ, 0o600),
		os.WriteFile(filepath.Join(w.dir, "fonts.conf"), []byte(fonts), 0o600),
		writeCodes(filepath.Join(w.dir, "codes.txt"), w.rows)); err != nil {
		b.Fatal(err)
	}
	return w
}

// writeCodes writes a code a line.
func writeCodes(path string, rows []row) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(file)
	for _, r := range rows {
		_, _ = w.WriteString(svg(r.url) + "\n") // Flush keeps the error
	}
	return errors.Join(w.Flush(), file.Close())
}

// svg is a code as one path of runs, on its quiet zone.
func svg(url string) string {
	m, err := qr.Encode(url)
	if err != nil {
		return ""
	}
	var path strings.Builder
	for y := range m.Size {
		for x := 0; x < m.Size; x++ {
			begin := x
			for x < m.Size && m.Dark(x, y) {
				x++
			}
			if x > begin {
				fmt.Fprintf(&path, "M%d %dh%dv1h-%dz", begin+4, y+4, x-begin, x-begin)
			}
		}
	}
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d"><path d="%s"/></svg>`, m.Size+8, m.Size+8, path.String())
}

// compare runs ours and a tool by turns; what the last turn made is looked at.
func compare(b *testing.B, t tool, w *work) (turns []pair) {
	for range proof.Times(1, 1, 3) {
		dir := b.TempDir()
		out := filepath.Join(dir, "cards.pdf")
		a, err := measure(self("ours", fmt.Sprint(t.cards), dir), dir)
		if err != nil {
			b.Fatal(err)
		}
		its, err := measure(t.child(w, out), out)
		if err != nil {
			b.Fatal(err)
		}
		if err := errors.Join(check(pdfs(dir), w.rows, dir), check(pdfs(out), w.rows, dir)); err != nil {
			b.Errorf("%s: %v", t.name, err)
		}
		turns = append(turns, pair{a, its})
		_ = os.RemoveAll(dir)
	}
	return turns
}

// middle is the turn whose share is in the middle.
func middle(turns []pair) pair {
	slices.SortFunc(turns, func(a, b pair) int { return cmp.Compare(a.share(), b.share()) })
	return turns[len(turns)/2]
}

func (p pair) share() float64 { return float64(p.ours.cpu) / float64(p.its.cpu) }

func figures(n int, by string, c cost) string {
	return fmt.Sprintf("%7d  %-32s %8.2f %8.2f  %8d %8d", n, by, c.wall.Seconds(), c.cpu.Seconds(), c.peak>>10, c.size/int64(n))
}

// many is ours with more cards than the others are given.
func many(b *testing.B, n int) {
	dir := b.TempDir()
	c, err := measure(self("ours", fmt.Sprint(n), dir), dir)
	if err != nil {
		b.Fatal(err)
	}
	fmt.Println(figures(n, "ours", c))
}
