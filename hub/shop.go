package hub

import (
	"context"
	"errors"
	"html/template"
	"net/http"
	"strings"
	"time"

	"golang.org/x/text/width"

	"pointkiosk/assets/words"
	"pointkiosk/cards"
	"pointkiosk/hub/ledger"
	"pointkiosk/hub/registry"
)

// tickets is what the shops' pages need of the ledger.
type tickets interface {
	LookTicket(ctx context.Context, c cards.Card) (ledger.TicketView, error)
	Spend(ctx context.Context, c cards.Card, partner, press string) (ledger.TicketView, error)
	Hosts(ctx context.Context) ([]cards.Host, error)
	Settlement(ctx context.Context, partner string, from, until time.Time) ([]ledger.Settled, error)
	PartnerRanges(ctx context.Context, partner string) ([]ledger.RangeView, error)
	LookRange(ctx context.Context, r ledger.Range, partner string) (ledger.RangeView, error)
	ActivateBy(ctx context.Context, r ledger.Range, partner string) (ledger.RangeDone, error)
}

// ticketLife is how long a ticket that was read waits for the shop's yes.
const ticketLife = 10 * time.Minute

// A shopView is what a page says to a shop.
type shopView struct {
	Name         string
	Token        string // of each of its forms
	Today, Month string // taken so far
	Points       string // of the ticket at hand
	Until        string
	Serial       string
	Big          template.HTML
	Ranges       []*rangeView // that it hands out
	Range        *rangeView   // at hand
}

// shopRoutes are the shops' pages by their patterns. No GET changes anything.
func (s *site) shopRoutes() map[string]func(*visit) (page, error) {
	return map[string]func(*visit) (page, error){
		"GET /SHOP":          func(*visit) (page, error) { return page{To: "/shop"}, nil }, // a shop's plate: codes have no lower case
		"GET /shop":          s.inShop(s.showShop),
		"POST /shop":         s.inShop(s.lookTicket),
		"GET /shop/ticket":   s.inShop(s.showTicket),
		"POST /shop/ticket":  s.inShop(s.spendTicket),
		"GET /shop/done":     s.inShop(s.ticketDone),
		"GET /shop/signin":   s.showShopSignIn,
		"POST /shop/signin":  s.shopSignIn,
		"POST /shop/signout": s.inShop(s.shopSignOut),

		"GET /shop/range":        s.inShop(s.showRanges),
		"POST /shop/range":       s.inShop(s.enterRange),
		"GET /shop/range/check":  s.inShop(s.showRange),
		"POST /shop/range/check": s.inShop(s.activateRange),
	}
}

// inShop sends whoever is no shop to the sign-in, and a form that is not of this
// session back to the beginning.
func (s *site) inShop(do func(*visit) (page, error)) func(*visit) (page, error) {
	return func(v *visit) (page, error) {
		found, err := s.shopOf(v)
		if err != nil {
			return page{}, err
		}
		if !found {
			return page{To: "/shop/signin"}, nil
		}
		if v.Method == http.MethodPost && !v.fromOurForm(v.shop.FormToken()) {
			return page{To: "/shop"}, nil
		}
		return do(v)
	}
}

// shopOf finds the shop that is signed in.
func (s *site) shopOf(v *visit) (found bool, err error) {
	c, err := v.Cookie(s.cookieName("shop"))
	if err != nil {
		return false, nil
	}
	v.shop, err = s.people.ResumePartner(v.Context(), c.Value)
	if errors.Is(err, registry.ErrSignedOut) {
		return false, nil
	}
	return err == nil, err
}

// shopPage is a page for the shop that is signed in.
func (v *visit) shopPage(p page) page {
	if p.Shop == nil {
		p.Shop = &shopView{}
	}
	p.Shop.Name, p.Shop.Token = v.shop.Partner.Name.In(v.Lang()), v.shop.FormToken()
	return p
}

func (s *site) showShop(v *visit) (page, error) { return s.askTicket(v, form{}, http.StatusOK) }

// askTicket is the page that waits for a ticket.
func (s *site) askTicket(v *visit, f form, status int) (page, error) {
	now := s.clock().In(cards.Japan)
	day := cards.DayOf(now).Start()
	month := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, cards.Japan)
	shop := &shopView{}
	for _, sum := range []struct {
		from time.Time
		into *string
	}{{day, &shop.Today}, {month, &shop.Month}} {
		list, err := s.tickets.Settlement(v.Context(), v.shop.Partner.ID, sum.from, now.Add(time.Hour))
		if err != nil {
			return page{}, err
		}
		count, points := 0, int64(0)
		for _, one := range list {
			count, points = count+one.Tickets, points+one.Points
		}
		*sum.into = v.Say("shop.sum", count, v.number(points))
	}
	ranges, err := s.tickets.PartnerRanges(v.Context(), v.shop.Partner.ID)
	if err != nil {
		return page{}, err
	}
	for _, r := range ranges { // their page is offered to who has some
		shop.Ranges = append(shop.Ranges, v.rangeOf(r))
	}
	return v.shopPage(page{Status: status, Name: "shop", Title: v.Say("shop.title"), Shop: shop, form: f}), nil
}

// lookTicket takes a ticket's text from the form, as a hand scanner types it.
func (s *site) lookTicket(v *visit) (page, error) {
	hosts, err := s.tickets.Hosts(v.Context())
	if err != nil {
		return page{}, err
	}
	text, err := cards.Normalize(width.Narrow.String(strings.TrimSpace(v.PostFormValue("ticket"))), hosts...)
	switch {
	case errors.Is(err, cards.ErrHost):
		return s.askTicket(v, form{Error: v.Say("shop.otherhost"), Wrong: "ticket"}, http.StatusUnprocessableEntity)
	case err != nil:
		return s.askTicket(v, form{Error: v.Say("shop.bad"), Wrong: "ticket"}, http.StatusUnprocessableEntity)
	}
	return s.readTicket(v, text)
}

// readTicket hides a ticket's text in a cookie, with a name for the press that
// may follow: by it a second press of the same button is known.
func (s *site) readTicket(v *visit, text string) (page, error) {
	press, err := s.people.NewSecret()
	if err != nil {
		return page{}, err
	}
	s.setCookie(v.w, "ticket", s.seal.close("ticket", text+" "+press, s.clock()), ticketLife)
	return page{To: "/shop/ticket"}, nil
}

// heldTicket returns the ticket that the shop has read.
func (s *site) heldTicket(v *visit) (c cards.Card, press string, ok bool) {
	cookie, err := v.Cookie(s.cookieName("ticket"))
	if err != nil {
		return c, "", false
	}
	plain, err := s.seal.open("ticket", cookie.Value, s.clock(), ticketLife)
	if err != nil {
		return c, "", false
	}
	text, press, _ := strings.Cut(plain, " ")
	c, err = cards.Parse(text)
	return c, press, err == nil && press != ""
}

// showTicket says whether the ticket can be taken.
func (s *site) showTicket(v *visit) (page, error) {
	card, press, ok := s.heldTicket(v)
	if !ok {
		return page{To: "/shop"}, nil
	}
	look, err := s.tickets.LookTicket(v.Context(), card)
	switch {
	case err != nil:
		return v.noTicket(look, err)
	case look.Press == press && look.SpentBy == v.shop.Partner.ID:
		return page{To: "/shop/done"}, nil
	case !look.SpentAt.IsZero():
		return v.spentTicket(look), nil
	}
	points := v.number(int64(look.Allotment.Points))
	title := v.Say("shop.good", points)
	return v.aboutTicket(look, page{Name: "ticket", Title: title, Shop: &shopView{Points: points, Big: big(title, points)}}), nil
}

// spendTicket is the one press that takes the ticket.
func (s *site) spendTicket(v *visit) (page, error) {
	card, press, ok := s.heldTicket(v)
	if !ok || v.PostFormValue("serial") != card.Serial().String() { // another was read since, in another tab: show which
		return page{To: "/shop/ticket"}, nil
	}
	look, err := s.tickets.Spend(v.Context(), card, v.shop.Partner.ID, press)
	if refused := (*ledger.RefusedError)(nil); errors.As(err, &refused) && refused.Why == ledger.Used {
		return page{To: "/shop/ticket"}, nil // which says when, and by whom
	}
	if err != nil {
		return v.noTicket(look, err)
	}
	return page{To: "/shop/done"}, nil
}

// ticketDone says what was taken: by the ledger, so that a reload says it again.
func (s *site) ticketDone(v *visit) (page, error) {
	card, press, ok := s.heldTicket(v)
	if !ok {
		return page{To: "/shop"}, nil
	}
	look, err := s.tickets.LookTicket(v.Context(), card)
	if err != nil || look.SpentBy != v.shop.Partner.ID || look.Press != press {
		return page{To: "/shop/ticket"}, nil
	}
	points := v.number(int64(look.Allotment.Points))
	title := v.Say("shop.done", points)
	return v.aboutTicket(look, page{Name: "ticketdone", Title: title, Text: words.DateTime(v.Lang(), look.SpentAt.In(cards.Japan)),
		Shop: &shopView{Points: points, Big: big(title, points)}}), nil
}

// aboutTicket fills in the ticket that a page is about, as far as it is known.
func (v *visit) aboutTicket(look ledger.TicketView, p page) page {
	p = v.shopPage(p)
	p.Shop.Serial = look.Serial.String()
	if a := look.Allotment; a.ID != 0 {
		p.Office, p.Shop.Until = v.office(a.Event), v.dayOf(a.Expires)
	}
	return p
}

// spentTicket is the page for a ticket that is spent.
func (v *visit) spentTicket(look ledger.TicketView) page {
	why := "used"
	if look.SpentBy == v.shop.Partner.ID {
		why = "mine"
	}
	return v.notTaken(look, why, words.DateTime(v.Lang(), look.SpentAt.In(cards.Japan)))
}

// noTicket says in plain words why a ticket can't be taken.
func (v *visit) noTicket(look ledger.TicketView, err error) (page, error) {
	refused := (*ledger.RefusedError)(nil)
	if !errors.As(err, &refused) {
		return page{}, err
	}
	switch refused.Why {
	case ledger.Used:
		return v.notTaken(look, "used", words.DateTime(v.Lang(), refused.At.In(cards.Japan))), nil
	case ledger.VoidCard:
		return v.notTaken(look, "void"), nil
	case ledger.Lapsed:
		return v.notTaken(look, "lapsed", v.dayOf(look.Allotment.Expires)), nil
	case ledger.Practice:
		return v.notTaken(look, "practice"), nil
	case ledger.IsCard:
		return v.notTaken(look, "card"), nil
	case ledger.NotGranted:
		return v.notTaken(look, "notgranted"), nil
	case ledger.Closed:
		p := v.notTaken(look, "closed")
		p.Status, p.Retry = http.StatusServiceUnavailable, retryClosed
		return p, nil
	case ledger.Revoked, ledger.Restored, ledger.ByPerson:
		return v.notTaken(look, "office"), nil
	}
	return v.notTaken(look, "forged"), nil
}

// notTaken is the page for a ticket that a shop must not take.
func (v *visit) notTaken(look ledger.TicketView, why string, args ...any) page {
	status := http.StatusOK
	if v.Method == http.MethodPost {
		status = http.StatusConflict
	}
	return v.aboutTicket(look, page{Status: status, Name: "ticketno", Title: v.Say("shop.no." + why + ".title"), Text: v.Say("shop.no."+why, args...)})
}

// foundTicket is where the address on a ticket leads: to the shop that is signed
// in here, or to the word that a shop takes it.
func (s *site) foundTicket(v *visit, card cards.Card) (page, error) {
	found, err := s.shopOf(v)
	switch {
	case err != nil:
		return page{}, err
	case found:
		return s.readTicket(v, card.Text())
	}
	return page{Name: "say", Title: v.Say("page.no.ticket.title"), Text: v.Say("page.no.ticket"), Shop: &shopView{}}, nil
}
