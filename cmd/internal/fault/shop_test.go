package fault

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pointkiosk/cards"
)

// A shop is one kiosk, seen from outside: what it says, what lies in its tray,
// and what its journal shows.
type shop struct {
	*tray
	ctl    string   // the program
	data   string   // its data folder
	log    *os.File // its standard output, on a disk that survives
	said   []card   // all of that
	read   int64    // how far
	book   []entry  // the journal, after the last restart
	queued []card   // the cards that are open

	took time.Duration // by the last run to its end
}

// card is what kioskctl says of a card.
type card struct {
	Serial string      `json:"serial"`
	State  cards.State `json:"state"`
	Copy   uint32      `json:"copy"`
}

// entry is what kioskctl journal export says of an entry.
type entry struct {
	Seq uint64 `json:"seq"`
	card
	Hash string `json:"hash"`
}

// newShop puts a copy of the enrolled kiosk in data, with a printer of its own.
func newShop(t *testing.T, bin func() (string, error), data string, speed int) *shop {
	t.Helper()
	dir, err := enrolled()
	if err != nil {
		t.Fatal(err)
	}
	programs, err := bin()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(data, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	a, err := newArtist(dir)
	if err != nil {
		t.Fatal(err)
	}
	s, err := openShop(programs, data, t.TempDir(), a, speed)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.close)
	return s
}

// openShop gives a data folder a printer and a place for what is said.
func openShop(programs, data, dir string, a *artist, speed int) (*shop, error) {
	tray, err := newTray(dir, a, speed)
	if err != nil {
		return nil, err
	}
	log, err := os.Create(filepath.Join(dir, "said.jsonl"))
	if err != nil {
		tray.stop()
		return nil, err
	}
	return &shop{tray: tray, ctl: filepath.Join(programs, "kioskctl"), data: data, log: log}, nil
}

func (s *shop) close() {
	s.stop()
	_ = s.log.Close()
}

func (s *shop) args(args ...string) []string {
	return append(args, "--json", "--data", s.data, "--printer", s.uri())
}

// limit is the longest that any program may take.
const limit = 30 * time.Second

// ask runs kioskctl, whose answer is no news of a card.
func (s *shop) ask(args ...string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	out, err := exec.CommandContext(ctx, s.ctl, s.args(args...)...).Output()
	return out, failed(args, err)
}

func failed(args []string, err error) error {
	if err == nil {
		return nil
	}
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return fmt.Errorf("kioskctl %s: %w: %s", strings.Join(args, " "), err, exit.Stderr)
	}
	return fmt.Errorf("kioskctl %s: %w", strings.Join(args, " "), err)
}

// do runs kioskctl to its end and takes in what it said and printed.
func (s *shop) do(args ...string) error {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	c := exec.CommandContext(ctx, s.ctl, s.args(args...)...)
	var errs strings.Builder
	c.Stdout, c.Stderr = s.log, &errs
	start := time.Now()
	err := c.Run()
	if s.took = time.Since(start); err != nil {
		err = fmt.Errorf("kioskctl %s: %w: %s", strings.Join(args, " "), err, errs.String())
	}
	return errors.Join(err, s.hear(), s.look())
}

// kill runs kioskctl and kills it after a while, or when it has ended.
func (s *shop) kill(after time.Duration, args ...string) error {
	c := exec.Command(s.ctl, s.args(args...)...)
	c.Stdout = s.log
	if err := c.Start(); err != nil {
		return err
	}
	timer := time.AfterFunc(after, func() { _ = c.Process.Kill() }) // it may have ended
	var exit *exec.ExitError
	if err := c.Wait(); err != nil && !errors.As(err, &exit) {
		return err
	}
	timer.Stop()
	return nil
}

// hear reads the whole lines that were said since.
func (s *shop) hear() error {
	b, err := os.ReadFile(s.log.Name())
	if err != nil {
		return err
	}
	for line := range strings.Lines(string(b[s.read:])) {
		if !strings.HasSuffix(line, "\n") {
			return nil // the kiosk died in the middle of it
		}
		s.read += int64(len(line))
		var c card
		if err := json.Unmarshal([]byte(line), &c); err != nil {
			return fmt.Errorf("it said %q: %w", line, err)
		}
		s.said = append(s.said, c)
	}
	return nil
}

// export reads the journal as it is, without opening it to write.
func (s *shop) export() (book []entry, err error) {
	out, err := s.ask("journal", "export")
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(string(out)) {
		var e entry
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			return nil, fmt.Errorf("journal export: %w", err)
		}
		book = append(book, e)
	}
	return book, nil
}

// restart looks at the kiosk after a fault, starts it again, and returns how
// the fault left the journal and every promise that was broken.
func (s *shop) restart() (left []entry, err error) {
	if err := errors.Join(s.hear(), s.look()); err != nil {
		return nil, err
	}
	if left, err = s.export(); err != nil {
		return nil, err
	}
	out, err := s.ask("status")
	if err != nil {
		return left, err
	}
	var status struct{ Open []card }
	if err := json.Unmarshal(out, &status); err != nil {
		return left, fmt.Errorf("status: %w", err)
	}
	s.queued = status.Open
	if _, err := s.ask("journal", "verify"); err != nil {
		return left, err
	}
	book, err := s.export()
	if err != nil {
		return left, err
	}
	err = errors.Join(grown(s.book, left), grown(left, book), asked(left, book, s.queued), s.kept(book), s.known(book))
	s.book = book
	return left, err
}

// settle says of every uncertain card what its paper shows, as a volunteer
// does: sometimes wrongly, and sometimes the kiosk is killed meanwhile.
func (s *shop) settle(rnd *rand.Rand) error {
	for n := 0; ; n++ {
		c, ok := s.uncertain()
		if !ok {
			return nil
		}
		if n > 50 {
			return fmt.Errorf("card %s stays uncertain", c.Serial)
		}
		if err := s.refuses(); err != nil {
			return err
		}
		how := "--again"
		if s.whole(c) && rnd.IntN(4) > 0 {
			how = "--whole"
		}
		if rnd.IntN(4) == 0 {
			if err := s.kill(within(rnd, 80*time.Millisecond), "settle", c.Serial, how); err != nil {
				return err
			}
		} else if err := s.do("settle", c.Serial, how); err != nil {
			return err
		}
		if _, err := s.restart(); err != nil {
			return fmt.Errorf("after settle %s: %w", how, err)
		}
	}
}

func (s *shop) uncertain() (card, bool) {
	for _, c := range s.queued {
		if c.State == cards.Uncertain {
			return c, true
		}
	}
	return card{}, false
}

// refuses tries to issue over an uncertain card.
func (s *shop) refuses() error {
	pages, said := s.seen, len(s.said)
	err := s.do("issue")
	if err == nil || len(s.said) > said || s.seen > pages {
		return fmt.Errorf("a card was issued over an uncertain one: %v, %v", s.said[said:], err)
	}
	return nil
}
