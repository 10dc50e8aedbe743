package story

import (
	"testing"
	"time"

	"pointkiosk/cards"
)

// A card belongs to one day (DECISIONS 4), and the programs take theirs from
// the clock: what a story began before midnight, Japan time, it could not end
// after it. oneDay waits for the new day where the old one is too short.
func oneDay(takes time.Duration) { time.Sleep(untilDay(time.Now(), takes)) }

// untilDay is how long to wait for a day that lasts as long as it takes.
func untilDay(now time.Time, takes time.Duration) time.Duration {
	left := cards.DayOf(now).End().Sub(now)
	if left > takes {
		return 0
	}
	return left
}

func TestUntilDay(t *testing.T) {
	for _, tt := range []struct {
		now   string
		takes time.Duration
		want  time.Duration
	}{
		{"2026-11-22T12:00:00+09:00", time.Minute, 0},
		{"2026-11-22T23:58:59+09:00", time.Minute, 0},
		{"2026-11-22T23:59:00+09:00", time.Minute, time.Minute},
		{"2026-11-22T23:59:59.5+09:00", time.Minute, time.Second / 2},
		{"2026-11-23T00:00:00+09:00", time.Minute, 0},
		{"2026-11-22T15:00:00Z", time.Minute, 0},               // midnight in Japan
		{"2026-11-22T14:59:30Z", time.Minute, time.Minute / 2}, // just before
		{"2026-11-23T00:00:00Z", time.Minute, 0},               // midnight elsewhere
	} {
		now, err := time.Parse(time.RFC3339Nano, tt.now)
		if err != nil {
			t.Fatal(err)
		}
		if got := untilDay(now, tt.takes); got != tt.want {
			t.Errorf("at %s for %v: wait %v, want %v", tt.now, tt.takes, got, tt.want)
		}
	}
}
