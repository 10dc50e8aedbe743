package press

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"pointkiosk/cards"
	"pointkiosk/cards/face"
	"pointkiosk/cards/sheet"
	"pointkiosk/kiosk/journal"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, cards.Japan)

// A desk is an admin's machine with a batch of 60 cards.
type desk struct {
	*Press
	t       *testing.T
	journal *journal.Journal
	a       cards.Allotment
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	dir := t.TempDir()
	j, err := journal.OpenFile(t.Context(), journal.Opts{
		Driver: "sqlite", Path: filepath.Join(dir, "journal.db"), Head: filepath.Join(dir, "journal.head"),
		Key: cards.SigningKey{ID: 3, Private: ed25519.NewKeyFromSeed(make([]byte, 32))}, Now: func() time.Time { return noon },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	a := cards.Allotment{
		ID: 8, Key: 3, Kind: cards.KindCard, Points: 200, Count: 60, Day: cards.DayOf(noon), Expires: cards.DayOf(noon) + 100, Batch: true,
		From: noon.Unix(), Until: noon.Add(time.Hour).Unix(), Event: cards.Event{
			ID: "natural-bar", Municipality: cards.Text{Ja: "木更津市"}, Scheme: cards.Text{Ja: "らづポイント"}, Name: cards.Text{Ja: "ナチュラルバル"},
			Place: cards.Text{Ja: "JR木更津駅西口広場"}, Contact: cards.Text{Ja: "市民活動支援課"}, Phone: "0438-23-8610", Host: "P.EXAMPLE.JP",
		},
	}
	return &desk{Press: &Press{Journal: j, Dir: dir, Out: filepath.Join(dir, "out")}, t: t, journal: j, a: a}
}

func (d *desk) order(name string, count uint32) Job {
	stock, err := sheet.FindStock("a4-10")
	if err != nil {
		d.t.Fatal(err)
	}
	return Job{Request: name, Allotment: d.a.ID, Count: count, Stock: stock, Lang: "ja", PerFile: 2, Plain: true, Start: 3, Operator: "鈴木"}
}

func (d *desk) run(job Job) Done {
	d.t.Helper()
	done, err := d.Run(d.t.Context(), d.a, job)
	if err != nil {
		d.t.Fatal(err)
	}
	return done
}

// made are the entries of files that are whole.
func (d *desk) made() []cards.Entry { return d.entries(cards.Made) }

// entries are those of one state.
func (d *desk) entries(state cards.State) (out []cards.Entry) {
	d.t.Helper()
	records, err := d.journal.Records(d.t.Context(), 0, 100)
	if err != nil {
		d.t.Fatal(err)
	}
	for _, r := range records {
		var e cards.Entry
		if err := cards.Unsealed(r.Data, cards.PaperEntry, &e); err != nil {
			d.t.Fatal(err)
		}
		if e.State == state {
			out = append(out, e)
		}
	}
	return out
}

// lines are the cards of a manifest: what never changes about them.
func (d *desk) lines(dir string) (out []string) {
	d.t.Helper()
	m, _, err := readManifest(dir)
	if err != nil {
		d.t.Fatal(err)
	}
	for _, c := range m.Cards {
		out = append(out, c.Serial+" "+c.Payload)
	}
	return out
}

// left are the names in a directory.
func (d *desk) left() (names []string) {
	found, err := os.ReadDir(d.Out)
	if err != nil && !os.IsNotExist(err) {
		d.t.Fatal(err)
	}
	for _, f := range found {
		names = append(names, f.Name())
	}
	return names
}

// A manifest that is written card by card is the one that json.Marshal writes,
// but for the spaces, and a card a line.
func TestManifestIsWhole(t *testing.T) {
	d := newDesk(t)
	d.a.Event.ID = "null"
	done := d.run(d.order("may", 45))
	text, err := os.ReadFile(filepath.Join(done.Dir, manifestJSON))
	m, _, readErr := readManifest(done.Dir)
	if err := errors.Join(err, readErr); err != nil {
		t.Fatal(err)
	}
	want, err := json.Marshal(m)
	var bare bytes.Buffer
	if err := errors.Join(err, json.Compact(&bare, text)); err != nil || !bytes.Equal(bare.Bytes(), want) || len(m.Cards) != 45 {
		t.Errorf("%d cards, %v:\n%s\nwant\n%s", len(m.Cards), err, text, want)
	}
	if n := bytes.Count(text, []byte("\n  {\"serial\":")); n != 45 {
		t.Errorf("%d cards have a line of their own, want 45", n)
	}
}

// A large order has several lists of its serials, each of whole sheets.
func TestContacts(t *testing.T) {
	d := newDesk(t)
	d.a.Count = contactSheets + 1
	job := d.order("may", contactSheets+1)
	var err error
	if job.Stock, err = sheet.FindStock("single"); err != nil {
		t.Fatal(err)
	}
	job.Start, job.PerFile = 0, contactSheets+1
	done := d.run(job)
	files, err := os.ReadDir(done.Dir)
	if err != nil {
		t.Fatal(err)
	}
	var lists []string
	for _, f := range files {
		if strings.HasPrefix(f.Name(), "contact") {
			lists = append(lists, f.Name())
		}
	}
	if !slices.Equal(lists, []string{"contact-1.pdf", "contact-2.pdf"}) {
		t.Errorf("the lists are %v", lists)
	}
}

// An order becomes files of whole sheets, each card at the place that the
// manifest says, and never its code beside it.
func TestRun(t *testing.T) {
	d := newDesk(t)
	d.Tell = func(done, all int) {
		if done < 1 || done > all || all != 45 {
			t.Errorf("%d of %d cards", done, all)
		}
	}
	done := d.run(d.order("may", 45))
	m, digest, err := readManifest(done.Dir)
	if err != nil || !bytes.Equal(done.Order.Digest, digest[:]) || done.Order.State != cards.Made {
		t.Fatalf("%+v, %v", done.Order, err)
	}
	if text, err := os.ReadFile(filepath.Join(done.Dir, contactName)); err != nil || !bytes.HasPrefix(text, []byte("%PDF-")) {
		t.Errorf("no list of the serials: %v", err)
	}
	var got []int
	for _, f := range m.Files {
		pdf, err := os.ReadFile(filepath.Join(done.Dir, f.Name))
		sum := sha256.Sum256(pdf)
		if err != nil || !bytes.HasPrefix(pdf, []byte("%PDF-")) || hex.EncodeToString(sum[:]) != f.SHA256 {
			t.Errorf("%s: %v", f.Name, err)
		}
		got = append(got, f.Sheet, f.Sheets, f.Cards)
	}
	if want := []int{1, 2, 17, 3, 2, 20, 5, 1, 8}; !slices.Equal(got, want) {
		t.Errorf("sheet, sheets, cards of each file: %v, want %v", got, want)
	}
	if c := m.Cards[17]; len(m.Cards) != 45 || c.Sheet != 3 || c.Cell != 1 || c.File != m.Files[1].Name || c.Number != 18 {
		t.Errorf("%d cards, the 18th is %+v", len(m.Cards), c)
	}
	for n, c := range m.Cards {
		card, err := d.journal.CardOf(d.a, done.Order, uint32(n+1))
		if err != nil {
			t.Fatal(err)
		}
		url := d.a.Event.Host.URL(card)
		if sum := sha256.Sum256([]byte(url)); c.Payload != hex.EncodeToString(sum[:]) {
			t.Errorf("card %d has another payload", n+1)
		}
		for _, name := range []string{manifestJSON, manifestCSV} {
			if text, err := os.ReadFile(filepath.Join(done.Dir, name)); err != nil || bytes.Contains(text, []byte(url)) || bytes.Contains(text, []byte(card.Text())) {
				t.Fatalf("%s has a code in it, %v", name, err)
			}
		}
	}
}

// Whatever cuts an order off, no half file stays and no number is lost: gone on
// with, it makes the same cards, and so does a reprint.
func TestCutOff(t *testing.T) {
	want := newDesk(t).cut(t, nil)
	for at := 1; at <= 45; at += 11 {
		got := newDesk(t).cut(t, &at)
		if strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("cut off at card %d: other cards", at)
		}
	}
}

// cut runs an order, cut off when so many cards are done, and prints it again.
func (d *desk) cut(t *testing.T, at *int) []string {
	t.Helper()
	job := d.order("may", 45)
	if at != nil {
		ctx, stop := context.WithCancel(t.Context())
		d.Tell = func(done, _ int) {
			if done >= *at {
				stop()
			}
		}
		if _, err := d.Run(ctx, d.a, job); !errors.Is(err, context.Canceled) {
			t.Fatalf("cut off at %d: %v", *at, err)
		}
		if got := d.left(); len(got) != 0 {
			t.Errorf("cut off at %d: left are %v", *at, got)
		}
		if _, err := d.Run(t.Context(), d.a, d.order("june", 1)); !errors.Is(err, journal.ErrUnfinished) {
			t.Errorf("another order before that is whole: %v", err)
		}
		d.Tell = nil
	}
	done := d.run(job)
	again := d.run(job)
	if again.Order.Copy != 1 || again.Dir == done.Dir {
		t.Errorf("a reprint is %+v", again)
	}
	lines := d.lines(done.Dir)
	d.Only = Sheets{2, 3}
	some := d.run(job)
	if want := lines[7:27]; some.Order.Copy != 2 || strings.Join(d.lines(some.Dir), "\n") != strings.Join(want, "\n") || len(some.Files) != 2 {
		t.Errorf("two sheets again: %+v", some)
	}
	for _, only := range []Sheets{{0, 1}, {3, 2}, {5, 6}} {
		d.Only = only
		if _, err := d.Run(t.Context(), d.a, job); !errors.Is(err, ErrSheets) {
			t.Errorf("sheets %v: %v", only, err)
		}
	}
	if strings.Join(d.lines(again.Dir), "\n") != strings.Join(lines, "\n") {
		t.Error("a reprint has other cards")
	}
	return lines
}

// A crash after the files are whole and before the journal knows of it: they are
// taken as they are.
func TestWholeAndUnheard(t *testing.T) {
	d := newDesk(t)
	d.Journal = deaf{d.journal}
	if _, err := d.Run(t.Context(), d.a, d.order("may", 12)); !errors.Is(err, errDeaf) {
		t.Fatal(err)
	}
	_, before, err := readManifest(filepath.Join(d.Out, "may"))
	if err != nil {
		t.Fatal(err)
	}
	d.Journal = d.journal
	all, err := d.journal.Orders(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for n, change := range []func(o *journal.Order){
		func(o *journal.Order) { o.Digest = []byte{1} }, // they are known: whoever has them may hand them out
		func(o *journal.Order) { o.Allotment++ },
		func(o *journal.Order) { o.Last++ },
	} {
		o := all[0]
		change(&o)
		if err := d.Drop(o); err != nil || len(d.left()) != 1 {
			t.Errorf("%d: another order's files are gone: %v, %v", n, d.left(), err)
		}
	}
	other := newDesk(t)
	other.Journal = deaf{other.journal}
	if _, err := other.Run(t.Context(), other.a, other.order("may", 12)); !errors.Is(err, errDeaf) {
		t.Fatal(err)
	}
	if err := other.Drop(all[0]); err != nil || len(other.left()) != 0 {
		t.Errorf("left of an order that was ended: %v, %v", other.left(), err)
	}
	if done := d.run(d.order("may", 12)); done.Order.Copy != 0 || !bytes.Equal(done.Order.Digest, before[:]) {
		t.Errorf("%+v", done.Order)
	}
}

var errDeaf = errors.New("no journal")

// A deaf journal takes no note of what is whole.
type deaf struct{ *journal.Journal }

func (deaf) Made(context.Context, journal.Order, cards.Range, [32]byte, string) (journal.Order, error) {
	return journal.Order{}, errDeaf
}

// Files are encrypted; opening them is written down before the first byte is there.
func TestOpen(t *testing.T) {
	d := newDesk(t)
	job := d.order("may", 20)
	job.Plain = false
	done := d.run(job)
	for _, f := range done.Files {
		sealed, err := os.ReadFile(filepath.Join(done.Dir, f.Name))
		if err != nil || !bytes.HasPrefix(sealed, []byte("age-encryption.org/v1")) || bytes.Contains(sealed, []byte("%PDF-")) {
			t.Errorf("%s: %v", f.Name, err)
		}
	}
	to := t.TempDir()
	d.Journal = blind{d.journal}
	if names, err := d.Open(t.Context(), done.Dir, to, "鈴木"); !errors.Is(err, errDeaf) || len(names) != 0 {
		t.Errorf("opened without a note: %v, %v", names, err)
	}
	d.Journal = d.journal
	names, err := d.Open(t.Context(), done.Dir, to, "鈴木")
	if err != nil || len(names) != len(done.Files) {
		t.Fatalf("%v, %v", names, err)
	}
	for n, name := range names {
		pdf, err := os.ReadFile(name)
		sum := sha256.Sum256(pdf)
		if err != nil || hex.EncodeToString(sum[:]) != done.Files[n].SHA256 {
			t.Errorf("%s is another file, %v", name, err)
		}
	}
	if info, err := os.Stat(names[0]); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
}

// A blind journal takes no note of what becomes of a range.
type blind struct{ *journal.Journal }

func (blind) MarkRange(context.Context, cards.Range, cards.State, string, string) error {
	return errDeaf
}

// What can't be printed is refused before a number is taken.
func TestRefused(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(d *desk, job *Job)
		want   error
	}{
		{"more cards than are left", func(_ *desk, job *Job) { job.Count = 61 }, journal.ErrUsedUp},
		{"none", func(_ *desk, job *Job) { job.Count = 0 }, journal.ErrUsedUp},
		{"the event has ended", func(d *desk, _ *Job) { d.a.Until = noon.Unix() }, journal.ErrOver},
		{"a name that is a path", func(_ *desk, job *Job) { job.Request = "../may" }, ErrName},
		{"a picture that is none", func(_ *desk, job *Job) { job.Picture = []byte("GIF89a") }, nil},
		{"a name with a character that the font lacks", func(d *desk, _ *Job) { d.a.Event.Name.Ja = "𠮷野家まつり" }, nil},
		{"a stock that can't be", func(_ *desk, job *Job) { job.Stock.Columns = 3 }, nil},
		{"a cell that the sheet does not have", func(_ *desk, job *Job) { job.Start = 10 }, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := newDesk(t)
			job := d.order("may", 10)
			tt.change(d, &job)
			if _, err := d.Run(t.Context(), d.a, job); err == nil || tt.want != nil && !errors.Is(err, tt.want) {
				t.Errorf("%v, want %v", err, tt.want)
			}
			if all, err := d.journal.Orders(t.Context()); err != nil || len(all) != 0 || d.journal.Tally(8).Signed != 0 || len(d.left()) != 0 {
				t.Errorf("left: %v, %v, %v", all, d.left(), err)
			}
		})
	}
	d := newDesk(t)
	d.run(d.order("may", 10))
	if _, err := d.Run(t.Context(), d.a, d.order("may", 11)); !errors.Is(err, ErrOther) {
		t.Errorf("another order of the same name: %v", err)
	}
}

// A sample is one card that no hub takes, and is asked for before anything is signed.
func TestLook(t *testing.T) {
	d := newDesk(t)
	for _, sides := range []sheet.Sides{sheet.LongEdge, sheet.ShortEdge, sheet.Single} {
		job := d.order("may", 45)
		job.Sides = sides
		sample, err := job.Look(d.a)
		if err != nil || sample.Sheets != 5 || !bytes.HasPrefix(sample.PDF, []byte("%PDF-")) {
			t.Errorf("%v: %d sheets, %d bytes, %v", sides, sample.Sheets, len(sample.PDF), err)
		}
	}
	a := d.a
	a.Event.Name.Ja = "\U00020BB7野家"
	var glyph *face.MissingGlyphError
	if _, err := d.order("may", 45).Look(a); !errors.As(err, &glyph) {
		t.Errorf("a name that can't be printed: %v", err)
	}
	if all, err := d.journal.Orders(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("%v, %v", all, err)
	}
}

// Whoever prints an order again is named in the journal, and not who ordered it.
func TestWho(t *testing.T) {
	d := newDesk(t)
	d.run(d.order("may", 5))
	d.Who = "佐藤"
	d.run(d.order("may", 5))
	var who []string
	for _, e := range d.made() {
		who = append(who, e.Operator)
	}
	if strings.Join(who, " ") != "鈴木 佐藤" {
		t.Errorf("%q", who)
	}
}
