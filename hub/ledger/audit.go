package ledger

import (
	"context"

	"pointkiosk/cards"
)

// A DecisionLine is what a person decided of disputed cards, as it is exported.
type DecisionLine struct {
	ID       int64         `json:"id"`
	Accepted bool          `json:"accepted"`
	Kiosk    string        `json:"kiosk,omitempty"` // whose entries; empty when it was by serial
	Key      cards.KeyID   `json:"key,omitempty"`
	First    uint64        `json:"first,omitempty"`
	Last     uint64        `json:"last,omitempty"`
	Cards    int           `json:"cards"` // as the person saw them
	Yen      int64         `json:"yen"`
	Person   string        `json:"person"`
	Reason   string        `json:"reason"`
	At       string        `json:"at"`
	Of       []DecidedLine `json:"of"`
}

// A DecidedLine is one card of a decision.
type DecidedLine struct {
	Serial  string `json:"serial"`
	Outcome string `json:"outcome"`           // good, void, refused, kept
	Account string `json:"account,omitempty"` // who has its points now
}

// ExportDecisions calls f for every decision, in order.
func (l *Ledger) ExportDecisions(ctx context.Context, f func(DecisionLine) error) error {
	return l.view(ctx, func(t *txn) error {
		var line DecisionLine
		err := t.each(`SELECT n.id, n.accepted, COALESCE(k.kiosk, ''), n.key_id, n.first_seq, n.last_seq, n.cards, n.points, n.person, n.reason, n.at,
			d.allotment, d.number, d.outcome, COALESCE(v.heir, e.account, '')
			FROM decision n JOIN decided d ON d.decision = n.id LEFT JOIN signing_key k ON k.id = n.key_id
			LEFT JOIN ended e ON e.allotment = d.allotment AND e.number = d.number
			LEFT JOIN reversal v ON v.allotment = d.allotment AND v.number = d.number
			ORDER BY n.id, d.allotment, d.number`, nil, func(scan func(...any) error) error {
			var row DecisionLine
			var s cards.Serial
			var of DecidedLine
			var at int64
			err := scan(&row.ID, &row.Accepted, &row.Kiosk, &row.Key, &row.First, &row.Last, &row.Cards, &row.Yen, &row.Person, &row.Reason, &at,
				&s.Allotment, &s.Number, &of.Outcome, &of.Account)
			if err != nil {
				return err
			}
			if row.ID != line.ID {
				if err := emitDecision(line, f); err != nil {
					return err
				}
				line = row
				line.At = moment(at)
			}
			of.Serial = s.String()
			line.Of = append(line.Of, of)
			return nil
		})
		return errorOr(err, emitDecision(line, f))
	})
}

func emitDecision(line DecisionLine, f func(DecisionLine) error) error {
	if line.ID == 0 {
		return nil
	}
	return f(line)
}
