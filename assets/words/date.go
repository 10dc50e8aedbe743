package words

import (
	"fmt"
	"strconv"
	"time"
)

// Date gives the day of t with its weekday: 令和8年11月22日(日) or
// Sun 22 Nov 2026. It is the day in t's own location: pass Japan time.
func Date(lang string, t time.Time) string {
	if In(lang).lang == "en" {
		return t.Format("Mon 2 Jan 2006")
	}
	return Day(lang, t) + "(" + []string{"日", "月", "火", "水", "木", "金", "土"}[t.Weekday()] + ")"
}

// Day gives the day of t without its weekday: 令和8年11月22日 or 22 Nov 2026.
func Day(lang string, t time.Time) string {
	if In(lang).lang == "en" {
		return t.Format("2 Jan 2006")
	}
	return fmt.Sprintf("%s%d月%d日", year(t), t.Month(), t.Day())
}

// DateTime gives day, weekday, hour and minute of t.
func DateTime(lang string, t time.Time) string {
	return Date(lang, t) + t.Format(" 15:04")
}

// year counts in eras: 令和 from 1 May 2019, 平成 from 8 January 1989, by the
// cabinet orders of those years; the first year is 元年. Earlier dates are none
// of ours and stand in the common era.
func year(t time.Time) string {
	y, m, d := t.Date()
	day := y*10000 + int(m)*100 + d
	switch {
	case day >= 20190501:
		return era("令和", y-2018)
	case day >= 19890108:
		return era("平成", y-1988)
	}
	return strconv.Itoa(y) + "年"
}

func era(name string, y int) string {
	if y == 1 {
		return name + "元年"
	}
	return name + strconv.Itoa(y) + "年"
}

// Number writes n with a comma between thousands: 448,151.
func Number(n int) string {
	s := strconv.Itoa(n)
	for at := len(s) - 3; at > 0 && s[at-1] != '-'; at -= 3 {
		s = s[:at] + "," + s[at:]
	}
	return s
}
