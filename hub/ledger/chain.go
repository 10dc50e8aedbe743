package ledger

import (
	"crypto/sha256"
	"fmt"

	"pointkiosk/cards"
)

// What a transfer without postings stands for: something that a person
// decided. Its reference has the hash of all that was said.
const (
	kindDecide   = "decide"
	kindRestore  = "restore"
	kindReversal = "reversal" // of what [kindReverse] moved
	kindPaid     = "paid"     // of what [kindPay] moved
	kindOwed     = "owed"     // of what [kindOwe] moved, where a person said so
)

// chain puts what a person decided into the chain of transfers, so that a row
// changed later shows.
func (t *txn) chain(kind string, id int64, said any) error {
	reference, err := chained(id, said)
	if err != nil {
		return err
	}
	_, err = t.post(kind, reference, nil)
	return err
}

func chained(id int64, said any) (reference string, err error) {
	data, err := cards.Encode(said)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%d/%x", id, sha256.Sum256(data)), nil
}

// A saidDecision is what the hash of a decision covers, as deterministic CBOR.
type saidDecision struct {
	Accepted, Key, First, Last, Cards, Points int64
	Person, Reason                            string
	At                                        int64
	Of                                        []saidOutcome
}

type saidOutcome struct {
	Allotment, Number int64
	Outcome           string
}

// A saidRestore is what the hash of an accepted restore covers.
type saidRestore struct {
	Lost                     bool
	Since, Noticed, Accepted int64
	Person, Reason           string
}

// A saidReversal is what the hash of a reversal covers.
type saidReversal struct {
	Allotment, Number int64
	Account, Heir     string
	Points, Transfer  int64
	Person, Reason    string
	At                int64
}

// A saidPaid is what the hash covers of a surplus that a person paid back, or
// said is owed.
type saidPaid struct {
	Slip           int64
	Person, Reason string
	At             int64
}

func (r Restore) said() saidRestore {
	return saidRestore{r.Lost, r.Since.UnixMilli(), r.Noticed.UnixMilli(), r.Accepted.UnixMilli(), r.Person, r.Reason}
}

// saidDecision reads a decision with what became of its cards.
func (t *txn) saidDecision(id int64) (d saidDecision, err error) {
	_, err = t.one(`SELECT accepted, key_id, first_seq, last_seq, cards, points, person, reason, at FROM decision WHERE id = $1`, []any{id},
		&d.Accepted, &d.Key, &d.First, &d.Last, &d.Cards, &d.Points, &d.Person, &d.Reason, &d.At)
	return d, errorOr(err, t.each(`SELECT allotment, number, outcome FROM decided WHERE decision = $1 ORDER BY allotment, number`, []any{id},
		func(scan func(...any) error) error {
			var o saidOutcome
			err := scan(&o.Allotment, &o.Number, &o.Outcome)
			d.Of = append(d.Of, o)
			return err
		}))
}

// decisions hashes every decision and every accepted restore again. One that
// was taken out leaves its transfer behind.
func (a *audit) decisions() error {
	var ids []int64
	err := a.each(`SELECT id FROM decision ORDER BY id`, nil, func(scan func(...any) error) error {
		var id int64
		err := scan(&id)
		ids = append(ids, id)
		return err
	})
	for _, id := range ids {
		said, saidErr := a.saidDecision(id)
		err = errorOr(errorOr(err, saidErr), a.links(kindDecide, id, said))
	}
	restores, restoresErr := a.restores()
	err = errorOr(err, restoresErr)
	accepted := 0
	for _, r := range restores {
		if r.Accepted.IsZero() {
			a.fault("restore", "redemption is closed since %s, as the database was put back: hub restore says more", moment(r.Noticed.UnixMilli()))
			continue
		}
		accepted++
		err = errorOr(err, a.links(kindRestore, r.ID, r.said()))
	}
	err = errorOr(err, a.missing(kindDecide, len(ids)))
	return errorOr(errorOr(err, a.missing(kindRestore, accepted)), a.sayings())
}

// sayings hashes everything else again that people said.
func (a *audit) sayings() (err error) {
	for _, k := range []struct {
		kind string
		all  func() (int, error)
	}{{kindReversal, a.reversals}, {kindPaid, a.paid}, {kindOwed, a.owed}, {kindTerms, a.terms}, {kindSlip, a.slips}, {kindStock, a.stocks},
		{kindRule, a.moneyRules}, {kindRange, a.ranges}, {kindMay, a.mays}, {kindMayNot, a.mayNots}} {
		n, allErr := k.all()
		err = errorOr(errorOr(err, allErr), a.missing(k.kind, n))
	}
	return err
}

// missing reports how many of a kind were taken out.
func (a *audit) missing(kind string, want int) error {
	var n int
	_, err := a.one(`SELECT COUNT(*) FROM transfer WHERE kind = $1`, []any{kind}, &n)
	if err == nil && n > want {
		a.fault(kind, "%d were taken out since", n-want)
	}
	return err
}

// reversals hashes every one again.
func (a *audit) reversals() (n int, err error) {
	return a.rehash(kindReversal, `SELECT allotment, number, account, heir, points, transfer, person, reason, at FROM reversal ORDER BY transfer`, nil,
		func(scan func(...any) error) (saying, error) {
			var r saidReversal
			err := scan(&r.Allotment, &r.Number, &r.Account, &r.Heir, &r.Points, &r.Transfer, &r.Person, &r.Reason, &r.At)
			return saying{r.Transfer, r}, err
		})
}

// paid hashes every surplus again that was paid back by a person.
func (a *audit) paid() (n int, err error) { return a.saidOfSlips(kindPaid, `prize_paid`) }

// owed hashes every surplus again that is owed by a person's word.
func (a *audit) owed() (n int, err error) { return a.saidOfSlips(kindOwed, `prize_owed_said`) }

func (a *audit) saidOfSlips(kind, table string) (n int, err error) {
	return a.rehash(kind, `SELECT slip, person, reason, at FROM `+table+` ORDER BY slip`, nil, func(scan func(...any) error) (saying, error) {
		var p saidPaid
		err := scan(&p.Slip, &p.Person, &p.Reason, &p.At)
		return saying{p.Slip, p}, err
	})
}

// links reports what a person decided that is not as the chain has it.
func (a *audit) links(kind string, id int64, said any) error {
	reference, err := chained(id, said)
	if err != nil {
		return err
	}
	found, err := a.one(`SELECT 1 FROM transfer WHERE kind = $1 AND reference = $2`, []any{kind, reference}, new(int64))
	if err == nil && !found {
		a.fault(kind, "number %d is not what was said then", id)
	}
	return err
}
