package registry

import (
	"database/sql"
	"errors"
	"path/filepath"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"pointkiosk/cards"
	"pointkiosk/hub/schema/schematest"
)

// cheap makes a hash of a third of a millisecond, for tests that are not about cost.
var cheap = Cost{Memory: 64, Passes: 1}

// A clock that tests move.
type clock struct{ at time.Time }

func (c *clock) now() time.Time       { return c.at }
func (c *clock) wait(d time.Duration) { c.at = c.at.Add(d) }

// testDB opens an empty database of the kind that the test is about.
func testDB(t testing.TB) (write, read *sql.DB) {
	t.Helper()
	if schematest.OnPostgres(t) {
		return schematest.Postgres(t)
	}
	path := filepath.Join(t.TempDir(), "hub.db")
	schematest.Write(t, path)
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=foreign_keys(1)&_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db, db
}

func testRegistry(t testing.TB, mend func(*Opts)) (*Registry, *clock) {
	t.Helper()
	c := &clock{time.Date(2026, 11, 22, 11, 0, 0, 0, time.UTC)}
	opts := Opts{Clock: c.now, Cost: cheap}
	if mend != nil {
		mend(&opts)
	}
	write, read := testDB(t)
	r, err := Open(write, read, &opts)
	if err != nil {
		t.Fatal(err)
	}
	return r, c
}

const (
	testID       = "K7M4W2HN"
	testPassword = "kisarazu-2026"
)

func add(t testing.TB, r *Registry) {
	t.Helper()
	if err := r.Add(t.Context(), testID, testPassword); err != nil {
		t.Fatal(err)
	}
}

func TestAdd(t *testing.T) {
	r, _ := testRegistry(t, nil)
	for _, tt := range []struct {
		name, id, password string
		want               error
	}{
		{"good", "k7m4 w2hn", testPassword, nil},
		{"taken", testID, testPassword, ErrTaken},
		{"not an ID", "K7M4W2H", testPassword, cards.ErrMyKeyID},
		{"7 characters", "AAAAAAA2", "1234567", ErrPassword},
		{"8 characters of three bytes", "AAAAAAA3", "きさらづポイント", nil},
		{"too long", "AAAAAAA4", string(make([]byte, MaxPassword+1)), ErrPassword},
	} {
		if err := r.Add(t.Context(), tt.id, tt.password); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
}

func TestSignIn(t *testing.T) {
	r, _ := testRegistry(t, nil)
	add(t, r)
	for _, tt := range []struct {
		name, id, password string
		want               error
	}{
		{"right", testID, testPassword, nil},
		{"as people type", " k7m4-w2hn　", testPassword, nil},
		{"wrong password", testID, testPassword + " ", ErrWrong},
		{"unknown ID", "AAAAAAAA", testPassword, ErrWrong},
		{"the dummy's password", "AAAAAAAA", "nobody's password", ErrWrong},
		{"no password", testID, "", ErrWrong},
		{"no ID", "mykey", testPassword, cards.ErrMyKeyID},
	} {
		s, err := r.SignIn(t.Context(), tt.id, tt.password, "a phone")
		if !errors.Is(err, tt.want) || err == nil && s.ID.String() != testID {
			t.Errorf("%s: %v, %v, want %v", tt.name, s, err, tt.want)
		}
	}
}

// An unknown ID must cost the hash that a known one costs. That is seen by the
// clock: the quickest of as many tries as it takes, as other work on the
// machine only adds. Without the hash no number of tries would do.
func TestUnknownIDTakesAsLong(t *testing.T) {
	r, c := testRegistry(t, func(o *Opts) { o.Cost = Cost{Memory: 8 << 10, Passes: 4} })
	add(t, r)
	known, unknown := time.Hour, time.Hour
	for range 100 {
		for id, best := range map[string]*time.Duration{testID: &known, "AAAAAAAA": &unknown} {
			c.wait(time.Hour)
			start := time.Now()
			if _, err := r.SignIn(t.Context(), id, "a wrong password", "a phone"); !errors.Is(err, ErrWrong) {
				t.Fatal(err)
			}
			*best = min(*best, time.Since(start))
		}
		if ratio := float64(unknown) / float64(known); ratio > 0.8 && ratio < 1.25 {
			return
		}
	}
	t.Errorf("unknown %v, known %v", unknown, known)
}

func TestSession(t *testing.T) {
	r, c := testRegistry(t, func(o *Opts) { o.Idle, o.Most = 30*time.Minute, 2*time.Hour })
	add(t, r)
	s, err := r.SignIn(t.Context(), testID, testPassword, "a phone")
	if err != nil {
		t.Fatal(err)
	}
	alive := func(what string, want error) {
		t.Helper()
		got, err := r.Resume(t.Context(), s.Cookie())
		if !errors.Is(err, want) || err == nil && (got.Account != s.Account || got.FormToken() != s.FormToken()) {
			t.Errorf("%s: %v, %v, want %v", what, got, err, want)
		}
	}
	alive("at once", nil)
	again, err := Open(r.write, r.read, &Opts{Clock: c.now, Cost: cheap})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := again.Resume(t.Context(), s.Cookie()); err != nil {
		t.Errorf("after a restart: %v", err)
	}
	for range 4 {
		c.wait(29 * time.Minute)
		alive("in use", nil)
		if err := r.Use(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	c.wait(5 * time.Minute)
	alive("past its most", ErrSignedOut)

	if s, err = r.SignIn(t.Context(), testID, testPassword, "a phone"); err != nil {
		t.Fatal(err)
	}
	c.wait(30 * time.Minute)
	alive("idle", ErrSignedOut)
	if s, err = r.SignIn(t.Context(), testID, testPassword, "a phone"); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := r.SignOut(t.Context(), s.Cookie()); err != nil {
			t.Fatal(err)
		}
		alive("signed out", ErrSignedOut)
	}
	var n int
	if err := r.read.QueryRow(`SELECT COUNT(*) FROM session`).Scan(&n); err != nil || n != 0 {
		t.Errorf("%d sessions are left, %v", n, err)
	}
}

// A session that was made or used while the clock was ahead is over when the
// clock is right again.
func TestSessionOfAClockThatWasAhead(t *testing.T) {
	for _, tt := range []struct {
		name       string
		made, used time.Duration // by how much the clock was ahead then
		after      time.Duration // before it is looked at, by the right clock
		want       error
	}{
		{"right", 0, 0, time.Minute, nil},
		{"made a year ahead", 365 * 24 * time.Hour, 365 * 24 * time.Hour, time.Minute, ErrSignedOut},
		{"made ten minutes ahead", 10 * time.Minute, 10 * time.Minute, 5 * time.Minute, ErrSignedOut},
		{"made seconds ahead", 30 * time.Second, 30 * time.Second, time.Second, nil},
		{"used hours ahead", 0, 10 * time.Hour, time.Minute, ErrSignedOut},
		{"used seconds ahead", 0, 30 * time.Second, time.Second, nil},
		{"right, and too long ago", 0, 0, 30 * time.Minute, ErrSignedOut},
	} {
		r, c := testRegistry(t, nil)
		add(t, r)
		right := c.at
		c.at = right.Add(tt.made)
		s, err := r.SignIn(t.Context(), testID, testPassword, "a phone")
		if err != nil {
			t.Fatal(err)
		}
		c.at = right.Add(tt.used)
		if err := r.Use(t.Context(), s); err != nil {
			t.Fatal(err)
		}
		c.at = right.Add(tt.after)
		if _, err := r.Resume(t.Context(), s.Cookie()); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
}

func TestNewDeviceIsTold(t *testing.T) {
	r, c := testRegistry(t, nil)
	add(t, r)
	for _, tt := range []struct {
		device string
		told   int
	}{{"a phone", 1}, {"a phone", 1}, {"another", 2}, {"another", 2}, {"a phone", 2}} {
		c.wait(time.Hour)
		s, err := r.SignIn(t.Context(), testID, testPassword, tt.device)
		if err != nil {
			t.Fatal(err)
		}
		list, err := r.Notices(t.Context(), s.Account, 10)
		if err != nil || len(list) != tt.told {
			t.Fatalf("%s: %v, %v, want %d notices", tt.device, list, err, tt.told)
		}
		if s.NewDevice != list[0].At.Equal(c.at) {
			t.Errorf("%s: new %v, last notice %v at %v", tt.device, s.NewDevice, list[0].At, c.at)
		}
	}
}
