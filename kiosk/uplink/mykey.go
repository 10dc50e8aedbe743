package uplink

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"pointkiosk/cards"
	"pointkiosk/kiosk/journal"
)

// A Desk leases MyKey IDs, and takes what people signed for one.
type Desk interface {
	Lease(ctx context.Context, sealed []byte) ([]byte, error)
	Deposit(ctx context.Context, sealed []byte) ([]byte, error)
}

// MyKey is what an uplink needs for MyKey IDs to be given without a network.
type MyKey struct {
	Desk   Desk
	Leases int                                   // held at a time; 0 gives all back
	Scheme func(context.Context) (string, error) // the one that they are of; empty for none
}

const (
	renew      = 3 * 24 * time.Hour // before its end an ID is changed for another
	leaseAgain = time.Minute        // between two asks for leases that did not bring all that is wanted
	leaseLook  = time.Hour          // and between two when there is nothing to ask for: the terms may be others
)

// A busyError is a hub that has not ruled on a deposit yet.
type busyError struct{ wait time.Duration }

func (e busyError) Error() string             { return "uplink: the hub is busy" }
func (e busyError) RetryAfter() time.Duration { return e.wait }

// leasing is what Run remembers about MyKey IDs. Nothing is lost with it.
type leasing struct {
	due   time.Time            // not before
	wait  time.Duration        // after the next attempt that fails
	asked map[string]time.Time // when leases were asked for, by scheme
	held  map[string]int       // how many there were then
	err   error                // of the last attempt

	refused []cards.Ruling // since the last news
}

// carry does what there is to do about MyKey IDs, and returns how long until it
// wants to be called again. Its failures don't keep the entries waiting.
func (u *Uplink) carry(ctx context.Context) (pause time.Duration) {
	l := &u.leasing
	if u.opts.MyKey == nil {
		return poll
	}
	if left := time.Until(l.due); left > 0 {
		return min(left, poll)
	}
	if l.err = u.Deliver(ctx); l.err == nil {
		l.wait = firstWait
		l.err = u.lease(ctx)
		return poll
	}
	pause = jitter(l.wait)
	l.wait = min(2*l.wait, longest)
	if w := Waiter(nil); errors.As(l.err, &w) {
		pause = max(pause, min(w.RetryAfter(), asked))
	}
	l.due = time.Now().Add(pause)
	return min(pause, poll)
}

// Deliver sends what people signed without a network, each until the hub has
// ruled on it. The same again has the same answer, so that a lost one costs
// nothing; one that the hub can't take keeps none of the others.
func (u *Uplink) Deliver(ctx context.Context) error {
	if u.opts.MyKey == nil {
		return nil
	}
	all, err := u.opts.Journal.Deposits(ctx)
	if err != nil {
		return err
	}
	var first error
	for _, d := range all {
		err := u.deposit(ctx, d)
		if first = cmp.Or(first, err); err != nil && !saysNo(err) {
			break
		}
	}
	return errors.Join(first, u.opts.Journal.Sweep(ctx))
}

// saysNo reports whether a hub was reached that has something against this one
// deposit: one that is busy asks to be left alone.
func saysNo(err error) bool {
	var w Waiter
	return errors.As(err, new(Sizer)) && !(errors.As(err, &w) && w.RetryAfter() > 0)
}

// deposit sends one, and wipes it when the hub has ruled on it.
func (u *Uplink) deposit(ctx context.Context, d journal.Deposit) error {
	nonce, err := u.nonce()
	if err != nil {
		return err
	}
	paper, err := cards.Seal(u.opts.Key, cards.PaperDeposit, cards.Deposit{Sealed: d.Sealed, Staff: d.Staff, Nonce: nonce, Lost: d.Lost})
	if err != nil {
		return err
	}
	answer, list, err := u.call(ctx, paper, u.opts.MyKey.Desk.Deposit)
	if err != nil {
		return err
	}
	a, err := cards.OpenAnswer(answer, list, d.Hash)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrAnswer, err)
	}
	if a.Ruling == cards.RulingBusy {
		return busyError{time.Duration(a.Wait) * time.Second}
	}
	err = u.opts.Journal.Answered(ctx, d.Hash, a.Ruling)
	if err == nil && a.Ruling != cards.RulingOK {
		u.leasing.refused = append(u.leasing.refused, a.Ruling)
	}
	return err
}

func (u *Uplink) nonce() ([]byte, error) {
	nonce := make([]byte, cards.NonceSize)
	if _, err := io.ReadFull(u.opts.Rand, nonce); err != nil {
		return nil, fmt.Errorf("uplink: draw a nonce: %w", err)
	}
	return nonce, nil
}

// call sends a paper, and returns the answer with the list that knows who may
// have signed it.
func (u *Uplink) call(ctx context.Context, paper []byte, send func(context.Context, []byte) ([]byte, error)) ([]byte, cards.TrustList, error) {
	list, err := u.opts.Journal.Trust(ctx, u.opts.Trust)
	if err != nil {
		return nil, list, err
	}
	call, cancel := context.WithTimeout(ctx, callLimit)
	defer cancel()
	answer, err := send(call, paper)
	return answer, list, err
}

// lease sees to it that as many IDs are held as are wanted, of the scheme that
// is wanted, and that the others go back.
func (u *Uplink) lease(ctx context.Context) error {
	lent, err := u.opts.Journal.Lent(ctx)
	if err != nil {
		return err
	}
	asked, err := u.opts.Journal.Asked(ctx)
	if err != nil {
		return err
	}
	want := map[string]int{}
	for _, scheme := range asked {
		want[scheme] = 0
	}
	for _, one := range lent {
		want[one.Scheme] = 0
	}
	if u.opts.MyKey.Leases > 0 {
		scheme, err := u.opts.MyKey.Scheme(ctx)
		if err != nil {
			return err
		}
		if scheme != "" { // none was granted yet
			want[scheme] = min(u.opts.MyKey.Leases, cards.MaxLeased)
		}
	}
	for scheme, n := range want {
		if p := u.plan(lent, scheme, n, slices.Contains(asked, scheme)); p.due {
			if err := u.askLease(ctx, p); err != nil {
				return err
			}
		}
	}
	return nil
}

// A plan is what to ask the hub about one scheme.
type plan struct {
	scheme string
	want   int // to be held, and given but not registered: the hub counts those, too
	fresh  []journal.Mark
	back   []journal.Mark
	ids    []string
	due    bool
}

// plan looks at what is held in a scheme; lost says that the last answer was.
func (u *Uplink) plan(lent []journal.Lent, scheme string, want int, lost bool) plan {
	p := plan{scheme: scheme, want: want}
	now := max(u.opts.Now().UnixMilli(), u.opts.Journal.Heard().UnixMilli())
	held := 0
	for _, one := range slices.Backward(lent) { // the last to end is the first to be kept
		switch {
		case one.Scheme != scheme:
		case one.Given:
			p.want++
		case one.Back:
			p.goesBack(one)
		case held >= want, one.Ends-now < renew.Milliseconds():
			p.fresh = append(p.fresh, one.Mark)
			p.goesBack(one)
		default:
			held++
		}
	}
	if want == 0 {
		p.want = 0
	}
	p.want = min(p.want, cards.MaxLeased)
	since := time.Since(u.leasing.asked[scheme])
	p.due = len(p.fresh) > 0 || since >= leaseLook && want > 0 ||
		(held < want || len(p.back) > 0 || lost) && (since >= leaseAgain || held < u.leasing.held[scheme])
	return p
}

func (p *plan) goesBack(one journal.Lent) {
	if len(p.back) < cards.MaxLeased {
		p.back, p.ids = append(p.back, one.Mark), append(p.ids, one.ID)
	}
}

// askLease asks the hub for what is planned. What goes back is given to nobody
// from before that, whatever becomes of the answer.
func (u *Uplink) askLease(ctx context.Context, p plan) error {
	l := &u.leasing
	if l.asked == nil {
		l.asked, l.held = map[string]time.Time{}, map[string]int{}
	}
	l.asked[p.scheme], l.held[p.scheme] = time.Now(), 0
	if err := u.opts.Journal.Asking(ctx, p.scheme, p.fresh); err != nil {
		return err
	}
	nonce, err := u.nonce()
	if err != nil {
		return err
	}
	paper, err := cards.Seal(u.opts.Key, cards.PaperLeaseAsk, cards.LeaseAsk{
		Scheme: p.scheme, Want: uint32(p.want), Back: p.ids, At: u.opts.Now().UnixMilli(), Nonce: nonce,
	})
	if err != nil {
		return err
	}
	answer, list, err := u.call(ctx, paper, u.opts.MyKey.Desk.Lease)
	if err != nil {
		return err
	}
	lease, err := cards.OpenLease(answer, list, sha256.Sum256(paper))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrAnswer, err)
	}
	if err := u.opts.Journal.TakeLease(ctx, p.scheme, lease, p.back); err != nil {
		return err
	}
	lent, err := u.opts.Journal.Lent(ctx)
	for _, one := range lent {
		if one.Scheme == p.scheme && !one.Given && !one.Back {
			l.held[p.scheme]++
		}
	}
	return err
}
