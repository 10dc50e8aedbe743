package station

import (
	"context"
	"errors"
	"sync"
	"time"

	"pointkiosk/cards"
	"pointkiosk/cards/face"
	"pointkiosk/hub/api"
	"pointkiosk/kiosk"
	"pointkiosk/kiosk/account"
	"pointkiosk/kiosk/jpki"
	"pointkiosk/kiosk/pcsc"
	"pointkiosk/kiosk/prize"
	"pointkiosk/kiosk/wizard"
)

// A clerk does what residents' screens ask for: it talks to the My Number card
// on the reader, if there is one, and to the hub. What it knows of a person lasts as long as
// their card lies there, and never leaves memory.
type clerk struct {
	s       *Station
	readers readers // nil where there are none
	hub     *api.Client
	face    *face.Face // the issuer has another: one goroutine at a time
	limit   time.Duration

	mu       sync.Mutex
	away     bool   // there is no reader
	reader   string // on which the card lies
	now      *sitting
	sittings int            // so far
	ends     sync.WaitGroup // of sittings, at the hub
	sale     sync.Mutex     // one ticket at a time
	till     till
}

// newClerk returns the one of the reader that the settings name.
func newClerk(s *Station, look *face.Opts) (*clerk, error) {
	r, err := s.opts.Settings.Card.open(s.opts)
	if err != nil {
		return nil, err
	}
	c := &clerk{s: s, readers: r, limit: hubLimit}
	if c.face, err = face.New(look); err != nil {
		return nil, err
	}
	c.till.c = c
	c.hub, err = api.NewClient(&api.Opts{Base: s.Identity.Hub})
	return c, err
}

// A sitting is one person, with their card or signed in by password.
type sitting struct {
	n      int             // no other has the same
	ctx    context.Context // ends when they leave
	leave  context.CancelFunc
	card   session        // this, read and tokens are the clerk's mutex's
	read   bool           // the PIN may be asked for, or somebody signed in
	tokens []cards.Secret // of the sitting at the hub, the last one good
	token  *jpki.Token
	cert   *jpki.Certificate
	scheme string
	show   chan asked // the hub was asked while the card was read
	offer  cards.Offer
	answer cards.Answer // the last that said yes
	lease  *cards.Lease // leased IDs to choose from; nil while there is a network
	staff  string       // who said yes at the staff door; empty if nobody was asked
	lost   []byte       // SHA-256 of an apply whose answer never came
}

// An asked is an offer, or why there is none.
type asked struct {
	offer cards.Offer
	err   error
}

// renewedFor is how long a new certificate may be unknown to the hub's CA.
const renewedFor = 24 * time.Hour

// do performs an effect of the screens.
func (c *clerk) do(ctx context.Context, e kiosk.Effect) kiosk.Event {
	switch e := e.(type) {
	case wizard.ReadCard:
		return c.read(ctx, e.Aim)
	case wizard.PrintSlip:
		return c.slip(ctx, e)
	case wizard.PowerDown:
		c.leave(e.Sitting)
		return nil
	case account.Leave:
		c.leave(e.Sitting)
		return nil
	case prize.Open, prize.Add, prize.Take, prize.Reprint, prize.Clear:
		return c.till.do(ctx, e)
	case wizard.Check:
		if sit := c.sat(e.Sitting); sit != nil {
			sit.staff = e.Staff
			return c.moved(sit, c.check(sit, e))
		}
	case wizard.LookAt:
		if sit := c.sat(e.Sitting); sit != nil {
			return c.moved(sit, c.lookAt(sit, e.ID))
		}
	case wizard.Apply:
		if sit := c.sat(e.Sitting); sit != nil {
			sit.staff = e.Staff
			return c.moved(sit, c.apply(sit, e))
		}
	default:
		return c.doAccount(ctx, e)
	}
	wipe(e) // they have left
	return nil
}

// moved ends the sitting of a card that has to be laid down again; nobody else's.
// What comes of a sitting that is over is no news: a hub that was not waited for any
// more is not offline.
func (c *clerk) moved(sit *sitting, e kiosk.Event) kiosk.Event {
	if !c.sits(sit) {
		return nil
	}
	if _, yes := e.(wizard.CardMoved); yes {
		c.dismiss(c.end(sit.n))
	}
	return e
}

// wipe overwrites the secret of an effect that is not performed.
func wipe(e kiosk.Effect) {
	switch e := e.(type) {
	case wizard.Check:
		e.PIN.Wipe()
	case wizard.Apply:
		if e.Pass != nil {
			e.Pass.Wipe()
		}
	case account.SignIn:
		e.Pass.Wipe()
	case account.LookAt:
		e.Text.Wipe()
	case account.PutCards:
		for _, scan := range e.Scans {
			scan.Text.Wipe()
		}
	}
}

// sat is the sitting now if it is the n-th and its card was read, and else nil:
// what comes for the one before is not done with the next one's card.
func (c *clerk) sat(n int) *sitting {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.now == nil || !c.now.read || c.now.n != n {
		return nil
	}
	return c.now
}

// isRead lets the PIN be asked for.
func (c *clerk) isRead(sit *sitting) {
	c.mu.Lock()
	defer c.mu.Unlock()
	sit.read = true
}

func (c *clerk) sits(sit *sitting) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now == sit
}

// begin begins a sitting. It returns the one before, for [clerk.dismiss].
func (c *clerk) begin(sit *sitting) *sitting {
	c.mu.Lock()
	defer c.mu.Unlock()
	was := c.now
	c.sittings++
	sit.n, c.now = c.sittings, sit
	if was != nil {
		was.leave()
	}
	return was
}

// dismiss has the card of a sitting that is over forget its PIN, and ends it at
// the hub beside whatever comes next.
func (c *clerk) dismiss(was *sitting) {
	if was == nil {
		return
	}
	c.powerDown(was.card)
	for _, token := range was.tokens {
		c.ends.Go(func() { c.rise(was.ctx, token) })
	}
}

// leave is the end of a visit.
func (c *clerk) leave(n int) {
	c.dismiss(c.end(n))
	if c.readers != nil {
		c.readers.Done()
	}
}

// end ends the n-th sitting, if it is not over; 0 is whoever sits there. It returns
// the one that is over, for [clerk.dismiss].
func (c *clerk) end(n int) *sitting {
	c.mu.Lock()
	defer c.mu.Unlock()
	was := c.now
	if was == nil || n != 0 && was.n != n {
		return nil
	}
	c.now = nil
	was.leave()
	return was
}

// powerDown has the card forget that the PIN was right.
func (c *clerk) powerDown(card session) {
	if card == nil {
		return
	}
	if err := card.End(); err != nil {
		c.s.opts.Log.Warn("card reader", "error", err)
	}
}

// read reads the card as far as no PIN is needed, while the hub is asked.
func (c *clerk) read(ctx context.Context, aim wizard.Aim) kiosk.Event {
	scheme, err := c.scheme(ctx)
	if err != nil {
		return c.broken(err)
	}
	sit := &sitting{scheme: scheme, show: make(chan asked, 1)}
	sit.ctx, sit.leave = context.WithCancel(ctx)
	c.dismiss(c.begin(sit))
	go func() {
		o, err := c.ask(sit, cards.Show, "")
		sit.show <- asked{o, err}
	}()
	tries, err := c.open(sit)
	if errors.Is(err, jpki.ErrVerified) { // somebody's PIN was right, and the power stayed on
		c.powerDown(sit.card)
		tries, err = c.open(sit)
	}
	switch {
	case !c.sits(sit): // nobody waits for this any more, but perhaps for the next card
		return nil
	case err != nil:
		return c.moved(sit, c.trouble(err))
	}
	return c.moved(sit, c.isGood(sit, aim, tries))
}

// isGood has the PIN asked for where the certificate is good, as far as is known
// without it.
func (c *clerk) isGood(sit *sitting, aim wizard.Aim, tries int) kiosk.Event {
	if why := c.outOfDate(sit); why != "" {
		return wizard.CardStops{Reason: why}
	}
	if aim != wizard.Make { // without the hub no PIN need be asked for
		shown := <-sit.show
		if shown.err != nil {
			return c.unheard(shown.err)
		}
		sit.show <- shown
	}
	c.isRead(sit)
	return wizard.CardRead{Tries: tries, Sitting: sit.n}
}

// outOfDate says whether a certificate has ended or has just begun; "" if it is
// neither. The kiosk's clock alone turns nobody away while the hub can be asked,
// and one that is suspect never does: the hub will.
func (c *clerk) outOfDate(sit *sitting) wizard.Reason {
	now, sure := c.s.opts.Now(), !c.s.Journal.Suspect()
	why := judge(sit.cert, now)
	if why == "" {
		return ""
	}
	heard := <-sit.show
	sit.show <- heard
	switch {
	case heard.err == nil:
		return judge(sit.cert, time.UnixMilli(heard.offer.At))
	case !sure:
		return ""
	}
	return why
}

func judge(cert *jpki.Certificate, now time.Time) wizard.Reason {
	switch {
	case !now.Before(cert.NotAfter):
		return wizard.Expired
	case now.Sub(cert.NotBefore) < renewedFor && now.After(cert.NotBefore):
		return wizard.Renewed
	}
	return ""
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
	c.mu.Lock()
	sits := c.now == sit
	if sits {
		sit.card = card
	}
	c.mu.Unlock()
	if !sits { // they left meanwhile
		c.powerDown(card)
		return 0, pcsc.ErrGone
	}
	if sit.token, err = jpki.Open(card, &jpki.Opts{Extended: card.Extended()}); err != nil {
		return 0, err
	}
	if sit.cert, err = sit.token.Certificate(); err != nil {
		return 0, err
	}
	return sit.token.Tries()
}

// check tries the PIN once, and learns from the hub who that is.
func (c *clerk) check(sit *sitting, e wizard.Check) kiosk.Event {
	typed, ok := e.PIN.(wizard.Typed)
	if !ok {
		e.PIN.Wipe()
		return c.broken(errors.New("station: no PIN that was typed"))
	}
	pin, err := jpki.NewPIN(typed.Take())
	if err != nil {
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
		shown.offer, shown.err = c.ask(sit, cards.Show, "")
	}
	switch {
	case e.Aim == wizard.Make && c.turn(sit, shown.err):
		return sit.later()
	case shown.err != nil:
		return c.unheard(shown.err)
	}
	sit.offer = shown.offer
	return c.who(sit, e.Aim)
}

// troubles are the screens for what a card, or its reader, does.
func troubles() map[error]wizard.Reason {
	return map[error]wizard.Reason{
		pcsc.ErrNoReader: wizard.NoReader, pcsc.ErrHeld: wizard.InUse, pcsc.ErrMute: wizard.Mute,
		jpki.ErrOtherCard: wizard.OtherCard, jpki.ErrOldCard: wizard.OtherCard, jpki.ErrPhone: wizard.Phone,
		jpki.ErrNoCertificate: wizard.NoCertificate, jpki.ErrCertificate: wizard.NoCertificate, jpki.ErrKey: wizard.Weak,
		jpki.ErrLocked: wizard.Unusable,
	}
}

// trouble says what a card, or its reader, did instead of what it should. None
// of it is a wrong PIN.
func (c *clerk) trouble(err error) kiosk.Event {
	for is, reason := range troubles() {
		if errors.Is(err, is) {
			c.s.opts.Log.Info("card", "error", err)
			return wizard.CardStops{Reason: reason}
		}
	}
	var lost *jpki.LostError
	if errors.Is(err, pcsc.ErrGone) || errors.Is(err, pcsc.ErrEnded) || errors.As(err, &lost) {
		return wizard.CardMoved{}
	}
	return c.broken(err)
}

func (c *clerk) broken(err error) kiosk.Event {
	c.s.opts.Log.Error("card", "error", err)
	return wizard.CardStops{Reason: wizard.Broken}
}
