package qr

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/png"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"

	boombuler "github.com/boombuler/barcode/qr"

	"pointkiosk/packaging/proof"
)

// cardURL is a text of the length that a card's URL has: version 6.
const cardURL = "HTTPS://P.EXAMPLE.JP/C/" +
	"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567ABCDEFGHIJKLMNOPQRSTUVWXYZ234567" +
	"QWERTYUIOPASDFGHJKLZXCVBNM234567QWERTYUIOPASDFGHJKLZXCVBNM234567ZZ"

// random makes alphanumeric text; the seed makes a failure repeatable.
func random(n int, seed uint64) string {
	r := rand.New(rand.NewPCG(seed, uint64(n)))
	b := make([]byte, n)
	for i := range b {
		b[i] = alphabet[r.IntN(len(alphabet))]
	}
	return string(b)
}

// boombuler scores masks by the same rules and takes the first of the best,
// so its choice is ours: no mask has to be set before comparing.
func TestEqualsBoombuler(t *testing.T) {
	step := 1
	if testing.Short() {
		step = 13
	}
	masks := map[int]bool{}
	for n := 1; n <= MaxLen; n += step {
		m := check(t, random(n, 1))
		masks[m.Mask] = true
	}
	for _, text := range []string{cardURL, "0", ":", strings.Repeat("0", MaxLen), strings.Repeat("A ", 70)} {
		check(t, text)
	}
	if len(masks) != 8 && !testing.Short() {
		t.Errorf("only the masks %v were chosen, so the others weren't compared", masks)
	}
}

func check(t *testing.T, text string) *Matrix {
	t.Helper()
	m, err := Encode(text)
	if err != nil {
		t.Fatalf("%d characters: %v", len(text), err)
	}
	want, err := boombuler.Encode(text, boombuler.M, boombuler.AlphaNumeric)
	if err != nil {
		t.Fatal(err)
	}
	if got := want.Bounds().Dx(); got != m.Size || m.Size != 4*m.Version+17 {
		t.Fatalf("%d characters: version %d, %d modules, want %d", len(text), m.Version, m.Size, got)
	}
	for y := range m.Size {
		for x := range m.Size {
			if dark := want.At(x, y) == color.Black; dark != m.Dark(x, y) || dark != (m.Row(y)>>x&1 == 1) {
				t.Fatalf("%d characters, mask %d: module %d,%d differs", len(text), m.Mask, x, y)
			}
		}
	}
	return m
}

func TestVersion(t *testing.T) {
	for _, tt := range []struct{ length, want int }{
		{1, 1}, {20, 1}, {21, 2}, {38, 2}, {39, 3}, {61, 3}, {62, 4}, {90, 4}, {91, 5}, {122, 5},
		{123, 6}, {154, 6}, {155, 7}, {178, 7}, {179, 8}, {221, 8}, {222, 9}, {262, 9}, {263, 10}, {311, 10},
	} {
		if got, err := Version(tt.length); err != nil || got != tt.want {
			t.Errorf("Version(%d) = %d, %v, want %d", tt.length, got, err, tt.want)
		}
	}
}

func TestRefused(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		want       error
	}{
		{"nothing", "", ErrCharacter},
		{"lower case", "HTTPS://p.EXAMPLE.JP", ErrCharacter},
		{"lower case at the end", "AAa", ErrCharacter},
		{"Japanese", "木更津", ErrCharacter},
		{"newline", "A\n", ErrCharacter},
		{"too long", strings.Repeat("A", MaxLen+1), ErrTooLong},
	} {
		if m, err := Encode(tt.text); !errors.Is(err, tt.want) || m != nil {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
}

func TestOutside(t *testing.T) {
	m, err := Encode("A")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range [][2]int{{-1, 0}, {0, -1}, {m.Size, 0}, {0, m.Size}, {64, 0}, {1 << 20, 1 << 20}} {
		if m.Dark(p[0], p[1]) {
			t.Errorf("module %v is dark", p)
		}
	}
	if m.Row(-1) != 0 || m.Row(m.Size) != 0 {
		t.Error("a row outside isn't light")
	}
}

// remainder takes logarithms of the generator's coefficients, and 0 has none.
func TestGeneratorHasNoZero(t *testing.T) {
	for v := 1; v <= maxVersion; v++ {
		l := layouts()[v]
		if i := bytes.IndexByte(l.rs[:l.ecc], 0); i >= 0 {
			t.Errorf("version %d: coefficient %d is 0", v, i)
		}
	}
}

// zbar reads what we draw, one text of each version.
func TestReadByZbar(t *testing.T) {
	proof.Needs(t, "zbarimg")
	for v, n := range []int{1: 17, 2: 38, 3: 61, 4: 90, 5: 122, 6: 153, 7: 178, 8: 221, 9: 262, 10: 311} {
		if v == 0 {
			continue
		}
		text := random(n, 2)
		m, err := Encode(text)
		if err != nil || m.Version != v {
			t.Fatalf("version %d: %+v, %v", v, m, err)
		}
		file := t.TempDir() + "/code.png"
		if err := os.WriteFile(file, picture(t, m, 4), 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command("zbarimg", "--quiet", "--raw", "--set", "*.enable=0", "--set", "qrcode.enable=1", file).Output()
		if got := strings.TrimSuffix(string(out), "\n"); err != nil || got != text {
			t.Errorf("version %d: zbar read %q (%v), want %q", v, got, err, text)
		}
	}
}

func picture(t *testing.T, m *Matrix, dots int) []byte {
	side := (m.Size + 8) * dots
	img := image.NewGray(image.Rect(0, 0, side, side))
	for y := range side {
		for x := range side {
			if !m.Dark(x/dots-4, y/dots-4) {
				img.SetGray(x, y, color.Gray{Y: 255})
			}
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Every text is a code or one of the two errors, and the code is boombuler's.
func FuzzEncode(f *testing.F) {
	f.Add(cardURL)
	f.Add("A1")
	f.Add("a")
	f.Add("%$ :")
	f.Fuzz(func(t *testing.T, text string) {
		if _, err := Encode(text); err != nil {
			ours := text != "" && len(text) <= MaxLen && strings.Trim(text, alphabet) == ""
			if ours || !errors.Is(err, ErrCharacter) && !errors.Is(err, ErrTooLong) {
				t.Errorf("Encode(%q): %v", text, err)
			}
			return
		}
		check(t, text)
	})
}

func BenchmarkEncode(b *testing.B) {
	b.Run("pointkiosk", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := Encode(cardURL); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("boombuler", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := boombuler.Encode(cardURL, boombuler.M, boombuler.AlphaNumeric); err != nil {
				b.Fatal(err)
			}
		}
	})
}
