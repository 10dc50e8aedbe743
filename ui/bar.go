package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"pointkiosk/kiosk"
)

// The bar stands above every screen and never moves: what this kiosk is, how
// it is shown, and how network and printer are.
type bar struct {
	p              *pen
	ground, line   *canvas.Rectangle
	scheme, event  *text
	sizes          [3]*button
	ja, en         *button
	contrast, fold *button
	net, paper     *pill
	title          *column
	ways           []part // arrangements, the best first
	folded         part
	short          bool // pills in few words
	fill           ink
	state          kiosk.State
}

func newBar(p *pen, send func(kiosk.Event)) *bar {
	b := &bar{p: p, ground: canvas.NewRectangle(nil), line: canvas.NewRectangle(nil),
		scheme: newText(p, 20, regular, muted), event: newText(p, 24, bold, body), net: newPill(p), paper: newPill(p)}
	b.scheme.most, b.event.most = 1, 1
	b.title = newColumn(p, 4, spring(1), b.scheme, b.event, spring(1))
	for i, key := range sizeKeys() {
		b.sizes[i] = newSwitch(p, key, func() { send(kiosk.TapSize{Size: kiosk.Size(i)}) })
	}
	b.ja = newSwitch(p, "bar.ja", func() { send(kiosk.TapLang{Lang: "ja"}) })
	b.en = newSwitch(p, "bar.en", func() { send(kiosk.TapLang{Lang: "en"}) })
	b.contrast = newSwitch(p, "bar.contrast", func() { send(kiosk.TapContrast{}) })
	b.fold = newSwitch(p, "bar.display", func() { send(kiosk.TapDisplay{}) })
	b.compose()
	return b
}

func sizeKeys() [3]string { return [3]string{"bar.small", "bar.medium", "bar.large"} }

// newSwitch is a target of full size with a smaller face.
func newSwitch(p *pen, key string, tap func()) *button {
	s := newButton(p, off, newSaid(p, 21, regular, body, key).centre().middle(), tap)
	s.padX, s.padY, s.inset = 14, 4, 11
	return s
}

func (b *bar) compose() {
	p := b.p
	switches := newRow(p, 22, newRow(p, 8, b.sizes[0], b.sizes[1], b.sizes[2]), newRow(p, 8, b.ja, b.en), b.contrast)
	pills := newRow(p, 10, centred(p, b.net), centred(p, b.paper))
	stacked := newColumn(p, 3, spring(1), b.net, b.paper, spring(1))
	title := growing{b.title, 1}
	b.ways = []part{
		newRow(p, 22, title, switches, pills),
		newRow(p, 22, title, switches, stacked),
		newColumn(p, 12, newRow(p, 22, title, pills), newRow(p, 8, switches, spring(1))),
	}
	b.folded = newRow(p, 12, title, pills, b.fold)
}

// centred keeps a part in the middle of a row's height.
func centred(p *pen, inside part) part { return newColumn(p, 0, spring(1), inside, spring(1)) }

// Show takes over what the bar says.
func (b *bar) Show(s kiosk.State) {
	b.state = s
	b.name(s.Site)
	for i, size := range b.sizes {
		size.choose(s.Look.Size == kiosk.Size(i))
	}
	b.ja.choose(b.p.lang() == "ja")
	b.en.choose(b.p.lang() == "en")
	b.contrast.choose(s.Look.Contrast)
	b.pills()
}

// name says whose kiosk this is, and for which event. Where there is no room
// for a strip below it, the bar itself says 見本.
func (b *bar) name(site kiosk.Site) {
	e, lang := site.Allotment.Event, b.p.lang()
	scheme, event := e.Scheme.In(lang), e.Name.In(lang)
	if !site.Granted {
		scheme, event = e.Municipality.In(lang), b.p.say("bar.window")
	}
	b.fill, b.scheme.ink, b.event.ink, b.scheme.bold = barGround, muted, body, regular
	if site.Practice && b.p.low {
		b.fill, b.scheme.ink, b.event.ink, b.scheme.bold = cautionGround, cautionInk, cautionInk, bold
		scheme = b.p.say("bar.practice")
	}
	if n := b.state.Leaving(); n > 0 && b.p.low {
		b.fill, b.scheme.ink, b.event.ink = cautionGround, cautionInk, cautionInk
		scheme, event = "", b.p.say("mykey.leaving.short", n)
	}
	b.scheme.set(scheme)
	b.event.set(event)
}

func (b *bar) pills() {
	b.net.set(b.p.network(b.state.Network, b.short))
	b.paper.set(b.p.paper(b.state.Paper, b.short))
}

func (b *bar) objects() []fyne.CanvasObject {
	all := append([]fyne.CanvasObject{b.ground, b.line}, b.ways[0].objects()...)
	return append(all, b.fold)
}

// arrange places the bar at the top and returns its height.
func (b *bar) arrange(width float32) float32 {
	padX, padY := b.p.gap(24), b.p.gap(8)
	if b.p.low {
		padY = b.p.gap(4)
	}
	inner := width - 2*padX
	way := b.choose(inner)
	h := max(b.p.target(), way.tall(inner)) + 2*padY
	paint(b.ground, b.p.colours[b.fill], nil, 0, 0)
	b.ground.Show()
	b.ground.Resize(fyne.NewSize(width, h))
	paint(b.line, b.p.colours[edge], nil, 0, 0)
	b.line.Show()
	b.line.Move(fyne.NewPos(0, h-1))
	b.line.Resize(fyne.NewSize(width, 1))
	way.place(padX, padY, inner, h-2*padY)
	return h
}

// choose takes the first arrangement that has room for everything. Where none
// has, the switches fold into 表示 and, at last, the title ends with ….
func (b *bar) choose(inner float32) part {
	b.short, b.scheme.dots, b.event.dots = false, false, false
	b.name(b.state.Site)
	b.pills()
	ways := b.ways
	switch {
	case b.p.low:
		ways = nil
	case !b.p.upright:
		ways = ways[:2]
	}
	if way := b.roomy(ways, inner); way != nil {
		return way
	}
	b.short = true
	b.pills()
	if !b.p.upright && b.roomy([]part{b.folded}, inner) != nil {
		return b.folded
	}
	b.scheme.dots, b.event.dots = true, true
	if b.p.upright {
		return b.roomy(ways[2:], inner)
	}
	return b.folded
}

// roomy tries each arrangement, with the title as large as can be.
func (b *bar) roomy(ways []part, inner float32) part {
	for _, shrink := range []float32{1, 0.85, 0.75} {
		b.scheme.shrink, b.event.shrink = shrink, shrink
		for _, way := range ways {
			if way.tall(inner) < tooTall {
				return way
			}
		}
	}
	return nil
}
