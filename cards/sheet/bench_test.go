package sheet

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base32"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/boombuler/barcode"
	boomqr "github.com/boombuler/barcode/qr"
	"github.com/go-pdf/fpdf"

	"pointkiosk/assets"
	"pointkiosk/packaging/proof"
)

// signed are n cards, each with a signature of its own, as a batch makes them.
func signed(n int) []One {
	key := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize))
	list := many(n, shortHost)
	for i := range list {
		claims := fmt.Appendf(nil, "%017d", i)
		token := append(claims, ed25519.Sign(key, claims)...)
		list[i].URL = "HTTPS://" + shortHost + "/C/" + base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(token[:81])
	}
	return list
}

// order signs and writes n cards in files, some at once, and gives their bytes.
func order(t testing.TB, n, atOnce int) int {
	s := newSheets(t, Opts{Stock: stock(t, "a4-10"), Lang: "ja", Card: kisarazu(), Title: "らづポイント"})
	parts := s.Split(n, fileSheets)
	var all counter
	file := func(p Span) {
		var w counter
		if err := s.WriteFrom(&w, p.First, signed(p.End-p.First), nil); err != nil {
			t.Error(err)
		}
		all.add(w.n)
	}
	var wait sync.WaitGroup
	next := make(chan Span)
	for range atOnce {
		wait.Go(func() {
			for p := range next {
				file(p)
			}
		})
	}
	for _, p := range parts {
		next <- p
	}
	close(next)
	wait.Wait()
	return all.n
}

type counter struct {
	mu sync.Mutex
	n  int
}

func (c *counter) Write(b []byte) (int, error) { c.n += len(b); return len(b), nil }

func (c *counter) add(n int) { c.mu.Lock(); c.n += n; c.mu.Unlock() }

// sheets is 1,000 duplex cards, ten up, signed; naive is the same work as one
// does it with the library's own means: a PNG for each code, each text set on
// each card.
func BenchmarkSheets(b *testing.B) {
	const n = 1000
	b.Run("sheets", func(b *testing.B) {
		var size int
		for b.Loop() {
			size = order(b, n, 1)
		}
		b.ReportMetric(float64(size)/n, "B/card")
	})
	b.Run("naive", func(b *testing.B) {
		var size int
		for b.Loop() {
			size = naive(b, n)
		}
		b.ReportMetric(float64(size)/n, "B/card")
	})
}

// naive sets the texts where ours stand, by fpdf's own calls.
func naive(b *testing.B, n int) int {
	s := newSheets(b, Opts{Stock: stock(b, "a4-10"), Lang: "ja", Card: kisarazu()})
	f := newDocument(s.opts.Stock.Page, "", "ja")
	f.AddUTF8FontFromBytes("face", "", assets.Regular())
	f.AddUTF8FontFromBytes("face", "B", assets.Bold())
	list := signed(n)
	for at := 0; at < n; at += s.PerSheet() {
		for side := range s.sides {
			f.AddPage()
			for cell := range min(s.PerSheet(), n-at) {
				spot := s.spot(side, cell)
				d := &s.sides[side]
				for _, x := range d.boxes {
					f.SetFillColor(int(x.ink[0]), int(x.ink[1]), int(x.ink[2]))
					f.Rect(spot.x+x.x, spot.y+x.y, x.w, x.h, "F")
				}
				for _, l := range d.texts {
					f.SetFont("face", map[bool]string{true: "B"}[l.bold], l.size*k)
					f.SetTextColor(int(l.ink[0]), int(l.ink[1]), int(l.ink[2]))
					f.Text(spot.x+l.x, spot.y+l.y, l.text)
				}
				if side == 1 {
					f.SetFont("face", "", d.serial.size*k)
					f.Text(spot.x+d.code.x, spot.y+d.serial.y, list[at+cell].Serial)
					naiveCode(b, f, list[at+cell].URL, spot.x+d.code.x, spot.y+d.code.y, d.code.w)
				}
			}
		}
	}
	var w counter
	if err := f.Output(&w); err != nil {
		b.Fatal(err)
	}
	return w.n
}

func naiveCode(b *testing.B, f *fpdf.Fpdf, url string, x, y, side float64) {
	code, err := boomqr.Encode(url, boomqr.M, boomqr.AlphaNumeric)
	if err != nil {
		b.Fatal(err)
	}
	modules := code.Bounds().Dx()
	large, err := barcode.Scale(code, modules*8, modules*8)
	if err != nil {
		b.Fatal(err)
	}
	grey := image.NewGray(large.Bounds())
	draw.Draw(grey, grey.Rect, large, image.Point{}, draw.Src)
	var out bytes.Buffer
	if err := png.Encode(&out, grey); err != nil {
		b.Fatal(err)
	}
	f.RegisterImageOptionsReader(url, fpdf.ImageOptions{ImageType: "PNG"}, &out)
	f.ImageOptions(url, x, y, side, side, false, fpdf.ImageOptions{ImageType: "PNG"}, 0, "")
}

// orderCards makes this test binary write an order and nothing else, to be
// measured from outside.
const orderCards = "POINTKIOSK_ORDER_CARDS"

func TestMain(m *testing.M) {
	n, err := strconv.Atoi(os.Getenv(orderCards))
	if err != nil {
		os.Exit(m.Run())
	}
	fmt.Println(order(new(testing.T), n, 2))
}

// A cost is what a process took for an order.
type cost struct {
	cpu  time.Duration
	peak int64 // KiB of memory
	size int   // bytes of PDF
}

// unwatched is this test binary without the race detector, which takes memory
// and time of its own.
func unwatched(t testing.TB) string {
	t.Helper()
	info, ok := debug.ReadBuildInfo()
	if !ok || !slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"}) {
		return os.Args[0]
	}
	proof.Needs(t, "go")
	binary := filepath.Join(t.TempDir(), "sheet.test")
	output(t, "go", "test", "-race=false", "-c", "-o", binary, ".")
	return binary
}

func costOf(t testing.TB, binary string, cards int) (c cost) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), binary)
	cmd.Env = append(os.Environ(), orderCards+"="+strconv.Itoa(cards))
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	c.size, _ = strconv.Atoi(strings.TrimSpace(string(out)))
	c.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	c.peak = cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss
	return c
}

// An order of many cards needs no more memory and no more a card than one of
// few, each a process of its own, two files at a time.
func TestOrdersStayFlat(t *testing.T) {
	few, many := proof.Times(4_000, 10_000, 10_000), proof.Times(8_000, 20_000, 100_000)
	binary := unwatched(t)
	a, b := costOf(t, binary, few), costOf(t, binary, many)
	for n, c := range map[int]cost{few: a, many: b} {
		t.Logf("%d cards: %v cpu, %d KiB, %d B/card", n, c.cpu, c.peak, c.size/n)
		if c.peak > 64<<10 {
			t.Errorf("%d cards: %d KiB, want at most 64 MiB", n, c.peak)
		}
		if c.size/n > 2300 {
			t.Errorf("%d cards: %d bytes a card, want at most 2,300", n, c.size/n)
		}
	}
	if per, large := a.cpu/time.Duration(few), b.cpu/time.Duration(many); large > per*3/2 {
		t.Errorf("a card of %d takes %v, of %d %v", few, per, many, large)
	}
}

// fileSheets is how many sheets a file of a large order may have: two such files
// at a time keep a process well below 64 MiB, and larger ones are no faster.
const fileSheets = 100
