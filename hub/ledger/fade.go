package ledger

import (
	"context"
	"fmt"

	"pointkiosk/cards"
)

// usualPaperDays is how long thermal paper counts as readable until a city says
// otherwise. In a drawer it lasts for years, in a purse or on a window sill far
// less; a year is the longest that any preset asks for.
const usualPaperDays = 365

// mostPaperDays is more than any paper lasts.
const mostPaperDays = 3650

// A PaperError reports cards that would be good after their paper has faded.
type PaperError struct {
	Event      string
	Days, Most int64
}

func (e *PaperError) Error() string {
	return fmt.Sprintf("ledger: the cards of event %s would be good for %d days, and paper lasts %d", e.Event, e.Days, e.Most)
}

// SetPaperDays says how long paper lasts (DECISIONS 30). What was granted before
// stays as it is.
func (l *Ledger) SetPaperDays(ctx context.Context, days int64, person string) error {
	if days < 1 || days > mostPaperDays {
		return fmt.Errorf("%w: paper that lasts %d days", ErrBadRequest, days)
	}
	return l.update(ctx, func(t *txn) error {
		if err := t.may(person, RoleGrant); err != nil {
			return err
		}
		n, err := t.next(`SELECT COALESCE(MAX(n), 0) FROM paper_rule`)
		if err != nil {
			return err
		}
		_, err = t.exec(`INSERT INTO paper_rule (n, days, person, at) VALUES ($1, $2, $3, $4)`, n, days, person, t.ms())
		return err
	})
}

// PaperDays returns how long paper lasts.
func (l *Ledger) PaperDays(ctx context.Context) (days int64, err error) {
	err = l.view(ctx, func(t *txn) error { days, err = t.paperDays(); return err })
	return days, err
}

func (t *txn) paperDays() (days int64, err error) {
	found, err := t.one(`SELECT days FROM paper_rule ORDER BY n DESC LIMIT 1`, nil, &days)
	if !found {
		days = usualPaperDays
	}
	return days, err
}

// onPaper returns a [PaperError] if cards outlast their paper.
func (t *txn) onPaper(event string, day, expires cards.Day) error {
	most, err := t.paperDays()
	if days := int64(expires) - int64(day); err == nil && days > most {
		err = &PaperError{Event: event, Days: days, Most: most}
	}
	return err
}
