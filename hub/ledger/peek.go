package ledger

import (
	"context"
	"time"

	"pointkiosk/cards"
)

// Taken tells again what [Ledger.Claim] gave an account for a card, and changes
// nothing. Found is false if it gave nothing.
func (l *Ledger) Taken(ctx context.Context, c cards.Card, account string) (claimed Claimed, found bool, err error) {
	err = l.view(ctx, func(t *txn) error {
		e, ended, err := t.ended(c.Serial())
		if err != nil || !ended || e.state != stateRedeemed || e.account != account {
			return err
		}
		found = true
		claimed, err = t.claimedBefore(e, c, account)
		return err
	})
	return claimed, found, err
}

// What a person's decision means to an account whose claim was kept.
const (
	ClaimGiven   = "given"   // it has the points
	ClaimAgain   = "again"   // the card is good, and has to be claimed again
	ClaimRefused = "refused" // it has nothing
)

// A DecidedClaim is a claim that was kept for a person, who has decided.
type DecidedClaim struct {
	Serial  cards.Serial
	Event   cards.Event
	Points  uint32
	At      time.Time // of the decision
	Outcome string    // ClaimGiven, ClaimAgain or ClaimRefused
}

// DecidedClaims returns what became of an account's kept claims, the latest
// decision first.
func (l *Ledger) DecidedClaims(ctx context.Context, account string, most int) (list []DecidedClaim, err error) {
	err = l.view(ctx, func(t *txn) error {
		err := t.each(`SELECT k.allotment, k.number, c.at, CASE WHEN e.state = 'redeemed' AND e.account = k.account THEN $2
				WHEN e.state IS NULL AND d.outcome IN ('good', 'kept') THEN $3 ELSE $4 END
			FROM kept_claim k JOIN decided d ON d.allotment = k.allotment AND d.number = k.number JOIN decision c ON c.id = d.decision
			LEFT JOIN ended e ON e.allotment = k.allotment AND e.number = k.number
			WHERE k.account = $1 ORDER BY c.id DESC, k.allotment, k.number LIMIT $5`, []any{account, ClaimGiven, ClaimAgain, ClaimRefused, most},
			func(scan func(...any) error) error {
				var d DecidedClaim
				var at int64
				err := scan(&d.Serial.Allotment, &d.Serial.Number, &at, &d.Outcome)
				d.At = time.UnixMilli(at)
				list = append(list, d)
				return err
			})
		for n := range list {
			if err == nil {
				list[n].Event, list[n].Points, err = l.eventOf(t, list[n].Serial)
			}
		}
		return err
	})
	return list, err
}

// eventOf is the event of a card, and how many points it has.
func (l *Ledger) eventOf(t *txn, s cards.Serial) (cards.Event, uint32, error) {
	a, _, err := l.allotment(t, s.Allotment)
	return a.Event, a.Points, err
}
