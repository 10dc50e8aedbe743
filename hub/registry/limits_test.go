package registry

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"
)

// guess tries wrong passwords on ever new devices for a time, as fast as it is
// let, and returns how many were looked at.
func guess(t *testing.T, r *Registry, c *clock, for_ time.Duration, device func(n int) string) (looked int) {
	t.Helper()
	for n, end := 0, c.at.Add(for_); c.at.Before(end); n++ {
		_, err := r.SignIn(t.Context(), testID, fmt.Sprint("guess ", n), device(n))
		var slow *SlowError
		switch {
		case errors.Is(err, ErrWrong):
			looked++
		case errors.As(err, &slow):
			if slow.RetryAfter <= 0 || slow.RetryAfter > 5*time.Minute {
				t.Fatalf("wait %v", slow.RetryAfter)
			}
			c.wait(min(slow.RetryAfter, 20*time.Second))
		default:
			t.Fatal(err)
		}
	}
	return looked
}

func fresh(n int) string { return fmt.Sprint("device ", n) }

// Strangers' failures slow strangers, and nobody else.
func TestGuessingIsSlowAndTheOwnerIsNot(t *testing.T) {
	r, c := testRegistry(t, nil)
	add(t, r)
	own := func() error {
		_, err := r.SignIn(t.Context(), testID, testPassword, "the owner's phone")
		return err
	}
	if err := own(); err != nil {
		t.Fatal(err)
	}
	for hour, most := range []int{5 + 10 + 12, 12, 12 + 1} { // a try of the place's own after 3 hours
		if n := guess(t, r, c, time.Hour, fresh); n > most || n < most-2 {
			t.Errorf("hour %d: %d guesses, want %d", hour+1, n, most)
		}
		if err := own(); err != nil {
			t.Errorf("hour %d: the owner: %v", hour+1, err)
		}
	}
	guess(t, r, c, time.Second, fresh)
	if _, err := r.SignIn(t.Context(), testID, testPassword, "a new phone"); !errors.As(err, new(*SlowError)) {
		t.Errorf("a new device at the guesser's address: %v", err)
	}
	c.wait(5 * time.Minute)
	if _, err := r.SignIn(t.Context(), testID, testPassword, "a new phone"); err != nil {
		t.Errorf("a new device after five minutes: %v", err)
	}
}

func TestLimitsByDevice(t *testing.T) {
	t.Run("a known device that guesses", func(t *testing.T) {
		r, c := testRegistry(t, nil)
		add(t, r)
		if _, err := r.SignIn(t.Context(), testID, testPassword, "stolen"); err != nil {
			t.Fatal(err)
		}
		if n := guess(t, r, c, time.Hour, func(int) string { return "stolen" }); n > 10+120 || n < 120 {
			t.Errorf("%d guesses", n)
		}
		if _, err := r.SignIn(t.Context(), testID, testPassword, "another"); err != nil {
			t.Errorf("other devices pay for it: %v", err)
		}
	})
	t.Run("a strange device, over many accounts", func(t *testing.T) {
		r, _ := testRegistry(t, nil)
		looked := 0
		for n := range 100 {
			id := "AAAAAA" + string([]byte{digits[n/10], digits[n%10]})
			if _, err := r.SignIn(t.Context(), id, "Password1", "sprayer"); errors.Is(err, ErrWrong) {
				looked++
			}
		}
		if looked != 10 {
			t.Errorf("%d were looked at, want 10", looked)
		}
	})
	t.Run("a lent phone, right each time", func(t *testing.T) {
		r, _ := testRegistry(t, nil)
		for n := range 40 {
			id := "AAAAAA" + string([]byte{digits[n/10], digits[n%10]})
			if err := r.Add(t.Context(), id, testPassword); err != nil {
				t.Fatal(err)
			}
			if _, err := r.SignIn(t.Context(), id, testPassword, "lent"); err != nil {
				t.Fatalf("resident %d: %v", n, err)
			}
		}
	})
}

// A sign-in that can't have its turn in time is told so, and costs no try.
func TestBusy(t *testing.T) {
	r, _ := testRegistry(t, func(o *Opts) { o.AtOnce, o.Wait = 2, 10*time.Millisecond })
	add(t, r)
	if _, err := r.SignIn(t.Context(), testID, testPassword, "a known phone"); err != nil {
		t.Fatal(err)
	}
	for range r.opts.AtOnce {
		<-r.strange.knock("somewhere")
	}
	for range 50 { // more than any burst
		_, err := r.SignIn(t.Context(), testID, testPassword, "a phone")
		if busy := new(BusyError); !errors.As(err, &busy) || busy.RetryAfter <= 0 {
			t.Fatalf("busy: %v", err)
		}
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := r.SignIn(gone, testID, testPassword, "a phone"); !errors.Is(err, context.Canceled) {
		t.Errorf("whoever has left: %v", err)
	}
	if _, err := r.SignIn(t.Context(), testID, testPassword, "a known phone"); err != nil {
		t.Errorf("a known device among strangers: %v", err)
	}
	r.strange.leave()
	if _, err := r.SignIn(t.Context(), testID, testPassword, "a phone"); err != nil {
		t.Errorf("when a turn is free: %v", err)
	}
}

// A clock that was ahead once leaves nobody waiting for it.
func TestClockAheadLocksNobodyOut(t *testing.T) {
	r, c := testRegistry(t, nil)
	add(t, r)
	known, err := r.NewSecret()
	if err != nil {
		t.Fatal(err)
	}
	good := c.at
	for _, at := range []time.Time{good, good.AddDate(120, 0, 0), good} {
		c.at = at
		if _, err := r.SignIn(t.Context(), testID, testPassword, known); err != nil {
			t.Fatalf("at %v: %v", at, err)
		}
	}
	stranger, err := r.NewSecret()
	if err != nil {
		t.Fatal(err)
	}
	c.at = good.AddDate(50, 0, 0)
	if _, err := r.SignIn(t.Context(), testID, "wrong-wrong", stranger); err == nil {
		t.Fatal("a wrong password signed in")
	}
	c.at = good
	if _, err := r.SignIn(t.Context(), testID, testPassword, stranger); err != nil {
		t.Errorf("the right password on a new device: %v", err)
	}
}

// digits are some that a MyKey ID may have.
const digits = "ABCDEFGHJK"
