package registry

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"pointkiosk/cards"
)

// ErrSignedOut reports a session that is over, or never was.
var ErrSignedOut = errors.New("registry: signed out")

// A Session is one sign-in on one device. Its text is a bearer secret and stands in
// the cookie alone.
type Session struct {
	ID        cards.MyKeyID
	Account   string // its name, which stays when the ID is changed
	Made      time.Time
	Expires   time.Time // moves on with Use
	NewDevice bool      // the sign-in was this device's first; false in a resumed session
	secret    string
}

// Cookie returns the secret text that [Registry.Resume] takes.
func (s Session) Cookie() string { return s.secret }

// String names the account and shows no secret.
func (s Session) String() string { return "session of " + s.ID.String() }

// GoString is String: %#v shows no secret either.
func (s Session) GoString() string { return s.String() }

// FormToken returns what each of the session's forms must carry. It is derived
// from the cookie, which another site can't read.
func (s Session) FormToken() string { return FormToken(s.secret) }

// FormToken derives the token of a form from the text of a cookie.
func FormToken(cookie string) string {
	mac := hmac.New(sha256.New, []byte(cookie))
	mac.Write([]byte("pointkiosk form"))
	return hex.EncodeToString(mac.Sum(nil))
}

// begin writes the session and remembers the device; a device that is new to
// the account is told to it.
func (r *Registry) begin(ctx context.Context, id cards.MyKeyID, account, device string) (Session, error) {
	secret, err := r.NewSecret()
	if err != nil {
		return Session{}, err
	}
	now := r.now()
	s := Session{ID: id, Account: account, Made: now, Expires: now.Add(r.opts.Idle), secret: secret}
	tx, err := r.write.BeginTx(ctx, nil)
	if err != nil {
		return Session{}, fmt.Errorf("registry: begin a session: %w", err)
	}
	defer tx.Rollback() //nolint:errcheck // after Commit it does nothing
	if s.NewDevice, err = r.remember(ctx, tx, account, device); err != nil {
		return Session{}, err
	}
	for _, q := range []struct {
		text string
		args []any
	}{
		{`DELETE FROM session WHERE expires_at <= $1`, []any{now.UnixMilli()}},
		{`INSERT INTO session (id, account, device, made_at, expires_at) VALUES ($1, $2, $3, $4, $5)`,
			[]any{digest(secret), account, device, now.UnixMilli(), s.Expires.UnixMilli()}},
	} {
		if _, err := tx.ExecContext(ctx, q.text, q.args...); err != nil {
			return Session{}, fmt.Errorf("registry: begin a session: %w", err)
		}
	}
	if err := tx.Commit(); err != nil {
		return Session{}, fmt.Errorf("registry: begin a session: %w", err)
	}
	return s, nil
}

func (r *Registry) remember(ctx context.Context, tx *sql.Tx, account, device string) (first bool, err error) {
	now := r.now().UnixMilli()
	done, err := tx.ExecContext(ctx, `INSERT INTO device (account, id, made_at) VALUES ($1, $2, $3) ON CONFLICT (account, id) DO NOTHING`,
		account, device, now)
	if err != nil {
		return false, fmt.Errorf("registry: remember a device: %w", err)
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return false, err
	}
	id, err := r.NewSecret()
	if err != nil {
		return false, err
	}
	if _, err = tx.ExecContext(ctx, `INSERT INTO notice (account, at, kind, id) VALUES ($1, $2, $3, $4)`,
		account, now, string(NewDevice), id); err != nil {
		return false, fmt.Errorf("registry: write a notice: %w", err)
	}
	return true, nil
}

// skew is how far apart clocks may honestly be: a session that was made or used
// later than that from now comes from a clock that was ahead.
const skew = time.Minute

// Resume returns the session of a cookie's text, and writes nothing. A session
// that was made, or last used, in the future is over.
func (r *Registry) Resume(ctx context.Context, cookie string) (Session, error) {
	var account, mykey string
	var made, expires int64
	err := r.read.QueryRowContext(ctx, `SELECT s.account, s.made_at, s.expires_at, k.id FROM session s JOIN mykey k ON k.account = s.account
		AND k.id = (SELECT k.id`+current+` AND k.account = s.account) WHERE s.id = $1`, digest(cookie)).Scan(&account, &made, &expires, &mykey)
	if errors.Is(err, sql.ErrNoRows) {
		return Session{}, ErrSignedOut
	}
	if err != nil {
		return Session{}, fmt.Errorf("registry: resume a session: %w", err)
	}
	now := r.now()
	id, err := cards.ParseMyKeyID(mykey)
	if err != nil {
		return Session{}, fmt.Errorf("registry: resume a session: %w", err)
	}
	s := Session{ID: id, Account: account, Made: time.UnixMilli(made), Expires: time.UnixMilli(expires), secret: cookie}
	if last := s.Made.Add(r.opts.Most); s.Expires.After(last) {
		s.Expires = last
	}
	if s.Made.After(now.Add(skew)) || s.Expires.After(now.Add(r.opts.Idle+skew)) || !now.Before(s.Expires) {
		return Session{}, ErrSignedOut
	}
	return s, nil
}

// Use moves a session's end on. Reading a page does not: a session ends
// Opts.Idle after its last press of a button.
func (r *Registry) Use(ctx context.Context, s Session) error {
	now := r.now()
	next := now.Add(r.opts.Idle)
	if last := s.Made.Add(r.opts.Most); next.After(last) {
		next = last
	}
	if _, err := r.write.ExecContext(ctx, `UPDATE session SET expires_at = $1 WHERE id = $2`, next.UnixMilli(), digest(s.secret)); err != nil {
		return fmt.Errorf("registry: move a session on: %w", err)
	}
	return nil
}

// SignOut ends a session. Ending it twice is harmless.
func (r *Registry) SignOut(ctx context.Context, cookie string) error {
	if _, err := r.write.ExecContext(ctx, `DELETE FROM session WHERE id = $1`, digest(cookie)); err != nil {
		return fmt.Errorf("registry: sign out: %w", err)
	}
	return nil
}
