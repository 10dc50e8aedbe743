package ui

import "pointkiosk/kiosk"

// out is 休止: what happened, what to do, and whom to call. It goes away by
// itself; staff find their door here as on Home.
type out struct {
	p         *pen
	page      *page
	picture   *picture
	title, do *text
	code, who *text
}

func newOut(p *pen, send func(kiosk.Event)) *out {
	s := &out{p: p, picture: newPicture(p, "call", 320), title: newText(p, 46, bold, body), do: newText(p, 34, regular, body),
		code: newText(p, 26, regular, muted), who: newText(p, 26, regular, muted)}
	say := newColumn(p, 20, spring(1), s.title, s.do, newSaid(p, 30, regular, body, "out.ask"), space{p, 12}, newColumn(p, 8, s.code, s.who), spring(1))
	s.page = &page{p: p, foot: newRow(p, 0, spring(1), newStaff(p, send)), main: &shape{p: p,
		lying:   newRow(p, 88, centred(p, s.picture), growing{say, 1}),
		upright: newColumn(p, 24, spring(1), s.picture, say, spring(2)),
	}}
	return s
}

func (s *out) body() part { return s.page }

// Show knows each code of the printer; any other is out of order.
func (s *out) Show(st kiosk.State) {
	p := s.p
	name, ok := map[string]string{"P-01": "plug", "P-02": "roll", "P-03": "cover", "P-04": "jam", "P-05": "hot", "P-08": "roll"}[st.Paper.Code]
	if !ok {
		name = "call"
	}
	s.picture.set(name)
	s.title.set(p.known("printer."+st.Paper.Code, "printer.other"))
	s.do.set(p.known(st.Paper.Todo, "printer.other.do"))
	s.code.set(p.say("out.code", st.Paper.Code, st.Site.Kiosk))
	s.who.set(p.who(st.Site))
}
