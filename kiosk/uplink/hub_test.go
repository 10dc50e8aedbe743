package uplink

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"os"
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
		for _, size := range []int{1, 4, batch} {
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

// A hub that was restored from a backup says a lower cursor, and gets
// everything again: within one Sync, and without a loss.
func TestRestoredHub(t *testing.T) {
	for _, size := range []int{1, 7, batch} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			h := newTown(t)
			k := h.enrol("station-1", "l", direct{h})
			early := h.backup()
			k.issue(out()...)
			check(t, k.up.Sync(context.Background()))
			later := h.backup()
			for range 30 {
				k.issue(out()...)
			}
			k.issue(cards.Printing, cards.Printed, cards.VoidAsked)
			check(t, k.up.Sync(context.Background()))
			check(t, k.up.Sync(context.Background()))
			k.up.batch = size
			for _, backup := range []string{later, early} {
				h.restart(backup)
				k.restart()
				k.issue(out()...)
				check(t, k.up.Sync(context.Background()))
				h.same(k)
			}
		})
	}
}

// A kiosk that is restarted between any two steps sends everything once.
func TestRestartAnywhere(t *testing.T) {
	for step := range 12 {
		t.Run(fmt.Sprint(step), func(t *testing.T) {
			h := newTown(t)
			k := h.enrol("station-1", "l", direct{h})
			n := 0
			at := func() { // every step passes here
				if n++; n == step+1 {
					k.restart()
				}
			}
			at()
			for range 3 {
				k.issue(out()...)
				at()
			}
			k.issue(cards.Printing, cards.Printed, cards.VoidAsked)
			at()
			upload, err := k.up.Pack(context.Background(), 0, 5)
			check(t, err)
			at()
			answer, err := direct{h}.Upload(context.Background(), upload)
			check(t, err)
			at() // the answer is lost with the kiosk
			for {
				r, err := k.up.check(context.Background(), upload, answer)
				check(t, err)
				at()
				check(t, k.Take(context.Background(), answer, r))
				check(t, k.Take(context.Background(), answer, r)) // twice changes nothing
				at()
				if top, _ := k.Head(); r.Cursor == top {
					break
				}
				upload, err = k.up.Pack(context.Background(), r.Cursor, 5)
				check(t, err)
				answer, err = direct{h}.Upload(context.Background(), upload)
				check(t, err)
				at()
			}
			if n <= step {
				t.Fatalf("only %d steps", n)
			}
			check(t, k.up.Sync(context.Background()))
			h.same(k)
		})
	}
}

// clone copies a kiosk's disk.
func (k *booth) clone() *booth {
	k.t.Helper()
	check(k.t, k.Close())
	c := &booth{t: k.t, dir: k.t.TempDir(), key: k.key, grant: k.grant, line: k.line, asked: k.asked}
	check(k.t, os.CopyFS(c.dir, os.DirFS(k.dir)))
	k.open()
	c.open()
	return c
}

// Two copies of one disk issue and send: the hub raises an alarm and says stop
// to both, and what the first one sent stays good.
func TestClonedDisk(t *testing.T) {
	for _, tt := range []struct {
		name           string
		first, second  int // cards that they issue, before they send
		verdict, alarm string
	}{
		{"as many", 3, 3, "conflict", "conflict"},
		{"the second more", 3, 5, "conflict", "conflict"},
		{"the second fewer", 5, 3, "conflict", "conflict"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := newTown(t)
			k := h.enrol("station-1", "l", direct{h})
			k.issue(out()...)
			check(t, k.up.Sync(context.Background()))
			c := k.clone()
			for range tt.first {
				k.issue(out()...)
			}
			for range tt.second {
				c.issue(cards.Printing, cards.Presumed) // another story under the same numbers
			}
			check(t, k.up.Sync(context.Background()))
			kept := h.lines(`SELECT seq || hex(data) FROM entry ORDER BY seq`)
			check(t, c.up.Sync(context.Background()))
			check(t, k.up.Sync(context.Background()))
			for name, b := range map[string]*booth{"first": k, "second": c} {
				if r, err := b.Receipt(context.Background()); err != nil || r.Stop != "conflict" {
					t.Errorf("the %s is not stopped: %q, %v", name, r.Stop, err)
				}
				b.restart() // what happened can be looked at
			}
			if aside, err := c.Aside(context.Background()); err != nil || len(aside) == 0 || string(aside[0].Verdict) != tt.verdict {
				t.Errorf("the second set aside %v, %v", aside, err)
			}
			if alarms := h.lines(`SELECT kind FROM alarm`); !slices.Contains(alarms, tt.alarm) {
				t.Errorf("alarms: %v", alarms)
			}
			if now := h.lines(`SELECT seq || hex(data) FROM entry ORDER BY seq`); !slices.Equal(now[:len(kept)], kept) {
				t.Error("what the first one sent was changed")
			}
			h.clean()
			h.cleared(k, c)
		})
	}
}

// cleared checks that when a person lets the kiosk go on, one of the two does,
// and that is the one whose journal ends as the hub's does.
func (h *town) cleared(booths ...*booth) {
	h.t.Helper()
	check(h.t, h.Clear(context.Background(), "station-1", "佐藤"))
	goOn := 0
	for _, b := range booths {
		synced := b.up.Sync(context.Background())
		_, err := b.Sign(context.Background(), b.grant, "a new request", "佐藤")
		if err == nil && synced == nil {
			goOn++
		} else if !errors.Is(err, journal.ErrBroken) && !errors.Is(err, journal.ErrBehind) {
			h.t.Errorf("%v, and a card: %v", synced, err)
		}
	}
	if goOn != 1 {
		h.t.Errorf("%d of the two go on", goOn)
	}
}

// A copy that has nothing of its own to send learns from the hub's cursor that
// its journal is not the newest, before it signs a number again.
func TestIdleCopy(t *testing.T) {
	h := newTown(t)
	k := h.enrol("station-1", "l", direct{h})
	k.issue(out()...)
	check(t, k.up.Sync(context.Background()))
	c := k.clone()
	k.issue(out()...)
	check(t, k.up.Sync(context.Background()))
	if err := c.up.Sync(context.Background()); !errors.Is(err, journal.ErrBehind) {
		t.Errorf("the copy is told %v", err)
	}
	if _, err := c.Sign(context.Background(), c.grant, "another", "佐藤"); !errors.Is(err, journal.ErrBehind) {
		t.Errorf("the copy signs: %v", err)
	}
	if err := c.tryOpen(); !errors.Is(err, journal.ErrBehind) {
		t.Errorf("the copy opens again: %v", err)
	}
	k.issue(out()...) // the true one goes on
	check(t, k.up.Sync(context.Background()))
	h.same(k)
}

// A key that was revoked goes on sending, and nothing is lost.
func TestRevokedGoesOnSending(t *testing.T) {
	for _, how := range []cards.Revocation{cards.Retired, cards.Compromised} {
		t.Run(string(how), func(t *testing.T) {
			h := newTown(t)
			k := h.enrol("station-1", "l", direct{h})
			k.issue(out()...)
			check(t, k.up.Sync(context.Background()))
			check(t, h.Revoke(context.Background(), "station-1", how, 0))
			k.issue(out()...)
			check(t, k.up.Sync(context.Background()))
			r, err := k.Receipt(context.Background())
			check(t, err)
			if top, _ := k.Head(); r.Stop != "revoked" || r.Cursor != top {
				t.Errorf("stop %q at %d of %d", r.Stop, r.Cursor, top)
			}
			want := "accepted"
			if how == cards.Compromised {
				want = "disputed"
			}
			if got := h.lines(`SELECT DISTINCT verdict FROM judged WHERE seq > 4`); !slices.Equal(got, []string{want}) {
				t.Errorf("later entries are %v, want %s", got, want)
			}
			h.clean()
		})
	}
}

// More allotments and voids than one upload may name don't stop it.
func TestManyHeldAndAsked(t *testing.T) {
	h := newTown(t)
	k := h.enrol("station-1", "l", direct{h})
	check(t, k.up.Sync(context.Background()))
	db, err := sql.Open("sqlite", filepath.Join(k.dir, "journal.db"))
	check(t, err)
	defer db.Close()
	_, err = db.Exec(`WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1100)
		INSERT INTO paper (kind, sealed) SELECT kind, sealed FROM paper, n WHERE kind = $1`, string(cards.PaperAllotment))
	check(t, err)
	many := 3
	if os.Getenv("POINTKIOSK_SOAK") == "1" {
		many = 1000
	}
	for range many {
		k.issue(cards.Printing, cards.Printed, cards.VoidAsked)
	}
	for range 40 { // chance decides whose turn it is
		check(t, k.up.Sync(context.Background()))
	}
	if left := len(k.Open()); left > 0 {
		t.Errorf("%d voids have no outcome", left)
	}
}

// A receipt counts only if the hub signed it for this very upload. Whatever
// else it is, the cursor stays and nothing is set aside or kept.
func TestForgedReceipt(t *testing.T) {
	stranger := cards.SigningKey{ID: 2, Private: key("x")}
	listOf := func(signer cards.SigningKey, version uint32, hub cards.SigningKey) []byte {
		list, err := cards.Seal(signer, cards.PaperTrustList, cards.TrustList{Version: version, Hubs: []cards.HubKey{{Key: hub.ID, Public: hub.Public()}}})
		check(t, err)
		return list
	}
	trust := cards.SigningKey{ID: 1, Private: key("t")}
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
			sealed, err := cards.Seal(stranger, cards.PaperAllotment, cards.Allotment{ID: 9})
			check(t, err)
			r.Allotments = append(r.Allotments, sealed)
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
				return cards.Seal(tt.bend(&r), cards.PaperReceipt, r)
			})
			if err := k.up.Sync(context.Background()); err == nil {
				t.Error("it is taken for a receipt")
			}
			r, err := k.Receipt(context.Background())
			check(t, err)
			aside, err := k.Aside(context.Background())
			check(t, err)
			granted, err := k.Papers(context.Background(), cards.PaperAllotment)
			check(t, err)
			if r.Cursor != 0 || len(aside) != 0 || len(granted) != 0 {
				t.Errorf("cursor %d, aside %v, %d allotments", r.Cursor, aside, len(granted))
			}
			k.up.opts.Hub = direct{h}
			check(t, k.up.Sync(context.Background()))
			h.same(k)
		})
	}
}

type forger func([]byte) ([]byte, error)

func (f forger) Upload(_ context.Context, sealed []byte) ([]byte, error) { return f(sealed) }
