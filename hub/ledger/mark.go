package ledger

import (
	"bytes"
	"errors"
	"fmt"
)

// Ids are the last key id, allotment id and trust-list version.
type Ids struct{ Key, Allotment, Version uint32 }

// A Mark is how far the hub has come. A database that was put back from a
// backup can't tell by itself: it would give ids a second time, and two cards
// would have one serial (DECISIONS 1, 9, 21).
type Mark struct {
	Given Ids // given, or about to be: never again
	Kept  Kept
}

// Kept is what commits have kept: a database that has less was put back.
type Kept struct {
	Ids
	Seq  int64  // the last transfer
	Hash []byte // its hash
}

// Marks keep the mark outside the database, where its backups don't reach.
type Marks interface {
	// Mark returns the mark, or [ErrNoMark].
	Mark() (Mark, error)
	// Move changes the mark by f, while nobody else does. What is given survives
	// a power cut once Move returns; what is kept may be lost.
	Move(f func(*Mark)) error
	// Put begins anew with a mark that survives a power cut.
	Put(Mark) error
}

// ErrNoMark reports that the mark is missing: no ids are given until a person
// has accepted that (hub restore accept).
var ErrNoMark = errors.New("ledger: the mark beside the keys is missing, so that which ids were given is not known: see hub restore")

// markJump is how far above the database ids go on where the mark was lost. A
// trust list may be 10,000 above the one that a kiosk holds, and no more.
const markJump = 1000

// give returns one more than the greatest id of a table of ours, and than all
// that were ever given. It is on the disk before it is used.
func (t *txn) give(query string, of func(*Ids) *uint32) (id int64, err error) {
	if id, err = t.next(query); err != nil || t.mark == nil {
		return id, err
	}
	err = t.mark.Move(func(m *Mark) {
		last := of(&m.Given)
		id = max(id, int64(*last)+1)
		*last = uint32(min(id, 1<<32-1)) // whoever asks refuses ids before that
	})
	if err != nil {
		return 0, err
	}
	*of(&t.gave) = uint32(id)
	return id, nil
}

func keyOf(i *Ids) *uint32     { return &i.Key }
func allotIDOf(i *Ids) *uint32 { return &i.Allotment }
func versionOf(i *Ids) *uint32 { return &i.Version }

// keepMark moves the mark to what this transaction has committed.
func (t *txn) keepMark() error {
	if t.mark == nil || t.head == nil && t.gave == (Ids{}) && t.found == nil {
		return nil
	}
	err := t.mark.Move(func(m *Mark) {
		if t.found != nil {
			m.Kept = *t.found
		}
		for _, of := range []func(*Ids) *uint32{keyOf, allotIDOf, versionOf} {
			*of(&m.Kept.Ids) = max(*of(&m.Kept.Ids), *of(&t.gave))
		}
		if t.head != nil && t.head.seq > m.Kept.Seq {
			m.Kept.Seq, m.Kept.Hash = t.head.seq, t.head.hash
		}
	})
	if err == nil || errors.Is(err, ErrNoMark) { // which is known, and a person is asked
		return nil
	}
	return fmt.Errorf("ledger: it is committed, but not marked: %w", err)
}

// stands returns what the database has.
func (t *txn) stands() (k Kept, err error) {
	_, err = t.one(`SELECT (SELECT COALESCE(MAX(id), 0) FROM signing_key), (SELECT COALESCE(MAX(id), 0) FROM allotment),
		(SELECT COALESCE(MAX(version), 0) FROM trust_list)`, nil, &k.Key, &k.Allotment, &k.Version)
	if err == nil {
		_, err = t.one(`SELECT seq, hash FROM transfer ORDER BY seq DESC LIMIT 1`, nil, &k.Seq, &k.Hash)
	}
	return k, err
}

// lookBack compares the database with the mark, and writes down if it was put
// back, or if that can't be known. Once that is committed the mark is the
// database's: the next start asks for nothing more, unless another is put back.
func (t *txn) lookBack() error {
	if t.mark == nil {
		return nil
	}
	now, err := t.stands()
	if err != nil {
		return err
	}
	m, err := t.mark.Mark()
	switch lost := errors.Is(err, ErrNoMark); {
	case lost && now.Key == 0: // a new hub
		return t.mark.Put(Mark{})
	case lost:
		return t.putBack(true)
	case err != nil:
		return err
	}
	behind, err := t.behind(m.Kept, now)
	if err != nil || !behind {
		return err
	}
	t.found = &now
	return t.putBack(false)
}

// behind reports whether the database lacks what it had once.
func (t *txn) behind(k, now Kept) (bool, error) {
	if k.Key > now.Key || k.Allotment > now.Allotment || k.Version > now.Version || k.Seq > now.Seq {
		return true, nil
	}
	var hash []byte
	_, err := t.one(`SELECT hash FROM transfer WHERE seq = $1`, []any{k.Seq}, &hash)
	return !bytes.Equal(hash, k.Hash), err
}
