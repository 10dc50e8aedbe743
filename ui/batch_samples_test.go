package ui

import (
	"image"
	"image/color"
	"image/draw"
	"strings"

	"pointkiosk/cards"
	"pointkiosk/kiosk"
)

// batch is what a batch is granted as.
func batch(a cards.Allotment) cards.Allotment {
	a.ID, a.Kind, a.Batch, a.Count = 870, cards.KindCard, true, 10000
	return a
}

// batchSamples are the screens of 束を有効にする and ポイントカードをPDFで印刷する.
func batchSamples() []sample { return append(rangeSamples(), sheetsSamples()...) }

func rangeSamples() (list []sample) {
	at := func(name string, change func(*kiosk.Ranged)) {
		list = append(list, with("range-"+name, kiosk.Ranges, func(s *kiosk.State) {
			s.Site.Ranges, s.Desk.Operator = true, "佐藤"
			s.Range = kiosk.Ranged{First: cards.Serial{Allotment: 870, Number: 201}, Found: kiosk.FoundRange{
				Range: cards.Range{Allotment: 870, First: 201, Last: 400}, Of: batch(kisarazu())}}
			change(&s.Range)
		}))
	}
	at("which", func(r *kiosk.Ranged) { r.At = kiosk.RangeWhich })
	at("first", func(r *kiosk.Ranged) { r.At = kiosk.RangeFirst })
	at("first-wrong", func(r *kiosk.Ranged) { r.At, r.Note = kiosk.RangeFirst, "range.note.forged" })
	at("last", func(r *kiosk.Ranged) { r.At = kiosk.RangeLast })
	at("last-wrong", func(r *kiosk.Ranged) { r.At, r.Note = kiosk.RangeLast, "range.note.host" })
	at("type", func(r *kiosk.Ranged) { r.At, r.Keys = kiosk.RangeLast, true })
	at("found", func(r *kiosk.Ranged) { r.At = kiosk.RangeFound })
	at("found-odd", func(r *kiosk.Ranged) {
		r.At, r.Found.Over, r.Found.Active, r.Found.Withdrawn = kiosk.RangeFound, true, 12, 5
	})
	at("found-long", func(r *kiosk.Ranged) {
		r.At, r.Found.Of, r.Found.Range.Last, r.Found.Active = kiosk.RangeFound, batch(long()), 10000, 12
	})
	for _, why := range []string{"two", "order", "unknown", "batch", "beyond", "sample", "granted", "stopped", "active", "withdrawn", "lapsed", "fault"} {
		at("not-"+why, func(r *kiosk.Ranged) {
			if r.At, r.Found.Why = kiosk.RangeFound, "range.not."+why; why == "unknown" || why == "two" || why == "sample" {
				r.Found.Of = cards.Allotment{}
			}
		})
	}
	at("done", func(r *kiosk.Ranged) { r.At, r.Done = kiosk.RangeDone, 200 })
	online := with("range-done-online", kiosk.Ranges, func(s *kiosk.State) { s.Range, s.Network.Online = kiosk.Ranged{At: kiosk.RangeDone, Done: 9800}, true })
	menu := func(name string, change func(*kiosk.State)) sample { return with(name, kiosk.Menu, change) }
	return append(list, online,
		menu("menu-range", func(s *kiosk.State) { s.Site.Ranges, s.Site.Accounts, s.Desk.Operator = true, true, "佐藤" }),
		menu("menu-range-all", func(s *kiosk.State) {
			s.Site.Ranges, s.Site.Accounts, s.Desk.Operator, s.Owed, s.Offers = true, true, "佐藤", 12, several(3)
		}),
		menu("menu-batches", func(s *kiosk.State) {
			s.Site.Ranges, s.Site.Sheets, s.Offers, s.Desk.Operator = true, true, nil, "佐藤"
		}))
}

func sheetsSamples() (list []sample) {
	order := kiosk.SheetOrder{SheetJob: kiosk.SheetJob{Name: "naturalbar-20261122-093000", Of: batch(kisarazu()), Count: 500, Stock: "a4-10", Sides: "long"},
		Range: cards.Range{Allotment: 870, First: 201, Last: 700}, State: cards.Making}
	made := order
	made.Name, made.State = "naturalbar-20261120-110500", cards.Made
	at := func(name string, change func(*kiosk.Sheeting)) {
		list = append(list, with("sheets-"+name, kiosk.Sheets, func(s *kiosk.State) {
			s.Site.Ranges, s.Site.Sheets, s.Desk.Operator = true, true, "佐藤"
			fair := batch(long())
			fair.ID = 871
			s.Sheet = kiosk.Sheeting{Order: order, Lists: kiosk.SheetLists{Stocks: []kiosk.SheetStock{stockOf("a4-10", 2, 5, 0), stockOf("a4-8", 2, 4, 8), stockOf("single", 1, 1, 0)},
				Batches: []kiosk.Batch{{Allotment: batch(kisarazu()), Left: 9300}, {Allotment: fair, Left: 10000}}}}
			change(&s.Sheet)
		}))
	}
	many := func(w *kiosk.Sheeting) {
		w.At, w.Lists.Orders = kiosk.SheetsList, []kiosk.SheetOrder{order, made, made, made, made}
	}
	at("list", func(w *kiosk.Sheeting) { w.At = kiosk.SheetsList })
	at("list-many", many)
	at("list-none", func(w *kiosk.Sheeting) {
		w.At, w.Lists, w.Note = kiosk.SheetsList, kiosk.SheetLists{}, "sheets.note.ended"
	})
	at("count", func(w *kiosk.Sheeting) { w.At, w.Order.Count = kiosk.SheetsCount, 500 })
	at("count-many", func(w *kiosk.Sheeting) {
		w.At, w.Order.Of, w.Order.Count, w.Note = kiosk.SheetsCount, batch(long()), 12345, "sheets.note.many"
	})
	at("count-none", func(w *kiosk.Sheeting) { w.At, w.Order.Count = kiosk.SheetsCount, 0 })
	at("paper", func(w *kiosk.Sheeting) { w.At = kiosk.SheetsPaper })
	at("paper-many", func(w *kiosk.Sheeting) {
		w.At, w.Lists.Stocks, w.Note = kiosk.SheetsPaper, append(w.Lists.Stocks, stockOf("市民課の12面用紙", 2, 6, 0), stockOf("B5", 2, 4, 0), stockOf("own-3", 3, 8, 0)), "sheets.note.names"
	})
	at("cell", func(w *kiosk.Sheeting) { w.At = kiosk.SheetsCell })
	at("cell-used", func(w *kiosk.Sheeting) {
		w.At, w.Order.Start, w.Order.Count, w.Note = kiosk.SheetsCell, 4, 3, "sheets.note.picture"
	})
	at("cell-eight", func(w *kiosk.Sheeting) { w.At, w.Order.Stock, w.Order.Start = kiosk.SheetsCell, "a4-8", 7 })
	at("cell-many", func(w *kiosk.Sheeting) {
		w.At, w.Lists.Stocks[0], w.Order.Start = kiosk.SheetsCell, stockOf("a4-10", 3, 8, 2), 11
	})
	at("look-used", func(w *kiosk.Sheeting) {
		w.At, w.Order.Start, w.Look = kiosk.SheetsLook, 6, kiosk.SheetLook{Front: blankCard(0xDDE8F4), Back: blankCard(0xFFFFFF), Sheets: 51}
	})
	at("look", func(w *kiosk.Sheeting) {
		w.At, w.Look = kiosk.SheetsLook, kiosk.SheetLook{Front: blankCard(0xDDE8F4), Back: blankCard(0xFFFFFF), Sheets: 50}
	})
	at("look-single", func(w *kiosk.Sheeting) {
		w.At, w.Look = kiosk.SheetsLook, kiosk.SheetLook{Front: blankCard(0xFFFFFF), Sheets: 50}
	})
	at("look-none", func(w *kiosk.Sheeting) { w.At, w.Look.Sheets = kiosk.SheetsLook, 50 })
	at("making-first", func(w *kiosk.Sheeting) { w.At, w.Run = kiosk.SheetsMaking, kiosk.SheetRun{All: 500, Began: now()} })
	at("making", func(w *kiosk.Sheeting) {
		w.At, w.Run = kiosk.SheetsMaking, kiosk.SheetRun{Done: 120, All: 500, Began: now().Add(-15e9)}
	})
	at("making-long", func(w *kiosk.Sheeting) {
		w.At, w.Run = kiosk.SheetsMaking, kiosk.SheetRun{Done: 1200, All: 10000, Began: now().Add(-90e9)}
	})
	at("stopping", func(w *kiosk.Sheeting) {
		w.At, w.Run = kiosk.SheetsMaking, kiosk.SheetRun{Done: 120, All: 500, Began: now().Add(-15e9), Stopping: true}
	})
	at("done", func(w *kiosk.Sheeting) {
		w.At, w.Out = kiosk.SheetsDone, kiosk.SheetsOut{Where: order.Name, Stick: true, Files: 10}
	})
	at("done-used", func(w *kiosk.Sheeting) {
		w.At, w.Order.Start, w.Out = kiosk.SheetsDone, 6, kiosk.SheetsOut{Where: order.Name, Stick: true, Files: 2}
	})
	at("done-sealed", func(w *kiosk.Sheeting) {
		w.At, w.Out = kiosk.SheetsDone, kiosk.SheetsOut{Where: order.Name + "-1", Stick: true, Files: 1, Sealed: true}
	})
	at("done-locked", func(w *kiosk.Sheeting) {
		w.At, w.Out, w.Note = kiosk.SheetsDone, kiosk.SheetsOut{Where: order.Name, Files: 200, Sealed: true}, "sheets.note.elsewhere"
	})
	for _, note := range []string{"stick", "sticks", "full", "full.here", "write", "write.here", "exists.here", "elsewhere.here", "picture", "cut", "exists", "names", "gone", "usedup", "over", "stopped", "fault"} {
		at("not-"+note, func(w *kiosk.Sheeting) { w.At, w.Out.Note = kiosk.SheetsDone, "sheets.note."+note })
	}
	at("order-making", func(w *kiosk.Sheeting) { w.At, w.Kept = kiosk.SheetsOrder, true })
	at("order-made", func(w *kiosk.Sheeting) {
		w.At, w.Kept, w.Order = kiosk.SheetsOrder, true, made
		w.Order.Of = batch(long())
	})
	at("order-long", func(w *kiosk.Sheeting) {
		w.At, w.Kept, w.Order = kiosk.SheetsOrder, true, made
		w.Order.Name, w.Order.Of, w.Order.Start, w.Order.Sealed = strings.Repeat("festival-", 7)+"2", batch(long()), 6, true
	})
	at("list-long", func(w *kiosk.Sheeting) {
		w.At, made.Name, made.Of = kiosk.SheetsList, strings.Repeat("festival-", 7)+"2", batch(long())
		w.Lists.Orders = []kiosk.SheetOrder{made, made}
	})
	at("done-long", func(w *kiosk.Sheeting) {
		w.At, w.Order.Start, w.Out = kiosk.SheetsDone, 6, kiosk.SheetsOut{Where: strings.Repeat("festival-", 7) + "2-12", Stick: true, Files: 200, Sealed: true}
	})
	at("order-sealed", func(w *kiosk.Sheeting) {
		w.At, w.Kept, w.Order, w.Note = kiosk.SheetsOrder, true, made, "sheets.note.open"
		w.Order.Sealed = true
	})
	at("end", func(w *kiosk.Sheeting) { w.At, w.Kept = kiosk.SheetsEnd, true })
	return list
}

// stockOf is so many cards of 91x55 mm on a sheet, or smaller ones.
func stockOf(name string, columns, rows int, gap float64) kiosk.SheetStock {
	s := kiosk.SheetStock{Name: name, Sides: "long", Wide: 210, High: 297}
	wide, high := min(91, (200-gap*float64(columns-1))/float64(columns)), min(55, (277-gap*float64(rows-1))/float64(rows))
	left, top := (s.Wide-wide*float64(columns)-gap*float64(columns-1))/2, (s.High-high*float64(rows)-gap*float64(rows-1))/2
	for i := range columns * rows {
		s.Cells = append(s.Cells, kiosk.SheetPlace{X: left + float64(i%columns)*(wide+gap), Y: top + float64(i/columns)*(high+gap), Wide: wide, High: high})
	}
	return s
}

// blankCard is a card of 91x55 mm without anything on it.
func blankCard(rgb uint32) image.Image {
	card := image.NewRGBA(image.Rect(0, 0, 910, 550))
	draw.Draw(card, card.Bounds(), image.NewUniform(color.NRGBA{byte(rgb >> 16), byte(rgb >> 8), byte(rgb), 255}), image.Point{}, draw.Src)
	return card
}
