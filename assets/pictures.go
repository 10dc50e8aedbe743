package assets

import (
	"embed"
	"strings"
)

// The pictures are drawn by us: ink is #1B1B1F, what to look at #0A4A8F, paper
// #FFFFFF, so that a screen can put its own colours in their place.
//
//go:embed pictures/*.svg
var pictures embed.FS

// Picture gives a picture by its name, for example "lock", as SVG; nil when
// there is none.
func Picture(name string) []byte {
	b, err := pictures.ReadFile("pictures/" + name + ".svg")
	if err != nil {
		return nil
	}
	return b
}

// Pictures lists the names that [Picture] knows, in order.
func Pictures() (names []string) {
	entries, err := pictures.ReadDir("pictures")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), ".svg"))
	}
	return names
}
