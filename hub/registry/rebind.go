package registry

import (
	"context"
	"errors"
	"fmt"
	"time"

	"pointkiosk/cards"
)

// rebind lets a renewed certificate take the place of the one before: nothing
// in it links to that one. Who asks knows the password, or staff allowed it. Who
// registered anew with it meanwhile retires that ID first.
func (r *Registry) rebind(t *txn, f *caseFile) (cards.Ruling, error) {
	had := f.account
	target, err := t.accountOf(f.id)
	if err != nil {
		return "", err
	}
	reason, err := t.allowed(f, target)
	if err != nil {
		return "", err
	}
	if had != "" && had != target {
		if f.told, err = t.idOf(had); err != nil || f.told != (cards.MyKeyID{}) {
			return cards.RulingHasID, err
		}
	}
	f.account = ""
	if !f.right || target == "" {
		return cards.RulingWrong, nil // nobody hears which IDs there are
	}
	f.account, f.told = target, f.id
	if err := t.disallow(target); err != nil || had == target {
		return cards.RulingOK, err
	}
	if err := t.leave(had, f); err != nil {
		return "", err
	}
	if err := t.bind(f.hash, target); err != nil {
		return "", err
	}
	if err := r.notify(t, target, Rebound); err != nil {
		return "", err
	}
	return cards.RulingOK, t.note(Deed{What: "rebind", Account: target, Kiosk: f.kiosk, Person: f.apply.Staff, Reason: reason})
}

// leave takes a certificate from the account that it opened, one without an ID:
// what that has stays with it, and the audit log tells which one it is.
func (t *txn) leave(had string, f *caseFile) error {
	if had == "" {
		return nil
	}
	if _, err := t.exec(`DELETE FROM certificate WHERE hash = $1 AND account = $2`, f.hash, had); err != nil {
		return err
	}
	return t.note(Deed{What: "unbind", Account: had, Kiosk: f.kiosk, Person: f.apply.Staff})
}

// bind makes a certificate the one that opens an account; the one before opens
// nothing any more.
func (t *txn) bind(hash, account string) error {
	_, err := t.exec(`INSERT INTO certificate_replaced (hash, account, at) SELECT hash, account, $1 FROM certificate WHERE account = $2`, t.ms(), account)
	if err != nil {
		return err
	}
	if err := t.all([]any{account}, `DELETE FROM certificate WHERE account = $1`, `DELETE FROM sitting WHERE account = $1`); err != nil {
		return err
	}
	if _, err := t.exec(`DELETE FROM certificate_replaced WHERE hash = $1`, hash); err != nil {
		return err
	}
	n, err := t.exec(`INSERT INTO certificate (hash, account, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, hash, account, t.ms())
	return onlyOne(n, err)
}

// allowed makes right who asks without the password, if staff allowed that, and
// returns why they did. Their word is for one kiosk, and for the first certificate
// that asks there: any other who asks in vain may be after it, and ends it.
func (t *txn) allowed(f *caseFile, account string) (reason string, err error) {
	if f.right || account == "" {
		return "", nil
	}
	var kiosk, hash string
	open, err := t.one(`SELECT kiosk, hash, reason FROM rebind_allowed WHERE account = $1 AND ends_at > $2 AND ends_at <= $3`,
		[]any{account, t.ms(), t.at.Add(allowLife + skew).UnixMilli()}, &kiosk, &hash, &reason)
	if err != nil || !open {
		return "", err
	}
	if kiosk != f.kiosk || hash != "" && hash != f.hash {
		if err := t.disallow(account); err != nil {
			return "", err
		}
		return "", t.note(Deed{What: "end rebind", Account: account, Kiosk: f.kiosk, Person: f.apply.Staff})
	}
	_, err = t.exec(`UPDATE rebind_allowed SET hash = $1 WHERE account = $2`, f.hash, account)
	f.right = len(f.password) == 0
	return reason, err
}

// disallow ends staff's word for an account.
func (t *txn) disallow(account string) error {
	_, err := t.exec(`DELETE FROM rebind_allowed WHERE account = $1`, account)
	return err
}

// allowLife is how long the holder has: they stand at the kiosk.
const allowLife = 15 * time.Minute

// Errors of what staff do.
var (
	ErrNoID   = errors.New("registry: no such MyKey ID")
	ErrReason = errors.New("registry: a person and a reason are needed, and a kiosk to bind an account again")
)

// AllowRebind lets the next card that asks for an account at one kiosk be bound to
// it without its password, within minutes: staff saw who it is. Who asks in vain
// elsewhere, or there with another card, ends that.
func (r *Registry) AllowRebind(ctx context.Context, id, kiosk, person, reason string) (until time.Time, err error) {
	if kiosk == "" || person == "" || reason == "" {
		return until, ErrReason
	}
	err = r.update(ctx, func(t *txn) error {
		account, err := t.named(id)
		if err != nil {
			return err
		}
		until = t.at.Add(allowLife)
		if _, err := t.exec(`DELETE FROM rebind_allowed WHERE account = $1 OR ends_at <= $2`, account, t.ms()); err != nil {
			return err
		}
		if _, err := t.exec(`INSERT INTO rebind_allowed (account, kiosk, person, reason, ends_at) VALUES ($1, $2, $3, $4, $5)`,
			account, kiosk, person, reason, until.UnixMilli()); err != nil {
			return err
		}
		return t.note(Deed{What: "allow rebind", Account: account, Kiosk: kiosk, Person: person, Reason: reason})
	})
	return until, err
}

// Account finds the account of an ID that a person typed.
func (r *Registry) Account(ctx context.Context, typed string) (account string, err error) {
	err = r.update(ctx, func(t *txn) error { account, err = t.named(typed); return err })
	return account, err
}

// named finds the account of an ID that a person typed.
func (t *txn) named(typed string) (account string, err error) { return t.find(typed, t.accountOf) }

// everNamed finds the account that an ID names, or ever named.
func (t *txn) everNamed(typed string) (account string, err error) { return t.find(typed, t.ownerOf) }

func (t *txn) find(typed string, by func(cards.MyKeyID) (string, error)) (account string, err error) {
	id, err := cards.NormalizeMyKeyID(typed)
	if err != nil {
		return "", err
	}
	if account, err = by(id); err == nil && account == "" {
		err = ErrNoID
	}
	return account, err
}

// Delete forgets an account's holder: IDs, password, certificate, devices,
// sessions, notices and what was asked for. The ledger's rows stay, under a name
// that is nobody's, and what is left of the points expires by its rule. The IDs
// are never given again. Any that the holder has or had will do: who retired theirs
// has no other.
func (r *Registry) Delete(ctx context.Context, id, person, reason string) error {
	s, err := r.open()
	if err != nil {
		return err
	}
	if person == "" || reason == "" {
		return ErrReason
	}
	return r.update(ctx, func(t *txn) error {
		account, err := t.everNamed(id)
		if err != nil {
			return err
		}
		if err := t.spend(s, account); err != nil {
			return err
		}
		var forget []string
		for _, table := range []string{"session", "sitting", "device", "notice", "slip_code", "rebind_allowed", "membership", "certificate",
			"certificate_replaced", "application", "mykey"} {
			forget = append(forget, `DELETE FROM `+table+` WHERE account = $1`)
		}
		if err := t.all([]any{account}, append(forget, `DELETE FROM account WHERE id = $1`)...); err != nil {
			return err
		}
		return t.note(Deed{What: "delete", Account: account, Person: person, Reason: reason})
	})
}

// spend keeps all that an account's IDs leave behind: that they are used up.
func (t *txn) spend(s *secrets, account string) error {
	var ids []cards.MyKeyID
	err := t.each(`SELECT id FROM mykey WHERE account = $1`, []any{account}, func(scan func(...any) error) error {
		var text string
		if err := scan(&text); err != nil {
			return err
		}
		id, err := cards.ParseMyKeyID(text)
		ids = append(ids, id)
		return err
	})
	if err != nil {
		return err
	}
	for _, id := range ids {
		if _, err := t.exec(`INSERT INTO mykey_spent (mark, at) VALUES ($1, $2)`, s.spent(id), t.ms()); err != nil {
			return err
		}
		if _, err := t.exec(`DELETE FROM mykey_ended WHERE id = $1`, id.String()); err != nil {
			return fmt.Errorf("registry: forget an ID: %w", err)
		}
		if err := t.forget(id.String()); err != nil {
			return err
		}
	}
	// What was sent once, and comes again, would be looked at anew.
	_, err = t.exec(`DELETE FROM challenge WHERE id IN (SELECT challenge FROM application WHERE account = $1)`, account)
	return err
}

// forget takes an ID out of what came to nothing: who was shown it, and who asked
// for it in vain, with an account or without one.
func (t *txn) forget(id string) error {
	var vain []string
	err := t.each(`SELECT request, body, mykey FROM application WHERE account = '' OR ruling <> $1`, []any{string(cards.RulingOK)}, func(scan func(...any) error) error {
		var request, told string
		var body []byte
		if err := scan(&request, &body, &told); err != nil {
			return err
		}
		app, err := cards.ParseApplication(body)
		if asked, e := cards.NormalizeMyKeyID(app.ID); err == nil && (told == id || e == nil && asked.String() == id) {
			vain = append(vain, request)
		}
		return nil
	})
	for _, request := range vain {
		err = errors.Join(err, t.all([]any{request}, `DELETE FROM challenge WHERE id IN (SELECT challenge FROM application WHERE request = $1)`,
			`DELETE FROM application WHERE request = $1`))
	}
	return errors.Join(err, t.all([]any{id}, `DELETE FROM challenge WHERE ' ' || offered || ' ' LIKE '% ' || $1 || ' %'`))
}
