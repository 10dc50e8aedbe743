package ledger

import (
	"bytes"
	"crypto/sha256"
	"errors"

	"pointkiosk/cards"
)

// The reasons for a verdict, as the kiosk gets them.
const (
	reasonPlace      = "place"      // it has no number that can be
	reasonConflict   = "conflict"   // another entry stands under this number
	reasonUnreadable = "unreadable" // no entry of ours
	reasonSignature  = "signature"  // not signed by this kiosk's key
	reasonChain      = "chain"      // does not follow on the entry before
	reasonRevoked    = "revoked"    // came after the key was revoked as compromised
	reasonOutside    = "outside"    // no card of an allotment of this kiosk
	reasonStep       = "step"       // a card can't go there from where it is, or not as this copy
	reasonDigest     = "digest"     // another card was claimed under this number
	reasonOutcome    = "outcome"    // not what the hub decided
	reasonBegun      = "begun"      // a journal begins once
	reasonTicket     = "ticket"     // signed, and never granted
	reasonStopped    = "stopped"    // of a range, by a kiosk that was told to stop
	reasonBudget     = "budget"     // activated beyond what the event may give
)

// Why a kiosk is told to stop (Receipt.Stop).
const (
	StopConflict = "conflict" // two journals under one key
	StopRevoked  = "revoked"
)

// maxJudged bounds what one transaction judges: everybody else's writing waits
// for it.
const maxJudged = 2000

// advance judges the records that follow without a gap, in order. What a
// record does depends only on those before it, never on when it came; only a
// claim, a lapse or a revocation in between can make a difference.
func (in *intake) advance() error {
	in.head = make([]byte, sha256.Size)
	_, err := in.one(`SELECT e.seq, e.hash FROM judged j JOIN entry e ON e.key_id = j.key_id AND e.seq = j.seq
		WHERE j.key_id = $1 ORDER BY j.seq DESC LIMIT 1`, []any{int64(in.key.id)}, &in.cursor, &in.head)
	if err != nil {
		return err
	}
	for range maxJudged {
		a, late, err := in.following()
		if err != nil || a == nil {
			return err
		}
		reason, err := in.weigh(a, late)
		if err != nil {
			return err
		}
		in.settle(a, reason)
		if in.looked >= maxLooked {
			break
		}
	}
	in.more = true
	return nil
}

// following returns the record after the cursor, nil if it has not come.
func (in *intake) following() (a *arrival, late bool, err error) {
	seq := in.cursor + 1
	if a := in.arrivals[seq]; a != nil {
		return a, in.key.revoked == cards.Compromised, nil
	}
	var data []byte
	found, err := in.one(`SELECT data, late FROM entry WHERE key_id = $1 AND seq = $2`, []any{int64(in.key.id), int64(seq)}, &data, &late)
	if err != nil || !found {
		return nil, false, err
	}
	waited := readRecord(seq, data, in.key)
	return &waited, late, nil
}

// settle writes the verdict and moves the cursor on.
func (in *intake) settle(a *arrival, reason string) {
	verdict, e := cards.Accepted, a.entry
	if reason != "" {
		verdict = cards.Disputed
	}
	if a.err != nil {
		e = cards.Entry{}
	}
	of := e.Serial()
	if e.State.OfRange() { // it speaks of no one card: batch_range has the range
		of = cards.Serial{}
	}
	in.add(tableJudged, int64(in.key.id), int64(a.seq), string(verdict), reason, string(e.State), int64(of.Allotment), int64(of.Number), int64(e.Copy), in.ms())
	if reason == "" && e.State.OfCard() {
		c := in.card(e.Serial())
		c.state, c.copy = e.State, e.Copy
	}
	if reason == "" && !e.Suspect {
		in.newest = e
	}
	in.judge(a.seq, a.hash[:], verdict, reason)
	in.cursor, in.head = a.seq, a.hash[:]
	in.blind = a.err != nil
}

// weigh does what an entry says, and returns why not if it is disputed.
func (in *intake) weigh(a *arrival, late bool) (reason string, err error) {
	e := a.entry
	switch {
	case errors.Is(a.err, cards.ErrSignature), errors.Is(a.err, cards.ErrUnknownKey):
		return reasonSignature, nil
	case a.err != nil:
		return reasonUnreadable, nil
	}
	if follows, err := in.followsOn(e); err != nil || !follows {
		return reasonChain, err
	}
	if err := in.paysOwed(e); err != nil {
		return "", err
	}
	switch {
	case late:
		return reasonRevoked, nil
	case e.State == cards.Begun && e.Seq != 1:
		return reasonBegun, nil
	case e.State.OfRange():
		return in.weighRange(e)
	case !e.State.OfCard():
		return "", nil
	}
	return in.weighCard(e)
}

// followsOn reports whether the entry names the one before it. After a record
// that is not authentic the chain is taken up again: its true hash is unknown.
func (in *intake) followsOn(e cards.Entry) (bool, error) {
	if bytes.Equal(e.Prev, in.head) {
		return true, nil
	}
	blind, err := in.afterBlind()
	if err != nil || blind {
		return blind, err
	}
	if err := in.alarm(alarmFork, in.key.id, e.Seq, cards.Serial{}, "an entry that follows on another than the one before: was the disk copied?"); err != nil {
		return false, err
	}
	return false, in.halt(in.key.id, StopConflict)
}

// afterBlind reports whether the record at the cursor is not authentic.
func (in *intake) afterBlind() (bool, error) {
	if in.blind || in.cursor == 0 {
		return in.blind, nil
	}
	var reason string
	_, err := in.one(`SELECT reason FROM judged WHERE key_id = $1 AND seq = $2`, []any{int64(in.key.id), int64(in.cursor)}, &reason)
	return reason == reasonSignature || reason == reasonUnreadable, err
}

// weighCard does what an entry says of one card.
func (in *intake) weighCard(e cards.Entry) (reason string, err error) {
	a, covered, err := in.allotmentOf(e)
	if err != nil || !covered || a.Batch {
		return reasonOutside, err
	}
	c, err := in.known(e.Serial())
	switch {
	case err != nil:
		return "", err
	case !c.state.May(e.State), e.Copy != c.copyFor(e.State),
		c.state == cards.Printing && e.State == cards.Void && (e.Reason != cards.NothingSent || e.Copy != 0):
		return reasonStep, nil
	}
	switch e.State {
	case cards.Signed:
		return in.signed(a, e)
	case cards.VoidAsked:
		return "", in.voidAsked(a, e)
	case cards.Void, cards.Honoured:
		if c.state == cards.VoidAsked {
			return in.outcomeSaid(a, e)
		}
		return "", in.voidAlone(a, e)
	}
	return "", nil // printing, printed, presumed, uncertain: the card's state is all that changes
}

func (in *intake) signed(a allotmentRow, e cards.Entry) (reason string, err error) {
	c, err := in.known(e.Serial())
	switch {
	case err != nil:
		return "", err
	case a.Kind == cards.KindTicket && (c.digest == nil || bytes.Equal(c.digest, noDigest())):
		return in.signedTicket(c, e)
	case c.digest == nil:
		c.digest = e.Digest
		in.add(tableIssued, int64(e.Allotment), int64(e.Number), sourceEntry, e.Digest, in.ms())
		return "", errorOr(in.moveOut(a, e.Serial()), in.voidIfRefused(a, e.Serial()))
	case bytes.Equal(c.digest, e.Digest):
		return "", nil
	}
	return reasonDigest, in.alarm(alarmDigest, in.key.id, e.Seq, e.Serial(), "the card claimed under this number is not the one journalled")
}

// signedTicket makes the paper of a ticket known, if the ticket was granted. One
// that has ended without it has ended.
func (in *intake) signedTicket(c *knownCard, e cards.Entry) (reason string, err error) {
	_, _, granted, err := in.ticket(e.Serial())
	switch {
	case err != nil:
		return "", err
	case !granted:
		return reasonTicket, in.alarm(alarmNotGranted, in.key.id, e.Seq, e.Serial(), "a ticket is signed that was never granted")
	case c.digest == nil:
		c.digest = e.Digest
		in.add(tableIssued, int64(e.Allotment), int64(e.Number), sourceEntry, e.Digest, in.ms())
	}
	return "", nil
}

// voidIfRefused ends a card that a person refused before its entry, received
// in time, had all those before it.
func (in *intake) voidIfRefused(a allotmentRow, s cards.Serial) error {
	if in.key.revoked != cards.Compromised { // nobody decides on the cards of a good key
		return nil
	}
	var person, reason string
	refused, err := in.one(`SELECT n.person, n.reason FROM decided d JOIN decision n ON n.id = d.decision
		WHERE d.allotment = $1 AND d.number = $2 AND d.outcome = $3`, []any{int64(s.Allotment), int64(s.Number), decidedRefused}, &person, &reason)
	if err != nil || !refused {
		return err
	}
	_, err = in.void(a, s, person, reason)
	return err
}

// voidAsked ends a card that staff at the kiosk take back. A ticket stays open where a
// shop may have taken it in what was lost when a backup was put back: a person asks
// the shops, or it lapses.
func (in *intake) voidAsked(a allotmentRow, e cards.Entry) error {
	if a.Kind == cards.KindTicket {
		lost, err := in.txn.closed()
		if err == nil && !lost {
			lost, err = in.doubted(a.ID)
		}
		if err != nil || lost {
			return err
		}
	}
	_, err := in.void(a, e.Serial(), e.Operator, e.Reason)
	return err
}

// voidAlone ends a card of which no byte was sent. If it was redeemed all the
// same, its text has left the kiosk by another way.
func (in *intake) voidAlone(a allotmentRow, e cards.Entry) error {
	end, err := in.void(a, e.Serial(), e.Operator, e.Reason)
	if err != nil || !end.used() {
		return err
	}
	return in.notOut(e.Seq, e.Serial(), "a card was redeemed that the journal says was never printed")
}

// outcomeSaid checks the kiosk's repetition of what the hub decided. Of a ticket it
// may have decided that in what was lost: no shop has taken it since.
func (in *intake) outcomeSaid(a allotmentRow, e cards.Entry) (reason string, err error) {
	end, found, err := in.ended(e.Serial())
	if err == nil && !found && a.Kind == cards.KindTicket && e.State == cards.Void {
		end, err = in.void(a, e.Serial(), e.Operator, e.Reason)
		found = true
	}
	if err != nil || !found || outcomeOf(end) != e.State {
		return reasonOutcome, err
	}
	return "", nil
}

// outcomeOf says how a void that was asked for ends. A card that had lapsed is
// as good as void.
func outcomeOf(end ending) cards.State {
	if end.used() {
		return cards.Honoured
	}
	return cards.Void
}

// allotmentOf finds the entry's allotment, if it is this key's and has the number.
func (in *intake) allotmentOf(e cards.Entry) (a allotmentRow, covered bool, err error) {
	a, held := in.allotments[e.Allotment]
	if !held {
		if a, _, err = in.ledger.allotment(in.txn, e.Allotment); err != nil {
			return a, false, err
		}
		in.allotments[e.Allotment] = a
	}
	return a, a.Key == in.key.id && e.Number <= a.Count, nil
}

// journalled is where the journal, as far as it was accepted, has a card.
func (t *txn) journalled(s cards.Serial) (state cards.State, err error) {
	_, err = t.one(`SELECT state FROM judged WHERE allotment = $1 AND number = $2 AND verdict = $3 ORDER BY seq DESC LIMIT 1`,
		[]any{int64(s.Allotment), int64(s.Number), string(cards.Accepted)}, &state)
	return state, err
}
