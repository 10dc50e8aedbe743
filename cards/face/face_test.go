package face

import (
	"testing"
	"time"
)

func newFace(t testing.TB) *Face {
	t.Helper()
	f, err := New(&Opts{})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// japan is UTC+9 all year.
var japan = time.FixedZone("JST", 9*60*60)

func kisarazu() Card {
	return Card{
		Municipality: "木更津市", Scheme: "らづポイント", Points: 200,
		Event: "ナチュラルバル", Date: time.Date(2026, 11, 22, 11, 0, 0, 0, japan), Place: "JR木更津駅西口広場",
		Expires: time.Date(2027, 3, 31, 0, 0, 0, 0, japan),
		Contact: "市民活動支援課", Phone: "0438-23-8610", Host: "p.example.jp",
		URL: "HTTPS://P.EXAMPLE.JP/C/" +
			"AEAAAAADAAAAAEQAAADQAAGIRHJQ7WWMEUBZGT5KSN64VYXFL2M3PQDKHOI7TCR4" +
			"ABZQ5N2WJXGM6YFELTKVUH3SDPRC7OI4ANBZQ5W2XJGM6YFELTKVUH3SDPRC7OI4AB",
		Serial: "0A2C-07K3-Q1F4", Kiosk: "KSZ-014", Lang: "ja",
	}
}

type sample struct {
	name  string
	width int
	card  Card
}

// samples are the cards of the golden files.
func samples() []sample {
	with := func(name string, width int, change func(c *Card)) sample {
		c := kisarazu()
		change(&c)
		return sample{name, width, c}
	}
	english := func(c *Card) {
		c.Lang, c.Municipality, c.Scheme, c.Contact = "en", "Kisarazu City", "Radu Point", "Civic Activities"
		c.Event, c.Place = "Natural Bar", "JR Kisarazu Station, west square"
	}
	long := func(c *Card) {
		c.Municipality, c.Scheme, c.Points = "相模原市", "暮らし潤いさがみはら寄附ポイント", 12000
		c.Event = "第12回「くらしを守る」防災・防犯・交通安全フェスティバル"
		c.Place = "相模原市立環境情報センター（エコパークさがみはら）2階"
		c.Host = "points.city-of-sagamihara.example.jp"
		c.URL = "HTTPS://POINTS.CITY-OF-SAGAMIHARA.EXAMPLE.JP/C/" + c.URL[len("HTTPS://P.EXAMPLE.JP/C/"):]
	}
	return []sample{
		with("58mm", 384, func(*Card) {}),
		with("80mm", 576, func(*Card) {}),
		with("58mm-english", 384, english),
		with("80mm-english", 576, english),
		with("58mm-reprint", 384, func(c *Card) { c.Reprint = 1 }),
		with("80mm-reprint", 576, func(c *Card) { c.Reprint = 2 }),
		with("58mm-practice", 384, func(c *Card) { c.Practice = true }),
		with("80mm-practice", 576, func(c *Card) { c.Practice = true }),
		with("58mm-english-practice-reprint", 384, func(c *Card) { english(c); c.Practice, c.Reprint = true, 3 }),
		with("58mm-long", 384, long),
		with("80mm-long", 576, long),
		with("58mm-bare", 384, func(c *Card) {
			*c = Card{Scheme: "こまポ", Points: 5, Event: "ﾗｼﾞｵ体操と麵", URL: c.URL, Serial: c.Serial}
		}),
	}
}
