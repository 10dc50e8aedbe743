package main

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"pointkiosk/cards"
	"pointkiosk/hub/api"
)

// A stand is a kiosk with a sitting, and a shop's phone.
type stand struct {
	*kiosk
	client  *api.Client
	token   cards.Secret
	tickets cards.Allotment
	shop    *phone
	granted int            // tickets that the kiosk heard of
	spent   []cards.Serial // that the shop's screen said
}

// However often the hub is killed between a balance and a shop's yes, no ticket
// that was granted is lost, none is owed twice, and no point is made or lost.
func TestKilledAtTheShop(t *testing.T) {
	v := newVictim(t)
	v.start()
	st := newStand(t, v)
	ctx, stop := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() { st.sellUntil(ctx) })
	for n := range max(8, kills(t)/3) {
		time.Sleep(20*time.Millisecond + mathrand.N(200*time.Millisecond))
		v.fall(n)
	}
	time.Sleep(200 * time.Millisecond)
	stop()
	wg.Wait()
	v.kill()
	t.Logf("%d tickets were granted, %d taken", st.granted, len(st.spent))
	if len(st.spent) < 2 {
		t.Fatal("nothing was acknowledged: the test shows nothing")
	}
	for _, fault := range st.missed(t, v.data) {
		t.Error(fault)
	}
	st.plant(t, v.data)
}

// missed compares the book with what kiosk and shop were told, and says what is
// wrong.
func (st *stand) missed(t *testing.T, data string) (faults []string) {
	t.Helper()
	if out, err := try(t, "", "check", "--data", data); err != nil {
		faults = append(faults, fmt.Sprintf("check: %v\n%s", err, out))
	}
	states := map[string]string{}
	for line := range strings.Lines(ok(t, "", "export", "cards", "--data", data)) {
		var c struct{ Serial, State string }
		if err := json.Unmarshal([]byte(line), &c); err != nil {
			t.Fatal(err)
		}
		states[c.Serial] = c.State
	}
	for _, s := range st.spent {
		if states[s.String()] != "spent" {
			faults = append(faults, fmt.Sprintf("ticket %s was taken, and is lost", s))
		}
	}
	s, err := openStore(t.Context(), data, false)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	taken, err := s.ledger.Settlement(t.Context(), "bakery", time.Unix(0, 0), time.Now().Add(time.Hour))
	if err != nil || len(taken) != 1 || taken[0].Tickets < len(st.spent) || taken[0].Tickets > len(st.spent)+1 || taken[0].Points != int64(10*taken[0].Tickets) {
		faults = append(faults, fmt.Sprintf("owed: %+v for %d tickets, %v", taken, len(st.spent), err))
	}
	return faults
}

// plant loses what the shop was told, in a copy of the database, and it must be
// missed.
func (st *stand) plant(t *testing.T, data string) {
	t.Helper()
	one := st.spent[len(st.spent)/2]
	ticket := fmt.Sprintf("allotment = %d AND number = %d", one.Allotment, one.Number)
	transfer := fmt.Sprintf("(SELECT seq FROM transfer WHERE kind = 'spend' AND reference = '%d/%d')", one.Allotment, one.Number)
	for want, plant := range map[string]string{
		"ticket " + one.String(): `DELETE FROM spent WHERE ` + ticket + `; DELETE FROM ended WHERE ` + ticket,
		"check:":                 `DELETE FROM posting WHERE transfer = ` + transfer,
		"owed:":                  `DELETE FROM spent`,
	} {
		other := copied(t, data)
		db := opened(t, other)
		_, err := db.Exec(plant)
		if err := errors.Join(err, db.Close()); err != nil {
			t.Fatalf("%s: %v", plant, err)
		}
		if !strings.Contains(strings.Join(st.missed(t, other), "\n"), want) {
			t.Errorf("%s, and nobody misses it", plant)
		}
	}
}

// newStand gives an account 400,000 points, a kiosk tickets of 10, and signs
// everybody in.
func newStand(t *testing.T, v *victim) *stand {
	t.Helper()
	ok(t, "", "event", "add", "--data", v.data, writeFile(t, []byte(freeEvent)))
	k, client := enrol(t, ok(t, "", "kiosk", "add", "station-1", "--data", v.data))
	ok(t, "", "kiosk", "grant", "station-1", "--data", v.data, "--event", "walk", "--count", "40", "--points", "10000")
	ok(t, "", "kiosk", "grant", "station-1", "--data", v.data, "--event", "walk", "--count", fmt.Sprint(cards.MaxNumber), "--kind", "ticket")
	ok(t, "kisarazu-2026\n", "account", "add", "K7M4W2HN", "--password-stdin", "--data", v.data)
	ok(t, "melon-bread-2026\n", "partner", "add", "bakery", "--name", "パンのきさらぎ", "--password-stdin", "--data", v.data)
	st := &stand{kiosk: k, client: client}
	for _, sealed := range k.send(client).Allotments {
		var a cards.Allotment
		if err := cards.Unsealed(sealed, cards.PaperAllotment, &a); err != nil {
			t.Fatal(err)
		}
		if a.Kind == cards.KindTicket {
			st.tickets = a
		} else {
			k.grant = a
		}
	}
	st.fill(t, v.data)
	answer, err := client.SignIn(t.Context(), sealedSignIn(t, k, client, st.tickets.Event.Scheme.Ja))
	var a cards.Answer
	if err = errors.Join(err, cards.Unsealed(answer, cards.PaperAnswer, &a)); err != nil || a.Token == "" {
		t.Fatalf("%+v, %v", a, err)
	}
	st.token = a.Token
	st.shop = signInShop(t, v.addr)
	return st
}

// fill puts every card on the account.
func (st *stand) fill(t *testing.T, data string) {
	t.Helper()
	holder := holderOf(t, data, "K7M4W2HN")
	s, err := openStore(t.Context(), data, false)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for n := range st.grant.Count {
		c, err := cards.Sign(st.grant.Claims(n+1), st.key.Private)
		if err == nil {
			_, err = s.ledger.Claim(t.Context(), c, holder)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// sealedSignIn seals the account's password to the hub, in a sign-in.
func sealedSignIn(t *testing.T, k *kiosk, client *api.Client, scheme string) []byte {
	t.Helper()
	var o cards.Offer
	offer, err := client.Ask(t.Context(), k.sealed(cards.Ask{Purpose: cards.Show, Scheme: scheme, Nonce: random()}, cards.PaperAsk))
	if err = errors.Join(err, cards.Unsealed(offer, cards.PaperOffer, &o)); err != nil {
		t.Fatal(err)
	}
	s := cards.SignIn{ID: "K7M4W2HN", Nonce: cards.SignInNonce(o.Challenge)}
	bound, err := s.Bound()
	if err != nil {
		t.Fatal(err)
	}
	if s.Password, err = cards.SealPassword(o.Seal, bound, []byte("kisarazu-2026")); err != nil {
		t.Fatal(err)
	}
	return k.sealed(s, cards.PaperSignIn)
}

func random() []byte {
	b := make([]byte, cards.NonceSize)
	rand.Read(b)
	return b
}

func signInShop(t *testing.T, addr string) *phone {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	p := &phone{base: "http://" + addr, http: &http.Client{Jar: jar, Timeout: 5 * time.Second}}
	page, err := p.get("/shop/signin")
	if err == nil {
		page, err = p.post("/shop/signin", url.Values{"id": {"bakery"}, "password": {"melon-bread-2026"}, "token": {tokenIn(page)}})
	}
	if p.token = tokenIn(page); err != nil || p.token == "" {
		t.Fatalf("not signed in: %v\n%s", err, page)
	}
	p.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return p
}

// sellUntil turns points into ticket after ticket and hands each to the shop.
func (st *stand) sellUntil(ctx context.Context) {
	for number := uint32(1); ctx.Err() == nil; number++ {
		if !st.grantedOne(ctx, number) {
			return
		}
		c, err := cards.Sign(st.tickets.Claims(number), st.key.Private)
		if err != nil {
			return
		}
		st.granted++
		for ctx.Err() == nil {
			if st.shop.takes(c) {
				st.spent = append(st.spent, c.Serial())
				break
			}
			time.Sleep(5 * time.Millisecond)
		}
	}
}

// grantedOne sends one request until it has its answer.
func (st *stand) grantedOne(ctx context.Context, number uint32) bool {
	id := sha256.Sum256(binary.BigEndian.AppendUint32(random(), number))
	ask := cards.TicketAsk{Request: id[:cards.RequestSize], Token: st.token, Allotment: st.tickets.ID, Number: number}
	sealed := st.sealed(ask, cards.PaperTicketAsk)
	for ctx.Err() == nil {
		answer, err := st.client.Ticket(ctx, sealed)
		var a cards.TicketAnswer
		if err == nil && cards.Unsealed(answer, cards.PaperTicketAnswer, &a) == nil {
			return a.Refused == ""
		}
		time.Sleep(5 * time.Millisecond)
	}
	return false
}

// takes reads a ticket and presses the button, and reports whether the screen
// says that it is taken. What broke off comes again: it is the same press.
func (p *phone) takes(c cards.Card) bool {
	if p.last != c.Serial() {
		to, err := p.post("/shop", url.Values{"token": {p.token}, "ticket": {c.Text()}})
		if err != nil || to != "/shop/ticket" {
			return false
		}
		p.last = c.Serial()
	}
	to, err := p.post("/shop/ticket", url.Values{"token": {p.token}, "serial": {c.Serial().String()}})
	if err != nil || to != "/shop/done" {
		return false
	}
	page, err := p.get("/shop/done")
	return err == nil && strings.Contains(page, c.Serial().String())
}
