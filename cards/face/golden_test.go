package face

import (
	"bytes"
	"fmt"
	"testing"

	"pointkiosk/packaging/proof"
)

// The golden files list what stands where. That the dots are those of the
// list is for TestEqualsImageDrawer.
func TestLayout(t *testing.T) {
	f := newFace(t)
	for _, tt := range samples() {
		t.Run(tt.name, func(t *testing.T) {
			d, err := f.Draw(&tt.card, tt.width)
			if err != nil {
				t.Fatal(err)
			}
			proof.Golden(t, tt.name+".txt", string(listing(d)))
		})
	}
}

func listing(d *Drawn) []byte {
	var b bytes.Buffer
	size := d.Bounds().Size()
	fmt.Fprintf(&b, "paper %d dots wide, %d rows\n\n%4s %6s %4s %5s %4s\n", size.X, size.Y, "y", "height", "x", "width", "size")
	coded := false
	for _, l := range d.Lines {
		y := l.Baseline - l.Size*7/8
		if y > d.QR.Min.Y && !coded && !d.QR.Empty() {
			coded = true
			fmt.Fprintf(&b, "%4d %6d %4d %5d %4d      code\n", d.QR.Min.Y, d.QR.Dy(), d.QR.Min.X, d.QR.Dx(), d.Module)
		}
		weight := "    "
		if l.Bold {
			weight = "bold"
		}
		fmt.Fprintf(&b, "%4d %6d %4d %5d %4d %s %s\n", y, l.Size, l.X, l.Width, l.Size, weight, l.Text)
	}
	return b.Bytes()
}
