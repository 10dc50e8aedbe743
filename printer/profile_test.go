package printer_test

import (
	"slices"
	"strings"
	"testing"

	"pointkiosk/printer"
	"pointkiosk/printer/printertest"
)

// TestProfiles: each that comes with the package is a printer, and says on what
// it was tried.
func TestProfiles(t *testing.T) {
	var names []string
	for _, p := range printer.Profiles() {
		if _, err := printer.New(nil, &printer.Opts{Profile: p}); err != nil {
			t.Errorf("%s: %v", p.Name, err)
		}
		if p.Tried == "" || slices.Contains(names, p.Name) || p.Blade == 0 {
			t.Errorf("%s: tried on %q, %d rows to the blade; before it %q", p.Name, p.Tried, p.Blade, names)
		}
		if !slices.Contains(p.Layouts(), p.Layout) {
			t.Errorf("%s: %v is none of %v", p.Name, p.Layout, p.Layouts())
		}
		names = append(names, p.Name)
	}
	if _, err := printer.Named("epson"); err == nil || !strings.Contains(err.Error(), "epson-tm-80") {
		t.Errorf("no such profile: %v", err)
	}
}

func TestWith(t *testing.T) {
	p, err := printer.Named("clone-58")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ object, want string }{
		{`{"answers": "queued", "cutter": "full", "feed": 8, "densities": ["1d 28 4b 02 00 31 02"], "density": 1}`, ""},
		{`{"dots": 380}`, "380 dots"},
		{`{"answers": "maybe"}`, `"maybe" is none of`},
		{`{"layout": "native"}`, `needs "dot_feed"`},
		{`{"layout": "cropped"}`, `needs "half"`},
		{`{"densities": ["zz"]}`, `command "zz"`},
		{`{"density": 5}`, "density 5 is not within 0 and 4"},
		{`{"width": 58}`, "unknown field"},
		{`{"spoils": 1}`, "every raster"},
	} {
		q, err := p.With([]byte(tt.object))
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %s", tt.object, err, tt.want)
		}
		if err == nil && (q.Answers != printer.Queued || q.Feed != 8 || q.Dots != 384 || len(q.Densities[0]) != 7) {
			t.Errorf("%s: %+v", tt.object, q)
		}
	}
	if again, _ := printer.Named("clone-58"); again.Answers != printer.Realtime || len(again.Densities[0]) != 5 {
		t.Error("the profile of the package was changed")
	}
}

// TestCommandsOfAProfile: what a profile says is sent is sent, where it belongs.
func TestCommandsOfAProfile(t *testing.T) {
	p, err := printer.Named("epson-tm-58")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, object string
		beep         bool
		want         string // in the listing, in this order
	}{
		{"as it is", `{}`, false, "status back ff, motion 203 203, align 1, feed 0 and cut, process id"},
		{"density", `{"density": 2}`, false, "motion 203 203, density -3, align 1"},
		{"buzzer", `{}`, true, "feed 0 and cut, buzzer 31 01 01, process id"},
		{"cut wholly, further on", `{"cutter": "full", "feed": 16}`, false, "feed 16 and cut"},
		{"no cutter", `{"cutter": "none", "feed": 16}`, false, "feed 34, feed 136, process id"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			kind, err := p.With([]byte(tt.object))
			if err != nil {
				t.Fatal(err)
			}
			vp, err := printertest.New(printertest.Like(kind))
			if err != nil {
				t.Fatal(err)
			}
			d, err := printer.New(vp, &printer.Opts{Profile: kind, Now: vp.Now, Beep: tt.beep})
			if err != nil {
				t.Fatal(err)
			}
			line := &printer.Text{Runs: []printer.Run{{Text: "こんにちは"}}, Centre: true}
			picture := card(1, 384, 40)
			if _, err := d.Print(line, picture, line, printer.NewBitmap(384, 4)); err != nil {
				t.Fatal(err)
			}
			clean(t, vp)
			rest := vp.Listing()
			for part := range strings.SplitSeq(tt.want, ", ") {
				at := strings.Index(rest, part)
				if at < 0 {
					t.Fatalf("no %q in\n%s", part, vp.Listing())
				}
				rest = rest[at:]
			}
		})
	}
}
