package ui

import (
	"fmt"
	"slices"
	"testing"

	"fyne.io/fyne/v2"

	"pointkiosk/cards"
	"pointkiosk/kiosk"
)

// Every event that is open stands on exactly one page, at every size of panel.
func TestOffersInPages(t *testing.T) {
	newApp(t)
	for _, size := range sizes() {
		for n := 2; n <= 11; n++ {
			var seen []uint32
			st := stateOf(t, "menu-two")
			st.Offers = several(n)
			var turned kiosk.Event
			root, _ := open(t, size, func(e kiosk.Event) { turned = e })
			for range n { // pages at most
				root.Show(st)
				for _, s := range spots(root.Object()) {
					if b, ok := s.object.(*button); ok {
						if a := tapped(b, &turned); a != 0 {
							seen = append(seen, a)
						}
					}
				}
				next, ok := nextPage(root.Object(), &turned)
				if !ok {
					break
				}
				st.Skip = next
			}
			if want := ids(several(n)); !slices.Equal(seen, want) {
				t.Errorf("%v, %d events: %v were shown", size, n, seen)
			}
		}
	}
}

// tapped is the allotment that a button opens the desk for, 0 if it does not.
func tapped(b *button, sent *kiosk.Event) uint32 {
	*sent = nil
	b.Tapped(nil)
	e, _ := (*sent).(kiosk.TapDesk)
	return e.Allotment
}

func nextPage(root fyne.CanvasObject, sent *kiosk.Event) (int, bool) {
	for _, s := range spots(root) {
		if b, ok := s.object.(*button); ok && slices.Contains(said(b), "次へ") {
			*sent = nil
			b.Tapped(nil)
			e, ok := (*sent).(kiosk.TapPage)
			return e.Skip, ok
		}
	}
	return 0, false
}

func ids(offers []kiosk.Offer) (list []uint32) {
	for _, o := range offers {
		list = append(list, o.Allotment.ID)
	}
	return list
}

// A tile says which event it is, where, for how many points, and what is left;
// its day too where the clock can't be trusted.
func TestOfferSays(t *testing.T) {
	newApp(t)
	root, _ := open(t, sizes()[0], func(kiosk.Event) {})
	for sample, want := range map[string][]string{
		"menu-two":   {"ナチュラルバル", "JR木更津駅西口広場", "200ポイント", "のこり362枚"},
		"menu-date":  {"ナチュラルバル", "令和8年11月22日(日)", "JR木更津駅西口広場", "200ポイント", "のこり362枚"},
		"menu-dates": {"ナチュラルバル", "令和8年11月22日(日) JR木更津駅西口広場", "200ポイント", "のこり362枚"},
	} {
		root.Show(stateOf(t, sample))
		if b := find(t, root.Object(), "ナチュラルバル").object.(*button); !slices.Equal(said(b)[:len(want)], want) {
			t.Errorf("%s: the tile says %q", sample, said(b))
		}
	}
}

// The menu says how many cards wait for a word, and why nothing is issued.
func TestMenuSays(t *testing.T) {
	newApp(t)
	root, _ := open(t, sizes()[0], func(kiosk.Event) {})
	root.Show(stateOf(t, "menu-owed"))
	want := root.pen.say("issue.hub") + "\n" + root.pen.say("menu.owed", "2")
	if got := root.screens[kiosk.Menu].(*menu).word.say(); got != want {
		t.Errorf("the menu says %q", got)
	}
}

// Of a suspect clock, the day of the cards is what is asked about.
func TestClockAsksAboutTheCardsDay(t *testing.T) {
	newApp(t)
	root, _ := open(t, sizes()[0], func(kiosk.Event) {})
	st := stateOf(t, "clock")
	for days, want := range map[cards.Day]string{0: "令和8年11月22日(日) 13:05", 1: "令和8年11月23日(月) "} {
		st.Site.Allotment.Day = cards.DayOf(now()) + days
		root.Show(st)
		s := root.screens[kiosk.Clock].(*clock)
		if got := fmt.Sprint(s.date.say(), " ", s.hour.say()); got != want || s.event.say() != "ナチュラルバル" {
			t.Errorf("the clock asks about %q", got)
		}
	}
}

// A panel with room shows the next card; a low one has none.
func TestPreviewWhereThereIsRoom(t *testing.T) {
	newApp(t)
	for n, size := range sizes() {
		root, _ := open(t, size, func(kiosk.Event) {})
		for sample, want := range map[string]bool{"issue-paper": n != 3, "issue": false} {
			root.Show(stateOf(t, sample))
			shown := false
			for _, s := range spots(root.Object()) {
				shown = shown || s.object == root.screens[kiosk.Issue].(*issue).paper.image
			}
			if shown != want {
				t.Errorf("%s %v: a preview %v", sample, size, shown)
			}
		}
	}
}
