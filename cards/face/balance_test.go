package face

import (
	"strings"
	"testing"
	"time"

	"pointkiosk/packaging/proof"
)

func balanceOf(lang string, schemes int) *Balance {
	japan := time.FixedZone("JST", 9*60*60)
	in := func(ja, en string) string { return map[string]string{"ja": ja, "en": en}[lang] }
	b := &Balance{
		Municipality: in("木更津市", "Kisarazu City"), Tail: "W2HN", Host: "p.example.jp", Contact: in("市民活動支援課", "Civic Activities"), Phone: "0438-23-8610",
		Kiosk: "KSZ-014", Date: time.Date(2026, 11, 22, 11, 0, 0, 0, japan), Lang: lang,
	}
	for n := range schemes {
		b.Totals = append(b.Totals, Total{in([]string{"らづポイント", "暮らし潤いさがみはら寄附ポイント"}[n], []string{"Radu Point", "Sagamihara Donation Points for a Pleasant Life"}[n]), 12000 * n})
		for m := range 2 * n {
			b.Ends = append(b.Ends, End{Until: time.Date(2027, time.Month(3+m), 31, 0, 0, 0, 0, japan), Points: 6000, Scheme: b.Totals[n].Scheme})
		}
		b.More = n
	}
	return b
}

// TestBalance lists what stands where on a balance slip; its code leads to the
// site, and no more of the MyKey ID is on it than its end.
func TestBalance(t *testing.T) {
	for _, grid := range []bool{false, true} {
		f, err := New(&Opts{Module: 6, Grid: grid})
		if err != nil {
			t.Fatal(err)
		}
		for _, tt := range []struct {
			name    string
			balance *Balance
			width   int
		}{
			{"58mm", balanceOf("ja", 2), 384}, {"58mm-none", balanceOf("ja", 1), 384}, {"58mm-english", balanceOf("en", 2), 384}, {"80mm", balanceOf("ja", 2), 576},
		} {
			name := "balance-" + tt.name + ".txt"
			if grid {
				name = "grid-" + name
			}
			t.Run(name, func(t *testing.T) {
				d, err := f.Balance(tt.balance, tt.width)
				if err != nil {
					t.Fatal(err)
				}
				text := string(listing(d))
				proof.Golden(t, name, text)
				if d.URL != "HTTPS://P.EXAMPLE.JP/" || !strings.Contains(text, "W2HN") {
					t.Errorf("its code says %q", d.URL)
				}
				wantSaid(t, d)
			})
		}
	}
}
