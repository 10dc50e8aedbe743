package kiosk

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pointkiosk/cards"
	"pointkiosk/kiosk/account"
	"pointkiosk/kiosk/prize"
	"pointkiosk/kiosk/wizard"
	"pointkiosk/packaging/proof"
)

// marks are what is one person's alone. No text and no number of another holds
// them.
type marks struct {
	id, own, code, word, lang         string
	ids                               []string
	pin, password, staff              string // typed; staff types a PIN of four digits that nobody else has
	operator, request, again, scan    string
	points, tries, fewer, card, wrong int
}

func marksOf(n int) *marks {
	m := func(what string) string { return fmt.Sprintf("%s-of-%d", what, n) }
	base := 70_000_000 + 1_000_000*n
	return &marks{
		id: m("ID"), own: m("own"), code: m("code"), word: m("word"), lang: m("lang"), ids: []string{m("first"), m("second"), m("third")},
		pin: []string{"7294", "1538"}[n], password: m("password"), staff: []string{"7294", "1538"}[n],
		operator: m("operator"), request: m("request"), again: m("again"), scan: m("scan"),
		points: base + 1, tries: base + 2, fewer: base + 3, card: base + 4, wrong: base + 5,
	}
}

// all lists the marks, but for those that are digits of a PIN or how the screen
// reads.
func (m *marks) all() []string {
	texts := append([]string{m.id, m.own, m.code, m.word, m.password, m.operator, m.request, m.again, m.scan, m.pin}, m.ids...)
	for _, n := range []int{m.points, m.tries, m.fewer, m.card, m.wrong} {
		texts = append(texts, fmt.Sprint(n))
	}
	return texts
}

// A promise is an effect that somebody was promised an answer to.
type promise struct {
	effect Effect
	who    int
	answer chan Event
}

// A line is two people, one after the other, at one kiosk.
type line struct {
	t       *testing.T
	rnd     *rand.Rand
	people  [2]*marks
	who     int // the one who stands there
	slow    int // an answer is as likely as so many taps
	visit   int // of the first
	events  chan Event
	stop    context.CancelFunc
	runs    sync.WaitGroup
	dead    []promise // of a kiosk that was killed
	baskets int
	mu      sync.Mutex
	state   State // shown last
	read    bool  // the card that staff said yes for
	told    []promise
	typed   []wizard.Typed
	now     time.Time
	trace   []string
	reached map[string]int
	failed  bool
}

// open switches the kiosk on. What it knew before is gone: it keeps nothing.
func (l *line) open() {
	ctx, stop := context.WithCancel(context.Background())
	l.stop, l.events, l.visit = stop, make(chan Event), 0
	events, first := l.events, First(Look{Lang: "ja"}, Site{Counter: true, Accounts: true, Tickets: true, Ranges: true, Sheets: true}, 15*time.Minute)
	l.runs.Go(func() { Run(ctx, first, events, l.do, l.show) })
	synctest.Wait()
	l.send(Tick{Now: l.now})
	l.send(PaperIs{Paper: Paper{Ready: true}})
}

// close switches it off. An effect that is under way is waited for.
func (l *line) close() {
	l.stop()
	for synctest.Wait(); len(l.told) > 0; synctest.Wait() {
		l.keep(0, nil)
	}
}

// kill ends it at once: nothing of it is heard any more, and no effect that is under
// way is answered. A card still lies where it lay.
func (l *line) kill() {
	lay := l.state.Card
	l.stop()
	synctest.Wait()
	l.dead, l.told = append(l.dead, l.told...), nil
	l.reached["killed"]++
	if l.open(); lay {
		l.send(wizard.CardIn{})
	}
}

// bury lets go of those that were killed.
func (l *line) bury() {
	for _, p := range l.dead {
		wipes(p.effect)
		p.answer <- nil
	}
	l.runs.Wait()
}

// do is asked for an effect, and answers when the line says so.
func (l *line) do(_ context.Context, e Effect) Event {
	p := promise{e, l.who, make(chan Event)}
	l.mu.Lock()
	l.told = append(l.told, p)
	if _, scan := e.(account.LookAt); !scan || l.who == 1 { // on Home a scan is of who stands there
		l.look("the effect", e)
	}
	l.mu.Unlock()
	return <-p.answer
}

// show looks through what is shown.
func (l *line) show(s State) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.state = s
	l.read = s.MyKey.Child && (s.MyKey.Step >= wizard.PIN || l.read)
	if l.gone() && strings.ContainsAny(string(s.pin), l.people[0].staff) {
		l.fault("digits of the first one's staff PIN are kept")
	}
	l.look("the screen", s)
	if l.who == 1 && (s.Look.Lang == l.people[0].lang || s.Look.Size == Large) {
		l.fault("the screen reads as the first one liked it: %+v", s.Look)
	}
}

// gone reports whether the first one has left: the visit is another, or there is
// no card and nothing of one was asked for.
func (l *line) gone() bool {
	s := l.state
	early := s.Step == MyKey && slices.Contains([]wizard.Step{wizard.Needs, wizard.Young, wizard.Place}, s.MyKey.Step) && !s.Card
	if l.who == 0 && s.MyKey.Child && s.MyKey.Step == wizard.Place && !l.read { // staff said yes, and no card was read yet
		return false
	}
	return l.who == 1 || s.Visit != l.visit || s.Step == Home || early
}

func (l *line) look(where string, v any) {
	if !l.gone() {
		return
	}
	if found := proof.Holding(v, l.people[0].all()...); len(found) > 0 {
		l.fault("%s (%T) has of the first one: %q", where, v, found)
	}
}

func (l *line) fault(format string, args ...any) {
	if !l.failed {
		l.t.Errorf(format+"\nafter:\n%s", append(args, strings.Join(l.trace, "\n"))...)
	}
	l.failed = true
}

// send is a tap or news.
func (l *line) send(e Event) {
	said := fmt.Sprintf("%d: %T %+v %#v", l.who+1, e, e, e)
	l.trace = append(l.trace, said)
	for _, m := range l.people {
		if strings.Contains(said, m.password) || strings.Contains(said, m.scan) || strings.Contains(said, m.pin) {
			l.fault("a log of it would say a PIN or a password")
		}
	}
	before, told := l.state, len(l.told)
	l.events <- e
	synctest.Wait()
	l.ends(e, before, l.told[told:])
	if l.who == 0 && l.state.Step != Home { // the first one came back
		l.visit = l.state.Visit
	}
}

// ends looks at the end of who had a card there: it is no later than their card is
// taken away, and the card is powered down.
func (l *line) ends(e Event, before State, told []promise) {
	now := l.state
	if _, out := e.(wizard.CardOut); out && (now.MyKey.Step > wizard.Place || len(now.MyKey.IDs) > 0) {
		l.fault("the card is away, and its screen is not: %+v", now.MyKey)
	}
	sat := before.MyKey.Step >= wizard.PIN && before.MyKey.Step < wizard.Stopped
	off := slices.ContainsFunc(told, func(p promise) bool { _, is := p.effect.(wizard.PowerDown); return is })
	if sat && now.Visit != before.Visit && !off {
		l.fault("nobody is there any more, and the card was not powered down: %+v", before.MyKey)
	}
}

// keep answers a promise, and wipes what it took.
func (l *line) keep(n int, e Event) {
	l.mu.Lock()
	p := l.told[n]
	l.told = slices.Delete(l.told, n, n+1)
	l.mu.Unlock()
	wipes(p.effect)
	l.trace = append(l.trace, fmt.Sprintf("%d's %T is answered: %T %+v", p.who+1, p.effect, e, e))
	if p.who != l.who && e != nil {
		l.reached["late answers"]++
	}
	p.answer <- e
	synctest.Wait()
}

// step does one thing of all that can happen.
func (l *line) step() {
	if len(l.told) > 0 && l.rnd.IntN(l.slow) == 0 {
		n := l.rnd.IntN(len(l.told))
		l.keep(n, l.answerTo(l.told[n]))
		return
	}
	l.send(l.something())
}

// TestTwoPeople: whatever two people do one after the other, and however late the
// answers are, the second finds nothing of the first.
func TestTwoPeople(t *testing.T) {
	reached := map[string]int{}
	for seed := range proof.Times(1000, 1000, 200_000) {
		synctest.Test(t, func(t *testing.T) {
			l := &line{t: t, rnd: rand.New(rand.NewPCG(4, uint64(seed))), people: [2]*marks{marksOf(0), marksOf(1)},
				slow: 1 + seed%6,
				now:  time.Date(2026, 11, 22, 12, 0, 0, 0, cards.Japan), reached: reached}
			l.open()
			for range 20 + l.rnd.IntN(40) {
				l.step()
			}
			l.leave()
			for range 40 + l.rnd.IntN(40) {
				l.step()
				l.arrive()
			}
			l.close()
			l.bury()
			for _, typed := range l.typed {
				if strings.Trim(string(typed.Take()), "\x00") != "" {
					l.fault("what was typed is still there: %q", typed.Take())
				}
			}
		})
		if t.Failed() {
			return
		}
	}
	t.Log(reached)
	for _, what := range []string{"late answers", "restarted", "killed", "last try", "vouching", "vouching under 表示", "later", "joining", "went away", "under 15", "two cards", "prizes", "prize taken", "with the card", "PIN asked", "ID chosen", "registered", "held", "at the desk", "card out", "account open", "cards put", "ticket", "looked at", "left lying", "range", "sheets"} {
		if reached[what] < 10 {
			t.Errorf("hardly ever %s: %d", what, reached[what])
		}
	}
}

// leave is how the first one goes: some way or other.
func (l *line) leave() {
	if l.rnd.IntN(3) == 0 {
		l.send(TapDisplay{})
	}
	switch l.rnd.IntN(6) {
	case 0:
		l.close()
		l.reached["restarted"]++
		l.open()
	case 3:
		l.kill()
	case 1:
		for range 3 {
			l.now = l.now.Add(16 * time.Minute)
			l.send(Tick{Now: l.now})
		}
	case 2:
		l.send(wizard.TapEnd{})
		l.send(TapBack{})
	}
	l.send(wizard.CardOut{})
	l.idle(func() bool { return l.gone() })
	if l.state.Step == Home && l.rnd.IntN(2) == 0 { // taps of before that come after
		for range l.rnd.IntN(3) {
			l.send(l.tapped(l.people[0]))
		}
	}
	l.idle(func() bool {
		return l.gone() && (l.state.Step == Home || l.state.Step == MyKey) && l.state.Look == l.state.usual
	})
	l.mu.Lock()
	l.who = 1
	l.look("the screen that the second finds", l.state)
	l.mu.Unlock()
}

// idle lets nobody touch the screen for as long as it takes. What is under way at
// the desk ends.
func (l *line) idle(until func() bool) {
	for n := 0; !until(); n++ {
		if n > 20 {
			l.fault("the screen does not go home: %+v", l.state)
			return
		}
		if len(l.told) > 0 {
			l.keep(0, l.answerTo(l.told[0]))
		}
		l.now = l.now.Add(16 * time.Minute)
		l.send(Tick{Now: l.now})
	}
}

// arrive counts how far the second one comes, so that the test is known to look
// at something.
func (l *line) arrive() {
	s := l.state
	for what, is := range map[string]bool{
		"with the card": s.Step == MyKey && s.Card, "PIN asked": s.Step == MyKey && s.MyKey.Step == wizard.PIN, "ID chosen": s.Step == MyKey && s.MyKey.ID != "",
		"registered": s.Step == MyKey && s.MyKey.Step == wizard.Done, "held": s.Step == MyKey && s.MyKey.Step == wizard.Held,
		"at the desk": s.Step == Issue, "card out": s.Desk.Handed,
		"account open": s.Step == Account && s.Account.IsOpen(), "cards put": s.Step == Account && s.Account.Sum() > 0,
		"ticket": s.Step == Account && s.Account.Sale.Serial != "", "looked at": s.Step == Account && s.Account.Paper.Serial != "", "left lying": s.taking(),
		"last try": s.Step == MyKey && s.MyKey.Step == wizard.LastTry, "vouching": s.Vouching(), "vouching under 表示": s.Step == Display && s.Vouching(),
		"under 15": s.MyKey.Child && s.MyKey.Step >= wizard.PIN, "two cards": s.Step == MyKey && s.MyKey.Reason == wizard.TwoCards,
		"later": s.MyKey.Later, "joining": s.MyKey.Join, "went away": s.MyKey.Taken == wizard.Away,
		"range": s.Step == Ranges && s.Range.At >= RangeFound, "sheets": s.Step == Sheets && s.Sheet.At >= SheetsMaking, "prizes": s.Step == Prize && s.Prize.Basket.Sum > 0, "prize taken": s.Step == Prize && s.Prize.Step == prize.Done,
	} {
		if is {
			l.reached[what]++
		}
	}
}
