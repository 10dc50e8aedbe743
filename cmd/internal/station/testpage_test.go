package station

import (
	"slices"
	"strings"
	"testing"

	"pointkiosk/assets/words"
	"pointkiosk/printer"
	"pointkiosk/printer/printertest"
)

// TestTestPage prints the test page on a strict printer of each profile, in
// each of its layouts and both languages: width, blackness, letters, codes in
// several sizes and a cut.
func TestTestPage(t *testing.T) {
	draw, err := letters()
	if err != nil {
		t.Fatal(err)
	}
	for _, model := range printer.Profiles() {
		for _, model.Layout = range model.Layouts() {
			for _, lang := range words.Languages() {
				t.Run(model.Name+"/"+model.Layout.String()+"/"+lang, func(t *testing.T) {
					page, err := testPage(model, words.In(lang))
					if err != nil {
						t.Fatal(err)
					}
					o := printertest.Like(model)
					o.Skills.Font = draw
					vp, err := printertest.New(o)
					if err != nil {
						t.Fatal(err)
					}
					dev, err := printer.New(vp, &printer.Opts{Profile: model, Now: vp.Now, Draw: draw})
					if err != nil {
						t.Fatal(err)
					}
					if proof, err := dev.Print(page...); err != nil || proof == printer.NoProof {
						t.Fatalf("%v, %v", proof, err)
					}
					for _, err := range vp.Errors() {
						t.Error(err)
					}
					if n := len(vp.Pages()); n != 1 {
						t.Fatalf("%d papers", n)
					}
					wantCodes(t, page, model)
					wantShades(t, page, model)
					if text := strings.Join(vp.Pages()[0].Text, "\n"); model.Layout >= printer.NativeText &&
						!(strings.Contains(text, "国東半島") && strings.Contains(text, "□")) {
						t.Errorf("in its own letters it says %q", text)
					}
				})
			}
		}
	}
}

// wantShades wants each density that can be set, from the palest.
func wantShades(t *testing.T, page []printer.Raster, model printer.Profile) {
	t.Helper()
	var steps []int
	for _, r := range page {
		if s, ok := r.(*printer.Shade); ok {
			steps = append(steps, s.Step)
		}
	}
	if len(steps) != len(model.Densities) || !slices.IsSorted(steps) {
		t.Errorf("densities %v of %d", steps, len(model.Densities))
	}
}

// wantCodes wants codes of at least three sizes, 6 dots among them, all within
// the paper and none a card's.
func wantCodes(t *testing.T, page []printer.Raster, model printer.Profile) {
	t.Helper()
	var sizes []int
	for _, r := range page {
		if c, ok := r.(*printer.Code); ok {
			sizes = append(sizes, c.Module)
			if strings.Contains(strings.ToLower(c.Text), "http") {
				t.Errorf("a code says %s", c.Text)
			}
		}
		if r.Bounds().Dx() > model.Dots {
			t.Errorf("%v on %d dots", r.Bounds(), model.Dots)
		}
	}
	if len(sizes) < 3 || !slices.Contains(sizes, 6) {
		t.Errorf("codes of %d dots", sizes)
	}
}
