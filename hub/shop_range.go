package hub

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"golang.org/x/text/width"

	"pointkiosk/cards"
	"pointkiosk/hub/ledger"
)

// rangeLife is how long a range that was entered waits for the yes.
const rangeLife = 10 * time.Minute

// A rangeView is what a page says of cards that a partner hands out.
type rangeView struct {
	Event, Day  string
	First, Last string // serials
	Count, Yen  string // that become active
	Active      string
	Withdrawn   string     // "" if none are
	Gone        [][]string // which those are: one serial, or the first and the last
}

// Seen names what a press of the button is about.
func (r *rangeView) Seen() string { return r.First + " " + r.Last + " " + r.Count }

// serials names a range by what is printed on its cards.
func serials(r cards.Range) []string {
	first, last := cards.Serial{Allotment: r.Allotment, Number: r.First}, cards.Serial{Allotment: r.Allotment, Number: r.Last}
	if first == last {
		return []string{first.String()}
	}
	return []string{first.String(), last.String()}
}

// rangeOf says a range in a page's words.
func (v *visit) rangeOf(r ledger.RangeView) *rangeView {
	serial := func(n uint32) string { return cards.Serial{Allotment: r.Allotment.ID, Number: n}.String() }
	out := &rangeView{Event: r.Allotment.Event.Name.In(v.Lang()), Day: v.dayOf(r.Allotment.Day), First: serial(r.First), Last: serial(r.Last),
		Count: v.number(int64(r.Inactive)), Yen: v.number(r.Yen()), Active: v.number(int64(r.Active))}
	if r.Withdrawn > 0 {
		out.Withdrawn = v.number(int64(r.Withdrawn))
		for _, g := range r.Gone {
			out.Gone = append(out.Gone, serials(g))
		}
	}
	return out
}

func (s *site) showRanges(v *visit) (page, error) { return s.askRange(v, form{}, http.StatusOK) }

// askRange is the page that waits for the first and the last card handed out.
func (s *site) askRange(v *visit, f form, status int) (page, error) {
	list, err := s.tickets.PartnerRanges(v.Context(), v.shop.Partner.ID)
	if err != nil {
		return page{}, err
	}
	shop := &shopView{}
	for _, r := range list {
		shop.Ranges = append(shop.Ranges, v.rangeOf(r))
	}
	return v.shopPage(page{Status: status, Name: "range", Title: v.Say("shop.range.title"), Shop: shop, form: f}), nil
}

// enterRange takes the serials from the form, typed or as a hand scanner reads the
// codes, and shows what they mean before anything is done.
func (s *site) enterRange(v *visit) (page, error) {
	first, errFirst := s.serialOf(v, "first")
	last, errLast := s.serialOf(v, "last")
	f := form{Typed: v.PostFormValue("first"), Wrong: "first", Error: v.Say("shop.range.bad")}
	if errFirst != nil || len(f.Typed) > 20 {
		f.Typed = "" // it may be a card, which no page repeats
	}
	switch {
	case errFirst != nil:
		return s.askRange(v, f, http.StatusUnprocessableEntity)
	case errLast != nil:
		f.Wrong = "last"
		return s.askRange(v, f, http.StatusUnprocessableEntity)
	case first.Allotment != last.Allotment || last.Number < first.Number:
		f.Wrong, f.Error = "last", v.Say("shop.range.order")
		return s.askRange(v, f, http.StatusUnprocessableEntity)
	}
	r := ledger.Range{Allotment: first.Allotment, First: first.Number, Last: last.Number}
	if _, err := s.tickets.LookRange(v.Context(), r, v.shop.Partner.ID); err != nil {
		return s.noRange(v, f.Typed, err)
	}
	s.setCookie(v.w, "range", s.seal.close("range", first.String()+" "+last.String(), s.clock()), rangeLife)
	return page{To: "/shop/range/check"}, nil
}

// serialOf reads a serial, or the card that carries it.
func (s *site) serialOf(v *visit, field string) (cards.Serial, error) {
	text := strings.TrimSpace(width.Narrow.String(v.PostFormValue(field)))
	if serial, err := cards.NormalizeSerial(text); err == nil {
		return serial, nil
	}
	hosts, err := s.tickets.Hosts(v.Context())
	if err != nil {
		return cards.Serial{}, err
	}
	text, err = cards.Normalize(text, hosts...)
	if err != nil {
		return cards.Serial{}, err
	}
	c, err := cards.Parse(text)
	return c.Serial(), err
}

// heldRange returns the range that was entered.
func (s *site) heldRange(v *visit) (r ledger.Range, ok bool) {
	c, err := v.Cookie(s.cookieName("range"))
	if err != nil {
		return r, false
	}
	plain, err := s.seal.open("range", c.Value, s.clock(), rangeLife)
	if err != nil {
		return r, false
	}
	one, two, _ := strings.Cut(plain, " ")
	first, errFirst := cards.ParseSerial(one)
	last, errLast := cards.ParseSerial(two)
	return ledger.Range{Allotment: first.Allotment, First: first.Number, Last: last.Number}, errors.Join(errFirst, errLast) == nil
}

// showRange says what would become active, or that all of it is.
func (s *site) showRange(v *visit) (page, error) {
	r, ok := s.heldRange(v)
	if !ok {
		return page{To: "/shop/range"}, nil
	}
	look, err := s.tickets.LookRange(v.Context(), r, v.shop.Partner.ID)
	if err != nil {
		return s.noRange(v, "", err)
	}
	name, title := "rangecheck", v.Say("shop.range.check", v.number(int64(look.Inactive)))
	if look.Inactive == 0 {
		name, title = "rangedone", v.Say("shop.range.done", v.number(int64(look.Active)))
	}
	p := v.shopPage(page{Name: name, Title: title, Shop: &shopView{Range: v.rangeOf(look)}})
	p.Office = v.office(look.Allotment.Event)
	return p, nil
}

// activateRange is the one press that activates the cards: as many as the page
// said, for another may have been entered since, in another tab.
func (s *site) activateRange(v *visit) (page, error) {
	r, ok := s.heldRange(v)
	if !ok {
		return page{To: "/shop/range"}, nil
	}
	look, err := s.tickets.LookRange(v.Context(), r, v.shop.Partner.ID)
	if err != nil {
		return s.noRange(v, "", err)
	}
	if v.PostFormValue("seen") != v.rangeOf(look).Seen() {
		return page{To: "/shop/range/check"}, nil
	}
	if _, err := s.tickets.ActivateBy(v.Context(), r, v.shop.Partner.ID); err != nil {
		return s.noRange(v, "", err)
	}
	return page{To: "/shop/range/check"}, nil
}

// noRange says in plain words why a range can't be activated here.
func (s *site) noRange(v *visit, typed string, err error) (page, error) {
	f := form{Wrong: "first", Typed: typed}
	refused, beyond := (*ledger.RefusedError)(nil), (*ledger.BudgetError)(nil)
	switch {
	case errors.As(err, &beyond):
		f.Error = v.Say("shop.range.budget")
	case !errors.As(err, &refused):
		return page{}, err
	case refused.Why == ledger.Closed:
		p, err := s.askRange(v, form{Error: v.Say("shop.no.closed")}, http.StatusServiceUnavailable)
		p.Retry = retryClosed
		return p, err
	case refused.Why == ledger.Lapsed:
		f.Error = v.Say("shop.range.lapsed")
	case refused.Why == ledger.Revoked:
		f.Error = v.Say("shop.range.office")
	default:
		f.Error = v.Say("shop.range.outside")
	}
	return s.askRange(v, f, http.StatusConflict)
}
