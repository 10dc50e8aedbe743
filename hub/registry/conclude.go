package registry

import (
	"context"
	"errors"
	"time"

	"pointkiosk/cards"
)

// How long a slip code and a sitting last, and an application that came to no
// account stays: longer than the last deposit of a lease may take.
const (
	codeLife    = cards.SlipCodeLife
	sittingLife = 15 * time.Minute
	refusedKept = leaseLife + leaseKept + 30*24*time.Hour
)

// errAgain reports that somebody was faster: the case is looked at anew.
var errAgain = errors.New("registry: somebody was faster")

// conclude decides in one transaction, and keeps what was asked and answered.
func (r *Registry) conclude(ctx context.Context, f *caseFile) (done Applied, err error) {
	err = r.update(ctx, func(t *txn) error {
		before, found, err := r.answeredIn(t, f.request) // the same request, at the same time
		if err != nil || found {
			done = before
			return err
		}
		if f.ruling == cards.RulingOK {
			if f.ruling, err = r.decide(t, f); err != nil {
				return err
			}
		}
		if f.ruling == cards.RulingBusy { // the same bytes are looked at again
			done = f.answer(r)
			return nil
		}
		if err := r.keep(t, f); err != nil {
			return err
		}
		done, _, err = r.answeredIn(t, f.request)
		return err
	})
	if errors.Is(err, errAgain) {
		f.ruling, f.wait = cards.RulingBusy, time.Second
		return f.answer(r), nil
	}
	return done, err
}

// decide does what the holder of a good certificate asks for.
func (r *Registry) decide(t *txn, f *caseFile) (ruling cards.Ruling, err error) {
	var replaced int64
	if _, err := t.one(`SELECT account FROM certificate WHERE hash = $1`, []any{f.hash}, &f.account); err != nil {
		return "", err
	}
	if _, err := t.one(`SELECT COUNT(*) FROM certificate_replaced WHERE hash = $1`, []any{f.hash}, &replaced); err != nil {
		return "", err
	}
	if f.app.Purpose == cards.Rebind {
		return r.rebind(t, f)
	}
	if replaced > 0 && f.account == "" {
		return cards.RulingReplaced, nil
	}
	if f.account != "" {
		if f.told, err = t.idOf(f.account); err != nil {
			return "", err
		}
	}
	has := f.told != cards.MyKeyID{}
	switch {
	case f.app.Purpose == cards.Register && has:
		return r.another(t, f)
	case f.app.Purpose == cards.Register:
		return r.register(t, f)
	case !has:
		f.account = ""
		return cards.RulingNoID, nil
	case r.tooOften(f):
		return cards.RulingBusy, nil
	case f.app.Purpose == cards.Change:
		return r.change(t, f, "change")
	case f.app.Purpose == cards.Retire:
		return cards.RulingOK, t.retire(f)
	}
	return cards.RulingOK, t.sit(f.account, f.kiosk, r.secrets.token(f.request))
}

// another decides on the register of who has an ID.
func (r *Registry) another(t *txn, f *caseFile) (cards.Ruling, error) {
	untold, err := t.untold(f)
	if err == nil && !untold {
		untold, err = t.unused(f)
	}
	switch {
	case err != nil:
		return "", err
	case untold:
		return r.replace(t, f)
	}
	return t.join(f)
}

// tooOften slows down who changes their ID, or has a new code made, again and
// again: each ID is used up for ever.
func (r *Registry) tooOften(f *caseFile) bool {
	if f.app.Purpose != cards.Change && !f.apply.Code {
		return false
	}
	f.wait = r.throttle.take(r.now(), []try{{key: "holder " + f.account, rate: r.opts.Limits.Holder}})
	return f.wait > 0
}

// join opens another scheme to who has the ID that they ask for. Any other is
// refused: one certificate, one ID.
func (t *txn) join(f *caseFile) (cards.Ruling, error) {
	n := int64(0)
	if f.told == f.id {
		var err error
		if n, err = t.member(f); err != nil {
			return "", err
		}
	}
	if n == 0 {
		return cards.RulingHasID, nil
	}
	return cards.RulingOK, t.note(Deed{What: "join", Account: f.account, Kiosk: f.kiosk, Person: f.apply.Staff})
}

func (t *txn) member(f *caseFile) (int64, error) {
	return t.exec(`INSERT INTO membership (account, scheme, terms, at) VALUES ($1, $2, $3, $4) ON CONFLICT (account, scheme) DO NOTHING`,
		f.account, f.app.Scheme, f.app.Terms, t.ms())
}

// register gives a first ID, or the next one to who retired theirs: their
// account goes on.
func (r *Registry) register(t *txn, f *caseFile) (cards.Ruling, error) {
	ruling, err := r.reserve(t, f)
	if err != nil || ruling != cards.RulingOK {
		f.account = ""
		return ruling, err
	}
	if f.account == "" {
		if f.account, err = r.newAccount(t, f.phc); err != nil {
			return "", err
		}
		n, err := t.exec(`INSERT INTO certificate (hash, account, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, f.hash, f.account, t.ms())
		if err = onlyOne(n, err); err != nil {
			return "", err
		}
	} else if err := t.setPassword(f.account, f.phc); err != nil {
		return "", err
	}
	given, err := t.give(f.id, f.account)
	if err != nil || !given {
		return "", errors.Join(err, errAgain)
	}
	if _, err := t.member(f); err != nil {
		return "", err
	}
	f.told = f.id
	return cards.RulingOK, r.noted(t, f, "register")
}

// onlyOne reports a row that a faster one kept out.
func onlyOne(n int64, err error) error {
	if err == nil && n == 0 {
		return errAgain
	}
	return err
}

// reserve says whether the ID asked for is free, or leased for this very
// application; the lease is over then.
func (r *Registry) reserve(t *txn, f *caseFile) (cards.Ruling, error) {
	if _, err := t.exec(`DELETE FROM lease WHERE id = $1 AND challenge = $2`, f.id.String(), f.app.Challenge); err != nil {
		return "", err
	}
	return r.free(t, f.id)
}

// change gives another ID in place of the one held. The account, its points and
// its password stay.
func (r *Registry) change(t *txn, f *caseFile, deed string) (cards.Ruling, error) {
	ruling, err := r.reserve(t, f)
	if err != nil || ruling != cards.RulingOK {
		f.account, f.told = "", cards.MyKeyID{}
		return ruling, err
	}
	given, err := t.give(f.id, f.account)
	if err != nil || !given {
		return "", errors.Join(err, errAgain)
	}
	f.told = f.id
	return cards.RulingOK, r.noted(t, f, deed)
}

// untold reports whether the ID that the holder has was registered by the very
// apply whose answer was lost, and nobody has heard of it since.
func (t *txn) untold(f *caseFile) (bool, error) {
	if f.lost == "" {
		return false, nil
	}
	var body []byte
	found, err := t.one(`SELECT a.body FROM application a WHERE a.request = $1 AND a.ruling = $2 AND a.kiosk = $3 AND a.account = $4 AND a.mykey = $5
		AND NOT EXISTS (SELECT 1 FROM application b WHERE b.account = $4 AND b.mykey = $5 AND b.request <> $1)`,
		[]any{f.lost, string(cards.RulingOK), f.kiosk, f.account, f.told.String()}, &body)
	if err != nil || !found {
		return false, err
	}
	before, err := cards.ParseApplication(body)
	return before.Purpose == cards.Register, err
}

// unused reports whether the ID that the holder has is one that this kiosk gave
// them without a network before, and nothing was done with it since: they came
// again, because its slip was never printed, or torn. No paper but a deposit's
// names it, and no deed but its own; it has no points. Of two slips the later one
// counts, though they may come here in another order.
func (t *txn) unused(f *caseFile) (bool, error) {
	if f.later == 0 {
		return false, nil
	}
	var request string
	var body []byte
	found, err := t.one(`SELECT a.request, a.body FROM application a JOIN account c ON c.id = a.account
		WHERE a.provisional = 1 AND a.ruling = $1 AND a.kiosk = $2 AND a.account = $3 AND a.mykey = $4 AND c.password = ''
		AND NOT EXISTS (SELECT 1 FROM application b WHERE b.account = $3 AND b.mykey = $4 AND b.provisional = 0)
		AND NOT EXISTS (SELECT 1 FROM mykey_audit d WHERE d.account = $3 AND d.seq >
			(SELECT MAX(e.seq) FROM mykey_audit e WHERE e.account = $3 AND e.what IN ('register', 'replace')))
		AND NOT EXISTS (SELECT 1 FROM lot l WHERE l.account = $3)`,
		[]any{string(cards.RulingOK), f.kiosk, f.account, f.told.String()}, &request, &body)
	if err != nil || !found {
		return false, err
	}
	return t.later(f, request, body)
}

// later reports whether a slip was given after the one that was deposited before:
// by the kiosk's journal, or, where that has not told of both, by the time that was
// signed. Of two of one moment the one that comes later is.
func (t *txn) later(f *caseFile, request string, body []byte) (bool, error) {
	at, err := t.given(f.kiosk, request, f.request)
	if err != nil {
		return false, err
	}
	if at[0] > 0 && at[1] > 0 {
		return at[0] < at[1], nil
	}
	before, err := cards.ParseApplication(body)
	return before.At <= f.app.At, err
}

// replace gives the leased ID in place of one that nobody has a use for. A password
// that came with that one is gone: its holder was told to set another by the code
// on the slip.
func (r *Registry) replace(t *txn, f *caseFile) (cards.Ruling, error) {
	ruling, err := r.change(t, f, "replace")
	if err != nil || ruling != cards.RulingOK {
		return ruling, err
	}
	if _, err := t.member(f); err != nil {
		return "", err
	}
	return ruling, t.setPassword(f.account, "")
}

// retire ends the ID and every way in but the card itself.
func (t *txn) retire(f *caseFile) error {
	if _, err := t.exec(`INSERT INTO mykey_ended (id, at) VALUES ($1, $2)`, f.told.String(), t.ms()); err != nil {
		return err
	}
	if err := t.setPassword(f.account, ""); err != nil {
		return err
	}
	if err := t.all([]any{f.account}, `DELETE FROM device WHERE account = $1`, `DELETE FROM notice WHERE account = $1`); err != nil {
		return err
	}
	return t.note(Deed{What: "retire", Account: f.account, Kiosk: f.kiosk, Person: f.apply.Staff})
}

// setPassword sets or takes away the password, and ends what the old one opened.
func (t *txn) setPassword(account, phc string) error {
	if _, err := t.exec(`UPDATE account SET password = $1 WHERE id = $2`, phc, account); err != nil {
		return err
	}
	return t.all([]any{account}, `DELETE FROM session WHERE account = $1`, `DELETE FROM sitting WHERE account = $1`, `DELETE FROM slip_code WHERE account = $1`)
}

// noted writes the deed down.
func (r *Registry) noted(t *txn, f *caseFile, what string) error {
	return t.note(Deed{What: what, Account: f.account, Kiosk: f.kiosk, Person: f.apply.Staff})
}

// sit begins a sitting: until it ends, its token is as good as the card.
func (t *txn) sit(account, kiosk, token string) error {
	if _, err := t.exec(`DELETE FROM sitting WHERE ends_at <= $1`, t.ms()); err != nil {
		return err
	}
	_, err := t.exec(`INSERT INTO sitting (id, account, kiosk, ends_at) VALUES ($1, $2, $3, $4)`,
		digest(token), account, kiosk, t.at.Add(sittingLife).UnixMilli())
	return err
}

// makeCode lets the holder of the slip set the password, once. A code that was
// made before ends.
func (r *Registry) makeCode(t *txn, f *caseFile) error {
	code, err := r.secrets.slipCode(f.app.Challenge)
	if err != nil {
		return err
	}
	f.codeEnds = t.at.Add(codeLife).UnixMilli()
	if _, err := t.exec(`DELETE FROM slip_code WHERE account = $1 OR ends_at <= $2`, f.account, t.ms()); err != nil {
		return err
	}
	_, err = t.exec(`INSERT INTO slip_code (hash, account, ends_at) VALUES ($1, $2, $3)`, r.secrets.codeMark(code), f.account, f.codeEnds)
	if err == nil && f.app.Purpose != cards.Register {
		err = errors.Join(r.noted(t, f, "code"), r.notify(t, f.account, NewCode))
	}
	return err
}

// keep writes down what was asked and answered, with the code that goes with it.
// What was offered is forgotten: the same request has this answer from now on.
func (r *Registry) keep(t *txn, f *caseFile) error {
	if f.ruling == cards.RulingOK && f.apply.Code {
		if err := r.makeCode(t, f); err != nil {
			return err
		}
	}
	told := ""
	if f.told != (cards.MyKeyID{}) {
		told = f.told.String()
	}
	if _, err := t.exec(`DELETE FROM application WHERE account = '' AND at <= $1`, t.at.Add(-refusedKept).UnixMilli()); err != nil {
		return err
	}
	if _, err := t.exec(`UPDATE challenge SET offered = '' WHERE id = $1`, challengeID(f.app.Challenge)); err != nil {
		return err
	}
	n, err := t.exec(`INSERT INTO application (request, challenge, body, ruling, standing, ca, account, mykey, code_ends, kiosk, person, at, provisional)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT DO NOTHING`, f.request, challengeID(f.app.Challenge), f.body,
		string(f.ruling), string(f.standing), f.holder.caName(), f.account, told, f.codeEnds, f.kiosk, f.apply.Staff, t.ms(), f.later)
	return onlyOne(n, err)
}

// answered finds the answer that a request had before.
func (r *Registry) answered(ctx context.Context, request string) (done Applied, found bool, err error) {
	err = r.view(ctx, func(t *txn) error { done, found, err = r.answeredIn(t, request); return err })
	return done, found, err
}

// answeredIn makes the answer from what is kept; code and token are derived
// again. A sitting that is over is not opened by the request that began it.
func (r *Registry) answeredIn(t *txn, request string) (done Applied, found bool, err error) {
	a := &done.Answer
	var body []byte
	var codeEnds int64
	found, err = t.one(`SELECT body, ruling, standing, account, mykey, code_ends FROM application WHERE request = $1`, []any{request},
		&body, &a.Ruling, &a.Standing, &done.Account, &a.ID, &codeEnds)
	if err != nil || !found {
		return done, found, err
	}
	app, err := cards.ParseApplication(body)
	if err != nil {
		return done, true, err
	}
	if codeEnds != 0 {
		code, err := r.secrets.slipCode(app.Challenge)
		if err != nil {
			return done, true, err
		}
		a.Code, a.CodeEnds = cards.Secret(code.Text()), codeEnds
	}
	if app.Purpose == cards.Show && a.Ruling == cards.RulingOK {
		token := r.secrets.token(request)
		open, err := t.one(`SELECT ends_at FROM sitting WHERE id = $1 AND ends_at > $2`, []any{digest(token), t.ms()}, &a.TokenEnds)
		if err != nil || !open {
			return Applied{Answer: cards.Answer{Ruling: cards.RulingLate}}, true, err
		}
		a.Token = cards.Secret(token)
		if a.Joined, err = t.one(`SELECT at FROM membership WHERE account = $1 AND scheme = $2`, []any{done.Account, app.Scheme}, new(int64)); err != nil {
			return done, true, err
		}
	}
	return done, true, nil
}
