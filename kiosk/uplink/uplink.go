// Package uplink carries the journal to the hub, entry by entry in order, and
// brings back the hub's signed answers. Where MyKey IDs are given it keeps some
// at hand for when there is no network, and carries what was signed for one.
//
// Nothing is ever dropped: only a receipt that the hub signed for this very
// upload moves the cursor or sets an entry aside. Whatever else comes back, the
// same entries are sent again later. Where the hub's cursor is another journal's
// (the disk was copied), this one's entries go on in order, until the hub has a
// verdict on each.
package uplink

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"time"

	"pointkiosk/cards"
	"pointkiosk/kiosk/journal"
)

// A Hub takes a sealed upload and answers with a sealed receipt.
type Hub interface {
	Upload(ctx context.Context, sealed []byte) ([]byte, error)
}

// A Waiter is an error that says when to try again.
type Waiter interface{ RetryAfter() time.Duration }

// A Sizer is an error that may say that the upload was too large.
type Sizer interface{ TooLarge() bool }

// ErrAnswer reports an answer that is no receipt for what was sent: a captive
// portal, a lost half, an older answer sent again.
var ErrAnswer = errors.New("uplink: the answer is no receipt for this upload")

const (
	batch     = 500 // entries in one upload, and cards asked about: the hub takes 1000 of each at most
	fewest    = 50  // entries in one upload on a line so slow that more don't pass in time
	callLimit = 10 * time.Second
	firstWait = time.Second
	longest   = 12 * time.Second // with half as much again and a call that hangs, a hub that comes back is found within 30 s
	poll      = 15 * time.Second // between two looks when there is nothing to send
	asked     = 10 * time.Minute // most that Retry-After is honoured: whoever stands in between could silence a kiosk for ever
)

// News is what an attempt has shown.
type News struct {
	Online  bool
	Unsent  uint64 // entries beyond the cursor
	Aside   int    // entries set aside, with a reason
	Stopped string // why the hub forbids issuing
	Err     error  // why the last attempt came to nothing
	Waiting int    // MyKey IDs given without a network, on which the hub has not ruled
	Refused int    // and those that it refused of late
	MyKey   error  // why the last attempt about them came to nothing

	Rulings []cards.Ruling // by which it refused some since the news before
}

// Opts are what an uplink needs.
type Opts struct {
	Journal *journal.Journal
	Hub     Hub
	Key     cards.SigningKey
	Trust   ed25519.PublicKey // the pinned trust key
	Now     func() time.Time
	Rand    io.Reader
	Tell    func(News)      // called after every attempt
	Wake    <-chan struct{} // there is something new to send
	MyKey   *MyKey          // nil where no MyKey ID is given
}

// An Uplink belongs to one kiosk.
type Uplink struct {
	opts  Opts
	batch int
	told  uint64 // the hub has a verdict on every entry up to here
	apart bool   // its cursor is another journal's
	held  opened

	leasing leasing
}

// New returns an uplink; nothing happens before Sync or Run.
func New(opts Opts) *Uplink {
	return &Uplink{opts: opts, batch: batch, leasing: leasing{wait: firstWait}}
}

// Run sends whatever is unsent, at once when woken, until ctx ends. After an
// attempt that failed it waits twice as long as before, give or take a half,
// and not less than the hub asked for.
func (u *Uplink) Run(ctx context.Context) {
	wait := firstWait
	for ctx.Err() == nil {
		err := u.Sync(ctx)
		pause, wake := poll, u.opts.Wake
		if err == nil {
			pause = u.carry(ctx)
		}
		u.tell(ctx, err)
		if err != nil {
			pause, wait = jitter(wait), min(2*wait, longest)
			var w Waiter
			if errors.As(err, &w) {
				pause = max(pause, min(w.RetryAfter(), asked))
			}
			wake = nil // a busy queue must not turn the back-off into a storm
		} else {
			wait = firstWait
		}
		select {
		case <-ctx.Done():
		case <-wake:
		case <-time.After(pause):
		}
	}
}

// jitter returns between half and one and a half of d.
func jitter(d time.Duration) time.Duration {
	return d/2 + rand.N(d) // no secret: it only keeps kiosks from calling in step
}

func (u *Uplink) tell(ctx context.Context, err error) {
	if u.opts.Tell == nil {
		return
	}
	n := u.News(ctx)
	n.Rulings, u.leasing.refused = u.leasing.refused, nil
	n.Online, n.Err, n.MyKey = err == nil, err, u.leasing.err
	u.opts.Tell(n)
}

// News counts what is unsent and set aside now. It asks nobody: whether the
// hub can be reached only an attempt shows.
func (u *Uplink) News(ctx context.Context) (n News) {
	top, _ := u.opts.Journal.Head()
	if r, err := u.opts.Journal.Receipt(ctx); err == nil {
		n.Unsent, n.Stopped = top-min(r.Cursor, top), r.Stop
	}
	if aside, err := u.opts.Journal.Aside(ctx); err == nil {
		n.Aside = len(aside)
	}
	if waiting, refused, err := u.opts.Journal.Provisional(ctx); err == nil {
		n.Waiting, n.Refused = waiting, refused
	}
	return n
}

// Sync asks for news once and sends until the hub has a verdict on every entry
// or something fails.
func (u *Uplink) Sync(ctx context.Context) error {
	after, err := u.Next(ctx)
	if err != nil {
		return err
	}
	for rewound, said := false, false; ; {
		next, err := u.send(ctx, after)
		top, _ := u.opts.Journal.Head()
		switch {
		case isApart(err) && !said: // the next upload tells the hub
			said = true
		case err != nil && u.shrink(ctx, err):
			continue
		case err != nil:
			return err
		case next >= top && u.apart && !said:
			said = true
		case next >= top:
			u.batch = min(2*u.batch, batch) // whatever made it small may be gone
			return nil
		case next < after && !rewound: // a hub from an older backup gets everything again
			rewound = true
		case next <= after:
			return fmt.Errorf("uplink: the hub stays at entry %d", next)
		}
		after = next
	}
}

// send sends one upload of the entries behind a place, and returns behind which
// the next ones are to be sent.
func (u *Uplink) send(ctx context.Context, after uint64) (next uint64, err error) {
	upload, last, err := u.pack(ctx, after, u.batch)
	if err != nil {
		return after, err
	}
	r, err := u.exchange(ctx, upload)
	if r.Key == 0 || err != nil && !isApart(err) {
		return after, err
	}
	u.told = last
	next, placeErr := u.place(ctx, r)
	return next, errors.Join(err, placeErr)
}

// shrink makes the next upload smaller where that may help, and reports
// whether it is worth trying at once.
func (u *Uplink) shrink(ctx context.Context, err error) (again bool) {
	var size Sizer
	switch {
	case errors.As(err, &size) && size.TooLarge() && u.batch > 1:
		u.batch /= 2
		return true
	case errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil: // a slow line, or a hub that hangs
		u.batch = max(u.batch/2, min(u.batch, fewest))
	}
	return false
}

// exchange sends one upload and takes the answer into the journal. It returns
// the answer with an error if that is what the journal found in it.
func (u *Uplink) exchange(ctx context.Context, upload []byte) (cards.Receipt, error) {
	call, cancel := context.WithTimeout(ctx, callLimit)
	defer cancel()
	answer, err := u.opts.Hub.Upload(call, upload)
	if err != nil {
		return cards.Receipt{}, err
	}
	r, err := u.check(ctx, upload, answer)
	if err != nil {
		return cards.Receipt{}, err
	}
	if r.Allotments, err = u.unheld(ctx, r.Allotments); err != nil {
		return cards.Receipt{}, err
	}
	if r.Batches, err = u.unheld(ctx, r.Batches); err != nil {
		return cards.Receipt{}, err
	}
	return r, u.opts.Journal.Take(ctx, answer, r)
}

// check opens a receipt with the hub keys of the trust list held, or of the
// newer one that it brings.
func (u *Uplink) check(ctx context.Context, upload, answer []byte) (cards.Receipt, error) {
	var r cards.Receipt
	list, err := u.opts.Journal.Trust(ctx, u.opts.Trust)
	if err != nil {
		return r, err
	}
	if err := cards.Unsealed(answer, cards.PaperReceipt, &r); err != nil {
		return r, fmt.Errorf("%w: %w", ErrAnswer, err)
	}
	if len(r.Trust) > 0 {
		newer, err := cards.OpenTrustList(r.Trust, u.opts.Trust)
		if err != nil {
			return r, fmt.Errorf("%w: its trust list: %w", ErrAnswer, err)
		}
		if err := newer.Follows(list); err != nil {
			return r, err
		}
		list = newer
	}
	var signed cards.Receipt
	if _, err := cards.Open(answer, cards.PaperReceipt, list.Hub, &signed); err != nil {
		return r, fmt.Errorf("%w: %w", ErrAnswer, err)
	}
	digest := sha256.Sum256(upload)
	if string(signed.Request) != string(digest[:]) || signed.Key != u.opts.Key.ID {
		return r, ErrAnswer
	}
	for _, a := range slices.Concat(signed.Allotments, signed.Batches) {
		if _, err := cards.OpenAllotment(a, list); err != nil {
			return r, fmt.Errorf("%w: an allotment: %w", ErrAnswer, err)
		}
	}
	return signed, nil
}
