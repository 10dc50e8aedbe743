package printer

import (
	"bytes"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// A Profile is a printer model, as data: a row of profiles.json, which is why
// it has so many fields. The zero value of each but Dots is usable: a printer
// that only takes GS v 0.
type Profile struct {
	Name  string `json:"name"`
	Maker string `json:"maker"`          // as it answers GS I 66, or ""
	Model string `json:"model"`          // how its answer to GS I 67 begins, or ""
	Tried string `json:"tried"`          // on which hardware: "none", or firmware and day
	Note  string `json:"note,omitempty"` // what there is to know of it

	Layout  Layout  `json:"layout"`  // how a job becomes bytes
	Answers Answers `json:"answers"` // what proof this printer gives

	Dots   int    `json:"dots"`             // width of the print area, or the whole bytes of it
	Blade  int    `json:"blade,omitempty"`  // rows from the head to the blade
	Feed   int    `json:"feed,omitempty"`   // rows fed beyond the blade before the cut, at most 255
	Cutter Cutter `json:"cutter"`           //
	Speed  int    `json:"speed,omitempty"`  // rows a second that it prints at least; 0 is 400 (50 mm/s at 203 dpi)
	Band   int    `json:"band,omitempty"`   // most rows in one raster command; 0 is 128
	Spoils int    `json:"spoils,omitempty"` // a raster of a multiple of so many rows comes out spoilt
	Buffer int    `json:"buffer,omitempty"` // bytes that its receive buffer holds; 0 is 4096

	DotFeed bool `json:"dot_feed,omitempty"` // ESC J n moves by n dots exactly, so that white needs no raster
	Motion  int  `json:"motion,omitempty"`   // dots an inch that GS P must name for that; 0 is not sent
	Place   bool `json:"place,omitempty"`    // ESC $ n moves a raster by n dots
	Half    bool `json:"half,omitempty"`     // GS v 0 draws at half its resolution (m = 3)
	Kanji   bool `json:"kanji,omitempty"`    // characters of 24 dots in Shift-JIS (FS C 1)
	// CodePage has half-width kana (ESC t n); 0 is that none has: they are drawn.
	CodePage int `json:"code_page,omitempty"`
	QR       int `json:"qr,omitempty"` // largest module of GS ( k, in dots; 0 is that it has none

	part int // most bytes in one command, on a line that a power cycle doesn't break; 0 is any

	Densities []Command `json:"densities,omitempty"` // how black it can print, from the palest
	Density   int       `json:"density,omitempty"`   // which of them is sent before each job, from 1; 0 is none: as it is set
	Buzzer    Command   `json:"buzzer,omitempty"`    // sounds it, once
}

// A Command is bytes for the printer, in hexadecimal with spaces as text.
type Command []byte

// UnmarshalText reads what MarshalText wrote.
func (c *Command) UnmarshalText(text []byte) error {
	b, err := hex.DecodeString(strings.ReplaceAll(string(text), " ", ""))
	if err != nil {
		return fmt.Errorf("printer: command %q: %w", text, err)
	}
	*c = b
	return nil
}

// MarshalText writes 1d 28 4b.
func (c Command) MarshalText() ([]byte, error) { return fmt.Appendf(nil, "% x", []byte(c)), nil }

// Cutter says how a paper is parted from the roll.
type Cutter int

// The cutters.
const (
	Partial  Cutter = iota // all but one point (GS V 66)
	Full                   // GS V 65
	NoCutter               // by hand: it feeds
)

var cutterText = []string{"partial", "full", "none"}

func (c Cutter) String() string { return named(cutterText, "Cutter", int(c)) }

// UnmarshalText reads what String wrote.
func (c *Cutter) UnmarshalText(text []byte) error { return number(cutterText, text, (*int)(c)) }

// MarshalText writes String.
func (c Cutter) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads what String wrote.
func (a *Answers) UnmarshalText(text []byte) error { return number(answersText, text, (*int)(a)) }

// MarshalText writes String.
func (a Answers) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

func named(texts []string, kind string, n int) string {
	if n < 0 || n >= len(texts) {
		return fmt.Sprintf("%s(%d)", kind, n)
	}
	return texts[n]
}

func number(texts []string, text []byte, n *int) error {
	for i, t := range texts {
		if t == string(text) {
			*n = i
			return nil
		}
	}
	return fmt.Errorf("printer: %q is none of %q", text, texts)
}

//go:embed profiles.json
var profilesJSON []byte

var profiles = sync.OnceValue(func() (all []Profile) {
	d := json.NewDecoder(bytes.NewReader(profilesJSON))
	d.DisallowUnknownFields()
	if err := d.Decode(&all); err != nil {
		panic(err) // the file is part of the program, and a test reads it
	}
	return all
})

// Profiles returns those that come with the package.
func Profiles() []Profile { return append([]Profile(nil), profiles()...) }

// Named returns the profile of that name.
func Named(name string) (Profile, error) {
	var names []string
	for _, p := range profiles() {
		if p.Name == name {
			return p, nil
		}
		names = append(names, p.Name)
	}
	return Profile{}, fmt.Errorf("printer: no profile %q; there are %s", name, strings.Join(names, ", "))
}

// With returns p with the fields of a JSON object in place of its own, checked.
func (p Profile) With(object []byte) (Profile, error) {
	p.Densities, p.Buzzer = slices.Clone(p.Densities), slices.Clone(p.Buzzer)
	for i, c := range p.Densities {
		p.Densities[i] = slices.Clone(c) // the decoder writes into what is there
	}
	d := json.NewDecoder(bytes.NewReader(object))
	d.DisallowUnknownFields()
	if err := d.Decode(&p); err != nil {
		return p, fmt.Errorf("printer: profile %s: %w", p.Name, err)
	}
	_, err := p.filled()
	return p, err
}

const maxRows = 2303 // GS v 0: yH at most 8 on TM-T88III and T81

// filled returns p with its zero values replaced, or why no printer is like it.
func (p Profile) filled() (Profile, error) {
	if p.Dots <= 0 || p.Dots%8 != 0 || p.Dots > 8*255 {
		return p, fmt.Errorf("printer: %d dots is no whole number of bytes up to 255", p.Dots)
	}
	for _, f := range []struct {
		name           string
		value          *int
		standard, most int
	}{
		{"band", &p.Band, 128, maxRows},
		{"buffer", &p.Buffer, 4096, 1 << 24},
		{"feed", &p.Feed, 0, 255},
		{"blade", &p.Blade, 0, 1 << 12},
		{"speed", &p.Speed, 400, 1 << 16},
		{"spoils", &p.Spoils, 0, maxRows},
		{"motion", &p.Motion, 0, 255},
		{"qr", &p.QR, 0, 16},
		{"code_page", &p.CodePage, 0, 255},
		{"density", &p.Density, 0, len(p.Densities)},
	} {
		if *f.value < 0 || *f.value > f.most {
			return p, fmt.Errorf("printer: %s %d is not within 0 and %d", f.name, *f.value, f.most)
		}
		if *f.value == 0 {
			*f.value = f.standard
		}
	}
	if p.Answers == Realtime {
		p.Band = max(1, min(p.Band, (p.half()-placeSize-headSize)/(p.Dots/8)))
	}
	switch {
	case p.Answers < Mute || p.Answers > ProcessID:
		return p, fmt.Errorf("printer: unknown %v", p.Answers)
	case p.Cutter < Partial || p.Cutter > NoCutter:
		return p, fmt.Errorf("printer: unknown %v", p.Cutter)
	case p.Spoils == 1:
		return p, fmt.Errorf("printer: every raster comes out spoilt")
	}
	return p, p.can(p.Layout)
}
