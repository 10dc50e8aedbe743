package face

import (
	"flag"
	"image/png"
	"os"
	"path/filepath"
	"testing"
)

var sampleDir = flag.String("samples", "", "write every golden card as a PNG into this folder")

func TestSamples(t *testing.T) {
	f := newFace(t)
	for _, tt := range samples() {
		d, err := f.Draw(&tt.card, tt.width)
		if err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		if *sampleDir == "" {
			continue
		}
		file, err := os.Create(filepath.Join(*sampleDir, tt.name+".png"))
		if err != nil {
			t.Fatal(err)
		}
		if err := png.Encode(file, d); err != nil {
			t.Fatal(err)
		}
		if err := file.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
