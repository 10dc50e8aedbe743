package registry

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"pointkiosk/cards"
	"pointkiosk/hub/registry/catest"
	"pointkiosk/hub/schema/schematest"
	"pointkiosk/packaging/proof"
)

// A resident is what the model knows of one certificate.
type resident struct {
	card catest.Card
	id   string // the ID held; "" without one
}

// A world is a model beside the registry: any order of applying, repeating and
// crashing must lead both to the same.
type world struct {
	*booth
	dice      *rand.Rand
	residents []*resident
	pool      []string // few IDs, so that they collide
	given     []string // every ID that was ever given
	sent      []posted
}

// A posted apply is one that was answered, and may come again.
type posted struct {
	apply  cards.Apply
	answer cards.Answer
	show   bool
}

func newWorld(t *testing.T, seed uint64) *world {
	w := &world{booth: newBooth(t, func(o *Opts) { o.Limits = DefaultLimits(); o.Limits.Ask = Rate{Burst: 1 << 20, Every: time.Nanosecond} }),
		dice: rand.New(rand.NewPCG(seed, 4))}
	for range 3 {
		w.residents = append(w.residents, &resident{card: w.booth.card(nil)})
	}
	for n := range 8 {
		w.pool = append(w.pool, "HANA777"+string("ABCDEFGH"[n]))
	}
	return w
}

// step does one thing at random.
func (w *world) step() {
	r := w.residents[w.dice.IntN(len(w.residents))]
	id := w.pool[w.dice.IntN(len(w.pool))]
	switch w.dice.IntN(8) {
	case 0, 1:
		w.do(r, cards.Register, id)
	case 2:
		w.do(r, cards.Show, "")
	case 3:
		w.do(r, cards.Change, id)
	case 4:
		if w.dice.IntN(3) == 0 {
			w.do(r, cards.Retire, "")
		}
	case 5:
		w.repeat()
	case 6:
		w.crash()
	case 7:
		w.clock.wait(time.Duration(w.dice.IntN(120)) * time.Second)
	}
	w.check()
}

// want is what the model says of an application, and what comes of it.
func (w *world) want(r *resident, p cards.Purpose, id string) (ruling cards.Ruling, told string) {
	free := !slices.Contains(w.given, id)
	switch {
	case p == cards.Register && r.id != "":
		return cards.RulingHasID, r.id // in this scheme it has its account
	case p != cards.Register && r.id == "":
		return cards.RulingNoID, ""
	case (p == cards.Register || p == cards.Change) && !free:
		return cards.RulingTaken, ""
	case p == cards.Register || p == cards.Change:
		return cards.RulingOK, id
	}
	return cards.RulingOK, r.id
}

func (w *world) do(r *resident, p cards.Purpose, id string) {
	w.t.Helper()
	f := w.file(r.card, p, id)
	a := f.sent(w.t)
	ruling, told := w.want(r, p, id)
	if w.dice.IntN(4) == 0 { // the hub dies with the challenge used and nothing decided
		sum := requestOf(w.t, a)
		if _, got, err := w.take(w.t.Context(), f.app, testKiosk, hexOf(sum)); err != nil || got != cards.RulingOK {
			w.t.Fatalf("%s, %v", got, err)
		}
		w.crash()
	}
	got := w.send(testKiosk, a)
	if got.Ruling != ruling || got.ID != told {
		w.t.Fatalf("%s %s: %s %q, want %s %q", p, id, got.Ruling, got.ID, ruling, told)
	}
	w.sent = append(w.sent, posted{a, got, p == cards.Show})
	if ruling != cards.RulingOK {
		return
	}
	switch p {
	case cards.Register, cards.Change:
		r.id = id
		w.given = append(w.given, id)
	case cards.Retire:
		r.id = ""
	}
}

// repeat sends again what was sent before, however long ago.
func (w *world) repeat() {
	w.t.Helper()
	if len(w.sent) == 0 {
		return
	}
	p := w.sent[w.dice.IntN(len(w.sent))]
	got := w.send(testKiosk, p.apply)
	if p.show && got.Ruling == cards.RulingLate {
		return // its sitting is over
	}
	if got.Ruling != p.answer.Ruling || got.ID != p.answer.ID || got.Code != p.answer.Code || got.Token != p.answer.Token {
		w.t.Fatalf("again: %+v, before %+v", got, p.answer)
	}
}

// crash begins anew on the same database.
func (w *world) crash() {
	w.t.Helper()
	again, err := Open(w.write, w.read, &w.opts)
	if err != nil {
		w.t.Fatal(err)
	}
	w.Registry = again
}

// check looks for two accounts of a certificate, two IDs of an account, and an
// account that nobody has.
func (w *world) check() {
	w.t.Helper()
	for name, query := range map[string]string{
		"a certificate with two accounts": `SELECT COUNT(*) FROM (SELECT hash FROM certificate GROUP BY hash HAVING COUNT(*) > 1) x`,
		"an account with two IDs":         `SELECT COUNT(*) FROM (SELECT k.account` + current + ` GROUP BY k.account HAVING COUNT(*) > 1) x`,
		"an account that nobody opens":    `SELECT COUNT(*) FROM account a WHERE NOT EXISTS (SELECT 1 FROM certificate c WHERE c.account = a.id)`,
		"an account without a scheme":     `SELECT COUNT(*) FROM account a WHERE NOT EXISTS (SELECT 1 FROM membership m WHERE m.account = a.id)`,
	} {
		if n := w.count(query); n != 0 {
			w.t.Fatalf("%s: %d", name, n)
		}
	}
	has := 0
	for _, r := range w.residents {
		if r.id != "" {
			has++
		}
	}
	if n := w.count(`SELECT COUNT(*)` + current); n != has {
		w.t.Fatalf("%d IDs are held, want %d", n, has)
	}
}

func TestAnyOrder(t *testing.T) {
	worlds := proof.Times(20, 200, 2000)
	if schematest.OnPostgres(t) {
		worlds = proof.Times(10, 20, 500)
	}
	for seed := range uint64(worlds) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			w := newWorld(t, seed)
			for range 40 {
				w.step()
			}
		})
	}
}

// Kiosks that come at the same time: one certificate gets one account, one ID
// one holder, and one request one answer.
func TestAtTheSameTime(t *testing.T) {
	b := newBooth(t, nil)
	one, two := b.card(nil), b.card(nil)
	together := func(applies []cards.Apply) map[cards.Ruling]int {
		t.Helper()
		answers := make([]cards.Answer, len(applies))
		var all sync.WaitGroup
		for n, a := range applies {
			all.Go(func() { answers[n] = b.send(testKiosk, a) })
		}
		all.Wait()
		got := map[cards.Ruling]int{}
		for _, a := range answers {
			got[a.Ruling]++
		}
		return got
	}
	var race, same []cards.Apply
	for n := range 6 {
		race = append(race, b.file(one, cards.Register, "HANA777"+string("ABCDEF"[n])).sent(t))
	}
	if got := together(race); got[cards.RulingOK] != 1 || got[cards.RulingHasID] != 5 {
		t.Errorf("one certificate: %v", got)
	}
	again := b.file(two, cards.Register, "HANA777G").sent(t)
	for range 6 {
		same = append(same, again)
	}
	if got := together(same); got[cards.RulingOK] != 6 {
		t.Errorf("one request: %v", got)
	}
	race = nil
	for range 5 {
		race = append(race, b.file(b.card(nil), cards.Register, "HANA777H").sent(t))
	}
	if got := together(race); got[cards.RulingOK] != 1 || got[cards.RulingTaken] != 4 {
		t.Errorf("one ID: %v", got)
	}
	if n := b.count(`SELECT COUNT(*) FROM account`); n != 3 {
		t.Errorf("%d accounts", n)
	}
}
