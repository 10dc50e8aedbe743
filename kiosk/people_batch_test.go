package kiosk

import "pointkiosk/cards"

// atBatch is what staff do with cards that are printed beforehand.
func (l *line) atBatch(m *marks) Event {
	typed := TypedSerial{cards.Serial{Allotment: 9, Number: uint32(m.card)}}
	if l.rnd.IntN(4) == 0 {
		return l.scans(m)
	}
	return l.one(typed, TapRange{}, TapRange{}, TapKeys{}, TapActivate{}, TapActivate{}, TapSheets{}, TapBatch{9}, TapOrder{m.request}, TapOrder{m.request},
		TapDigit{'7'}, TapEnter{}, TapStock{m.word}, TapSides{"single"}, TapPaper{}, TapCell{1}, TapLook{}, TapMake{}, TapMake{}, TapStop{}, TapOpen{}, TapEnd{}, TapBack{})
}

// batchAnswer is an answer about such cards, with the marks of who asked.
func (l *line) batchAnswer(p promise, m *marks) (Event, bool) {
	of := cards.Allotment{ID: 9, Kind: cards.KindCard, Batch: true, Points: uint32(m.points)}
	lists := SheetLists{Batches: []Batch{{Allotment: of, Left: 100}}, Stocks: []SheetStock{{Name: m.word, Sides: "long", Cells: make([]SheetPlace, 2)}},
		Orders: []SheetOrder{{SheetJob: SheetJob{Name: m.request, Of: of, Count: uint32(m.card)}, State: cards.Made, Sealed: true}}}
	switch e := p.effect.(type) {
	case ReadSerial:
		return l.one(SerialRead{Serial: cards.Serial{Allotment: 9, Number: uint32(m.card)}}, SerialRead{Note: m.word}), true
	case FindRange:
		return l.one(RangeIs{FoundRange{Range: cards.Range{Allotment: 9, First: uint32(m.card), Last: uint32(m.card)}, Of: of}}, RangeIs{FoundRange{Why: m.word}}), true
	case Activate:
		return l.one(Activated{Range: e.Range, Count: 1}, Activated{Range: e.Range, Note: m.word}), true
	case FindSheets, EndSheets:
		return l.one(SheetsAre{Lists: lists}, SheetsAre{Note: m.word}), true
	case LookSheets:
		return SheetsSeen{Order: e.Order}, true
	case MakeSheets:
		return l.one(SheetsMade{SheetsOut{Where: m.request, Files: 1, Sealed: true}}, SheetsMade{SheetsOut{Note: m.word}}), true
	case OpenSheets:
		return l.one(Opened{Out: SheetsOut{Where: m.request, Files: 1}}, Opened{Note: m.word}), true
	}
	return nil, false
}
