package ui

import (
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"fyne.io/fyne/v2"

	"pointkiosk/kiosk"
	"pointkiosk/kiosk/prize"
	"pointkiosk/packaging/proof"
)

// prizeOf is what somebody has at 賞品交換, and how the screens would say it of
// nobody else.
func prizeOf(n int) (s prize.State, marks []string) {
	id, points := []string{"Q7", "Z3"}[n], []int64{76543, 81234}[n]
	name := prize.Name{Ja: id + "の賞品", En: id + " prize"}
	for range 9 {
		s.Basket.Lines = append(s.Basket.Lines, prize.Line{Serial: id + "PP-RR22-SSTT", Points: points, Event: prize.Name{Ja: id + "の催し"}})
	}
	for range 6 {
		s.Basket.Prizes = append(s.Basket.Prizes, prize.Prize{ID: id, Name: name, Points: points - 5, Stock: 12, Change: 7})
	}
	s.Basket.Sum, s.Prize = 9*points, s.Basket.Prizes[0]
	s.Taken = prize.Taken{Slip: uint64(points) + 2, Prize: name, Surplus: points - 2, Change: true, Card: true, Printed: true}
	return s, []string{id + "の", id + " ", id + "PP", []string{"76,5", "81,2"}[n], []string{"7654", "8123"}[n], []string{"688,8", "731,1"}[n]}
}

// Whatever of 賞品交換 was shown for the first one, in whatever order, and whatever
// comes after it: nothing of that is on a screen, or behind it.
func TestNextAtPrizes(t *testing.T) {
	newApp(t)
	first, marks := prizeOf(0)
	second, _ := prizeOf(1)
	rnd := rand.New(rand.NewPCG(5, 25))
	seen := map[string]bool{}
	roots := [2]*Root{}
	for i := range roots {
		roots[i], _ = open(t, []fyne.Size{sizes()[0], sizes()[3]}[i], func(kiosk.Event) {})
	}
	for n := range proof.Times(16, 40, 3000) {
		root := roots[n%2]
		steps := slices.Sorted(maps.Keys(root.prize.leaves))
		st := stateOf(t, "prize-none")
		st.Visit, st.Look.Lang = 2*n, []string{"ja", "en"}[rnd.IntN(2)]
		root.Show(st)
		walk := func(of prize.State, then func()) {
			st.Step, st.Prize = kiosk.Prize, of
			for range 1 + rnd.IntN(5) {
				st.Prize.Step = steps[rnd.IntN(len(steps))]
				root.Show(st)
				then()
			}
		}
		walk(first, func() {
			for _, m := range marks {
				seen[m] = seen[m] || len(holding(root.prize, m)) > 0
			}
		})
		st.Prize = prize.State{}
		if st.Step = []kiosk.Step{kiosk.Home, kiosk.Menu, kiosk.Prize}[rnd.IntN(3)]; st.Step == kiosk.Prize || rnd.IntN(2) == 0 {
			st.Visit++
		}
		root.Show(st)
		clean := func() {
			if found := holding(root, marks...); len(found) > 0 {
				t.Fatalf("walk %d: of the first one is left %q", n, found)
			}
		}
		clean()
		walk(second, clean)
	}
	for _, m := range marks {
		if !seen[m] {
			t.Errorf("no screen ever said %q", m)
		}
	}
}

// The walk finds a screen that nobody empties.
func TestNextAtPrizesFinds(t *testing.T) {
	proof.Finds(t, "TestNextAtPrizes", "of the first one is left", proof.Fault{File: "ui/ui.go", Right: "\t\tr.prize.forget()\n", Wrong: ""})
}
