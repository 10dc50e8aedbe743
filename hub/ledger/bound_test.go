package ledger_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"pointkiosk/cards"
	"pointkiosk/hub/ledger"
)

// behindGap writes so many records and lets the hub keep all but the first.
func (b *book) behindGap(count int) (first cards.Record) {
	b.t.Helper()
	first = b.kiosk.write(cards.Entry{State: cards.Begun, Journal: make([]byte, 16)})
	var records []cards.Record
	for len(records) < count-1 {
		records = append(records, b.kiosk.write(cards.Entry{State: cards.ClockSet}))
	}
	for part := range slices.Chunk(records, ledger.MaxRecords) {
		if r := b.take(b.kiosk, part...); r.Cursor != 0 || len(r.Judgements) != 0 {
			b.t.Fatalf("cursor %d before the first", r.Cursor)
		}
	}
	return first
}

// What was kept behind a gap is judged so much at a time: others wait for it.
func TestJudgedInSteps(t *testing.T) {
	b := newBook(t)
	records := []cards.Record{b.behindGap(2100)}
	for _, want := range []uint64{2000, 2100, 2100} {
		r := b.take(b.kiosk, records...)
		if r.Cursor != want || len(r.Judgements) > 2000+1 {
			t.Errorf("cursor %d with %d judgements, want %d", r.Cursor, len(r.Judgements), want)
		}
		records = nil
	}
	b.clean()
}

// A stick that fills the gap is done only when all is judged.
func TestImportJudgesAll(t *testing.T) {
	b := newBook(t)
	first := b.behindGap(2100)
	r, err := b.Import(context.Background(), b.kiosk.upload(cards.Upload{Records: []cards.Record{first}}))
	if err != nil || r.Cursor != 2100 || len(r.Judgements) != 2100 || len(r.Request) != 32 {
		t.Errorf("cursor %d with %d judgements, %v", r.Cursor, len(r.Judgements), err)
	}
	b.clean()
}

// A compromised key stores so much a day. What came before stays, polls are
// answered, a stick in a person's hand has no bound, and tomorrow there is room.
func TestLateIsBounded(t *testing.T) {
	b := newBook(t)
	ctx := context.Background()
	var err error
	b.Ledger, err = ledger.Open(b.db, b.db, &ledger.Opts{Clock: b.clock, Trust: key("t"), Hub: key("h"), Late: 5000})
	check(t, err)
	early := b.kiosk.steps(b.card(b.cards, 1), cards.Signed, cards.Printing, cards.Printed)
	b.take(b.kiosk, early...)
	check(t, b.Revoke(ctx, ledger.Revocation{Kiosk: "station-1", How: cards.Compromised}))
	send := func() error {
		_, err := b.Ingest(ctx, b.kiosk.upload(cards.Upload{Records: b.kiosk.steps(b.card(b.cards, 2), cards.Printing, cards.Printing, cards.Printing)}))
		return err
	}
	kept := func() (n int) { check(t, b.db.QueryRow(`SELECT COUNT(*) FROM entry`).Scan(&n)); return n }
	for day := range 2 {
		uploads := 0
		for uploads = 0; uploads < 100 && err == nil; uploads++ {
			err = send()
		}
		late := (*ledger.LateError)(nil)
		if !errors.As(err, &late) || late.Wait <= 0 || late.Wait > 24*time.Hour || uploads < 3 || uploads > 6 {
			t.Fatalf("day %d, upload %d: %v", day, uploads, err)
		}
		before := kept()
		if err = send(); !errors.As(err, &late) || kept() != before {
			t.Errorf("%v, and %d entries of %d", err, kept(), before)
		}
		if r := b.take(b.kiosk, early...); r.Stop != ledger.StopRevoked || len(r.Judgements) != 3 || r.Judgements[0].Verdict != cards.Duplicate {
			t.Errorf("what came before: %q, %v", r.Stop, verdicts(r))
		}
		clone := cards.Upload{Records: []cards.Record{{Seq: 1, Data: []byte{byte(day)}}}}
		if _, err := b.Ingest(ctx, b.kiosk.upload(clone)); !errors.As(err, &late) {
			t.Errorf("a conflict is kept without a bound: %v", err)
		}
		if _, err = b.Import(ctx, b.kiosk.upload(clone)); err != nil {
			t.Errorf("a stick: %v", err)
		}
		b.set(b.clock().Add(late.Wait))
		b.kiosk.seq = uint64(before) // what was refused is written again
	}
	b.clean()
}

// The key of an honest kiosk has no bound.
func TestGoodIsNotBounded(t *testing.T) {
	b := newBook(t)
	var err error
	b.Ledger, err = ledger.Open(b.db, b.db, &ledger.Opts{Clock: b.clock, Trust: key("t"), Hub: key("h"), Late: 1})
	check(t, err)
	for range 5 {
		b.take(b.kiosk, b.kiosk.write(cards.Entry{State: cards.ClockSet}))
	}
}

// A receipt brings some allotments, the next ones first, until the kiosk names
// as many as it may.
func TestAllotmentsInParts(t *testing.T) {
	b := newBook(t)
	for n := range 700 {
		b.grant(ledger.Grant{Kiosk: "station-1", Event: "walk", Count: 1, Day: held + cards.Day(n%10)})
	}
	list, err := cards.OpenTrustList(b.ask(b.kiosk, cards.Upload{}).Trust, b.TrustKey())
	check(t, err)
	var held []cards.Allotment
	brought := 0
	for range 20 {
		u := cards.Upload{Trust: list.Version}
		for _, a := range held[:min(len(held), cards.MaxHeld)] {
			u.Held = append(u.Held, a.ID)
		}
		r := b.ask(b.kiosk, u)
		if len(r.Allotments) > 50 {
			t.Fatalf("%d at once", len(r.Allotments))
		}
		brought += len(r.Allotments)
		for _, sealed := range r.Allotments {
			a, err := cards.OpenAllotment(sealed, list)
			check(t, err)
			if n := len(held); n > 0 && a.Day < held[n-1].Day {
				t.Errorf("day %v after day %v", a.Day, held[n-1].Day)
			}
			held = append(held, a)
		}
	}
	if brought != cards.MaxHeld {
		t.Errorf("%d were brought, none twice, and the kiosk can name %d", brought, cards.MaxHeld)
	}
}
