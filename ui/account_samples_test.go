package ui

import (
	"strings"
	"time"

	"pointkiosk/cards"
	"pointkiosk/kiosk"
	"pointkiosk/kiosk/account"
	"pointkiosk/kiosk/prize"
)

// atAccount is a resident at one of the screens of an account.
func atAccount(name string, step account.Step, change func(s *kiosk.State)) sample {
	return with("account-"+name, kiosk.Account, func(s *kiosk.State) {
		s.Site.Counter, s.Site.Accounts, s.Network = true, true, kiosk.Network{Online: true}
		s.Account = account.State{Step: step, Reader: true}
		change(s)
	})
}

// some is an account of somebody who comes often.
func some() account.Account {
	radu, long := account.Name{Ja: "らづポイント", En: "Radu Point"}, account.Name(long().Event.Scheme)
	a := account.Account{Tail: "W2HN", Home: radu}
	for n := range 5 {
		a.Lots = append(a.Lots, account.Lot{Scheme: radu, Points: int64(200 * (n + 1)), Expires: now().AddDate(0, n+1, 0)})
	}
	a.Lots = append(a.Lots, account.Lot{Scheme: long, Points: 12000, Expires: now().AddDate(1, 0, 0)})
	for n := range 23 {
		m := account.Move{At: now().AddDate(0, 0, -3*n), Kind: "redeem", Points: 200, Event: account.Name{Ja: "ナチュラルバル", En: "Natural Bar"}}
		if n%4 == 1 {
			m.Event = account.Name{Ja: "第12回「くらしを守る」防災・防犯・交通安全フェスティバル", En: "The 12th Festival of Disaster Prevention, Crime Prevention and Road Safety"}
		}
		if n%5 == 2 {
			m.Kind, m.Points = "expire", -1200
		}
		a.Moves = append(a.Moves, m)
	}
	return a
}

// words are all that a paper card may be told.
func verdicts() []string {
	return append(strings.Split("used void lapsed practice host malformed twice unsent maybe ask outside revoked restored closed", " "),
		"unknown key", "bad signature", "by a person", "once per day", "ticket", "scheme", "full", "inactive", "withdrawn", "no such word")
}

func scannedLines(n int) (list []account.Line) {
	for i := range n {
		l := account.Line{N: i + 1, Done: i < n-1, Serial: "ABCD-EFGH-JKMN", Points: 200}
		switch {
		case i == 1:
			l.Before = true
		case i > 1 && i < 2+len(verdicts()):
			l.Word, l.Points = verdicts()[i-2], 0
		}
		list = append(list, l)
	}
	return list
}

// ticketSamples are the screens on which points become a ticket.
func ticketSamples() (list []sample) {
	radu := some().Home
	offers := func(n int) (all []account.Ticket) {
		for i := range n {
			all = append(all, account.Ticket{Allotment: uint32(300 + i), Scheme: radu, Points: int64(500 * (i + 1) * (i + 1)), Expires: now().AddDate(0, 1, 0)})
		}
		return all
	}
	for name, n := range map[string]int{"none": 0, "one": 1, "some": 4, "many": 7} {
		list = append(list, atAccount("tickets-"+name, account.Tickets, func(s *kiosk.State) { s.Account.Account, s.Account.Tickets = some(), offers(n) }))
	}
	list = append(list,
		atAccount("balance-tickets", account.Balance, func(s *kiosk.State) { s.Account.Account, s.Site.Tickets = some(), true }),
		atAccount("ticket-sure", account.Sure, func(s *kiosk.State) { s.Account.Ticket = offers(2)[1]; *s = nearlyGone(*s) }),
		atAccount("ticket-buying", account.Buying, func(*kiosk.State) {}),
		atAccount("ticket-out", account.Bought, func(s *kiosk.State) { s.Account.Sale.Serial = "ABCD-EFGH-JKMN" }),
		atAccount("ticket-doubt", account.Bought, func(s *kiosk.State) { s.Account.Sale = account.Sale{Serial: "ABCD-EFGH-JKMN", Doubt: true} }),
		atAccount("ticket-doubt-paper", account.Bought, func(s *kiosk.State) {
			s.Account.Sale = account.Sale{Serial: "ABCD-EFGH-JKMN", Doubt: true, Word: "paper"}
		}),
	)
	for _, word := range strings.Fields("paper unheard fault short shut over stopped other") {
		list = append(list, atAccount("ticket-"+word, account.Bought, func(s *kiosk.State) { s.Account.Sale.Word = word }))
	}
	return list
}

// prizeSamples are the screens of 賞品交換.
func prizeSamples() (list []sample) {
	at := func(name string, step prize.Step, change func(*prize.State)) {
		list = append(list, with("prize-"+name, kiosk.Prize, func(s *kiosk.State) {
			s.Site.Accounts, s.Network, s.Desk.Operator = true, kiosk.Network{Online: true}, "佐藤"
			s.Prize.Step = step
			change(&s.Prize)
		}))
	}
	filled := func(s *prize.State) {
		for n := range 9 {
			l := prize.Line{Serial: "ABCD-EFGH-JKMN", Points: 200, Event: prize.Name(long().Event.Name)}
			if n%3 == 1 {
				l.Word, l.Points = verdicts()[n], 0
			}
			s.Basket.Lines = append(s.Basket.Lines, l)
		}
		s.Basket.Sum = 1200
		for n := range 5 {
			s.Basket.Prizes = append(s.Basket.Prizes, prize.Prize{ID: string(rune('a' + n)), Name: prize.Name{Ja: "木更津の海苔とお米の詰め合わせ", En: "A hamper of Kisarazu seaweed and rice"}, Points: 1000, Stock: 12, Change: 7})
		}
		s.Prize = s.Basket.Prizes[0]
	}
	at("none", prize.Scan, func(*prize.State) {})
	at("scan", prize.Scan, filled)
	at("scan-short", prize.Scan, func(s *prize.State) { filled(s); s.Basket.Prizes = nil })
	at("scan-offline", prize.Scan, func(s *prize.State) { filled(s); s.Basket.Prizes, s.Basket.Sum, s.Basket.Word = nil, 0, "unsent" })
	at("choose", prize.Choose, filled)
	at("sure", prize.Sure, func(s *prize.State) { filled(s); s.Basket.Second = true })
	at("sure-lost", prize.Sure, func(s *prize.State) { filled(s); s.Prize.Change, s.Give = 0, true })
	at("taking", prize.Taking, func(*prize.State) {})
	at("done", prize.Done, func(s *prize.State) {
		s.Taken = prize.Taken{Slip: 12, Prize: prize.Name{Ja: "木更津の海苔とお米の詰め合わせ", En: "A hamper of Kisarazu seaweed and rice"}, Surplus: 200, Change: true, Card: true, Printed: true}
	})
	at("done-before", prize.Done, func(s *prize.State) {
		s.Taken = prize.Taken{Slip: 12, Prize: prize.Name{Ja: "手ぬぐい", En: "A towel"}, Surplus: 200, Change: true, Before: true}
	})
	list = append(list, with("prize-scan-leaving", kiosk.Prize, func(s *kiosk.State) {
		s.Site.Accounts, s.Network, s.Desk.Operator = true, kiosk.Network{Online: true}, "佐藤"
		filled(&s.Prize)
		*s = nearlyGone(*s)
		s.Now = now().Add(290 * time.Second)
	}))
	at("done-later", prize.Done, func(s *prize.State) {
		s.Taken = prize.Taken{Slip: 12, Prize: prize.Name{Ja: "手ぬぐい", En: "A towel"}, Surplus: 200, Change: true, Later: true, Printed: true}
	})
	at("done-asked", prize.Done, func(s *prize.State) {
		s.Taken = prize.Taken{Slip: 12, Prize: prize.Name{Ja: "木更津の海苔とお米の詰め合わせ", En: "A hamper of Kisarazu seaweed and rice"}, Surplus: 200, Change: true, Asked: "0000-51R0-08BX", Before: true}
	})
	at("done-owed", prize.Done, func(s *prize.State) {
		s.Taken = prize.Taken{Slip: 12, Prize: prize.Name{Ja: "木更津の海苔とお米の詰め合わせ", En: "A hamper of Kisarazu seaweed and rice"}, Surplus: 200, Unpaid: true, Before: true}
	})
	at("not-open", prize.Done, func(s *prize.State) { s.Taken.Word, s.Taken.Before = "open", true })
	for _, word := range strings.Fields("unheard fault cards prize price stock second change stopped other") {
		at("not-"+word, prize.Done, func(s *prize.State) { s.Taken.Word = word })
	}
	list = append(list, with("menu-prizes", kiosk.Menu, func(s *kiosk.State) {
		s.Site.Accounts, s.Desk.Operator, s.Offers, s.Owed = true, "佐藤", several(11), 12
	}))
	return list
}

// accountSamples are the screens of an account.
func accountSamples() []sample {
	none := func(*kiosk.State) {}
	list := []sample{
		with("home-accounts", kiosk.Home, func(s *kiosk.State) { s.Site.Counter, s.Site.Accounts = true, true }),
		with("home-accounts-long", kiosk.Home, func(s *kiosk.State) {
			s.Site.Counter, s.Site.Accounts, s.Site.Allotment, s.Now = true, true, long(), now().Add(-5*time.Hour)
		}),
		with("home-accounts-noreader", kiosk.Home, func(s *kiosk.State) { s.Site.Accounts = true }),
		with("home-accounts-none", kiosk.Home, func(s *kiosk.State) {
			s.Offers, s.Site.Granted, s.Site.Allotment, s.Site.Counter, s.Site.Accounts = nil, false, cards.Allotment{}, true, true
			s.Site.Contact, s.Site.Phone = cards.Text{Ja: "市民活動支援課", En: "Civic Activities"}, "0438-23-8610"
		}),
		with("home-accounts-alone", kiosk.Home, func(s *kiosk.State) {
			s.Offers, s.Site.Granted, s.Site.Allotment, s.Site.Accounts = nil, false, cards.Allotment{}, true
		}),
		atAccount("ways", account.Ways, none),
		atAccount("ways-offline", account.Ways, func(s *kiosk.State) { s.Network = kiosk.Network{Unsent: 12} }),
		atAccount("id", account.ID, none),
		atAccount("password", account.Password, func(s *kiosk.State) { s.Account.ID = "WMWMWMWM" }),
		atAccount("password-wrong", account.Password, func(s *kiosk.State) { s.Account.ID, s.Account.Wrong = "WMWMWMWM", true; *s = nearlyGone(*s) }),
		atAccount("forgot", account.Forgot, none),
		atAccount("forgot-noreader", account.Forgot, func(s *kiosk.State) { s.Account.Reader = false }),
		atAccount("opening", account.Opening, none),
		atAccount("looking", account.Looking, none),
		atAccount("balance", account.Balance, func(s *kiosk.State) { s.Account.Account = some(); s.Account.Account.Lots = s.Account.Account.Lots[:2] }),
		atAccount("balance-long", account.Balance, func(s *kiosk.State) {
			s.Account.Account, s.Account.Slip = some(), account.NotPrinted
			*s = nearlyGone(*s)
		}),
		atAccount("balance-empty", account.Balance, func(s *kiosk.State) {
			s.Account.Account, s.Account.Slip = account.Account{Tail: "W2HN", Home: some().Home}, account.Printing
		}),
		atAccount("lots", account.Lots, func(s *kiosk.State) { s.Account.Account = some() }),
		atAccount("moves", account.Moves, func(s *kiosk.State) { s.Account.Account = some(); *s = nearlyGone(*s) }),
		atAccount("put", account.Put, func(s *kiosk.State) { s.Account.Account = some() }),
		atAccount("put-some", account.Put, func(s *kiosk.State) { s.Account.Account, s.Account.Lines = some(), scannedLines(3) }),
		atAccount("put-many", account.Put, func(s *kiosk.State) { s.Account.Account, s.Account.Lines = some(), scannedLines(2+len(verdicts())) }),
	}
	list = append(list, ticketSamples()...)
	list = append(list, prizeSamples()...)
	paper := account.Card{Serial: "ABCD-EFGH-JKMN", Points: 200, Event: account.Name(long().Event.Name), Day: now(), Expires: now().AddDate(0, 4, 0)}
	list = append(list,
		atAccount("looked-good", account.Looked, func(s *kiosk.State) { s.Account.Paper = paper }),
		atAccount("looked-offline", account.Looked, func(s *kiosk.State) {
			s.Account.Paper = paper
			s.Account.Paper.Offline, s.Account.Paper.List = true, now()
			*s = nearlyGone(*s)
		}))
	for _, word := range verdicts() {
		list = append(list, atAccount("looked-"+strings.ReplaceAll(word, " ", "-"), account.Looked, func(s *kiosk.State) {
			s.Account.Paper = paper
			s.Account.Paper.Word = word
			if word == "used" {
				s.Account.Paper.Since = now()
			}
		}))
	}
	for _, e := range endings() {
		list = append(list, atAccount("stopped-"+e.name, account.Stopped, func(s *kiosk.State) { s.Account.Reason = account.Reason(e.name) }))
	}
	return list
}
