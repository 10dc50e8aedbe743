package uplink

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	crand "crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pointkiosk/cards"
	"pointkiosk/hub/registry"
	"pointkiosk/hub/registry/catest"
)

const radu = "らづポイント"

// A ward is a kiosk that gives MyKey IDs without a network, and the hub's registry
// behind a line that does what chance says.
type ward struct {
	*town
	k      *booth
	people *registry.Registry
	ca     *catest.CA
	dice   *rand.Rand
	late   time.Duration // since noon, on both clocks
	terms  string
	scheme string
	fair   bool
	met    map[string]int
	said   [][]byte // answers given, to be given again
	crash  bool     // the kiosk dies with the next answer
	cards  []catest.Card
	asked  map[int]bool // whose application reached the hub at once: its answer may have told the ID
	slips  []slip
}

// A slip is what somebody holds in their hand.
type slip struct {
	id, request string
	card        int
}

func newWard(t testing.TB, seed uint64, met map[string]int) *ward {
	t.Helper()
	w := &ward{town: newTown(t), dice: rand.New(rand.NewPCG(seed, 9)), terms: "1", scheme: radu, met: met, fair: true, asked: map[int]bool{}}
	w.ca = catest.New(t, noon)
	var err error
	w.people, err = registry.Open(w.db, w.db, &registry.Opts{
		Clock: w.now, Cost: registry.Cost{Memory: 64, Passes: 1}, Key: bytes.Repeat([]byte{7}, registry.KeySize),
		Roots: func() ([]*x509.Certificate, error) { return []*x509.Certificate{w.ca.Certificate}, nil },
	})
	check(t, err)
	w.k = w.enrol("KSZ-014", "l", direct{w.town})
	check(t, w.k.Close())
	w.k.clock = w.now
	w.k.mykey = &MyKey{Desk: w, Leases: 10, Scheme: func(context.Context) (string, error) { return w.scheme, nil }}
	w.k.open()
	check(t, w.k.up.Sync(context.Background()))
	return w
}

func (w *ward) now() time.Time { return noon.Add(w.late) }

var errLine = errors.New("the line is dead")

// over sends a paper through the line.
func (w *ward) over(sealed []byte, do func([]byte) ([]byte, error)) ([]byte, error) {
	faults := []struct {
		name string
		do   func() ([]byte, error)
	}{
		{"lost before the hub", func() ([]byte, error) { return nil, errLine }},
		{"lost after the hub", func() ([]byte, error) { _, _ = do(sealed); return nil, errLine }},
		{"doubled", func() ([]byte, error) { _, _ = do(sealed); return do(sealed) }},
		{"an older answer", func() ([]byte, error) {
			_, err := do(sealed)
			if len(w.said) > 0 {
				return w.said[w.dice.IntN(len(w.said))], err
			}
			return nil, errLine
		}},
		{"cut", func() ([]byte, error) {
			answer, err := do(sealed)
			return answer[:len(answer)/2], err
		}},
		{"the kiosk dies", func() ([]byte, error) { _, _ = do(sealed); w.crash = true; return nil, errLine }},
	}
	n := w.dice.IntN(2 * len(faults))
	if w.fair || n >= len(faults) {
		answer, err := do(sealed)
		w.said = append(w.said, answer)
		return answer, err
	}
	w.met[faults[n].name]++
	return faults[n].do()
}

// Lease is the hub's.
func (w *ward) Lease(ctx context.Context, sealed []byte) ([]byte, error) {
	return w.over(sealed, func(sealed []byte) ([]byte, error) {
		kiosk, keys, err := w.Sealer(ctx, sealed, cards.PaperLeaseAsk)
		check(w.t, err)
		a, _, err := cards.OpenLeaseAsk(sealed, keys)
		check(w.t, err)
		l, err := w.people.Lease(ctx, kiosk, a, cards.Terms{Version: w.terms, Scheme: cards.Text{Ja: a.Scheme}})
		check(w.t, err)
		sum := sha256.Sum256(sealed)
		l.Request = sum[:]
		return w.Seal(cards.PaperLease, l)
	})
}

// Deposit is the hub's.
func (w *ward) Deposit(ctx context.Context, sealed []byte) ([]byte, error) {
	return w.over(sealed, func(sealed []byte) ([]byte, error) {
		kiosk, keys, err := w.Sealer(ctx, sealed, cards.PaperDeposit)
		check(w.t, err)
		d, _, err := cards.OpenDeposit(sealed, keys)
		check(w.t, err)
		done, err := w.people.Deposit(ctx, kiosk, d)
		check(w.t, err)
		return w.Seal(cards.PaperAnswer, done.Answer)
	})
}

// carry does what a running kiosk does when it is time.
func (w *ward) carry() {
	w.t.Helper()
	check(w.t, w.k.up.Sync(context.Background()))
	w.k.up.leasing.due = time.Time{}
	for scheme := range w.k.up.leasing.asked { // a minute has gone by
		w.k.up.leasing.asked[scheme] = time.Time{}
	}
	w.k.up.carry(context.Background())
	if err := w.k.up.leasing.err; err != nil && w.fair {
		w.t.Fatal(err)
	}
	if w.crash {
		w.die()
	}
}

// die ends the kiosk as it stands: nothing is closed, and what it wrote is there.
func (w *ward) die() {
	w.t.Helper()
	w.crash = false
	w.met["died"]++
	next := w.t.TempDir()
	for _, name := range []string{"journal.db", "journal.db-wal", "journal.head"} {
		data, err := os.ReadFile(filepath.Join(w.k.dir, name))
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		check(w.t, err)
		check(w.t, os.WriteFile(filepath.Join(next, name), data, 0o600))
	}
	check(w.t, w.k.Close())
	w.k.dir = next
	w.k.open()
}

// visit is somebody with a card, while there is no network: one who was there
// before, or whose answer was lost a moment ago, among them.
func (w *ward) visit() {
	w.t.Helper()
	ctx := context.Background()
	l, err := w.k.Leased(ctx, w.scheme)
	check(w.t, err)
	if len(l.Leased) == 0 {
		w.met["no lease left"]++
		return
	}
	n := w.dice.IntN(len(w.cards) + 2)
	if n >= len(w.cards) {
		key, err := ecdsa.GenerateKey(elliptic.P256(), crand.Reader)
		check(w.t, err)
		n, w.cards = len(w.cards), append(w.cards, w.ca.IssueTo(w.t, noon, key, nil))
	}
	var lost []byte
	if w.dice.IntN(3) == 0 {
		lost = w.apply(n)
	}
	one := l.Leased[w.dice.IntN(len(l.Leased))]
	a := w.application(one.ID, one.Challenge, l.Terms.Version)
	body, err := cards.Encode(a)
	check(w.t, err)
	sealed, err := cards.SealProvisional(l.Seal, cards.Provisional{Application: body, Certificate: w.cards[n].DER, Signature: w.cards[n].Sign(w.t, a)})
	check(w.t, err)
	check(w.t, w.k.Give(ctx, one, sealed, lost))
	if w.dice.IntN(8) == 0 {
		w.die() // before the slip was printed, or just then
	}
	sum := sha256.Sum256(sealed)
	w.slips = append(w.slips, slip{one.ID, hex.EncodeToString(sum[:]), n})
	if err := w.k.Give(ctx, one, sealed, lost); err == nil {
		w.t.Fatalf("%s was given twice", one.ID)
	}
}

func (w *ward) application(id string, challenge []byte, terms string) cards.Application {
	return cards.Application{Purpose: cards.Register, ID: id, Scheme: w.scheme, Kiosk: "KSZ-014", At: w.now().UnixMilli(), Terms: terms, Challenge: challenge}
}

// apply is an application whose answer does not come back; half of them never
// reached the hub.
func (w *ward) apply(n int) (request []byte) {
	w.t.Helper()
	card := w.cards[n]
	ctx := context.Background()
	o, err := w.people.Ask(ctx, "KSZ-014", cards.Ask{Purpose: cards.Register, Scheme: w.scheme}, cards.Terms{Version: w.terms})
	check(w.t, err)
	a := w.application(o.Proposals[0], o.Challenge, w.terms)
	body, err := cards.Encode(a)
	check(w.t, err)
	sum := sha256.Sum256(body)
	if w.dice.IntN(2) == 0 {
		_, err = w.people.Apply(ctx, "KSZ-014", sum, cards.Apply{Application: body, Certificate: card.DER, Signature: card.Sign(w.t, a), Code: true})
		check(w.t, err)
		w.met["registered, and nobody was told"]++
		w.asked[n] = true
	}
	return sum[:]
}

// step is one thing that happens.
func (w *ward) step() {
	w.t.Helper()
	switch w.dice.IntN(14) {
	case 0, 1, 2, 3:
		w.visit()
	case 4:
		w.die()
	case 5:
		w.late += time.Duration(w.dice.IntN(6*24)) * time.Hour
	case 6:
		w.k.mykey.Leases = []int{0, 3, 10, 20, 50}[w.dice.IntN(5)]
	case 7:
		if w.dice.IntN(3) == 0 {
			w.terms += "1"
		}
	case 8:
		if w.dice.IntN(3) == 0 {
			w.scheme = []string{radu, "もくポイント"}[w.dice.IntN(2)]
		}
	default:
		w.carry()
	}
}

// settled is after the storm: every slip is of one ID that the hub registered
// once, or refused and the kiosk counts; the last one of each card is of the ID
// that it has now; and every leased ID is held, given or went back, at the kiosk as
// at the hub.
func (w *ward) settled() {
	w.t.Helper()
	ctx := context.Background()
	refused, ids, last := 0, map[string]bool{}, map[int]string{}
	for _, s := range w.slips {
		last[s.card] = s.id
	}
	for _, s := range w.slips {
		if ids[s.id] {
			w.t.Errorf("%s stands on two slips", s.id)
		}
		ids[s.id] = true
		got := w.lines(`SELECT ruling || ' ' || mykey FROM application WHERE request = $1`, s.request)
		switch {
		case len(got) != 1:
			w.t.Errorf("%s: the hub knows %q of it", s.id, got)
		case got[0] == "ok "+s.id:
			w.met["registered"]++
			n := w.lines(`SELECT (SELECT COUNT(*) FROM mykey l WHERE l.account = k.account AND l.n > k.n) FROM mykey k WHERE k.id = $1`, s.id)
			if len(n) != 1 || last[s.card] == s.id && n[0] != "0" {
				w.t.Errorf("%s, the last one of %d: %q came after it", s.id, s.card, n)
			}
		case strings.HasPrefix(got[0], "has-id ") && w.asked[s.card]:
			w.met["refused"]++
			refused++
		default:
			w.t.Errorf("%s: %s", s.id, got[0])
		}
	}
	if deposits, err := w.k.Deposits(ctx); err != nil || len(deposits) > 0 {
		w.t.Errorf("%d deposits are left, %v", len(deposits), err)
	}
	w.conserved()
	w.met["replaced"] += len(w.lines(`SELECT seq FROM mykey_audit WHERE what = 'replace'`))
	if _, counted, err := w.k.Provisional(ctx); err != nil || counted > refused || w.late < 30*24*time.Hour && counted != refused {
		w.t.Errorf("%d were refused, the kiosk counts %d, %v", refused, counted, err)
	}
	w.same(w.k)
}

// conserved compares the leases of both sides.
func (w *ward) conserved() {
	w.t.Helper()
	lent, err := w.k.Lent(context.Background())
	check(w.t, err)
	want, given := map[string]string{}, 0
	for _, l := range lent {
		switch mark := hex.EncodeToString(l.Mark[:]); {
		case l.Back:
			w.t.Errorf("%s has not gone back", l.ID)
		case l.Given:
			want[mark] = "given"
			given++
		default:
			want[mark] = "held " + l.ID
		}
	}
	// Of terms that are over, some may stay leased to nobody until their time is up.
	for _, line := range w.lines(`SELECT hex(challenge) || ' ' || id FROM lease WHERE ends_at > $1 AND terms = $2`, w.now().UnixMilli(), w.terms) {
		challenge, err := hex.DecodeString(line[:64])
		check(w.t, err)
		sum := sha256.Sum256(challenge)
		mark := hex.EncodeToString(sum[:])
		if want[mark] != "given" && want[mark] != "held "+line[65:] {
			w.t.Errorf("the hub leased %s, the kiosk has %q", line[65:], want[mark])
		}
		delete(want, mark)
	}
	for mark, what := range want {
		if what == "given" { // under other terms
			continue
		}
		w.t.Errorf("the kiosk has %s (%s), the hub has not", what, mark[:8])
	}
}

// calm lets everything get through.
func (w *ward) calm() {
	w.t.Helper()
	w.fair = true
	for range 6 {
		w.carry()
	}
}

// Whatever is lost, doubled or cut, whenever the kiosk dies, and however long it
// takes: each slip is registered once or refused and counted, and no leased ID is
// lost or given twice.
func TestLeasesInAStorm(t *testing.T) {
	met := map[string]int{}
	for seed := range seeds(12) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			w := newWard(t, seed, met)
			w.carry()
			w.fair = false
			for range 60 {
				w.step()
			}
			w.calm()
			w.settled()
		})
	}
	for _, what := range []string{
		"lost before the hub", "lost after the hub", "doubled", "an older answer", "cut", "the kiosk dies", "died",
		"registered, and nobody was told", "registered", "refused", "replaced",
	} {
		if met[what] == 0 {
			t.Errorf("%q never happened: the test shows nothing of it", what)
		}
	}
	t.Logf("what happened: %v", met)
}
