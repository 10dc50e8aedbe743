package ledger

import (
	"context"
	"fmt"
	"slices"

	"pointkiosk/cards"
)

// kindExpire: the resident's account → expired, for each lot.
const kindExpire = "expire"

func expiredOf(scheme string) string { return "expired:" + scheme }

// lotLeft is what is left of lot o. A lot is never changed: what is taken out
// of it has rows of its own.
const lotLeft = `(o.points - COALESCE((SELECT SUM(u.points) FROM lot_use u WHERE u.lot = o.transfer), 0))`

// A pastLot is a lot whose last day is over.
type pastLot struct {
	id, left        int64
	account, scheme string
}

// Expire moves what is left of lots past their last day out of their accounts,
// the oldest first, and returns how many lots. Doing it again changes nothing,
// and nobody enters what the rule says (DECISIONS 36). Like the cards of
// [Ledger.Lapse], the lots are looked for before the one writer is taken up.
func (l *Ledger) Expire(ctx context.Context) (total int, err error) {
	var past []pastLot
	if err := l.view(ctx, func(t *txn) (err error) { past, err = t.pastLots(``); return err }); err != nil {
		return 0, err
	}
	for some := range slices.Chunk(past, lapseBatch) {
		n := 0
		err := l.update(ctx, func(t *txn) error {
			if closed, err := t.closed(); err != nil || closed {
				return err
			}
			for _, o := range some {
				again, err := t.pastLots(` AND o.transfer = $2`, o.id) // a claim may have been faster
				if err = errorOr(err, t.expireAll(again)); err != nil {
					return err
				}
				n += len(again)
			}
			return nil
		})
		if err != nil {
			return total, err
		}
		total += n
	}
	return total, nil
}

// pastLots returns the lots past their last day that have anything left, the
// oldest first, of those that a further condition names.
func (t *txn) pastLots(which string, args ...any) (past []pastLot, err error) {
	err = t.each(`SELECT o.transfer, o.account, o.scheme, `+lotLeft+` FROM lot o WHERE o.expires < $1`+which+` AND `+lotLeft+` > 0
		ORDER BY o.expires, o.transfer`, append([]any{int64(cards.DayOf(t.at))}, args...), func(scan func(...any) error) error {
		var o pastLot
		err := scan(&o.id, &o.account, &o.scheme, &o.left)
		past = append(past, o)
		return err
	})
	return past, err
}

// expire does what [Ledger.Expire] does for one account.
func (t *txn) expire(account string) error {
	past, err := t.pastLots(` AND o.account = $2`, account)
	return errorOr(err, t.expireAll(past))
}

func (t *txn) expireAll(past []pastLot) error {
	for _, o := range past {
		ref, err := t.expiry(o.id)
		if err != nil {
			return err
		}
		seq, err := t.move(kindExpire, ref, o.left, accountOf(o.account, o.scheme), expiredOf(o.scheme))
		if err != nil {
			return err
		}
		if _, err = t.exec(`INSERT INTO lot_use (lot, transfer, points) VALUES ($1, $2, $3)`, o.id, seq, o.left); err != nil {
			return err
		}
	}
	return nil
}

// expiry names the next expiry of a lot: it has a second one if a ticket that
// was void gave points back to it after its last day.
func (t *txn) expiry(lot int64) (reference string, err error) {
	var before int64
	_, err = t.one(`SELECT COUNT(*) FROM lot_use u JOIN transfer t ON t.seq = u.transfer WHERE u.lot = $1 AND t.kind = 'expire'`, []any{lot}, &before)
	if before == 0 {
		return fmt.Sprint(lot), err
	}
	return fmt.Sprintf("%d/%d", lot, before+1), err
}

// expireRules are about points past their day, and where all points are: granted
// = used + converted + ticketed + donated + expired + held (DECISIONS 22). Used
// are spent tickets and prizes; donated is what was given up at the counter; what
// a new card pays back is not granted yet, nor what a reversal gave up any more; nothing is converted so far.
func expireRules() []rule {
	const (
		used    = `lot_use x JOIN lot a ON a.transfer = x.lot JOIN transfer n ON n.seq = x.transfer`
		refLot  = `CAST(a.transfer AS TEXT)`
		before  = `(SELECT COUNT(*) FROM lot_use y JOIN transfer m ON m.seq = y.transfer WHERE y.lot = x.lot AND m.kind = 'expire' AND y.transfer < x.transfer)`
		refEnd  = refLot + ` || CASE WHEN ` + before + ` = 0 THEN '' ELSE '/' || CAST(1 + ` + before + ` AS TEXT) END` // as txn.expiry writes it
		lotEnds = `(a.expires + 1) * 86400000 - 32400000`                                                              // Japan's days begin nine hours before UTC's
	)
	return []rule{
		{"expire", "lot %s has not its one transfer", fact(used, `n.kind = 'expire'`, refEnd, kindExpire,
			`'account:' || a.account || ':' || a.scheme`, `'expired:' || a.scheme`, `x.points`)},
		{"expire", "transfer %s has no lot", `SELECT CAST(t.seq AS TEXT) FROM transfer t WHERE t.kind = 'expire'
			AND NOT EXISTS (SELECT 1 FROM lot_use x WHERE x.transfer = t.seq AND (CAST(x.lot AS TEXT) = t.reference OR t.reference LIKE CAST(x.lot AS TEXT) || '/%'))`},
		{"expire", "lot %s is used by a transfer of no kind that uses lots", `SELECT ` + refLot + ` FROM ` + used + ` WHERE n.kind NOT IN ('expire', 'ticket', 'return', 'reverse')`},
		{"expire", "lot %s expired before its last day was over", `SELECT ` + refLot + ` FROM ` + used + ` WHERE n.kind = 'expire' AND n.at < ` + lotEnds},
		{"expire", "lot %s expired, and has points left or more used than it had", `SELECT ` + refLot + ` FROM lot a
			WHERE a.points < (SELECT COALESCE(SUM(x.points), 0) FROM lot_use x WHERE x.lot = a.transfer)
			OR a.points > (SELECT COALESCE(SUM(x.points), 0) FROM lot_use x WHERE x.lot = a.transfer)
			AND EXISTS (SELECT 1 FROM lot_use u JOIN transfer t ON t.seq = u.transfer WHERE u.lot = a.transfer AND t.kind = 'expire')`},
		{"granted", "%s: granted is not used + converted + ticketed + donated + expired + held", `SELECT a.scheme FROM allotment a GROUP BY a.scheme HAVING
			COALESCE((SELECT SUM(b.points) FROM ended e JOIN allotment b ON b.id = e.allotment WHERE b.scheme = a.scheme AND e.state = 'redeemed'), 0)
			<> COALESCE((SELECT SUM(p.amount) FROM posting p WHERE p.account IN ('expired:' || a.scheme, 'ticketed:' || a.scheme, 'prize:' || a.scheme,
				'prized:' || a.scheme, 'surplus:' || a.scheme, 'change:' || a.scheme, 'owed:' || a.scheme, 'reversed:' || a.scheme)), 0)
			+ COALESCE((SELECT SUM(b.points) FROM ended e JOIN allotment b ON b.id = e.allotment WHERE b.scheme = a.scheme AND e.state = 'spent'), 0)
			+ COALESCE((SELECT SUM(o.points) FROM lot o WHERE o.scheme = a.scheme), 0)
			- COALESCE((SELECT SUM(u.points) FROM lot_use u JOIN lot o ON o.transfer = u.lot WHERE o.scheme = a.scheme), 0)`},
	}
}
