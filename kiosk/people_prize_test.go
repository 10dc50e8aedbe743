package kiosk

import "pointkiosk/kiosk/prize"

// atPrize is what the step of 賞品交換 asks for.
func (l *line) atPrize(m *marks, s State) Event {
	switch s.Prize.Step {
	case prize.Choose:
		return l.one(prize.TapPrize{ID: m.code}, prize.TapPrize{ID: m.code}, prize.TapBack{})
	case prize.Sure:
		return l.one(prize.TapTake{}, prize.TapTake{}, prize.TapGive{Give: true}, prize.TapBack{})
	case prize.Done:
		return l.one(prize.TapSlip{}, prize.TapEnd{})
	}
	if l.rnd.IntN(3) == 0 {
		return l.scans(m)
	}
	return l.one(prize.TapChoose{}, prize.TapChoose{}, prize.TapChoose{}, prize.TapEnd{})
}

// prizeAnswer is what the hub says to an effect of 賞品交換; false where it is none.
func (l *line) prizeAnswer(p promise, m *marks) (Event, bool) {
	taken := prize.TakenIs{Slip: uint64(m.card), Prize: prize.Name{Ja: m.word}, Points: int64(m.points), Surplus: int64(m.fewer)}
	switch p.effect.(type) {
	case prize.Open:
		taken.Before = true
		return l.one(nil, nil, taken), true
	case prize.Add:
		l.baskets++
		return prize.BasketIs{
			N: l.baskets, Lines: []prize.Line{{Serial: m.code, Points: int64(m.points)}}, Sum: int64(m.points), Second: l.rnd.IntN(2) == 0,
			Prizes: []prize.Prize{{ID: m.code, Name: prize.Name{Ja: m.word}, Points: int64(m.fewer), Change: 7}},
		}, true
	case prize.Take, prize.Reprint:
		return l.one(taken, taken, prize.TakenIs{Word: m.word}), true
	case prize.Clear:
		return nil, true
	}
	return nil, false
}
