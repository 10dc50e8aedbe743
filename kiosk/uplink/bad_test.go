package uplink

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"testing"

	"pointkiosk/cards"
	"pointkiosk/kiosk/journal"
)

// A bender is a line on which one entry is damaged before it is signed for the
// way, as a bad memory would do it.
type bender struct {
	h    *town
	k    *booth
	seq  uint64
	bend func([]byte) []byte
}

func (b *bender) Upload(ctx context.Context, sealed []byte) ([]byte, error) {
	var u cards.Upload
	if err := cards.Unsealed(sealed, cards.PaperUpload, &u); err != nil {
		return nil, err
	}
	for n, r := range u.Records {
		if r.Seq == b.seq {
			u.Records[n].Data = b.bend(bytes.Clone(r.Data))
		}
	}
	bent, err := cards.Seal(b.k.key, cards.PaperUpload, u)
	if err != nil {
		return nil, err
	}
	r, err := b.h.Ingest(ctx, bent)
	request := sha256.Sum256(sealed)
	r.Request = request[:]
	if err != nil {
		return nil, err
	}
	return b.h.SealReceipt(r)
}

// An entry that is damaged is set aside by a verdict that the hub signed, and
// holds up no entry of another card.
func TestBadEntryHoldsUpNobody(t *testing.T) {
	flip := func(b []byte) []byte { b[len(b)/2] ^= 1; return b }
	for _, tt := range []struct {
		name string
		seq  uint64 // of 31 entries: the first, and three for each of ten cards
		bend func([]byte) []byte
	}{
		{"the first", 1, flip}, {"in the middle", 17, flip}, {"the last", 31, flip},
		{"not even CBOR", 17, func([]byte) []byte { return []byte("lost sector") }},
		{"nothing", 17, func([]byte) []byte { return nil }},
		{"very long", 17, func([]byte) []byte { return make([]byte, 300_000) }},
		{"another entry", 17, func([]byte) []byte { return []byte{0xD2, 0x84, 0x43} }},
	} {
		for _, size := range []int{1, batch} {
			t.Run(fmt.Sprintf("%s, %d at once", tt.name, size), func(t *testing.T) {
				h := newTown(t)
				k := h.enrol("station-1", "l", nil)
				k.up.opts.Hub = &bender{h, k, tt.seq, tt.bend}
				k.up.batch = size
				for range 10 {
					k.issue(out()...)
				}
				check(t, k.up.Sync(context.Background()))
				k.issue(out()...) // and life goes on
				check(t, k.up.Sync(context.Background()))
				k.restart()
				h.only(k, tt.seq)
			})
		}
	}
}

// only fails the test unless the damaged entry was set aside, no entry of
// another card with it, and all entries are at the hub.
func (h *town) only(k *booth, damaged uint64) {
	h.t.Helper()
	aside, err := k.Aside(context.Background())
	check(h.t, err)
	for _, a := range aside {
		if a.Verdict != cards.Disputed || (a.Seq+1)/3 != (damaged+1)/3 { // three entries a card
			h.t.Errorf("entry %d was set aside (%s, %s) for the sake of %d", a.Seq, a.Verdict, a.Reason, damaged)
		}
	}
	if !slices.ContainsFunc(aside, func(a cards.Judgement) bool { return a.Seq == damaged }) {
		h.t.Errorf("entry %d was not set aside: %v", damaged, aside)
	}
	top, _ := k.Head()
	if got := h.lines(`SELECT COUNT(*) FROM judged`); got[0] != fmt.Sprint(top) {
		h.t.Errorf("%s of %d entries were judged", got[0], top)
	}
	h.clean()
}

// damage changes the bytes of an entry on the kiosk's disk, under its feet.
func (k *booth) damage(seq uint64) {
	k.t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(k.dir, "journal.db"))
	check(k.t, err)
	defer db.Close()
	_, err = db.Exec(`DROP TRIGGER entry_kept`)
	check(k.t, err)
	_, err = db.Exec(`UPDATE entry SET record = CAST(substr(record, 1, 90)
		|| CASE substr(record, 91, 1) WHEN x'00' THEN x'01' ELSE x'00' END || substr(record, 92) AS BLOB) WHERE seq = $1`, seq)
	check(k.t, err)
}

// The same from a damaged disk. Where the newest entry is damaged the journal
// signs nothing more, but all others are at the hub.
func TestDamagedDisk(t *testing.T) {
	for _, seq := range []uint64{1, 17, 31} {
		t.Run(fmt.Sprint(seq), func(t *testing.T) {
			h := newTown(t)
			k := h.enrol("station-1", "l", direct{h})
			for range 10 {
				k.issue(out()...)
			}
			k.damage(seq)
			if err := k.up.Sync(context.Background()); seq == 31 != errors.Is(err, journal.ErrBroken) || seq != 31 && err != nil {
				t.Error(err)
			}
			if _, err := k.Sign(context.Background(), k.grant, "the next", "佐藤"); seq == 31 != errors.Is(err, journal.ErrBroken) {
				t.Errorf("the next card: %v", err)
			}
			if err := k.up.Sync(context.Background()); seq != 31 && err != nil {
				t.Error(err)
			}
			h.only(k, seq)
		})
	}
}

// A receipt counts only if the hub signed it for this very upload. Whatever
// else it is, the cursor stays and nothing is set aside or kept.
func TestForgedReceipt(t *testing.T) {
	stranger, trust := cards.SigningKey{ID: 2, Private: key("x")}, cards.SigningKey{ID: 1, Private: key("t")}
	seal := func(signer cards.SigningKey, paper cards.Paper, v any) []byte {
		sealed, err := cards.Seal(signer, paper, v)
		check(t, err)
		return sealed
	}
	listOf := func(signer cards.SigningKey, version uint32, hub cards.SigningKey) []byte {
		return seal(signer, cards.PaperTrustList, cards.TrustList{Version: version, Hubs: []cards.HubKey{{Key: hub.ID, Public: hub.Public()}}})
	}
	for _, tt := range []struct {
		name string
		bend func(*cards.Receipt) cards.SigningKey // returns who signs
	}{
		{"a stranger's", func(*cards.Receipt) cards.SigningKey { return stranger }},
		{"the kiosk's own", func(r *cards.Receipt) cards.SigningKey { return cards.SigningKey{ID: r.Key, Private: key("l")} }},
		{"a stranger's, with a list of theirs", func(r *cards.Receipt) cards.SigningKey {
			r.Trust = listOf(stranger, 1000, stranger)
			return stranger
		}},
		{"with an old list", func(r *cards.Receipt) cards.SigningKey { r.Trust = listOf(trust, 1, hubKey); return hubKey }},
		{"with a list that jumps", func(r *cards.Receipt) cards.SigningKey { r.Trust = listOf(trust, 1<<30, hubKey); return hubKey }},
		{"for another upload", func(r *cards.Receipt) cards.SigningKey { r.Request = make([]byte, 32); return hubKey }},
		{"for another kiosk", func(r *cards.Receipt) cards.SigningKey { r.Key++; return hubKey }},
		{"with an allotment of a stranger", func(r *cards.Receipt) cards.SigningKey {
			r.Allotments = append(r.Allotments, seal(stranger, cards.PaperAllotment, cards.Allotment{ID: 9}))
			return hubKey
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := newTown(t)
			k := h.enrol("station-1", "l", nil)
			k.issue(out()...)
			k.up.opts.Hub = forger(func(sealed []byte) ([]byte, error) {
				r, err := h.Ingest(context.Background(), sealed)
				check(t, err)
				r.Judgements[1].Verdict = cards.Disputed
				return seal(tt.bend(&r), cards.PaperReceipt, r), nil
			})
			if err := k.up.Sync(context.Background()); err == nil {
				t.Error("it is taken for a receipt")
			}
			k.untouched()
			k.up.opts.Hub = direct{h}
			check(t, k.up.Sync(context.Background()))
			h.same(k)
		})
	}
}

type forger func([]byte) ([]byte, error)

func (f forger) Upload(_ context.Context, sealed []byte) ([]byte, error) { return f(sealed) }

// untouched fails the test if anything of an answer was kept.
func (k *booth) untouched() {
	k.t.Helper()
	ctx := context.Background()
	r, err := k.Receipt(ctx)
	check(k.t, err)
	aside, err := k.Aside(ctx)
	check(k.t, err)
	granted, err := k.Papers(ctx, cards.PaperAllotment)
	check(k.t, err)
	if lists, err := k.Papers(ctx, cards.PaperTrustList); err != nil || r.Cursor != 0 || len(aside) != 0 || len(granted) != 0 || len(lists) != 1 {
		k.t.Errorf("cursor %d, aside %v, %d allotments, %d lists, %v", r.Cursor, aside, len(granted), len(lists), err)
	}
}
