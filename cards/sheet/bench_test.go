package sheet

import (
	"bytes"
	"io"
	"testing"
)

func BenchmarkWrite(b *testing.B) {
	s := newSheets(b, Opts{Stock: stock(b, "a4-10"), Lang: "ja", Card: kisarazu(), Title: "x"})
	cards := many(2000, shortHost)
	b.ReportAllocs()
	var size int
	for b.Loop() {
		var buf bytes.Buffer
		if err := s.Write(&buf, cards, nil); err != nil {
			b.Fatal(err)
		}
		size = buf.Len()
	}
	b.ReportMetric(float64(size)/2000, "B/card")
	_ = io.Discard
}
