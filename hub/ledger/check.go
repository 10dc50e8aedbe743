package ledger

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"

	"pointkiosk/cards"
)

// A Fault is an invariant that does not hold, in words for who has to mend it.
type Fault struct {
	Rule  string // its name
	Where string
}

func (f Fault) String() string { return f.Rule + ": " + f.Where }

// maxFaults bounds a report: one broken hash makes many.
const maxFaults = 100

// An audit collects faults in one read transaction.
type audit struct {
	*txn
	ledger *Ledger
	faults []Fault
}

func (a *audit) fault(rule, format string, args ...any) {
	if len(a.faults) < maxFaults {
		a.faults = append(a.faults, Fault{rule, fmt.Sprintf(format, args...)})
	}
}

// Check tries every invariant of the book and returns those that do not hold.
func (l *Ledger) Check(ctx context.Context) (faults []Fault, err error) {
	err = l.view(ctx, func(t *txn) error {
		a := &audit{txn: t, ledger: l}
		if err := a.transfers(); err != nil {
			return err
		}
		if err := a.allotments(); err != nil {
			return err
		}
		for _, r := range rules() {
			if err := a.rule(r); err != nil {
				return err
			}
		}
		if err := errorOr(a.entries(), errorOr(a.decisions(), errorOr(a.owedTwice(), a.batches()))); err != nil {
			return err
		}
		faults = a.faults
		return nil
	})
	return faults, err
}

// A walk is how far the chain of transfers has been followed.
type walk struct {
	last int64
	prev []byte // the hash of that transfer
	body transferBody
	hash []byte // as it stands in the row of body
}

// transfers walks the chain: no gap, each hash over its row and the one
// before, each sum zero.
func (a *audit) transfers() error {
	w := walk{prev: make([]byte, sha256.Size)}
	err := a.each(`SELECT t.seq, t.kind, t.reference, t.at, t.hash, COALESCE(p.account, ''), COALESCE(p.amount, 0) FROM transfer t
		LEFT JOIN posting p ON p.transfer = t.seq ORDER BY t.seq`, nil, func(scan func(...any) error) error {
		var row transferBody
		var hash []byte
		var p posting
		if err := scan(&row.Seq, &row.Kind, &row.Reference, &row.At, &hash, &p.Account, &p.Amount); err != nil {
			return err
		}
		if row.Seq != w.body.Seq {
			if err := a.weighTransfer(&w); err != nil {
				return err
			}
			w.body, w.hash = row, hash
		}
		if p.Account != "" { // a decision moves none
			w.body.add(p)
		}
		return nil
	})
	return errorOr(err, a.weighTransfer(&w))
}

// weighTransfer checks a transfer whose postings are all there.
func (a *audit) weighTransfer(w *walk) error {
	b := w.body
	if b.Seq == 0 {
		return nil
	}
	b.Prev = w.prev
	want, err := b.hash()
	if err != nil {
		return err
	}
	if b.Seq != w.last+1 {
		a.fault("gapless", "transfer %d follows on %d", b.Seq, w.last)
	}
	if !bytes.Equal(w.hash, want) {
		a.fault("hash chain", "transfer %d or one of its postings was changed", b.Seq)
	}
	if b.sum() != 0 {
		a.fault("sum zero", "transfer %d sums to %d", b.Seq, b.sum())
	}
	w.last, w.prev = b.Seq, w.hash
	return nil
}

// entries hashes every journal entry again, and looks whether the card that one
// signs is the one known here.
func (a *audit) entries() error {
	return a.each(`SELECT e.key_id, e.seq, e.hash, e.data, COALESCE(i.digest, '') FROM entry e
		LEFT JOIN judged j ON j.key_id = e.key_id AND j.seq = e.seq AND j.state = 'signed' AND j.verdict = 'accepted'
		LEFT JOIN issued i ON i.allotment = j.allotment AND i.number = j.number AND i.source <> 'ticket'`, nil, func(scan func(...any) error) error {
		var key, seq int64
		var hash, data, digest []byte
		if err := scan(&key, &seq, &hash, &data, &digest); err != nil {
			return err
		}
		if sum := sha256.Sum256(data); !bytes.Equal(hash, sum[:]) {
			a.fault("entry", "entry %d of key %d was changed", seq, key)
			return nil
		}
		if len(digest) == 0 {
			return nil
		}
		var e cards.Entry // whose signature was checked when it came
		err := cards.Unsealed(data, cards.PaperEntry, &e)
		if err == nil && !bytes.Equal(e.Digest, digest) {
			a.fault("digest", "card %d/%d is not the one that entry %d of key %d signs", e.Allotment, e.Number, seq, key)
		}
		return err
	})
}

// allotments opens each allotment: its signature covers what it says.
func (a *audit) allotments() error {
	var ids []uint32
	err := a.each(`SELECT id FROM allotment`, nil, func(scan func(...any) error) error {
		var id uint32
		err := scan(&id)
		ids = append(ids, id)
		return err
	})
	for _, id := range ids {
		row, _, openErr := a.ledger.openAllotment(a.txn, id)
		if openErr != nil {
			a.fault("allotment", "%v", openErr)
			continue
		}
		same, oneErr := a.one(`SELECT 1 FROM allotment WHERE id = $1 AND key_id = $2 AND points = $3 AND cards = $4 AND day = $5
			AND expires = $6 AND kind = $7 AND practice = $8 AND scheme = $9 AND event = $10 AND once_per_day = $11 AND batch = $12`,
			[]any{int64(id), int64(row.Key), int64(row.Points), int64(row.Count), int64(row.Day), int64(row.Expires), int64(row.Kind),
				bit(row.Kind.Practice()), row.Event.Scheme.Ja, row.Event.ID, bit(row.Event.OncePerDay), bit(row.Batch)}, new(int64))
		if err = errorOr(err, oneErr); err == nil && !same {
			a.fault("allotment", "allotment %d is not what was signed", id)
		}
	}
	return err
}

// rule runs a query that finds only what is wrong.
func (a *audit) rule(r rule) error {
	return a.each(r.query+fmt.Sprintf(" LIMIT %d", maxFaults), nil, func(scan func(...any) error) error {
		var where string
		if err := scan(&where); err != nil {
			return err
		}
		a.fault(r.name, r.words, where)
		return nil
	})
}
