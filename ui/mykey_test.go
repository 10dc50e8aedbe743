package ui

import (
	"errors"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"pointkiosk/kiosk"
	"pointkiosk/kiosk/wizard"
)

// secret is a PIN that no order of the keys and no text holds by chance.
const secret = "7294"

// A person is at the screens: what is tapped, and what was sent.
type person struct {
	t    *testing.T
	root *Root
	w    fyne.Window
	sent []kiosk.Event
}

func newPerson(t *testing.T, size fyne.Size, sample string) *person {
	t.Helper()
	newApp(t)
	p := &person{t: t}
	p.root, p.w = open(t, size, func(e kiosk.Event) { p.sent = append(p.sent, e) })
	p.root.Show(stateOf(t, sample))
	return p
}

func (p *person) tap(words ...string) {
	p.t.Helper()
	for _, each := range words {
		b := find(p.t, p.root.Object(), each)
		test.TapCanvas(p.w.Canvas(), b.at.AddXY(b.size.Width/2, b.size.Height/2))
	}
}

func (p *person) letters(text string) {
	p.t.Helper()
	for _, c := range text {
		p.tap(string(c))
	}
}

// last is what was sent last, other than that somebody is there.
func (p *person) last() kiosk.Event {
	for _, e := range slices.Backward(p.sent) {
		if e != (kiosk.Touched{}) {
			return e
		}
	}
	return nil
}

// seen lists the texts on the screen that stand on no button.
func (p *person) seen() (list []string) {
	on := map[fyne.CanvasObject]bool{}
	all := spots(p.root.Object())
	for _, s := range all {
		if b, ok := s.object.(*button); ok {
			for _, in := range spots(b.box) {
				on[in.object] = true
			}
		}
	}
	for _, s := range all {
		if text, ok := s.object.(*canvas.Text); ok && !on[text] {
			list = append(list, text.Text)
		}
	}
	return list
}

func (p *person) dots() (n int) {
	for _, s := range spots(p.root.Object()) {
		if _, ok := s.object.(*canvas.Circle); ok {
			n++
		}
	}
	return n
}

// The PIN goes out once, in one event. Nothing on the screen, in no state of the
// keys, says a digit of it, and after it nothing holds it.
func TestPINLeavesNothing(t *testing.T) {
	for _, mixed := range []bool{false, true} {
		p := newPerson(t, sizes()[0], "mykey-pin")
		if mixed {
			p.tap("数字をまぜる")
		}
		before := p.seen()
		for i, digit := range secret {
			p.tap(string(digit))
			if got := p.seen(); !slices.Equal(got, before) {
				t.Errorf("after %d digits the screen says %q, before %q", i+1, got, before)
			}
			if n := p.dots(); n != i+1 {
				t.Errorf("%d digits show as %d dots", i+1, n)
			}
		}
		p.tap("1") // a fifth is not taken
		if len(holding(p.root, secret)) == 0 {
			t.Fatal("the search finds no PIN where one is")
		}
		p.tap("決定")
		typed, ok := p.last().(wizard.TypedPIN)
		if !ok || string(typed.PIN.(wizard.Typed).Take()) != secret {
			t.Fatalf("sent %#v", p.sent)
		}
		if found := holding(p.root, secret); len(found) > 0 {
			t.Errorf("left in %q", found)
		}
		p.tap("決定")
		for i, e := range p.sent {
			if (e != kiosk.Touched{}) && i != len(p.sent)-1 {
				t.Errorf("sent %#v before the PIN", e)
			}
		}
	}
}

// Whatever ends the typing, the digits go with it; the clock does not end it.
func TestPINIsWiped(t *testing.T) {
	for _, tt := range []struct {
		name string
		end  func(p *person)
		kept bool
	}{
		{"a second passes", func(p *person) { p.root.Show(nearlyGone(stateOf(t, "mykey-pin"))) }, true},
		{"erased", func(p *person) { p.tap("消す") }, false},
		{"another step", func(p *person) { p.root.Show(stateOf(t, "mykey-take")) }, false},
		{"another step, and back", func(p *person) {
			p.root.Show(stateOf(t, "mykey-checking"))
			p.root.Show(stateOf(t, "mykey-pin-wrong"))
		}, false},
		{"another visit", func(p *person) {
			st := stateOf(t, "mykey-pin")
			st.Visit++
			p.root.Show(st)
		}, false},
		{"home", func(p *person) { p.root.Show(stateOf(t, "home")) }, false},
		{"表示", func(p *person) { p.root.Show(stateOf(t, "display")) }, false},
	} {
		p := newPerson(t, sizes()[0], "mykey-pin")
		p.letters(secret)
		tt.end(p)
		if found := holding(p.root, secret); (len(found) > 0) != tt.kept {
			t.Errorf("%s: found in %q", tt.name, found)
		}
		if !tt.kept && p.root.mykey.pin.n != 0 {
			t.Errorf("%s: there are still %d", tt.name, p.root.mykey.pin.n)
		}
	}
}

// A State never holds what was typed, on its way through the screens and the
// machine.
func TestStateHoldsNoSecret(t *testing.T) {
	p := newPerson(t, sizes()[0], "mykey-pin")
	p.letters(secret)
	p.tap("決定")
	st := stateOf(t, "mykey-pin")
	for _, e := range p.sent {
		next, effect := st.Next(e)
		if found := holding(&next, secret); len(found) > 0 {
			t.Errorf("%T leaves the PIN in %q", e, found)
		}
		if check, ok := effect.(wizard.Check); ok && len(holding(check, secret)) == 0 {
			t.Error("the effect has no PIN")
		}
		st = next
	}
	if st.MyKey.Step != wizard.Checking {
		t.Errorf("step %d", st.MyKey.Step)
	}
}

// The order of the keys is mixed on request, stays until the person has left, and
// is never a false promise.
func TestDigitsAreMixed(t *testing.T) {
	p := newPerson(t, sizes()[0], "mykey-pin")
	pin := p.root.mykey.pin
	order := func() string { return string(pin.order[:]) }
	const usual = "1234567890"
	pin.random = rand.NewChaCha8([32]byte{4})
	p.tap("数字をまぜる")
	mixed := order()
	digits := []byte(mixed)
	slices.Sort(digits)
	if mixed == usual || string(digits) != "0123456789" {
		t.Errorf("mixed: %q", mixed)
	}
	p.root.Show(stateOf(t, "mykey-checking"))
	p.root.Show(stateOf(t, "mykey-pin-wrong"))
	if order() != mixed {
		t.Errorf("after a wrong PIN: %q, was %q", order(), mixed)
	}
	p.root.Show(stateOf(t, "home"))
	if order() != usual {
		t.Errorf("for the next person: %q", order())
	}
	p.root.Show(stateOf(t, "mykey-pin"))
	pin.random = io.MultiReader(strings.NewReader("\x01\x02\x03"), failing{})
	if p.tap("数字をまぜる"); order() != usual {
		t.Errorf("half mixed: %q", order())
	}
	counts := [10]int{}
	pin.random = rand.NewChaCha8([32]byte{5})
	for range 5000 {
		pin.mix()
		counts[pin.order[0]-'0']++
	}
	for digit, n := range counts {
		if n < 400 || n > 600 {
			t.Errorf("%d stands first %d times of 5000", digit, n)
		}
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("no randomness") }

// An ID of one's own is typed on keys that have all of its characters, and goes
// with who typed it.
func TestOwnID(t *testing.T) {
	for _, size := range sizes() {
		p := newPerson(t, size, "mykey-own")
		p.letters("WXYZ")
		p.tap("消す", "消す")
		p.letters("K7M4W2HN")
		if got := p.last(); got != nil {
			t.Errorf("sent %#v", got)
		}
		if line := strings.Join(p.seen(), ""); !strings.Contains(line, "WXK7M4W2") {
			t.Errorf("the places say %s", line)
		}
		p.tap("決定")
		if got := p.last(); got != (wizard.TypedID{ID: "WXK7M4W2"}) {
			t.Errorf("sent %#v", got)
		}
		p.sent = nil
		p.root.Show(stateOf(t, "mykey-looking"))
		if found := holding(p.root, "WXK7M4W2"); len(found) > 0 {
			t.Errorf("left in %q", found)
		}
	}
}

// A password that nobody sees is typed twice, and goes out once.
func TestPasswordIsTypedTwice(t *testing.T) {
	p := newPerson(t, sizes()[0], "mykey-typing")
	pass := "ab+7Q"
	typed := func() {
		p.letters("ab")
		p.tap("123")
		p.letters("+7")
		p.tap("ABC")
		p.letters("Q")
	}
	typed()
	if p.tap("決定"); p.last() != nil || p.root.mykey.leaves[wizard.Typing].(*typing).again {
		t.Errorf("five characters were taken: %#v", p.sent)
	}
	p.tap("abc")
	p.letters("xyzz")
	p.tap("消す")
	pass += "xyz"
	before := len(p.seen())
	if p.dots() != 8 || len(p.seen()) != before {
		t.Errorf("%d dots", p.dots())
	}
	p.tap("決定")
	if p.dots() != 0 || p.last() != nil {
		t.Errorf("after the first: %d dots, %#v", p.dots(), p.last())
	}
	typed()
	p.tap("abc")
	p.letters("xyy")
	p.tap("決定")
	if found := holding(p.root, "ab+7Q"); len(found) > 0 || p.last() != nil {
		t.Errorf("two that differ: %q, %#v", found, p.last())
	}
	if !slices.Contains(p.seen(), p.root.pen.say("mykey.typing.differ")) {
		t.Errorf("it says %q", p.seen())
	}
	for range 2 {
		typed()
		p.tap("abc")
		p.letters("xyz")
		if len(holding(p.root, pass)) == 0 {
			t.Error("the search finds no password where one is")
		}
		p.tap("決定")
	}
	got, ok := p.last().(wizard.TypedPass)
	if !ok || string(got.Pass.(wizard.Typed).Take()) != pass {
		t.Fatalf("sent %#v", p.last())
	}
	if found := holding(p.root, pass); len(found) > 0 {
		t.Errorf("left in %q", found)
	}
	typed()
	p.root.Show(stateOf(t, "home"))
	if found := holding(p.root, "ab+7Q"); len(found) > 0 {
		t.Errorf("left after leaving in %q", found)
	}
}

// Who leaves leaves nothing in the widgets: neither on the last screen nor on one
// before it.
func TestLeavingEmptiesTheScreens(t *testing.T) {
	newApp(t)
	for _, size := range []fyne.Size{sizes()[0], sizes()[3]} {
		root, _ := open(t, size, func(kiosk.Event) {})
		for _, gone := range []string{"home", "mykey-take", "mykey-needs"} {
			after := stateOf(t, gone)
			for _, s := range counterSamples() {
				if s.state.Step != kiosk.MyKey {
					continue
				}
				root.Show(s.state)
				st := after
				st.Visit++
				root.Show(st)
				if found := holding(root, "K7M4", "WMWM", "XYZ2", "1234-5678", "12,350"); len(found) > 0 {
					t.Errorf("%s, then %s: left in %q", s.name, gone, found)
				}
			}
		}
	}
}

// Every end has words of its own, a code of its own, and says where to go.
func TestStops(t *testing.T) {
	reasons := []wizard.Reason{
		wizard.NoReader, wizard.OtherCard, wizard.Phone, wizard.NoCertificate, wizard.Mute, wizard.Unusable,
		wizard.Expired, wizard.Renewed, wizard.Offline, wizard.Broken, wizard.Weak,
	}
	verdicts := strings.Fields("taken offensive unknown-ca expired not-yet-valid revoked weak-certificate bad-signature other-id " +
		"challenge-used challenge-late has-id no-id weak-password kiosk-unknown busy")
	var all []wizard.State
	for _, r := range reasons {
		all = append(all, wizard.State{Reason: r})
	}
	for _, v := range verdicts {
		all = append(all, wizard.State{Reason: wizard.Refused, Word: v})
	}
	codes := map[string]string{}
	for _, w := range append(all, wizard.State{Reason: wizard.Refused, Word: "nobody knows"}, wizard.State{}) {
		s := stopOf(w)
		if known := slices.ContainsFunc(all, func(k wizard.State) bool { return k.Reason == w.Reason && k.Word == w.Word }); known != (s.name != "other") {
			t.Errorf("%q %q is shown as %q", w.Reason, w.Word, s.name)
		}
		if was := codes[s.code]; was != "" && was != s.name {
			t.Errorf("%s is %s and %s", s.code, was, s.name)
		}
		codes[s.code] = s.name
		for _, p := range []*pen{newPen()} {
			for _, key := range []string{"mykey.stop." + s.name, "mykey.stop." + s.name + ".do", "mykey.stop." + s.where} {
				if text := p.say(key); strings.HasPrefix(text, "‹") {
					t.Errorf("%s says nothing", key)
				}
			}
		}
	}
}

// Every point of the terms can be read, however small the panel.
func TestTermsInPages(t *testing.T) {
	for i := range 2 * len(sizes()) {
		size, lang := sizes()[i/2], []string{"ja", "en"}[i%2]
		p := newPerson(t, size, "home")
		st := stateOf(t, "mykey-terms")
		st.Look = kiosk.Look{Lang: lang, Size: kiosk.Large}
		p.root.Show(st)
		read := ""
		for range clauses {
			read += " " + strings.Join(p.seen(), " ")
			for _, fault := range faults(spots(p.root.Object()), size, p.root.pen.mm) {
				t.Errorf("%v %s: %s", size, lang, fault)
			}
			more := slices.ContainsFunc(spots(p.root.Object()), func(s spot) bool {
				b, ok := s.object.(*button)
				return ok && !b.dead && slices.Contains(said(b), p.root.pen.say("any.next"))
			})
			if !more {
				break
			}
			p.tap(p.root.pen.say("any.next"))
		}
		read = strings.ReplaceAll(read, " ", "")
		for clause := range strings.SplitSeq(st.MyKey.Terms.Body[lang], "\n") {
			if clause = strings.ReplaceAll(clause, " ", ""); !strings.Contains(read, clause) {
				t.Errorf("%v: %q was not read in %q", size, clause, read)
			}
		}
		if p.tap(p.root.pen.say("mykey.terms.agree")); p.last() != (wizard.TapNext{}) {
			t.Errorf("%v: sent %#v", size, p.last())
		}
	}
}

// The screens say how soon they close, in their own strip or in the bar, and
// nothing moves for it.
func TestCountDown(t *testing.T) {
	for i, size := range sizes() {
		p := newPerson(t, size, "mykey-pin")
		key := func() fyne.Position { return find(t, p.root.Object(), "5").at }
		before := key()
		counts := func() bool {
			return strings.Contains(strings.Join(p.seen(), ""), "あと15秒で最初の画面にもどります")
		}
		if counts() {
			t.Errorf("%v: it counts too early", size)
		}
		p.root.Show(stateOf(t, "mykey-pin-leaving"))
		if !counts() {
			t.Errorf("size %d: it does not count: %q", i, p.seen())
		}
		if key() != before {
			t.Errorf("%v: keys move from %v to %v", size, before, key())
		}
	}
}

// Who taps twice by habit sends one tap, and agrees to nothing on the screen that
// comes after.
func TestTwoTapsAreOne(t *testing.T) {
	p := newPerson(t, sizes()[0], "mykey-terms")
	clock := now()
	p.root.mykey.clock = func() time.Time { return clock }
	tap := func(after time.Duration, words string) int {
		p.t.Helper()
		clock, p.sent = clock.Add(after), nil
		p.tap(words)
		return len(p.sent)
	}
	p.root.mykey.deaf = clock
	for i, got := range []int{
		tap(0, "同意して次へ"), tap(100*time.Millisecond, "同意して次へ"),
		func() int { p.root.Show(stateOf(t, "mykey-confirm")); return tap(100*time.Millisecond, "申しこむ") }(),
		tap(100*time.Millisecond, "申しこむ"), tap(100*time.Millisecond, "申しこむ"),
	} {
		if want := []int{1, 0, 0, 0, 1}[i]; got != want {
			t.Errorf("tap %d sends %d, want %d", i+1, got, want)
		}
	}
	p.root.Show(stateOf(t, "home"))
	p.root.Show(stateOf(t, "mykey-needs"))
	if tap(0, "15歳以上です") != 0 || tap(settle, "15歳以上です") != 1 {
		t.Error("the first screen takes the second tap on the tile")
	}
}

// A card that somebody left is to be taken away where one lies there, and nowhere else.
func TestPlaceOfOneLeft(t *testing.T) {
	p := newPen()
	screen := newPlace(p, func(kiosk.Event) {})
	for lies, key := range map[bool]string{true: "mykey.place.left", false: "mykey.place.sub"} {
		st := base()
		st.Step, st.Left, st.Card, st.MyKey.Step = kiosk.MyKey, true, lies, wizard.Place
		if screen.Show(st); screen.sub.words != p.say(key) {
			t.Errorf("a card lies there %v: %q", lies, screen.sub.words)
		}
	}
}
