package uplink

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"pointkiosk/cards"
	"pointkiosk/kiosk/journal"
)

// A desk is a hub that keeps no book: it counts entries and signs receipts.
// Virtual time passes on its line.
type desk struct {
	key    cards.SigningKey // the kiosk's
	cursor uint64
	stays  bool // the cursor doesn't move
	judges int  // entries at a time, of all that are kept; 0 is any number
	kept   map[uint64][]byte
	most   int           // entries that fit one upload; 0 is any number
	each   time.Duration // on the line, for every entry
	mu     sync.Mutex    // guards the next two, which change while the uplink runs
	hangs  bool
	err    error       // what is answered instead
	calls  []time.Time // when it was asked
	sizes  []int
}

// back ends an outage.
func (d *desk) back() { d.mu.Lock(); defer d.mu.Unlock(); d.hangs, d.err = false, nil }

func (d *desk) how() (hangs bool, err error) { d.mu.Lock(); defer d.mu.Unlock(); return d.hangs, d.err }

var hubKey = cards.SigningKey{ID: 2, Private: key("h")}

// tooLarge is a 413.
type tooLarge struct{ error }

func (tooLarge) TooLarge() bool { return true }

// later is a 503 with Retry-After.
type later struct{ wait time.Duration }

func (later) Error() string               { return "try again" }
func (l later) RetryAfter() time.Duration { return l.wait }

func (d *desk) Upload(ctx context.Context, sealed []byte) ([]byte, error) {
	var u cards.Upload
	if err := cards.Unsealed(sealed, cards.PaperUpload, &u); err != nil {
		return nil, err
	}
	d.calls, d.sizes = append(d.calls, time.Now()), append(d.sizes, len(u.Records))
	line := time.Duration(len(u.Records)) * d.each
	if hangs, _ := d.how(); hangs {
		line = time.Hour
	}
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-time.After(line):
	}
	if _, err := d.how(); err != nil {
		return nil, err
	}
	if d.most > 0 && len(u.Records) > d.most {
		return nil, tooLarge{errors.New("too large")}
	}
	head := make([]byte, 32)
	for _, r := range u.Records {
		hash := cards.EntryHash(r.Data)
		d.kept[r.Seq] = hash[:]
	}
	for n := 0; d.kept[d.cursor+1] != nil && !d.stays && (d.judges == 0 || n < d.judges); n++ {
		d.cursor++
		head = d.kept[d.cursor]
	}
	request := sha256.Sum256(sealed)
	return cards.Seal(hubKey, cards.PaperReceipt, cards.Receipt{Request: request[:], Key: d.key.ID, Cursor: d.cursor, Head: head[:len(head)*min(1, len(u.Records))],
		Judgements: []cards.Judgement{}, Outcomes: []cards.Outcome{}, Allotments: [][]byte{}, At: time.Now().UnixMilli()})
}

// gaps are the times between two calls.
func (d *desk) gaps() (gaps []time.Duration) {
	for n := 1; n < len(d.calls); n++ {
		gaps = append(gaps, d.calls[n].Sub(d.calls[n-1]))
	}
	return gaps
}

// post is a kiosk with so many unsent entries, and a desk for its hub.
func post(t *testing.T, entries int) (*desk, *Uplink, *journal.Journal) {
	t.Helper()
	d := &desk{key: cards.SigningKey{ID: 3, Private: key("l")}, kept: map[uint64][]byte{}}
	dir := t.TempDir()
	j, err := journal.OpenFile(context.Background(), journal.Opts{
		Driver: "sqlite", Path: filepath.Join(dir, "journal.db"), Head: filepath.Join(dir, "journal.head"), Key: d.key, Now: time.Now, Rand: zeros{},
	})
	check(t, err)
	t.Cleanup(func() { check(t, j.Close()) })
	trust := cards.SigningKey{ID: 1, Private: key("t")}
	list, err := cards.Seal(trust, cards.PaperTrustList, cards.TrustList{Version: 1, Hubs: []cards.HubKey{{Key: hubKey.ID, Public: hubKey.Public()}}})
	check(t, err)
	check(t, j.Keep(context.Background(), cards.PaperTrustList, list))
	fill(t, j, uint64(entries))
	return d, New(Opts{Journal: j, Hub: d, Key: d.key, Trust: trust.Private.Public().(ed25519.PublicKey), Now: time.Now, Rand: new(counter)}), j
}

// fill writes entries until there are so many; some are checkpoints.
func fill(t *testing.T, j *journal.Journal, entries uint64) {
	t.Helper()
	for top, _ := j.Head(); top < entries; top, _ = j.Head() {
		check(t, j.ConfirmDay(context.Background(), "佐藤", 0, true))
	}
}

// during runs an uplink for a while of virtual time.
func during(u *Uplink, d time.Duration) {
	ctx, stop := context.WithTimeout(context.Background(), d)
	defer stop()
	u.Run(ctx)
}

// An hour without a hub: the waits double up to the longest, each is between a
// half and one and a half of that, and no two hours are alike.
func TestBackOff(t *testing.T) {
	var before []time.Duration
	for range 2 {
		synctest.Test(t, func(t *testing.T) {
			d, u, _ := post(t, 3)
			d.err = errors.New("no route to the hub")
			wake := make(chan struct{}, 1)
			wake <- struct{}{} // cards are handed out all the time
			u.opts.Wake = wake
			during(u, time.Hour)
			wait := firstWait
			for n, gap := range d.gaps() {
				if gap < wait/2 || gap > wait*3/2 {
					t.Errorf("wait %d took %v, not %v to %v", n+1, gap, wait/2, wait*3/2)
				}
				wait = min(2*wait, longest)
			}
			if n := len(d.calls); n < 3600/18 || n > 3600/6+10 {
				t.Errorf("%d calls an hour", n)
			}
			if slices.Equal(before, d.gaps()) {
				t.Error("two kiosks call in step")
			}
			before = d.gaps()
		})
	}
}

func TestRetryAfter(t *testing.T) {
	for _, tt := range []struct{ asked, least, most time.Duration }{
		{45 * time.Second, 45 * time.Second, 45 * time.Second},
		{time.Millisecond, firstWait / 2, longest * 3 / 2},
		{24 * time.Hour, 10 * time.Minute, 10 * time.Minute}, // a stranger's: nobody may silence a kiosk for a day
	} {
		t.Run(tt.asked.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d, u, _ := post(t, 3)
				d.err = later{tt.asked}
				during(u, 2*time.Hour)
				gaps := d.gaps()
				if len(gaps) < 10 || slices.Min(gaps) < tt.least || slices.Max(gaps) > tt.most {
					t.Errorf("%d waits of %v to %v", len(gaps), slices.Min(gaps), slices.Max(gaps))
				}
			})
		})
	}
}

// outage lets a hub be away for a while and returns how long it then takes
// until everything is there.
func outage(t *testing.T, away func(*desk), while time.Duration) time.Duration {
	d, u, _ := post(t, 40)
	away(d)
	ctx, stop := context.WithCancel(context.Background())
	var last atomic.Pointer[News]
	last.Store(new(News))
	u.opts.Tell = func(n News) { last.Store(&n) }
	done := make(chan struct{})
	go func() { defer close(done); u.Run(ctx) }()
	time.Sleep(while)
	synctest.Wait() // after it the test alone runs
	if told := last.Load(); told.Online || told.Unsent != 40 {
		t.Errorf("away, and told %+v", told)
	}
	d.back()
	back := time.Now()
	for last.Load().Unsent > 0 && time.Since(back) < time.Minute {
		time.Sleep(100 * time.Millisecond)
		synctest.Wait()
	}
	took := time.Since(back)
	if told := last.Load(); !told.Online || told.Unsent != 0 || told.Err != nil {
		t.Errorf("back, and told %+v", told)
	}
	stop()
	<-done
	return took
}

// Whenever the hub comes back, and whatever the line did before, all is there
// within 30 s.
func TestFoundWithin30s(t *testing.T) {
	for _, tt := range []struct {
		name string
		away func(*desk)
	}{
		{"stopped", func(d *desk) { d.err = errors.New("connection refused") }},
		{"hung", func(d *desk) { d.hangs = true }},
		{"busy", func(d *desk) { d.err = later{5 * time.Second} }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var worst time.Duration
			for minutes := range 8 {
				synctest.Test(t, func(t *testing.T) {
					worst = max(worst, outage(t, tt.away, time.Duration(minutes)*time.Minute+17*time.Second))
				})
			}
			if worst > 30*time.Second {
				t.Errorf("it took %v", worst)
			}
			t.Logf("at most %v", worst)
		})
	}
}

// When all is well it looks for news now and then, and sends at once when woken.
func TestWake(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, u, j := post(t, 1)
		wake := make(chan struct{}, 1)
		u.opts.Wake = wake
		ctx, stop := context.WithCancel(context.Background())
		done := make(chan struct{})
		go func() { defer close(done); u.Run(ctx) }()
		time.Sleep(time.Minute - time.Second)
		synctest.Wait()
		if len(d.calls) != 4 {
			t.Errorf("%d calls in a quiet minute", len(d.calls))
		}
		check(t, j.ConfirmDay(ctx, "佐藤", 0, true))
		wake <- struct{}{}
		synctest.Wait()
		if len(d.calls) != 5 || d.cursor != 2 {
			t.Errorf("%d calls, and the cursor is %d", len(d.calls), d.cursor)
		}
		stop()
		<-done
	})
}

// An upload that is too large is halved at once; later it grows again.
func TestTooLarge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, u, j := post(t, 1000)
		d.most = 130
		check(t, u.Sync(context.Background()))
		if want := []int{500, 250, 125, 125, 125, 125, 125, 125, 125, 125}; !slices.Equal(d.sizes, want) {
			t.Errorf("sizes %v, want %v", d.sizes, want)
		}
		d.most = 0
		for range 3 {
			check(t, u.Sync(context.Background()))
		}
		d.sizes = nil
		fill(t, j, 1600)
		check(t, u.Sync(context.Background()))
		if want := []int{500, 100}; !slices.Equal(d.sizes, want) {
			t.Errorf("later sizes %v, want %v", d.sizes, want)
		}
	})
}

// A single entry that is too large does not spin: it is an error like any other.
func TestTooLargeAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, u, _ := post(t, 9)
		d.err = tooLarge{errors.New("too large")}
		if err := u.Sync(context.Background()); err == nil {
			t.Error("no error")
		}
		if want := []int{9, 9, 9, 9, 9, 9, 7, 3, 1}; !slices.Equal(d.sizes, want) {
			t.Errorf("sizes %v, want %v", d.sizes, want)
		}
	})
}

// A line so slow that a full upload takes longer than a call may is found out;
// on a line that hangs uploads don't become so small that catching up is slow.
func TestSlowLine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, u, _ := post(t, 600)
		d.each = 50 * time.Millisecond // 500 take 25 s
		during(u, 3*time.Minute)
		if d.cursor != 600 {
			t.Errorf("the cursor is %d: sizes %v", d.cursor, d.sizes)
		}
		d.hangs = true
		during(u, time.Hour)
		if u.batch != fewest {
			t.Errorf("%d at once after an hour", u.batch)
		}
	})
}

// A hub that judges less at a time than it was sent does not stay: what it kept
// it judges with the next upload.
func TestJudgedInSteps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, u, _ := post(t, 300)
		d.judges = 100
		check(t, u.Sync(context.Background()))
		if want := []int{300, 200, 100}; !slices.Equal(d.sizes, want) {
			t.Errorf("sizes %v, want %v", d.sizes, want)
		}
	})
}

// A hub that takes nothing is asked again later, not in a loop.
func TestHubStays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, u, _ := post(t, 20)
		d.stays = true
		during(u, 10*time.Minute)
		if n := len(d.calls); n < 600/18 || n > 600/6+10 {
			t.Errorf("%d calls in ten minutes", n)
		}
	})
}
