package ledger_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"pointkiosk/cards"
	"pointkiosk/hub/ledger"
)

// again is a book whose kiosk was retired and enrolled again; each of its keys
// has cards 1 and 2 of the walk in its own journal.
func again(t *testing.T) (b *book, older, newer *pen) {
	t.Helper()
	b = newBook(t)
	older = b.kiosk
	for n := range uint32(2) {
		b.take(older, older.steps(b.card(b.walk, n+1), cards.Signed)...)
	}
	check(t, b.Revoke(context.Background(), ledger.Revocation{Kiosk: "station-1", How: cards.Retired}))
	newer = b.enrol("station-1", key("n"), key("o"))
	walk := b.grant(ledger.Grant{Kiosk: "station-1", Event: "walk", Count: 100})
	for n := range uint32(2) {
		b.take(newer, newer.steps(forge(t, walk.Claims(n+1), key("n")), cards.Signed)...)
	}
	return b, older, newer
}

// revoked says what became of each key of the kiosk, the newest first.
func (b *book) revoked() (how []cards.Revocation) {
	b.t.Helper()
	kiosks, err := b.Kiosks(context.Background())
	check(b.t, err)
	for _, k := range kiosks {
		how = append(how, k.Revoked)
	}
	return how
}

// A revocation is about one key: an entry number is one of one journal.
func TestRevokeOneKey(t *testing.T) {
	const none, retired, compromised = cards.Revocation(""), cards.Retired, cards.Compromised
	for _, tt := range []struct {
		name         string
		key          func(older, newer cards.KeyID) cards.KeyID
		how          cards.Revocation
		since        uint64
		newer, older cards.Revocation
		risk         int64 // yen that both can still cost
		which        bool  // it has to be said which key
	}{
		{"the one that signs now", nil, compromised, 0, compromised, retired, 2*50 + 200*100 + 98*50 + 2*50, false},
		{"the older one", func(o, _ cards.KeyID) cards.KeyID { return o }, compromised, 0, none, compromised, 100*50 + 2*50, false},
		{"the older one since", func(o, _ cards.KeyID) cards.KeyID { return o }, compromised, 2, none, compromised, 100*50 + 1*50, false},
		{"the newer one since", func(_, n cards.KeyID) cards.KeyID { return n }, compromised, 1, compromised, retired, 200*100 + 100*50, false},
		{"since, of either", nil, compromised, 2, none, retired, 0, true},
		{"another kiosk's", func(o, n cards.KeyID) cards.KeyID { return n + 100 }, compromised, 0, none, retired, 0, true},
		{"a practice key", func(o, n cards.KeyID) cards.KeyID { return n + 1 }, compromised, 0, none, retired, 0, true},
		{"retired", nil, retired, 0, retired, retired, 200*100 + 100*50 + 100*50, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b, older, newer := again(t)
			r := ledger.Revocation{Kiosk: "station-1", How: tt.how, Since: tt.since}
			if tt.key != nil {
				r.Key = tt.key(older.key.ID, newer.key.ID)
			}
			err := b.Revoke(context.Background(), r)
			if which := (*ledger.WhichKeyError)(nil); errors.As(err, &which) != tt.which || err != nil && !tt.which {
				t.Fatalf("%v", err)
			} else if tt.which && !slices.Equal(which.Keys, []cards.KeyID{older.key.ID, newer.key.ID}) {
				t.Errorf("%v", err)
			}
			if got := b.revoked(); !slices.Equal(got, []cards.Revocation{tt.newer, tt.older}) {
				t.Errorf("keys are %q", got)
			}
			kiosks, err := b.Kiosks(context.Background())
			check(t, err)
			if got := kiosks[0].AtRisk + kiosks[1].AtRisk; !tt.which && got != tt.risk {
				t.Errorf("at risk %d, want %d", got, tt.risk)
			}
			b.clean()
		})
	}
}

// Of a kiosk that signs no more it has to be said which of its keys is meant,
// and a step that says nothing new is refused.
func TestRevokeAgain(t *testing.T) {
	b, older, newer := again(t)
	for _, tt := range []struct {
		name  string
		r     ledger.Revocation
		which bool
		want  error
	}{
		{"retire the newer", ledger.Revocation{How: cards.Retired}, false, nil},
		{"and again", ledger.Revocation{How: cards.Retired, Key: newer.key.ID}, false, ledger.ErrBadRequest},
		{"both are retired", ledger.Revocation{How: cards.Compromised}, true, nil},
		{"compromised", ledger.Revocation{How: cards.Compromised, Key: older.key.ID}, false, nil},
		{"and again", ledger.Revocation{How: cards.Compromised, Key: older.key.ID}, false, ledger.ErrBadRequest},
		{"retired after all", ledger.Revocation{How: cards.Retired, Key: older.key.ID}, false, ledger.ErrBadRequest},
		{"earlier than thought", ledger.Revocation{How: cards.Compromised, Key: older.key.ID, Since: 2}, false, nil},
		{"later than thought", ledger.Revocation{How: cards.Compromised, Key: older.key.ID, Since: 3}, false, ledger.ErrBadRequest},
		{"nobody's", ledger.Revocation{Kiosk: "station-9", How: cards.Retired}, false, ledger.ErrNoKiosk},
		{"the hub's own", ledger.Revocation{Kiosk: "-", How: cards.Retired}, false, ledger.ErrNoKiosk},
	} {
		switch tt.r.Kiosk {
		case "":
			tt.r.Kiosk = "station-1"
		case "-":
			tt.r.Kiosk = ""
		}
		err := b.Revoke(context.Background(), tt.r)
		if which := errors.As(err, new(*ledger.WhichKeyError)); which != tt.which || !which && !errors.Is(err, tt.want) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	kiosks, err := b.Kiosks(context.Background())
	check(t, err)
	if got := kiosks[1].AtRisk; got != 50 {
		t.Errorf("at risk %d: card 1 alone was heard of before entry 2", got)
	}
	b.clean()
}
