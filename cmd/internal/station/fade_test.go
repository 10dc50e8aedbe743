package station

import (
	"errors"
	"testing"

	"pointkiosk/kiosk"
	"pointkiosk/printer"
)

// Where the cards would outlast the paper none is handed out, and the desk says
// why; one is where they last as long.
func TestPaperThatFades(t *testing.T) {
	for days, want := range map[int]string{29: "issue.note.fades", 30: ""} {
		m := &market{t: t}
		m.open(printer.ProcessID, nil, func(o *Opts) { o.Settings.Printer.PaperDays = days })
		m.do(kiosk.TapStaff{})
		m.pin("2468")
		m.do(kiosk.TapDesk{})
		if m.state.Desk.Note != want || (m.state.Step == kiosk.Issue) != (want == "") {
			t.Errorf("%d days: step %d, note %q", days, m.state.Step, m.state.Desk.Note)
		}
		if _, err := m.desk.Allotment(t.Context(), ""); errors.Is(err, ErrFades) != (want != "") {
			t.Errorf("%d days: %v", days, err)
		}
		m.do(kiosk.TapBack{}, kiosk.TapStaff{})
		m.pin("2468")
		m.do(kiosk.TapPractice{}) // that paper is thrown away
		m.at(kiosk.Issue)
	}
}

// A roll that came with worse paper shows at the next card of an open desk.
func TestPaperFadesAtTheNextCard(t *testing.T) {
	m := newMarket(t, printer.ProcessID, nil)
	m.toDesk()
	m.desk.opts.Settings.Printer.PaperDays = 7
	m.do(kiosk.TapIssue{})
	if m.state.Desk.Note != "issue.note.fades" || m.papers() != 0 || m.desk.Journal.Tally(m.desk.allotment.ID).Signed != 0 {
		t.Errorf("note %q, %d papers", m.state.Desk.Note, m.papers())
	}
}
