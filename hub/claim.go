package hub

import (
	"errors"
	"net/http"
	"slices"

	"pointkiosk/cards"
	"pointkiosk/hub/ledger"
)

// A cardView is what a page says of a card.
type cardView struct{ Event, Day, Until, Points, Serial string }

// An officeView is whose points they are, and whom to ask.
type officeView struct{ Site, Name, Phone string }

func (v *visit) office(e cards.Event) *officeView {
	municipality := e.Municipality.In(v.Lang())
	o := &officeView{Site: municipality + " " + e.Scheme.In(v.Lang()), Phone: e.Phone}
	if contact := e.Contact.In(v.Lang()); contact != "" {
		o.Name = municipality + " " + contact
	}
	return o
}

// about fills in the card that a page is about, as far as it is known.
func (v *visit) about(look ledger.View, p page) page {
	if a := look.Allotment; a.ID != 0 {
		p.Office = v.office(a.Event)
		p.Card = &cardView{Event: a.Event.Name.In(v.Lang()), Day: v.dayOf(a.Day), Until: v.dayOf(a.Expires),
			Points: v.number(int64(a.Points)), Serial: look.Serial.String()}
	}
	return p
}

// openCard takes the card's text out of the address and hides it in a cookie.
// It asks nobody: whoever fetches the address changes nothing.
func (s *site) openCard(v *visit) (page, error) {
	text, err := cards.Normalize(v.PathValue("token"))
	if err != nil {
		return s.badCard(v)
	}
	if v.Method != http.MethodHead {
		s.setCookie(v.w, "card", s.seal.close("card", text, s.clock()), cardLife)
	}
	return page{To: "/claim"}, nil
}

func (s *site) badCard(v *visit) (page, error) {
	return page{Status: http.StatusNotFound, Name: "say", Title: v.Say("page.bad.title"), Text: v.Say("page.bad.text")}, nil
}

// held returns the card that the visitor opened.
func (s *site) held(v *visit) (cards.Card, bool) {
	c, err := v.Cookie(s.cookieName("card"))
	if err != nil {
		return cards.Card{}, false
	}
	text, err := s.seal.open("card", c.Value, s.clock(), cardLife)
	if err != nil {
		return cards.Card{}, false
	}
	card, err := cards.Parse(text)
	return card, err == nil
}

func noCard(v *visit) (page, error) {
	return page{Name: "say", Title: v.Say("page.nocard.title"), Text: v.Say("page.nocard.text")}, nil
}

// showCard says what the card is worth, or why nothing.
func (s *site) showCard(v *visit) (page, error) {
	card, ok := s.held(v)
	if !ok {
		return noCard(v)
	}
	if card.Kind == cards.KindTicket {
		return s.foundTicket(v, card)
	}
	look, err := s.points.Look(v.Context(), card)
	switch mine := v.signedIn() && slices.Contains(look.Waiting, v.session.Account); {
	case inactive(err) && mine:
		return v.about(look, page{Name: "say", Title: v.Say("page.wait.title"), Text: v.Say("page.wait")}), nil
	case inactive(err): // to take it is to wait for it
		return s.offer(v, look, form{}, http.StatusOK)
	case mine:
		return v.about(look, page{Name: "say", Title: v.Say("page.kept.title"), Text: v.Say("page.kept")}), nil
	case waits(err):
		return s.ask(v, look, form{}, http.StatusOK)
	case err != nil:
		return v.refused(look, err)
	case look.RedeemedBy != "" && look.RedeemedBy == v.session.Account:
		return v.no(look, "mine", v.date(look.RedeemedAt)), nil
	case look.RedeemedBy != "":
		return v.no(look, "used", v.date(look.RedeemedAt)), nil
	}
	return s.offer(v, look, form{}, http.StatusOK)
}

// offer is the page with the points: to sign in, or to take them.
func (s *site) offer(v *visit, look ledger.View, f form, status int) (page, error) {
	if err := s.needDevice(v); err != nil {
		return page{}, err
	}
	points := v.number(int64(look.Allotment.Points))
	title := v.Say("page.claim.title", points)
	return v.about(look, page{Status: status, Name: "claim", Title: title, Big: big(title, points), form: f}), nil
}

// waits reports whether only a person can decide what a card gives.
func waits(err error) bool {
	refused := (*ledger.RefusedError)(nil)
	return errors.As(err, &refused) && (refused.Why == ledger.Revoked || refused.Why == ledger.Restored)
}

// inactive reports whether nobody has activated a card yet: a claim of it is kept,
// and completes by itself.
func inactive(err error) bool {
	refused := (*ledger.RefusedError)(nil)
	return errors.As(err, &refused) && refused.Why == ledger.Inactive
}

// ask is the page of a card that a person has to check: to sign in, or to ask
// for the check.
func (s *site) ask(v *visit, look ledger.View, f form, status int) (page, error) {
	if err := s.needDevice(v); err != nil {
		return page{}, err
	}
	return v.about(look, page{Status: status, Name: "ask", Title: v.Say("page.no.office.title"), Text: v.Say("page.no.office"), form: f}), nil
}

// claim is the one press that takes the points, or asks for the check.
func (s *site) claim(v *visit) (page, error) {
	card, ok := s.held(v)
	if !ok {
		return noCard(v)
	}
	if !v.signedIn() || !v.fromOurForm(v.session.FormToken()) {
		return page{To: "/claim"}, nil // it offers the button, or to sign in, once more
	}
	if shown := v.PostFormValue("card"); shown != "" && shown != card.Serial().String() {
		return page{To: "/claim"}, nil // another card was opened since, in another tab: show which
	}
	if err := s.people.Use(v.Context(), v.session); err != nil {
		return page{}, err
	}
	_, err := s.points.Claim(v.Context(), card, v.session.Account)
	if waits(err) || inactive(err) { // and is kept: a reload says so again, and asks for nothing twice
		return page{To: "/claim"}, nil
	}
	if refused := (*ledger.RefusedError)(nil); errors.As(err, &refused) {
		look, lookErr := s.points.Look(v.Context(), card)
		if lookErr != nil && !errors.As(lookErr, new(*ledger.RefusedError)) {
			return page{}, lookErr
		}
		return v.refused(look, err)
	}
	if err != nil {
		return page{}, err
	}
	return page{To: "/done"}, nil
}

// done says what was taken: by the ledger, so that a reload says it again.
func (s *site) done(v *visit) (page, error) {
	card, ok := s.held(v)
	if !ok || !v.signedIn() {
		return page{To: "/account"}, nil
	}
	account := v.session.Account
	look, err := s.points.Look(v.Context(), card)
	if err != nil || look.RedeemedBy != account {
		return page{To: "/claim"}, nil // which finds out why
	}
	claimed, _, err := s.points.Taken(v.Context(), card, account)
	if err != nil {
		return page{}, err
	}
	balance, err := s.points.Balance(v.Context(), account)
	if err != nil {
		return page{}, err
	}
	number := v.number(int64(claimed.Points))
	title := v.Say("page.done.title", number)
	return v.about(look, page{Name: "done", Title: title, Big: big(title, number),
		Money: &moneyView{Balance: v.number(balance.Points), Expires: v.dayOf(claimed.Expires)}}), nil
}

// refused says in plain words why a card gives no points.
func (v *visit) refused(look ledger.View, err error) (page, error) {
	refused := (*ledger.RefusedError)(nil)
	if !errors.As(err, &refused) {
		return page{}, err
	}
	switch a := look.Allotment; refused.Why {
	case ledger.Used:
		return v.no(look, "used", v.date(refused.At)), nil
	case ledger.VoidCard:
		return v.no(look, "void"), nil
	case ledger.Withdrawn:
		return v.no(look, "withdrawn"), nil
	case ledger.Lapsed:
		return v.no(look, "lapsed", v.dayOf(a.Expires)), nil
	case ledger.Practice:
		return v.no(look, "practice"), nil
	case ledger.OncePerDay:
		return v.no(look, "once", v.dayOf(a.Day)), nil
	case ledger.Revoked, ledger.Restored:
		return v.no(look, "office"), nil
	case ledger.Closed:
		p := v.no(look, "closed")
		p.Status, p.Retry = http.StatusServiceUnavailable, retryClosed
		return p, nil
	case ledger.ByPerson:
		return v.no(look, "person"), nil
	case ledger.IsTicket:
		return v.no(look, "ticket"), nil
	case ledger.UnknownKey, ledger.BadSignature, ledger.Outside:
		return v.no(look, "forged"), nil
	}
	return v.no(look, "later"), nil
}

// no is the page for a card that gives no points.
func (v *visit) no(look ledger.View, why string, args ...any) page {
	status := http.StatusOK
	if v.Method == http.MethodPost {
		status = http.StatusConflict
	}
	return v.about(look, page{Status: status, Name: "say", Title: v.Say("page.no." + why + ".title"), Text: v.Say("page.no."+why, args...),
		form: form{Again: why == "used"}}) // whose it is may be the one who asks, signed out
}
