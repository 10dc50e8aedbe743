package hub

import (
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"time"

	"pointkiosk/hub/registry"
	"pointkiosk/packaging/proof"
)

// Three hundred people behind one address have ten minutes to sign in and take
// their points (DECISIONS 20). Here they all begin at once, at the real cost of
// a password, and come again when they are told to: harder than in life. They
// have half of that time; without POINTKIOSK_REAL a fifth are there, for a fifth of it.
func TestCrowdBehindOneAddress(t *testing.T) {
	people := proof.Times(60, 300, 300)
	third := people / 3
	town := newTown(t, nil)
	real := town.registry(registry.Opts{})
	town.restart(func(o *Opts) { o.Registry = real })
	if err := real.Add(t.Context(), residentID[:7]+"P", residentPassword); err != nil {
		t.Fatal(err)
	}
	ids := make([]string, people)
	for n := range ids {
		const digits = "ABCDEFGHJK"
		ids[n] = "CR2WD" + string([]byte{digits[n/100], digits[n/10%10], digits[n%10]})
		if _, err := town.db.Exec(`INSERT INTO account (id, password, made_at) SELECT $1, password, 0 FROM account WHERE id = $2; INSERT INTO mykey (id, account, n, at) VALUES ($1, $1, 1, 0)`, ids[n], town.account(residentID[:7]+"P")); err != nil {
			t.Fatal(err)
		}
	}
	start, again := time.Now(), make([]int, people)
	var all sync.WaitGroup
	for n, id := range ids {
		allotment, number := bar, uint32(n+1)
		if n >= third {
			allotment, number = barAgain, uint32(n-third+1)
		}
		if n >= 2*third {
			allotment, number = walk, uint32(n-2*third+1)
		}
		card := town.card(allotment, number)
		all.Go(func() {
			p := town.phone("ja")
			s := p.signIn(p.open(card), id, residentPassword)
			for ; s.status == http.StatusServiceUnavailable; again[n]++ {
				wait, _ := strconv.Atoi(s.header.Get("Retry-After"))
				time.Sleep(time.Duration(wait) * time.Second)
				s = p.signIn(s, id, residentPassword)
			}
			if s = p.post(s, "/claim", nil); s.status != 200 || s.path != "/done" {
				t.Errorf("resident %d: %d %s %q", n, s.status, s.path, s.title())
			}
		})
	}
	all.Wait()
	took, sum := time.Since(start), 0
	for _, n := range again {
		sum += n
	}
	t.Logf("%d people in %v, told to come again %d times", people, took.Round(100*time.Millisecond), sum)
	if took > time.Duration(people)*time.Second {
		t.Errorf("took %v", took)
	}
	for n, id := range ids[:people:people] {
		want := int64(200)
		if n >= 2*third {
			want = 1500
		}
		if b, err := town.ledger.Balance(t.Context(), id); err != nil || b.Points != want {
			t.Fatal(fmt.Errorf("resident %d has %d points, %w", n, b.Points, err))
		}
	}
}
