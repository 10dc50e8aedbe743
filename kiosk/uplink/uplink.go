// Package uplink carries the journal to the hub, entry by entry in order, and
// brings back the hub's signed answers.
//
// Nothing is ever dropped: only a receipt that the hub signed for this very
// upload moves the cursor or sets an entry aside. Whatever else comes back, the
// same entries are sent again later.
package uplink

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
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
	batch     = 500 // entries in one upload, and other things that the hub takes 1000 of at most
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
}

// An Uplink belongs to one kiosk.
type Uplink struct {
	opts  Opts
	batch int
}

// New returns an uplink; nothing happens before Sync or Run.
func New(opts Opts) *Uplink { return &Uplink{opts: opts, batch: batch} }

// Run sends whatever is unsent, at once when woken, until ctx ends. After an
// attempt that failed it waits twice as long as before, give or take a half,
// and not less than the hub asked for.
func (u *Uplink) Run(ctx context.Context) {
	wait := firstWait
	for ctx.Err() == nil {
		err := u.Sync(ctx)
		u.tell(ctx, err)
		pause, wake := poll, u.opts.Wake
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
	n.Online, n.Err = err == nil, err
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
	return n
}

// Sync asks for news once and sends until nothing is unsent or something fails.
func (u *Uplink) Sync(ctx context.Context) error {
	for rewound := false; ; {
		before, err := u.opts.Journal.Receipt(ctx)
		if err != nil {
			return err
		}
		upload, err := u.Pack(ctx, before.Cursor, u.batch)
		if err != nil {
			return err
		}
		after, err := u.exchange(ctx, upload)
		if err != nil {
			if u.shrink(ctx, err) {
				continue
			}
			return err
		}
		top, _ := u.opts.Journal.Head()
		switch {
		case after.Cursor >= top:
			u.batch = min(2*u.batch, batch) // whatever made it small may be gone
			return nil
		case after.Cursor < before.Cursor && !rewound: // a hub from an older backup gets everything again
			rewound = true
		case after.Cursor <= before.Cursor:
			return fmt.Errorf("uplink: the hub stays at entry %d", after.Cursor)
		}
	}
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

// Pack seals an upload of the entries behind a place, for the network or for
// a stick.
func (u *Uplink) Pack(ctx context.Context, after uint64, limit int) ([]byte, error) {
	j := u.opts.Journal
	records, err := j.Records(ctx, after, limit)
	if err != nil {
		return nil, err
	}
	list, err := j.Trust(ctx, u.opts.Trust)
	if err != nil {
		return nil, err
	}
	up := cards.Upload{Records: records, Trust: list.Version, At: u.opts.Now().UnixMilli(), Nonce: make([]byte, 16)}
	if _, err := io.ReadFull(u.opts.Rand, up.Nonce); err != nil {
		return nil, fmt.Errorf("uplink: %w", err)
	}
	if up.Held, err = u.held(ctx, list); err != nil {
		return nil, err
	}
	up.Asked = u.askedVoids()
	return cards.Seal(u.opts.Key, cards.PaperUpload, up)
}

// askedVoids names the cards whose void has no answer yet. Where they are more
// than fit, chance decides whose turn it is: one that never gets an answer must
// not keep the others from theirs.
func (u *Uplink) askedVoids() (asked []cards.Serial) {
	for _, c := range u.opts.Journal.Open() {
		if c.State == cards.VoidAsked {
			asked = append(asked, c.Serial())
		}
	}
	if len(asked) > batch {
		rand.Shuffle(len(asked), func(i, j int) { asked[i], asked[j] = asked[j], asked[i] })
		asked = asked[:batch]
	}
	return asked
}

// held names the newest allotments here: of older ones the day is over, and
// the hub does not send them again.
func (u *Uplink) held(ctx context.Context, list cards.TrustList) ([]uint32, error) {
	sealed, err := u.opts.Journal.Papers(ctx, cards.PaperAllotment)
	if err != nil {
		return nil, err
	}
	var ids []uint32
	for _, s := range sealed[max(0, len(sealed)-batch):] {
		if a, err := cards.OpenAllotment(s, list); err == nil {
			ids = append(ids, a.ID)
		}
	}
	return ids, nil
}

// exchange sends one upload and takes the answer into the journal.
func (u *Uplink) exchange(ctx context.Context, upload []byte) (cards.Receipt, error) {
	call, cancel := context.WithTimeout(ctx, callLimit)
	defer cancel()
	answer, err := u.opts.Hub.Upload(call, upload)
	if err != nil {
		return cards.Receipt{}, err
	}
	r, err := u.check(ctx, upload, answer)
	if err != nil {
		return r, err
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
	for _, a := range signed.Allotments {
		if _, err := cards.OpenAllotment(a, list); err != nil {
			return r, fmt.Errorf("%w: an allotment: %w", ErrAnswer, err)
		}
	}
	return signed, nil
}
