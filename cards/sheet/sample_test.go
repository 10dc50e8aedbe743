package sheet

import (
	"bytes"
	"encoding/base32"
	"encoding/binary"
	"math/rand/v2"
	"testing"
	"time"

	"pointkiosk/cards"
	"pointkiosk/cards/face"
)

// japan is UTC+9 all year.
var japan = time.FixedZone("JST", 9*60*60)

func kisarazu() face.Card {
	return face.Card{
		Municipality: "木更津市", Scheme: "らづポイント", Points: 200,
		Event: "ナチュラルバル", Date: time.Date(2026, 11, 22, 11, 0, 0, 0, japan), Place: "JR木更津駅西口広場",
		Expires: time.Date(2027, 3, 31, 0, 0, 0, 0, japan),
		Contact: "市民活動支援課", Phone: "0438-23-8610", Host: "p.example.jp", Lang: "ja",
	}
}

// many are cards as they are signed: each has a code of its own, of version 6,
// or 7 with a long host.
func many(n int, host string) []One {
	list := make([]One, n)
	random := rand.New(rand.NewPCG(5, 5))
	for i := range list {
		var token [81]byte
		for at := 0; at < 80; at += 8 {
			binary.BigEndian.PutUint64(token[at:], random.Uint64())
		}
		number := uint32(i + 1)
		list[i] = One{
			Serial: cards.Serial{Allotment: 0x02B0, Number: number}.String(), Number: number,
			URL: "HTTPS://" + host + "/C/" + base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(token[:]),
		}
	}
	return list
}

const shortHost, longHost = "P.EXAMPLE.JP", "POINTS.CITY-OF-SAGAMIHARA.EXAMPLE.JP"

func stock(t testing.TB, name string) Stock {
	t.Helper()
	s, err := FindStock(name)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func newSheets(t testing.TB, opts Opts) *Sheets {
	t.Helper()
	s, err := New(&opts)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func written(t testing.TB, s *Sheets, cards []One) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := s.Write(&b, cards, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
