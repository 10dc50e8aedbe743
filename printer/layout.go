package printer

import "fmt"

// A Layout is a way to turn a job into bytes. All have the same words and the
// same payload; the first two are the picture, dot for dot.
type Layout int

// The layouts, from the most bytes to the fewest.
const (
	Whole      Layout = iota // one picture
	Cropped                  // a picture without its white, and codes at half the resolution
	NativeText               // text in the printer's own letters, and codes at half the resolution
	Native                   // text and codes by the printer
)

var layoutText = []string{"whole", "cropped", "native-text", "native"}

func (l Layout) String() string { return named(layoutText, "Layout", int(l)) }

// UnmarshalText reads what String wrote.
func (l *Layout) UnmarshalText(text []byte) error { return number(layoutText, text, (*int)(l)) }

// MarshalText writes String.
func (l Layout) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// can reports why a printer can't print in that layout.
func (p *Profile) can(l Layout) error {
	lacks := ""
	switch {
	case l < Whole || l > Native:
		return fmt.Errorf("printer: unknown %v", l)
	case (l == Cropped || l == NativeText) && !p.Half:
		lacks = "half"
	case l >= Cropped && !p.DotFeed:
		lacks = "dot_feed"
	case l >= NativeText && !p.Kanji:
		lacks = "kanji"
	case l == Native && p.QR == 0:
		lacks = "qr"
	default:
		return nil
	}
	return fmt.Errorf("printer: layout %v needs %q, which profile %q has not", l, lacks, p.Name)
}

// Layouts returns those that a printer can print in.
func (p Profile) Layouts() (all []Layout) {
	for l := Whole; l <= Native; l++ {
		if p.can(l) == nil {
			all = append(all, l)
		}
	}
	return all
}
