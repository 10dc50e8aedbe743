package ledger

import (
	"context"
	"fmt"

	"pointkiosk/cards"
)

// kindRule is in the chain where a person sets a rule about money.
const kindRule = "rule"

// The rules about money that people set.
const (
	ruleBudget = "budget" // yen that an event may give, of all its cards
	ruleMost   = "most"   // points a card, of a scheme
	ruleWait   = "wait"   // days that a claim waits for its card to be activated
)

// noBudget is the value of a budget that was taken back: no other rule has it.
const noBudget = 0

// usualWait is how many days a claim waits where nobody said so.
const usualWait = 14

// A saidRule is what the hash of a rule covers.
type saidRule struct {
	N             int64
	Name, Subject string
	Value         int64
	Person        string
	At            int64
	Reason        string `cbor:",omitempty"` // rules of before have none
}

// A BudgetError reports cards that an event has no money for.
type BudgetError struct{ Budget, Used, Yen int64 }

func (e *BudgetError) Error() string {
	return fmt.Sprintf("ledger: %d yen more are beyond the event's budget of %d, of which %d are used: raise it first", e.Yen, e.Budget, e.Used)
}

// SetBudget says how many yen an event may give: what kiosks are granted for it,
// and the cards of its batches that are activated. It may not be less than is used,
// and who lowers it has a reason.
func (l *Ledger) SetBudget(ctx context.Context, event string, yen int64, person, reason string) error {
	if yen < 1 {
		return fmt.Errorf("%w: a budget of %d yen", ErrBadRequest, yen)
	}
	return l.setRule(ctx, saidRule{Name: ruleBudget, Subject: event, Value: yen, Person: person, Reason: reason}, func(t *txn) error {
		if _, err := t.event(event); err != nil {
			return err
		}
		before, said, err := t.moneyRule(ruleBudget, event)
		if err != nil {
			return err
		}
		if said && yen < before && reason == "" {
			return errLower
		}
		used, err := t.budgetUsed(event)
		if err == nil && used > yen {
			err = fmt.Errorf("%w: %d yen of event %s are used already", ErrBadRequest, used, event)
		}
		return err
	})
}

// errLower reports a budget that is lowered, or taken back, without a reason.
var errLower = fmt.Errorf("%w: who lowers a budget, or takes it back, has a reason", ErrBadRequest)

// EndBudget takes an event's budget back: it has none then, and what was granted and
// activated stays so.
func (l *Ledger) EndBudget(ctx context.Context, event, person, reason string) error {
	return l.setRule(ctx, saidRule{Name: ruleBudget, Subject: event, Value: noBudget, Person: person, Reason: reason}, func(t *txn) error {
		if _, err := t.event(event); err != nil {
			return err
		}
		_, said, err := t.moneyRule(ruleBudget, event)
		switch {
		case err != nil:
			return err
		case reason == "":
			return errLower
		case !said:
			return fmt.Errorf("%w: event %s has no budget", ErrBadRequest, event)
		}
		return nil
	})
}

// SetMostPoints says what a card of a scheme, named in Japanese, is worth at most.
func (l *Ledger) SetMostPoints(ctx context.Context, scheme string, points int64, person string) error {
	return l.setRule(ctx, saidRule{Name: ruleMost, Subject: scheme, Value: points, Person: person}, func(t *txn) error {
		if scheme == "" || points > cards.MaxPoints {
			return fmt.Errorf("%w: %d points a card", ErrBadRequest, points)
		}
		return nil
	})
}

// SetWait says how many days a claim waits for its card to be activated.
func (l *Ledger) SetWait(ctx context.Context, days int64, person string) error {
	return l.setRule(ctx, saidRule{Name: ruleWait, Value: days, Person: person}, func(*txn) error {
		if days > lastDay {
			return fmt.Errorf("%w: a claim that waits %d days", ErrBadRequest, days)
		}
		return nil
	})
}

func (l *Ledger) setRule(ctx context.Context, s saidRule, may func(*txn) error) error {
	return l.update(ctx, func(t *txn) error {
		if err := t.may(s.Person, RoleGrant); err != nil {
			return err
		}
		if s.Value < 1 && (s.Name != ruleBudget || s.Value != noBudget || s.Reason == "") {
			return fmt.Errorf("%w: %d", ErrBadRequest, s.Value)
		}
		if err := may(t); err != nil {
			return err
		}
		n, err := t.next(`SELECT COALESCE(MAX(n), 0) FROM money_rule`)
		if err != nil {
			return err
		}
		s.N, s.At = n, t.ms()
		_, err = t.exec(`INSERT INTO money_rule (n, name, subject, value, person, at, reason) VALUES ($1, $2, $3, $4, $5, $6, $7)`, s.N, s.Name, s.Subject, s.Value, s.Person, s.At, s.Reason)
		return errorOr(err, t.chain(kindRule, n, s))
	})
}

func (t *txn) moneyRule(name, subject string) (value int64, said bool, err error) {
	said, err = t.one(`SELECT value FROM money_rule WHERE name = $1 AND subject = $2 ORDER BY n DESC LIMIT 1`, []any{name, subject}, &value)
	return value, said && value != noBudget, err
}

// waitDays is how long a claim waits for its card to be activated.
func (t *txn) waitDays() (int64, error) {
	days, said, err := t.moneyRule(ruleWait, "")
	if !said {
		days = usualWait
	}
	return days, err
}

// usedOf is what an event has cost at most: what kiosks may issue for it, and what
// is active of its batches.
func usedOf(event string) string {
	return `SELECT COALESCE(SUM(a.points * CASE WHEN a.batch = 0 THEN a.cards ELSE (SELECT COALESCE(SUM(b.cards), 0) FROM batch_range b
		WHERE b.allotment = a.id AND b.state = 'activated') END), 0) FROM allotment a WHERE a.event = ` + event + ` AND a.practice = 0 AND a.kind <> 19`
}

func (t *txn) budgetUsed(event string) (yen int64, err error) {
	_, err = t.one(usedOf(`$1`), []any{event}, &yen)
	return yen, err
}

// withinBudget returns a [BudgetError] if an event has less left than this.
func (t *txn) withinBudget(event string, yen int64) error {
	budget, said, err := t.moneyRule(ruleBudget, event)
	if err != nil || !said || yen == 0 {
		return err
	}
	used, err := t.budgetUsed(event)
	if err == nil && used+yen > budget {
		err = &BudgetError{Budget: budget, Used: used, Yen: yen}
	}
	return err
}

// withinMost refuses a card that is worth more than its scheme allows.
func (t *txn) withinMost(scheme string, points uint32) error {
	most, said, err := t.moneyRule(ruleMost, scheme)
	if err == nil && said && int64(points) > most {
		err = fmt.Errorf("%w: a card of %d points, where the scheme allows %d", ErrBadRequest, points, most)
	}
	return err
}

// A Budget is what an event may give, and what of it is used.
type Budget struct {
	Set       bool
	Yen, Used int64
}

// Budget returns an event's budget.
func (l *Ledger) Budget(ctx context.Context, event string) (b Budget, err error) {
	err = l.view(ctx, func(t *txn) error {
		if _, err := t.event(event); err != nil {
			return err
		}
		if b.Yen, b.Set, err = t.moneyRule(ruleBudget, event); err != nil {
			return err
		}
		b.Used, err = t.budgetUsed(event)
		return err
	})
	return b, err
}

// Wait returns how many days a claim waits for its card to be activated.
func (l *Ledger) Wait(ctx context.Context) (days int64, err error) {
	err = l.view(ctx, func(t *txn) error { days, err = t.waitDays(); return err })
	return days, err
}
