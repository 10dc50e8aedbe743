package kiosk

import (
	"fmt"
	"testing"

	"pointkiosk/cards"
	"pointkiosk/kiosk/account"
)

// A scannedText is what a scanner read, and whether it was wiped.
type scannedText struct{ wiped *int }

func (s scannedText) Wipe() { *s.wiped++ }

// granted is a machine at noon that may activate, and perhaps prints.
func granted(sheets bool) SiteIs {
	s := testSite()
	s.Ranges, s.Sheets = true, sheets
	return SiteIs{Site: s}
}

// of is a card of a batch.
func of(number uint32) cards.Serial { return cards.Serial{Allotment: 8, Number: number} }

func batchOf() cards.Allotment {
	a := testSite().Allotment
	a.ID, a.Kind, a.Batch, a.Points = 8, cards.KindCard, true, 200
	return a
}

func found(change func(*FoundRange)) RangeIs {
	f := FoundRange{Range: cards.Range{Allotment: 8, First: 11, Last: 30}, Of: batchOf()}
	if change != nil {
		change(&f)
	}
	return RangeIs{f}
}

// What a range leads to: what is asked for, and where it ends.
func TestRanges(t *testing.T) {
	wiped := 0
	scan := account.Scanned{Text: scannedText{&wiped}}
	toFirst := append([]Event{granted(false)}, with(toMenu, TapBatches{})...)
	toWhich := append([]Event{granted(true)}, with(toMenu, TapBatches{})...)
	toLast := with(toFirst, scan, SerialRead{Serial: of(11)})
	toFound := with(toLast, scan, SerialRead{Serial: of(30)}, found(nil))
	toDone := with(toFound, TapActivate{}, Activated{Range: found(nil).Found.Range, Count: 20})
	for _, tt := range []struct {
		name   string
		events []Event
		step   Step
		at     RangeAt
		note   string
		last   string // effect
	}{
		{"nothing is granted", with(toMenu, TapBatches{}), Menu, RangeNone, "", "{****}"},
		{"which of two", toWhich, Ranges, RangeWhich, "", "{****}"},
		{"this", with(toWhich, TapRange{}), Ranges, RangeFirst, "", "{****}"},
		{"the other", with(toWhich, TapSheets{}), Sheets, RangeNone, "", "{}"},
		{"back to which", with(toWhich, TapRange{}, TapBack{}), Ranges, RangeWhich, "", "{****}"},
		{"back to the menu", with(toFirst, TapBack{}), Menu, RangeNone, "", "{****}"},
		{"a scan on its way", with(toFirst, scan, scan, TapKeys{}), Ranges, RangeFirst, "", "scan"},
		{"no card", with(toFirst, scan, SerialRead{Note: "range.note.host"}), Ranges, RangeFirst, "range.note.host", "scan"},
		{"the first", toLast, Ranges, RangeLast, "", "scan"},
		{"typed", with(toFirst, TapKeys{}, TypedSerial{of(11)}), Ranges, RangeLast, "", "{****}"},
		{"not by a key that nobody asked for", with(toFirst, TypedSerial{of(11)}), Ranges, RangeFirst, "", "{****}"},
		{"scanned while the keys are there", with(toFirst, TapKeys{}, scan, SerialRead{Serial: of(11)}), Ranges, RangeLast, "", "scan"},
		{"the last, typed", with(toLast, TapKeys{}, TypedSerial{of(30)}), Ranges, RangeLast, "", "{0000-0200-005W 0000-0200-00F6}"},
		{"found", toFound, Ranges, RangeFound, "", "{0000-0200-005W 0000-0200-00F6}"},
		{"another last", with(toFound, TapBack{}), Ranges, RangeLast, "", "{0000-0200-005W 0000-0200-00F6}"},
		{"another first", with(toFound, TapBack{}, TapBack{}), Ranges, RangeFirst, "", "{0000-0200-005W 0000-0200-00F6}"},
		{"yes", with(toFound, TapActivate{}), Ranges, RangeFound, "", "{{8 11 30} sato}"},
		{"yes, yes", with(toFound, TapActivate{}, TapActivate{}, TapBack{}), Ranges, RangeFound, "", "{{8 11 30} sato}"},
		{"not this one", with(toLast, scan, SerialRead{Serial: of(30)}, found(func(f *FoundRange) { f.Why = "range.not.two" }), TapActivate{}), Ranges, RangeFound, "", "{0000-0200-005W 0000-0200-00F6}"},
		{"done", toDone, Ranges, RangeDone, "", "{{8 11 30} sato}"},
		{"not any more", with(toFound, TapActivate{}, Activated{Range: found(nil).Found.Range, Note: "range.not.active"}), Ranges, RangeFound, "range.not.active", "{{8 11 30} sato}"},
		{"the answer of another", with(toFound, TapActivate{}, Activated{Range: cards.Range{Allotment: 8, First: 1, Last: 2}, Count: 2}), Ranges, RangeFound, "", "{{8 11 30} sato}"},
		{"the next", with(toDone, TapRange{}), Ranges, RangeFirst, "", "{{8 11 30} sato}"},
		{"over", with(toDone, TapBack{}), Menu, RangeNone, "", "{{8 11 30} sato}"},
		{"beside another screen", with(toFound, TapActivate{}, TapDisplay{}, Activated{Range: found(nil).Found.Range, Count: 20}, TapBack{}), Ranges, RangeDone, "", "{{8 11 30} sato}"},
		{"they count", with(toFirst, Tick{noon.Add(prizeIdle - 1)}), Ranges, RangeFirst, "", "{****}"},
		{"nobody is there any more", with(toLast, Tick{noon.Add(prizeIdle)}), Home, RangeNone, "", "scan"},
		{"at home it means nothing", []Event{granted(true), TapBatches{}, TapRange{}, TapActivate{}, found(nil), SerialRead{Serial: of(1)}}, Home, RangeNone, "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, effects := start(tt.events...)
			last := ""
			for _, e := range effects {
				if last = fmt.Sprint(e); last == fmt.Sprint(ReadSerial(scan)) {
					last = "scan"
				}
			}
			if got.Step != tt.step || got.Range.At != tt.at || got.Range.Note != tt.note || last != tt.last {
				t.Errorf("step %d, at %d, %q, %s; want step %d, at %d, %q, %s", got.Step, got.Range.At, got.Range.Note, last, tt.step, tt.at, tt.note, tt.last)
			}
		})
	}
}

// A scan that nobody takes is wiped, and so is one too many.
func TestRangeWipes(t *testing.T) {
	wiped := 0
	scan := account.Scanned{Text: scannedText{&wiped}}
	start(append([]Event{granted(true)}, with(toMenu, TapBatches{}, scan, TapRange{}, scan, scan)...)...)
	if wiped != 2 {
		t.Errorf("%d of 2 were wiped", wiped)
	}
}

// How many become active, and what they are worth.
func TestFoundRange(t *testing.T) {
	f := found(func(f *FoundRange) { f.Active, f.Withdrawn = 3, 2 }).Found
	if f.Count() != 15 || f.Yen() != 3000 {
		t.Errorf("%d cards, %d yen", f.Count(), f.Yen())
	}
}
