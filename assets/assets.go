// Package assets holds what is shown and not computed: the typeface, the
// pictures, and the presets of schemes that exist.
//
// Everything is compiled in, so that a kiosk draws the same card on every
// machine. It reads no file and knows no format: who wants a font or a preset
// gets its bytes.
package assets

import (
	"embed"
	"fmt"
	"strings"
)

// BIZ UDPGothic, SIL Open Font License 1.1: the text is fonts/OFL.txt.
var (
	//go:embed fonts/BIZUDPGothic-Regular.ttf
	regular []byte
	//go:embed fonts/BIZUDPGothic-Bold.ttf
	bold []byte
	//go:embed fonts/OFL.txt
	license string
	//go:embed presets
	presets embed.FS
)

// Regular is BIZ UDPGothic Regular as a TrueType file. Callers must not write
// to it.
func Regular() []byte { return regular }

// Bold is BIZ UDPGothic Bold as a TrueType file. Callers must not write to it.
func Bold() []byte { return bold }

// FontLicense is the licence that must travel with the two fonts.
func FontLicense() string { return license }

// Preset gives the TOML text of a preset by its name, for example "kisarazu".
func Preset(name string) ([]byte, error) {
	b, err := presets.ReadFile("presets/" + name + ".toml")
	if err != nil {
		return nil, fmt.Errorf("assets: no preset %q, there are %s", name, strings.Join(Presets(), ", "))
	}
	return b, nil
}

// Presets lists the names that [Preset] knows, in order.
func Presets() []string {
	entries, err := presets.ReadDir("presets")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	var names []string
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), ".toml"))
	}
	return names
}
