package sheet

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"pointkiosk/assets"
)

var lookDir = flag.String("samples", "", "write the sample sheets as PDFs into this folder")

// samples are the sheets of the golden files.
func samples(t testing.TB) map[string]Opts {
	opts := func(name string, sides Sides) Opts {
		return Opts{Stock: stock(t, name), Sides: sides, Lang: "ja", Card: kisarazu(), Title: "らづポイント"}
	}
	picture := opts("a4-8", LongEdge)
	picture.Picture = assets.Picture("give")
	return map[string]Opts{
		"a4-10":        opts("a4-10", LongEdge),
		"a4-10-single": opts("a4-10", Single),
		"a4-8":         picture,
	}
}

func TestSamples(t *testing.T) {
	for name, o := range samples(t) {
		b := written(t, newSheets(t, o), many(12, shortHost))
		if *lookDir != "" {
			if err := os.WriteFile(filepath.Join(*lookDir, name+".pdf"), b, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}
