package fault

import (
	"errors"
	"fmt"

	"pointkiosk/cards"
)

// story is what a journal tells of one card.
type story []card

func (s story) has(state cards.State, copy uint32) bool {
	for _, c := range s {
		if c.State == state && c.Copy == copy {
			return true
		}
	}
	return false
}

// count is how often the card went to a state.
func (s story) count(state cards.State) (n int) {
	for _, c := range s {
		if c.State == state {
			n++
		}
	}
	return n
}

func (s story) last() cards.State { return s[len(s)-1].State }

func stories(book []entry) map[string]story {
	all := map[string]story{}
	for _, e := range book {
		if e.Serial != "" {
			all[e.Serial] = append(all[e.Serial], e.card)
		}
	}
	return all
}

// grown wants every entry of before where it was: nothing that was written is
// lost or changed.
func grown(before, after []entry) error {
	if len(after) < len(before) {
		return fmt.Errorf("%d entries are left of %d", len(after), len(before))
	}
	for n, e := range before {
		if after[n] != e {
			return fmt.Errorf("entry %d is %v and was %v", e.Seq, after[n], e)
		}
	}
	return nil
}

// asked wants every card that the fault left printing to be uncertain after
// the restart, and all that are uncertain to be listed.
func asked(left, book []entry, open []card) error {
	listed := map[string]cards.State{}
	for _, c := range open {
		listed[c.Serial] = c.State
	}
	now := stories(book)
	for serial, s := range stories(left) {
		if s.last() == cards.Printing && now[serial].last() != cards.Uncertain {
			return fmt.Errorf("card %s was printing and is %q after the restart", serial, now[serial].last())
		}
	}
	for serial, s := range now {
		if s.last() == cards.Printing {
			return fmt.Errorf("card %s is printing after the restart", serial)
		}
		if s.last() == cards.Uncertain && listed[serial] != cards.Uncertain {
			return fmt.Errorf("card %s is uncertain and status does not list it", serial)
		}
	}
	return nil
}

// kept wants whatever was said of a card to stand in the journal.
func (s *shop) kept(book []entry) error {
	all := stories(book)
	for _, c := range s.said {
		if !all[c.Serial].has(c.State, c.Copy) {
			return fmt.Errorf("card %s was said to be %s (copy %d); the journal says %v", c.Serial, c.State, c.Copy, all[c.Serial])
		}
	}
	return nil
}

// known wants every number to be signed once, and every readable paper to be
// of a card that the journal has as printing, each on a paper of its own: a
// second one only if it is marked as a reprint.
func (s *shop) known(book []entry) error {
	var errs []error
	all := stories(book)
	for serial, story := range all {
		if n := story.count(cards.Signed); n != 1 {
			errs = append(errs, fmt.Errorf("card %s was signed %d times", serial, n))
		}
	}
	papers, copies := map[string]int{}, map[string]int{}
	for _, p := range s.sheets {
		serial := p.card.Serial().String()
		story := all[serial]
		if papers[serial]++; papers[serial] > story.count(cards.Printing) {
			errs = append(errs, fmt.Errorf("%d papers of card %s are out; the journal says %v", papers[serial], serial, story))
		}
		if p.copy < 0 {
			errs = append(errs, fmt.Errorf("a paper of card %s is no upper part of any copy", serial))
			continue
		}
		if !story.has(cards.Printing, uint32(p.copy)) {
			errs = append(errs, fmt.Errorf("copy %d of card %s is out; the journal says %v", p.copy, serial, story))
		}
		if before, ok := copies[serial]; ok && p.copy <= before {
			errs = append(errs, fmt.Errorf("copy %d of card %s came out after copy %d", p.copy, serial, before))
		}
		copies[serial] = p.copy
	}
	return errors.Join(errs...)
}
