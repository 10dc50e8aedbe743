package story

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"pointkiosk/packaging/proof"
)

// sheetCards is how many cards are printed beforehand and read back.
func sheetCards() int { return proof.Times(30, 300, 10000) }

// An admin prints cards for an event that is to come: every code is read back from
// the rendered pages and is the one that the manifest means; a claim before the
// cards are handed out waits, completes by itself when they are, and each is
// redeemed once.
func TestSheets(t *testing.T) {
	proof.Needs(t, "zbarimg", "pdftoppm")
	n := sheetCards()
	c := newTown(t, 10*time.Minute)
	c.batch(t, n+20)
	ids := c.crowd(t, 4)
	began := time.Now()
	c.must(t, "kioskctl", "sheets", "--event", "natural-bar", "--count", strconv.Itoa(n), "--order", "may", "--sheets", "10", "--plain")
	t.Logf("%d cards printed in %v", n, time.Since(began).Round(time.Millisecond))
	codes := c.readSheets(t, "may", n)

	early, err := c.claim(codes[1], ids[0])
	check(t, err)
	if early.path == "/done" || !strings.Contains(early.heading(), "received") {
		t.Errorf("a card that was not handed out: %s %d %s", early.path, early.status, early.heading())
	}
	c.must(t, "kioskctl", "queue", "sync") // the hub hears that they are made, and nothing is active yet
	if p, err := c.claim(codes[1], ids[0]); err != nil || p.path == "/done" {
		t.Errorf("a card that is printed, and no more: %s %d %s, %v", p.path, p.status, p.heading(), err)
	}
	all := c.manifest(t, "may").Cards
	c.must(t, "kioskctl", "activate", all[0].Serial, all[9].Serial)
	c.must(t, "kioskctl", "queue", "sync")
	if got := strings.Count(c.must(t, "hub", "export", "cards"), `"state":"redeemed"`); got != 1 {
		t.Errorf("%d claims completed by themselves", got)
	}
	for _, tt := range []struct {
		name  string
		code  int
		id    int
		taken bool
	}{
		{"another account, the card that waited", 1, 1, false},
		{"one that was handed out", 2, 1, true},
		{"the same again", 2, 1, true},
		{"another account, that one", 2, 2, false},
		{"one that was not handed out", 10, 3, false},
	} {
		p, err := c.claim(codes[tt.code], ids[tt.id])
		if check(t, err); (p.path == "/done") != tt.taken {
			t.Errorf("%s: %s %d %s", tt.name, p.path, p.status, p.heading())
		}
	}
	c.must(t, "kioskctl", "sheets", "withdraw", "may", "--reason", "rain")
	c.must(t, "kioskctl", "queue", "sync")
	c.must(t, "hub", "check")
	c.must(t, "kioskctl", "journal", "verify")
}

// batch opens a town whose admin may print so many cards beforehand.
func (c *town) batch(t *testing.T, count int) {
	t.Helper()
	c.must(t, "hub", "event", "add", "--preset", "kisarazu", "--open-today")
	code := c.must(t, "hub", "kiosk", "add", kioskName)
	_, err := c.run(code, "kioskctl", "enroll", "--code", "-")
	check(t, err)
	c.must(t, "hub", "kiosk", "grant", kioskName, "--event", "natural-bar", "--count", strconv.Itoa(count), "--batch")
	c.must(t, "kioskctl", "queue", "sync")
}

// A printedManifest is what is read of an order's manifest.
type printedManifest struct {
	Files []struct {
		Name, SHA256 string
		Cards        int
	}
	Cards []struct {
		Serial  string
		Payload string `json:"payload_sha256"`
	}
}

func (c *town) manifest(t *testing.T, order string) (m printedManifest) {
	t.Helper()
	text, err := os.ReadFile(c.path(order, "manifest.json"))
	check(t, err)
	check(t, json.Unmarshal(text, &m))
	return m
}

// readSheets reads every code of an order from its rendered pages, and returns
// them in the manifest's order: each is there once, and has its SHA-256.
func (c *town) readSheets(t *testing.T, order string, n int) []string {
	t.Helper()
	m := c.manifest(t, order)
	found := map[string]string{}
	for _, f := range m.Files {
		pdf := c.path(order, f.Name)
		text, err := os.ReadFile(pdf)
		check(t, err)
		if sum := sha256.Sum256(text); hex.EncodeToString(sum[:]) != f.SHA256 {
			t.Errorf("%s is not the file of the manifest", f.Name)
		}
		before := len(found)
		for _, dpi := range []string{"200", "300", "150", "250"} { // zbar sees a page as it comes, and misses a code on it now and then
			if readPages(t, pdf, dpi, found); len(found) == before+f.Cards {
				break
			}
		}
	}
	if len(m.Cards) != n || len(found) != n {
		t.Fatalf("%d cards in the manifest, %d codes on paper, want %d", len(m.Cards), len(found), n)
	}
	var codes []string
	for _, card := range m.Cards {
		if found[card.Payload] == "" {
			t.Fatalf("card %s is on no page", card.Serial)
		}
		codes = append(codes, found[card.Payload])
	}
	return codes
}

// readPages reads the codes on a file's backs, by their SHA-256.
func readPages(t *testing.T, pdf, dpi string, found map[string]string) {
	t.Helper()
	dir := t.TempDir()
	check(t, exec.CommandContext(t.Context(), "pdftoppm", "-r", dpi, "-gray", pdf, filepath.Join(dir, "page")).Run())
	pages, err := filepath.Glob(filepath.Join(dir, "page-*"))
	check(t, err)
	for side, page := range pages {
		if side%2 == 0 { // a front, which has no code
			continue
		}
		codes, err := readCodes(page)
		check(t, err)
		for _, code := range strings.Fields(codes) {
			sum := sha256.Sum256([]byte(code))
			found[hex.EncodeToString(sum[:])] = code
		}
	}
	check(t, os.RemoveAll(dir))
}
