package printertest

import (
	"slices"
	"strings"
	"testing"

	"pointkiosk/printer"
)

var able = Skills{Kanji: true, QR: true, Half: true, Densities: []printer.Command{[]byte("\x1d(K\x02\x001\x00")}, Maker: "EPSON", Model: "TM-T90"}

// Half of this is 木 in Shift-JIS.
const tree = "\x96\xd8"

func TestText(t *testing.T) {
	p := unpack(t, Opts{Dots: 96, Answers: printer.ProcessID, Skills: able})
	send(t, p, "\x1b@\x1c&\x1cC\x01\x1ba\x01"+tree+"a\x1bJ\x1e"+ // a line of 36 dots in the middle
		"\x1b@\x1cC\x01\x1bR\x08\x1bt\x01\\\xb1\x1b$\x30\x00\x1d!\x11\x1bE\x01b\n"+ // yen, kana, and a large letter behind
		"\x1b@\x1b*\x21\x02\x00\xff\xff\xff\x80\x00\x01\x1bJ\x18\x1dVB\x00")
	want := `initialize
kanji on
kanji code 1
align 1
text "木a"
feed 30
initialize
kanji code 1
international 8
code page 1
text "¥ｱ"
at 48
size 2x2
bold 1
text "b"
line feed
initialize
image 2x24
feed 24
feed 0 and cut
`
	if got := p.Listing(); got != want {
		t.Errorf("got\n%s", got)
	}
	page := p.Pages()[0]
	if got := strings.Join(page.Text, "|"); got != "木a|¥ｱb|□" {
		t.Errorf("the page says %q", got)
	}
	if want := []Run{{"木a", 1, 1, false}, {"¥ｱ", 1, 1, false}, {"b", 2, 2, true}, {"□", 1, 1, false}}; !slices.Equal(page.Runs, want) {
		t.Errorf("its runs are %v", page.Runs)
	}
	if got := page.Bounds().Dy(); got != 30+48+24 {
		t.Errorf("%d rows", got)
	}
	for _, tt := range []struct{ y, x int }{
		{23, 30}, {23, 65}, // the corner below both letters, in the middle
		{30 + 47, 24 - 1}, {30 + 47, 48}, // both stand on one line
		{78, 0}, {78 + 23, 0}, {78, 1}, {78 + 23, 1},
	} {
		if page.Row(tt.y)[tt.x/8]>>(7-tt.x%8)&1 == 0 {
			t.Errorf("no dot at %d, %d", tt.x, tt.y)
		}
	}
	if len(p.Errors()) != 0 {
		t.Error(p.Errors())
	}
}

// TestUnits: a printer that counts half dots does so until it is told.
func TestUnits(t *testing.T) {
	p := unpack(t, Opts{Dots: 8, Skills: Skills{Motion: 203}})
	const row = "\x1dv0\x00\x01\x00\x01\x00\xff"
	send(t, p, row+"\x1bJ\x04"+row+"\x1dP\xcb\xcb\x1bJ\x04"+row+"\x1b@\x1dVB\x04")
	if got := p.Pages()[0].String(); got != "########\n........\n........\n########\n........\n........\n........\n........\n########\n........\n........\n" {
		t.Errorf("got\n%s", got)
	}
}

// TestHalf doubles dots, across and down.
func TestHalf(t *testing.T) {
	p := unpack(t, Opts{Dots: 16, Skills: able})
	send(t, p, "\x1dv0\x03\x01\x00\x02\x00\xa0\x01\x1dVB\x00")
	want := "##..##..........\n##..##..........\n..............##\n..............##\n"
	if got := p.Pages()[0].String(); got != want || len(p.Errors()) != 0 {
		t.Errorf("got\n%s%v", got, p.Errors())
	}
}

const hello = "\x1d(k\x08\x001P0HELLO"

func TestCode(t *testing.T) {
	p := unpack(t, Opts{Dots: 96, Skills: able})
	send(t, p, "\x1ba\x01\x1d(k\x04\x001A2\x00\x1d(k\x03\x001C\x04\x1d(k\x03\x001E1"+hello+"\x1d(k\x03\x001Q0\x1dVB\x00")
	want := "align 1\ncode model 2\ncode module 4\ncode level M\ncode data \"HELLO\"\ncode printed 84x84\nfeed 0 and cut\n"
	if got := p.Listing(); got != want {
		t.Errorf("got\n%s", got)
	}
	page := p.Pages()[0]
	if b := page.Bounds(); b.Dy() != 84 || page.Row(0)[0] != 0x03 || page.Row(27)[0] != 0x03 || page.Row(28)[0] != 0 {
		t.Errorf("%v, rows begin with %02x, %02x, %02x", b, page.Row(0)[0], page.Row(27)[0], page.Row(28)[0])
	}
	if len(p.Errors()) != 0 {
		t.Error(p.Errors())
	}
}

func TestWho(t *testing.T) {
	p := unpack(t, Opts{Dots: 8, Answers: printer.Queued, Skills: able})
	send(t, p, "\x1dIB\x1dIC\x1dI\x01")
	if got := answers(p); got != "_EPSON\x00_TM-T90\x00\x02" {
		t.Errorf("answered %q", got)
	}
}

func TestTextComplaints(t *testing.T) {
	const shift = "\x1cC\x01" // 3 bytes
	for _, tt := range []struct {
		name, sent, want string
		can              Skills
	}{
		{"no letters", "\x1c&", "byte 0: unknown command 1c 26", Skills{}},
		{"no code", hello, "byte 0: unknown command 1d 28 6b", Skills{}},
		{"JIS and not Shift-JIS", tree, "byte 0: no character 96", able},
		{"not in JIS X 0208", shift + "\x87\x40", "byte 3: no character 87 40", able},
		{"kana without its page", shift + "\xb1", "byte 3: no character b1", able},
		{"too long a line", shift + "aaa", "byte 5: a line of 36 dots on 32", able},
		{"a raster in a line", shift + "a\x1dv0\x00\x01\x00\x01\x00a", "byte 4: a raster behind 1 pieces", able},
		{"a code in a line", "\x1d(k\x03\x001C\x01" + hello + "a\x1d(k\x03\x001Q0", "a code behind 1 pieces", able},
		{"a cut in a line", shift + "a\x1dVB\x00", "byte 4: a cut behind 1 pieces", able},
		{"aligned in mid-line", shift + "a\x1ba\x01", "byte 4: alignment 1, 1 pieces", able},
		{"size", "\x1d!\x08", "byte 0: size 08", able},
		{"kanji code", "\x1cC\x03", "byte 0: kanji code 3", able},
		{"code too wide", "\x1d(k\x03\x001C\x02" + hello + "\x1d(k\x03\x001Q0", "byte 21: a code of 42 dots on 32", able},
		{"code of nothing", "\x1d(k\x03\x001Q0", "byte 0: no code of \"\"", able},
		{"module", "\x1d(k\x03\x001C\x11", "byte 0: module of 17 dots", able},
		{"no such density", "\x1b7\x07\x50\x02", "byte 0: unknown command 1b 37", able},
		{"density", "\x1d(K\x02\x001\x09", "byte 0: density 9", able},
		{"empty image", "\x1b*\x21\x00\x00", "byte 0: image of 0 columns", able},
		{"command in an image", "\x1b*\x21\x01\x00\x10\x04\x01", "byte 5: real-time command 10 04 01", able},
		{"no such image", "\x1b*\x02\x01\x00a", "byte 0: unknown command 1b 2a", able},
		{"half as wide as the paper", "\x1dv0\x03\x03\x00\x01\x00abc", "byte 0: raster of 48 dots at 0 on 32", able},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := unpack(t, Opts{Dots: 32, Answers: printer.Realtime, Skills: tt.can})
			send(t, p, tt.sent)
			if errs := p.Errors(); len(errs) == 0 || !strings.Contains(errs[0].Error(), tt.want) {
				t.Errorf("got %v, want %s", errs, tt.want)
			}
		})
	}
}
