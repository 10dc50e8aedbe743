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
)

// stolen is a book whose kiosk was stolen: cards 1 and 2 of the walk were
// heard of in time, 3 and 4 after entry since, the others come later.
func stolen(t testing.TB) *book {
	b := newBook(t)
	for n := range uint32(4) {
		b.take(b.kiosk, b.kiosk.steps(b.card(b.walk, n+1), cards.Signed)...)
	}
	check(t, b.Revoke(context.Background(), ledger.Revocation{Kiosk: "station-1", How: cards.Compromised, Since: 3}))
	return b
}

// late uploads the entries of a card after the revocation.
func (b *book) late(n uint32, states ...cards.State) {
	b.t.Helper()
	for _, v := range verdicts(b.take(b.kiosk, b.kiosk.steps(b.card(b.walk, n), states...)...)) {
		if v != "disputed revoked" {
			b.t.Fatalf("card %d is %s", n, v)
		}
	}
}

// keep claims a card whose claim is kept.
func (b *book) keep(a cards.Allotment, n uint32, account string) {
	b.t.Helper()
	if _, err := b.Claim(context.Background(), b.card(a, n), account); why(b.t, err) != ledger.Revoked {
		b.t.Fatalf("claim of %d: %v", n, err)
	}
}

func (b *book) serial(n uint32) cards.Serial {
	return cards.Serial{Allotment: b.walk.ID, Number: n}
}

// settle decides on cards of the walk by their serials.
func (b *book) settle(accept bool, numbers ...uint32) ledger.Verdict {
	b.t.Helper()
	d := ledger.Decision{Accept: accept, Cards: len(numbers), Person: "佐藤", Reason: "名簿と合う"}
	for _, n := range numbers {
		d.Serials = append(d.Serials, b.serial(n))
	}
	v, err := b.Decide(context.Background(), d)
	check(b.t, err)
	return v
}

func TestDisputes(t *testing.T) {
	b := stolen(t)
	at := b.clock()
	b.set(at.Add(time.Hour))
	b.late(5, cards.Signed, cards.Printing, cards.Printed)
	b.late(2, cards.Printing, cards.Printed) // good already, and stays so
	b.late(6, cards.Signed)
	b.set(at.Add(2 * time.Hour))
	b.keep(b.walk, 6, "AAAA2222")
	b.keep(b.walk, 9, "AAAA2222")
	b.keep(b.walk, 9, "BBBB2222")
	b.keep(b.cards, 9, "AAAA2222")
	_, err := b.Claim(context.Background(), b.card(b.walk, 1), "CCCC2222")
	check(t, err)
	list, err := b.Disputes(context.Background())
	check(t, err)
	if len(list) != 2 {
		t.Fatalf("%+v", list)
	}
	if d := list[0]; d.Allotment.ID != b.cards.ID || len(d.Cards) != 1 || d.Yen() != 200 || d.Claims != 1 || !slices.Equal(d.Why, []string{ledger.WhyUnheard}) {
		t.Errorf("%+v", d)
	}
	d := list[1]
	if d.Kiosk != "station-1" || d.Key != b.walk.Key || d.First != 3 || d.Last != 10 || d.Entries != 6 || d.Claims != 3 || d.Yen() != 250 || !d.Since.Equal(at) ||
		!slices.Equal(d.Why, []string{ledger.WhyLate, ledger.WhySince, ledger.WhyUnheard}) {
		t.Errorf("%+v", d)
	}
	var numbers []uint32
	for _, c := range d.Cards {
		numbers = append(numbers, c.Serial.Number)
	}
	if !slices.Equal(numbers, []uint32{3, 4, 5, 6, 9}) || d.Cards[2].Entries != 3 || !d.Cards[2].Since.Equal(at.Add(time.Hour)) || d.Cards[4].Claims != 2 {
		t.Errorf("%+v", d.Cards)
	}
	b.clean()
}

// What a decision makes of a card, by what came before it.
func TestDecide(t *testing.T) {
	printed := []cards.State{cards.Signed, cards.Printing, cards.Printed}
	for _, tt := range []struct {
		name             string
		before           func(*book)
		accepted         ledger.Verdict // of accept; cards and yen are always 1 and 50
		claim            ledger.Refusal // after accept
		refused          ledger.Verdict
		refusal          ledger.Refusal // after refuse
		number           uint32
		account, another int64 // points of AAAA2222 and BBBB2222 after accept, and the claim of BBBB2222
	}{
		{"heard of later", func(b *book) { b.late(7, printed...) }, ledger.Verdict{Good: 1}, "", ledger.Verdict{Refused: 1}, ledger.ByPerson, 7, 0, 50},
		{"heard of since", func(b *book) {}, ledger.Verdict{Good: 1}, "", ledger.Verdict{Refused: 1}, ledger.ByPerson, 3, 0, 50},
		{"claimed, never heard of", func(b *book) { b.keep(b.walk, 7, "AAAA2222") },
			ledger.Verdict{Good: 1, Redeemed: 1}, ledger.Used, ledger.Verdict{Refused: 1, Left: 1}, ledger.ByPerson, 7, 50, 0},
		{"claimed, then heard of", func(b *book) { b.keep(b.walk, 7, "AAAA2222"); b.late(7, printed...) },
			ledger.Verdict{Good: 1, Redeemed: 1}, ledger.Used, ledger.Verdict{Refused: 1, Left: 1}, ledger.ByPerson, 7, 50, 0},
		{"heard of, then claimed by two", func(b *book) {
			b.late(7, printed...)
			b.keep(b.walk, 7, "AAAA2222")
			b.set(b.clock().Add(time.Second))
			b.keep(b.walk, 7, "BBBB2222")
		}, ledger.Verdict{Good: 1, Redeemed: 1, Left: 1}, ledger.Used, ledger.Verdict{Refused: 1, Left: 2}, ledger.ByPerson, 7, 50, 0},
		{"claimed by the one who asks again", func(b *book) { b.keep(b.walk, 3, "BBBB2222") },
			ledger.Verdict{Good: 1, Redeemed: 1}, "", ledger.Verdict{Refused: 1, Left: 1}, ledger.ByPerson, 3, 0, 50},
		{"never left the kiosk", func(b *book) { b.late(7, cards.Signed, cards.Void) },
			ledger.Verdict{Void: 1}, ledger.VoidCard, ledger.Verdict{Refused: 1}, ledger.ByPerson, 7, 0, 0},
		{"asked back and claimed", func(b *book) { b.late(7, append(printed, cards.VoidAsked)...); b.keep(b.walk, 7, "AAAA2222") },
			ledger.Verdict{Void: 1, Left: 1}, ledger.VoidCard, ledger.Verdict{Refused: 1, Left: 1}, ledger.ByPerson, 7, 0, 0},
		{"good, asked back later", func(b *book) { b.late(2, cards.Printing, cards.Printed, cards.VoidAsked) },
			ledger.Verdict{Void: 1}, ledger.VoidCard, ledger.Verdict{Good: 1}, "", 2, 0, 0},
		{"good, void in no way it can be", func(b *book) { b.late(2, cards.VoidAsked) },
			ledger.Verdict{Good: 1}, "", ledger.Verdict{Good: 1}, "", 2, 0, 50},
		{"another card was claimed than journalled", func(b *book) {
			b.take(b.kiosk, b.kiosk.write(cards.Entry{State: cards.Signed, Allotment: b.walk.ID, Number: 7, Digest: make([]byte, 32)}))
			b.keep(b.walk, 7, "AAAA2222")
		}, ledger.Verdict{Good: 1, Left: 1}, ledger.Outside, ledger.Verdict{Refused: 1, Left: 1}, ledger.ByPerson, 7, 0, 0},
	} {
		for _, accept := range []bool{true, false} {
			t.Run(fmt.Sprint(tt.name, accept), func(t *testing.T) {
				b := stolen(t)
				tt.before(b)
				want, refusal := tt.accepted, tt.claim
				if !accept {
					want, refusal = tt.refused, tt.refusal
				}
				want.Decision, want.Cards, want.Yen = 1, 1, 50
				if v := b.settle(accept, tt.number); v != want {
					t.Errorf("%+v, want %+v", v, want)
				}
				b.clean()
				_, err := b.Claim(context.Background(), b.card(b.walk, tt.number), "BBBB2222")
				if got := why(t, err); got != refusal {
					t.Errorf("claim: %q, want %q", got, refusal)
				}
				_, err = b.Look(context.Background(), b.card(b.walk, tt.number))
				if got := why(t, err); got != refusal && refusal != ledger.Used && refusal != ledger.Outside {
					t.Errorf("look: %q, want %q", got, refusal)
				}
				if accept {
					b.holds("AAAA2222", tt.account)
					b.holds("BBBB2222", tt.another)
				}
				if list, err := b.Disputes(context.Background()); err != nil || len(list) == 1 && slices.ContainsFunc(list[0].Cards, func(c ledger.DisputedCard) bool { return c.Serial.Number == tt.number }) {
					t.Errorf("still disputed: %+v, %v", list, err)
				}
				b.clean()
			})
		}
	}
}

func (b *book) holds(account string, want int64) {
	b.t.Helper()
	if got, err := b.Balance(context.Background(), account); err != nil || got.Points != want {
		b.t.Errorf("%s holds %d points, want %d; %v", account, got.Points, want, err)
	}
}

// Once a day holds for kept claims too: the next who claimed the card has it.
func TestKeptClaimsOnceADay(t *testing.T) {
	b := newBook(t)
	_, err := b.Claim(context.Background(), b.card(b.cards, 1), "AAAA2222")
	check(t, err)
	check(t, b.Revoke(context.Background(), ledger.Revocation{Kiosk: "station-1", How: cards.Compromised}))
	for _, account := range []string{"AAAA2222", "BBBB2222", "CCCC2222"} {
		b.keep(b.cards, 2, account)
		b.set(b.clock().Add(time.Second))
	}
	b.keep(b.cards, 3, "BBBB2222")
	for n := range uint32(2) {
		_, err = b.Decide(context.Background(), ledger.Decision{Accept: true, Serials: []cards.Serial{{Allotment: b.cards.ID, Number: n + 2}}, Cards: 1, Person: "佐藤", Reason: "ok"})
		check(t, err)
	}
	b.holds("AAAA2222", 200)
	b.holds("BBBB2222", 200)
	b.holds("CCCC2222", 0)
	b.clean()
}

// A card claimed in time does not lapse while it waits for a person.
func TestKeptClaimDoesNotLapse(t *testing.T) {
	for _, accept := range []bool{true, false} {
		b := stolen(t)
		b.keep(b.walk, 3, "AAAA2222")
		b.set(b.walk.Expires.End().Add(time.Hour))
		if _, err := b.Claim(context.Background(), b.card(b.walk, 4), "AAAA2222"); why(t, err) != ledger.Lapsed {
			t.Errorf("a claim too late: %v", err)
		}
		if n, err := b.Lapse(context.Background()); n != 3 || err != nil {
			t.Errorf("%d lapsed, %v", n, err)
		}
		b.settle(accept, 3)
		b.holds("AAAA2222", map[bool]int64{true: 50}[accept])
		if n, err := b.Lapse(context.Background()); n != 0 || err != nil {
			t.Errorf("%d lapsed, %v", n, err)
		}
		b.clean()
	}
}

// By entries: those in the range, and nothing that the person did not see.
func TestDecideByEntries(t *testing.T) {
	b := stolen(t)
	b.late(5, cards.Signed, cards.Printing) // entries 5 and 6
	b.late(6, cards.Signed)                 // 7
	ctx := context.Background()
	d := ledger.Decision{Accept: true, Kiosk: "station-1", From: 4, To: 6, Person: "佐藤", Reason: "会場の名簿"}
	seen := (*ledger.SeenError)(nil)
	if _, err := b.Decide(ctx, d); !errors.As(err, &seen) || seen.Cards != 2 || seen.Yen != 100 {
		t.Fatalf("without having seen: %v", err)
	}
	d.Cards = 2
	v, err := b.Decide(ctx, d)
	if err != nil || v.Cards != 2 || v.Good != 2 {
		t.Errorf("%+v, %v", v, err)
	}
	if _, err := b.Decide(ctx, d); !errors.Is(err, ledger.ErrBadRequest) {
		t.Errorf("decided twice: %v", err)
	}
	list, err := b.Disputes(ctx)
	if err != nil || len(list) != 1 || len(list[0].Cards) != 2 {
		t.Errorf("left: %+v, %v", list, err)
	}
	kiosks, err := b.Kiosks(ctx)
	if err != nil || kiosks[0].AtRisk != 4*50 {
		t.Errorf("at risk %d, %v: two in time, two accepted", kiosks[0].AtRisk, err)
	}
	var lines []ledger.DecisionLine
	check(t, b.ExportDecisions(ctx, func(l ledger.DecisionLine) error { lines = append(lines, l); return nil }))
	if len(lines) != 1 || lines[0].Person != "佐藤" || lines[0].Kiosk != "station-1" || lines[0].First != 4 || lines[0].Last != 6 || lines[0].Yen != 100 ||
		len(lines[0].Of) != 2 || lines[0].Of[1] != (ledger.DecidedLine{Serial: b.serial(5).String(), Outcome: "good"}) {
		t.Errorf("%+v", lines)
	}
	b.clean()
}

func TestDecideRefuses(t *testing.T) {
	b := stolen(t)
	good := ledger.Decision{Kiosk: "station-1", From: 1, To: 9, Cards: 2, Person: "佐藤", Reason: "r"}
	for name, mend := range map[string]func(*ledger.Decision){
		"nobody":             func(d *ledger.Decision) { d.Person = "" },
		"no reason":          func(d *ledger.Decision) { d.Reason = "" },
		"nothing":            func(d *ledger.Decision) { d.Kiosk = "" },
		"both ways":          func(d *ledger.Decision) { d.Serials = []cards.Serial{b.serial(3)} },
		"no entries":         func(d *ledger.Decision) { d.From = 0 },
		"backwards":          func(d *ledger.Decision) { d.To = 0 },
		"another kiosk":      func(d *ledger.Decision) { d.Kiosk = "station-2" },
		"another key":        func(d *ledger.Decision) { d.Key = 1 },
		"none in range":      func(d *ledger.Decision) { d.From = 5 },
		"a card in time":     func(d *ledger.Decision) { d.Kiosk, d.Serials, d.Cards = "", []cards.Serial{b.serial(1)}, 1 },
		"a card never heard": func(d *ledger.Decision) { d.Kiosk, d.Serials, d.Cards = "", []cards.Serial{b.serial(50)}, 1 },
		"a card twice":       func(d *ledger.Decision) { d.Kiosk, d.Serials = "", []cards.Serial{b.serial(3), b.serial(3)} },
	} {
		d := good
		mend(&d)
		if _, err := b.Decide(context.Background(), d); !errors.Is(err, ledger.ErrBadRequest) {
			t.Errorf("%s: %v", name, err)
		}
	}
	v, err := b.Decide(context.Background(), good)
	if err != nil || v.Refused != 2 {
		t.Errorf("%+v, %v", v, err)
	}
	b.clean()
}

// An entry that the hub had in time, but not those before it, vouches once they
// are there; a person who refused the card meanwhile has the last word.
func TestEntryThatWaitedForOthers(t *testing.T) {
	for _, refused := range []bool{false, true} {
		b := newBook(t)
		gap := b.kiosk.steps(b.card(b.walk, 1), cards.Signed)
		b.take(b.kiosk, b.kiosk.steps(b.card(b.walk, 2), cards.Signed)...)
		check(t, b.Revoke(context.Background(), ledger.Revocation{Kiosk: "station-1", How: cards.Compromised}))
		b.keep(b.walk, 2, "AAAA2222")
		want := ledger.Refusal("")
		if refused {
			b.settle(false, 2)
			want = ledger.ByPerson
		}
		if got := verdicts(b.take(b.kiosk, gap...)); !slices.Equal(got, []string{"disputed revoked", "accepted"}) {
			t.Errorf("%q", got)
		}
		b.clean()
		if _, err := b.Claim(context.Background(), b.card(b.walk, 2), "AAAA2222"); why(t, err) != want {
			t.Errorf("refused %v: %v", refused, err)
		}
		b.clean()
	}
}

// Whenever entries, claims, retries and decisions come, every invariant holds,
// no card is worth more than once, and what was accepted is what it is worth.
func TestDecisionsInAnyOrder(t *testing.T) {
	for seed := range seeds(5) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			rnd := rand.New(rand.NewPCG(seed, 7))
			b := stolen(t)
			var records []cards.Record
			for n := uint32(3); n < 12; n++ {
				stories := [][]cards.State{{cards.Signed, cards.Printing, cards.Printed}, {cards.Signed, cards.Void}, {cards.Signed},
					{cards.Signed, cards.Printing, cards.Printed, cards.VoidAsked}, {}}
				records = append(records, b.kiosk.steps(b.card(b.walk, n), stories[rnd.IntN(len(stories))]...)...)
			}
			verdict := map[uint32]string{}
			for range 60 {
				n := 1 + rnd.Uint32N(12)
				switch rnd.IntN(6) {
				case 0, 1:
					from := rnd.IntN(len(records))
					b.take(b.kiosk, records[from:min(len(records), from+1+rnd.IntN(6))]...)
				case 2, 3:
					_, err := b.Claim(context.Background(), b.card(b.walk, n), fmt.Sprintf("AAAA22%02d", rnd.IntN(5)))
					if got := why(t, err); (got == "") && n > 2 && verdict[n] != "accepted" {
						t.Errorf("card %d, %q, gave points", n, verdict[n])
					}
				case 4:
					accept := rnd.IntN(2) == 0
					_, err := b.Decide(context.Background(), ledger.Decision{Accept: accept, Serials: []cards.Serial{b.serial(n)}, Cards: 1, Person: "佐藤", Reason: "r"})
					if err == nil {
						verdict[n] = map[bool]string{true: "accepted", false: "refused"}[accept]
					} else if !errors.Is(err, ledger.ErrBadRequest) {
						t.Fatal(err)
					}
				case 5:
					b.set(b.clock().Add(time.Duration(rnd.IntN(100)) * time.Minute))
				}
				b.clean()
			}
			b.set(b.walk.Expires.End().Add(time.Hour))
			_, err := b.Lapse(context.Background())
			check(t, err)
			b.clean()
		})
	}
}
