package ledger

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"pointkiosk/cards"
)

// A Refusal says why a card gives no points.
type Refusal string

// The refusals, in the order in which they are looked for.
const (
	UnknownKey   Refusal = "unknown key"
	BadSignature Refusal = "bad signature"
	Outside      Refusal = "outside" // more, or other, than its key was granted
	Practice     Refusal = "practice"
	Used         Refusal = "used" // by another account
	VoidCard     Refusal = "void"
	ByPerson     Refusal = "by a person" // who decided a dispute
	Lapsed       Refusal = "lapsed"
	Withdrawn    Refusal = "withdrawn" // before it was active
	Inactive     Refusal = "inactive"  // nobody has activated it yet: the claim is kept, and completes by itself
	Revoked      Refusal = "revoked"   // its key is compromised: the claim is kept for a person
	OncePerDay   Refusal = "once per day"
	Restored     Refusal = "restored"    // a backup was put back, and it may have been redeemed since: the claim is kept for a person
	Closed       Refusal = "closed"      // a backup was put back, and nobody has accepted that yet
	IsTicket     Refusal = "ticket"      // a point ticket, where a card was asked for
	IsCard       Refusal = "card"        // a card, where a point ticket was asked for
	NotGranted   Refusal = "not granted" // a ticket that the hub never said yes to
)

// RefusedError reports why a card gives no points, and since when, if known.
type RefusedError struct {
	Why   Refusal
	At    time.Time
	other bool // the number is another card's
}

func (e *RefusedError) Error() string { return "ledger: card refused: " + string(e.Why) }

func refuse(why Refusal) error { return &RefusedError{Why: why} }

// A View is what a card is worth, and whose it became.
type View struct {
	Allotment  cards.Allotment
	Serial     cards.Serial
	RedeemedAt time.Time // zero until it is
	RedeemedBy string
	Waiting    []string // accounts whose claims a person has to decide
}

// Claimed are the points of a card on an account.
type Claimed struct {
	Serial  cards.Serial
	Points  uint32
	At      time.Time
	Expires cards.Day // the last day of the points
	Before  bool      // this account had taken it already; nothing was added now
}

// Look says what a card is worth and changes nothing. With a [RefusedError]
// the view is filled as far as it is known.
func (l *Ledger) Look(ctx context.Context, c cards.Card) (v View, err error) {
	v.Serial = c.Serial()
	err = l.view(ctx, func(t *txn) error {
		a, err := l.admit(t, c, cards.KindCard)
		v.Allotment = a.Allotment
		if err != nil {
			return err
		}
		e, found, err := t.ended(c.Serial())
		switch {
		case err != nil:
			return err
		case found && e.state == stateRedeemed && e.account != "": // else its points were given up
			v.RedeemedAt, v.RedeemedBy = e.at, e.account
			return nil
		case found:
			err = t.refusal(c.Serial(), e)
		default:
			err = t.standing(a, c.Serial(), t.at)
		}
		if open, voidErr := t.voidOpen(c.Serial(), e); voidErr != nil || !open {
			return errorOr(voidErr, err)
		}
		if err != nil {
			v.Waiting, err = t.waiting(c.Serial(), err)
		}
		return err
	})
	return v, err
}

// waiting returns whose claims of a card wait, for a person or for the card to be
// activated, beside why the card gives nothing now.
func (t *txn) waiting(s cards.Serial, why error) (accounts []string, err error) {
	err = t.each(`SELECT k.account FROM kept_claim k LEFT JOIN decided d ON d.allotment = k.allotment AND d.number = k.number
		WHERE k.allotment = $1 AND k.number = $2 AND d.allotment IS NULL UNION ALL SELECT k.account`+openWait+` ORDER BY 1`,
		[]any{int64(s.Allotment), int64(s.Number), int64(s.Number)}, func(scan func(...any) error) error {
			var account string
			err := scan(&account)
			accounts = append(accounts, account)
			return err
		})
	return accounts, errorOr(err, why)
}

// Claim turns a card into points on an account. Once for a card: the same
// account has the same answer again, any other is refused.
func (l *Ledger) Claim(ctx context.Context, c cards.Card, account string) (claimed Claimed, err error) {
	if account == "" || strings.Contains(account, ":") {
		return claimed, fmt.Errorf("%w: %q is no account", ErrBadRequest, account)
	}
	// What never changes is checked before the one writer is taken up.
	var a allotmentRow
	if err := l.view(ctx, func(t *txn) (err error) { a, err = l.admit(t, c, cards.KindCard); return err }); err != nil {
		return claimed, err
	}
	var refused error
	err = l.together(ctx, func(t *txn) error {
		err := t.attempt(func() (err error) { claimed, err = t.claim(a, c, account); return err })
		if err == nil {
			return nil
		}
		claimed, refused = Claimed{}, err
		digest := c.Digest()
		return t.note(err, a, c.Serial(), account, digest[:])
	})
	if err != nil {
		return Claimed{}, err
	}
	return claimed, refused
}

// note keeps what a refused claim tells: one that a person has to decide, and
// that another card goes under a number. It returns an error that is no refusal.
func (t *txn) note(err error, a allotmentRow, s cards.Serial, account string, digest []byte) error {
	refused := (*RefusedError)(nil)
	switch {
	case !errors.As(err, &refused):
		return err
	case refused.other:
		return t.alarm(alarmDigest, a.Key, 0, s, "the card that somebody claims is not the one journalled under its number")
	case refused.Why == Inactive:
		return t.keepWait(a, s, account, digest)
	case refused.Why == Revoked, refused.Why == Restored:
		_, err := t.exec(`INSERT INTO kept_claim (allotment, number, account, at, digest) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (allotment, number, account) DO NOTHING`, int64(s.Allotment), int64(s.Number), account, t.ms(), digest)
		return err
	}
	return nil
}

// admit checks what never changes: signature, kind, and the allotment field by
// field (DECISIONS 5).
func (l *Ledger) admit(t *txn, c cards.Card, kind cards.Kind) (a allotmentRow, err error) {
	key, found, err := t.signer(c.Key)
	switch {
	case err != nil:
		return a, err
	case !found:
		return a, refuse(UnknownKey)
	case !c.SignedBy(key.public):
		return a, refuse(BadSignature)
	case !slices.Contains(key.kinds(), c.Kind):
		return a, refuse(Outside)
	}
	a, found, err = l.allotment(t, c.Allotment)
	switch {
	case err != nil:
		return a, err
	case !found && c.Kind.Practice(): // of an allotment that the kiosk made for itself
		return a, refuse(Practice)
	case !found || a.Covers(c.Claims) != nil:
		return allotmentRow{}, refuse(Outside)
	case c.Kind.Practice():
		return a, refuse(Practice)
	case c.Kind != kind && kind == cards.KindCard:
		return a, refuse(IsTicket)
	case c.Kind != kind:
		return a, refuse(IsCard)
	}
	return a, nil
}

// standing checks a card that has not ended: its day, by the hub's clock when it
// was claimed, and whether it needs a person's word.
func (t *txn) standing(a allotmentRow, s cards.Serial, claimed time.Time) error {
	if closed, err := t.closed(); err != nil || closed {
		return errorOr(err, refuse(Closed))
	}
	key, _, err := t.signer(a.Key)
	if err != nil {
		return err
	}
	doubted, err := t.doubted(a.ID)
	if err != nil {
		return err
	}
	outcome := "" // nobody decides on the cards of a good key
	if doubted || key.revoked == cards.Compromised || a.Batch {
		outcome, err = t.decided(s)
	}
	switch {
	case err != nil:
		return err
	case outcome == decidedRefused:
		return refuse(ByPerson)
	case !claimed.Before(a.Expires.End()):
		return &RefusedError{Why: Lapsed, At: a.Expires.End()}
	case claimed.UnixMilli() >= key.honouredUntil:
		return &RefusedError{Why: Lapsed, At: time.UnixMilli(key.honouredUntil)}
	}
	if err := t.active(a, s); err != nil {
		return err
	}
	switch {
	case outcome != "":
		return nil
	case doubted:
		return refuse(Restored)
	}
	return t.vouched(a, s, key)
}

// vouched refuses a card of a compromised key that nothing from before vouches for.
func (t *txn) vouched(a allotmentRow, s cards.Serial, key signer) error {
	if a.Batch {
		return t.vouchedActive(s)
	}
	if key.revoked != cards.Compromised {
		return nil
	}
	inTime, err := t.one(`SELECT 1 FROM judged WHERE allotment = $1 AND number = $2 AND state = $3 AND verdict = $4 AND key_id = $5 AND seq < $6`,
		[]any{int64(s.Allotment), int64(s.Number), string(cards.Signed), string(cards.Accepted), int64(a.Key), int64(key.since)}, new(int64))
	if err != nil || !inTime {
		return errorOr(err, refuse(Revoked))
	}
	return nil
}

// claim is Claim for a card that is genuine, in one transaction.
func (t *txn) claim(a allotmentRow, c cards.Card, account string) (claimed Claimed, err error) {
	e, found, err := t.ended(c.Serial())
	if err != nil {
		return claimed, err
	}
	if found {
		return t.claimedBefore(e, c, account)
	}
	if err := t.standing(a, c.Serial(), t.at); err != nil {
		return claimed, err
	}
	digest := c.Digest()
	if err := t.sameCard(a, c.Serial(), sourceCard, digest[:]); err != nil {
		return claimed, err
	}
	won, err := t.end(c.Serial(), ending{state: stateRedeemed, account: account, at: t.at})
	if err != nil {
		return claimed, err
	}
	if !won { // between the look and the write another was faster
		if e, _, err = t.ended(c.Serial()); err != nil {
			return claimed, err
		}
		return t.claimedBefore(e, c, account)
	}
	if err := t.takeDay(a, c.Serial(), account); err != nil {
		return claimed, err
	}
	if err := t.expire(account); err != nil {
		return claimed, err
	}
	return t.redeem(a, c.Serial(), account)
}

// claimedBefore answers for a card that has ended.
func (t *txn) claimedBefore(e ending, c cards.Card, account string) (claimed Claimed, err error) {
	if e.state != stateRedeemed || e.account != account {
		return claimed, t.refusal(c.Serial(), e)
	}
	claimed = Claimed{Serial: c.Serial(), At: e.at, Before: true}
	_, err = t.one(`SELECT t.seq, o.points, o.expires FROM transfer t JOIN lot o ON o.transfer = t.seq WHERE t.kind IN ($1, $2) AND t.reference = $3 AND o.account = $4`,
		[]any{kindRedeem, kindReverse, reference(c.Serial()), account}, new(int64), &claimed.Points, &claimed.Expires)
	return claimed, err
}

// sameCard makes the card known whose record has not arrived yet, or checks
// that it is the one known: only the key's holder can make a second signature
// over one number.
func (t *txn) sameCard(a allotmentRow, s cards.Serial, source string, digest []byte) error {
	if a.Batch { // only what activates it makes it known
		return t.sameBatchCard(s, digest)
	}
	fresh, err := t.issue(a, s, source, digest)
	if err != nil || fresh {
		return err
	}
	var held []byte
	_, err = t.one(`SELECT digest FROM issued WHERE allotment = $1 AND number = $2`, []any{int64(s.Allotment), int64(s.Number)}, &held)
	if err == nil && !bytes.Equal(held, digest) {
		err = &RefusedError{Why: Outside, other: true}
	}
	return err
}

// takeDay uses up the account's one claim for an event's day, where it has one.
func (t *txn) takeDay(a allotmentRow, s cards.Serial, account string) error {
	if !a.Event.OncePerDay {
		return nil
	}
	n, err := t.exec(`INSERT INTO claimed_day (account, event, day, allotment, number, at) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (account, event, day) DO NOTHING`, account, a.Event.ID, int64(a.Day), int64(s.Allotment), int64(s.Number), t.ms())
	if err != nil || n == 1 {
		return err
	}
	var at int64
	_, err = t.one(`SELECT at FROM claimed_day WHERE account = $1 AND event = $2 AND day = $3`, []any{account, a.Event.ID, int64(a.Day)}, &at)
	return errorOr(err, &RefusedError{Why: OncePerDay, At: time.UnixMilli(at)})
}

// redeem posts the allotment's points, never the paper's.
func (t *txn) redeem(a allotmentRow, s cards.Serial, account string) (claimed Claimed, err error) {
	seq, err := t.move(kindRedeem, reference(s), int64(a.Points), outstandingOf(a.scheme), accountOf(account, a.scheme))
	if err != nil {
		return claimed, err
	}
	expires := cards.Day(min(int64(cards.DayOf(t.at))+a.pointDays, lastDay))
	_, err = t.exec(`INSERT INTO lot (transfer, account, scheme, points, expires) VALUES ($1, $2, $3, $4, $5)`,
		seq, account, a.scheme, int64(a.Points), int64(expires))
	return Claimed{Serial: s, Points: a.Points, At: t.at.Truncate(time.Millisecond), Expires: expires}, err
}
