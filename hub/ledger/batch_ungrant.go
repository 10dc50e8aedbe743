package ledger

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"pointkiosk/cards"
)

// kindMayNot is in the chain where a person takes back what somebody may activate.
const kindMayNot = "may not"

// A saidMayNot is what the hash of that covers.
type saidMayNot struct {
	N, Granted, First, Last int64
	Person, Reason          string
	At                      int64
}

// A piece is what is left of what was granted: numbers of a batch that somebody may
// activate.
type piece struct {
	n, allotment, first, last int64
}

// pieces returns what a holder may activate, in the order in which it was granted.
// What a kiosk was granted after a key of it was revoked is its successor's.
func (t *txn) pieces(of holder) (list []piece, err error) {
	err = t.each(`SELECT g.n, g.allotment, g.first_number, g.last_number FROM batch_grant g WHERE g.kiosk = $1 AND g.partner = $2
		AND NOT EXISTS (SELECT 1 FROM revocation r WHERE r.key_id = $3 AND r.at <= g.at) ORDER BY g.n`,
		[]any{of.kiosk, of.partner, int64(of.key)}, func(scan func(...any) error) error {
			var p piece
			err := scan(&p.n, &p.allotment, &p.first, &p.last)
			list = append(list, p)
			return err
		})
	return list, errorOr(err, t.each(`SELECT e.granted, e.first_number, e.last_number FROM batch_grant_end e JOIN batch_grant g ON g.n = e.granted
		WHERE g.kiosk = $1 AND g.partner = $2 ORDER BY e.n`, []any{of.kiosk, of.partner}, func(scan func(...any) error) error {
		var end piece
		err := scan(&end.n, &end.first, &end.last)
		list = without(list, end)
		return err
	}))
}

// without cuts numbers out of the pieces of one grant.
func without(list []piece, end piece) (left []piece) {
	for _, p := range list {
		if p.n != end.n || end.last < p.first || p.last < end.first {
			left = append(left, p)
			continue
		}
		before, after := p, p
		before.last, after.first = end.first-1, end.last+1
		for _, part := range []piece{before, after} {
			if part.first <= part.last {
				left = append(left, part)
			}
		}
	}
	return left
}

// mayActivate reports whether what a holder was granted covers a range.
func (t *txn) mayActivate(allotment uint32, of holder, first, last uint32) (bool, error) {
	list, err := t.pieces(of)
	slices.SortFunc(list, func(a, b piece) int { return cmp.Compare(a.first, b.first) })
	next := int64(first)
	for _, p := range list {
		if p.allotment == int64(allotment) && p.first <= next {
			next = max(next, p.last+1)
		}
	}
	return next > int64(last), err
}

// An Ungranted is what a holder may not activate any more.
type Ungranted struct {
	Cards    int // that it might
	Active   int // of those, that are active or were: they stay as they are
	Inactive int // that it could have activated
	Yen      int64
}

// UngrantRange takes back what a kiosk may activate: of a range, or of everything if it
// is of no allotment. It hears of that with its next receipt; what it activated without
// a network, and the hub had not heard of by then, waits for a person.
func (l *Ledger) UngrantRange(ctx context.Context, r Range, kiosk string) (Ungranted, error) {
	return l.ungrant(ctx, r, holder{kiosk: kiosk})
}

// UngrantPartner takes back what a partner may activate on its page.
func (l *Ledger) UngrantPartner(ctx context.Context, r Range, partner string) (Ungranted, error) {
	return l.ungrant(ctx, r, holder{partner: partner})
}

func (l *Ledger) ungrant(ctx context.Context, r Range, from holder) (done Ungranted, err error) {
	if r.Person == "" || r.Reason == "" || from == (holder{}) {
		return done, fmt.Errorf("%w: who takes a range back has a name and a reason", ErrBadRequest)
	}
	err = l.update(ctx, func(t *txn) error {
		if err := t.may(r.Person, RoleGrant); err != nil {
			return err
		}
		if r.Allotment != 0 {
			if _, err := l.batch(t, &r); err != nil {
				return err
			}
		}
		list, err := t.pieces(from)
		if err != nil {
			return err
		}
		taken := map[uint32]map[uint32]bool{} // by allotment and number: grants may overlap
		for _, p := range list {
			if r.Allotment != 0 {
				p.first, p.last = max(p.first, int64(r.First)), min(p.last, int64(r.Last))
				if p.allotment != int64(r.Allotment) || p.last < p.first {
					continue
				}
			}
			if err := t.endGrant(p, r, taken); err != nil {
				return err
			}
		}
		if len(taken) == 0 {
			return fmt.Errorf("%w: %s may activate none of these cards", ErrBadRequest, cmp.Or(from.kiosk, from.partner))
		}
		done, err = l.countTaken(t, taken)
		return err
	})
	return done, err
}

// endGrant writes down that a piece is taken back.
func (t *txn) endGrant(p piece, r Range, taken map[uint32]map[uint32]bool) error {
	n, err := t.next(`SELECT COALESCE(MAX(n), 0) FROM batch_grant_end`)
	if err != nil {
		return err
	}
	s := saidMayNot{n, p.n, p.first, p.last, r.Person, r.Reason, t.ms()}
	_, err = t.exec(`INSERT INTO batch_grant_end (n, granted, first_number, last_number, person, reason, at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		s.N, s.Granted, s.First, s.Last, s.Person, s.Reason, s.At)
	id := uint32(p.allotment)
	if taken[id] == nil {
		taken[id] = map[uint32]bool{}
	}
	for number := p.first; number <= p.last; number++ {
		taken[id][uint32(number)] = true
	}
	return errorOr(err, t.chain(kindMayNot, n, s))
}

func (l *Ledger) countTaken(t *txn, taken map[uint32]map[uint32]bool) (done Ungranted, err error) {
	for id, numbers := range taken {
		a, _, err := l.allotment(t, id)
		if err != nil {
			return done, err
		}
		is, err := t.numbers(saidRange{Allotment: int64(id), First: 1, Last: int64(a.Count)})
		if err != nil {
			return done, err
		}
		for n := range numbers {
			done.Cards++
			done.Active += int(bit(is[n-1] == isActive))
			if is[n-1] == isInactive {
				done.Inactive++
				done.Yen += int64(a.Points)
			}
		}
	}
	return done, nil
}

// batchUngranted reads what was taken back of a batch.
func (t *txn) batchUngranted(b *Batch, id []any) error {
	return t.each(`SELECT e.first_number, e.last_number, g.kiosk, g.partner, e.person, e.reason, e.at FROM batch_grant_end e JOIN batch_grant g ON g.n = e.granted
		WHERE g.allotment = $1 ORDER BY e.n`, id, func(scan func(...any) error) error {
		var g GrantedRange
		var at int64
		err := scan(&g.First, &g.Last, &g.Kiosk, &g.Partner, &g.Person, &g.Reason, &at)
		g.At = time.UnixMilli(at)
		b.Ungranted = append(b.Ungranted, g)
		return err
	})
}

// mayNots hashes again what was taken back.
func (a *audit) mayNots() (n int, err error) {
	return a.rehash(kindMayNot, `SELECT n, granted, first_number, last_number, person, reason, at FROM batch_grant_end ORDER BY n`, nil, func(scan func(...any) error) (saying, error) {
		var s saidMayNot
		err := scan(&s.N, &s.Granted, &s.First, &s.Last, &s.Person, &s.Reason, &s.At)
		return saying{s.N, s}, err
	})
}

// grantedTo returns what a holder may activate of batches whose cards are not past
// their day, in the order in which it was granted.
func (t *txn) grantedTo(to holder) (list []grantedRange, err error) {
	pieces, err := t.pieces(to)
	for _, p := range pieces {
		g := grantedRange{first: uint32(p.first), last: uint32(p.last)}
		good, oneErr := t.one(`SELECT sealed FROM allotment WHERE id = $1 AND expires >= $2`, []any{p.allotment, int64(cards.DayOf(t.at))}, &g.sealed)
		if err = errorOr(err, oneErr); err != nil || !good {
			continue
		}
		err = cards.Unsealed(g.sealed, cards.PaperAllotment, &g.Allotment) // which the hub signed itself
		list = append(list, g)
	}
	return list, err
}
