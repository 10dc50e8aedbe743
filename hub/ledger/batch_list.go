package ledger

import (
	"context"
	"time"

	"pointkiosk/cards"
)

// A Batch is how an allotment stands whose cards are printed beforehand. Each of
// its cards is inactive, withdrawn or active; each active one is outstanding or
// has ended.
type Batch struct {
	Allotment cards.Allotment
	Kiosk     string // whose key holds it
	Made      uint32 // numbers that are taken: 1..Made
	Inactive  uint32
	Withdrawn uint32
	Cards     CardCount // Issued are active, or were
	Waiting   int       // claims
	Granted   []GrantedRange
	Ungranted []GrantedRange  // what was taken back of it
	Said      []SaidRange     // in its order
	Disputed  []DisputedRange // entries that a person has to decide on
}

// A GrantedRange is a range that a kiosk or a partner may activate.
type GrantedRange struct {
	First, Last            uint32
	Kiosk, Partner, Person string
	Reason                 string // why it was taken back
	At                     time.Time
}

// A SaidRange is what was said of a range, and believed.
type SaidRange struct {
	First, Last    uint32
	State          cards.State
	Cards          int    // that were inactive, and are not any more
	Kiosk          string // whose journal says so; empty: the person or partner, at the hub
	Seq            uint64
	Person, Reason string
	Partner        string // who says so on its page; then there is no person
	Copy           uint32
	At             time.Time
}

// A DisputedRange is an entry of a range that was not believed, and is not moot; or
// one that a key which was compromised already withdrew cards with ([WhySince]).
type DisputedRange struct {
	First, Last uint32
	State       cards.State
	Cards       int // that it would change still
	Yen         int64
	Kiosk       string
	Seq         uint64
	Why         string
	At          time.Time
}

// Batches returns every batch, in order of id; only one, unless that is 0.
func (l *Ledger) Batches(ctx context.Context, only uint32) (list []Batch, err error) {
	err = l.view(ctx, func(t *txn) error {
		var ids []uint32
		err := t.each(`SELECT id FROM allotment WHERE batch = 1 AND (id = $1 OR $2 = 0) ORDER BY id`, []any{int64(only), int64(only)}, func(scan func(...any) error) error {
			var id uint32
			err := scan(&id)
			ids = append(ids, id)
			return err
		})
		for _, id := range ids {
			a, _, oneErr := l.allotment(t, id)
			if err = errorOr(err, oneErr); err != nil {
				return err
			}
			b := Batch{Allotment: a.Allotment}
			if err := t.fillBatch(&b); err != nil {
				return err
			}
			list = append(list, b)
		}
		return err
	})
	return list, err
}

func (t *txn) fillBatch(b *Batch) error {
	key, _, err := t.signer(b.Allotment.Key)
	if err != nil {
		return err
	}
	b.Kiosk = key.kiosk
	b.Cards.Paper = map[cards.State]uint32{}
	id := []any{int64(b.Allotment.ID)}
	err = t.each(`SELECT COALESCE(e.state, ''), COUNT(*) FROM issued i LEFT JOIN ended e ON e.allotment = i.allotment AND e.number = i.number
		WHERE i.allotment = $1 GROUP BY COALESCE(e.state, '')`, id, func(scan func(...any) error) error {
		var ending string
		var n uint32
		err := scan(&ending, &n)
		b.Cards.add("", ending, n)
		return err
	})
	if err != nil {
		return err
	}
	if _, err := t.one(`SELECT COUNT(*)`+openWait, []any{id[0], 1, int64(b.Allotment.Count)}, &b.Waiting); err != nil {
		return err
	}
	return errorOr(t.batchSaid(b, id), errorOr(t.batchGranted(b, id), errorOr(t.batchUngranted(b, id), t.disputedRanges(b))))
}

// batchSaid reads what was said of a batch.
func (t *txn) batchSaid(b *Batch, id []any) error {
	var keys []cards.KeyID
	err := t.eachRange(`WHERE allotment = $1`, id, func(r saidRange) {
		keys = append(keys, cards.KeyID(r.Key))
		b.Said = append(b.Said, SaidRange{First: uint32(r.First), Last: uint32(r.Last), State: cards.State(r.State), Cards: int(r.Cards),
			Seq: uint64(r.Seq), Person: r.Person, Partner: r.Partner, Reason: r.Reason, Copy: uint32(r.Copy), At: time.UnixMilli(r.At)})
		switch cards.State(r.State) {
		case cards.Making:
			b.Made = uint32(r.Last)
		case cards.Withdrawn, cards.Lost:
			b.Withdrawn += uint32(r.Cards)
		case stateKept:
			b.Withdrawn -= uint32(r.Cards)
		}
	})
	b.Inactive = b.Allotment.Count - b.Cards.Issued - b.Withdrawn
	for n, id := range keys {
		key, _, keyErr := t.signer(id)
		b.Said[n].Kiosk = key.kiosk
		err = errorOr(err, keyErr)
	}
	return err
}

// batchGranted reads who may activate what of a batch.
func (t *txn) batchGranted(b *Batch, id []any) error {
	return t.each(`SELECT first_number, last_number, kiosk, partner, person, at FROM batch_grant WHERE allotment = $1 ORDER BY n`, id, func(scan func(...any) error) error {
		var g GrantedRange
		var at int64
		err := scan(&g.First, &g.Last, &g.Kiosk, &g.Partner, &g.Person, &at)
		g.At = time.UnixMilli(at)
		b.Granted = append(b.Granted, g)
		return err
	})
}

// disputedRanges finds the entries of a batch that would change any card still: few
// are ever disputed, so that each is read.
func (t *txn) disputedRanges(b *Batch) error {
	is, open, err := t.numbersOf(b)
	if err != nil {
		return err
	}
	err = t.each(`SELECT k.kiosk, j.reason, j.at, e.data FROM judged j JOIN entry e ON e.key_id = j.key_id AND e.seq = j.seq JOIN signing_key k ON k.id = j.key_id
		WHERE j.verdict = 'disputed' AND j.state IN ('activated', 'withdrawn', 'lost') ORDER BY j.at, j.key_id, j.seq`, nil, func(scan func(...any) error) error {
		var d DisputedRange
		var at int64
		var data []byte
		if err := scan(&d.Kiosk, &d.Why, &at, &data); err != nil {
			return err
		}
		var e cards.Entry // whose signature was checked when it came
		err := cards.Unsealed(data, cards.PaperEntry, &e)
		if err == nil && e.Allotment == b.Allotment.ID && e.Number <= b.Allotment.Count {
			d.First, d.Last, d.State, d.Seq, d.At = e.Number, min(e.Last, b.Allotment.Count), e.State, e.Seq, time.UnixMilli(at)
			d.Cards = d.changes(is, open)
			b.dispute(d)
		}
		return err
	})
	return errorOr(err, t.doubtedRanges(b, is))
}
