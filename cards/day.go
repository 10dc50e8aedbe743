package cards

import (
	"fmt"
	"math"
	"time"
)

// Japan is the zone of every day in this project. It has had no summer time
// since 1951, so a fixed offset needs no zone data.
var Japan = time.FixedZone("JST", japanOffset)

const (
	japanOffset = 9 * 60 * 60 // seconds
	daySeconds  = 24 * 60 * 60
)

// A Day counts days since 1970-01-01 in Japan time; it lasts until 24:00.
type Day uint16

// DayOf returns the day in Japan on which t falls: the first one for whatever
// is before, and the last, 2149-06-06, for whatever is after.
func DayOf(t time.Time) Day {
	return Day(min(max(t.Unix()+japanOffset, 0)/daySeconds, math.MaxUint16))
}

// Start returns the day's first moment.
func (d Day) Start() time.Time { return time.Date(1970, 1, 1+int(d), 0, 0, 0, 0, Japan) }

// End returns the first moment after the day.
func (d Day) End() time.Time { return time.Date(1970, 1, 2+int(d), 0, 0, 0, 0, Japan) }

// At returns the moment of an hour like 11:00 on this day; 24:00 is its end.
func (d Day) At(hour string) (time.Time, error) {
	if hour == "24:00" {
		return d.End(), nil
	}
	t, err := time.Parse("15:04", hour)
	if err != nil || t.Format("15:04") != hour {
		return time.Time{}, fmt.Errorf("cards: %q is no hour (like 09:30)", hour)
	}
	return d.Start().Add(time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute), nil
}

// String returns the date as 2006-01-02.
func (d Day) String() string { return d.Start().Format(time.DateOnly) }

// ParseDay reads what [Day.String] wrote, and nothing else.
func ParseDay(text string) (Day, error) {
	t, err := time.ParseInLocation(time.DateOnly, text, Japan)
	if err != nil || DayOf(t).String() != text {
		return 0, fmt.Errorf("cards: %q is no day (like 2026-11-22)", text)
	}
	return DayOf(t), nil
}
