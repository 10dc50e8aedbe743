package cards

import (
	"testing"
	"time"
)

func TestHours(t *testing.T) {
	day := DayOf(time.Date(2026, 11, 22, 12, 0, 0, 0, Japan))
	for _, tt := range []struct{ hour, want string }{
		{"00:00", "2026-11-22T00:00:00+09:00"},
		{"11:00", "2026-11-22T11:00:00+09:00"},
		{"23:59", "2026-11-22T23:59:00+09:00"},
		{"24:00", "2026-11-23T00:00:00+09:00"},
		{"24:01", ""}, {"9:00", ""}, {"", ""}, {"noon", ""}, {"11:00:00", ""},
	} {
		at, err := day.At(tt.hour)
		if (err != nil) != (tt.want == "") || err == nil && at.Format(time.RFC3339) != tt.want {
			t.Errorf("At(%q) = %v, %v, want %q", tt.hour, at, err, tt.want)
		}
	}
}
