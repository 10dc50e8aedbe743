package station

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"
	"time"

	"golang.org/x/crypto/bcrypt"

	"pointkiosk/kiosk"
)

// door keeps the staff door: it slows down whoever guesses, and remembers
// across a power cut how often they did.
type door struct {
	mu    sync.Mutex // one PIN at a time
	path  string
	staff []Staff
	now   func() time.Time
}

// tries is what the file remembers. It is written before a PIN is looked at,
// so that pulling the plug wins nothing.
type tries struct {
	Wrong int   `json:"wrong"`
	Last  int64 `json:"last"` // Unix seconds
}

const (
	freeTries  = 3
	longestBar = 5 * time.Minute
	mostWrong  = freeTries + 6    // the bar is the longest by then: more would only punish who comes after
	forgiven   = 10 * time.Minute // takes one wrong try back
)

func newDoor(path string, staff []Staff, now func() time.Time) *door {
	return &door{path: path, staff: staff, now: now}
}

// unlock returns who the PIN belongs to, or for how long the door stays shut.
func (d *door) unlock(pin kiosk.PIN) (name string, wait time.Duration, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	var t tries
	data, err := os.ReadFile(d.path)
	if err == nil {
		err = json.Unmarshal(data, &t)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t = tries{Wrong: mostWrong, Last: d.now().Unix()} // a damaged file is no reset
		if err := d.save(t); err != nil {
			return "", 0, err
		}
	}
	ago, err := d.since(t)
	if left := t.bar() - ago; left > 0 || err != nil {
		return "", left, err
	}
	guess := tries{Wrong: min(t.after(ago).Wrong+1, mostWrong), Last: d.now().Unix()}
	if err := d.save(guess); err != nil {
		return "", 0, err
	}
	for _, s := range d.staff {
		if bcrypt.CompareHashAndPassword([]byte(s.PIN), []byte(string(pin))) == nil {
			return s.Name, 0, d.save(t)
		}
	}
	return "", guess.bar(), nil
}

// after is what is left of the wrong tries when none has come for so long. Only
// time forgives them: were it a right PIN, whoever has one could try another's
// in between for ever.
func (t tries) after(ago time.Duration) tries {
	t.Wrong = max(0, t.Wrong-int(ago/forgiven))
	return t
}

// bar is how long the door stays shut after so many wrong PINs.
func (t tries) bar() time.Duration {
	if t.Wrong < freeTries {
		return 0
	}
	return min(5*time.Second<<(min(t.Wrong, mostWrong)-freeTries), longestBar)
}

// since is how long ago the last try was. After a clock was set back the time
// counts anew from now: it must neither open the door nor keep it shut until
// the clock has caught up.
func (d *door) since(t tries) (time.Duration, error) {
	ago := d.now().Sub(time.Unix(t.Last, 0))
	if ago < 0 {
		t.Last = d.now().Unix()
		return 0, d.save(t)
	}
	return ago, nil
}

func (d *door) save(t tries) error {
	data, err := json.Marshal(t)
	if err != nil {
		return fmt.Errorf("station: door: %w", err)
	}
	return writeSynced(d.path, data)
}
