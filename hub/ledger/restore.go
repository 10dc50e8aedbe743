package ledger

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// A Restore is a database that was put back from a backup, or one of which
// that can't be known, as the mark beside the keys was lost. Nothing is redeemed
// from Noticed on until a person has accepted that what happened since Since is
// lost. Cards that may have been redeemed in that window then give points only
// by a person's decision (DECISIONS 21).
type Restore struct {
	ID             int64
	Lost           bool      // the mark was missing
	Since          time.Time // the last thing that the database knew
	Noticed        time.Time
	Person, Reason string    // who accepted it
	Accepted       time.Time // zero until somebody did
}

// ErrClosed reports that nothing is redeemed and decided: the database was put
// back. hub restore says more.
var ErrClosed = errors.New("ledger: closed, as the database was put back: see hub restore")

// A WindowError reports that a person accepts another window than the one that
// is lost.
type WindowError struct{ Since, Until time.Time }

func (e *WindowError) Error() string {
	return fmt.Sprintf("ledger: what happened from %s to %s is lost: accept having seen that",
		moment(e.Since.UnixMilli()), moment(e.Until.UnixMilli()))
}

// putBack writes down that a person has to accept the database as it is. That
// it waits for that already is enough only if that word is about every
// allotment: else the backup was made while it waited, and cards granted in
// between may have been redeemed once it was accepted.
func (t *txn) putBack(lost bool) error {
	covered, err := t.one(`SELECT 1 FROM restore r LEFT JOIN restore_accepted c ON c.restore = r.id
		WHERE c.restore IS NULL AND NOT EXISTS (SELECT 1 FROM allotment a WHERE a.at > r.at)`, nil, new(int64))
	if err != nil || covered {
		return err
	}
	id, err := t.next(`SELECT COALESCE(MAX(id), 0) FROM restore`)
	if err != nil {
		return err
	}
	var since int64
	_, err = t.one(`SELECT MAX(at) FROM (SELECT COALESCE(MAX(at), 0) AS at FROM transfer UNION ALL SELECT COALESCE(MAX(received), 0) FROM entry
		UNION ALL SELECT COALESCE(MAX(at), 0) FROM trust_list UNION ALL SELECT COALESCE(MAX(at), 0) FROM kept_claim
		UNION ALL SELECT COALESCE(MAX(at), 0) FROM batch_claim) x`, nil, &since)
	if err != nil {
		return err
	}
	_, err = t.exec(`INSERT INTO restore (id, lost, since, at) VALUES ($1, $2, $3, $4)`, id, bit(lost), min(since, t.ms()), t.ms())
	return err
}

// closed reports whether a database that was put back waits to be accepted.
func (t *txn) closed() (bool, error) {
	return t.one(`SELECT 1 FROM restore r LEFT JOIN restore_accepted c ON c.restore = r.id WHERE c.restore IS NULL`, nil, new(int64))
}

// lostClaim asks for the window in which a card of allotment a may have been
// redeemed without a trace. Japan's days begin nine hours before UTC's.
const lostClaim = `SELECT 1 FROM restore v JOIN restore_accepted w ON w.restore = v.id
	WHERE a.at <= v.at AND v.since < (a.expires + 1) * 86400000 - 32400000`

// doubted reports whether an allotment's cards may have been redeemed in a
// window that is lost.
func (t *txn) doubted(allotment uint32) (bool, error) {
	return t.one(`SELECT 1 FROM allotment a WHERE a.id = $1 AND EXISTS (`+lostClaim+`)`, []any{int64(allotment)}, new(int64))
}

// Restores returns every time that the database was found put back.
func (l *Ledger) Restores(ctx context.Context) (list []Restore, err error) {
	err = l.view(ctx, func(t *txn) error { list, err = t.restores(); return err })
	return list, err
}

func (t *txn) restores() (list []Restore, err error) {
	err = t.each(`SELECT r.id, r.lost, r.since, r.at, COALESCE(c.person, ''), COALESCE(c.reason, ''), COALESCE(c.at, 0)
		FROM restore r LEFT JOIN restore_accepted c ON c.restore = r.id ORDER BY r.id`, nil, func(scan func(...any) error) error {
		var r Restore
		var since, noticed, accepted int64
		err := scan(&r.ID, &r.Lost, &since, &noticed, &r.Person, &r.Reason, &accepted)
		r.Since, r.Noticed = time.UnixMilli(since), time.UnixMilli(noticed)
		if accepted > 0 {
			r.Accepted = time.UnixMilli(accepted)
		}
		list = append(list, r)
		return err
	})
	return list, err
}

// AcceptRestore lets a hub go on whose database was put back. The person says
// since when everything is lost, to the minute, having seen it.
func (l *Ledger) AcceptRestore(ctx context.Context, since time.Time, person, reason string) (r Restore, err error) {
	if person == "" || reason == "" {
		return r, fmt.Errorf("%w: who accepts it has a name and a reason", ErrBadRequest)
	}
	err = l.update(ctx, func(t *txn) error {
		if err := t.may(person, RoleDecide); err != nil {
			return err
		}
		if r, err = t.unaccepted(); err != nil {
			return err
		}
		if !since.Equal(r.Since.Truncate(time.Minute)) {
			return &WindowError{Since: r.Since, Until: r.Noticed}
		}
		r.Person, r.Reason, r.Accepted = person, reason, t.at
		if _, err := t.exec(`INSERT INTO restore_accepted (restore, person, reason, at) VALUES ($1, $2, $3, $4)`, r.ID, person, reason, t.ms()); err != nil {
			return err
		}
		if err := t.chain(kindRestore, r.ID, r.said()); err != nil {
			return err
		}
		return t.newMark()
	})
	return r, err
}

func (t *txn) unaccepted() (r Restore, err error) {
	list, err := t.restores()
	for _, one := range list {
		if one.Accepted.IsZero() {
			return one, err
		}
	}
	return r, errorOr(err, fmt.Errorf("%w: the database was not put back", ErrBadRequest))
}

// newMark puts the database's own mark, with ids above all that were given. It
// is put before the commit, while nobody else gives any: a commit that fails
// after that leaves a database that still waits to be accepted.
func (t *txn) newMark() error {
	if err := t.flush(); err != nil || t.mark == nil {
		return err
	}
	now, err := t.stands()
	if err != nil {
		return err
	}
	m, err := t.mark.Mark()
	if errors.Is(err, ErrNoMark) {
		m.Given, err = Ids{now.Key + markJump, now.Allotment + markJump, now.Version + markJump}, nil
	}
	if m.Kept = now; err != nil {
		return err
	}
	return t.mark.Put(m)
}
