package ledger

import (
	"context"
	"fmt"
	"time"

	"pointkiosk/cards"
)

// promisedFor is how long a kiosk has to issue the card over a surplus before
// anybody doubts that it will.
const promisedFor = 24 * time.Hour

// A promise is a slip whose card over the surplus was promised, and not heard of.
type promise struct {
	Owed
	key     cards.KeyID
	request []byte
}

// Promised returns the slips older than a day whose surplus a card was to pay
// back and of which no card was heard, the oldest first.
func (l *Ledger) Promised(ctx context.Context) (list []Owed, err error) {
	err = l.view(ctx, func(t *txn) error {
		open, err := t.promises()
		for _, p := range open {
			if !p.At.Add(promisedFor).After(t.at) {
				list = append(list, p.Owed)
			}
		}
		return err
	})
	return list, err
}

// promises returns those without a card, the oldest first.
func (t *txn) promises() (open []promise, err error) {
	all, err := t.promised(`o.slip IS NULL`)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	kept, err := t.paidByCard()
	for _, p := range all {
		if !p.kept(kept) {
			open = append(open, p)
		}
	}
	return open, err
}

// promised returns the slips that promised a card, whatever became of it, of which
// this holds: o is what is owed, w who says so, and d who paid it.
func (t *txn) promised(where string, args ...any) (list []promise, err error) {
	err = t.each(`SELECT s.slip, k.kiosk, s.scheme, s.surplus, s.operator, p.name_ja, p.name_en, s.at, s.key_id, q.request, q.answer FROM prize_slip s
		JOIN signing_key k ON k.id = s.key_id JOIN prize p ON p.id = s.prize AND p.revision = s.revision
		JOIN value_request q ON q.key_id = s.key_id AND q.at = s.at LEFT JOIN prize_owed o ON o.slip = s.slip
		LEFT JOIN prize_owed_said w ON w.slip = s.slip LEFT JOIN prize_paid d ON d.slip = s.slip
		WHERE s.change <> 0 AND (`+where+`) ORDER BY s.slip`, args, func(scan func(...any) error) error {
		var p promise
		var at int64
		var told []byte
		err := scan(&p.Slip, &p.Kiosk, &p.Scheme, &p.Points, &p.Operator, &p.Prize.Ja, &p.Prize.En, &at, &p.key, &p.request, &told)
		p.At = time.UnixMilli(at)
		var a cards.PrizeAnswer // or of what else the kiosk asked for in that millisecond
		if cards.Decode(told, &a) == nil && a.Slip == p.Slip {
			list = append(list, p)
		}
		return err
	})
	return list, err
}

// A keyRequest is what an entry signs a card for.
type keyRequest struct {
	key  cards.KeyID
	text string
}

// kept reports whether the card was signed, or one that follows on one that came
// to nothing.
func (p promise) kept(kept map[keyRequest]bool) bool {
	for n := range cards.MaxChange {
		if kept[keyRequest{p.key, cards.ChangeRequest(p.request, n)}] {
			return true
		}
	}
	return false
}

// unsent holds for a void card of entry j of which no byte was sent, as its kiosk
// says: the hub's word on a void was never asked for.
const unsent = `EXISTS (SELECT 1 FROM judged b WHERE b.allotment = j.allotment AND b.number = j.number AND b.state = 'void'
		AND b.reason IN ('', '` + reasonRevoked + `', '` + reasonChain + `'))
	AND NOT EXISTS (SELECT 1 FROM judged b WHERE b.allotment = j.allotment AND b.number = j.number AND b.state = 'void asked')`

// paidByCard returns what cards were signed for that are worth a surplus, or that
// a person may still make good. One of which no byte was sent pays nothing, nor
// one that a person refused.
func (t *txn) paidByCard() (kept map[keyRequest]bool, err error) {
	kept = map[keyRequest]bool{}
	err = t.each(`SELECT j.key_id, e.data FROM judged j JOIN entry e ON e.key_id = j.key_id AND e.seq = j.seq
		LEFT JOIN ended n ON n.allotment = j.allotment AND n.number = j.number AND n.state = $1 AND `+unsent+`
		LEFT JOIN decided d ON d.allotment = j.allotment AND d.number = j.number AND d.outcome = $2
		WHERE j.state = $3 AND (j.verdict = $4 OR `+mayBeGood+`) AND n.allotment IS NULL AND d.allotment IS NULL AND j.allotment IN (SELECT a.id FROM allotment a
			JOIN prize_slip s ON s.key_id = a.key_id AND s.scheme = a.scheme AND s.surplus = a.points AND s.change <> 0 WHERE a.kind = $5)`,
		[]any{stateVoid, decidedRefused, string(cards.Signed), string(cards.Accepted), int64(cards.KindCard)}, func(scan func(...any) error) error {
			var key cards.KeyID
			var data []byte
			if err := scan(&key, &data); err != nil {
				return err
			}
			var e cards.Entry // whose signature was checked when it came
			err := cards.Unsealed(data, cards.PaperEntry, &e)
			if e.Request != "" {
				kept[keyRequest{key, e.Request}] = true
			}
			return err
		})
	return kept, err
}

// OweSlip writes down, by a person's word, that the card over a slip's surplus
// never came and never will: its kiosk is gone. It returns the points that are
// owed from then on. While the kiosk may still issue it, nothing is owed.
func (l *Ledger) OweSlip(ctx context.Context, slip uint64, person, reason string) (points uint32, err error) {
	if person == "" || reason == "" || slip > 1<<62 {
		return 0, fmt.Errorf("%w: who says what is owed has a name and a reason", ErrBadRequest)
	}
	err = l.update(ctx, func(t *txn) error {
		if err := t.may(person, RoleDecide); err != nil {
			return err
		}
		p, err := t.promise(slip)
		if err != nil {
			return err
		}
		points = p.Points
		if err := t.claimedUnheard(p); err != nil {
			return err
		}
		if err := t.owe(int64(slip)); err != nil {
			return err
		}
		said := saidPaid{int64(slip), person, reason, t.ms()}
		_, err = t.exec(`INSERT INTO prize_owed_said (slip, person, reason, at) VALUES ($1, $2, $3, $4)`, said.Slip, said.Person, said.Reason, said.At)
		return errorOr(err, t.chain(kindOwed, said.Slip, said))
	})
	return points, err
}

// promise finds a slip whose card won't come any more.
func (t *txn) promise(slip uint64) (p promise, err error) {
	open, err := t.promises()
	if err != nil {
		return p, err
	}
	for _, p = range open {
		if p.Slip != slip {
			continue
		}
		key, _, err := t.signer(p.key)
		if err == nil && key.revoked == "" && p.At.Add(promisedFor).After(t.at) {
			err = fmt.Errorf("%w: the kiosk may issue the card of slip %d: end its key first, or wait until tomorrow", ErrBadRequest, slip)
		}
		return p, err
	}
	return p, fmt.Errorf("%w: slip %d promises no card, or its card was signed, or it is owed already", ErrBadRequest, slip)
}

// unpromised takes the card out of an answer that a person has said never came.
func (t *txn) unpromised(a *cards.PrizeAnswer) error {
	said, err := t.one(`SELECT 1 FROM prize_owed_said WHERE slip = $1`, []any{int64(a.Slip)}, new(int64))
	if said {
		a.Change = 0
	}
	return err
}
