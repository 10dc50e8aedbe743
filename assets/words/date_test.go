package words

import (
	"testing"
	"time"
)

func TestDate(t *testing.T) {
	for _, tt := range []struct {
		day    string
		ja, en string
	}{
		{"2026-11-22", "令和8年11月22日(日)", "Sun 22 Nov 2026"},
		{"2027-03-31", "令和9年3月31日(水)", "Wed 31 Mar 2027"},
		{"2019-12-31", "令和元年12月31日(火)", "Tue 31 Dec 2019"},
		{"2020-01-01", "令和2年1月1日(水)", "Wed 1 Jan 2020"},
		{"2019-05-01", "令和元年5月1日(水)", "Wed 1 May 2019"},
		{"2019-04-30", "平成31年4月30日(火)", "Tue 30 Apr 2019"},
		{"1989-01-08", "平成元年1月8日(日)", "Sun 8 Jan 1989"},
		{"1989-01-07", "1989年1月7日(土)", "Sat 7 Jan 1989"},
	} {
		day, err := time.Parse(time.DateOnly, tt.day)
		if err != nil {
			t.Fatal(err)
		}
		if got := Date("ja", day); got != tt.ja {
			t.Errorf("%s: %q, want %q", tt.day, got, tt.ja)
		}
		if got := Date("en", day); got != tt.en {
			t.Errorf("%s: %q, want %q", tt.day, got, tt.en)
		}
	}
}

func TestDayAndDateTime(t *testing.T) {
	at := time.Date(2026, 11, 22, 9, 5, 0, 0, time.FixedZone("JST", 9*3600))
	for _, tt := range []struct{ got, want string }{
		{Day("ja", at), "令和8年11月22日"},
		{Day("en", at), "22 Nov 2026"},
		{DateTime("ja", at), "令和8年11月22日(日) 09:05"},
		{DateTime("en", at), "Sun 22 Nov 2026 09:05"},
		{Day("xx", at), Day("ja", at)},
	} {
		if tt.got != tt.want {
			t.Errorf("%q, want %q", tt.got, tt.want)
		}
	}
}

func TestNumber(t *testing.T) {
	for n, want := range map[int]string{
		0: "0", 7: "7", 200: "200", 1000: "1,000", 448151: "448,151", 16777215: "16,777,215", -1: "-1", -200: "-200", -1234: "-1,234",
	} {
		if got := Number(n); got != want {
			t.Errorf("Number(%d) = %q, want %q", n, got, want)
		}
	}
}
