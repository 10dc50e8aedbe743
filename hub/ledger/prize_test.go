package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"pointkiosk/cards"
	"pointkiosk/hub/ledger"
)

// A shelf is a book with two prizes, 5 bags of 150 points and one pot of 400,
// and 10 cards of 100 points to pay a surplus back.
type shelf struct {
	*book
	change cards.Allotment
}

func newShelf(t testing.TB) *shelf {
	b := newBook(t)
	ctx := context.Background()
	for _, p := range []ledger.Prize{
		{ID: "bag", Scheme: "らづポイント", Name: cards.Text{Ja: "マイバッグ", En: "Shopping bag"}, Points: 150, Stock: 5},
		{ID: "pot", Scheme: "らづポイント", Name: cards.Text{Ja: "なべ"}, Points: 400, Stock: 1},
	} {
		check(t, b.AddPrize(ctx, p, "佐藤"))
	}
	check(t, b.AddEvent(ctx, event("change", 100, false)))
	return &shelf{book: b, change: b.grant(ledger.Grant{Kiosk: "station-1", Event: "change", Count: 10})}
}

func (b *book) texts(list ...cards.Card) (texts []string) {
	for _, c := range list {
		texts = append(texts, c.Text())
	}
	return texts
}

func (b *shelf) looks(list ...cards.Card) cards.PrizeOffer {
	b.t.Helper()
	o, err := b.LookPrizes(context.Background(), b.kiosk.key.ID, cards.PrizeLook{Cards: b.texts(list...), Nonce: requestID()})
	check(b.t, err)
	return o
}

func (b *shelf) takes(p cards.PrizeTake) cards.PrizeAnswer {
	b.t.Helper()
	a, err := b.TakePrize(context.Background(), b.kiosk.key.ID, p)
	check(b.t, err)
	return a
}

// stock is what is left of a prize.
func (b *shelf) stock(id string) int64 {
	b.t.Helper()
	list, err := b.Prizes(context.Background())
	check(b.t, err)
	n := slices.IndexFunc(list, func(p ledger.Prize) bool { return p.ID == id })
	return list[n].Stock
}

// bag is a take of a bag for cards worth so much more than it.
func (b *shelf) bag(surplus uint32, list ...cards.Card) cards.PrizeTake {
	return cards.PrizeTake{Request: requestID(), Operator: "山田", Second: "鈴木", Cards: b.texts(list...), Prize: "bag", Points: 150, Surplus: surplus}
}

// What fits is offered, with what pays the rest back; the list shows all.
func TestLookPrizes(t *testing.T) {
	b := newShelf(t)
	o := b.looks(b.card(b.cards, 1), b.card(b.walk, 1))
	if o.Sum != 250 || o.Second || len(o.Prizes) != 1 || o.Prizes[0].ID != "bag" || !slices.Equal(o.Prizes[0].Change, []uint32{b.change.ID}) {
		t.Errorf("%+v", o)
	}
	if o = b.looks(b.card(b.cards, 1), b.card(b.cards, 2)); !o.Second || len(o.Prizes) != 2 || o.Prizes[0].ID != "pot" || len(o.Prizes[0].Change) != 0 {
		t.Errorf("two of one day: %+v", o)
	}
	if o = b.looks(); len(o.Prizes) != 2 || o.Sum != 0 {
		t.Errorf("the list: %+v", o)
	}
	check(t, b.SetPrizeRule(context.Background(), 2, "佐藤"))
	if o = b.looks(b.card(b.cards, 1), b.card(b.cards, 2)); o.Second {
		t.Errorf("two are allowed now: %+v", o)
	}
	b.redeems(b.cards, 1, "AAAA2222")
	o = b.looks(b.card(b.cards, 1), b.card(b.sample, 1), b.card(b.cards, 2))
	if o.Sum != 200 || o.Cards[0].Refused != "used" || o.Cards[1].Refused != "practice" || o.Cards[2].Refused != "" {
		t.Errorf("bad ones: %+v", o)
	}
	b.clean()
}

// Cards, stock and slip are one transaction; the same request has the same
// answer, bare too.
func TestTakePrize(t *testing.T) {
	b := newShelf(t)
	take := b.bag(100, b.card(b.cards, 1), b.card(b.walk, 1))
	take.Change = b.change.ID
	first := b.takes(take)
	if first.Refused != "" || first.Slip != 1 || first.Prize.Ja != "マイバッグ" || first.Points != 150 || first.Surplus != 100 || first.Change != b.change.ID {
		t.Fatalf("%+v", first)
	}
	bare := take
	bare.Cards = nil
	for _, again := range []cards.PrizeAnswer{b.takes(take), b.takes(bare)} {
		if fmt.Sprint(again) != fmt.Sprint(first) {
			t.Errorf("again: %+v", again)
		}
	}
	other := take
	other.Cards = b.texts(b.card(b.cards, 2))
	if a := b.takes(other); a.Refused != cards.ValueRequest {
		t.Errorf("the same request with another card: %+v", a)
	}
	if b.stock("bag") != 4 || b.sum("prized:らづポイント") != 150 || b.sum("change:らづポイント") != 100 || b.sum("prize:らづポイント") != 0 {
		t.Error("the book is wrong")
	}
	if _, err := b.Claim(context.Background(), b.card(b.cards, 1), "AAAA2222"); refusal(err) != ledger.Used {
		t.Errorf("claimed all the same: %v", err)
	}
	b.take(b.kiosk, b.kiosk.steps(b.card(b.cards, 1), cards.Signed, cards.Printing, cards.Printed)...) // its record comes late
	if a := b.takes(b.bag(50, b.card(b.cards, 3))); a.Slip != 2 || b.sum("surplus:らづポイント") != 50 {
		t.Errorf("given up: %+v", a)
	}
	b.clean()
}

// Why nobody gets a prize, each in its word; and nothing happened.
func TestTakePrizeRefused(t *testing.T) {
	b := newShelf(t)
	ctx := context.Background()
	b.redeems(b.cards, 9, "AAAA2222")
	other := event("far", 200, false)
	other.Scheme = cards.Text{Ja: "こまポ"}
	check(t, b.AddEvent(ctx, other))
	far := b.grant(ledger.Grant{Kiosk: "station-1", Event: "far", Count: 10})
	one, two := b.card(b.cards, 1), b.card(b.cards, 2)
	for _, tt := range []struct {
		name, want string
		take       cards.PrizeTake
		mend       func(*cards.PrizeTake)
	}{
		{"a used card", cards.PrizeCards, b.bag(250, one, b.card(b.cards, 9)), nil},
		{"two schemes", cards.PrizeCards, b.bag(250, one, b.card(far, 1)), nil},
		{"another scheme", cards.PrizeNone, b.bag(50, b.card(far, 1)), nil},
		{"no such prize", cards.PrizeNone, b.bag(50, one), func(p *cards.PrizeTake) { p.Prize = "car" }},
		{"another price", cards.PrizePrice, b.bag(50, one), func(p *cards.PrizeTake) { p.Points, p.Surplus = 120, 80 }},
		{"another surplus", cards.PrizePrice, b.bag(49, one), nil},
		{"too little", cards.PrizePrice, b.bag(0, b.card(b.walk, 1)), nil},
		{"nobody else", cards.PrizeSecond, b.bag(250, one, two), func(p *cards.PrizeTake) { p.Second = "" }},
		{"the same person", cards.PrizeSecond, b.bag(250, one, two), func(p *cards.PrizeTake) { p.Second = "山田" }},
		{"no such change", cards.PrizeChange, b.bag(50, one), func(p *cards.PrizeTake) { p.Change = b.change.ID }},
		{"another's change", cards.PrizeChange, b.bag(50, one), func(p *cards.PrizeTake) { p.Change = b.cards.ID }},
	} {
		if tt.mend != nil {
			tt.mend(&tt.take)
		}
		if a := b.takes(tt.take); a.Refused != tt.want || (len(a.Cards) > 0) != (tt.want == cards.PrizeCards) {
			t.Errorf("%s: %+v", tt.name, a)
		}
	}
	bare := b.bag(50)
	for range 2 {
		if a := b.takes(bare); a.Refused != cards.ValueWithdrawn {
			t.Errorf("bare: %+v", a)
		}
		bare.Cards = b.texts(one)
	}
	if _, err := b.StockPrize(ctx, "bag", -5, "佐藤"); err != nil {
		t.Fatal(err)
	}
	if a := b.takes(b.bag(50, one)); a.Refused != cards.PrizeStock {
		t.Errorf("nothing in stock: %+v", a)
	}
	if b.sum("prized:らづポイント") != 0 || b.sum("prize:らづポイント") != 0 {
		t.Error("something happened")
	}
	b.redeems(b.cards, 1, "BBBB2222") // the card is as good as it was
	b.clean()
}

// Two counters want the last pot, and one card is handed in twice at once.
func TestTakeAtOnce(t *testing.T) {
	b := newShelf(t)
	b.enrol("station-2", key("m"), key("q"))
	done := make(chan string)
	take := func(prize string, points uint32, list ...cards.Card) {
		p := b.bag(0, list...)
		p.Prize, p.Points = prize, points
		for _, c := range list {
			p.Surplus += c.Points
		}
		p.Surplus -= points
		a, err := b.TakePrize(context.Background(), b.kiosk.key.ID, p)
		if err != nil {
			a.Refused = err.Error()
		}
		done <- a.Refused
	}
	go take("pot", 400, b.card(b.cards, 1), b.card(b.cards, 2))
	go take("pot", 400, b.card(b.cards, 3), b.card(b.cards, 4))
	go take("bag", 150, b.card(b.cards, 5))
	go take("bag", 150, b.card(b.cards, 5))
	got := map[string]int{}
	for range 4 {
		got[<-done]++
	}
	if got[""] != 2 || got[cards.PrizeStock] != 1 || got[cards.PrizeCards] != 1 || b.stock("pot") != 0 || b.stock("bag") != 4 {
		t.Errorf("%v", got)
	}
	b.clean()
}

func TestPrizeRefuses(t *testing.T) {
	b := newShelf(t)
	ctx := context.Background()
	good := ledger.Prize{ID: "cup", Scheme: "らづポイント", Name: cards.Text{Ja: "ゆのみ"}, Points: 100}
	for name, mend := range map[string]func(*ledger.Prize){
		"no id": func(p *ledger.Prize) { p.ID = "" }, "an id of letters": func(p *ledger.Prize) { p.ID = "ゆのみ" }, "no name": func(p *ledger.Prize) { p.Name.Ja = "" },
		"for nothing": func(p *ledger.Prize) { p.Points = 0 }, "below none": func(p *ledger.Prize) { p.Stock = -1 }, "of no scheme": func(p *ledger.Prize) { p.Scheme = "こまポ" },
	} {
		p := good
		mend(&p)
		if err := b.AddPrize(ctx, p, "佐藤"); !errors.Is(err, ledger.ErrBadRequest) && !errors.Is(err, ledger.ErrScheme) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := b.StockPrize(ctx, "pot", -2, "佐藤"); !errors.Is(err, ledger.ErrBadRequest) {
		t.Errorf("fewer than none: %v", err)
	}
	check(t, b.AddPrize(ctx, ledger.Prize{ID: "pot", Scheme: "らづポイント", Name: cards.Text{Ja: "なべ"}, Points: 300, Stock: 2}, "佐藤"))
	if list, err := b.Prizes(ctx); err != nil || len(list) != 2 || list[0].Points != 300 || list[0].Stock != 3 {
		t.Errorf("%+v, %v", list, err)
	}
	check(t, b.AddPerson(ctx, "佐藤", []string{ledger.RoleGrant}, ""))
	if err := b.AddPrize(ctx, good, "山田"); !errors.As(err, new(*ledger.RoleError)) {
		t.Errorf("by anybody: %v", err)
	}
	b.clean()
}

// Each invariant of prizes is broken once, by hand, and must be missed.
func TestCheckFindsPlantedPrizes(t *testing.T) {
	for _, tt := range []struct{ rule, plant string }{
		{"prize", `UPDATE posting SET amount = amount + 1 WHERE account LIKE 'prized:%'`},
		{"prize", `UPDATE posting SET account = 'change:らづポイント' WHERE account LIKE 'surplus:%'`},
		{"prize", `UPDATE prize_slip SET change = 0 WHERE change > 0`},
		{"prize", `UPDATE prize_slip SET points = points - 1, surplus = surplus + 1 WHERE slip = 1`},
		{"prize", `DELETE FROM prize_slip WHERE slip = 2`},
		{"prize", `UPDATE ended SET account = 'prize:2' WHERE account = 'prize:1'`},
		{"prize", `UPDATE ended SET account = 'prize:9' WHERE account = 'prize:1'`},
		{"prize", `UPDATE prize SET points = 1`},
		{"redeem", `UPDATE ended SET account = 'AAAA2222' WHERE account = 'prize:1'`},
		{"redeem", `UPDATE posting SET account = 'account:AAAA2222:らづポイント' WHERE account LIKE 'prize:%' AND amount > 0`},
		{"stock", `UPDATE prize_stock SET change = -2 WHERE slip = 1`},
		{"stock", `DELETE FROM prize_stock WHERE slip = 1`},
		{"stock", `UPDATE prize_stock SET slip = 9 WHERE slip = 1`},
		{"stock", `UPDATE prize_stock SET change = 1 WHERE slip = 0`},
		{"granted", `DELETE FROM ended WHERE account = 'prize:1'`},
		{"granted", `UPDATE posting SET amount = amount + 1 WHERE account LIKE 'surplus:%'`},
	} {
		t.Run(tt.rule, func(t *testing.T) {
			b := newShelf(t)
			one := b.bag(100, b.card(b.cards, 1), b.card(b.walk, 1))
			one.Change = b.change.ID
			if a := b.takes(one); a.Refused != "" {
				t.Fatalf("%+v", a)
			}
			if a := b.takes(b.bag(50, b.card(b.cards, 2))); a.Refused != "" {
				t.Fatalf("%+v", a)
			}
			b.misses(tt.rule, tt.plant)
		})
	}
}
