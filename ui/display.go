package ui

import "pointkiosk/kiosk"

// display is 表示: the bar's switches where the bar has no room for them.
type display struct {
	p            *pen
	page         *page
	sizes        [3]*button
	ja, en       *button
	calm, strong *button
	contrast     bool
}

func newDisplay(p *pen, send func(kiosk.Event)) *display {
	s := &display{p: p}
	var sizes []part
	for i, key := range sizeKeys() {
		s.sizes[i] = newChoice(p, key, func() { send(kiosk.TapSize{Size: kiosk.Size(i)}) })
		sizes = append(sizes, growing{s.sizes[i], 1})
	}
	s.ja = newChoice(p, "bar.ja", func() { send(kiosk.TapLang{Lang: "ja"}) })
	s.en = newChoice(p, "bar.en", func() { send(kiosk.TapLang{Lang: "en"}) })
	turn := func(to bool) func() {
		return func() {
			if s.contrast != to {
				send(kiosk.TapContrast{})
			}
		}
	}
	s.calm, s.strong = newChoice(p, "display.calm", turn(false)), newChoice(p, "bar.contrast", turn(true))
	line := func(key string, choices ...part) part {
		return newRow(p, 32, growing{newSaid(p, 30, bold, body, key).middle(), 2}, growing{newRow(p, 16, choices...), 5})
	}
	list := newColumn(p, 24, newSaid(p, 46, bold, body, "display.title"), spring(1),
		line("display.size", sizes...), space{p, 24}, line("display.lang", growing{s.ja, 1}, growing{s.en, 1}), space{p, 24},
		line("display.colour", growing{s.calm, 1}, growing{s.strong, 1}), spring(2))
	s.page = &page{p: p, main: list, foot: newRow(p, 24, newBack(p, send), spring(1))}
	return s
}

func newChoice(p *pen, key string, tap func()) *button {
	b := newWordButton(p, off, 32, key, tap)
	b.padX, b.padY, b.least = 12, 8, 96
	return b
}

func (s *display) body() part { return s.page }

// Show marks what is chosen.
func (s *display) Show(st kiosk.State) {
	s.contrast = st.Look.Contrast
	for i, size := range s.sizes {
		size.choose(st.Look.Size == kiosk.Size(i))
	}
	s.ja.choose(s.p.lang() == "ja")
	s.en.choose(s.p.lang() == "en")
	s.calm.choose(!s.contrast)
	s.strong.choose(s.contrast)
}
