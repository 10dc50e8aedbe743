package ledger

import (
	"context"
	"encoding/hex"
	"time"

	"pointkiosk/cards"
)

// A CardLine is a card as it is exported.
type CardLine struct {
	Serial  string `json:"serial"`
	Event   string `json:"event"`
	Day     string `json:"day"`
	Points  uint32 `json:"points"`
	Expires string `json:"expires"`
	Source  string `json:"source"`            // what came first: entry, card, or a person's word on a disputed one; activated, of a batch
	Journal string `json:"journal"`           // where the kiosk's journal has it; empty if no entry came
	State   string `json:"state"`             // outstanding, redeemed, void, lapsed
	Account string `json:"account,omitempty"` // whose it is now
	Person  string `json:"person,omitempty"`
	Reason  string `json:"reason,omitempty"`
	Decided string `json:"decided,omitempty"` // what a person decided: good, void, refused, kept
	Issued  string `json:"issued"`
	Ended   string `json:"ended,omitempty"`
}

// ExportCards calls f for every card, in order of allotment and number.
func (l *Ledger) ExportCards(ctx context.Context, f func(CardLine) error) error {
	return l.view(ctx, func(t *txn) error {
		return t.each(`SELECT i.allotment, i.number, a.event, a.day, a.points, a.expires, i.source, i.at, COALESCE((SELECT j.state FROM judged j
			WHERE j.allotment = i.allotment AND j.number = i.number AND j.verdict = 'accepted' ORDER BY j.seq DESC LIMIT 1), ''),
			COALESCE(e.state, 'outstanding'), COALESCE(v.heir, e.account, ''), COALESCE(e.person, ''), COALESCE(e.reason, ''), COALESCE(e.at, 0),
			COALESCE(d.outcome, '')
			FROM issued i JOIN allotment a ON a.id = i.allotment LEFT JOIN ended e ON e.allotment = i.allotment AND e.number = i.number
			LEFT JOIN decided d ON d.allotment = i.allotment AND d.number = i.number
			LEFT JOIN reversal v ON v.allotment = i.allotment AND v.number = i.number
			ORDER BY i.allotment, i.number`, nil, func(scan func(...any) error) error {
			var c CardLine
			var s cards.Serial
			var day, expires cards.Day
			var issued, ended int64
			err := scan(&s.Allotment, &s.Number, &c.Event, &day, &c.Points, &expires, &c.Source, &issued, &c.Journal,
				&c.State, &c.Account, &c.Person, &c.Reason, &ended, &c.Decided)
			if err != nil {
				return err
			}
			c.Serial, c.Day, c.Expires = s.String(), day.String(), expires.String()
			c.Issued, c.Ended = moment(issued), moment(ended)
			return f(c)
		})
	})
}

// moment writes a time of the tables in Japan time; "" for none.
func moment(ms int64) string {
	if ms == 0 {
		return ""
	}
	return time.UnixMilli(ms).In(cards.Japan).Format("2006-01-02T15:04:05.000Z07:00")
}

// A TransferLine is a transfer as it is exported.
type TransferLine struct {
	Seq       int64         `json:"seq"`
	Kind      string        `json:"kind"`
	Reference string        `json:"reference"` // ALLOTMENT, ALLOTMENT/NUMBER, a lot's SEQ, a slip's number, or DECISION/SHA-256
	At        string        `json:"at"`
	Postings  []PostingLine `json:"postings"`
	Hash      string        `json:"hash"`
}

// A PostingLine is one side of a transfer.
type PostingLine struct {
	Account string `json:"account"`
	Amount  int64  `json:"amount"`
}

// ExportTransfers calls f for every transfer, in order.
func (l *Ledger) ExportTransfers(ctx context.Context, f func(TransferLine) error) error {
	return l.view(ctx, func(t *txn) error {
		var line TransferLine
		err := t.each(`SELECT t.seq, t.kind, t.reference, t.at, t.hash, COALESCE(p.account, ''), COALESCE(p.amount, 0) FROM transfer t
			LEFT JOIN posting p ON p.transfer = t.seq ORDER BY t.seq, p.account`, nil, func(scan func(...any) error) error {
			var row TransferLine
			var p PostingLine
			var at int64
			var hash []byte
			if err := scan(&row.Seq, &row.Kind, &row.Reference, &at, &hash, &p.Account, &p.Amount); err != nil {
				return err
			}
			if row.Seq != line.Seq {
				if err := emit(line, f); err != nil {
					return err
				}
				row.At, row.Hash = moment(at), hex.EncodeToString(hash)
				line = row
				line.Postings = []PostingLine{}
			}
			if p.Account != "" { // a decision moves none
				line.Postings = append(line.Postings, p)
			}
			return nil
		})
		return errorOr(err, emit(line, f))
	})
}

func emit(line TransferLine, f func(TransferLine) error) error {
	if line.Seq == 0 {
		return nil
	}
	return f(line)
}
