//go:build !race

package peers

import (
	"fmt"
	"testing"
	"time"

	"pointkiosk/packaging/proof"
)

// The race detector has memory of its own: this is for go test and make soak.

// An order of many cards needs no more memory and no more time a card than one
// of few, its journal and manifests too.
func TestOrdersStayFlat(t *testing.T) {
	few, many := 10_000, proof.Times(20_000, 40_000, 100_000)
	made := map[int]cost{}
	for _, n := range []int{few, many} {
		dir := t.TempDir()
		c, err := measure(self("ours", fmt.Sprint(n), dir), dir)
		if err != nil {
			t.Fatal(err)
		}
		t.Log(figures(n, "ours", c))
		if made[n] = c; c.size/int64(n) > 2300 {
			t.Errorf("%d cards: %d bytes a card, want at most 2,300", n, c.size/int64(n))
		}
	}
	a, b := made[few], made[many]
	// A manifest that is kept whole until it is written takes 66 MiB with 40,000 cards, and 166 with 100,000.
	if b.peak-a.peak > 14<<10 || b.peak > 64<<10 {
		t.Errorf("%d cards take %d KiB, %d take %d, want at most 14 MiB more, and 64 in all", few, a.peak, many, b.peak)
	}
	if per, large := a.cpu/time.Duration(few), b.cpu/time.Duration(many); large > per*3/2 {
		t.Errorf("a card of %d takes %v, of %d %v", few, per, many, large)
	}
}
