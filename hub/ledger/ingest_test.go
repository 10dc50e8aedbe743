package ledger_test

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"testing"

	"pointkiosk/cards"
	"pointkiosk/hub/ledger"
)

// verdicts lists what a receipt says, as "accepted" or "disputed step".
func verdicts(r cards.Receipt) (list []string) {
	for _, j := range r.Judgements {
		text := string(j.Verdict)
		if j.Reason != "" {
			text += " " + j.Reason
		}
		list = append(list, text)
	}
	return list
}

// garble changes one bit of a record.
func garble(r cards.Record) cards.Record {
	r.Data = bytes.Clone(r.Data)
	r.Data[len(r.Data)-1] ^= 1
	return r
}

func TestVerdicts(t *testing.T) {
	for _, tt := range []struct {
		name   string
		write  func(*book) []cards.Record
		want   []string
		cursor uint64
	}{
		{"a card's whole story", func(b *book) []cards.Record {
			return append([]cards.Record{b.kiosk.write(cards.Entry{State: cards.Begun, Journal: make([]byte, 16)})},
				b.kiosk.steps(b.card(b.cards, 1), cards.Signed, cards.Printing, cards.Uncertain, cards.Printing, cards.Printed)...)
		}, []string{"accepted", "accepted", "accepted", "accepted", "accepted", "accepted"}, 6},
		{"the same twice in one upload", func(b *book) []cards.Record {
			r := b.kiosk.step(cards.Signed, b.card(b.cards, 1))
			return []cards.Record{r, r}
		}, []string{"accepted"}, 1},
		{"a number twice", func(b *book) []cards.Record {
			return b.kiosk.steps(b.card(b.cards, 1), cards.Signed, cards.Signed)
		}, []string{"accepted", "disputed step"}, 2},
		{"printed without printing", func(b *book) []cards.Record {
			return b.kiosk.steps(b.card(b.cards, 1), cards.Signed, cards.Printed)
		}, []string{"accepted", "disputed step"}, 2},
		{"a number beyond the count", func(b *book) []cards.Record {
			return b.kiosk.steps(forge(b.t, b.cards.Claims(101), key("l")), cards.Signed)
		}, []string{"disputed outside"}, 1},
		{"no such allotment", func(b *book) []cards.Record {
			c := b.cards.Claims(1)
			c.Allotment = 99
			return b.kiosk.steps(forge(b.t, c, key("l")), cards.Signed)
		}, []string{"disputed outside"}, 1},
		{"the practice allotment", func(b *book) []cards.Record {
			return b.kiosk.steps(b.card(b.sample, 1), cards.Signed)
		}, []string{"disputed outside"}, 1},
		{"a bad record holds up nothing", func(b *book) []cards.Record {
			r := b.kiosk.steps(b.card(b.cards, 1), cards.Signed, cards.Printing)
			return append([]cards.Record{garble(r[0]), r[1]}, b.kiosk.steps(b.card(b.cards, 2), cards.Signed, cards.Printing)...)
		}, []string{"disputed signature", "disputed step", "accepted", "accepted"}, 4},
		{"not an entry", func(b *book) []cards.Record {
			r := b.kiosk.steps(b.card(b.cards, 1), cards.Signed, cards.Printing)
			r[0].Data = []byte("rubbish")
			return r
		}, []string{"disputed unreadable", "disputed step"}, 2},
		{"an entry of another place", func(b *book) []cards.Record {
			r := b.kiosk.steps(b.card(b.cards, 1), cards.Signed, cards.Printing)
			return []cards.Record{{Seq: 1, Data: r[1].Data}}
		}, []string{"disputed unreadable"}, 1},
		{"another kiosk's entry", func(b *book) []cards.Record {
			other := b.enrol("station-2", key("m"), key("q"))
			return other.steps(b.card(b.cards, 1), cards.Signed)
		}, []string{"disputed signature"}, 1},
		{"no place", func(b *book) []cards.Record {
			return []cards.Record{{Seq: 0, Data: []byte("?")}, {Seq: 1 << 63, Data: []byte("?")}, b.kiosk.step(cards.Signed, b.card(b.cards, 1))}
		}, []string{"disputed place", "disputed place", "accepted"}, 1},
		{"a chain that does not follow", func(b *book) []cards.Record {
			r := b.kiosk.steps(b.card(b.cards, 1), cards.Signed)
			b.kiosk.prev = make([]byte, 32)
			return append(r, b.kiosk.step(cards.Printing, b.card(b.cards, 1)))
		}, []string{"accepted", "disputed chain"}, 2},
		{"begun twice", func(b *book) []cards.Record {
			begun := cards.Entry{State: cards.Begun, Journal: make([]byte, 16)}
			return []cards.Record{b.kiosk.write(begun), b.kiosk.write(begun)}
		}, []string{"accepted", "disputed begun"}, 2},
		{"a void that the hub did not decide", func(b *book) []cards.Record {
			return b.kiosk.steps(b.card(b.cards, 1), cards.Signed, cards.Printing, cards.Printed, cards.VoidAsked, cards.Honoured)
		}, []string{"accepted", "accepted", "accepted", "accepted", "disputed outcome"}, 5},
		{"a gap waits", func(b *book) []cards.Record {
			return b.kiosk.steps(b.card(b.cards, 1), cards.Signed, cards.Printing, cards.Printed)[1:]
		}, nil, 0},
		{"backwards", func(b *book) []cards.Record {
			r := b.kiosk.steps(b.card(b.cards, 1), cards.Signed, cards.Printing, cards.Printed)
			slices.Reverse(r)
			return r
		}, []string{"accepted", "accepted", "accepted"}, 3},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBook(t)
			records := tt.write(b)
			r := b.take(b.kiosk, records...)
			if got := verdicts(r); !slices.Equal(got, tt.want) {
				t.Errorf("verdicts %q, want %q", got, tt.want)
			}
			if r.Cursor != tt.cursor {
				t.Errorf("cursor %d, want %d", r.Cursor, tt.cursor)
			}
			b.clean()
			again := b.take(b.kiosk, records...)
			if again.Cursor != r.Cursor || !bytes.Equal(again.Head, r.Head) {
				t.Errorf("again: cursor %d, head %x", again.Cursor, again.Head)
			}
			for n, v := range verdicts(again) {
				if v == "accepted" {
					t.Errorf("again: record %d accepted a second time", n)
				}
			}
			b.clean()
		})
	}
}

// A repeated record has its verdict again: a lost answer loses no dispute.
func TestRepeated(t *testing.T) {
	b := newBook(t)
	records := b.kiosk.steps(b.card(b.cards, 1), cards.Signed, cards.Printed)
	b.take(b.kiosk, records...)
	if got, want := verdicts(b.take(b.kiosk, records...)), []string{"duplicate", "disputed step"}; !slices.Equal(got, want) {
		t.Errorf("again %q, want %q", got, want)
	}
}

// Two entries under one number stop the kiosk until a person clears it.
func TestConflictStops(t *testing.T) {
	b := newBook(t)
	ctx := context.Background()
	clone := *b.kiosk
	b.take(b.kiosk, b.kiosk.steps(b.card(b.cards, 1), cards.Signed)...)
	other := clone.steps(b.card(b.cards, 2), cards.Signed)
	for n := range 3 {
		r := b.take(b.kiosk, other...)
		if got := verdicts(r); !slices.Equal(got, []string{"conflict conflict"}) || r.Stop != ledger.StopConflict {
			t.Fatalf("%d: %q, stop %q", n, got, r.Stop)
		}
	}
	if r := b.ask(b.kiosk, cards.Upload{}); r.Stop != ledger.StopConflict || len(r.Allotments) != 0 {
		t.Errorf("later: stop %q, %d allotments", r.Stop, len(r.Allotments))
	}
	alarms, err := b.Alarms(ctx)
	if err != nil || len(alarms) != 1 || alarms[0].Kind != "conflict" || alarms[0].Seq != 1 {
		t.Errorf("alarms %+v, %v", alarms, err)
	}
	kept := 0
	check(t, b.db.QueryRow(`SELECT COUNT(*) FROM entry_aside WHERE data = $1`, other[0].Data).Scan(&kept))
	if kept != 1 {
		t.Errorf("the other entry is kept %d times", kept)
	}
	check(t, b.Clear(ctx, "station-1", "佐藤"))
	if r := b.take(b.kiosk, other...); r.Stop != "" {
		t.Errorf("after it was cleared the same record stops it again: %q", r.Stop)
	}
	if err := b.Clear(ctx, "station-1", "佐藤"); !errors.Is(err, ledger.ErrBadRequest) {
		t.Errorf("cleared twice: %v", err)
	}
	b.clean()
}

// A clone that goes on where the other stood is found by the chain.
func TestForkStops(t *testing.T) {
	b := newBook(t)
	clone := *b.kiosk
	b.take(b.kiosk, b.kiosk.steps(b.card(b.cards, 1), cards.Signed)...)
	clone.step(cards.Signed, b.card(b.cards, 2)) // never sent
	r := b.take(b.kiosk, clone.step(cards.Signed, b.card(b.cards, 3)))
	if got := verdicts(r); !slices.Equal(got, []string{"disputed chain"}) || r.Stop != ledger.StopConflict {
		t.Errorf("%q, stop %q", got, r.Stop)
	}
}

func TestVoidAsked(t *testing.T) {
	printed := []cards.State{cards.Signed, cards.Printing, cards.Printed}
	for _, tt := range []struct {
		name  string
		claim bool
		want  cards.State
	}{
		{"not redeemed", false, cards.Void},
		{"redeemed", true, cards.Honoured},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBook(t)
			card := b.card(b.cards, 1)
			b.take(b.kiosk, b.kiosk.steps(card, printed...)...)
			if tt.claim {
				_, err := b.Claim(context.Background(), card, "AAAA2222")
				check(t, err)
			}
			asked := cards.Upload{Asked: []cards.Serial{card.Serial()}}
			if r := b.ask(b.kiosk, asked); len(r.Outcomes) != 0 {
				t.Errorf("an answer before the question: %v", r.Outcomes)
			}
			asked.Records = b.kiosk.steps(card, cards.VoidAsked)
			want := []cards.Outcome{{Allotment: card.Allotment, Number: card.Number, State: tt.want}}
			for range 2 {
				if r := b.ask(b.kiosk, asked); !slices.Equal(r.Outcomes, want) {
					t.Errorf("outcomes %v, want %v", r.Outcomes, want)
				}
			}
			if got := verdicts(b.take(b.kiosk, b.kiosk.steps(card, tt.want)...)); !slices.Equal(got, []string{"accepted"}) {
				t.Errorf("the outcome said again: %q", got)
			}
			if alarms, _ := b.Alarms(context.Background()); len(alarms) != 0 {
				t.Errorf("alarms %v", alarms)
			}
			b.clean()
		})
	}
}

// Nobody learns of another kiosk's cards.
func TestAskedOfAnother(t *testing.T) {
	b := newBook(t)
	other := b.enrol("station-2", key("m"), key("q"))
	card := b.card(b.cards, 1)
	b.take(b.kiosk, b.kiosk.steps(card, cards.Signed, cards.Printing, cards.Printed, cards.VoidAsked)...)
	if r := b.ask(other, cards.Upload{Asked: []cards.Serial{card.Serial(), {Allotment: 999, Number: 1}}}); len(r.Outcomes) != 0 {
		t.Errorf("outcomes %v", r.Outcomes)
	}
}

func TestRedeemedButNeverPrinted(t *testing.T) {
	b := newBook(t)
	card := b.card(b.cards, 1)
	_, err := b.Claim(context.Background(), card, "AAAA2222")
	check(t, err)
	b.take(b.kiosk, b.kiosk.steps(card, cards.Signed, cards.Void)...)
	alarms, err := b.Alarms(context.Background())
	if err != nil || len(alarms) != 1 || alarms[0].Kind != "never printed" || alarms[0].Serial != card.Serial() {
		t.Errorf("alarms %+v, %v", alarms, err)
	}
	b.clean()
}

// The record that comes after the claim must be of the same card.
func TestDigestMustMatch(t *testing.T) {
	b := newBook(t)
	card, other := b.card(b.cards, 1), b.card(b.cards, 2)
	_, err := b.Claim(context.Background(), card, "AAAA2222")
	check(t, err)
	digest := other.Digest()
	r := b.take(b.kiosk, b.kiosk.write(cards.Entry{State: cards.Signed, Allotment: card.Allotment, Number: card.Number, Digest: digest[:]}))
	if got := verdicts(r); !slices.Equal(got, []string{"disputed digest"}) {
		t.Errorf("%q", got)
	}
	if alarms, _ := b.Alarms(context.Background()); len(alarms) != 1 || alarms[0].Kind != "digest" {
		t.Errorf("alarms %+v", alarms)
	}
	b.clean()
}

func TestReceiptBrings(t *testing.T) {
	b := newBook(t)
	r := b.ask(b.kiosk, cards.Upload{})
	list, err := cards.OpenTrustList(r.Trust, b.TrustKey())
	check(t, err)
	var got []uint32
	for _, sealed := range r.Allotments {
		a, err := cards.OpenAllotment(sealed, list)
		check(t, err)
		got = append(got, a.ID)
	}
	if want := []uint32{b.cards.ID, b.walk.ID}; !slices.Equal(got, want) {
		t.Errorf("allotments %v, want %v", got, want)
	}
	r = b.ask(b.kiosk, cards.Upload{Trust: list.Version, Held: got})
	if r.Trust != nil || len(r.Allotments) != 0 {
		t.Errorf("brings again what is held")
	}
	b.set(held.End())
	if r = b.ask(b.kiosk, cards.Upload{}); len(r.Allotments) != 0 {
		t.Errorf("brings allotments of yesterday")
	}
	check(t, b.Revoke(context.Background(), ledger.Revocation{Kiosk: "station-1", How: cards.Retired}))
	r = b.ask(b.kiosk, cards.Upload{Trust: list.Version})
	newer, err := cards.OpenTrustList(r.Trust, b.TrustKey())
	if err != nil || r.Stop != ledger.StopRevoked || newer.Version != list.Version+1 || newer.Follows(list) != nil {
		t.Errorf("stop %q, version %d after %d, %v", r.Stop, newer.Version, list.Version, err)
	}
	sealed, err := b.SealReceipt(r)
	check(t, err)
	var opened cards.Receipt
	if _, err := cards.Open(sealed, cards.PaperReceipt, newer.Hub, &opened); err != nil || opened.Cursor != r.Cursor {
		t.Errorf("receipt: %+v, %v", opened, err)
	}
}

func TestUploadRefused(t *testing.T) {
	b := newBook(t)
	stranger := &pen{t: t, key: cards.SigningKey{ID: 77, Private: key("x")}}
	forger := &pen{t: t, key: cards.SigningKey{ID: b.kiosk.key.ID, Private: key("x")}}
	sample := &pen{t: t, key: cards.SigningKey{ID: b.sample.Key, Private: key("p")}}
	entry, err := cards.Seal(b.kiosk.key, cards.PaperEntry, cards.Upload{})
	check(t, err)
	for _, tt := range []struct {
		name   string
		sealed []byte
		want   error
	}{
		{"nothing", nil, ledger.ErrUpload},
		{"rubbish", []byte("rubbish"), ledger.ErrUpload},
		{"unknown key", stranger.upload(cards.Upload{}), ledger.ErrUpload},
		{"forged", forger.upload(cards.Upload{}), ledger.ErrUpload},
		{"practice key", sample.upload(cards.Upload{}), ledger.ErrUpload},
		{"another paper", entry, ledger.ErrUpload},
		{"too many records", b.kiosk.upload(cards.Upload{Records: make([]cards.Record, ledger.MaxRecords+1)}), ledger.ErrTooLarge},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := b.Ingest(context.Background(), tt.sealed); !errors.Is(err, tt.want) {
				t.Errorf("Ingest = %v, want %v", err, tt.want)
			}
		})
	}
}
