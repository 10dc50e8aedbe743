package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pointkiosk/assets/words"
)

// A rule that is misspelt or can't be is refused, not silently off.
func TestBadEventFiles(t *testing.T) {
	const good = "scheme = \"らづポイント\"\n[[event]]\nid = \"bar\"\nname = \"バル\"\npoints = 200\n"
	if _, err := readEventText(t, good); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, text, want string }{
		{"misspelt", good + "once_a_dya = true\n", "once_a_dya"},
		{"day", good + "day = \"tomorrow\"\n", "no day"},
		{"no event", "scheme = \"x\"\n", "names no event"},
		{"yen", "yen_per_point = 2\n" + good, "one yen"},
	} {
		if _, err := readEventText(t, tt.text); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
}

func readEventText(t *testing.T, text string) (int, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "event.toml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	k := &call{words: words.In("en")}
	list, err := k.readEvents("", []string{path}, "2026-11-22")
	return len(list), err
}

// What an event's cards outlast is said, and changed, in days.
func TestEventPaper(t *testing.T) {
	data, _, _ := market(t)
	file := writeFile(t, []byte("scheme = \"らづポイント\"\ncard_days = 100\n[[event]]\nid = \"bar\"\nname = \"バル\"\npoints = 200\n"))
	for _, tt := range []struct {
		line string
		want int
		says string
	}{
		{"event add " + file, 0, ""},
		{"event paper 60", 0, ""},
		{"event paper 0", 2, "no number of days"},
		{"event paper a-year", 2, "no number of days"},
		{"event paper 5000", 1, "not possible"},
		{"event add " + file, 1, "good for 100 days, and print on thermal paper lasts 60"},
		{"event add --preset kisarazu", 0, ""},
	} {
		_, err := try(t, "", append(strings.Fields(tt.line), "--data", data)...)
		if status(err) != tt.want || err != nil && !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: %d, %v", tt.line, status(err), err)
		}
	}
	if out := ok(t, "", "event", "paper", "--data", data); !strings.Contains(out, "60 days") {
		t.Errorf("%s", out)
	}
}
