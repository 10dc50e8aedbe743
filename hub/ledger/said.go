package ledger

import (
	"strconv"
	"strings"

	"pointkiosk/cards"
)

// What stands in no posting and is worth points all the same has a transfer
// without postings too. Books are older than that: each kind is asked for from
// the first that has one.
const (
	kindTerms = "terms" // of an allotment: what only the hub knows of it
	kindSlip  = "slip"  // who handed a prize out
	kindStock = "stock" // a person said how many prizes there are
)

// A saidTerms is what the hash of an allotment's terms covers.
type saidTerms struct {
	Allotment, PointDays int64
	Person               string
	At                   int64
}

func (t *txn) saidTerms(a cards.Allotment, e Event, person string) error {
	return t.chain(kindTerms, int64(a.ID), saidTerms{int64(a.ID), int64(e.PointDays), person, t.ms()})
}

// A saidSlip is what the hash of a prize's slip covers.
type saidSlip struct {
	Slip                              int64
	Prize                             string
	Revision, Points, Surplus, Change int64
	Key                               int64
	Operator, Second                  string
	At                                int64
}

// A saidStock is what the hash of a stock that a person changed covers.
type saidStock struct {
	Seq    int64
	Prize  string
	Change int64
	Person string
	At     int64
}

// A saying is something said, under its number.
type saying struct {
	id   int64
	said any
}

// told hashes again what was said of a kind, from the first that is in the chain:
// rows are those from a number on.
func (a *audit) told(kind, rows string, read func(scan func(...any) error) (saying, error)) (n int, err error) {
	var reference string
	found, err := a.one(`SELECT reference FROM transfer WHERE kind = $1 ORDER BY seq LIMIT 1`, []any{kind}, &reference)
	if err != nil || !found {
		return 0, err
	}
	number, _, _ := strings.Cut(reference, "/")
	first, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		a.fault(kind, "what was said first is %s", reference)
		return 0, nil
	}
	return a.rehash(kind, rows, []any{first}, read)
}

// rehash hashes again what was said of a kind, row by row.
func (a *audit) rehash(kind, rows string, args []any, read func(scan func(...any) error) (saying, error)) (n int, err error) {
	var all []saying
	err = a.each(rows, args, func(scan func(...any) error) error {
		s, err := read(scan)
		all = append(all, s)
		return err
	})
	for _, s := range all {
		err = errorOr(err, a.links(kind, s.id, s.said))
	}
	return len(all), err
}

func (a *audit) terms() (n int, err error) {
	return a.told(kindTerms, `SELECT id, point_days, person, at FROM allotment WHERE id >= $1 ORDER BY id`, func(scan func(...any) error) (saying, error) {
		var s saidTerms
		err := scan(&s.Allotment, &s.PointDays, &s.Person, &s.At)
		return saying{s.Allotment, s}, err
	})
}

func (a *audit) slips() (n int, err error) {
	return a.told(kindSlip, `SELECT slip, prize, revision, points, surplus, change, key_id, operator, second, at FROM prize_slip WHERE slip >= $1 ORDER BY slip`,
		func(scan func(...any) error) (saying, error) {
			var s saidSlip
			err := scan(&s.Slip, &s.Prize, &s.Revision, &s.Points, &s.Surplus, &s.Change, &s.Key, &s.Operator, &s.Second, &s.At)
			return saying{s.Slip, s}, err
		})
}

func (a *audit) stocks() (n int, err error) {
	return a.told(kindStock, `SELECT seq, prize, change, person, at FROM prize_stock WHERE seq >= $1 AND slip = 0 ORDER BY seq`,
		func(scan func(...any) error) (saying, error) {
			var s saidStock
			err := scan(&s.Seq, &s.Prize, &s.Change, &s.Person, &s.At)
			return saying{s.Seq, s}, err
		})
}
