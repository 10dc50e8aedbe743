package ui

import (
	"image/color"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"pointkiosk/kiosk"
)

// Each fault that the walk looks for is found where it was planted.
func TestFaultsAreFound(t *testing.T) {
	newApp(t)
	p := newPen()
	words := func(s string, size float32, c color.Color, x, y float32) *canvas.Text {
		line := canvas.NewText(s, c)
		line.TextSize = size
		line.Move(fyne.NewPos(x, y))
		line.Resize(line.MinSize())
		return line
	}
	key := func(x, y, w, h float32) *button {
		b := newWordButton(p, plain, 20, "any.back", func() {})
		b.place(x, y, w, h)
		return b
	}
	ink := p.colours[body]
	for _, tt := range []struct {
		want    string
		objects []fyne.CanvasObject
	}{
		{"", []fyne.CanvasObject{words("あ", 30, ink, 10, 10), key(10, 100, 200, 80), key(10, 200, 200, 80)}},
		{"outside the window", []fyne.CanvasObject{key(1200, 100, 200, 80)}},
		{"cut off", []fyne.CanvasObject{words("とても長い文です", 300, ink, 10, 10)}},
		{"under 12 mm", []fyne.CanvasObject{key(10, 10, 200, 70)}},
		{"under 12 mm", []fyne.CanvasObject{key(10, 10, 70, 80)}},
		{"under 2 mm", []fyne.CanvasObject{key(10, 10, 200, 80), key(215, 10, 200, 80)}},
		{"contrast of", []fyne.CanvasObject{words("あ", 30, rgb(0x777777), 10, 10)}},
		{"mm high", []fyne.CanvasObject{words("あ", 10, ink, 10, 10)}},
		{"lies on", []fyne.CanvasObject{words("あああ", 30, ink, 10, 10), words("いい", 30, ink, 40, 20)}},
		{"says nothing", []fyne.CanvasObject{words(p.say("no.such.key"), 30, ink, 10, 10)}},
	} {
		ground := canvas.NewRectangle(rgb(0xFFFFFF))
		ground.Resize(sizes()[0])
		box := container.NewWithoutLayout(append([]fyne.CanvasObject{ground}, tt.objects...)...)
		box.Resize(sizes()[0])
		got := strings.Join(faults(spots(box), sizes()[0], p.mm), "\n")
		if tt.want == "" && got != "" || !strings.Contains(got, tt.want) {
			t.Errorf("want %q, found %q", tt.want, got)
		}
	}
}

// Nobody reads a key, an error or half a sentence.
func TestSentence(t *testing.T) {
	p := newPen()
	for _, tt := range []struct{ key, want string }{
		{"", ""},
		{"issue.void.noted", p.say("issue.void.noted")},
		{"no.such.key", p.say("any.call")},
		{"journal: disk I/O error", p.say("any.call")},
		{"door.wait", p.say("any.call")}, // it needs a number that nobody gave
	} {
		if got := p.sentence(tt.key); got != tt.want {
			t.Errorf("%q says %q, want %q", tt.key, got, tt.want)
		}
	}
}

// A pill says how things are, in words and by its picture.
func TestPills(t *testing.T) {
	p := newPen()
	for _, tt := range []struct {
		network kiosk.Network
		paper   kiosk.Paper
		want    string
	}{
		{kiosk.Network{Online: true}, kiosk.Paper{Ready: true}, "ok オンライン, ok 用紙あり"},
		{kiosk.Network{Online: true, Unsent: 3}, kiosk.Paper{Ready: true, Low: true}, "sending オンライン 送信中3件, caution 用紙残りわずか"},
		{kiosk.Network{Unsent: 12}, kiosk.Paper{}, "caution オフライン 未送信12件, caution 用紙を確認中"},
		{kiosk.Network{}, kiosk.Paper{Code: "P-02"}, "caution オフライン, fault 用紙切れ"},
		{kiosk.Network{Online: true, Aside: 2, Unsent: 1}, kiosk.Paper{Code: "P-05"}, "fault 送れない記録2件, caution 冷ましています"},
		{kiosk.Network{Online: true, Aside: 2, Stopped: "x"}, kiosk.Paper{Code: "P-77"}, "fault 発行停止, fault プリンター確認"},
	} {
		network, paper := newPill(p), newPill(p)
		network.set(p.network(tt.network, false))
		paper.set(p.paper(tt.paper, false))
		got := network.icon.name + " " + network.word.say() + ", " + paper.icon.name + " " + paper.word.say()
		if got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
}
