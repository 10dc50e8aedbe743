package cards

import (
	"crypto/rand"
	"strings"
	"testing"
)

func TestNormalizeMyKeyID(t *testing.T) {
	for _, tt := range []struct{ typed, want string }{
		{"K7M4W2HN", "K7M4W2HN"},
		{"k7m4 w2hn", "K7M4W2HN"},
		{"　Ｋ７Ｍ４－ｗ２ｈｎ　", "K7M4W2HN"},
		{"K7M4-W2HN\r\n", "K7M4W2HN"},
		{"K7M4W2H", ""},
		{"K7M4W2HNN", ""},
		{"K7M4W2H0", ""}, // 0, O, 1, I, L, U and V name nobody
		{"K7M4W2HO", ""},
		{"K7M4W2HV", ""},
		{"マイキーＩＤです", ""},
		{"", ""},
		{strings.Repeat(" ", 200) + "K7M4W2HN", ""},
	} {
		id, err := NormalizeMyKeyID(tt.typed)
		if id.String() != tt.want || (err == nil) != (tt.want != "") {
			t.Errorf("NormalizeMyKeyID(%q) = %q, %v, want %q", tt.typed, id, err, tt.want)
		}
	}
}

func TestNewMyKeyID(t *testing.T) {
	seen, digits := map[MyKeyID]bool{}, map[rune]int{}
	for range 500 {
		id, err := NewMyKeyID(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := ParseMyKeyID(id.String()); err != nil || again != id || seen[id] {
			t.Fatalf("%q: %v, %v", id, again, err)
		}
		seen[id] = true
		for _, d := range id.String() {
			digits[d]++
		}
	}
	if len(digits) != len(idDigits) {
		t.Errorf("%d digits of %d were drawn", len(digits), len(idDigits))
	}
	if id, _ := ParseMyKeyID("K7M4W2HN"); id.Tail() != "W2HN" {
		t.Errorf("tail %q", id.Tail())
	}
}

func FuzzID(f *testing.F) {
	for _, seed := range []string{"K7M4W2HN", "k7m4 w2hn", "Ｋ７Ｍ４ｗ２ｈｎ", "K7M4W2H0", "\x00", "ſ7M4W2HN"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if id, err := ParseMyKeyID(text); err == nil && id.String() != text {
			t.Errorf("ParseMyKeyID(%q) = %q: two texts name one ID", text, id)
		}
		id, err := NormalizeMyKeyID(text)
		if err != nil {
			return
		}
		if again, err := ParseMyKeyID(id.String()); err != nil || again != id {
			t.Errorf("NormalizeMyKeyID(%q) = %q, which Parse gives as %q, %v", text, id, again, err)
		}
	})
}
