package main

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5/pgconn"

	"pointkiosk/assets/words"
	"pointkiosk/cards"
	"pointkiosk/hub/ledger"
	"pointkiosk/hub/postgres"
	"pointkiosk/hub/registry"
)

// A toldError is an error in the words of who reads it, with what happened
// behind them.
type toldError struct {
	text string
	err  error
}

func (e *toldError) Error() string { return e.text }
func (e *toldError) Unwrap() error { return e.err }

// told says what an error means and what to do, where the word list knows.
func (k *call) told(err error) error {
	if err == nil || errors.As(err, new(usageError)) || errors.As(err, new(*toldError)) {
		return err
	}
	if text := k.measured(err); text != "" {
		return &toldError{text, err}
	}
	for _, e := range []struct {
		is  error
		key string
	}{
		{errNoHub, "hub.err.nohub"}, {ledger.ErrNoKiosk, "hub.err.kiosk"}, {ledger.ErrNoEvent, "hub.err.event"},
		{ledger.ErrEnrolled, "hub.err.enrolled"}, {ledger.ErrKeys, "hub.err.keys"}, {ledger.ErrBatchKey, "hub.err.batchkey"}, {ledger.ErrBadRequest, "hub.err.bad"}, {ledger.ErrNoMark, "hub.err.closed"}, {ledger.ErrClosed, "hub.err.closed"},
		{registry.ErrTaken, "hub.err.taken"}, {registry.ErrOffensive, "hub.err.offensive"}, {registry.ErrWeak, "hub.err.weak"}, {registry.ErrNoID, "hub.err.noid"},
		{registry.ErrKey, "hub.err.keys"}, {errNoCA, "hub.err.noca"}, {errTestCA, "hub.err.testca"}, {errSignCA, "hub.err.signca"}, {cards.ErrMyKeyID, "hub.err.id"}, {registry.ErrPassword, "hub.err.password"},
		{errTwoBooks, "hub.err.twobooks"}, {errAddress, "hub.err.address"}, {postgres.ErrServed, "hub.err.served"}, {postgres.ErrMoved, "hub.err.moved"},
		{ledger.ErrNotRedeemed, "hub.err.notredeemed"}, {ledger.ErrReversed, "hub.err.reversed"}, {ledger.ErrHasIt, "hub.err.hasit"}, {ledger.ErrNothingLeft, "hub.err.nothingleft"}, {ledger.ErrUnheard, "hub.err.unheard"}, {ledger.ErrMayBeSpent, "hub.err.maybespent"},
		{registry.ErrPartner, "hub.err.partner"}, {ledger.ErrScheme, "hub.err.scheme"}, {errNoPassword, "hub.err.nopassword"}, {fs.ErrNotExist, "hub.err.file"}, {fs.ErrPermission, "hub.err.file"},
	} {
		if errors.Is(err, e.is) {
			return &toldError{k.Say(e.key) + "\n" + err.Error(), err}
		}
	}
	return err
}

// measured says errors whose numbers a person has to see; "" for all others.
func (k *call) measured(err error) string {
	var role *ledger.RoleError
	var which *ledger.WhichKeyError
	var limit *ledger.CapError
	var seen *ledger.SeenError
	var window *ledger.WindowError
	var setting *postgres.SettingError
	var paper *ledger.PaperError
	var budget *ledger.BudgetError
	switch {
	case errors.As(err, &budget):
		return k.Say("hub.err.budget", words.Number(int(budget.Yen)), words.Number(int(budget.Budget)), words.Number(int(budget.Used)))
	case errors.As(err, &paper):
		return k.Say("hub.err.paper", paper.Event, paper.Days, paper.Most)
	case errors.As(err, &setting):
		return k.Say("hub.err.setting", setting.Name, setting.Is, setting.Want)
	case errors.As(err, new(*pgconn.ConnectError)):
		return k.Say("hub.err.database") + "\n" + err.Error()
	case errors.As(err, &role) && role.Person == "":
		return k.Say("hub.err.norole", role.Role)
	case errors.As(err, &role):
		return k.Say("hub.err.role", role.Person, role.Role)
	case errors.As(err, &which):
		return k.Say("hub.err.which", which.Kiosk, fmt.Sprint(which.Keys))
	case errors.As(err, &limit):
		return k.Say("hub.err.cap", words.Number(int(limit.Yen)), words.Number(int(limit.Cap)))
	case errors.As(err, &window):
		return k.Say("hub.err.window", moment(window.Since), moment(window.Until))
	case errors.As(err, &seen):
		return k.Say("hub.err.seen", seen.Cards, words.Number(int(seen.Yen)), seen.Claims, seen.Cards)
	}
	return ""
}

// fails is an error that only this command line has.
func (k *call) fails(key string, args ...any) error {
	return &toldError{k.Say(key, args...), nil}
}

// misused is a command line that is not understood.
func (k *call) misused(key string, args ...any) error {
	return usageError(k.Say("hub.use.flag", k.Say(key, args...), k.name))
}
