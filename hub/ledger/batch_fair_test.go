package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"pointkiosk/cards"
	"pointkiosk/hub/ledger"
	"pointkiosk/hub/schema/schematest"
)

// A fair is a batch to which anything may happen, in any order.
type fair struct {
	*press
	rnd    *rand.Rand
	late   []cards.Record // of the office, not sent yet
	theirs []cards.Record // of the kiosk
	making uint32
	truth  truth
	did    map[string]int // how often something happened
	backup string         // of the hub's database
	backed truth          // when it was made
}

// A truth is what should be, by what people did.
type truth struct {
	granted map[uint32]bool   // what the kiosk may activate
	said    map[string]int    // entries of ranges that were believed, by kiosk
	paid    map[uint32]string // who had a card's points
	heard   map[hearing]bool  // entries that the hub has, and had before their key was compromised
	revoked map[string]uint64 // as compromised, since which entry
}

// A hearing is an entry of a kiosk.
type hearing struct {
	kiosk string
	seq   uint64
}

func (u truth) copy() truth {
	u.granted, u.said, u.paid, u.revoked = maps.Clone(u.granted), maps.Clone(u.said), maps.Clone(u.paid), maps.Clone(u.revoked)
	u.heard = maps.Clone(u.heard)
	return u
}

func newFair(t *testing.T, seed uint64, did map[string]int) *fair {
	f := &fair{press: newPress(t, 60), did: did, rnd: rand.New(rand.NewPCG(seed, 3))}
	f.truth = truth{map[uint32]bool{}, map[string]int{}, map[uint32]string{}, map[hearing]bool{}, map[string]uint64{}}
	check(t, f.GrantRange(context.Background(), f.of(10, 50), "station-1"))
	f.grants(f.of(10, 50), true)
	check(t, f.SetBudget(context.Background(), "bar", 100*200+20*200, "佐藤", "会議で"))
	f.late = append(f.late, f.admin.write(cards.Entry{State: cards.Begun, Journal: make([]byte, 16)}))
	f.theirs = append(f.theirs, f.kiosk.write(cards.Entry{State: cards.Begun, Journal: make([]byte, 16)}))
	return f
}

func (f *fair) span() (first, last uint32) {
	first = 1 + f.rnd.Uint32N(f.batch.Count)
	return first, min(first+f.rnd.Uint32N(15), f.batch.Count)
}

// send brings some of what was written, in any order, some of it again.
func (f *fair) send(by *pen, records []cards.Record) {
	part := append([]cards.Record{}, records...)
	f.rnd.Shuffle(len(part), func(i, j int) { part[i], part[j] = part[j], part[i] })
	f.brings(by, part[:f.rnd.IntN(len(part)+1)])
}

func (f *fair) brings(by *pen, part []cards.Record) {
	kiosk := map[*pen]string{f.admin: "office", f.kiosk: "station-1"}[by]
	for _, r := range part {
		if f.truth.revoked[kiosk] == 0 {
			f.truth.heard[hearing{kiosk, r.Seq}] = true
		}
	}
	f.take(by, part...)
	f.judged()
}

// judged wants nothing believed that should not be: what a kiosk activates it was
// granted and has still, when the hub hears of it; of a compromised key only what was
// heard of before; and of nobody else anything about its cards.
func (f *fair) judged() {
	f.t.Helper()
	list, err := f.Batches(context.Background(), f.batch.ID)
	check(f.t, err)
	now := map[string]int{}
	for _, r := range list[0].Said {
		if now[r.Kiosk]++; r.Kiosk == "" || now[r.Kiosk] <= f.truth.said[r.Kiosk] {
			continue
		}
		since := f.truth.revoked[r.Kiosk]
		late := since > 0 && (r.Seq >= since || !f.truth.heard[hearing{r.Kiosk, r.Seq}])
		if late || r.Kiosk != "office" && f.truth.revoked["office"] > 0 {
			f.t.Errorf("%s is compromised, and believed: %+v", r.Kiosk, r)
		}
		for n := r.First; n <= r.Last && r.Kiosk == "station-1"; n++ {
			if !f.truth.granted[n] {
				f.t.Errorf("the kiosk was not granted %d, and activated it: %+v", n, r)
			}
		}
	}
	f.truth.said = now
}

// happen does one thing at random.
func (f *fair) happen() {
	f.set(f.clock().Add(time.Millisecond))
	first, last := f.span()
	var err error
	switch n := f.rnd.IntN(24); {
	case n < 4:
		if account := fmt.Sprintf("AAAA22%02d", f.rnd.IntN(12)); f.claim(first, account) == "" {
			f.truth.paid[first] = account
		}
	case n < 10:
		f.write(n, first, last)
	case n < 16:
		err = f.people(n, f.of(first, last))
	case n < 22:
		err = f.trouble(n, f.of(first, last))
	default:
		f.set(f.clock().Add(time.Duration(f.rnd.IntN(60)) * time.Hour))
		_, err = f.EndWaits(context.Background())
		_, lapsed := f.Lapse(context.Background())
		err = errors.Join(err, lapsed)
	}
	if beyond := (*ledger.BudgetError)(nil); errors.As(err, &beyond) {
		err = f.SetBudget(context.Background(), "bar", beyond.Used+beyond.Yen+1000, "佐藤", "会議で")
	}
	check(f.t, err)
}

// write has something written into a journal, or brought to the hub.
func (f *fair) write(n int, first, last uint32) {
	switch n {
	case 4:
		f.late = append(f.late, f.say(f.admin, cards.Activated, first, last))
	case 5:
		f.theirs = append(f.theirs, f.say(f.kiosk, cards.Activated, first, last))
	case 6:
		state := []cards.State{cards.Withdrawn, cards.Lost, cards.Lost, cards.Made, cards.Opened}[f.rnd.IntN(5)]
		f.late = append(f.late, f.say(f.admin, state, first, min(first+4, last)))
	case 7:
		f.making = min(f.making+10, f.batch.Count)
		f.late = append(f.late, f.say(f.admin, cards.Making, f.making-9, f.making))
	case 8:
		f.send(f.admin, f.late)
	case 9:
		f.send(f.kiosk, f.theirs)
	}
}

// people has a person say something of a range at the hub.
func (f *fair) people(n int, r ledger.Range) (err error) {
	ctx := context.Background()
	one := r
	one.Last = one.First
	switch n {
	case 10, 11:
		err = f.seen(r, f.Activate)
	case 12:
		_, err = f.Withdraw(ctx, one)
	case 13:
		_, err = f.Lose(ctx, one)
	case 14:
		if err = f.GrantRange(ctx, r, "station-1"); err == nil {
			f.grants(r, true)
		}
	case 15:
		if _, err = f.UngrantRange(ctx, r, "station-1"); err == nil {
			f.did["ungranted"]++
		}
		f.grants(r, false)
	}
	return f.possible(err)
}

func (f *fair) grants(r ledger.Range, may bool) {
	for n := r.First; n <= r.Last; n++ {
		f.truth.granted[n] = may
	}
}

// seen has a person do what takes having seen how many cards it is about.
func (f *fair) seen(r ledger.Range, do func(context.Context, ledger.Range) (ledger.RangeDone, error)) error {
	_, err := do(context.Background(), r)
	if seen := (*ledger.SeenError)(nil); errors.As(err, &seen) {
		f.did["seen"]++
		r.Seen = seen.Cards
		_, err = do(context.Background(), r)
	}
	return err
}

// possible forgives what a person tries in vain.
func (f *fair) possible(err error) error {
	if errors.Is(err, ledger.ErrBadRequest) || errors.Is(err, ledger.ErrNoKiosk) { // its key is revoked
		return nil
	}
	return err
}

// trouble is what happens once in a while: a key is stolen, a person decides on what
// came of that, the hub's database is put back, a budget is given up.
func (f *fair) trouble(n int, r ledger.Range) error {
	ctx := context.Background()
	switch n {
	case 16:
		err := f.seen(f.of(1+r.First/4, f.batch.Count), f.Keep)
		if err == nil {
			f.did["kept"]++
		}
		return f.possible(err)
	case 17:
		return f.decides(f.rnd.IntN(2) == 0)
	case 18:
		if f.rnd.IntN(8) == 0 {
			return f.revokes([]string{"office", "station-1"}[f.rnd.IntN(2)])
		}
	case 19:
		if f.rnd.IntN(2) == 0 {
			f.saves()
		}
	case 20:
		if f.rnd.IntN(8) == 0 {
			f.restores()
		}
	case 21:
		return f.possible(f.EndBudget(ctx, "bar", "佐藤", "まちがい"))
	}
	return nil
}

func (f *fair) revokes(kiosk string) error {
	r := ledger.Revocation{Kiosk: kiosk, How: cards.Retired}
	if f.rnd.IntN(3) > 0 {
		r.How, r.Since = cards.Compromised, 1+f.rnd.Uint64N(8)
	}
	if f.rnd.IntN(2) == 0 { // the thief was at it
		f.late = append(f.late, f.say(f.admin, cards.Lost, 31, f.batch.Count))
		f.brings(f.admin, f.late)
	}
	err := f.Revoke(context.Background(), r)
	if which := (*ledger.WhichKeyError)(nil); errors.As(err, &which) || errors.Is(err, ledger.ErrBadRequest) {
		return nil // it is revoked already
	}
	f.did[string(r.How)+" "+kiosk]++
	if before := f.truth.revoked[kiosk]; r.How == cards.Compromised && (before == 0 || r.Since < before) {
		f.truth.revoked[kiosk] = r.Since
	}
	return err
}

// decides has a person decide on a dispute, on what would be void apart.
func (f *fair) decides(accept bool) error {
	list, err := f.Disputes(context.Background())
	for _, d := range list {
		some := map[bool][]cards.Serial{}
		for _, c := range d.Cards {
			void := c.Why == ledger.WhyVoid
			some[void] = append(some[void], c.Serial)
		}
		for _, serials := range some {
			f.did["decided on "+d.Why[0]]++
			_, oneErr := f.Decide(context.Background(), ledger.Decision{Accept: accept, Serials: serials, Cards: len(serials), Person: "佐藤", Reason: "見た"})
			err = errors.Join(err, oneErr)
		}
	}
	return err
}

// saves makes a backup of the hub's database.
func (f *fair) saves() {
	if schematest.OnPostgres(f.t) {
		return
	}
	f.backup = filepath.Join(f.t.TempDir(), "backup.db")
	_, err := f.db.Exec(`VACUUM INTO $1`, f.backup)
	check(f.t, err)
	f.backed = f.truth.copy()
}

// restores puts it back: what happened since is lost but for what the kiosks have
// still.
func (f *fair) restores() {
	since := f.clock()
	if f.backup != "" {
		write, read := openDB(f.t, f.backup, true), openDB(f.t, f.backup, false)
		var err error
		f.Ledger, err = ledger.Open(write, read, &ledger.Opts{Clock: f.clock, Trust: key("t"), Hub: key("h")})
		check(f.t, err)
		f.db, f.backup, f.truth = write, "", f.backed
		f.did["put back"]++
	}
	var id int
	check(f.t, f.db.QueryRow(`SELECT COALESCE(MAX(id), 0) + 1 FROM restore`).Scan(&id))
	_, err := f.db.Exec(`INSERT INTO restore (id, lost, since, at) VALUES ($1, 1, $2, $3)`, id, since.Add(-time.Hour).UnixMilli(), since.UnixMilli())
	check(f.t, err)
	if why := f.claim(1, "AAAA2299"); why != ledger.Closed && why != ledger.Used && why != ledger.VoidCard && why != ledger.Lapsed && why != ledger.ByPerson && why != ledger.Revoked {
		f.t.Errorf("while it is closed: %q", why)
	}
	_, err = f.AcceptRestore(context.Background(), since.Add(-time.Hour).Truncate(time.Minute), "佐藤", "見た")
	check(f.t, err)
}
