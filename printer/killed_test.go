package printer_test

import (
	"bytes"
	"testing"

	"pointkiosk/printer"
	"pointkiosk/printer/printertest"
)

// recorder keeps what the driver sends.
type recorder struct {
	printer.Conn
	sent []byte
	txs  [][]byte
}

func (r *recorder) Tx(w, b []byte) error {
	r.sent, r.txs = append(r.sent, w...), append(r.txs, bytes.Clone(w))
	return r.Conn.Tx(w, b)
}

// TestKilledBetweenTwoBytes lets a process die after k bytes, and wants the
// first card of the next process whole, with nothing of the other on it.
func TestKilledBetweenTwoBytes(t *testing.T) {
	for _, class := range classes {
		paper := &printertest.Opts{Dots: 384, Answers: class, Blade: blade}
		vp, err := printertest.New(paper)
		if err != nil {
			t.Fatal(err)
		}
		rec := &recorder{Conn: vp}
		if _, err := drive(t, rec, vp, printer.Opts{}, paper).Print(card(1, 384, 200)); err != nil {
			t.Fatal(err)
		}
		head := 0 // where the last head of a picture began
		for k := 0; k <= len(rec.sent); k++ {
			if bytes.HasPrefix(rec.sent[k:], []byte("\x1dv0\x00")) {
				head = k
			}
			if k > 60 && k < len(rec.sent)-60 && k%251 != 0 && k > head+9 {
				continue
			}
			vp, d := unpack(t, paper, printer.Opts{})
			if err := vp.Tx(rec.sent[:k], nil); err != nil {
				t.Fatal(err)
			}
			r := card(2, 384, 120)
			proof, err := d.Print(r)
			if err != nil || proof != best(class) || count(vp.Pages(), r) != 1 {
				t.Fatalf("%v, killed after %d bytes: %v, %v, %d pages\n%s", class, k, proof, err, len(vp.Pages()), vp.Listing())
			}
		}
	}
}
