package hub

import (
	"slices"
	"time"

	"pointkiosk/hub/ledger"
	"pointkiosk/hub/registry"
)

// A moneyView is what a page says of an account's points.
type moneyView struct {
	Balance string
	Expires string // of the points just taken
	Lots    []row
	Moves   []row
	Notices []notice
}

// A row is points with their day, and with what they were for.
type row struct{ When, What, Points string }

// A notice is one thing that an account's holder should know.
type notice struct {
	Text, Serial string // Serial is the point card's, if it is about one
	at           time.Time
}

// How many the page shows; older ones stay in the database.
const (
	maxNotices = 4
	maxMoves   = 10
)

// account shows what the signed-in account holds.
func (s *site) account(v *visit) (page, error) {
	if !v.signedIn() {
		return page{To: "/signin"}, nil
	}
	balance, err := s.points.Balance(v.Context(), v.session.Account)
	if err != nil {
		return page{}, err
	}
	money := &moneyView{Balance: v.number(balance.Points)}
	for _, lot := range balance.Lots {
		money.Lots = append(money.Lots, row{When: v.dayOf(lot.Expires), Points: v.number(lot.Points)})
	}
	for _, m := range balance.Movements[:min(len(balance.Movements), maxMoves)] {
		what := m.Event.Name.In(v.Lang())
		switch m.Kind {
		case "expire":
			what = v.Say("page.move.expired", what)
		case "ticket":
			what = v.Say("page.move.ticket")
		case "return":
			what = v.Say("page.move.return")
		case "reverse":
			what = v.Say("page.move.reverse", what)
		}
		money.Moves = append(money.Moves, row{When: v.date(m.At), What: what, Points: v.change(m.Points)})
	}
	if money.Notices, err = s.notices(v); err != nil {
		return page{}, err
	}
	p := page{Name: "account", Title: v.Say("page.account.title"), Money: money}
	if len(balance.Movements) > 0 {
		p.Office = v.office(balance.Movements[0].Event)
	}
	return p, nil
}

// notices tells what the account's holder should know, the newest first:
// sign-ins on new devices, what became of kept claims, and points that went to or
// came from another account.
func (s *site) notices(v *visit) (all []notice, err error) {
	devices, err := s.people.Notices(v.Context(), v.session.Account, maxNotices)
	if err != nil {
		return nil, err
	}
	for _, n := range devices {
		key := "page.notice.device"
		switch n.Kind {
		case registry.Rebound:
			key = "page.notice.rebound"
		case registry.NewCode:
			key = "page.notice.code"
		}
		all = append(all, notice{Text: v.Say(key, v.date(n.At)), at: n.At})
	}
	kept, err := s.keptClaims(v)
	if err != nil {
		return nil, err
	}
	all = append(all, kept...)
	reversed, err := s.points.Reversals(v.Context(), v.session.Account, maxNotices)
	if err != nil {
		return nil, err
	}
	for _, r := range reversed {
		key := "page.notice.reversed.from"
		if r.To == v.session.Account {
			key = "page.notice.reversed.to"
		}
		all = append(all, notice{Text: v.Say(key, v.date(r.At), r.Event.Name.In(v.Lang()), v.number(r.Points)), Serial: r.Serial.String(), at: r.At})
	}
	slices.SortStableFunc(all, func(a, b notice) int { return b.at.Compare(a.at) })
	return all[:min(len(all), maxNotices)], nil
}

// keptClaims tells what became of claims that were kept.
func (s *site) keptClaims(v *visit) (all []notice, err error) {
	claims, err := s.points.DecidedClaims(v.Context(), v.session.Account, maxNotices)
	if err != nil {
		return nil, err
	}
	for _, c := range claims {
		all = append(all, notice{Text: v.decided(c), Serial: c.Serial.String(), at: c.At})
	}
	waits, err := s.points.EndedWaits(v.Context(), v.session.Account, maxNotices)
	for _, w := range waits {
		all = append(all, notice{Text: v.waited(w), Serial: w.Serial.String(), at: w.At})
	}
	return all, err
}

// decided says what became of a claim that was kept for a person.
func (v *visit) decided(c ledger.DecidedClaim) string {
	when, event := v.date(c.At), c.Event.Name.In(v.Lang())
	switch c.Outcome {
	case ledger.ClaimGiven:
		return v.Say("page.notice.given", when, event, v.number(int64(c.Points)))
	case ledger.ClaimAgain:
		return v.Say("page.notice.again", when, event)
	}
	return v.Say("page.notice.refused", when, event)
}

// waited says what became of a claim that waited for its card to be activated.
func (v *visit) waited(w ledger.EndedWait) string {
	when, event := v.date(w.At), w.Event.Name.In(v.Lang())
	switch w.How {
	case ledger.WaitGiven:
		return v.Say("page.notice.wait.given", when, event, v.number(int64(w.Points)))
	case ledger.WaitUsed:
		return v.Say("page.notice.wait.used", when, event)
	case ledger.WaitOnce:
		return v.Say("page.notice.wait.once", when, event)
	case ledger.WaitLate:
		return v.Say("page.notice.wait.late", when, event)
	}
	return v.Say("page.notice.wait.ended", when, event)
}
