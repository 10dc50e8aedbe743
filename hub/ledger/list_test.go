package ledger_test

import (
	"context"
	"maps"
	"testing"

	"pointkiosk/cards"
	"pointkiosk/hub/ledger"
)

// votes is a book with a card of each kind: 1 printed, 2 presumed, 3 uncertain,
// 4 redeemed, 5 void, 6 honoured, 7 redeemed and never heard of, 8 signed, 9
// and 10 honoured too, of which 10 was asked for by another person.
func votes(t *testing.T) *book {
	b := newBook(t)
	printing := []cards.State{cards.Signed, cards.Printing}
	for n, last := range map[uint32][]cards.State{
		1: append(printing, cards.Printed), 2: append(printing[:2:2], cards.Presumed), 3: append(printing[:2:2], cards.Uncertain),
		4: append(printing[:2:2], cards.Printed), 8: {cards.Signed},
	} {
		b.take(b.kiosk, b.kiosk.steps(b.card(b.walk, n), last...)...)
	}
	for _, n := range []uint32{4, 7} {
		_, err := b.Claim(context.Background(), b.card(b.walk, n), "AAAA2222")
		check(t, err)
	}
	for n, who := range map[uint32]string{5: "佐藤", 6: "佐藤", 9: "佐藤", 10: "鈴木"} {
		b.take(b.kiosk, b.kiosk.steps(b.card(b.walk, n), append(printing[:2:2], cards.Printed)...)...)
		if n != 5 {
			_, err := b.Claim(context.Background(), b.card(b.walk, n), "BBBB2222")
			check(t, err)
		}
		b.take(b.kiosk, b.kiosk.write(cards.Entry{State: cards.VoidAsked, Allotment: b.walk.ID, Number: n, Operator: who, Reason: "紙がない"}))
	}
	return b
}

func TestKiosksCountCards(t *testing.T) {
	b := votes(t)
	kiosks, err := b.Kiosks(context.Background())
	check(t, err)
	c := kiosks[0].Cards
	if c.Issued != 10 || c.Redeemed != 5 || c.Void != 1 || c.Lapsed != 0 || c.Outstanding() != 4 || c.Honoured != 3 {
		t.Errorf("%+v", c)
	}
	if want := map[cards.State]uint32{cards.Printed: 2, cards.Presumed: 1, cards.Uncertain: 1, cards.Signed: 1}; !maps.Equal(c.Paper, want) {
		t.Errorf("papers %v, want %v", c.Paper, want)
	}
	b.set(b.walk.Expires.End())
	if _, err := b.Lapse(context.Background()); err != nil {
		t.Fatal(err)
	}
	kiosks, err = b.Kiosks(context.Background())
	check(t, err)
	if c = kiosks[0].Cards; c.Lapsed != 4 || c.Outstanding() != 0 || c.Paper[cards.Uncertain] != 1 {
		t.Errorf("%+v", c)
	}
}

// Who asked to void a card that had been redeemed (DECISIONS 13).
func TestHonouredCards(t *testing.T) {
	b := votes(t)
	list, err := b.HonouredCards(context.Background())
	check(t, err)
	of := map[string]ledger.Honoured{}
	for _, h := range list {
		of[h.Operator] = h
	}
	if len(list) != 2 || of["佐藤"].Points != 100 || len(of["佐藤"].Cards) != 2 || of["鈴木"].Points != 50 || of["鈴木"].Kiosk != "station-1" {
		t.Fatalf("%+v", list)
	}
	if c := of["鈴木"].Cards[0]; c.Serial != b.serial(10) || c.Reason != "紙がない" || c.Key != b.walk.Key || c.Entry == 0 || !c.Redeemed.Equal(b.clock()) {
		t.Errorf("%+v", c)
	}
}
