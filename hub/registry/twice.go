package registry

import (
	"context"
	"errors"
	"fmt"

	"pointkiosk/cards"
)

// twice takes the password away from the account of a leased ID when somebody
// else's card signed for that ID, too: the code that sets it stands on both
// slips, and either may have set it. The holder has a new code made by card.
//
// Once is enough: what the two slips open is over then.
func (r *Registry) twice(ctx context.Context, f *caseFile) error {
	if err := r.examine(ctx, f); err != nil || f.ruling != cards.RulingOK {
		return err
	}
	return r.update(ctx, func(t *txn) error {
		var account, held string
		found, err := t.one(`SELECT p.account, c.hash FROM application p JOIN certificate c ON c.account = p.account
			WHERE p.challenge = $1 AND p.mykey = $2 AND p.code_ends <> 0
			AND NOT EXISTS (SELECT 1 FROM mykey_audit d WHERE d.account = p.account AND d.what = 'twice')`,
			[]any{f.taken.id, f.app.ID}, &account, &held)
		if err != nil || !found || held == f.hash {
			return err
		}
		if err := t.setPassword(account, ""); err != nil {
			return err
		}
		r.opts.Trouble(fmt.Errorf("%w: kiosk %s", errTwice, f.kiosk))
		return t.note(Deed{What: "twice", Account: account, Kiosk: f.kiosk, Person: f.apply.Staff})
	})
}

// errTwice is for the log: which account it is the audit log tells.
var errTwice = errors.New("registry: a leased MyKey ID was given to two people: was a kiosk's disk copied, or put back?")
