package registry

import (
	"context"
	"fmt"
	"time"
)

// A NoticeKind says what an account's holder should know.
type NoticeKind string

// The kinds of notices.
const (
	NewDevice NoticeKind = "new device" // somebody signed in on a device that was new to the account
	Rebound   NoticeKind = "rebound"    // another My Number card opens the account now
	NewCode   NoticeKind = "code"       // a kiosk printed a code that sets the password
)

// notify leaves a notice for an account's holder.
func (r *Registry) notify(t *txn, account string, kind NoticeKind) error {
	id, err := r.NewSecret()
	if err != nil {
		return err
	}
	_, err = t.exec(`INSERT INTO notice (account, at, kind, id) VALUES ($1, $2, $3, $4)`, account, t.ms(), string(kind), id)
	return err
}

// A Notice is one thing that an account's holder should know.
type Notice struct {
	Kind NoticeKind
	At   time.Time
}

// Notices returns an account's latest notices, the newest first.
func (r *Registry) Notices(ctx context.Context, account string, most int) ([]Notice, error) {
	rows, err := r.read.QueryContext(ctx, `SELECT kind, at FROM notice WHERE account = $1 ORDER BY at DESC, id LIMIT $2`, account, most)
	if err != nil {
		return nil, fmt.Errorf("registry: read notices: %w", err)
	}
	defer rows.Close() //nolint:errcheck // rows.Err tells
	var list []Notice
	for rows.Next() {
		var n Notice
		var at int64
		if err := rows.Scan(&n.Kind, &at); err != nil {
			return nil, fmt.Errorf("registry: read notices: %w", err)
		}
		n.At = time.UnixMilli(at)
		list = append(list, n)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("registry: read notices: %w", err)
	}
	return list, nil
}
