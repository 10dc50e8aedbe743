package ledger

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"fmt"
	"time"

	"pointkiosk/cards"
)

// The roles of keys.
const (
	roleTrust    = "trust"
	roleHub      = "hub"
	roleLive     = "live"
	rolePractice = "practice"
)

// How long a kiosk's key signs, and how long its cards are honoured after.
const (
	signsFor    = 2 * 365 * 24 * time.Hour
	honouredFor = 365 * 24 * time.Hour
)

// A signer is a key of a kiosk as the hub keeps it.
type signer struct {
	id            cards.KeyID
	role, kiosk   string
	public        ed25519.PublicKey
	signsUntil    int64 // Unix milliseconds
	honouredUntil int64
	revoked       cards.Revocation
	since         uint64 // compromised: entries from here on do not vouch
}

// kinds returns what the key may sign: live kinds or practice kinds.
func (s signer) kinds() []cards.Kind {
	if s.role == rolePractice {
		return []cards.Kind{cards.KindPracticeCard, cards.KindPracticeTicket}
	}
	return []cards.Kind{cards.KindCard, cards.KindTicket}
}

// signer finds a kiosk's key; the hub's own sign no cards and no entries.
func (t *txn) signer(id cards.KeyID) (s signer, found bool, err error) {
	s.id = id
	found, err = t.one(`SELECT k.role, k.kiosk, k.public, k.signs_until, k.honoured_until, COALESCE(r.how, ''), COALESCE(r.since, 0)
		FROM signing_key k LEFT JOIN revocation r ON r.key_id = k.id WHERE k.id = $1 AND k.kiosk <> ''`,
		[]any{int64(id)}, &s.role, &s.kiosk, &s.public, &s.signsUntil, &s.honouredUntil, &s.revoked, &s.since)
	return s, found, err
}

// newKey gives a public key its id, which is never used again: rows of keys
// are never deleted.
func (t *txn) newKey(role, kiosk string, public ed25519.PublicKey) (cards.KeyID, error) {
	id, err := t.give(`SELECT COALESCE(MAX(id), 0) FROM signing_key`, keyOf)
	if err != nil {
		return 0, err
	}
	if !cards.KeyID(id).Usable() || id > int64(cards.FirstTestKey) {
		return 0, fmt.Errorf("ledger: all key ids are used up")
	}
	_, err = t.exec(`INSERT INTO signing_key (id, role, public, kiosk, signs_from, signs_until, honoured_until)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`, id, role, []byte(public), kiosk, t.ms(),
		t.at.Add(signsFor).UnixMilli(), t.at.Add(signsFor+honouredFor).UnixMilli())
	return cards.KeyID(id), err
}

// ownKey finds the hub's own key of a role, or gives a new one its id.
func (t *txn) ownKey(role string, private ed25519.PrivateKey) (cards.SigningKey, error) {
	public := private.Public().(ed25519.PublicKey)
	var id int64
	var held []byte
	found, err := t.one(`SELECT id, public FROM signing_key WHERE role = $1`, []any{role}, &id, &held)
	switch {
	case err != nil:
		return cards.SigningKey{}, err
	case found && !bytes.Equal(held, public):
		return cards.SigningKey{}, fmt.Errorf("%w: another %s key", ErrKeys, role)
	case found:
		return cards.SigningKey{ID: cards.KeyID(id), Private: private}, nil
	}
	made, err := t.newKey(role, "", public)
	return cards.SigningKey{ID: made, Private: private}, err
}

// publish signs a new trust list: each change of keys or hosts has its version.
func (l *Ledger) publish(t *txn) (cards.TrustList, error) {
	list := cards.TrustList{Issued: t.at.Unix(), Issuers: []cards.Issuer{}, Hubs: []cards.HubKey{}, Hosts: []cards.Host{}}
	version, err := t.give(`SELECT COALESCE(MAX(version), 0) FROM trust_list`, versionOf)
	if err != nil {
		return list, err
	}
	list.Version = uint32(version)
	list.Hubs = append(list.Hubs, cards.HubKey{Key: l.hub.ID, Public: l.hub.Public()})
	if err := t.issuers(&list); err != nil {
		return list, err
	}
	hosts, err := t.hosts()
	if err != nil {
		return list, err
	}
	list.Hosts = append(list.Hosts, hosts...)
	sealed, err := cards.Seal(l.trust, cards.PaperTrustList, list)
	if err != nil {
		return list, err
	}
	_, err = t.exec(`INSERT INTO trust_list (version, sealed, at) VALUES ($1, $2, $3)`, version, sealed, t.ms())
	return list, err
}

func (t *txn) issuers(list *cards.TrustList) error {
	return t.each(`SELECT k.id, k.role, k.kiosk, k.public, k.signs_from, k.signs_until, k.honoured_until, COALESCE(r.at, 0), COALESCE(r.how, '')
		FROM signing_key k LEFT JOIN revocation r ON r.key_id = k.id WHERE k.kiosk <> '' ORDER BY k.id`, nil,
		func(scan func(...any) error) error {
			var s signer
			var i cards.Issuer
			var revoked int64
			err := scan(&i.Key, &s.role, &i.Holder, &i.Public, &i.From, &i.SignsUntil, &i.HonouredUntil, &revoked, &i.Revocation)
			i.From, i.SignsUntil, i.HonouredUntil, i.RevokedAt = i.From/1000, i.SignsUntil/1000, i.HonouredUntil/1000, revoked/1000
			i.Kinds = s.kinds()
			list.Issuers = append(list.Issuers, i)
			return err
		})
}

// trustList returns the newest list; before the first change there is none.
func (t *txn) trustList() (version uint32, sealed []byte, err error) {
	_, err = t.one(`SELECT version, sealed FROM trust_list ORDER BY version DESC LIMIT 1`, nil, &version, &sealed)
	return version, sealed, err
}

// TrustKey returns the public trust key; kiosks pin its SHA-256.
func (l *Ledger) TrustKey() ed25519.PublicKey { return l.trust.Public() }

// SetHost makes a site the one where cards are claimed from now on; those set
// before stay good. Setting it again changes nothing.
func (l *Ledger) SetHost(ctx context.Context, host cards.Host) error {
	if _, err := cards.ParseHost(string(host)); err != nil {
		return err
	}
	return l.update(ctx, func(t *txn) error {
		now, err := t.host()
		if err != nil || now == host {
			return err
		}
		n, err := t.next(`SELECT COALESCE(MAX(n), 0) FROM claim_host`)
		if err != nil {
			return err
		}
		if _, err := t.exec(`INSERT INTO claim_host (n, host, at) VALUES ($1, $2, $3)`, n, string(host), t.ms()); err != nil {
			return err
		}
		_, err = l.publish(t)
		return err
	})
}

// hosts returns every site that was set, the first one first.
func (t *txn) hosts() (hosts []cards.Host, err error) {
	err = t.each(`SELECT host FROM claim_host GROUP BY host ORDER BY MIN(n)`, nil, func(scan func(...any) error) error {
		var host cards.Host
		err := scan(&host)
		hosts = append(hosts, host)
		return err
	})
	return hosts, err
}

// host returns the site set last, and "" if none was.
func (t *txn) host() (host cards.Host, err error) {
	_, err = t.one(`SELECT host FROM claim_host ORDER BY n DESC LIMIT 1`, nil, &host)
	return host, err
}

// hubKey returns the public hub key under its id, and nil for any other.
func (l *Ledger) hubKey(id cards.KeyID) ed25519.PublicKey {
	if id != l.hub.ID {
		return nil
	}
	return l.hub.Public()
}
