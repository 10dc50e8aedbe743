package hub

// A moneyView is what a page says of an account's points.
type moneyView struct {
	Balance string
	Expires string // of the points just taken
	Lots    []row
	Moves   []row
	Notices []string
}

// A row is points with their day, and with what they were for.
type row struct{ When, What, Points string }

// How many the page shows; older ones stay in the database.
const (
	maxNotices = 3
	maxMoves   = 10
)

// account shows what the signed-in account holds.
func (s *site) account(v *visit) (page, error) {
	if !v.signedIn() {
		return page{To: "/signin"}, nil
	}
	balance, err := s.points.Balance(v.Context(), v.session.Account.String())
	if err != nil {
		return page{}, err
	}
	notices, err := s.people.Notices(v.Context(), v.session.Account, maxNotices)
	if err != nil {
		return page{}, err
	}
	money := &moneyView{Balance: v.number(balance.Points)}
	for _, lot := range balance.Lots {
		money.Lots = append(money.Lots, row{When: v.dayOf(lot.Expires), Points: v.number(lot.Points)})
	}
	for _, m := range balance.Movements[:min(len(balance.Movements), maxMoves)] {
		money.Moves = append(money.Moves, row{When: v.date(m.At), What: m.Event.Name.In(v.Lang()), Points: v.change(m.Points)})
	}
	for _, n := range notices {
		money.Notices = append(money.Notices, v.Say("page.notice.device", v.date(n.At)))
	}
	p := page{Name: "account", Title: v.Say("page.account.title"), Money: money}
	if len(balance.Movements) > 0 {
		p.Office = v.office(balance.Movements[0].Event)
	}
	return p, nil
}
