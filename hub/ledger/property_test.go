package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"pointkiosk/cards"
	"pointkiosk/hub/ledger"
	"pointkiosk/packaging/proof"
)

// seeds is how many schedules are tried: some, or many where there is time.
func seeds(some uint64) uint64 { return some * uint64(proof.Times(1, 1, 20)) }

// A story is what a kiosk wrote and which of its cards people claim.
type story struct {
	records []cards.Record
	claims  []cards.Card // none of them is ever asked back
}

// tell writes a random journal of some cards: their steps interleave, some are
// void, some records are bad.
func tell(b *book, rnd *rand.Rand) (s story) {
	type walk struct {
		card  cards.Card
		steps []cards.State
	}
	var open []walk
	for n := range 25 {
		c := b.card(b.walk, uint32(n+1))
		stories := [][]cards.State{
			{cards.Signed, cards.Printing, cards.Printed},
			{cards.Signed, cards.Printing, cards.Presumed},
			{cards.Signed, cards.Printing, cards.Uncertain, cards.Printing, cards.Printed},
			{cards.Signed, cards.Printing, cards.Printed, cards.Printed}, // the last can't be
			{cards.Printing, cards.Signed},                               // nor can the first
			{cards.Signed},
			{cards.Signed, cards.Void},
			{cards.Signed, cards.Printing, cards.Void},
			{cards.Signed, cards.Printing, cards.Printed, cards.VoidAsked},
			{cards.Signed, cards.Printing, cards.Printed, cards.VoidAsked, cards.Void},
			{cards.Signed, cards.Printing, cards.Printed, cards.VoidAsked, cards.Honoured}, // a lie
		}
		n := rnd.IntN(len(stories))
		open = append(open, walk{c, stories[n]})
		if n < 6 && rnd.IntN(2) == 0 {
			s.claims = append(s.claims, c)
		}
	}
	for len(open) > 0 {
		n := rnd.IntN(len(open))
		r := b.kiosk.step(open[n].steps[0], open[n].card)
		switch rnd.IntN(20) {
		case 0:
			r = garble(r)
		case 1:
			r.Data = []byte("lost sector")
		}
		s.records = append(s.records, r)
		if open[n].steps = open[n].steps[1:]; len(open[n].steps) == 0 {
			open = slices.Delete(open, n, n+1)
		}
	}
	return s
}

// play brings a story to a hub, by a schedule: uploads of any parts in any
// order, some more than once, with the claims in between.
func play(b *book, s story, rnd *rand.Rand) {
	type act func()
	var acts []act
	send := func(part []cards.Record) act { return func() { b.take(b.kiosk, part...) } }
	if rnd == nil {
		acts = append(acts, send(s.records))
	} else {
		var parts []act
		for range 6 {
			part := slices.Clone(s.records)
			rnd.Shuffle(len(part), func(i, j int) { part[i], part[j] = part[j], part[i] })
			parts = append(parts, send(part[:rnd.IntN(len(part))]))
		}
		for at := 0; at < len(s.records); { // and every record at least once
			end := min(at+1+rnd.IntN(8), len(s.records))
			parts = append(parts, send(s.records[at:end]))
			at = end
		}
		acts = parts
	}
	for n, c := range s.claims {
		acts = append(acts, func() {
			_, err := b.Claim(context.Background(), c, fmt.Sprintf("AAAA22%02d", n%7))
			check(b.t, err)
		})
	}
	if rnd != nil {
		rnd.Shuffle(len(acts), func(i, j int) { acts[i], acts[j] = acts[j], acts[i] })
	}
	for _, do := range acts {
		do()
	}
	b.set(b.walk.Expires.End().Add(time.Hour))
	_, err := b.Lapse(context.Background())
	check(b.t, err)
}

// outcome is the book without what time and order put into it.
func outcome(b *book) (lines []string) {
	b.t.Helper()
	for _, query := range []string{
		`SELECT 'judged ' || seq || ' ' || verdict || ' ' || reason || ' ' || state || ' ' || allotment || '/' || number FROM judged ORDER BY seq`,
		`SELECT 'ended ' || allotment || '/' || number || ' ' || state || ' ' || account FROM ended ORDER BY allotment, number`,
		`SELECT 'issued ' || allotment || '/' || number FROM issued ORDER BY allotment, number`,
		`SELECT 'transfer ' || t.kind || ' ' || t.reference || ' ' || p.account || ' ' || p.amount FROM transfer t JOIN posting p ON p.transfer = t.seq ORDER BY 1`,
		`SELECT 'alarm ' || kind || ' ' || seq FROM alarm ORDER BY 1`,
	} {
		rows, err := b.db.Query(query)
		check(b.t, err)
		for rows.Next() {
			var line string
			check(b.t, rows.Scan(&line))
			lines = append(lines, line)
		}
		check(b.t, rows.Err())
		rows.Close()
	}
	return lines
}

// The same records in any order, mixture and repetition make the same ledger.
func TestOrderDoesNotMatter(t *testing.T) {
	for seed := range seeds(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			straight, mixed := newBook(t), newBook(t)
			s := tell(straight, rand.New(rand.NewPCG(seed, 1)))
			play(straight, s, nil)
			play(mixed, s, rand.New(rand.NewPCG(seed, 2)))
			want, got := outcome(straight), outcome(mixed)
			for n := range max(len(want), len(got)) {
				if n >= len(want) || n >= len(got) || want[n] != got[n] {
					t.Fatalf("line %d differs:\n%q\n%q", n, at(want, n), at(got, n))
				}
			}
			straight.clean()
			mixed.clean()
		})
	}
}

func at(lines []string, n int) string {
	if n < len(lines) {
		return lines[n]
	}
	return "nothing"
}

// Two kiosks and many claims at once leave a book in which all holds.
func TestManyAtOnce(t *testing.T) {
	b := newBook(t)
	other := b.enrol("station-2", key("m"), key("q"))
	theirs := b.grant(ledger.Grant{Kiosk: "station-2", Event: "walk", Count: 100})
	done := make(chan error)
	go func() { done <- b.issueAll(b.kiosk, b.walk, key("l")) }()
	go func() { done <- b.issueAll(other, theirs, key("m")) }()
	for n := range 2 {
		go func() {
			for number := range uint32(60) {
				c, err := cards.Sign(b.walk.Claims(number+1), key("l"))
				if err == nil {
					_, err = b.Claim(context.Background(), c, fmt.Sprintf("AAAA222%d", n))
				}
				if refused := (*ledger.RefusedError)(nil); err != nil && !errors.As(err, &refused) {
					done <- err
					return
				}
			}
			done <- nil
		}()
	}
	for range 4 {
		check(t, <-done)
	}
	one, _ := b.Balance(context.Background(), "AAAA2220")
	two, _ := b.Balance(context.Background(), "AAAA2221")
	if one.Points+two.Points != 60*50 {
		t.Errorf("%d and %d points of 60 cards", one.Points, two.Points)
	}
	b.clean()
}
