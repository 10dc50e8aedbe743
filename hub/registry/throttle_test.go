package registry

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"
)

func TestThrottleForgets(t *testing.T) {
	l := newThrottle()
	now := time.Unix(0, 0)
	for n := range 10 * firstSweep {
		now = now.Add(time.Second)
		for range 2 { // the second is given a turn
			l.take(now, []try{{key: fmt.Sprint(n), rate: Rate{Burst: 1, Every: time.Minute}, line: "somebody"}})
		}
	}
	if len(l.full) > firstSweep || len(l.lines) > firstSweep {
		t.Errorf("%d buckets and %d lines are kept, only 120 count", len(l.full), len(l.lines))
	}
}

// A line gives each its turn once, in order, and no turn to two.
func TestLine(t *testing.T) {
	l, now := newThrottle(), time.Unix(0, 0)
	ask := func(who string) (time.Duration, []try) {
		tries := []try{{key: "bucket", rate: Rate{Burst: 2, Every: time.Minute}, line: who}}
		return l.take(now, tries), tries
	}
	want := func(who string, minutes int) []try {
		t.Helper()
		wait, tries := ask(who)
		if wait != time.Duration(minutes)*time.Minute {
			t.Errorf("%s at %v: wait %v, want %d min", who, now.UTC(), wait, minutes)
		}
		return tries
	}
	for _, tt := range []struct {
		who  string
		wait int
	}{{"a", 0}, {"a", 0}, {"a", 1}, {"b", 2}, {"c", 3}, {"a", 1}, {"b", 2}} {
		want(tt.who, tt.wait)
	}
	now = now.Add(2 * time.Minute)
	want("c", 1)
	taken := want("b", 0)
	want("b", 2) // once; its next turn is behind c's
	l.giveBack(taken)
	want("b", 0) // as if it had not been taken
	want("a", 0) // its turn is held
	now = now.Add(time.Hour)
	want("c", 0) // all turns were lost, the bucket is full
	// A clock that was ahead gave turns far away.
	now = now.Add(1000 * time.Hour)
	for range 3 {
		ask("d")
	}
	now = now.Add(-1000 * time.Hour)
	want("d", 0)
}

// A flood from fifty places lets the one who comes last in after a turn of each.
func TestGateIsFairByPlace(t *testing.T) {
	g := gate{free: 1}
	<-g.knock("first")
	for range 40 {
		for n := range 50 {
			g.knock(fmt.Sprint("place ", n))
		}
	}
	late := g.knock("late")
	for n := range 51 {
		g.leave()
		select {
		case <-late:
			if n != 50 {
				t.Errorf("in after %d", n)
			}
			return
		default:
		}
	}
	t.Error("still waiting after 51")
}

// Who gives up leaves no hole, and nobody is let in twice.
func TestGateGivenUp(t *testing.T) {
	g := gate{free: 1}
	<-g.knock("a")
	second := g.knock("b")
	if in, err := g.enter(t.Context(), time.Millisecond, "b"); in || err != nil {
		t.Errorf("enter = %v, %v", in, err)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if in, err := g.enter(gone, time.Minute, "c"); in || !errors.Is(err, context.Canceled) {
		t.Errorf("enter = %v, %v", in, err)
	}
	g.leave()
	<-second
	if g.free != 0 || len(g.waiting) != 0 {
		t.Errorf("%d free, %d wait", g.free, len(g.waiting))
	}
	g.leave()
	if in, err := g.enter(t.Context(), time.Minute, "c"); !in || err != nil || g.free != 0 {
		t.Errorf("enter = %v, %v, %d free", in, err, g.free)
	}
}
