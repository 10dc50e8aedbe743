package ledger

import (
	"fmt"
	"time"

	"pointkiosk/cards"
)

const (
	// lateBytes is what is kept of a compromised key's entries in a day, if
	// the settings don't say: more than a kiosk writes in a busy month.
	lateBytes = 8 << 20
	// rowBytes is what an entry takes beside its own bytes.
	rowBytes = 200
)

// A LateError reports that enough was kept today under a compromised key. What
// was kept before stays; tomorrow there is room again.
type LateError struct{ Wait time.Duration }

func (e *LateError) Error() string {
	return fmt.Sprintf("ledger: enough entries for today under a key that is compromised: come again in %v", e.Wait)
}

// boundLate holds what an upload adds under a compromised key to the bound.
// The upload that passes it is the last of that day.
func (in *intake) boundLate() error {
	if in.key.revoked != cards.Compromised || in.added == 0 || in.byHand {
		return nil
	}
	day := cards.DayOf(in.at)
	var n, kept int64
	_, err := in.one(`SELECT n, bytes FROM late_kept WHERE key_id = $1 AND day = $2 ORDER BY n DESC LIMIT 1`, []any{int64(in.key.id), int64(day)}, &n, &kept)
	switch {
	case err != nil:
		return err
	case kept >= in.ledger.late:
		return &LateError{Wait: day.End().Sub(in.at)}
	}
	_, err = in.exec(`INSERT INTO late_kept (key_id, day, n, bytes) VALUES ($1, $2, $3, $4)`, int64(in.key.id), int64(day), n+1, kept+in.added)
	return err
}
