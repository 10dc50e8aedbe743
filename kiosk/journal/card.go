package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"pointkiosk/cards"
)

// Sign takes the allotment's next number for an entitlement, signs the card
// and commits both at once. A request that was seen before gives back its card
// and where that stands: nothing is signed twice.
func (j *Journal) Sign(ctx context.Context, a cards.Allotment, request, operator string) (cards.Issued, error) {
	end, err := j.begin(ctx)
	if err != nil {
		return cards.Issued{}, err
	}
	defer end()
	if request == "" || a.Key != j.opts.Key.ID || a.Batch {
		return cards.Issued{}, fmt.Errorf("journal: sign: allotment %d is another key's or a batch, or the request is empty", a.ID)
	}
	if s, err := j.requested(ctx, request); !errors.Is(err, ErrUnknown) {
		if err != nil {
			return cards.Issued{}, err
		}
		return j.again(ctx, a, s)
	}
	if j.apart != nil {
		return cards.Issued{}, j.apart
	}
	if a.Kind != cards.KindTicket && !j.mayOpen(a) { // the hub granted a ticket in time; signed late it can still be voided
		return cards.Issued{}, fmt.Errorf("%w: allotment %d", ErrOver, a.ID)
	}
	number := j.sum.tallies[a.ID].Signed + 1
	if number > a.Count {
		return cards.Issued{}, fmt.Errorf("%w: all %d cards of allotment %d", ErrUsedUp, a.Count, a.ID)
	}
	card, err := cards.Sign(a.Claims(number), j.opts.Key.Private)
	if err != nil {
		return cards.Issued{}, err
	}
	digest := card.Digest()
	e := cards.Entry{
		State: cards.Signed, Allotment: a.ID, Number: number, Digest: digest[:], Request: request, Operator: operator,
	}
	if err := j.append(ctx, e); err != nil {
		return cards.Issued{}, err
	}
	return cards.Issued{Card: card, State: cards.Signed}, nil
}

// again signs a card once more: Ed25519 gives the same bytes.
func (j *Journal) again(ctx context.Context, a cards.Allotment, s cards.Serial) (cards.Issued, error) {
	if s.Allotment != a.ID {
		return cards.Issued{}, fmt.Errorf("%w: the request belongs to allotment %d", ErrState, s.Allotment)
	}
	state, copy, err := j.state(ctx, s)
	if err != nil {
		return cards.Issued{}, err
	}
	card, err := cards.Sign(a.Claims(s.Number), j.opts.Key.Private)
	return cards.Issued{Card: card, State: state, Copy: copy, Torn: j.sum.open[s].Torn}, err
}

// Card returns a card that was signed here.
func (j *Journal) Card(ctx context.Context, a cards.Allotment, number uint32) (cards.Issued, error) {
	end, err := j.begin(ctx)
	if err != nil {
		return cards.Issued{}, err
	}
	defer end()
	return j.again(ctx, a, cards.Serial{Allotment: a.ID, Number: number})
}

// Requested returns the card that a request was given.
func (j *Journal) Requested(ctx context.Context, request string) (cards.Serial, error) {
	end, err := j.begin(ctx)
	if err != nil {
		return cards.Serial{}, err
	}
	defer end()
	return j.requested(ctx, request)
}

func (j *Journal) requested(ctx context.Context, request string) (cards.Serial, error) {
	var s cards.Serial
	err := j.db.QueryRowContext(ctx, `SELECT allotment, number FROM entry WHERE request = $1`, request).Scan(&s.Allotment, &s.Number)
	if errors.Is(err, sql.ErrNoRows) {
		return s, ErrUnknown
	}
	if err != nil {
		return s, fmt.Errorf("journal: read: %w", err)
	}
	return s, nil
}

// RequestOf returns the request for which a card was signed.
func (j *Journal) RequestOf(ctx context.Context, s cards.Serial) (string, error) {
	end, err := j.begin(ctx)
	if err != nil {
		return "", err
	}
	defer end()
	var request string
	err = j.db.QueryRowContext(ctx,
		`SELECT request FROM entry WHERE allotment = $1 AND number = $2 AND state = 'signed'`, s.Allotment, s.Number).Scan(&request)
	if errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("%w: %v", ErrUnknown, s)
	}
	return request, err
}

// State returns where a card stands and which copy of it was the last.
func (j *Journal) State(ctx context.Context, s cards.Serial) (cards.State, uint32, error) {
	end, err := j.begin(ctx)
	if err != nil {
		return "", 0, err
	}
	defer end()
	return j.state(ctx, s)
}

func (j *Journal) state(ctx context.Context, s cards.Serial) (cards.State, uint32, error) {
	if c, ok := j.sum.open[s]; ok {
		return c.State, c.Copy, nil
	}
	var state cards.State
	var copy uint32
	err := j.db.QueryRowContext(ctx,
		`SELECT state, copy FROM entry WHERE allotment = $1 AND number = $2 ORDER BY seq DESC LIMIT 1`,
		s.Allotment, s.Number).Scan(&state, &copy)
	if errors.Is(err, sql.ErrNoRows) || err == nil && state.OfRange() {
		return "", 0, fmt.Errorf("%w: %v", ErrUnknown, s)
	}
	if err != nil {
		return "", 0, fmt.Errorf("journal: read: %w", err)
	}
	return state, copy, nil
}

// Unsent reports whether a card is void because no byte of it was sent, by this
// kiosk alone: nobody has it.
func (j *Journal) Unsent(ctx context.Context, s cards.Serial) (bool, error) {
	end, err := j.begin(ctx)
	if err != nil {
		return false, err
	}
	defer end()
	state, _, err := j.state(ctx, s)
	if err != nil || state != cards.Void {
		return false, err
	}
	var asked bool
	err = j.db.QueryRowContext(ctx,
		`SELECT EXISTS (SELECT 1 FROM entry WHERE allotment = $1 AND number = $2 AND state = 'void asked')`, s.Allotment, s.Number).Scan(&asked)
	if err != nil {
		return false, fmt.Errorf("journal: read: %w", err)
	}
	return !asked, nil
}

// Mark writes down a card's next state, and who said so and why where a person
// did. It returns which copy the entry speaks of. An entry that is already the
// newest is not written again. A void is asked for with [Journal.AskVoid].
func (j *Journal) Mark(ctx context.Context, s cards.Serial, next cards.State, operator, reason string) (uint32, error) {
	end, err := j.begin(ctx)
	if err != nil {
		return 0, err
	}
	defer end()
	return j.mark(ctx, s, next, operator, reason)
}

func (j *Journal) mark(ctx context.Context, s cards.Serial, next cards.State, operator, reason string) (uint32, error) {
	state, copy, err := j.state(ctx, s)
	if err != nil {
		return 0, err
	}
	if state == next && next != cards.Printing {
		return copy, nil
	}
	if !state.May(next) || next == cards.VoidAsked || state == cards.Printing && next == cards.Void && reason != cards.NothingSent {
		return copy, fmt.Errorf("%w: card %v from %q to %q", ErrState, s, state, next)
	}
	if state == cards.Uncertain && next == cards.Printing {
		copy++
	}
	e := cards.Entry{State: next, Allotment: s.Allotment, Number: s.Number, Copy: copy, Operator: operator, Reason: reason}
	return copy, j.append(ctx, e)
}

// AskVoid writes down that a card is to be void, who says so and why. Above the
// set count a day, whoever asked for the others, a second person has to stand by.
func (j *Journal) AskVoid(ctx context.Context, s cards.Serial, operator, second, reason string) error {
	end, err := j.begin(ctx)
	if err != nil {
		return err
	}
	defer end()
	state, copy, err := j.state(ctx, s)
	if err != nil {
		return err
	}
	if state == cards.VoidAsked {
		return nil
	}
	if !state.May(cards.VoidAsked) || reason == "" {
		return fmt.Errorf("%w: card %v from %q to %q", ErrState, s, state, cards.VoidAsked)
	}
	if second == "" || second == operator {
		n, err := j.voidsToday(ctx)
		if err != nil {
			return err
		}
		if n >= j.opts.Voids {
			return ErrSecond
		}
		second = ""
	}
	return j.append(ctx, cards.Entry{
		State: cards.VoidAsked, Allotment: s.Allotment, Number: s.Number, Copy: copy, Operator: operator, Second: second, Reason: reason,
	})
}

// voidsToday counts the voids asked for today by anybody, as far as it matters:
// a staff name more buys no more of them.
func (j *Journal) voidsToday(ctx context.Context) (n int, err error) {
	rows, err := j.db.QueryContext(ctx, `SELECT record FROM entry WHERE state = 'void asked' ORDER BY seq DESC LIMIT $1`, j.opts.Voids)
	if err != nil {
		return 0, fmt.Errorf("journal: read: %w", err)
	}
	defer rows.Close()
	today := cards.DayOf(j.opts.Now())
	for rows.Next() {
		var sealed []byte
		var e cards.Entry
		if err := rows.Scan(&sealed); err != nil {
			return 0, fmt.Errorf("journal: read: %w", err)
		}
		if err := cards.Unsealed(sealed, cards.PaperEntry, &e); err != nil {
			return 0, fmt.Errorf("%w: %w", ErrBroken, err)
		}
		if cards.DayOf(time.UnixMilli(e.At)) == today {
			n++
		}
	}
	return n, rows.Err()
}

// Open returns the cards whose story is not over, in the order of their serials.
func (j *Journal) Open() []cards.OpenCard {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.sum.cards()
}

// Tally counts the cards of one allotment.
func (j *Journal) Tally(allotment uint32) cards.Tally {
	j.mu.Lock()
	defer j.mu.Unlock()
	t := j.sum.tallies[allotment]
	t.Allotment = allotment
	return t
}

// Records returns sealed entries behind a place, in order, at most limit.
func (j *Journal) Records(ctx context.Context, after uint64, limit int) ([]cards.Record, error) {
	end, err := j.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	rows, err := j.db.QueryContext(ctx, `SELECT seq, record FROM entry WHERE seq > $1 ORDER BY seq LIMIT $2`, after, limit)
	if err != nil {
		return nil, fmt.Errorf("journal: read: %w", err)
	}
	defer rows.Close()
	var out []cards.Record
	for rows.Next() {
		var r cards.Record
		if err := rows.Scan(&r.Seq, &r.Data); err != nil {
			return nil, fmt.Errorf("journal: read: %w", err)
		}
		out = append(out, r)
	}
	return out, rows.Err()
}
