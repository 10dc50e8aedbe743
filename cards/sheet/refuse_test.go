package sheet

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"strings"
	"testing"

	"pointkiosk/assets"
	"pointkiosk/cards"
	"pointkiosk/cards/face"
	"pointkiosk/packaging/proof"
)

type refusal struct {
	name   string
	change func(o *Opts)
	want   string
}

// What can't be printed is refused before anything is signed, by its name.
func TestNewRefuses(t *testing.T) {
	refused(t, []refusal{
		{"a stock that can't be", func(o *Opts) { o.Stock.Left = 100 }, `sheet: stock "a4-10": the columns end 72.00 mm outside the page`},
		{"sides that there aren't", func(o *Opts) { o.Sides = 3 }, "sheet: no such sides: Sides(3)"},
		{"a cell beyond the sheet", func(o *Opts) { o.Start = 10 }, "sheet: start at cell 10, a sheet has 0 to 9"},
		{"a cell before the sheet", func(o *Opts) { o.Start = -1 }, "sheet: start at cell -1, a sheet has 0 to 9"},
		{"an offset in inches", func(o *Opts) { o.Back.Y = 25.4 }, "sheet: an offset of 25.4 mm, want at most 20"},
		{"a colour's name", func(o *Opts) { o.Colour = "blue" }, `sheet: colour "blue", want #RRGGBB`},
		{"a colour in signs", func(o *Opts) { o.Colour = "#+1-2+3" }, `sheet: colour "#+1-2+3", want #RRGGBB`},
		{"a colour without its sign", func(o *Opts) { o.Colour = "0A4A8F" }, `sheet: colour "0A4A8F", want #RRGGBB`},
		{"a colour too long", func(o *Opts) { o.Colour = "#0A4A8F0" }, `sheet: colour "#0A4A8F0", want #RRGGBB`},
		{"a point ticket", func(o *Opts) { o.Card.Ticket = true }, "sheet: a point ticket is printed one at a time"},
		{"points below none", func(o *Opts) { o.Card.Points = -1 }, "sheet: -1 points"},
		{"a name from a register", func(o *Opts) { o.Card.Event = "𠮷野家前" }, `sheet: face: event: the font has no '𠮷' (U+20BB7)`},
		{"no text", func(o *Opts) { o.Card.Event = "市\xE6" }, "sheet: face: event: the font has no '\uFFFD' (U+FFFD)"},
		{"a face", func(o *Opts) { o.Card.Scheme = "ポイント😀" }, "sheet: face: scheme: the font has no '😀' (U+1F600)"},
		{"a mark by itself", func(o *Opts) { o.Card.Contact = "か\u3099" }, "sheet: face: contact: the font has no '\u3099' (U+3099)"},
		{"a line break", func(o *Opts) { o.Card.Place = "駅\n前" }, `sheet: face: place: the font has no '\n' (U+000A)`},
		{"right to left", func(o *Opts) { o.Card.Phone = "\u202e123" }, `sheet: face: phone: the font has no '\u202e' (U+202E)`},
		{"a long scheme", func(o *Opts) { o.Card.Scheme = strings.Repeat("長", 60) }, "sheet: face: scheme: "},
		{"a long event", func(o *Opts) { o.Card.Event = strings.Repeat("長い", 60) }, "sheet: face: event: "},
		{"a long host", func(o *Opts) { o.Card.Host = strings.Repeat("a", 80) }, "sheet: face: host: "},
		{"points of many digits", func(o *Opts) { o.Stock = stock(t, "a4-8"); o.Picture = assets.Picture("ok"); o.Card.Points = 1e18 }, "sheet: face: points: "},
		{"a sample code too long", func(o *Opts) { o.Card.URL = strings.Repeat("A", 179) }, "sheet: code: face: url: "},
		{"a sample code in small letters", func(o *Opts) { o.Card.URL = "https://p.example.jp" }, "sheet: code: qr: not alphanumeric"},
	})
}

// So is what is no picture, or one that we would print in part.
func TestNewRefusesPictures(t *testing.T) {
	refused(t, []refusal{
		{"a picture without room", func(o *Opts) { o.Sides, o.Picture = Single, assets.Picture("ok") }, "sheet: a card printed on one side has no room for a picture"},
		{"a text for a picture", func(o *Opts) { o.Picture = []byte("a picture") }, "sheet: not a PNG, JPEG or SVG picture that can be printed"},
		{"half a PNG", func(o *Opts) { o.Picture = dots(t, png.Encode)[:60] }, "sheet: not a PNG, JPEG or SVG picture that can be printed: "},
		{"a PNG larger than memory", func(o *Opts) { o.Picture = huge(t) }, "sheet: not a PNG, JPEG or SVG picture that can be printed: 60000 x 60000 dots"},
		{"a JPEG's head", func(o *Opts) { o.Picture = []byte("\xFF\xD8\xFF\xE0") }, "sheet: not a PNG, JPEG or SVG picture that can be printed: "},
		{"a page for a picture", func(o *Opts) { o.Picture = []byte("<html><p/></html>") }, "sheet: not a PNG, JPEG or SVG picture that can be printed"},
		{"an SVG that doesn't end", func(o *Opts) { o.Picture = []byte("<svg viewBox='0 0 9 9'><path d='M0 0h9'/>") }, "sheet: not a PNG, JPEG or SVG picture that can be printed: "},
		{"an SVG of nothing", func(o *Opts) { o.Picture = []byte("<svg viewBox='0 0 9 9'></svg>") }, "sheet: not a PNG, JPEG or SVG picture that can be printed: nothing in it can be drawn"},
		{"an SVG without a size", func(o *Opts) { o.Picture = []byte("<svg><path d='M0 0h9v9z'/></svg>") }, "sheet: not a PNG, JPEG or SVG picture that can be printed: nothing in it can be drawn"},
		{"an SVG with text", func(o *Opts) { o.Picture = []byte("<svg viewBox='0 0 9 9'><text>a</text></svg>") }, "sheet: not a PNG, JPEG or SVG picture that can be printed: SVG <text> isn't printed: turn it into paths, or into a PNG"},
	})
}

func refused(t *testing.T, list []refusal) {
	t.Helper()
	for _, tt := range list {
		t.Run(tt.name, func(t *testing.T) {
			o := Opts{Stock: stock(t, "a4-10"), Lang: "ja", Card: kisarazu()}
			tt.change(&o)
			if s, err := New(&o); err == nil || s != nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v, want %q", err, tt.want)
			}
		})
	}
}

// Who refuses can be asked by type.
func TestRefusalsHaveTypes(t *testing.T) {
	o := Opts{Stock: stock(t, "a4-10"), Card: kisarazu()}
	o.Card.Event = "𠮷"
	_, err := New(&o)
	if missing := new(face.MissingGlyphError); !errors.As(err, &missing) || missing.Field != "event" || missing.Rune != '𠮷' {
		t.Error(err)
	}
	o.Card.Event = strings.Repeat("長い", 60)
	_, err = New(&o)
	if long := new(face.TooLongError); !errors.As(err, &long) || long.Field != "event" {
		t.Error(err)
	}
	o.Card.Event = ""
	for _, picture := range []string{"x", "<svg viewBox='0 0 9 9'><text>a</text></svg>"} {
		o.Picture = []byte(picture)
		if _, err = New(&o); !errors.Is(err, ErrPicture) {
			t.Errorf("%s: %v", picture, err)
		}
	}
	o.Sides, o.Picture = Single, assets.Picture("ok")
	if _, err = New(&o); !errors.Is(err, ErrOneSide) {
		t.Error(err)
	}
}

func TestWriteRefuses(t *testing.T) {
	s := newSheets(t, Opts{Stock: stock(t, "a4-10"), Card: kisarazu()})
	good := many(3, shortHost)
	with := func(change func(o *One)) []One {
		list := append([]One(nil), good...)
		change(&list[1])
		return list
	}
	for _, tt := range []struct {
		name string
		list []One
		want string
	}{
		{"nothing", nil, "sheet: no cards"},
		{"no serial", with(func(o *One) { o.Serial = "" }), "sheet: card 2: cards: not a serial"},
		{"a mistyped serial", with(func(o *One) { o.Serial = good[0].Serial[:13] + "0" }), "sheet: card 2: cards: not a serial"},
		{"a text for a serial", with(func(o *One) { o.Serial = ") Tj (" }), "sheet: card 2: cards: not a serial"},
		{"another card's serial", with(func(o *One) { o.Serial = good[0].Serial }), "sheet: card 2 has the serial of card 1"},
		{"a card twice", with(func(o *One) { *o = good[0] }), "sheet: card 1 comes twice"},
		{"a code twice", with(func(o *One) { o.URL = good[0].URL }), "sheet: card 2 comes twice"},
		{"no code", with(func(o *One) { o.URL = "" }), "sheet: card 2: code: qr: not alphanumeric"},
		{"a code too long", with(func(o *One) { o.URL = strings.Repeat("A", 179) }), "sheet: card 2: code: face: url: "},
	} {
		var b bytes.Buffer
		if err := s.Write(&b, tt.list, nil); err == nil || !strings.Contains(err.Error(), tt.want) || b.Len() > 0 {
			t.Errorf("%s: %v and %d bytes, want %q and none", tt.name, err, b.Len(), tt.want)
		}
	}
	full := errors.New("no space left on device")
	if err := s.Write(failing{full}, good, nil); !errors.Is(err, full) {
		t.Errorf("a full disk: %v", err)
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

// A code's text is worth money: no error repeats it.
func TestErrorsDoNotSayTheCode(t *testing.T) {
	s := newSheets(t, Opts{Stock: stock(t, "a4-10"), Card: kisarazu()})
	const secret = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
	for _, url := range []string{strings.Repeat(secret, 6), "https://" + secret, strings.Repeat(secret, 20)} {
		one := many(1, shortHost)
		one[0].URL = url
		if err := s.Write(io.Discard, one, nil); err == nil || strings.Contains(err.Error(), secret) {
			t.Error(err)
		}
	}
	one := []One{{Serial: "HTTPS://" + secret, URL: secret, Number: 1}}
	if err := s.Write(io.Discard, one, nil); !errors.Is(err, cards.ErrSerial) || strings.Contains(err.Error(), secret) {
		t.Error(err)
	}
}

func dots(t testing.TB, encode func(io.Writer, image.Image) error) []byte {
	t.Helper()
	m := image.NewNRGBA(image.Rect(0, 0, 40, 20))
	for x := range 40 {
		for y := range 20 {
			m.SetNRGBA(x, y, color.NRGBA{uint8(x * 6), uint8(y * 12), 80, uint8(255 * min(x, 1))})
		}
	}
	var b bytes.Buffer
	if err := encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asJPEG(w io.Writer, m image.Image) error { return jpeg.Encode(w, m, nil) }

// huge is a PNG that says it has 60,000 x 60,000 dots.
func huge(t testing.TB) []byte {
	b := bytes.Clone(dots(t, png.Encode))
	copy(b[16:], "\x00\x00\xEA\x60\x00\x00\xEA\x60")
	sum := crcOf(b[12:29])
	copy(b[29:], sum[:])
	return b
}

// A banner is red, with a blue bar across.
const banner = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><path fill="#C02040" d="M0 0h10v10h-10z"/><g fill="none" stroke="#0A4A8F" stroke-width="4"><path d="M0 5h10"/></g></svg>`

func bannerDots(t testing.TB, encode func(io.Writer, image.Image) error) []byte {
	t.Helper()
	m := image.NewNRGBA(image.Rect(0, 0, 1500, 1500))
	for y := range 1500 {
		for x := range 1500 {
			m.SetNRGBA(x, y, color.NRGBA{0xC0, 0x20, 0x40, 0xFF})
			if y >= 450 && y < 1050 {
				m.SetNRGBA(x, y, color.NRGBA{0x0A, 0x4A, 0x8F, 0xFF})
			}
		}
	}
	var b bytes.Buffer
	if err := encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Pictures of each kind come out of the PDF with their colours.
func TestPictures(t *testing.T) {
	proof.Needs(t, "pdftoppm", "qpdf")
	for name, b := range map[string][]byte{"SVG": []byte(banner), "PNG": bannerDots(t, png.Encode), "JPEG": bannerDots(t, asJPEG)} {
		t.Run(name, func(t *testing.T) {
			o := Opts{Stock: stock(t, "a4-8"), Card: kisarazu(), Picture: b, Colour: "#111111"}
			s := newSheets(t, o)
			file := saved(t, written(t, s, many(8, shortHost)))
			output(t, "qpdf", "--check", file)
			in := s.picture.fit(s.sides[0].picture)
			r, _ := trims(&o.Stock, LongEdge)
			page := pageImage(t, file, 1, 100)
			for _, at := range r {
				for _, tt := range []struct {
					down float64
					want colour
				}{{0.1, colour{0xC0, 0x20, 0x40}}, {0.5, plain}, {0.9, colour{0xC0, 0x20, 0x40}}} {
					got := page.At(int((at.x+in.x+in.w/2)/25.4*100), int((at.y+in.y+in.h*tt.down)/25.4*100))
					if !near(got, tt.want) {
						t.Errorf("at %.1f of the picture is %v, want %v", tt.down, got, tt.want)
					}
				}
			}
		})
	}
}

func near(got color.Color, want colour) bool {
	r, g, b, _ := got.RGBA()
	for i, v := range [3]uint32{r, g, b} {
		if d := int(v>>8) - int(want[i]); d < -8 || d > 8 {
			return false
		}
	}
	return true
}

// A picture of a phone is brought down to what paper shows, on white.
func TestPicturesAreMadeSmaller(t *testing.T) {
	m := image.NewNRGBA(image.Rect(0, 0, 4000, 3000))
	small := smaller(m, mostDots)
	if s := small.Rect.Size(); s != image.Pt(571, 428) {
		t.Errorf("it is %v", s)
	}
	if c := small.RGBAAt(100, 100); c != (color.RGBA{255, 255, 255, 255}) {
		t.Errorf("what was clear is %v", c)
	}
}

// Whatever is given for a picture is drawn, or refused; it never breaks.
func FuzzPicture(f *testing.F) {
	f.Add(dots(f, png.Encode))
	f.Add(dots(f, asJPEG))
	for _, name := range []string{"give", "scan", "family"} {
		f.Add(assets.Picture(name))
	}
	f.Add([]byte(`<svg viewBox="0 0 9 9"><path d="M0 0 L"/><circle r="x"/><rect width="-1"/></svg>`))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := readPicture(b)
		if err != nil || p == nil {
			return
		}
		to := pen{high: 100}
		p.draw(&to, box{x: 1, y: 1, w: 20, h: 20})
		if strings.Contains(string(to.b), "NaN") || strings.Contains(string(to.b), "Inf") {
			t.Errorf("drawn as %.200s", to.b)
		}
	})
}
