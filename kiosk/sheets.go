package kiosk

import (
	"fmt"
	"image"
	"time"

	"pointkiosk/cards"
)

// A SheetsAt is how far ポイントカードをPDFで印刷する has come.
type SheetsAt int

// The screens of ポイントカードをPDFで印刷する.
const (
	SheetsNone   SheetsAt = iota // nobody is there
	SheetsList                   // the orders, those that are not finished first, and the events
	SheetsCount                  // how many cards
	SheetsPaper                  // on what paper, and on which sides
	SheetsCell                   // where on a used sheet it begins
	SheetsLook                   // how a card will look
	SheetsMaking                 // the files are made
	SheetsDone                   // where they are, or why there are none
	SheetsOrder                  // an order that is there: go on, end it, or make it again
	SheetsEnd                    // 本当にやめますか
)

// A Batch is what can be printed of an event beforehand.
type Batch struct {
	Allotment cards.Allotment
	Left      uint32 // numbers
}

// A SheetJob is what is printed, and how.
type SheetJob struct {
	Name  string // of the order
	Of    cards.Allotment
	Count uint32
	Stock string // its name
	Sides string // long, short or single
	Start int    // the first free cell of the first sheet, from 0
}

// A SheetOrder is an order of this machine.
type SheetOrder struct {
	SheetJob
	Range  cards.Range
	State  cards.State // making or made
	Copy   uint32      // of the newest files
	Sealed bool        // its files are encrypted
}

// Folder is where the newest files of an order are.
func (o SheetOrder) Folder() string { return Folder(o.Name, o.Copy) }

// Folder names where the files of an order lie: its first ones, or a reprint's.
func Folder(order string, copy uint32) string {
	if copy == 0 {
		return order
	}
	return fmt.Sprintf("%s-%d", order, copy)
}

// SheetLists are what there is to choose from.
type SheetLists struct {
	Orders  []SheetOrder // those that are not finished first
	Batches []Batch
	Stocks  []SheetStock
}

// A SheetLook is a card as it will be on paper, and on how many sheets.
type SheetLook struct {
	Front, Back image.Image // with no code that is a card's; nil where it can't be drawn
	Sheets      int
}

// A SheetsOut is what came of an order.
type SheetsOut struct {
	Where  string // the folder's name
	Stick  bool   // on a USB stick
	Files  int
	Sealed bool   // they are encrypted
	Note   string // a word key: why there are none
}

// Sheeting is ポイントカードをPDFで印刷する.
type Sheeting struct {
	At    SheetsAt
	Busy  bool // an answer is waited for
	Kept  bool // the order is there already: nothing of it can be chosen any more
	Sided bool // somebody chose the sides: another paper leaves them
	Note  string
	Lists SheetLists
	Order SheetOrder // with its job
	Look  SheetLook
	Run   SheetRun
	Out   SheetsOut
}

// A SheetRun is how far the files are.
type SheetRun struct {
	Done, All int
	Began     time.Time
	Stopping  bool
}

// Left is how long the rest takes at the pace so far; 0 where nobody knows yet.
func (r SheetRun) Left(now time.Time) time.Duration {
	if r.Done < 1 || now.Before(r.Began) {
		return 0
	}
	return time.Duration(float64(now.Sub(r.Began)) / float64(r.Done) * float64(r.All-r.Done))
}

// Taps, answers and news of ポイントカードをPDFで印刷する.
type (
	TapSheets struct{}
	TapBatch  struct{ Allotment uint32 }
	TapOrder  struct{ Name string }
	TapStock  struct{ Name string }
	TapSides  struct{ Sides string }
	TapPaper  struct{} // 次へ
	TapCell   struct{ Cell int }
	TapLook   struct{} // 見本を見る
	TapMake   struct{} // 作る, 続きから, もう一度作る
	TapStop   struct{} // 中止
	TapEnd    struct{} // やめる, and then: はい
	TapOpen   struct{} // 鍵を開ける
	SheetsAre struct {
		Lists SheetLists
		Note  string // a word key
	}
	SheetsSeen struct {
		Order SheetOrder // with its name
		Look  SheetLook
		Note  string // a word key: why it can't be made
	}
	SheetsOn   struct{ Done, All int } // news
	SheetsMade struct{ Out SheetsOut }
	Opened     struct {
		Out  SheetsOut
		Note string // a word key: why they are not
	}
)

// Effects of ポイントカードをPDFで印刷する.
type (
	FindSheets struct{}
	LookSheets struct{ Order SheetOrder }
	MakeSheets struct {
		Order    SheetOrder
		Kept     bool // it goes on as it was ordered, or is made again
		Operator string
	}
	StopSheets struct{}
	OpenSheets struct { // of the newest files
		Where, Operator string
	}
	EndSheets struct {
		Name, Operator string
	}
)

func (s State) toSheets() (State, Effect) {
	s.Step, s.Range = Sheets, Ranged{}
	s.Sheet = Sheeting{At: SheetsList, Busy: true}
	return s, FindSheets{}
}

// bySheets is what happens on the screens of ポイントカードをPDFで印刷する.
func (s State) bySheets(e Event) (State, Effect) {
	w := &s.Sheet
	switch e := e.(type) {
	case SheetsAre:
		if w.At == SheetsList || w.At == SheetsEnd {
			*w = Sheeting{At: SheetsList, Lists: e.Lists, Note: e.Note}
		}
	case SheetsSeen:
		if (w.At == SheetsPaper || w.At == SheetsCell) && w.Busy {
			if w.Busy, w.Note = false, e.Note; e.Note == "" {
				w.At, w.Order, w.Look = SheetsLook, e.Order, e.Look
			}
		}
	case SheetsMade:
		if w.At == SheetsMaking {
			w.At, w.Busy, w.Out = SheetsDone, false, e.Out
		}
	case Opened:
		if w.Busy && (w.At == SheetsDone || w.At == SheetsOrder) {
			if w.Busy, w.Note = false, e.Note; e.Note == "" {
				w.At, w.Out = SheetsDone, e.Out
			}
		}
	case TapBack:
		if !w.Busy {
			return s.sheetsBack()
		}
	default:
		if w.Busy && w.At != SheetsMaking {
			return s, nil
		}
		return s.tappedSheets(e)
	}
	return s, nil
}

// sheetsBack is one step up. From the files the list is asked for anew.
func (s State) sheetsBack() (State, Effect) {
	switch w := &s.Sheet; w.At {
	case SheetsList:
		s.Sheet = Sheeting{}
		return s.toRanges(), nil
	case SheetsCount, SheetsOrder:
		*w = Sheeting{At: SheetsList, Lists: w.Lists}
	case SheetsPaper:
		w.At, w.Note = SheetsCount, ""
	case SheetsCell:
		w.At, w.Note = SheetsPaper, ""
	case SheetsLook:
		if w.At, w.Look = SheetsPaper, (SheetLook{}); w.many() {
			w.At = SheetsCell
		}
	case SheetsEnd:
		w.At, w.Note = SheetsOrder, ""
	case SheetsDone:
		return s.toSheets()
	}
	return s, nil
}

func (s State) tappedSheets(e Event) (State, Effect) {
	switch s.Sheet.At {
	case SheetsList:
		return s.chosenSheets(e), nil
	case SheetsCount:
		return s.countedSheets(e), nil
	case SheetsPaper:
		return s.onPaper(e)
	case SheetsCell:
		return s.onCell(e)
	case SheetsLook, SheetsOrder:
		return s.orderedSheets(e)
	case SheetsMaking:
		if _, ok := e.(TapStop); ok && !s.Sheet.Run.Stopping {
			s.Sheet.Run.Stopping = true
			return s, StopSheets{}
		}
	case SheetsEnd:
		if _, ok := e.(TapEnd); ok {
			s.Sheet.Busy = true
			return s, EndSheets{Name: s.Sheet.Order.Name, Operator: s.Desk.Operator}
		}
	case SheetsDone:
		return s.doneSheets(e)
	}
	return s, nil
}

// orderedSheets is an order that is known: it can be made, unlocked or ended.
func (s State) orderedSheets(e Event) (State, Effect) {
	o, there := s.Sheet.Order, s.Sheet.At == SheetsOrder
	switch e.(type) {
	case TapMake:
		return s.making()
	case TapOpen:
		if there && o.Sealed && o.State == cards.Made {
			return s.opening(o.Folder())
		}
	case TapEnd:
		if there && o.State == cards.Making {
			s.Sheet.At = SheetsEnd
		}
	}
	return s, nil
}

// doneSheets goes on with what was cut off, or unlocks what was made.
func (s State) doneSheets(e Event) (State, Effect) {
	out := s.Sheet.Out
	switch e.(type) {
	case TapMake:
		if out.Note != "" {
			return s.making()
		}
	case TapOpen:
		if out.Sealed {
			return s.opening(out.Where)
		}
	}
	return s, nil
}

// making makes the files of an order: the same cards, however often it is begun.
func (s State) making() (State, Effect) {
	w := &s.Sheet
	w.At, w.Busy, w.Out, w.Note = SheetsMaking, true, SheetsOut{}, ""
	w.Run = SheetRun{All: int(w.Order.Count), Began: s.Now}
	return s, MakeSheets{Order: w.Order, Kept: w.Kept, Operator: s.Desk.Operator}
}

// opening takes the lock off files, for the printer. That is written down.
func (s State) opening(where string) (State, Effect) {
	s.Sheet.Busy, s.Sheet.Note = true, ""
	return s, OpenSheets{Where: where, Operator: s.Desk.Operator}
}

// printing takes the news of files that are made: no touch.
func (s State) printing(e SheetsOn) State {
	if w := &s.Sheet; w.At == SheetsMaking && e.Done >= w.Run.Done && e.All > 0 {
		w.Run.Done, w.Run.All = e.Done, e.All
	}
	return s
}

// MakingSheets reports whether files are made: nobody need be there.
func (s State) MakingSheets() bool { return s.Sheet.At == SheetsMaking }
