package station

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"pointkiosk/cards"
	"pointkiosk/hub/api"
	"pointkiosk/kiosk"
	"pointkiosk/kiosk/jpki"
	"pointkiosk/kiosk/pcsc"
	"pointkiosk/kiosk/wizard"
)

// A clerk does what the MyKey ID screens ask for: it talks to the My Number card
// on the reader, and to the hub. What it knows of a person lasts as long as
// their card lies there, and never leaves memory.
type clerk struct {
	s       *Station
	readers readers
	hub     *api.Client

	mu     sync.Mutex
	reader string // on which the card lies
	now    *sitting
}

// readers are those of this machine; package pcsc's are.
type readers interface {
	Run(ctx context.Context, tell func(pcsc.Event)) error
	Connect(reader string) (session, error)
}

// A session is a card that nobody else talks to.
type session interface {
	jpki.Card
	End() error
}

// A sitting is one person with their card.
type sitting struct {
	card   session
	token  *jpki.Token
	cert   *jpki.Certificate
	scheme string
	show   chan asked // the hub was asked while the card was read
	offer  cards.Offer
	answer cards.Answer // the last that said yes
}

// An asked is an offer, or why there is none.
type asked struct {
	offer cards.Offer
	err   error
}

// hubLimit is how long a person waits for the hub.
const hubLimit = 8 * time.Second

// renewedFor is how long a new certificate may be unknown to the hub's CA.
const renewedFor = 24 * time.Hour

// do performs an effect of the screens.
func (c *clerk) do(ctx context.Context, e kiosk.Effect) kiosk.Event {
	switch e := e.(type) {
	case wizard.ReadCard:
		return c.read(ctx)
	case wizard.Check:
		return c.check(ctx, e)
	case wizard.LookAt:
		return c.lookAt(ctx, e.ID)
	case wizard.Apply:
		return c.apply(ctx, e)
	case wizard.PrintSlip:
		return c.slip(ctx, e)
	case wizard.PowerDown:
		c.end(nil)
	}
	return nil
}

// end powers the card down and forgets who it is, and begins a sitting if there
// is a next one.
func (c *clerk) end(next *sitting) {
	c.mu.Lock()
	was := c.now
	c.now = next
	c.mu.Unlock()
	if was == nil || was.card == nil {
		return
	}
	if err := was.card.End(); err != nil {
		c.s.opts.Log.Warn("card reader", "error", err)
	}
}

// sat is the sitting now; one of nothing where nobody sits.
func (c *clerk) sat() *sitting {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.now == nil {
		return &sitting{}
	}
	return c.now
}

// read reads the card as far as no PIN is needed, while the hub is asked.
func (c *clerk) read(ctx context.Context) kiosk.Event {
	scheme, err := c.scheme(ctx)
	if err != nil {
		return c.broken(err)
	}
	sit := &sitting{scheme: scheme, show: make(chan asked, 1)}
	go func() {
		o, err := c.ask(ctx, sit.scheme, cards.Show, "")
		sit.show <- asked{o, err}
	}()
	for again := true; ; again = false {
		tries, err := c.open(sit)
		switch {
		case errors.Is(err, jpki.ErrVerified) && again: // somebody's PIN was right, and its power stayed on
			c.end(nil)
			continue
		case err != nil:
			return c.trouble(err)
		}
		now := c.s.opts.Now()
		switch {
		case !now.Before(sit.cert.NotAfter):
			return wizard.CardStops{Reason: wizard.Expired}
		case now.Sub(sit.cert.NotBefore) < renewedFor && now.After(sit.cert.NotBefore):
			return wizard.CardStops{Reason: wizard.Renewed}
		}
		return wizard.CardRead{Tries: tries}
	}
}

// open begins a session and reads the certificate and how many tries are left.
func (c *clerk) open(sit *sitting) (tries int, err error) {
	c.mu.Lock()
	reader := c.reader
	c.mu.Unlock()
	card, err := c.readers.Connect(reader)
	if err != nil {
		return 0, err
	}
	sit.card = card
	c.end(sit)
	if sit.token, err = jpki.Open(card, nil); err != nil {
		return 0, err
	}
	if sit.cert, err = sit.token.Certificate(); err != nil {
		return 0, err
	}
	return sit.token.Tries()
}

// trouble says what a card, or its reader, did instead of what it should.
func (c *clerk) trouble(err error) kiosk.Event {
	var lost *jpki.LostError
	for _, t := range []struct {
		is     error
		reason wizard.Reason
	}{
		{pcsc.ErrNoReader, wizard.NoReader}, {pcsc.ErrHeld, wizard.NoReader}, {pcsc.ErrMute, wizard.Mute},
		{jpki.ErrOtherCard, wizard.OtherCard}, {jpki.ErrOldCard, wizard.OtherCard}, {jpki.ErrPhone, wizard.Phone},
		{jpki.ErrNoCertificate, wizard.NoCertificate}, {jpki.ErrCertificate, wizard.NoCertificate}, {jpki.ErrKey, wizard.NoCertificate},
		{jpki.ErrLocked, wizard.Unusable},
	} {
		if errors.Is(err, t.is) {
			c.s.opts.Log.Info("card", "error", err)
			return wizard.CardStops{Reason: t.reason}
		}
	}
	if errors.Is(err, pcsc.ErrGone) || errors.Is(err, pcsc.ErrEnded) || errors.As(err, &lost) {
		return wizard.CardMoved{}
	}
	return c.broken(err)
}

func (c *clerk) broken(err error) kiosk.Event {
	c.s.opts.Log.Error("card", "error", err)
	return wizard.CardStops{Reason: wizard.Broken}
}

// check tries the PIN once, and learns from the hub who that is.
func (c *clerk) check(ctx context.Context, e wizard.Check) kiosk.Event {
	sit := c.sat()
	typed, ok := e.PIN.(wizard.Typed)
	if !ok || sit.token == nil {
		e.PIN.Wipe()
		return wizard.CardMoved{}
	}
	pin, err := jpki.NewPIN(typed.Take())
	if err != nil {
		e.PIN.Wipe()
		return c.broken(err)
	}
	var wrong *jpki.PINError
	switch err := sit.token.Verify(pin); {
	case errors.As(err, &wrong):
		return wizard.PINWrong{Tries: wrong.Left}
	case errors.Is(err, jpki.ErrLocked):
		return wizard.PINWrong{}
	case err != nil:
		return c.trouble(err)
	}
	shown := <-sit.show
	if shown.err != nil { // perhaps the network is back
		shown.offer, shown.err = c.ask(ctx, sit.scheme, cards.Show, "")
	}
	if shown.err != nil {
		return c.unheard(shown.err)
	}
	sit.offer = shown.offer
	return c.who(ctx, sit)
}

// who asks for the account of this card, and for IDs to choose from.
func (c *clerk) who(ctx context.Context, sit *sitting) kiosk.Event {
	answer, err := c.signed(ctx, sit, cards.Application{Purpose: cards.Show}, cards.Apply{})
	if err != nil {
		return c.unheard(err)
	}
	next := cards.Register
	switch answer.Ruling {
	case cards.RulingOK:
		next = cards.Change
	case cards.RulingNoID:
	default:
		return wizard.Answered{Word: string(answer.Ruling)}
	}
	if sit.offer, err = c.ask(ctx, sit.scheme, next, ""); err != nil {
		return c.unheard(err)
	}
	return wizard.PINRight{Account: accountOf(answer), IDs: sit.offer.Proposals}
}

func accountOf(a cards.Answer) wizard.Account {
	out := wizard.Account{ID: a.ID}
	for _, h := range a.Held {
		if out.Points == nil {
			out.Points = map[string]int64{}
		}
		out.Points[h.Scheme] += h.Points
	}
	return out
}

// lookAt asks whether an ID of one's own choice is free.
func (c *clerk) lookAt(ctx context.Context, typed string) kiosk.Event {
	sit := c.sat()
	purpose := cards.Register
	if sit.answer.ID != "" {
		purpose = cards.Change
	}
	o, err := c.ask(ctx, sit.scheme, purpose, typed)
	if err != nil {
		return c.unheard(err)
	}
	sit.offer = o
	id, err := cards.NormalizeMyKeyID(typed)
	switch {
	case err != nil:
		return wizard.IDFree{ID: typed, Word: string(cards.RulingMalformed)}
	case o.Wanted != cards.RulingOK:
		return wizard.IDFree{ID: id.String(), Word: string(o.Wanted)}
	}
	return wizard.IDFree{ID: id.String()}
}

// apply lets the card sign what was agreed to, and sends it.
func (c *clerk) apply(ctx context.Context, e wizard.Apply) kiosk.Event {
	sit := c.sat()
	if e.Pass != nil {
		defer e.Pass.Wipe()
	}
	a := cards.Application{Purpose: cards.Purpose(e.Purpose), ID: e.ID}
	more := cards.Apply{Code: a.Purpose == cards.Register && e.Pass == nil}
	if typed, ok := e.Pass.(wizard.Typed); ok {
		more.Password = cards.Secret(typed.Take())
	}
	switch a.Purpose {
	case cards.Register:
		a.Terms = sit.offer.Terms.Version
	case cards.Retire:
		var err error
		if sit.offer, err = c.ask(ctx, sit.scheme, cards.Retire, ""); err != nil {
			return c.unheard(err)
		}
	}
	answer, err := c.signed(ctx, sit, a, more)
	if err != nil {
		return c.unheard(err)
	}
	out := wizard.Answered{Account: accountOf(answer)}
	switch answer.Ruling {
	case cards.RulingOK:
		if code, err := cards.ParseSlipCode(string(answer.Code)); err == nil {
			out.Code = code.Printed()
		}
		if a.Purpose == cards.Retire {
			out.Account = wizard.Account{}
		}
	case cards.RulingTaken, cards.RulingOffensive: // the challenge is used up, too
		if sit.offer, err = c.ask(ctx, sit.scheme, a.Purpose, ""); err != nil {
			return c.unheard(err)
		}
		out.IDs = sit.offer.Proposals
		fallthrough
	default:
		out.Word = string(answer.Ruling)
	}
	return out
}

// signed has the card sign an application under the offer at hand, and returns
// what the hub says to it.
func (c *clerk) signed(ctx context.Context, sit *sitting, a cards.Application, more cards.Apply) (answer cards.Answer, err error) {
	if sit.token == nil {
		return answer, pcsc.ErrGone
	}
	a.Scheme, a.Kiosk, a.At, a.Challenge = sit.scheme, c.s.Identity.Kiosk, c.s.opts.Now().UnixMilli(), sit.offer.Challenge
	if more.Application, err = cards.Encode(a); err != nil {
		return answer, err
	}
	if more.Signature, err = sit.token.Sign(a); err != nil {
		return answer, err
	}
	more.Certificate = sit.cert.DER
	err = c.exchange(ctx, cards.PaperApply, more, c.hub.Apply, func(sealed []byte, list cards.TrustList, request [sha256.Size]byte) error {
		answer, err = cards.OpenAnswer(sealed, list, request)
		return err
	})
	if err == nil && answer.Ruling == cards.RulingOK {
		sit.answer = answer
	}
	return answer, err
}

// ask asks the hub what may be signed.
func (c *clerk) ask(ctx context.Context, scheme string, purpose cards.Purpose, wanted string) (offer cards.Offer, err error) {
	nonce := make([]byte, cards.NonceSize)
	if _, err := io.ReadFull(c.s.opts.Rand, nonce); err != nil {
		return offer, fmt.Errorf("station: draw a nonce: %w", err)
	}
	a := cards.Ask{Purpose: purpose, Scheme: scheme, Wanted: wanted, At: c.s.opts.Now().UnixMilli(), Nonce: nonce}
	err = c.exchange(ctx, cards.PaperAsk, a, c.hub.Ask, func(sealed []byte, list cards.TrustList, request [sha256.Size]byte) error {
		offer, err = cards.OpenOffer(sealed, list, request)
		return err
	})
	return offer, err
}

// exchange sends a paper and opens the answer. What was sent is overwritten: it
// may hold a password.
func (c *clerk) exchange(ctx context.Context, paper cards.Paper, v any, send func(context.Context, []byte) ([]byte, error),
	open func([]byte, cards.TrustList, [sha256.Size]byte) error) error {
	list, err := c.s.TrustList(ctx)
	if err != nil {
		return err
	}
	sealed, err := cards.Seal(c.s.live, paper, v)
	if err != nil {
		return err
	}
	defer clear(sealed)
	ctx, cancel := context.WithTimeout(ctx, hubLimit)
	defer cancel()
	answer, err := send(ctx, sealed)
	if err != nil {
		return err
	}
	return open(answer, list, sha256.Sum256(sealed))
}

// unheard is a hub that was not reached or said no, or a card that moved.
func (c *clerk) unheard(err error) kiosk.Event {
	var lost *jpki.LostError
	switch problem := (*api.Problem)(nil); {
	case errors.As(err, &lost), errors.Is(err, pcsc.ErrGone), errors.Is(err, pcsc.ErrEnded), errors.Is(err, pcsc.ErrMute), errors.Is(err, jpki.ErrNotVerified):
		return c.trouble(err)
	case errors.As(err, &problem) && problem.Type == api.ProblemBusy:
		return wizard.Answered{Word: string(cards.RulingBusy)}
	case errors.As(err, &problem):
		c.s.opts.Log.Error("MyKey ID", "error", err)
		return wizard.Answered{Word: string(cards.RulingKioskUnknown)}
	}
	c.s.opts.Log.Info("MyKey ID", "error", err)
	return wizard.CardStops{Reason: wizard.Offline}
}

// scheme is the one that accounts are made in.
func (c *clerk) scheme(ctx context.Context) (string, error) {
	if s := c.s.opts.Settings.Card.Scheme; s != "" {
		return s, nil
	}
	all, err := c.s.Allotments(ctx)
	if err != nil {
		return "", err
	}
	if len(all) == 0 {
		return "", errors.New("station: no scheme: [card] scheme is not set, and no allotment was granted")
	}
	return all[len(all)-1].Event.Scheme.Ja, nil
}

// watch tells when a card is put down and taken away, until ctx ends.
func (c *clerk) watch(ctx context.Context, send func(kiosk.Event)) error {
	return c.readers.Run(ctx, func(e pcsc.Event) {
		switch e := e.(type) {
		case pcsc.Inserted:
			c.lies(e.Reader)
			send(wizard.CardIn{})
		case pcsc.Mute:
			c.lies(e.Reader)
			send(wizard.CardIn{})
			send(wizard.CardStops{Reason: wizard.Mute})
		case pcsc.Removed, pcsc.Second: // of two nobody knows whose visit it is
			c.end(nil)
			send(wizard.CardOut{})
		case pcsc.NoReader:
			c.end(nil)
			send(wizard.CardStops{Reason: wizard.NoReader})
		}
	})
}

func (c *clerk) lies(reader string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.reader = reader
}
