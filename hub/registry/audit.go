package registry

import (
	"context"
	"time"
)

// A Deed is one line of the audit log: who did what to which account, where.
type Deed struct {
	At      time.Time
	What    string // register, join, change, replace, retire, rebind, unbind, code, password, twice, allow rebind, end rebind, delete, ca
	Account string
	ID      string // the account's MyKey ID now; empty if it has none
	Kiosk   string // where; where it counts, to allow a rebind; else empty at the command line or on a page
	Person  string // who helped, or did it; empty for the holder alone
	Reason  string
}

// note writes a line of the audit log.
func (t *txn) note(d Deed) error {
	var last int64
	if _, err := t.one(`SELECT COALESCE(MAX(seq), 0) FROM mykey_audit`, nil, &last); err != nil {
		return err
	}
	_, err := t.exec(`INSERT INTO mykey_audit (seq, what, account, kiosk, person, reason, at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		last+1, d.What, d.Account, d.Kiosk, d.Person, d.Reason, t.ms())
	return err
}

// Note writes a line of the audit log that no other method does.
func (r *Registry) Note(ctx context.Context, d Deed) error {
	return r.update(ctx, func(t *txn) error { return t.note(d) })
}

// Deeds calls f for every line of the audit log, in order; of one account only
// if id names it, or ever did.
func (r *Registry) Deeds(ctx context.Context, id string, f func(Deed) error) error {
	return r.view(ctx, func(t *txn) error {
		account := ""
		if id != "" {
			var err error
			if account, err = t.everNamed(id); err != nil {
				return err
			}
		}
		return t.each(`SELECT a.at, a.what, a.account, a.kiosk, a.person, a.reason, COALESCE((SELECT k.id`+current+` AND k.account = a.account), '')
			FROM mykey_audit a WHERE $1 = '' OR a.account = $1 ORDER BY a.seq`, []any{account}, func(scan func(...any) error) error {
			var d Deed
			var at int64
			if err := scan(&at, &d.What, &d.Account, &d.Kiosk, &d.Person, &d.Reason, &d.ID); err != nil {
				return err
			}
			d.At = time.UnixMilli(at)
			return f(d)
		})
	})
}
