package station

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/crypto/bcrypt"
)

// The annotated example says the usual settings.
func TestExampleSettings(t *testing.T) {
	s, err := Load("../../../packaging/kiosk.toml")
	if err != nil || !reflect.DeepEqual(s, Usual()) {
		t.Errorf("the example is %+v, %v\nthe usual settings are %+v", s, err, Usual())
	}
}

func TestBadSettings(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"misspelt", "[printer]\nurl = \"x\"", "unknown setting"},
		{"no such printer", "[printer]\nprofile = \"epson\"", "there are raster-58"},
		{"no such layout", "[printer.differs]\nlayout = \"small\"", "small"},
		{"a layout it can't print", "[printer]\nprofile = \"clone-58\"\n[printer.differs]\nlayout = \"native\"", "needs \"dot_feed\""},
		{"no such field", "[printer.differs]\npaper = 58", "unknown field"},
		{"language", "[screen]\nlang = \"de\"", "neither ja nor en"},
		{"a name that no paper takes", "[[staff]]\nname = \"" + strings.Repeat("佐", 22) + "\"", "longer than 64 bytes"},
		{"no such reader", "[card]\nreader = \"ACR1252\"", "not like pcsc:"},
		{"no such card", "[card]\nreader = \"virtual:gold\"", "there is no card \"gold\""},
		{"a place from nowhere", "[sheets]\nout = \"usb\"", "does not begin with /"},
		{"a printer far off", "[sheets]\nback = { x = 21.0, y = 0.0 }", "an offset of 21 mm"},
		{"no offset", "[sheets]\nback = { x = nan, y = 0.0 }", "an offset of NaN"},
		{"paper that is too small", "[[sheets.stock]]\nname = \"own\"\npage = { width = 50.0, height = 50.0 }\ncell = { width = 91.0, height = 55.0 }\ncolumns = 1\nrows = 1", "paper \"own\""},
		{"a preset's name", "[[sheets.stock]]\nname = \"single\"\npage = { width = 111.0, height = 75.0 }\ncell = { width = 91.0, height = 55.0 }\ncolumns = 1\nrows = 1\nleft = 10.0\ntop = 10.0", "two kinds of paper"},
		{"too many kinds", strings.Repeat("[[sheets.stock]]\nname = \"own\"\n", 4), "4 kinds of paper, at most 3"},
		{"no colour", "[sheets]\ncolour = \"green\"", "sheets.colour: sheet: colour \"green\", want #RRGGBB"},
		{"a picture from nowhere", "[sheets]\npicture = \"mark.png\"", "does not begin with /"},
		{"a picture that is not there", "[sheets]\npicture = \"/no/such/mark.png\"", "no such file"},
		{"a picture that is none", "[sheets]\npicture = \"/proc/self/status\"", "not a PNG, JPEG or SVG picture"},
		{"an empty picture", "[sheets]\npicture = \"/dev/null\"", "it is empty"},
		{"no TOML", "=", "settings"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "kiosk.toml")
			if err := os.WriteFile(path, []byte(tt.text), 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := Load(path); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Load = %v, want %q", err, tt.want)
			}
		})
	}
}

// Guessing at the staff door gets slower, and a restart wins nothing.
func TestDoor(t *testing.T) {
	hash, err := bcrypt.GenerateFromPassword([]byte("2468"), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	path := filepath.Join(t.TempDir(), "door")
	open := func() *door { // as after a restart
		return newDoor(path, []Staff{{Name: "sato", PIN: string(hash)}}, func() time.Time { return now })
	}
	for n, want := range []time.Duration{0, 0, 5 * time.Second} {
		if name, wait, err := open().unlock("0000"); name != "" || wait != want || err != nil {
			t.Fatalf("try %d: %q, %v, %v, want to wait %v", n+1, name, wait, err, want)
		}
	}
	if name, wait, _ := open().unlock("2468"); name != "" || wait != 5*time.Second {
		t.Fatalf("the right PIN too early: %q, %v", name, wait)
	}
	now = now.Add(5 * time.Second)
	if name, _, err := open().unlock("2468"); name != "sato" || err != nil {
		t.Fatalf("the right PIN: %q, %v", name, err)
	}
	if _, wait, _ := open().unlock("1111"); wait != 10*time.Second {
		t.Errorf("a right PIN forgave the wrong ones: then another waits %v", wait)
	}
	now = now.Add(4 * forgiven)
	if _, wait, _ := open().unlock("1111"); wait != 0 {
		t.Error("time did not forgive the wrong PINs")
	}
	if err := os.WriteFile(path, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, want := range []time.Duration{longestBar, 0} {
		if name, wait, err := open().unlock("2468"); (name == "sato") != (want == 0) || wait != want || err != nil {
			t.Fatalf("after a damaged file: %q, %v, %v, want to wait %v", name, wait, err, want)
		}
		now = now.Add(want)
	}
}

// Two fingers are no faster than one, and hours of guessing cost those who come
// after them little more than minutes.
func TestDoorUnderGuesses(t *testing.T) {
	hash, err := bcrypt.GenerateFromPassword([]byte("2468"), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Unix(1_800_000_000, 0)
	path := filepath.Join(t.TempDir(), "door")
	d := newDoor(path, []Staff{{Name: "sato", PIN: string(hash)}}, func() time.Time { return now })
	var together sync.WaitGroup
	var free atomic.Int32
	for range 20 {
		together.Go(func() {
			switch _, wait, err := d.unlock("1111"); {
			case err != nil:
				t.Error(err)
			case wait == 0:
				free.Add(1)
			}
		})
	}
	together.Wait()
	if n := free.Load(); n != freeTries-1 {
		t.Errorf("of twenty at once %d went unpunished, want %d", n, freeTries-1)
	}
	for range 100 { // as many as the door lets through
		now = now.Add(longestBar)
		if _, wait, _ := d.unlock("1111"); wait == 0 {
			t.Fatal("guessing is not slowed down")
		}
	}
	now = now.Add(90 * time.Minute)
	if _, wait, _ := d.unlock("1111"); wait != 0 {
		t.Errorf("an hour and a half later one slip of the finger shuts the door for %v", wait)
	}
	if name, _, err := d.unlock("2468"); name != "sato" || err != nil {
		t.Errorf("the right PIN: %q, %v", name, err)
	}
}
