package ledger

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"pointkiosk/cards"
)

// A Grant asks for an allotment. What is zero comes from the event.
type Grant struct {
	Kiosk   string
	Event   string
	Kind    cards.Kind // card, or ticket: those grant no points, each takes its own from a balance
	Count   uint32
	Points  uint32
	Day     cards.Day
	Expires cards.Day
	Batch   bool   // printed beforehand: each card is inactive until it is activated
	Person  string // who grants it
}

// Grant gives a kiosk an allotment and moves its points out of the funding.
// The kiosk gets it with its next receipt.
func (l *Ledger) Grant(ctx context.Context, g Grant) (a cards.Allotment, err error) {
	err = l.update(ctx, func(t *txn) error {
		if err := t.may(g.Person, RoleGrant); err != nil {
			return err
		}
		if g.Kind != 0 && g.Kind != cards.KindCard && g.Kind != cards.KindTicket {
			return fmt.Errorf("%w: nobody is granted a %v", ErrBadRequest, g.Kind)
		}
		e, err := t.event(g.Event)
		if err != nil {
			return err
		}
		if a, err = t.draft(g, e); err != nil {
			return err
		}
		if err := a.Check(); err != nil {
			return fmt.Errorf("%w: %w", ErrBadRequest, err)
		}
		if err := t.checkGrant(a); err != nil {
			return err
		}
		if a.Kind == cards.KindTicket {
			err := errorOr(l.keepAllotment(t, a, e, g.Person), l.vouchTickets(t, a.Key))
			return errorOr(err, t.saidTerms(a, e, g.Person))
		}
		if err := t.withinCap(g.Kiosk, a); err != nil {
			return err
		}
		if err := l.keepAllotment(t, a, e, g.Person); err != nil {
			return err
		}
		if !a.Batch { // of a batch they move when a range is activated
			_, err = t.move(kindGrant, fmt.Sprint(a.ID), int64(a.Count)*int64(a.Points), fundingOf(e.Scheme.Ja), allotmentOf(a.ID))
		}
		return errorOr(err, t.saidTerms(a, e, g.Person))
	})
	return a, err
}

// checkGrant checks an allotment against the rules that people set. Cards of a
// batch are not on thermal paper.
func (t *txn) checkGrant(a cards.Allotment) error {
	if err := t.checkBatch(a); err != nil {
		return err
	}
	if a.Kind == cards.KindCard {
		if err := t.withinMost(a.Event.Scheme.Ja, a.Points); err != nil {
			return err
		}
	}
	if a.Batch {
		return nil
	}
	if a.Kind == cards.KindCard {
		if err := t.withinBudget(a.Event.ID, int64(a.Count)*int64(a.Points)); err != nil {
			return err
		}
	}
	return t.onPaper(a.Event.ID, a.Day, a.Expires)
}

// vouchTickets publishes a trust list that says that the key signs tickets, if
// the newest was made before keys did.
func (l *Ledger) vouchTickets(t *txn, key cards.KeyID) error {
	_, sealed, err := t.trustList()
	if err != nil {
		return err
	}
	var list cards.TrustList
	if err := cards.Unsealed(sealed, cards.PaperTrustList, &list); err != nil {
		return err
	}
	for _, i := range list.Issuers {
		if i.Key == key && slices.Contains(i.Kinds, cards.KindTicket) {
			return nil
		}
	}
	_, err = l.publish(t)
	return err
}

// draft fills an allotment from what was asked for and the event.
func (t *txn) draft(g Grant, e Event) (a cards.Allotment, err error) {
	key, found, err := t.liveKey(g.Kiosk)
	if err != nil || !found {
		return a, errorOr(err, ErrNoKiosk)
	}
	id, err := t.give(`SELECT COALESCE(MAX(id), 0) FROM allotment`, allotIDOf)
	if err != nil {
		return a, err
	}
	if id >= 1<<31 { // the upper half is for what kiosks print to practise
		return a, fmt.Errorf("ledger: all allotment ids are used up")
	}
	a = cards.Allotment{ID: uint32(id), Key: key.id, Kind: cmp.Or(g.Kind, cards.KindCard), Count: g.Count, Event: e.Event}
	a.Points = cmp.Or(g.Points, e.Points)
	a.Day = cmp.Or(g.Day, e.Day)
	a.Expires = cmp.Or(g.Expires, a.Day+cards.Day(e.CardDays))
	from, until, err := e.hours(a.Day)
	if err != nil {
		return a, err
	}
	a.From, a.Until = from.Unix(), until.Unix()
	if g.Batch { // signed from now on, to be there when the event opens
		a.Batch, a.From = true, min(t.at.Unix(), a.Until-1)
	}
	if a.Event.Host == "" {
		a.Event.Host, err = t.host()
	}
	if err == nil && a.Event.Host == "" {
		err = fmt.Errorf("%w: no site where cards are claimed: start hub serve with --host first", ErrBadRequest)
	}
	return a, errorOr(err, key.lasts(a))
}

// lasts refuses an allotment that is longer than its key.
func (s signer) lasts(a cards.Allotment) error {
	switch {
	case a.Until*1000 > s.signsUntil:
		return fmt.Errorf("%w: on %s the kiosk's key no longer signs (it does until %s): enrol the kiosk again first",
			ErrBadRequest, a.Day, moment(s.signsUntil))
	case a.Expires.End().UnixMilli() > s.honouredUntil:
		return fmt.Errorf("%w: cards good until %s outlast the kiosk's key (honoured until %s): choose an earlier day",
			ErrBadRequest, a.Expires, moment(s.honouredUntil))
	}
	return nil
}

func errorOr(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}

func (l *Ledger) keepAllotment(t *txn, a cards.Allotment, e Event, person string) error {
	sealed, err := cards.Seal(l.hub, cards.PaperAllotment, a)
	if err != nil {
		return err
	}
	_, err = t.exec(`INSERT INTO allotment (id, key_id, event, scheme, kind, practice, points, cards, day, expires, once_per_day, point_days, sealed, at, person, batch)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
		int64(a.ID), int64(a.Key), e.ID, e.Scheme.Ja, int64(a.Kind), bit(a.Kind.Practice()), int64(a.Points), int64(a.Count),
		int64(a.Day), int64(a.Expires), bit(e.OncePerDay), int64(e.PointDays), sealed, t.ms(), person, bit(a.Batch))
	return err
}

// bit keeps a truth as SQLite and PostgreSQL both read it.
func bit(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// An allotmentRow is an allotment with the rules that only the hub needs.
type allotmentRow struct {
	cards.Allotment
	scheme    string
	pointDays int64
}

// allotment finds an allotment as it was signed; every rule comes from there.
func (l *Ledger) allotment(t *txn, id uint32) (row allotmentRow, found bool, err error) {
	if held, found := l.granted.Load(id); found {
		return held.(allotmentRow), true, nil
	}
	row, found, err = l.openAllotment(t, id)
	if err == nil && found {
		l.granted.Store(id, row)
	}
	return row, found, err
}

// openAllotment reads an allotment and checks that it is what was signed.
func (l *Ledger) openAllotment(t *txn, id uint32) (row allotmentRow, found bool, err error) {
	var sealed []byte
	found, err = t.one(`SELECT sealed, scheme, point_days FROM allotment WHERE id = $1`, []any{int64(id)}, &sealed, &row.scheme, &row.pointDays)
	if err != nil || !found {
		return row, false, err
	}
	_, err = cards.Open(sealed, cards.PaperAllotment, l.hubKey, &row.Allotment)
	if err != nil {
		return row, false, fmt.Errorf("ledger: allotment %d was changed: %w", id, err)
	}
	return row, true, nil
}
