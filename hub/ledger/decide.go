package ledger

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"pointkiosk/cards"
)

// What became of a disputed card.
const (
	decidedGood    = "good"    // it counts as vouched for
	decidedVoid    = "void"    // its entries are believed, and make it void
	decidedRefused = "refused" // it gives no points, for ever
	decidedKept    = "kept"    // it was good; the entries that would make it void are not believed
)

// A Decision is what a person decides of disputed cards: those whose first
// disputed entry is one of From to To of a kiosk's journal, or these Serials.
type Decision struct {
	Accept         bool
	Kiosk          string
	Key            cards.KeyID // 0: the only one of the kiosk's with disputes
	From, To       uint64
	Serials        []cards.Serial
	Cards          int // as many as the person saw; any other number decides nothing
	Person, Reason string
}

// A Verdict is what a decision did.
type Verdict struct {
	Decision            int64
	Cards               int
	Yen                 int64
	Good, Void, Refused int
	Redeemed            int // claims that were kept and have their points now
	Left                int // claims that were kept and have none
}

// A SeenError reports that other cards are disputed than the person saw.
type SeenError struct {
	Cards, Claims int
	Yen           int64
}

func (e *SeenError) Error() string {
	return fmt.Sprintf("ledger: this is about %d cards, %d yen, %d kept claims: decide having seen that", e.Cards, e.Yen, e.Claims)
}

// Decide does what a person decides, once for each card, and for good. Claims
// that were kept have their points in the same transaction.
func (l *Ledger) Decide(ctx context.Context, d Decision) (v Verdict, err error) {
	if d.Person == "" || d.Reason == "" {
		return v, fmt.Errorf("%w: a decision has a person and a reason", ErrBadRequest)
	}
	err = l.update(ctx, func(t *txn) error {
		if err := t.may(d.Person, RoleDecide); err != nil {
			return err
		}
		if closed, err := t.closed(); err != nil || closed {
			return errorOr(err, ErrClosed)
		}
		c := &council{txn: t, ledger: l, Decision: d, allotments: map[uint32]allotmentRow{}}
		chosen, err := c.choose()
		if err != nil {
			return err
		}
		if err := c.open(chosen); err != nil {
			return err
		}
		for _, card := range chosen {
			if err := c.decide(card); err != nil {
				return err
			}
		}
		v = c.verdict
		said, err := t.saidDecision(v.Decision)
		return errorOr(err, t.chain(kindDecide, v.Decision, said))
	})
	return v, err
}

// A council is the work on one decision.
type council struct {
	*txn
	Decision
	ledger     *Ledger
	allotments map[uint32]allotmentRow
	verdict    Verdict
}

// choose finds the cards that the decision is about.
func (c *council) choose() (chosen []DisputedCard, err error) {
	if (c.Kiosk == "") == (len(c.Serials) == 0) || c.Kiosk != "" && (c.From == 0 || c.To < c.From) {
		return nil, fmt.Errorf("%w: say a kiosk and its entries, or serials", ErrBadRequest)
	}
	if c.Kiosk == "" {
		return c.bySerial()
	}
	if err := c.findKey(); err != nil {
		return nil, err
	}
	all, err := c.disputed(c.Key, c.Key)
	chosen = slices.DeleteFunc(all, func(d DisputedCard) bool { return d.First < c.From || d.First > c.To })
	if err == nil && len(chosen) == 0 {
		err = fmt.Errorf("%w: nothing is disputed among entries %d to %d of %s", ErrBadRequest, c.From, c.To, c.Kiosk)
	}
	return chosen, errorOr(err, apart(chosen))
}

// apart refuses a range that has voids beside others: to believe an entry makes
// a card good there, and leaves it void here.
func apart(chosen []DisputedCard) error {
	voids := 0
	for _, d := range chosen {
		voids += int(bit(d.Why == WhyVoid))
	}
	if voids == 0 || voids == len(chosen) {
		return nil
	}
	return fmt.Errorf("%w: %d of these %d cards wait as %s: decide on them apart, by their serials or a smaller range", ErrBadRequest, voids, len(chosen), WhyVoid)
}

func (c *council) bySerial() (chosen []DisputedCard, err error) {
	all, err := c.disputed(0, anyKey)
	if err != nil {
		return nil, err
	}
	for n, s := range c.Serials {
		at := slices.IndexFunc(all, func(d DisputedCard) bool { return d.Serial == s })
		if at < 0 || slices.Contains(c.Serials[:n], s) {
			return nil, fmt.Errorf("%w: card %s is not disputed, or decided already", ErrBadRequest, s)
		}
		chosen = append(chosen, all[at])
	}
	return chosen, nil
}

// findKey finds the key of the kiosk whose entries are meant: a kiosk that was
// enrolled again has had several, and each has its own journal.
func (c *council) findKey() error {
	all, err := c.disputed(0, anyKey)
	if err != nil {
		return err
	}
	var keys []cards.KeyID
	for _, d := range all {
		if slices.Contains(keys, d.key) {
			continue
		}
		key, _, err := c.signer(d.key)
		if err != nil {
			return err
		}
		if key.kiosk == c.Kiosk && (c.Key == 0 || c.Key == d.key) {
			keys = append(keys, d.key)
		}
	}
	if len(keys) != 1 {
		return fmt.Errorf("%w: %d keys of kiosk %q have disputes: say which key", ErrBadRequest, len(keys), c.Kiosk)
	}
	c.Key = keys[0]
	return nil
}

// open writes the decision down, if the person saw what it is about.
func (c *council) open(chosen []DisputedCard) error {
	seen := SeenError{Cards: len(chosen)}
	for _, d := range chosen {
		a, err := c.allotmentRow(d.Serial)
		if err != nil {
			return err
		}
		seen.Yen += int64(a.Points)
		seen.Claims += d.Claims
	}
	if c.Cards != seen.Cards {
		return &seen
	}
	id, err := c.next(`SELECT COALESCE(MAX(id), 0) FROM decision`)
	if err != nil {
		return err
	}
	c.verdict = Verdict{Decision: id, Cards: seen.Cards, Yen: seen.Yen}
	_, err = c.exec(`INSERT INTO decision (id, accepted, key_id, first_seq, last_seq, cards, points, person, reason, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, id, bit(c.Accept), int64(c.Key), int64(min(c.From, math.MaxInt64)),
		int64(min(c.To, math.MaxInt64)), seen.Cards, seen.Yen, c.Person, c.Reason, c.ms())
	return err
}

func (c *council) allotmentRow(s cards.Serial) (a allotmentRow, err error) {
	a, held := c.allotments[s.Allotment]
	if !held {
		a, _, err = c.ledger.allotment(c.txn, s.Allotment)
		c.allotments[s.Allotment] = a
	}
	return a, err
}

// decide does what the decision means for one card.
func (c *council) decide(d DisputedCard) error {
	a, err := c.allotmentRow(d.Serial)
	if err != nil {
		return err
	}
	outcome, left := "", d.Claims
	switch {
	case c.Accept && d.Why == WhyVoid: // as it is
		outcome = decidedVoid
	case c.Accept:
		outcome, left, err = c.accept(a, d)
	case d.Vouched:
		outcome, left, err = c.keep(a, d)
	default:
		outcome, err = decidedRefused, c.refuse(a, d)
	}
	if err != nil {
		return err
	}
	switch c.verdict.Left += left; outcome {
	case decidedVoid:
		c.verdict.Void++
	case decidedRefused:
		c.verdict.Refused++
	default:
		c.verdict.Good++
	}
	_, err = c.exec(`INSERT INTO decided (allotment, number, decision, outcome) VALUES ($1, $2, $3, $4)`,
		int64(d.Serial.Allotment), int64(d.Serial.Number), c.verdict.Decision, outcome)
	return err
}

// accept believes the entries of a card: it is signed, void if they say so,
// and otherwise redeemed by who claimed it first.
func (c *council) accept(a allotmentRow, d DisputedCard) (outcome string, left int, err error) {
	state, digest, err := c.story(d)
	if err != nil {
		return "", 0, err
	}
	if digest != nil {
		if _, err := c.issue(a, d.Serial, sourceWord, digest); err != nil {
			return "", 0, err
		}
	}
	if state == cards.Void || state == cards.VoidAsked {
		_, err := c.void(a, d.Serial, c.Person, c.Reason)
		return decidedVoid, d.Claims, err
	}
	left, err = c.redeemKept(a, d)
	return decidedGood, left, err
}

// keep leaves a card as good as it was, or makes it so again.
func (c *council) keep(a allotmentRow, d DisputedCard) (outcome string, left int, err error) {
	if d.Why == WhyVoid {
		if err := c.unvoid(a, d.Serial); err != nil {
			return "", 0, err
		}
	}
	left, err = c.redeemKept(a, d)
	return decidedKept, left, err
}

// story follows the disputed entries of a card from where the accepted ones
// leave it, and returns where they lead and the digest of the card they sign.
func (c *council) story(d DisputedCard) (state cards.State, digest []byte, err error) {
	if state, err = c.journalled(d.Serial); err != nil {
		return state, nil, err
	}
	err = c.each(`SELECT j.state, e.data FROM judged j JOIN entry e ON e.key_id = j.key_id AND e.seq = j.seq
		WHERE j.allotment = $1 AND j.number = $2 AND j.key_id = $3 AND j.reason IN ('revoked', 'chain') ORDER BY j.seq`,
		[]any{int64(d.Serial.Allotment), int64(d.Serial.Number), int64(d.key)}, func(scan func(...any) error) error {
			var next cards.State
			var data []byte
			if err := scan(&next, &data); err != nil || !state.May(next) {
				return err
			}
			state = next
			if next != cards.Signed {
				return nil
			}
			var e cards.Entry
			err := cards.Unsealed(data, cards.PaperEntry, &e)
			digest = e.Digest
			return err
		})
	return state, digest, err
}

// A keptClaim is a claim that waited for the decision.
type keptClaim struct {
	account string
	digest  []byte
	late    bool // it came when the card was past its day
}

// redeemKept gives the card's points to the first of those who claimed it that
// may have them, and returns how many claims are left without.
func (c *council) redeemKept(a allotmentRow, d DisputedCard) (left int, err error) {
	key, _, err := c.signer(a.Key)
	if err != nil {
		return 0, err
	}
	until := min(a.Expires.End().UnixMilli(), key.honouredUntil)
	var kept []keptClaim
	err = c.each(`SELECT account, digest, at FROM kept_claim WHERE allotment = $1 AND number = $2 ORDER BY at, account`,
		[]any{int64(d.Serial.Allotment), int64(d.Serial.Number)}, func(scan func(...any) error) error {
			var k keptClaim
			var at int64
			err := scan(&k.account, &k.digest, &at)
			k.late = at >= until
			kept = append(kept, k)
			return err
		})
	if err != nil {
		return 0, err
	}
	for _, k := range kept {
		done, err := c.redeemOne(a, d.Serial, k)
		if err != nil {
			return 0, err
		}
		if done {
			c.verdict.Redeemed++
			return len(kept) - 1, nil
		}
	}
	return len(kept), nil
}

// redeemOne does for a kept claim what Claim would have done.
func (c *council) redeemOne(a allotmentRow, s cards.Serial, k keptClaim) (done bool, err error) {
	if k.late || len(k.digest) == 0 { // without a digest nobody knows which card it was: it has to be claimed again
		return false, nil
	}
	if err := c.sameCard(a, s, sourceWord, k.digest); err != nil {
		return false, c.note(err, a, s, k.account, k.digest)
	}
	if err := c.takeDay(a, s, k.account); err != nil {
		return false, notRefused(err)
	}
	won, err := c.end(s, ending{state: stateRedeemed, account: k.account, at: c.at})
	if err != nil || !won {
		return false, err
	}
	_, err = c.redeem(a, s, k.account)
	return true, err
}

// refuse ends a card. One of a good key is made known first: its entry may
// still come, and would make it outstanding.
func (c *council) refuse(a allotmentRow, d DisputedCard) error {
	if d.Why == WhyRestored {
		var digest []byte
		_, err := c.one(`SELECT digest FROM kept_claim WHERE allotment = $1 AND number = $2 ORDER BY at, account LIMIT 1`,
			[]any{int64(d.Serial.Allotment), int64(d.Serial.Number)}, &digest)
		if err != nil {
			return err
		}
		if _, err := c.issue(a, d.Serial, sourceWord, digest); err != nil {
			return err
		}
	}
	return c.voidIssued(a, d.Serial, c.Person, c.Reason)
}

// notRefused returns an error that is no refusal.
func notRefused(err error) error {
	if errors.As(err, new(*RefusedError)) {
		return nil
	}
	return err
}

// voidIssued ends a card whose points are outstanding, if they are.
func (t *txn) voidIssued(a allotmentRow, s cards.Serial, person, reason string) error {
	known, err := t.one(`SELECT 1 FROM issued WHERE allotment = $1 AND number = $2`, []any{int64(s.Allotment), int64(s.Number)}, new(int64))
	if err != nil || !known {
		return err
	}
	_, err = t.void(a, s, person, reason)
	return err
}
