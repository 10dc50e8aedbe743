package cards

import (
	"bytes"
	"crypto/ed25519"
)

func sampleTicketAsk() TicketAsk {
	return TicketAsk{Request: ones(RequestSize), Token: "c0ffee", Allotment: 9, Number: 4}
}

func sampleTicketAnswer() TicketAnswer {
	return TicketAnswer{Answers: ones(32), Points: 500, Expires: lastDay, Held: []Held{{"らづポイント", 200, lastDay}}, At: 1795312801000}
}

func samplePrizeLook() PrizeLook {
	return PrizeLook{Cards: []string{signedBy(keyLive, vectorClaims(nil)).Text()}, Nonce: ones(NonceSize)}
}

func samplePrizeOffer() PrizeOffer {
	return PrizeOffer{Answers: ones(32), Cards: []PrizeCard{{Points: 200, Event: Text{"ナチュラルバル", ""}, Day: lastDay}, {Refused: "used"}},
		Scheme: Text{"らづポイント", "Radu Point"}, Sum: 200,
		Prizes: []Prize{{ID: "bag", Name: Text{"マイバッグ", "Shopping bag"}, Points: 150, Stock: 12, Change: []uint32{11}}}, At: 1795312801000}
}

func samplePrizeTake() PrizeTake {
	return PrizeTake{Request: ones(RequestSize), Operator: "山田", Cards: samplePrizeLook().Cards, Prize: "bag", Points: 150, Surplus: 50, Change: 11}
}

func samplePrizeAnswer() PrizeAnswer {
	return PrizeAnswer{Answers: ones(32), Slip: 31, Prize: Text{"マイバッグ", "Shopping bag"}, Points: 150, Surplus: 50, Change: 11, At: 1795312801000}
}

// valueSamples are the papers about tickets and prizes.
func valueSamples() []samplePaper {
	kiosk, hub := paperKey(paperKiosk), paperKey(paperHub)
	return []samplePaper{
		{PaperTicketAsk, kiosk, sampleTicketAsk()}, {PaperTicketAnswer, hub, sampleTicketAnswer()},
		{PaperPrizeLook, kiosk, samplePrizeLook()}, {PaperPrizeOffer, hub, samplePrizeOffer()},
		{PaperPrizeTake, kiosk, samplePrizeTake()}, {PaperPrizeAnswer, hub, samplePrizeAnswer()},
	}
}

// wrongValues are papers about tickets and prizes that say what none may.
func wrongValues(add func(string, Paper, int, any)) {
	ask := func(name string, mend func(*TicketAsk)) {
		a := sampleTicketAsk()
		mend(&a)
		add(name, PaperTicketAsk, paperKiosk, a)
	}
	ask("short request", func(a *TicketAsk) { a.Request = a.Request[1:] })
	ask("no allotment", func(a *TicketAsk) { a.Allotment = 0 })
	ask("a great number", func(a *TicketAsk) { a.Number = MaxNumber + 1 })
	answer := func(name string, mend func(*TicketAnswer)) {
		a := sampleTicketAnswer()
		mend(&a)
		add(name, PaperTicketAnswer, paperHub, a)
	}
	answer("to something else", func(a *TicketAnswer) { a.Answers = bytes.Repeat([]byte{2}, 32) })
	answer("points and refused", func(a *TicketAnswer) { a.Refused = TicketShort })
	answer("another word", func(a *TicketAnswer) { a.Refused, a.Points = "perhaps", 0 })
	answer("neither", func(a *TicketAnswer) { a.Points = 0 })
	look := samplePrizeLook()
	look.Cards = append(look.Cards, look.Cards[0])
	add("one card twice", PaperPrizeLook, paperKiosk, look)
	offer := samplePrizeOffer()
	offer.Prizes[0].Stock = 0
	add("nothing in stock", PaperPrizeOffer, paperHub, offer)
	wrongPrizes(add)
}

func wrongPrizes(add func(string, Paper, int, any)) {
	take := func(name string, mend func(*PrizeTake)) {
		p := samplePrizeTake()
		mend(&p)
		add(name, PaperPrizeTake, paperKiosk, p)
	}
	take("short request", func(p *PrizeTake) { p.Request = p.Request[1:] })
	take("by nobody", func(p *PrizeTake) { p.Operator = "" })
	take("no card", func(p *PrizeTake) { p.Cards = []string{"x"} })
	take("for nothing", func(p *PrizeTake) { p.Points = 0 })
	take("unpaid, with cards", func(p *PrizeTake) { p.Unpaid = true })
	take("nothing unpaid", func(p *PrizeTake) { p.Unpaid, p.Cards, p.Change = true, nil, 0 })
	take("change of nothing", func(p *PrizeTake) { p.Surplus = 0 })
	answer := func(name string, mend func(*PrizeAnswer)) {
		a := samplePrizeAnswer()
		mend(&a)
		add(name, PaperPrizeAnswer, paperHub, a)
	}
	answer("to something else", func(a *PrizeAnswer) { a.Answers = bytes.Repeat([]byte{2}, 32) })
	answer("slip and refused", func(a *PrizeAnswer) { a.Refused = PrizeStock })
	answer("no slip", func(a *PrizeAnswer) { a.Slip = 0 })
	answer("cards for no reason", func(a *PrizeAnswer) { a.Cards = []string{"used"} })
}

// openValue opens a paper about tickets or prizes as its reader does.
func openValue(paper Paper, data []byte, keys func(KeyID) ed25519.PublicKey, list TrustList) (err error) {
	switch paper {
	case PaperTicketAsk:
		_, _, err = OpenTicketAsk(data, keys)
	case PaperTicketAnswer:
		_, err = OpenTicketAnswer(data, list, openedRequest())
	case PaperPrizeLook:
		_, _, err = OpenPrizeLook(data, keys)
	case PaperPrizeOffer:
		_, err = OpenPrizeOffer(data, list, openedRequest())
	case PaperPrizeTake:
		_, _, err = OpenPrizeTake(data, keys)
	case PaperPrizeAnswer:
		_, err = OpenPrizeAnswer(data, list, openedRequest())
	}
	return err
}
