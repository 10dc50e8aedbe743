package registry

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"strings"
	"time"

	"golang.org/x/text/width"

	"pointkiosk/cards"
)

// A Partner is a shop or an office that takes point tickets.
type Partner struct {
	ID    string // 3 to 32 of a-z, 0-9 and -
	Name  cards.Text
	Since time.Time
	Ended time.Time // zero while it takes any
}

// ErrPartner reports a partner that can't be, or is not there.
var ErrPartner = errors.New("registry: no such partner, or none that can be")

// partnerLife is how long a shop stays signed in: a working day.
const partnerLife = 14 * time.Hour

// NormalizePartner reads a partner's id as it is typed.
func NormalizePartner(text string) (id string, err error) {
	id = strings.ToLower(strings.TrimSpace(width.Narrow.String(text)))
	if !regexp.MustCompile(`^[a-z0-9][a-z0-9-]{2,31}$`).MatchString(id) {
		return "", fmt.Errorf("%w: an id has 3 to 32 of a-z, 0-9 and -", ErrPartner)
	}
	return id, nil
}

// AddPartner names a partner and sets its password. One with the same id is the
// same partner: it has the new name and password from then on, and whoever was
// signed in is not any more.
func (r *Registry) AddPartner(ctx context.Context, p Partner, password, person string) error {
	id, err := NormalizePartner(p.ID)
	if err != nil {
		return err
	}
	if p.Name.Ja == "" || len(p.Name.Ja) > 200 || len(p.Name.En) > 200 {
		return fmt.Errorf("%w: it has a name of at most 200 bytes", ErrPartner)
	}
	if err := checkPassword(password, id); err != nil {
		return err
	}
	phc, err := r.opts.Cost.hash([]byte(password), r.opts.Rand)
	if err != nil {
		return err
	}
	return r.update(ctx, func(t *txn) error { return t.revisePartner(id, p.Name, phc, person) })
}

// EndPartner lets a partner take no more tickets. What it is owed stays.
func (r *Registry) EndPartner(ctx context.Context, typed, person string) error {
	id, err := NormalizePartner(typed)
	if err != nil {
		return err
	}
	return r.update(ctx, func(t *txn) error {
		var name cards.Text
		var phc string
		found, err := t.one(`SELECT name_ja, name_en, password`+partnerNow+` AND p.id = $1`, []any{id}, &name.Ja, &name.En, &phc)
		if err == nil && (!found || phc == "") {
			err = fmt.Errorf("%w: %q", ErrPartner, id)
		}
		if err != nil {
			return err
		}
		return t.revisePartner(id, name, "", person)
	})
}

// partnerNow are the partners as they are now.
const partnerNow = ` FROM partner p WHERE p.revision = (SELECT MAX(n.revision) FROM partner n WHERE n.id = p.id)`

func (t *txn) revisePartner(id string, name cards.Text, phc, person string) error {
	_, err := t.exec(`INSERT INTO partner (id, revision, name_ja, name_en, password, person, at)
		VALUES ($1, (SELECT COALESCE(MAX(n.revision), 0) + 1 FROM partner n WHERE n.id = $1), $2, $3, $4, $5, $6)`, id, name.Ja, name.En, phc, person, t.ms())
	if err != nil {
		return err
	}
	_, err = t.exec(`DELETE FROM partner_session WHERE partner = $1`, id)
	return err
}

// Partners returns every partner there ever was, in order of id.
func (r *Registry) Partners(ctx context.Context) (list []Partner, err error) {
	err = r.view(ctx, func(t *txn) error {
		return t.each(`SELECT p.id, p.name_ja, p.name_en, p.password, p.at, (SELECT MIN(n.at) FROM partner n WHERE n.id = p.id)`+partnerNow+` ORDER BY p.id`, nil,
			func(scan func(...any) error) error {
				var p Partner
				var phc string
				var at, since int64
				err := scan(&p.ID, &p.Name.Ja, &p.Name.En, &phc, &at, &since)
				if p.Since = time.UnixMilli(since); phc == "" {
					p.Ended = time.UnixMilli(at)
				}
				list = append(list, p)
				return err
			})
	})
	return list, err
}

// A PartnerSession is a shop's sign-in on one device. Its text is a bearer
// secret and stands in the cookie alone.
type PartnerSession struct {
	Partner Partner
	secret  string
}

// Cookie returns the secret text that [Registry.ResumePartner] takes.
func (s PartnerSession) Cookie() string { return s.secret }

// String names the partner and shows no secret.
func (s PartnerSession) String() string { return "session of partner " + s.Partner.ID }

// GoString is String: %#v shows no secret either.
func (s PartnerSession) GoString() string { return s.String() }

// FormToken returns what each of the session's forms must carry.
func (s PartnerSession) FormToken() string { return FormToken(s.secret) }

// SignInPartner checks a shop's password and begins a session. Its errors are
// [ErrPartner], [ErrWrong], [BusyError], [SlowError] and those of the database.
func (r *Registry) SignInPartner(ctx context.Context, from netip.Addr, typed, password string) (s PartnerSession, err error) {
	id, err := NormalizePartner(typed)
	if err != nil {
		return s, err
	}
	var phc string
	err = r.read.QueryRowContext(ctx, `SELECT p.password`+partnerNow+` AND p.id = $1`, id).Scan(&phc)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return s, fmt.Errorf("registry: look a partner up: %w", err)
	}
	place := placeOf(from)
	tries, wait := r.throttle.first(r.now(), r.partnerWays(id, place))
	if wait > 0 {
		return s, &SlowError{wait}
	}
	right, err := r.check(ctx, &r.strange, place, phc, []byte(password))
	if err != nil || right {
		r.throttle.giveBack(tries)
	}
	if err == nil && !right {
		err = ErrWrong
	}
	if err != nil {
		return s, err
	}
	if s.secret, err = r.NewSecret(); err != nil {
		return s, err
	}
	err = r.update(ctx, func(t *txn) error {
		if _, err := t.exec(`DELETE FROM partner_session WHERE expires_at <= $1`, t.ms()); err != nil {
			return err
		}
		_, err := t.exec(`INSERT INTO partner_session (id, partner, made_at, expires_at) VALUES ($1, $2, $3, $4)`,
			digest(s.secret), id, t.ms(), t.at.Add(partnerLife).UnixMilli())
		return err
	})
	if err != nil {
		return PartnerSession{}, err
	}
	return r.ResumePartner(ctx, s.secret)
}

// partnerWays are the buckets that a shop's sign-in may draw on: as many as a
// resident's on a strange device (limits.go).
func (r *Registry) partnerWays(id, place string) [][]try {
	limits := r.opts.Limits
	return [][]try{
		{{key: "partner place " + id + " " + place, rate: limits.Place}, {key: "partner places " + id, rate: limits.Places, line: place}},
		{{key: "partner shared " + id, rate: limits.Shared}},
	}
}

// ResumePartner returns the session of a cookie's text, and writes nothing.
func (r *Registry) ResumePartner(ctx context.Context, cookie string) (s PartnerSession, err error) {
	err = r.view(ctx, func(t *txn) error {
		found, err := t.one(`SELECT p.id, p.name_ja, p.name_en`+partnerNow+` AND p.password <> '' AND p.id =
			(SELECT s.partner FROM partner_session s WHERE s.id = $1 AND s.expires_at > $2 AND s.expires_at <= $3)`,
			[]any{digest(cookie), t.ms(), t.at.Add(partnerLife + skew).UnixMilli()}, &s.Partner.ID, &s.Partner.Name.Ja, &s.Partner.Name.En)
		if err == nil && !found {
			err = ErrSignedOut
		}
		return err
	})
	s.secret = cookie
	return s, err
}

// SignOutPartner ends a shop's session. Ending it twice is harmless.
func (r *Registry) SignOutPartner(ctx context.Context, cookie string) error {
	return r.update(ctx, func(t *txn) error {
		_, err := t.exec(`DELETE FROM partner_session WHERE id = $1`, digest(cookie))
		return err
	})
}
