package station

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"pointkiosk/cards"
	"pointkiosk/kiosk"
	"pointkiosk/kiosk/account"
	"pointkiosk/kiosk/journal"
)

// What the kiosk itself says of a ticket that came to nothing, beside the hub's
// words (cards/VALUE.md, section 2).
const (
	wordPaper   = "paper"   // the printer can't print: no points were taken, or they come back
	wordUnheard = "unheard" // nobody knows whether points were taken: if so they come back
	wordFault   = "fault"   // the kiosk itself
)

// errStopped reports a kiosk that must not sign anything.
var errStopped = errors.New("station: the hub holds the kiosk back, or its journal is broken")

// A ticketRequest is what is stored before the hub is asked for a ticket. It holds
// no secret: asked again without one, the hub tells what it did and moves nothing.
type ticketRequest struct {
	Request   []byte `json:"request"`
	Allotment uint32 `json:"allotment"`
	Number    uint32 `json:"number"`
}

func (c *clerk) ticketFile() string { return filepath.Join(c.s.opts.Dir, "ticket") }

// pending is the request whose outcome is not known to be settled.
func (c *clerk) pending() (r ticketRequest, found bool, err error) {
	text, err := os.ReadFile(c.ticketFile())
	if errors.Is(err, fs.ErrNotExist) {
		return r, false, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &r)
	}
	if err != nil {
		return r, false, fmt.Errorf("station: a ticket's request: %w", err)
	}
	return r, true, nil
}

func (c *clerk) forget() error {
	if err := os.Remove(c.ticketFile()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("station: a ticket's request: %w", err)
	}
	return nil
}

// ticketDays are this kiosk's allotments of tickets that are open now and have
// numbers left; those are left out that outlast their paper.
func (s *Station) ticketDays(ctx context.Context) (list []cards.Allotment) {
	all, err := s.Allotments(ctx)
	if err != nil {
		s.opts.Log.Error("allotments", "error", err)
	}
	c := s.calendar()
	for _, a := range all {
		if a.Kind == cards.KindTicket && a.Key == s.live.ID && c.open(a) && s.Journal.Tally(a.ID).Signed < a.Count && s.lasts(a) == nil {
			list = append(list, a)
		}
	}
	return list
}

// ticketsOf are the allotments of tickets among those of open cards.
func (s *Station) ticketsOf(ctx context.Context, open []cards.OpenCard) (list []uint32) {
	if len(open) == 0 {
		return nil
	}
	all, err := s.Allotments(ctx)
	if err != nil {
		s.opts.Log.Error("allotments", "error", err)
	}
	for _, a := range all {
		if a.Kind == cards.KindTicket && slices.ContainsFunc(open, func(o cards.OpenCard) bool { return o.Allotment == a.ID }) {
			list = append(list, a.ID)
		}
	}
	return list
}

func (c *clerk) listTickets(ctx context.Context) kiosk.Event {
	var out account.TicketsAre
	for _, a := range c.s.ticketDays(ctx) {
		out.Tickets = append(out.Tickets, account.Ticket{
			Allotment: a.ID, Scheme: account.Name(a.Event.Scheme), Points: int64(a.Points), Expires: a.Expires.Start(),
		})
	}
	return out
}

// buy turns points into a ticket: the request is stored, then the hub asked, and
// only what it granted is signed and printed. A printer that can't print is found
// out before any point is taken.
func (c *clerk) buy(ctx context.Context, sit *sitting, e account.BuyTicket) kiosk.Event {
	c.sale.Lock()
	defer c.sale.Unlock()
	ctx = context.WithoutCancel(ctx) // who goes away meanwhile has their ticket, or their points
	if !c.s.mayIssue(ctx) {
		return c.unsold(cards.ValueStopped, errStopped)
	}
	if err := c.mend(ctx); err != nil {
		return c.unsold(wordUnheard, err)
	}
	var of cards.Allotment
	for _, a := range c.s.ticketDays(ctx) {
		if a.ID == e.Ticket.Allotment {
			of = a
		}
	}
	if of.ID == 0 {
		return c.unsold(cards.TicketShut, ErrNoAllotment)
	}
	c.s.press.Lock()
	defer c.s.press.Unlock()
	if p := c.s.printer.Prepare(ctx); !p.Ready {
		return c.unsold(wordPaper, kiosk.ErrPaper)
	}
	r, err := c.newRequest(of)
	if err != nil {
		return c.unsold(wordFault, err)
	}
	r, answer, err := c.askNext(ctx, of, r, c.token(sit))
	switch {
	case err != nil:
		return c.unsold(wordUnheard, err)
	case answer.Refused != "":
		return c.unsold(answer.Refused, c.forget())
	}
	issued, err := c.s.Issuer(false).Issue(ctx, of, cards.RequestText(r.Request), "")
	return c.sold(ctx, sit, answer, issued, err)
}

// newRequest stores a request for the next ticket of an allotment.
func (c *clerk) newRequest(of cards.Allotment) (r ticketRequest, err error) {
	r = ticketRequest{Request: make([]byte, cards.RequestSize), Allotment: of.ID, Number: c.s.Journal.Tally(of.ID).Signed + 1}
	if _, err := io.ReadFull(c.s.opts.Rand, r.Request); err != nil {
		return r, fmt.Errorf("station: draw a request: %w", err)
	}
	text, err := json.Marshal(r)
	if err != nil {
		return r, fmt.Errorf("station: a ticket's request: %w", err)
	}
	return r, writeSynced(c.ticketFile(), text)
}

// askNext asks for a ticket, or for the one after it where its number is taken.
func (c *clerk) askNext(ctx context.Context, of cards.Allotment, r ticketRequest, token cards.Secret) (ticketRequest, cards.TicketAnswer, error) {
	answer, err := c.askTicket(ctx, r, token)
	if err != nil || answer.Refused != cards.TicketNumber {
		return r, answer, err
	}
	if r, err = c.nextNumber(ctx, of, r); err != nil {
		return r, answer, err
	}
	answer, err = c.askTicket(ctx, r, token)
	return r, answer, err
}

// nextNumber passes over a number that the hub knows under a request which is not
// known here any more: signed and void, it gives back what was taken for it.
func (c *clerk) nextNumber(ctx context.Context, of cards.Allotment, r ticketRequest) (ticketRequest, error) {
	if err := c.signGranted(ctx, r); err != nil {
		return r, err
	}
	if err := errors.Join(c.voidUnprinted(ctx), c.forget()); err != nil {
		return r, err
	}
	return c.newRequest(of)
}

// sold tells what became of a ticket that was granted.
func (c *clerk) sold(ctx context.Context, sit *sitting, answer cards.TicketAnswer, issued cards.Issued, err error) kiosk.Event {
	defer c.s.Wake()
	out := account.TicketDone{Sale: account.Sale{Serial: issued.Card.Serial().String()}}
	if err != nil {
		out.Sale = account.Sale{Word: wordFault}
		if errors.Is(err, kiosk.ErrPaper) {
			out.Sale.Word = wordPaper
		}
		c.s.opts.Log.Error("ticket", "error", err)
		if err := c.mend(ctx); err != nil {
			c.s.opts.Log.Error("ticket", "error", err)
		}
		return out
	}
	if err := c.forget(); err != nil {
		c.s.opts.Log.Error("ticket", "error", err)
	}
	if issued.State == cards.Void { // not one byte was taken
		out.Sale = account.Sale{Word: wordPaper}
		return out
	}
	out.Sale.Doubt = issued.State == cards.Uncertain || issued.State == cards.Printing
	if len(answer.Held) > 0 || answer.Points > 0 {
		a := c.holds(sit, sit.answer.ID, answer.Held, nil)
		out.Heard, out.Lots = true, a.Lots
		out.Move = account.Move{At: c.s.opts.Now().In(cards.Japan), Kind: "ticket", Points: -int64(answer.Points)}
	}
	return out
}

func (c *clerk) unsold(word string, err error) kiosk.Event {
	if err != nil {
		c.s.opts.Log.Warn("ticket", "word", word, "error", err)
	}
	return account.TicketDone{Sale: account.Sale{Word: word}}
}

// settleTicket takes the person's word on a ticket that may not be whole.
func (c *clerk) settleTicket(ctx context.Context, e account.SettleTicket) kiosk.Event {
	c.sale.Lock()
	defer c.sale.Unlock()
	c.s.press.Lock()
	defer c.s.press.Unlock()
	serial, err := cards.ParseSerial(e.Serial)
	if err != nil {
		return c.unsold(wordFault, err)
	}
	a, err := c.s.AllotmentOf(ctx, serial)
	if err != nil {
		return c.unsold(wordFault, err)
	}
	issued, err := c.s.Issuer(false).Settle(context.WithoutCancel(ctx), a, serial.Number, e.Whole, "")
	defer c.s.Wake()
	out := account.TicketDone{Sale: account.Sale{Serial: e.Serial, Doubt: issued.State == cards.Uncertain || issued.State == cards.Printing}}
	switch {
	case errors.Is(err, kiosk.ErrTorn), errors.Is(err, kiosk.ErrPaper): // it is asked about again
		out.Sale.Doubt = true
		if errors.Is(err, kiosk.ErrPaper) {
			out.Sale.Word = wordPaper
		}
	case err != nil:
		return c.unsold(wordFault, err)
	}
	return out
}

func (c *clerk) askTicket(ctx context.Context, r ticketRequest, token cards.Secret) (answer cards.TicketAnswer, err error) {
	ask := cards.TicketAsk{Request: r.Request, Token: token, Allotment: r.Allotment, Number: r.Number}
	err = c.exchange(ctx, cards.PaperTicketAsk, ask, c.hub.Ticket, func(sealed []byte, list cards.TrustList, request [sha256.Size]byte) error {
		answer, err = cards.OpenTicketAnswer(sealed, list, request)
		return err
	})
	return answer, err
}

// mend settles what an earlier sale left open: a ticket that was granted and never
// printed is signed and voided, and with that its points come back.
func (c *clerk) mend(ctx context.Context) error {
	if c.s.broken.Load() { // it takes no void either
		return errStopped
	}
	r, found, err := c.pending()
	if err != nil || !found {
		return errors.Join(err, c.voidUnprinted(ctx))
	}
	_, err = c.s.Journal.Requested(ctx, cards.RequestText(r.Request))
	if errors.Is(err, journal.ErrUnknown) {
		answer, err := c.askTicket(ctx, r, "")
		if err != nil {
			return err
		}
		if answer.Refused == "" {
			if err := c.signGranted(ctx, r); err != nil {
				return err
			}
		}
	} else if err != nil {
		return err
	}
	if err := c.voidUnprinted(ctx); err != nil {
		return err
	}
	return c.forget()
}

// signGranted signs what the hub granted and nobody has.
func (c *clerk) signGranted(ctx context.Context, r ticketRequest) error {
	a, err := c.s.AllotmentOf(ctx, cards.Serial{Allotment: r.Allotment, Number: r.Number})
	if err != nil {
		return err
	}
	_, err = c.s.Journal.Sign(ctx, a, cards.RequestText(r.Request), "")
	return err
}

// voidUnprinted voids the tickets of which printing never began.
func (c *clerk) voidUnprinted(ctx context.Context) error {
	for _, o := range c.s.Journal.Open() {
		a, err := c.s.AllotmentOf(ctx, o.Serial())
		if err != nil || a.Kind != cards.KindTicket || o.State != cards.Signed {
			continue
		}
		if _, err := c.s.Journal.Mark(ctx, o.Serial(), cards.Void, "", cards.NothingSent); err != nil {
			return err
		}
		c.s.Wake()
	}
	return nil
}

// tendEvery is how often an open sale is looked at.
const tendEvery = 30 * time.Second

// tend mends what a sale left open, until ctx ends.
func (c *clerk) tend(ctx context.Context) {
	look := time.NewTicker(tendEvery)
	defer look.Stop()
	for {
		c.sale.Lock()
		err := c.mend(ctx)
		c.sale.Unlock()
		if err != nil {
			c.s.opts.Log.Info("ticket", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-look.C:
		}
	}
}
