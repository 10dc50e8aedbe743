package fault

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"pointkiosk/assets/words"
	"pointkiosk/cards"
)

// thirty cards are an order of three sheets, and three files.
const thirty = 30

// A printery is an admin's machine that prints cards beforehand, seen from outside:
// what its journal says, and what lies in its folders.
type printery struct {
	ctl   string
	dir   string            // everything of it
	aside string            // a folder that no fault touches, for what it says
	half  bool              // it began with half a folder, which stays until somebody goes on
	want  map[string]string // the SHA-256 of the code of each of the first hundred cards of its batch, by serial
}

func (p *printery) data() string   { return filepath.Join(p.dir, "kiosk") }
func (p *printery) out() string    { return filepath.Join(p.dir, "out") }
func (p *printery) opened() string { return filepath.Join(p.dir, "opened") }

// may are the arguments of the order that everything is about.
func (p *printery) may(more ...string) []string { return p.order("may", thirty, more...) }

func (p *printery) order(name string, count int, more ...string) []string {
	args := []string{"sheets", "--event", "tomorrow", "--count", fmt.Sprint(count), "--order", name, "--sheets", "1", "--operator", "鈴木", "--out", p.out()}
	return p.args(append(args, more...)...)
}

func (p *printery) args(args ...string) []string { return append(args, "--data", p.data()) }

// ask runs kioskctl to its end.
func (p *printery) ask(args ...string) (out []byte, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	out, err = exec.CommandContext(ctx, p.ctl, args...).Output()
	return out, failed(args, err)
}

func (p *printery) do(args ...string) error {
	_, err := p.ask(args...)
	return err
}

// An ordered is what sheets list says of an order.
type ordered struct {
	Order string
	State cards.State
	Count int
	Copy  uint32
}

func (p *printery) list() (all []ordered, err error) {
	out, err := p.ask(p.args("sheets", "list", "--json")...)
	if err != nil {
		return nil, err
	}
	for line := range bytes.Lines(out) {
		var o ordered
		if err := json.Unmarshal(line, &o); err != nil {
			return nil, fmt.Errorf("sheets list: %w", err)
		}
		all = append(all, o)
	}
	return all, nil
}

// mayOrder is what is listed of it; the zero one is not.
func (p *printery) mayOrder() (ordered, error) {
	all, err := p.list()
	for _, o := range all {
		if o.Order == "may" {
			return o, err
		}
	}
	return ordered{}, err
}

// book is the whole journal.
func (p *printery) book() (book []cards.Entry, err error) {
	out, err := p.ask(p.args("journal", "export", "--json")...)
	if err != nil {
		return nil, err
	}
	for line := range bytes.Lines(out) {
		var l struct{ Sealed []byte }
		var e cards.Entry
		if err := errors.Join(json.Unmarshal(line, &l), cards.Unsealed(l.Sealed, cards.PaperEntry, &e)); err != nil {
			return nil, fmt.Errorf("journal export: %w", err)
		}
		book = append(book, e)
	}
	return book, nil
}

// A manifest is what is read of an order's.
type manifest struct {
	Order string
	Copy  uint32
	Files []struct{ Name, SHA256 string }
	Cards []struct {
		Serial  string
		Payload string `json:"payload_sha256"`
	}
}

// isOf wants a manifest to have each card of its order once, with the code that it
// always has.
func (m manifest) isOf(want map[string]string) error {
	seen := map[string]bool{}
	for _, c := range m.Cards {
		if want[c.Serial] != c.Payload {
			return fmt.Errorf("order %s has another card %s", m.Order, c.Serial)
		}
		seen[c.Serial] = true
	}
	if m.Order == "may" && len(seen) != thirty || len(seen) != len(m.Cards) {
		return fmt.Errorf("order %s has %d cards, %d of them once", m.Order, len(m.Cards), len(seen))
	}
	return nil
}

// whole reads a folder of an order, in which nothing may be missing.
func whole(dir string) (m manifest, err error) {
	text, err := os.ReadFile(filepath.Join(dir, "manifest.json"))
	if err == nil {
		err = json.Unmarshal(text, &m)
	}
	if err != nil {
		return m, fmt.Errorf("folder %s is a half one: %w", filepath.Base(dir), err)
	}
	for _, f := range m.Files {
		err = errors.Join(err, wholeFile(filepath.Join(dir, f.Name), f.SHA256))
	}
	if text, csv := os.ReadFile(filepath.Join(dir, "manifest.csv")); bytes.Count(text, []byte("\n")) != 1+len(m.Cards) {
		err = errors.Join(err, fmt.Errorf("the table has %d lines of %d cards, %w", bytes.Count(text, []byte("\n")), len(m.Cards), csv))
	}
	if text, list := os.ReadFile(filepath.Join(dir, "contact.pdf")); !bytes.HasSuffix(text, []byte("%%EOF\n")) {
		err = errors.Join(err, fmt.Errorf("the list of serials: %w, %d bytes", list, len(text)))
	}
	if err != nil {
		err = fmt.Errorf("folder %s is a half one: %w", filepath.Base(dir), err)
	}
	return m, err
}

// wholeFile wants a file that is not encrypted to be the one that was written.
func wholeFile(path, sum string) error {
	text, err := os.ReadFile(path)
	if got := sha256.Sum256(text); err != nil || !strings.HasSuffix(path, ".age") && hex.EncodeToString(got[:]) != sum {
		return fmt.Errorf("file %s is a half one: %d bytes, %w", filepath.Base(path), len(text), err)
	}
	return nil
}

// inside are the names in a folder, which need not be there.
func inside(dir string) (all []string, err error) {
	found, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	for _, f := range found {
		all = append(all, f.Name())
	}
	return all, err
}

// isHalf reports a name that says that what has it is not whole.
func isHalf(name string) bool {
	return strings.HasPrefix(name, ".") && strings.HasSuffix(name, ".part")
}

// stands wants the journal to be whole, its orders to be of one number after the
// other, what has its real name to be whole, and each folder's order to be listed.
// Half ones may be left where the process was killed.
func (p *printery) stands(killed bool) error {
	if err := p.do(p.args("journal", "verify")...); err != nil {
		return err
	}
	book, err := p.book()
	if err != nil {
		return err
	}
	next, opened := uint32(1), false
	for _, e := range book {
		if opened = opened || e.State == cards.Opened; e.State != cards.Making {
			continue
		}
		if e.Number != next {
			return fmt.Errorf("order %s begins at %d, after %d: a number is lost, or there twice", e.Request, e.Number, next-1)
		}
		next = e.Last + 1
	}
	all, err := p.list()
	if err != nil {
		return err
	}
	plain, err := inside(p.opened())
	if err != nil {
		return err
	}
	if len(plain) > 0 && !opened {
		return fmt.Errorf("%v are opened, and the journal doesn't say so", plain)
	}
	return errors.Join(p.halves(killed, plain), p.folders(killed, all))
}

// halves wants no half file among those that were opened, but for its name.
func (p *printery) halves(killed bool, plain []string) error {
	if len(plain) == 0 {
		return nil
	}
	m, err := whole(filepath.Join(p.out(), "may"))
	if err != nil {
		return err
	}
	for _, name := range plain {
		n := slices.IndexFunc(m.Files, func(f struct{ Name, SHA256 string }) bool { return strings.TrimSuffix(f.Name, ".age") == name })
		switch {
		case isHalf(name) && killed:
		case n < 0:
			return fmt.Errorf("%s was left among the files that were opened", name)
		default:
			err = errors.Join(err, wholeFile(filepath.Join(p.opened(), name), m.Files[n].SHA256))
		}
	}
	return err
}

// folders wants each order's folder to be whole, and to be of an order that is listed.
func (p *printery) folders(killed bool, all []ordered) error {
	dirs, err := inside(p.out())
	if err != nil {
		return err
	}
	for _, name := range dirs {
		if isHalf(name) {
			if !killed && !p.half {
				return fmt.Errorf("%s was left", name)
			}
			continue
		}
		m, err := whole(filepath.Join(p.out(), name))
		if err != nil {
			return err
		}
		n := slices.IndexFunc(all, func(o ordered) bool { return o.Order == m.Order })
		if n < 0 {
			return fmt.Errorf("files of order %s are there, and it is listed nowhere", m.Order)
		}
		if err := m.isOf(p.want); err != nil {
			return err
		}
	}
	return nil
}

// says wants what a person is told to be a sentence of the word list, of those that
// tell what to do. Of a disk the log may say more before, and the error behind.
func says(told string) error {
	ja := words.In("ja")
	text := strings.TrimSpace(told)
	log, err, _ := strings.Cut("\n"+text, "\nkioskctl: ")
	if sentence, _, _ := strings.Cut(err, "\n"); logged(log) && (err == ja.Say("cli.err.full") || err == ja.Say("cli.sheets.unwritten", "may", "may") || sentence == ja.Say("cli.err.write") || sentence == ja.Say("cli.err.place")) {
		return nil
	}
	for _, s := range []string{
		ja.Say("cli.err.busy"), ja.Say("cli.err.unfinished"), ja.Say("cli.err.order.made"), ja.Say("cli.err.cut"),
		ja.Say("cli.sheets.cut", "may", "may"), ja.Say("cli.sheets.cut.again", "may"), ja.Say("cli.sheets.full", "may", "may"),
		ja.Say("cli.sheets.state", "may", ja.Say("cli.state.made")), ja.Say("cli.sheets.state", "may", ja.Say("cli.state.withdrawn")),
	} {
		if text == "kioskctl: "+s {
			return nil
		}
	}
	return fmt.Errorf("a person is told %q", told)
}

// logged reports whether there are only lines of a log.
func logged(text string) bool {
	for line := range strings.Lines(text) {
		if line != "\n" && !strings.HasPrefix(line, "time=") {
			return false
		}
	}
	return true
}
