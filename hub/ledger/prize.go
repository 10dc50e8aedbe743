package ledger

import (
	"context"
	"fmt"
	"regexp"

	"pointkiosk/cards"
)

// A Prize is what points buy at the counter.
type Prize struct {
	ID       string
	Scheme   string // as an event names it in Japanese
	Name     cards.Text
	Points   uint32
	Stock    int64
	revision int64
}

// maxStock is more than any shelf holds.
const maxStock = 1_000_000

func (p Prize) check() error {
	switch {
	case !regexp.MustCompile(`^[a-z0-9-]{1,32}$`).MatchString(p.ID):
		return fmt.Errorf("%w: a prize's id has 1 to 32 of a-z, 0-9 and -", ErrBadRequest)
	case p.Name.Ja == "" || len(p.Name.Ja) > 200 || len(p.Name.En) > 200:
		return fmt.Errorf("%w: a prize has a name of at most 200 bytes", ErrBadRequest)
	case p.Points == 0 || p.Points > cards.MaxPoints:
		return fmt.Errorf("%w: a prize of %d points", ErrBadRequest, p.Points)
	case p.Stock < 0 || p.Stock > maxStock:
		return fmt.Errorf("%w: a stock of %d", ErrBadRequest, p.Stock)
	}
	return nil
}

// AddPrize makes a prize known, with its first stock. One with the same id takes
// the place of the one before: then its stock is added to what is there.
func (l *Ledger) AddPrize(ctx context.Context, p Prize, person string) error {
	if err := p.check(); err != nil {
		return err
	}
	if _, err := l.Scheme(ctx, p.Scheme); err != nil {
		return err
	}
	return l.update(ctx, func(t *txn) error {
		if err := t.may(person, RoleGrant); err != nil {
			return err
		}
		before, found, err := t.prize(p.ID)
		if err != nil {
			return err
		}
		if found && before.Scheme != p.Scheme {
			return fmt.Errorf("%w: prize %s is of another scheme", ErrBadRequest, p.ID)
		}
		if _, err := t.exec(`INSERT INTO prize (id, revision, scheme, name_ja, name_en, points, person, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
			p.ID, before.revision+1, p.Scheme, p.Name.Ja, p.Name.En, int64(p.Points), person, t.ms()); err != nil {
			return err
		}
		return t.restock(p.ID, p.Stock, 0, person)
	})
}

// StockPrize adds to a prize's stock, or takes from it what was lost, and
// returns what is there.
func (l *Ledger) StockPrize(ctx context.Context, id string, change int64, person string) (stock int64, err error) {
	if change == 0 || change < -maxStock || change > maxStock {
		return 0, fmt.Errorf("%w: a stock that changes by %d", ErrBadRequest, change)
	}
	err = l.update(ctx, func(t *txn) error {
		if err := t.may(person, RoleGrant); err != nil {
			return err
		}
		p, found, err := t.prize(id)
		stock = p.Stock + change
		switch {
		case err != nil:
			return err
		case !found:
			return fmt.Errorf("%w: no prize %q", ErrBadRequest, id)
		case stock < 0 || stock > maxStock:
			return fmt.Errorf("%w: of prize %s there are %d", ErrBadRequest, id, p.Stock)
		}
		return t.restock(id, change, 0, person)
	})
	return stock, err
}

func (t *txn) restock(id string, change, slip int64, person string) error {
	if change == 0 {
		return nil
	}
	seq, err := t.next(`SELECT COALESCE(MAX(seq), 0) FROM prize_stock`)
	if err != nil {
		return err
	}
	_, err = t.exec(`INSERT INTO prize_stock (seq, prize, change, slip, person, at) VALUES ($1, $2, $3, $4, $5, $6)`, seq, id, change, slip, person, t.ms())
	if err != nil || slip != 0 { // its slip is in the chain
		return err
	}
	return t.chain(kindStock, seq, saidStock{seq, id, change, person, t.ms()})
}

// SetPrizeRule says how many cards of one event day one person may take in
// alone for a prize (DECISIONS 25); before it is set, one.
func (l *Ledger) SetPrizeRule(ctx context.Context, aDay uint32, person string) error {
	if aDay == 0 || aDay > cards.MaxPut {
		return fmt.Errorf("%w: %d cards a day", ErrBadRequest, aDay)
	}
	return l.update(ctx, func(t *txn) error {
		if err := t.may(person, RoleGrant); err != nil {
			return err
		}
		n, err := t.next(`SELECT COALESCE(MAX(n), 0) FROM prize_rule`)
		if err != nil {
			return err
		}
		_, err = t.exec(`INSERT INTO prize_rule (n, a_day, person, at) VALUES ($1, $2, $3, $4)`, n, int64(aDay), person, t.ms())
		return err
	})
}

// PrizeRule returns how many cards of one event day one person may take in alone.
func (l *Ledger) PrizeRule(ctx context.Context) (aDay uint32, err error) {
	err = l.view(ctx, func(t *txn) error { aDay, err = t.prizeRule(); return err })
	return aDay, err
}

func (t *txn) prizeRule() (aDay uint32, err error) {
	found, err := t.one(`SELECT a_day FROM prize_rule ORDER BY n DESC LIMIT 1`, nil, &aDay)
	if !found {
		aDay = 1
	}
	return aDay, err
}

const selectPrize = `SELECT p.id, p.revision, p.scheme, p.name_ja, p.name_en, p.points,
	COALESCE((SELECT SUM(s.change) FROM prize_stock s WHERE s.prize = p.id), 0)
	FROM prize p WHERE p.revision = (SELECT MAX(n.revision) FROM prize n WHERE n.id = p.id)`

func scanPrize(scan func(...any) error) (p Prize, err error) {
	return p, scan(&p.ID, &p.revision, &p.Scheme, &p.Name.Ja, &p.Name.En, &p.Points, &p.Stock)
}

// Prizes returns every prize, by scheme, the dearest first.
func (l *Ledger) Prizes(ctx context.Context) (list []Prize, err error) {
	err = l.view(ctx, func(t *txn) error { list, err = t.prizes(); return err })
	return list, err
}

func (t *txn) prizes() (list []Prize, err error) {
	err = t.each(selectPrize+` ORDER BY p.scheme, p.points DESC, p.id`, nil, func(scan func(...any) error) error {
		p, err := scanPrize(scan)
		list = append(list, p)
		return err
	})
	return list, err
}

func (t *txn) prize(id string) (p Prize, found bool, err error) {
	err = t.each(selectPrize+` AND p.id = $1`, []any{id}, func(scan func(...any) error) (err error) {
		found = true
		p, err = scanPrize(scan)
		return err
	})
	return p, found, err
}
