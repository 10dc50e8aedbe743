package cards

import (
	"math"
	"testing"
	"time"
)

func TestDayOf(t *testing.T) {
	for _, tt := range []struct {
		at   string
		want string
	}{
		{"2026-11-22T00:00:00+09:00", "2026-11-22"},
		{"2026-11-22T23:59:59+09:00", "2026-11-22"},
		{"2026-11-22T24:00:00+09:00", "2026-11-23"},
		{"2026-11-22T14:59:59Z", "2026-11-22"},
		{"2026-11-22T15:00:00Z", "2026-11-23"},
		{"2028-02-29T12:00:00+09:00", "2028-02-29"},
		{"1970-01-01T00:00:00+09:00", "1970-01-01"},
		{"1969-12-31T23:59:59+09:00", "1970-01-01"}, // the first day, not one that wraps
		{"0001-01-01T00:00:00Z", "1970-01-01"},
		{"2149-06-06T23:59:59+09:00", "2149-06-06"},
		{"2149-06-07T00:00:00+09:00", "2149-06-06"}, // the last day, not the first
		{"9999-12-31T00:00:00Z", "2149-06-06"},
	} {
		if got := DayOf(moment(t, tt.at)); got.String() != tt.want {
			t.Errorf("DayOf(%s) = %v, want %s", tt.at, got, tt.want)
		}
	}
	for _, far := range []int64{math.MinInt64, math.MaxInt64} {
		if got := DayOf(time.Unix(far, 0)); got != 0 && got != math.MaxUint16 {
			t.Errorf("DayOf(%d) = %v", far, got)
		}
	}
}

// moment reads RFC 3339, and 24:00 as the next day's beginning.
func moment(t *testing.T, text string) time.Time {
	t.Helper()
	if text[11:13] == "24" {
		return at(t, text[:11]+"00"+text[13:]).AddDate(0, 0, 1)
	}
	return at(t, text)
}

func TestDayIsWhole(t *testing.T) {
	for d := range Day(math.MaxUint16) {
		if DayOf(d.Start()) != d || DayOf(d.End().Add(-1)) != d || !d.End().Equal((d + 1).Start()) {
			t.Fatalf("day %d: %v to %v", d, d.Start(), d.End())
		}
		if got, err := ParseDay(d.String()); err != nil || got != d {
			t.Fatalf("ParseDay(%v) = %v, %v", d, got, err)
		}
	}
	last := Day(math.MaxUint16)
	if DayOf(last.End().Add(-1)) != last || last.End().Sub(last.Start()) != 24*time.Hour {
		t.Errorf("the last day is %v to %v", last.Start(), last.End())
	}
}

func TestParseDay(t *testing.T) {
	for _, text := range []string{
		"", "2026-11-31", "2026-02-29", "2026-1-2", "26-11-22", "2026/11/22", "2026-11-22 ", " 2026-11-22", "2026-11-22T00:00:00",
		"1969-12-31", "2149-06-07", "9999-01-01", "-2026-11-22", "２０２６-11-22",
	} {
		if d, err := ParseDay(text); err == nil {
			t.Errorf("ParseDay(%q) = %v", text, d)
		}
	}
}
