package ledger_test

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"pointkiosk/cards"
	"pointkiosk/hub/ledger"
)

// BenchmarkClaims claims cards, one after the other and by many at once; each
// is on the disk before it is answered.
func BenchmarkClaims(bench *testing.B) {
	for _, many := range []int{1, 16} {
		bench.Run(fmt.Sprintf("at-once-%d", many), func(bench *testing.B) {
			b := newBook(bench)
			a := b.grant(ledger.Grant{Kiosk: "station-1", Event: "walk", Count: cards.MaxNumber})
			signed := make([]cards.Card, bench.N)
			for n := range signed {
				signed[n] = b.card(a, uint32(n+1))
			}
			var next atomic.Int64
			bench.SetParallelism(max(1, many/2))
			bench.ResetTimer()
			before := cpu()
			claim := func() {
				n := next.Add(1) - 1
				if _, err := b.Claim(context.Background(), signed[n], fmt.Sprintf("AAAA%04d", n%1000)); err != nil {
					bench.Error(err)
				}
			}
			if many == 1 {
				for range bench.N {
					claim()
				}
			} else {
				bench.RunParallel(func(pb *testing.PB) {
					for pb.Next() {
						claim()
					}
				})
			}
			bench.ReportMetric(float64(bench.N)/bench.Elapsed().Seconds(), "claims/s")
			bench.ReportMetric(float64((cpu()-before).Microseconds())/float64(bench.N), "cpu-µs/claim")
		})
	}
}

// BenchmarkUpload ingests uploads of 500 entries, three a card, from one kiosk
// and from four at once.
func BenchmarkUpload(bench *testing.B) {
	const size = 500
	for _, kiosks := range []int{1, 4} {
		bench.Run(fmt.Sprintf("kiosks-%d", kiosks), func(bench *testing.B) {
			b := newBook(bench)
			each := (bench.N + kiosks - 1) / kiosks
			uploads := make([][][]byte, kiosks)
			for n := range uploads {
				uploads[n] = b.journal(n, each, size)
			}
			var wg sync.WaitGroup
			bench.ResetTimer()
			before := cpu()
			for _, list := range uploads {
				wg.Go(func() {
					for _, u := range list {
						if _, err := b.Ingest(context.Background(), u); err != nil {
							bench.Error(err)
						}
					}
				})
			}
			wg.Wait()
			entries := float64(each * kiosks * size)
			bench.ReportMetric(entries/bench.Elapsed().Seconds(), "entries/s")
			bench.ReportMetric(float64((cpu()-before).Microseconds())/entries, "cpu-µs/entry")
		})
	}
}

// journal writes the uploads of one more kiosk.
func (b *book) journal(n, uploads, size int) (sealed [][]byte) {
	name, private := fmt.Sprintf("bench-%d", n), key(string(rune('A'+n)))
	p := b.enrol(name, private, key(string(rune('a'+n))))
	a := b.grant(ledger.Grant{Kiosk: name, Event: "walk", Count: cards.MaxNumber})
	var spare []cards.Record
	for number := uint32(1); len(sealed) < uploads; {
		for ; len(spare) < size; number++ {
			spare = append(spare, p.steps(forge(b.t, a.Claims(number), private), cards.Signed, cards.Printing, cards.Printed)...)
		}
		sealed = append(sealed, p.upload(cards.Upload{Records: spare[:size]}))
		spare = spare[size:]
	}
	return sealed
}

// cpu is the time that this process has had of the processors: on a machine
// that others use too, it tells more than the clock on the wall.
func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkVerify is what an upload's entries can't do without: one signature
// each, on every core; and one entry as it is read, with its signature.
func BenchmarkVerify(bench *testing.B) {
	b := newBook(bench)
	r := b.kiosk.step(cards.Signed, b.card(b.walk, 1))
	private := key("l")
	public := private.Public().(ed25519.PublicKey)
	message := r.Data[:len(r.Data)-ed25519.SignatureSize]
	sig := ed25519.Sign(private, message)
	for name, do := range map[string]func() bool{
		"signature": func() bool { return ed25519.Verify(public, message, sig) },
		"entry": func() bool {
			_, _, err := cards.OpenEntry(r.Data, func(cards.KeyID) ed25519.PublicKey { return public })
			return err == nil
		},
	} {
		bench.Run(name, func(bench *testing.B) {
			before := cpu()
			bench.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if !do() {
						bench.Error("not verified")
					}
				}
			})
			bench.ReportMetric(float64(bench.N)/bench.Elapsed().Seconds(), "entries/s")
			bench.ReportMetric(float64((cpu()-before).Nanoseconds())/1000/float64(bench.N), "cpu-µs/entry")
		})
	}
}
