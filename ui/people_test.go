package ui

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"pointkiosk/kiosk"
	"pointkiosk/kiosk/wizard"
	"pointkiosk/packaging/proof"
)

// A visitor is somebody by what the screens would say of them, and of nobody
// else.
type visitor struct {
	state wizard.State
	keys  map[wizard.Step]string // what they type at a step
	marks []string
}

func visitorOf(n int) visitor {
	id := func(c string) string { return []string{"Q7", "Z3"}[n] + c }
	points := []int64{7654321, 8123456}[n]
	v := visitor{keys: map[wizard.Step]string{wizard.PIN: []string{"7294", "1538"}[n], wizard.Own: id("WKMN44"), wizard.Typing: []string{"kxqzwvkx", "jygbfpjy"}[n]}}
	v.state = wizard.State{
		Card: true, Tries: 2, IDs: []string{id("PPRR22"), id("SSTT33"), id("WWXX55")}, ID: id("SSTT33"), Word: "taken",
		Account: wizard.Account{ID: id("HHJJ66"), Points: map[string]int64{"らづポイント": points}}, Code: []string{"QRST", "WXYZ"}[n] + "-2345-6789",
	}
	v.marks = []string{id("PP"), id("SS"), id("WW"), id("HH"), id("WK"), v.state.Code[:6], fmt.Sprint(points)[:3], []string{"7,654", "8,123"}[n], v.keys[wizard.PIN], v.keys[wizard.Typing][:4]}
	return v
}

// at shows a step, with or without an account, and types what is typed there; not
// always all of it.
func (v visitor) at(root *Root, rnd *rand.Rand, st kiosk.State, step wizard.Step) {
	st.Step, st.MyKey = kiosk.MyKey, v.state
	st.MyKey.Step, st.MyKey.Typed, st.MyKey.Wrong = step, rnd.IntN(2) == 0, rnd.IntN(2) == 0
	if rnd.IntN(2) == 0 {
		st.MyKey.Account = wizard.Account{}
	}
	root.Show(st)
	keys := v.keys[step]
	for range 1 + rnd.IntN(2) {
		for i := range len(keys) - rnd.IntN(2)*2 {
			switch s := root.mykey.leaves[step].(type) {
			case *pin:
				s.press(keys[i])
			case *own:
				s.press(keys[i])
			case *typing:
				s.press(keys[i])
			}
		}
		if s, ok := root.mykey.leaves[step].(*typing); ok {
			s.done()
		}
	}
}

// walk is some steps in some order, with 表示 between.
func (v visitor) walk(root *Root, rnd *rand.Rand, st kiosk.State, steps []wizard.Step, then func()) {
	for _, i := range rnd.Perm(len(steps))[:1+rnd.IntN(4)] {
		v.at(root, rnd, st, steps[i])
		then()
		if rnd.IntN(8) == 0 {
			st.Step = kiosk.Display
			root.Show(st)
		}
	}
}

// Whatever screens the first one saw, in whatever order, and however they left:
// nothing that is on a screen, or behind it, says anything of them.
func TestNextVisitor(t *testing.T) {
	newApp(t)
	first, second := visitorOf(0), visitorOf(1)
	rnd := rand.New(rand.NewPCG(4, 34))
	seen := map[string]bool{}
	roots := [2]*Root{}
	for i := range roots {
		roots[i], _ = open(t, []fyne.Size{sizes()[0], sizes()[3]}[i], func(kiosk.Event) {})
	}
	for n := range proof.Times(60, 120, 5000) {
		root := roots[n%2]
		steps := slices.Sorted(maps.Keys(root.mykey.leaves))
		st := stateOf(t, "home")
		st.Visit, st.Look.Lang = 2*n, []string{"ja", "en"}[rnd.IntN(2)]
		root.Show(st)
		first.walk(root, rnd, st, steps, func() {
			for _, found := range holding(root.mykey, first.marks...) {
				seen[found[strings.LastIndex(found, " "):]] = true
			}
		})
		st.Visit, st.Step = st.Visit+1, kiosk.Home
		if rnd.IntN(3) == 0 {
			st.Step = kiosk.MyKey
		}
		root.Show(st)
		clean := func() {
			if found := holding(root, first.marks...); len(found) > 0 {
				t.Fatalf("walk %d: of the first one is left %q", n, found)
			}
		}
		clean()
		second.walk(root, rnd, st, steps, clean)
	}
	if len(seen) < len(first.marks)-2 { // the code is on the slip alone, and points are written in one way
		t.Errorf("the screens hardly ever said anything of the first one: %v", seen)
	}
}

// The walk finds the faults that it is there for.
func TestNextVisitorFinds(t *testing.T) {
	for _, fault := range []proof.Fault{
		{File: "ui/stage.go", Right: "\tblank(s.body().objects())\n", Wrong: ""},
		{File: "ui/stage.go", Right: "\ts.Show(kiosk.State{})\n", Wrong: ""},
		{File: "ui/stage.go", Right: "\t\tf.forget()\n", Wrong: "\t\t_ = f\n"},
		{File: "ui/ui.go", Right: "\t\tr.mykey.forget()\n", Wrong: ""},
	} {
		proof.Finds(t, "TestNextVisitor", "of the first one is left", fault)
	}
}
