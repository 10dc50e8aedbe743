package story

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pointkiosk/packaging/proof"
)

// A city makes its posters. Whoever reads the code of one with a phone gets the
// page that it promises, and nobody gets points from a wall.
func TestPosters(t *testing.T) {
	proof.Needs(t, "pdftoppm", "zbarimg")
	c := newTown(t, 2*time.Minute)
	c.batch(t, 10)
	for _, tt := range []struct {
		args []string
		file string
		page string // where the code leads
	}{
		{[]string{"venue"}, "venue-a4.pdf", "/signin"},
		{[]string{"flyer", "--paper", "a3", "--lang", "en", "--place", "City hall, 1st floor", "--hours", "Mon-Fri 9:00-16:00"}, "flyer-a3.pdf", "/signin"},
		{[]string{"plate", "--shop", "パンのきさらぎ", "--colour", "0A6B3B", "--out", "bakery.pdf"}, "bakery.pdf", "/shop/signin"},
	} {
		c.must(t, "kioskctl", append([]string{"poster"}, tt.args...)...)
		page := c.path("page")
		check(t, exec.CommandContext(t.Context(), "pdftoppm", "-r", "150", "-png", "-singlefile", c.path(tt.file), page).Run())
		code, err := readCodes(page + ".png")
		check(t, err)
		code = strings.TrimSpace(code)
		if !strings.HasPrefix(code, "HTTPS://"+c.listen+"/") {
			t.Errorf("%s leads to %s", tt.file, code)
		}
		answer, err := http.Get(strings.Replace(code, "HTTPS", "http", 1)) // this hub has no proxy before it
		check(t, err)
		answer.Body.Close()
		if answer.StatusCode != http.StatusOK || answer.Request.URL.Path != tt.page {
			t.Errorf("%s: %s shows %s with %d", tt.file, code, answer.Request.URL.Path, answer.StatusCode)
		}
	}
	c.refusedPosters(t)
}

// refusedPosters are not made, and nothing is left of them.
func (c *town) refusedPosters(t *testing.T) {
	t.Helper()
	check(t, os.Mkdir(c.path("folder"), 0o700))
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{"banner"}, "is not venue, plate or flyer"},
		{[]string{"venue", "--paper", "b4"}, "no paper"},
		{[]string{"venue", "--lang", "fr"}, "is not ja or en"},
		{[]string{"venue", "--colour", "blue"}, "is no colour"},
		{[]string{"plate"}, "with --shop"},
		{[]string{"plate", "--shop", "𠮷野屋"}, "can't be printed"},
		{[]string{"plate", "--shop", strings.Repeat("きさらぎ", 30)}, "too long"},
		{[]string{"venue", "--event", "moon"}, "no allotment of that event"},
		{[]string{"venue", "--out", "nowhere/x.pdf"}, "Check the folder"},
		{[]string{"venue", "--out", "folder"}, "Check the folder"},
	} {
		_, err := c.run("", "kioskctl", append([]string{"poster"}, tt.args...)...)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q: %v, want %q", tt.args, err, tt.want)
		}
	}
	left, err := filepath.Glob(c.path(".*.pdf*"))
	if more, _ := filepath.Glob(c.path(".folder*")); err != nil || len(left)+len(more) > 0 {
		t.Errorf("left: %q, %q, %v", left, more, err)
	}
}
