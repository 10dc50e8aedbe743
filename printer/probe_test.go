package printer_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"pointkiosk/printer"
	"pointkiosk/printer/printertest"
)

// TestProbe asks a printer of each profile, which must propose that profile or
// one of the same maker on other paper, and print nothing.
func TestProbe(t *testing.T) {
	heard := map[printer.Answers]string{
		printer.Mute: "", printer.Realtime: "DLE EOT", printer.Queued: "DLE EOT, GS I, GS a, GS r",
		printer.ProcessID: "DLE EOT, GS I, GS a, GS r, GS ( H",
	}
	want := map[string]string{"raster-58": "clone-58", "raster-80": "clone-58", "epson-tm-80": "epson-tm-80 epson-tm-58",
		"epson-tm-58": "epson-tm-80 epson-tm-58"} // a printer that doesn't say its name is taken for the plainest
	for _, p := range printer.Profiles() {
		t.Run(p.Name, func(t *testing.T) {
			vp, err := printertest.New(printertest.Like(p))
			if err != nil {
				t.Fatal(err)
			}
			f, err := printer.Probe(vp, vp.Now)
			if err != nil {
				t.Fatal(err)
			}
			if f.Maker != p.Maker || f.Model != p.Model || f.Answers != p.Answers || strings.Join(f.Heard, ", ") != heard[p.Answers] {
				t.Errorf("found %+v", f)
			}
			var names []string
			for _, p := range f.Propose() {
				if p.Answers != f.Answers {
					t.Errorf("%s is proposed with %v", p.Name, p.Answers)
				}
				names = append(names, p.Name)
			}
			if w := want[p.Name]; strings.Join(names, " ") != w && (w != "" || names[0] != p.Name) {
				t.Errorf("proposed %q", names)
			}
			if len(vp.Pages()) != 0 || slices.Contains(vp.Strip().Bits, 0x80) || vp.Strip().Bounds().Dy() != p.Blade {
				t.Error("something was printed")
			}
			if p.Answers == printer.ProcessID {
				clean(t, vp) // the others don't know each question
			}
		})
	}
}

func TestProposeByName(t *testing.T) {
	for _, tt := range []struct {
		found printer.Found
		want  string
	}{
		{printer.Found{Maker: "EPSON", Model: "TM-m30III", Answers: printer.ProcessID}, "epson-m30"},
		{printer.Found{Maker: "EPSON", Model: "TM-T20II", Answers: printer.ProcessID}, "epson-tm-80"},
		{printer.Found{Maker: "Citizen", Model: "CT-E651", Answers: printer.Queued}, "citizen-ct"},
		{printer.Found{Maker: "Star", Model: "mC-Print3", Answers: printer.ProcessID}, "star-escpos"},
		{printer.Found{Maker: "XP", Model: "T80", Answers: printer.Realtime}, "clone-58"},
		{printer.Found{}, "clone-58-mute"},
	} {
		if got := tt.found.Propose(); len(got) == 0 || got[0].Name != tt.want || got[0].Answers != tt.found.Answers {
			t.Errorf("%+v: %v", tt.found, got)
		}
	}
}

// TestProbeUnready: a printer without paper answers nothing that waits behind
// what it should print, and must not be taken for a plainer one.
func TestProbeUnready(t *testing.T) {
	vp, err := printertest.New(&printertest.Opts{Dots: 384, Answers: printer.ProcessID})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		bad, good printertest.Fault
		code      string
	}{
		{printertest.PaperEnd, printertest.PaperLoaded, "P-02"},
		{printertest.CoverOpened, printertest.CoverShut, "P-03"},
		{printertest.SwitchedOff, printertest.SwitchedOn, "P-01"},
	} {
		vp.Inject(tt.bad)
		for range 2 { // a line that breaks says so once
			_, err = printer.Probe(vp, vp.Now)
		}
		if e, ok := errors.AsType[*printer.UnsentError](err); !ok || e.Status.Code() != tt.code {
			t.Errorf("%v: %v", tt.bad, err)
		}
		mend(vp, []printertest.Fault{tt.good})
	}
	if f, err := printer.Probe(vp, vp.Now); err != nil || f.Answers != printer.ProcessID {
		t.Errorf("mended: %+v, %v", f, err)
	}
}

// TestProbeInMidCard asks a printer whose last kiosk died within a raster: the
// questions must not be taken for its rows.
func TestProbeInMidCard(t *testing.T) {
	for _, name := range []string{"epson-tm-80", "citizen-ct"} {
		p, err := printer.Named(name)
		if err != nil {
			t.Fatal(err)
		}
		vp, _ := model(t, p)
		if err := vp.Tx([]byte("\x1dv0\x00\x48\x00\x80\x00 half a raster"), nil); err != nil {
			t.Fatal(err)
		}
		if f, err := printer.Probe(vp, vp.Now); err != nil || f.Answers != p.Answers || f.Propose()[0].Name != name {
			t.Errorf("%s: %+v, %v", name, f, err)
		}
	}
}

// oneWay is a USB printer that can't be read.
type oneWay struct{}

func (oneWay) String() string { return "one way" }
func (oneWay) OneWay() bool   { return true }
func (oneWay) Tx(_, r []byte) error {
	if len(r) > 0 {
		return errors.New("nothing can be read")
	}
	return nil
}

func TestProbeOneWay(t *testing.T) {
	if f, err := printer.Probe(oneWay{}, nil); err != nil || f.Propose()[0].Name != "clone-58-mute" {
		t.Errorf("%+v, %v", f, err)
	}
}

// TestOneWayStatus: whoever reads P-01 looks for a cable, though the profile is
// wrong.
func TestOneWayStatus(t *testing.T) {
	for _, class := range classes {
		d, err := printer.New(oneWay{}, &printer.Opts{Profile: printer.Profile{Name: "clone", Dots: 384, Answers: class}, Now: step()})
		if err != nil {
			t.Fatal(err)
		}
		s, err := d.Status()
		if class == printer.Mute {
			if err != nil || !s.Ready() {
				t.Errorf("mute: %v, %v", s, err)
			}
			continue
		}
		if s.Code() != "P-01" || err == nil || !strings.Contains(err.Error(), `nothing can be read on one way: set the answers of profile "clone" to mute`) {
			t.Errorf("%v: %v, %v", class, s, err)
		}
	}
}

// TestProposeLayout: kanji of a printer for another country come out as other
// letters, and it says that it printed.
func TestProposeLayout(t *testing.T) {
	for font, want := range map[string]printer.Layout{"KANJI JAPANESE": printer.Native, "CHINA GB18030": printer.Cropped, "": printer.Cropped} {
		f := printer.Found{Maker: "EPSON", Model: "TM-T88VI", Kanji: font, Answers: printer.ProcessID}
		if p := f.Propose()[0]; p.Layout != want {
			t.Errorf("%q: %v", font, p.Layout)
		}
	}
}
