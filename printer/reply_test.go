package printer

import (
	"fmt"
	"strings"
	"testing"
)

// parse lists the replies in b.
func parse(b []byte) string {
	var p parser
	var out []string
	for _, c := range b {
		switch r := p.next(c); r.kind {
		case single:
			out = append(out, fmt.Sprintf("single %02x", r.byte))
		case status:
			out = append(out, fmt.Sprintf("status %02x", r.byte))
		case asb:
			out = append(out, fmt.Sprintf("back % x", r.asb))
		case block:
			out = append(out, fmt.Sprintf("block %q", r.data))
		}
	}
	return strings.Join(out, ", ")
}

func TestReplies(t *testing.T) {
	for _, tt := range []struct{ name, sent, want string }{
		{"status", "\x12\x1a", "status 12, status 1a"},
		{"back", "\x18\x00\x0c\x0f", "back 18 00 0c 0f"},
		{"back with XOFF inside", "\x18\x13\x00\x11\x0c\x0f", "back 18 00 0c 0f"},
		{"back that lost a byte", "\x18\x00\x14\x00\x00\x0f", "back 14 00 00 0f"},
		{"status after half a back", "\x18\x00\x12", "status 12"},
		{"process id", "\x37\x220001\x00\x12", `block "7\"0001", status 12`},
		{"id that looks like a back", "\x37\x22\x30\x30\x30\x30\x00", `block "7\"0000"`},
		{"cleared", "\x37\x25\x00", `block "7%"`},
		{"paper, queued", "\x00\x0c", "single 00, single 0c"},
		{"maker", "_EPSON\x00", `block "_EPSON"`},
		{"flow control", "\x11\x13", ""},
		{"noise", "\xff\x80\x99\x12", "status 12"},
		{"block without an end", "\x37" + strings.Repeat("A", maxBlock) + "\x12", "status 12"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := parse([]byte(tt.sent)); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

// FuzzReplies: any bytes keep the parser within its bounds, and after enough
// NULs it is ready for a new reply, whatever came before.
func FuzzReplies(f *testing.F) {
	for _, seed := range []string{"", "\x12", "\x18\x00\x0c\x0f", "\x37\x220001\x00", "\x37\x11\x13\x00", "\x10\x10\x10\x00\x00\x00", "\xff\x00"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var p parser
		for _, c := range b {
			if r := p.next(c); len(r.data) > maxBlock || p.n > 4 {
				t.Fatalf("% x: out of bounds: %+v", b, p)
			}
		}
		for range 4 {
			p.next(0)
		}
		if r := p.next(0x12); r.kind != status {
			t.Errorf("% x: the next reply is not seen: %+v", b, r)
		}
	})
}

func TestStatusBits(t *testing.T) {
	for _, tt := range []struct {
		name string
		eot  [4]byte
		back [4]byte
		want Status
	}{
		{"well", [4]byte{0x12, 0x12, 0x12, 0x12}, [4]byte{0x10, 0, 0, 0x0F}, Status{Known: true}},
		{"drawer open", [4]byte{0x16, 0x12, 0x12, 0x12}, [4]byte{0x14, 0, 0, 0x0F}, Status{Known: true}},
		{"near end", [4]byte{0x12, 0x12, 0x12, 0x1E}, [4]byte{0x10, 0, 0x03, 0x0F}, Status{NearEnd: true, Known: true}},
		// TM-T88III specification: out of paper is 1Ah 32h 12h 7Eh.
		{"out of paper", [4]byte{0x1A, 0x32, 0x12, 0x7E}, [4]byte{0x18, 0, 0x0F, 0x0F}, Status{PaperOut, true, true}},
		{"cover open hides paper", [4]byte{0x1A, 0x36, 0x52, 0x72}, [4]byte{0x38, 0x40, 0x0C, 0x0F}, Status{CoverOpen, false, true}},
		{"cutter", [4]byte{0x1A, 0x52, 0x1A, 0x12}, [4]byte{0x18, 0x08, 0, 0x0F}, Status{CutterError, false, true}},
		{"other moving part", [4]byte{0x1A, 0x52, 0x16, 0x12}, [4]byte{0x18, 0x04, 0, 0x0F}, Status{CutterError, false, true}},
		{"hot", [4]byte{0x1A, 0x52, 0x52, 0x12}, [4]byte{0x18, 0x40, 0, 0x0F}, Status{Overheated, false, true}},
		{"broken", [4]byte{0x1A, 0x52, 0x7A, 0x12}, [4]byte{0x18, 0x68, 0, 0x0F}, Status{Unrecoverable, false, true}},
		{"feed button", [4]byte{0x1A, 0x1A, 0x12, 0x12}, [4]byte{0x58, 0x02, 0, 0x0F}, Status{Offline, false, true}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := fromEOT(tt.eot).status(); got != tt.want {
				t.Errorf("DLE EOT: got %+v, want %+v", got, tt.want)
			}
			if got := fromASB(tt.back).status(); got != tt.want {
				t.Errorf("GS a: got %+v, want %+v", got, tt.want)
			}
		})
	}
}

func TestCodes(t *testing.T) {
	seen := map[string]Reason{}
	for r := Ready; r <= Offline; r++ {
		if other, twice := seen[r.Code()]; twice {
			t.Errorf("%v and %v are both %s", r, other, r.Code())
		}
		seen[r.Code()] = r
	}
	if PaperOut.Code() != "P-02" || Ready.Code() != "" {
		t.Error("a code changed that is printed in manuals")
	}
}
