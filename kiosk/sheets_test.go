package kiosk

import (
	"fmt"
	"testing"
	"time"

	"pointkiosk/cards"
)

func lists(orders ...SheetOrder) SheetsAre {
	return SheetsAre{Lists: SheetLists{Orders: orders, Batches: []Batch{{Allotment: batchOf(), Left: 500}}, Stocks: []SheetStock{
		{Name: "a4-10", Sides: "long", Cells: make([]SheetPlace, 10)}, {Name: "a4-8", Sides: "long", Cells: make([]SheetPlace, 8)}, {Name: "single", Sides: "short", Cells: make([]SheetPlace, 1)},
	}}}
}

func orderIs(state cards.State) SheetOrder {
	return SheetOrder{SheetJob: SheetJob{Name: "may", Of: batchOf(), Count: 60, Stock: "a4-8", Sides: "long"}, Range: cards.Range{Allotment: 8, First: 1, Last: 60}, State: state}
}

// What an order leads to: what is made, and where it ends.
func TestSheets(t *testing.T) {
	toList := append([]Event{granted(true)}, with(toMenu, TapBatches{}, TapSheets{}, lists())...)
	toCount := with(toList, TapBatch{8})
	toPaper := with(toCount, TapDigit{'6'}, TapDigit{'0'}, TapEnter{})
	seen := SheetsSeen{Order: orderIs("")}
	toCell := with(toPaper, TapPaper{})
	toLook := with(toCell, TapLook{}, seen)
	toMake := with(toLook, TapMake{})
	cut := with(toMake, SheetsMade{SheetsOut{Note: "sheets.note.cut"}})
	locked := with(toMake, SheetsMade{SheetsOut{Where: "may", Files: 1, Sealed: true}})
	have := func(state cards.State) []Event {
		return append([]Event{granted(true)}, with(toMenu, TapBatches{}, TapSheets{}, lists(orderIs(state)), TapOrder{"may"})...)
	}
	sealed := orderIs(cards.Made)
	sealed.Sealed, sealed.Copy = true, 2
	for _, tt := range []struct {
		name   string
		events []Event
		at     SheetsAt
		note   string
		last   string // kind of the last effect
	}{
		{"asked for", append([]Event{granted(true)}, with(toMenu, TapBatches{}, TapSheets{}, TapBatch{8})...), SheetsList, "", "FindSheets"},
		{"listed", toList, SheetsList, "", "FindSheets"},
		{"of an event", toCount, SheetsCount, "", "FindSheets"},
		{"of none", with(toList, TapBatch{9}), SheetsList, "", "FindSheets"},
		{"another is not finished", append([]Event{granted(true)}, with(toMenu, TapBatches{}, TapSheets{}, lists(orderIs(cards.Making)), TapBatch{8})...), SheetsList, "", "FindSheets"},
		{"none", with(toCount, TapEnter{}), SheetsCount, "", "FindSheets"},
		{"too many", with(toCount, TapDigit{'5'}, TapDigit{'0'}, TapDigit{'1'}, TapEnter{}), SheetsCount, "sheets.note.many", "FindSheets"},
		{"wiped", with(toCount, TapDigit{'5'}, TapDigit{'0'}, TapDigit{'1'}, TapErase{}), SheetsCount, "", "FindSheets"},
		{"all there are", with(toCount, TapDigit{'5'}, TapDigit{'0'}, TapDigit{'0'}, TapEnter{}), SheetsPaper, "", "FindSheets"},
		{"where on a sheet", toCell, SheetsCell, "", "FindSheets"},
		{"not yet", with(toPaper, TapLook{}, TapCell{3}), SheetsPaper, "", "FindSheets"},
		{"a card a sheet", with(toPaper, TapStock{"single"}, TapPaper{}), SheetsPaper, "", "LookSheets"},
		{"a card a sheet, seen", with(toPaper, TapStock{"single"}, TapPaper{}, seen), SheetsLook, "", "LookSheets"},
		{"a sample", with(toCell, TapLook{}, TapLook{}, TapCell{3}), SheetsCell, "", "LookSheets"},
		{"another paper instead", with(toCell, TapBack{}), SheetsPaper, "", "FindSheets"},
		{"it can't be made", with(toCell, TapLook{}, SheetsSeen{Note: "sheets.note.names"}), SheetsCell, "sheets.note.names", "LookSheets"},
		{"and then with another paper", with(toCell, TapLook{}, SheetsSeen{Note: "sheets.note.names"}, TapBack{}), SheetsPaper, "", "LookSheets"},
		{"seen", toLook, SheetsLook, "", "LookSheets"},
		{"another place", with(toLook, TapBack{}), SheetsCell, "", "LookSheets"},
		{"made", with(toMake, TapMake{}, TapBack{}), SheetsMaking, "", "MakeSheets"},
		{"stopped", with(toMake, TapStop{}), SheetsMaking, "", "StopSheets"},
		{"stopped, stopped", with(toMake, TapStop{}, TapStop{}), SheetsMaking, "", "StopSheets"},
		{"cut", cut, SheetsDone, "", "MakeSheets"},
		{"on", with(cut, TapMake{}), SheetsMaking, "", "MakeSheets"},
		{"later", with(cut, TapBack{}), SheetsList, "", "FindSheets"},
		{"is there", with(toMake, SheetsMade{SheetsOut{Files: 1}}, TapMake{}, TapOpen{}), SheetsDone, "", "MakeSheets"},
		{"unlocked", with(locked, TapOpen{}, TapOpen{}), SheetsDone, "", "OpenSheets"},
		{"not unlocked", with(locked, TapOpen{}, Opened{Note: "sheets.note.elsewhere"}), SheetsDone, "sheets.note.elsewhere", "OpenSheets"},
		{"an order", have(cards.Making), SheetsOrder, "", "FindSheets"},
		{"goes on", with(have(cards.Making), TapMake{}), SheetsMaking, "", "MakeSheets"},
		{"sure?", with(have(cards.Making), TapEnd{}), SheetsEnd, "", "FindSheets"},
		{"not sure", with(have(cards.Making), TapEnd{}, TapBack{}), SheetsOrder, "", "FindSheets"},
		{"ended", with(have(cards.Making), TapEnd{}, TapEnd{}, TapEnd{}, SheetsAre{Note: "sheets.note.ended"}), SheetsList, "sheets.note.ended", "EndSheets"},
		{"what is made is not ended", with(have(cards.Made), TapEnd{}), SheetsOrder, "", "FindSheets"},
		{"made again", with(have(cards.Made), TapMake{}), SheetsMaking, "", "MakeSheets"},
		{"not locked", with(have(cards.Made), TapOpen{}), SheetsOrder, "", "FindSheets"},
		{"unlocked later", append([]Event{granted(true)}, with(toMenu, TapBatches{}, TapSheets{}, lists(sealed), TapOrder{"may"}, TapOpen{}, Opened{Out: SheetsOut{Files: 1}})...), SheetsDone, "", "OpenSheets"},
		{"hours later", with(toMake, Tick{noon.Add(time.Hour)}, Tick{noon.Add(3 * time.Hour)}), SheetsMaking, "", "MakeSheets"},
		{"and then nobody comes", with(toMake, Tick{noon.Add(time.Hour)}, SheetsMade{SheetsOut{Files: 1}}, Tick{noon.Add(2 * time.Hour)}), SheetsNone, "", "MakeSheets"},
		{"beside another screen", with(toMake, TapDisplay{}, SheetsMade{SheetsOut{Files: 1}}, TapBack{}), SheetsDone, "", "MakeSheets"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, effects := start(tt.events...)
			last := ""
			for _, e := range effects {
				last = fmt.Sprintf("%T", e)[len("kiosk."):]
			}
			if got.Sheet.At != tt.at || got.Sheet.Note != tt.note || last != tt.last {
				t.Errorf("at %d, %q, %s; want %d, %q, %s", got.Sheet.At, got.Sheet.Note, last, tt.at, tt.note, tt.last)
			}
		})
	}
}

// What is made is what was chosen, by who opened the door; and how far it is comes
// as news, which is no touch.
func TestSheetsRun(t *testing.T) {
	events := append([]Event{granted(true)}, with(toMenu, TapBatches{}, TapSheets{}, lists(), TapBatch{8}, TapDigit{'6'}, TapDigit{'0'}, TapEnter{},
		TapStock{"a4-8"}, TapStock{"b5"}, TapSides{"single"}, TapSides{"three"}, TapPaper{}, TapCell{7}, TapCell{8}, TapCell{-1}, TapLook{})...)
	got, effects := start(events...)
	want := SheetOrder{SheetJob: SheetJob{Of: batchOf(), Count: 60, Stock: "a4-8", Sides: "single", Start: 7}}
	if look := effects[len(effects)-1]; look != (LookSheets{want}) {
		t.Errorf("%+v", look)
	}
	want.Name = "may"
	got, _ = got.Next(SheetsSeen{Order: want})
	got, effect := got.Next(TapMake{})
	if effect != (MakeSheets{Order: want, Operator: "sato"}) {
		t.Errorf("%+v", effect)
	}
	for _, e := range []Event{SheetsOn{20, 60}, SheetsOn{10, 60}, Tick{noon.Add(10 * time.Second)}} { // two goroutines: one may be late
		got, _ = got.Next(e)
	}
	if r := got.Sheet.Run; r.Done != 20 || r.All != 60 || r.Left(got.Now) != 20*time.Second {
		t.Errorf("%+v, %v left", r, r.Left(got.Now))
	}
	for _, r := range []SheetRun{{All: 60, Began: noon}, {Done: 3, All: 60, Began: noon.Add(time.Hour)}} {
		if left := r.Left(noon); left != 0 {
			t.Errorf("%+v: %v", r, left)
		}
	}
}

// Paper is turned over the edge that suits it, until somebody says otherwise; and what
// is free on one sheet is not on another.
func TestSheetsSides(t *testing.T) {
	toPaper := append([]Event{granted(true)}, with(toMenu, TapBatches{}, TapSheets{}, lists(), TapBatch{8}, TapDigit{'6'}, TapEnter{})...)
	for _, tt := range []struct {
		name   string
		events []Event
		sides  string
		start  int
	}{
		{"the first", nil, "long", 0},
		{"a card a sheet", []Event{TapStock{"single"}}, "short", 0},
		{"and back", []Event{TapStock{"single"}, TapStock{"a4-8"}}, "long", 0},
		{"chosen", []Event{TapSides{"single"}, TapStock{"single"}}, "single", 0},
		{"chosen, as it was", []Event{TapSides{"long"}, TapStock{"single"}}, "long", 0},
		{"used", []Event{TapPaper{}, TapCell{7}, TapBack{}, TapStock{"a4-10"}}, "long", 7},
		{"another sheet", []Event{TapPaper{}, TapCell{7}, TapBack{}, TapStock{"a4-8"}}, "long", 0},
	} {
		got, _ := start(with(toPaper, tt.events...)...)
		if o := got.Sheet.Order; o.Sides != tt.sides || o.Start != tt.start {
			t.Errorf("%s: %s, from %d; want %s, %d", tt.name, o.Sides, o.Start, tt.sides, tt.start)
		}
	}
}

func TestFolder(t *testing.T) {
	o := orderIs(cards.Made)
	if o.Folder() != "may" {
		t.Error(o.Folder())
	}
	if o.Copy = 2; o.Folder() != "may-2" {
		t.Error(o.Folder())
	}
}
