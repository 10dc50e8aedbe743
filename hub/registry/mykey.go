package registry

import (
	"encoding/hex"
	"fmt"
	"io"

	"pointkiosk/assets/unfit"
	"pointkiosk/cards"
)

// current is which ID an account has: its last one, unless that has ended.
const current = ` FROM mykey k WHERE NOT EXISTS (SELECT 1 FROM mykey l WHERE l.account = k.account AND l.n > k.n)
	AND NOT EXISTS (SELECT 1 FROM mykey_ended e WHERE e.id = k.id)`

// accountOf finds the account that an ID names now; "" if it names none.
func (t *txn) accountOf(id cards.MyKeyID) (account string, err error) {
	_, err = t.one(`SELECT k.account`+current+` AND k.id = $1`, []any{id.String()}, &account)
	return account, err
}

// ownerOf finds the account that an ID names or named before it ended; "" if there
// is none.
func (t *txn) ownerOf(id cards.MyKeyID) (account string, err error) {
	_, err = t.one(`SELECT account FROM mykey WHERE id = $1`, []any{id.String()}, &account)
	return account, err
}

// idOf returns the ID that an account has now, the zero one if it has none.
func (t *txn) idOf(account string) (id cards.MyKeyID, err error) {
	var text string
	found, err := t.one(`SELECT k.id`+current+` AND k.account = $1`, []any{account}, &text)
	if err != nil || !found {
		return id, err
	}
	return cards.ParseMyKeyID(text)
}

// free says whether an ID can be given: nobody has it, had it, or waits for it.
func (r *Registry) free(t *txn, id cards.MyKeyID) (cards.Ruling, error) {
	if unfit.ID(id.String()) {
		return cards.RulingOffensive, nil
	}
	var taken int64
	spent := ""
	if r.secrets != nil {
		spent = r.secrets.spent(id)
	}
	_, err := t.one(`SELECT (SELECT COUNT(*) FROM mykey WHERE id = $1) + (SELECT COUNT(*) FROM lease WHERE id = $1 AND kept_till > $2)
		+ (SELECT COUNT(*) FROM mykey_spent WHERE mark = $3)`, []any{id.String(), t.ms(), spent}, &taken)
	if err != nil {
		return "", err
	}
	if taken > 0 {
		return cards.RulingTaken, nil
	}
	return cards.RulingOK, nil
}

// give makes an ID the one that an account has from now on; false if somebody
// was faster.
func (t *txn) give(id cards.MyKeyID, account string) (bool, error) {
	var last int64
	if _, err := t.one(`SELECT COALESCE(MAX(n), 0) FROM mykey WHERE account = $1`, []any{account}, &last); err != nil {
		return false, err
	}
	n, err := t.exec(`INSERT INTO mykey (id, account, n, at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`, id.String(), account, last+1, t.ms())
	return n == 1, err
}

// draw finds IDs that are free.
func (r *Registry) draw(t *txn, count int) (ids []cards.MyKeyID, err error) {
	for tries := 0; len(ids) < count; tries++ {
		if tries > 100*(count+1) {
			return nil, fmt.Errorf("registry: hardly any MyKey ID is free")
		}
		id, err := cards.NewMyKeyID(r.opts.Rand)
		if err != nil {
			return nil, err
		}
		ruling, err := r.free(t, id)
		if err != nil {
			return nil, err
		}
		if ruling == cards.RulingOK {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// newAccount makes an account under a name that says nothing of its holder, so
// that the ledger goes on when they have everything deleted.
func (r *Registry) newAccount(t *txn, phc string) (account string, err error) {
	var b [16]byte
	if _, err := io.ReadFull(r.opts.Rand, b[:]); err != nil {
		return "", fmt.Errorf("registry: draw an account's name: %w", err)
	}
	account = hex.EncodeToString(b[:])
	_, err = t.exec(`INSERT INTO account (id, password, made_at) VALUES ($1, $2, $3)`, account, phc, t.ms())
	return account, err
}
