package hub

import (
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"
)

func TestLanguage(t *testing.T) {
	for _, tt := range []struct{ name, query, cookie, accept, want string }{
		{"nothing said", "", "", "", "ja"},
		{"Japanese", "", "", "ja,en-US;q=0.9", "ja"},
		{"English first", "", "", "en-GB,en;q=0.9,ja;q=0.8", "en"},
		{"by weight", "", "", "en;q=0.2,ja;q=0.8", "ja"},
		{"neither", "", "", "vi,zh;q=0.5", "ja"},
		{"the nearest of several", "", "", "vi,en;q=0.5", "en"},
		{"nonsense", "", "", ";;;=", "ja"},
		{"chosen before", "", "en", "ja", "en"},
		{"chosen now", "?lang=ja", "en", "en", "ja"},
		{"no such choice", "?lang=xx", "", "en", "en"},
		{"no such cookie", "", "<b>", "en", "ja"},
	} {
		r := httptest.NewRequest("GET", "/claim"+tt.query, nil)
		r.Header.Set("Accept-Language", tt.accept)
		if tt.cookie != "" {
			r.Header.Set("Cookie", "lang="+tt.cookie)
		}
		if got := new(site).language(httptest.NewRecorder(), r); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

// On pages one word stands for one thing, and カード never stands alone.
func TestOneWordForEachThing(t *testing.T) {
	other := regexp.MustCompile(`(^|[^トー])カード|ハブ|取り消し[^てまたの]|取消し|マイキーＩＤ|ログイン|ＱＲ`)
	for text, want := range map[string]bool{"カードを置く": true, "このカード": true, "ハブにつながりません": true, "取り消しを頼む": true, "ポイントカードとマイナンバーカード": false} {
		if other.MatchString(text) != want {
			t.Errorf("%q: found %v", text, !want)
		}
	}
	text := must(os.ReadFile("../assets/words/ja/page.json"))(t)
	for _, found := range other.FindAllString(string(text), -1) {
		t.Errorf("page.json says %q", found)
	}
}

func TestSwitchIsKept(t *testing.T) {
	p := newTown(t, nil).phone("ja")
	p.get("/signin")
	p.lang = "en" // from here on; the browser goes on asking for Japanese
	if s := p.get("/signin?lang=en"); s.title() != "Sign in" {
		t.Errorf("switched: %q", s.title())
	}
	if s := p.get("/signin"); s.title() != "Sign in" {
		t.Errorf("the next page: %q", s.title())
	}
}

func TestSeal(t *testing.T) {
	if _, err := newSeal(make([]byte, 16)); err == nil {
		t.Error("a short key is taken")
	}
	s := must(newSeal([]byte(strings.Repeat("k", 32))))(t)
	other := must(newSeal([]byte(strings.Repeat("o", 32))))(t)
	now := time.Unix(1_000_000, 0)
	text := "a card's text"
	sealed := s.close("card", text, now)
	if sealed == s.close("card", text, now) {
		t.Error("two cookies of one card are alike")
	}
	if got, err := s.open("card", sealed, now, time.Minute); err != nil || got != text {
		t.Errorf("open: %q, %v", got, err)
	}
	for name, fault := range map[string]func() (string, error){
		"late":                        func() (string, error) { return s.open("card", sealed, now.Add(time.Minute), time.Minute) },
		"from a clock that was ahead": func() (string, error) { return s.open("card", sealed, now.Add(-2*time.Minute), time.Minute) },
		"another name":                func() (string, error) { return s.open("session", sealed, now, time.Minute) },
		"another key":                 func() (string, error) { return other.open("card", sealed, now, time.Minute) },
		"empty":                       func() (string, error) { return s.open("card", "", now, time.Minute) },
		"no base64":                   func() (string, error) { return s.open("card", "!"+sealed, now, time.Minute) },
		"cut":                         func() (string, error) { return s.open("card", sealed[:len(sealed)-2], now, time.Minute) },
	} {
		if got, err := fault(); err == nil || got != "" {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	for n := range sealed {
		bad := []byte(sealed)
		bad[n] ^= 1
		if got, err := s.open("card", string(bad), now, time.Minute); err == nil {
			t.Errorf("character %d changed: %q", n, got)
		}
	}
}
