package ledger_test

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"sync/atomic"
	"testing"

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
		})
	}
}

// BenchmarkUpload ingests uploads of 500 entries, three a card.
func BenchmarkUpload(bench *testing.B) {
	b := newBook(bench)
	a := b.grant(ledger.Grant{Kiosk: "station-1", Event: "walk", Count: cards.MaxNumber})
	const size = 500
	uploads := make([][]byte, bench.N)
	number := uint32(0)
	var spare []cards.Record
	for n := range uploads {
		for len(spare) < size {
			number++
			spare = append(spare, b.kiosk.steps(b.card(a, number), cards.Signed, cards.Printing, cards.Printed)...)
		}
		uploads[n] = b.kiosk.upload(cards.Upload{Records: spare[:size]})
		spare = spare[size:]
	}
	bench.ResetTimer()
	for _, u := range uploads {
		if _, err := b.Ingest(context.Background(), u); err != nil {
			bench.Fatal(err)
		}
	}
	bench.ReportMetric(float64(bench.N*size)/bench.Elapsed().Seconds(), "entries/s")
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
			bench.ReportAllocs()
			bench.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if !do() {
						bench.Error("not verified")
					}
				}
			})
			bench.ReportMetric(float64(bench.N)/bench.Elapsed().Seconds(), "entries/s")
		})
	}
}
