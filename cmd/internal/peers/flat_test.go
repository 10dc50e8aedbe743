package peers

import (
	"fmt"
	"testing"
	"time"

	"pointkiosk/packaging/proof"
)

// An order of many cards needs no more memory and no more time a card than one
// of few, its journal and manifests too.
func TestOrdersStayFlat(t *testing.T) {
	few, many := 2_000, proof.Times(10_000, 40_000, 100_000)
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
	if grown := b.peak - a.peak; grown > 16<<10 && (many < 100_000 || b.peak > 64<<10) {
		t.Errorf("%d cards take %d KiB, %d take %d", few, a.peak, many, b.peak)
	}
	if per, large := a.cpu/time.Duration(few), b.cpu/time.Duration(many); large > per*3/2 {
		t.Errorf("a card of %d takes %v, of %d %v", few, per, many, large)
	}
}
