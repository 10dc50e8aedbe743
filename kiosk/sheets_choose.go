package kiosk

import (
	"slices"

	"pointkiosk/cards"
)

// MostStocks is how many kinds of paper a screen has room for.
const MostStocks = 6

// A SheetStock is paper as it is chosen and drawn. Lengths are mm.
type SheetStock struct {
	Name       string
	Sides      string // a printer turns it so for backs that stand upright
	Wide, High float64
	Cells      []SheetPlace // of the front, row by row
}

// A SheetPlace is where a point card lies on a sheet.
type SheetPlace struct{ X, Y, Wide, High float64 }

// Stock is paper by its name; one without a name where there is none.
func (l SheetLists) Stock(name string) SheetStock {
	for _, s := range l.Stocks {
		if s.Name == name {
			return s
		}
	}
	return SheetStock{}
}

// mostOrdered bounds what somebody types: a batch has fewer cards (hub/ledger).
const mostOrdered = 100_000

// chosenSheets is an event, or an order that is there.
func (s State) chosenSheets(e Event) State {
	w := &s.Sheet
	switch e := e.(type) {
	case TapBatch:
		n := slices.IndexFunc(w.Lists.Batches, func(b Batch) bool { return b.Allotment.ID == e.Allotment })
		if n >= 0 && w.Lists.Batches[n].Left > 0 && !w.Lists.Unfinished(e.Allotment) {
			*w = Sheeting{At: SheetsCount, Lists: w.Lists}
			w.Order.Of = w.Lists.Batches[n].Allotment
			if len(w.Lists.Stocks) > 0 {
				w.on(w.Lists.Stocks[0])
			}
		}
	case TapOrder:
		if n := slices.IndexFunc(w.Lists.Orders, func(o SheetOrder) bool { return o.Name == e.Name }); n >= 0 {
			*w = Sheeting{At: SheetsOrder, Kept: true, Lists: w.Lists, Order: w.Lists.Orders[n]}
		}
	}
	return s
}

// Unfinished reports whether an order of a batch waits to be gone on with: until
// then there is no other.
func (l SheetLists) Unfinished(allotment uint32) bool {
	return slices.ContainsFunc(l.Orders, func(o SheetOrder) bool { return o.Of.ID == allotment && o.State == cards.Making })
}

// Most is how many cards can be ordered.
func (w Sheeting) Most() uint32 {
	for _, b := range w.Lists.Batches {
		if b.Allotment.ID == w.Order.Of.ID {
			return b.Left
		}
	}
	return 0
}

// countedSheets is how many, by digits. What is too many is said at once.
func (s State) countedSheets(e Event) State {
	w := &s.Sheet
	switch e := e.(type) {
	case TapDigit:
		if n := w.Order.Count*10 + uint32(e.Digit-'0'); e.Digit >= '0' && e.Digit <= '9' && n <= mostOrdered {
			w.Order.Count = n
		}
	case TapErase:
		w.Order.Count = 0
	case TapEnter:
		if w.Order.Count > 0 && w.Order.Count <= w.Most() {
			w.At = SheetsPaper
			w.Note = ""
			return s
		}
	default:
		return s
	}
	if w.Note = ""; w.Order.Count > w.Most() {
		w.Note = "sheets.note.many"
	}
	return s
}

// on takes paper. Its sides are the usual ones, unless somebody chose others.
func (w *Sheeting) on(paper SheetStock) {
	if w.Order.Stock, w.Order.Start = paper.Name, 0; !w.Sided {
		w.Order.Sides = paper.Sides
	}
}

// many reports whether the paper has several point cards: only then a sheet can have
// been used in part.
func (w *Sheeting) many() bool { return len(w.Lists.Stock(w.Order.Stock).Cells) > 1 }

// onPaper is what paper, and which sides.
func (s State) onPaper(e Event) (State, Effect) {
	w := &s.Sheet
	switch e := e.(type) {
	case TapStock:
		if paper := w.Lists.Stock(e.Name); paper.Name != "" && e.Name != w.Order.Stock {
			w.on(paper)
		}
	case TapSides:
		if slices.Contains([]string{"long", "short", "single"}, e.Sides) {
			w.Order.Sides, w.Sided = e.Sides, true
		}
	case TapPaper:
		if w.Note = ""; !w.many() {
			return s.looking()
		}
		w.At = SheetsCell
	}
	return s, nil
}

// onCell is where on a sheet it begins.
func (s State) onCell(e Event) (State, Effect) {
	w := &s.Sheet
	switch e := e.(type) {
	case TapCell:
		if e.Cell >= 0 && e.Cell < len(w.Lists.Stock(w.Order.Stock).Cells) {
			w.Order.Start = e.Cell
		}
	case TapLook:
		return s.looking()
	}
	return s, nil
}

// looking asks for a sample. Nothing is signed yet.
func (s State) looking() (State, Effect) {
	s.Sheet.Busy, s.Sheet.Note = true, ""
	return s, LookSheets{Order: s.Sheet.Order}
}
