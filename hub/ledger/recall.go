package ledger

import "pointkiosk/cards"

// A knownCard is where an upload has a card: as the tables say, and then as
// this upload adds.
type knownCard struct {
	state  cards.State // of its last accepted entry; "" before any
	copy   uint32      // the paper that entry speaks of
	digest []byte      // nil until it is issued
}

// copyFor returns which paper an entry with the next state speaks of: a reprint
// is one more, and nothing else begins another (TOKEN.md, section 8).
func (c *knownCard) copyFor(next cards.State) uint32 {
	if c.state == cards.Uncertain && next == cards.Printing {
		return c.copy + 1
	}
	return c.copy
}

// recall reads what is known of the cards of an upload, many at a time.
func (in *intake) recall() error {
	numbers := map[uint32][]int64{}
	for _, a := range in.arrivals {
		s := a.entry.Serial()
		if a.err != nil || !a.entry.State.OfCard() || in.cards[s] != nil {
			continue
		}
		in.card(s)
		numbers[s.Allotment] = append(numbers[s.Allotment], int64(s.Number))
	}
	for id, list := range numbers {
		if err := in.recallOf(id, list); err != nil {
			return err
		}
	}
	return nil
}

// recallOf reads what is known of some cards of one allotment.
func (in *intake) recallOf(id uint32, numbers []int64) error {
	err := in.list(`SELECT number, state, copy FROM judged WHERE verdict = 'accepted' AND allotment = $1 AND number IN (`, `) ORDER BY number, seq`,
		int64(id), numbers, func(scan func(...any) error) error {
			s := cards.Serial{Allotment: id}
			var state cards.State
			var copy uint32
			err := scan(&s.Number, &state, &copy)
			c := in.card(s)
			c.state, c.copy = state, copy // the last one counts
			return err
		})
	if err != nil {
		return err
	}
	return in.list(`SELECT number, digest FROM issued WHERE allotment = $1 AND number IN (`, `)`,
		int64(id), numbers, func(scan func(...any) error) error {
			s := cards.Serial{Allotment: id}
			var digest []byte
			err := scan(&s.Number, &digest)
			in.card(s).digest = digest
			return err
		})
}

// known returns where a card is; one whose record waited here from an earlier
// upload is looked up now.
func (in *intake) known(s cards.Serial) (*knownCard, error) {
	if c := in.cards[s]; c != nil {
		return c, nil
	}
	in.card(s)
	err := in.recallOf(s.Allotment, []int64{int64(s.Number)})
	return in.card(s), err
}

// card returns what this upload keeps of a card.
func (in *intake) card(s cards.Serial) *knownCard {
	c := in.cards[s]
	if c == nil {
		c = new(knownCard)
		in.cards[s] = c
	}
	return c
}

// listSize is how many members of a list one statement asks for.
const listSize = 50

// list runs a query whose $1 is key, and whose last parameters are a list, as
// often as it takes. The last time the list is filled up with its last member.
func (t *txn) list(before, after string, key int64, members []int64, f func(scan func(...any) error) error) error {
	query := before + marks(2, listSize) + after
	for len(members) > 0 {
		args := make([]any, 1, 1+listSize)
		args[0] = key
		for n := range listSize {
			args = append(args, members[min(n, len(members)-1)])
		}
		members = members[min(listSize, len(members)):]
		if err := t.each(query, args, f); err != nil {
			return err
		}
	}
	return nil
}
