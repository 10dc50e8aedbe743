package station

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pointkiosk/kiosk"
	"pointkiosk/kiosk/jpki/jpkitest"
	"pointkiosk/kiosk/wizard"
	"pointkiosk/packaging/proof"
)

// A gate is where an effect waits: before it is begun, and before its answer is
// told.
type gate struct {
	who  int
	what string
	late int // not before the second one has done so many things
	open chan struct{}
}

// A queue is two people at one counter, with a machine between their taps and
// their cards that takes as long as it likes.
type queue struct {
	*counter
	rnd    *rand.Rand
	cards  [2]*jpkitest.Card
	pins   [2]string
	who    int
	done   int // things by the second one
	gating *rand.Rand
	events chan kiosk.Event
	mu     sync.Mutex
	shown  kiosk.State
	gates  []*gate
	busy   int             // effects that are at work, behind no gate
	found  map[string]bool // what the screens said of the first one
	trace  []string
}

func (q *queue) do(ctx context.Context, e kiosk.Effect) kiosk.Event {
	q.mu.Lock()
	who := q.who
	q.mu.Unlock()
	q.wait(who, "begin", e)
	q.work(1)
	out := q.desk.Do(ctx, e)
	q.work(-1)
	q.wait(who, "end", e)
	return out
}

func (q *queue) work(n int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.busy += n
}

func (q *queue) wait(who int, when string, e kiosk.Effect) {
	g := &gate{who: who, what: fmt.Sprintf("%s %T", when, e), open: make(chan struct{})}
	q.mu.Lock()
	if who == 0 && q.gating.IntN(5) == 0 {
		g.late = 1 + q.gating.IntN(40)
	}
	q.gates = append(q.gates, g)
	q.mu.Unlock()
	<-g.open
}

func (q *queue) show(s kiosk.State) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.shown = s
	for _, id := range append([]string{s.MyKey.Account.ID, s.MyKey.Code}, s.MyKey.IDs...) {
		if id != "" && q.who == 0 {
			q.found[id] = true
		}
		if id != "" && q.who == 1 && q.found[id] {
			q.t.Errorf("the second one sees %q of the first:\n%s", id, strings.Join(q.trace, "\n"))
		}
	}
}

// now is what is shown when what was begun has come to its next gate, on however
// slow a machine; one that hangs is not waited for.
func (q *queue) now() kiosk.State {
	time.Sleep(2 * time.Millisecond)
	q.mu.Lock()
	defer q.mu.Unlock()
	for end := time.Now().Add(300 * time.Millisecond); q.busy > 0 && time.Now().Before(end); {
		q.mu.Unlock()
		time.Sleep(time.Millisecond)
		q.mu.Lock()
	}
	return q.shown
}

func (q *queue) send(e kiosk.Event) {
	q.mu.Lock()
	q.trace = append(q.trace, fmt.Sprintf("%d: %T", q.who+1, e))
	q.mu.Unlock()
	q.events <- e
}

// pass opens one gate, if there is any.
func (q *queue) pass() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	var may []*gate
	for _, g := range q.gates {
		if g.late <= q.done {
			may = append(may, g)
		}
	}
	if len(may) == 0 {
		return false
	}
	g := may[q.rnd.IntN(len(may))]
	q.gates = slices.DeleteFunc(q.gates, func(other *gate) bool { return other == g })
	q.trace = append(q.trace, fmt.Sprintf("%d's %s", g.who+1, g.what))
	close(g.open)
	return true
}

// step does what the screen asks for, or lets something that is under way go on.
func (q *queue) step(slow int) {
	s := q.now()
	if q.rnd.IntN(slow) == 0 && q.pass() {
		return
	}
	if s.Step != kiosk.MyKey {
		q.send(kiosk.TapMyKey{})
		return
	}
	switch s.MyKey.Step {
	case wizard.Place:
		q.lay(q.cards[q.who])
	case wizard.PIN:
		q.send(wizard.TypedPIN{PIN: wizard.NewTyped([]byte(q.pins[q.who]))})
	case wizard.Choose:
		q.send(wizard.TapID{ID: s.MyKey.IDs[0]})
	case wizard.Password:
		q.send(wizard.TapCode{})
	case wizard.Held:
		q.send(wizard.TapSlip{})
	case wizard.Done, wizard.Stopped, wizard.Take:
		q.takeAway()
	default:
		q.send(wizard.TapNext{})
	}
}

// Two people with a card each, and effects of the first that are begun, and
// answered, when the second sits there: no card is ever given another one's PIN,
// nothing is signed that its holder did not ask for, and no screen tells the second
// of the first.
func TestTwoCards(t *testing.T) {
	c, _ := newCounter(t)
	c.stop()
	both := 0
	for seed := range proof.Times(25, 40, 3000) {
		q := &queue{counter: c, rnd: rand.New(rand.NewPCG(34, uint64(seed))), gating: rand.New(rand.NewPCG(43, uint64(seed))),
			pins: [2]string{"7294", "1538"}, events: make(chan kiosk.Event), found: map[string]bool{}}
		for i := range q.cards {
			leaf, err := c.deck.CA.Issue(jpkitest.Profile{Kind: jpkitest.P256, Issued: time.Now().AddDate(-1, 0, 0), Born: time.Date(1985, 4, 12, 0, 0, 0, 0, time.UTC)})
			c.ok(err)
			q.cards[i] = jpkitest.New(jpkitest.Opts{Leaf: leaf, CA: c.deck.CA.DER, PIN: q.pins[i]})
			c.secret = append(c.secret, q.pins[i])
		}
		q.play(1 + seed%4)
		for i, card := range q.cards {
			if card.Tries() != jpkitest.MaxTries {
				t.Errorf("seed %d: card %d was given another PIN:\n%s", seed, i+1, strings.Join(q.trace, "\n"))
			}
		}
		if pins(q.cards[0]) > 0 && pins(q.cards[1]) > 0 {
			both++
		}
		if t.Failed() {
			return
		}
	}
	if both < 5 {
		t.Errorf("both came to their PIN %d times", both)
	}
}

// play has the first one there for a while, then the second until all is done.
func (q *queue) play(slow int) {
	ctx, stop := context.WithCancel(q.t.Context())
	ended := make(chan struct{}, 2)
	go func() { _ = q.desk.clerk.watch(ctx, q.send); ended <- struct{}{} }()
	q.tell = <-q.reader.tell
	first := kiosk.First(kiosk.Look{Lang: "ja"}, q.state.Site, time.Hour)
	go func() { kiosk.Run(ctx, first, q.events, q.do, q.show); ended <- struct{}{} }()
	for range 10 + q.rnd.IntN(25) {
		q.step(slow)
	}
	q.takeAway()
	q.now()
	signed := strings.Count(strings.Join(q.cards[0].Log(), "\n"), "sign")
	q.mu.Lock()
	q.who = 1
	q.mu.Unlock()
	for range 50 {
		q.step(slow)
		q.mu.Lock()
		q.done++
		q.mu.Unlock()
	}
	q.takeAway()
	q.now()
	if now := strings.Count(strings.Join(q.cards[0].Log(), "\n"), "sign"); now != signed {
		q.t.Errorf("the first one's card signed after it was taken away")
	}
	q.over(stop, ended)
}

// over ends it all; what is under way is waited for.
func (q *queue) over(stop func(), ended <-chan struct{}) {
	q.t.Helper()
	for q.now(); q.pass(); q.now() {
	}
	stop()
	for left := 2; left > 0; {
		select {
		case <-ended:
			left--
		case <-time.After(time.Millisecond): // an effect may still be under way
			q.pass()
		}
	}
	q.reader.put(nil)
	if q.desk.clerk.now != nil {
		q.t.Error("somebody still sits there")
	}
}

// It finds an effect that is for whoever sits there.
func TestTwoCardsFinds(t *testing.T) {
	proof.Finds(t, "TestTwoCards", "was given another PIN", proof.Fault{File: "cmd/internal/station/clerk.go", Right: " || c.now.n != n {", Wrong: " {"})
}
