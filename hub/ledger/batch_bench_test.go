package ledger_test

import (
	"context"
	"fmt"
	"testing"

	"pointkiosk/hub/ledger"
)

// BenchmarkActivate activates a range in one transaction, of which one claim in a
// hundred waits.
func BenchmarkActivate(b *testing.B) {
	for _, count := range []uint32{1_000, 10_000, 50_000} {
		b.Run(fmt.Sprint(count), func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				p := newPress(b, count)
				for n := uint32(100); n <= count; n += 100 {
					p.claim(n, fmt.Sprintf("AA%06d", n))
				}
				b.StartTimer()
				done, err := p.Activate(context.Background(), ledger.Range{Allotment: p.batch.ID, First: 1, Last: count, Person: "佐藤"})
				if err != nil || done.Cards != int(count) || done.Given != int(count/100) {
					b.Fatalf("%+v, %v", done, err)
				}
			}
			b.ReportMetric(float64(count)*float64(b.N)/b.Elapsed().Seconds(), "cards/s")
		})
	}
}
