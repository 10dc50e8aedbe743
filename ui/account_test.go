package ui

import (
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"pointkiosk/kiosk"
	"pointkiosk/kiosk/account"
	"pointkiosk/kiosk/wizard"
)

// The password of an account is typed once, goes out once, and is left nowhere,
// whatever ends the typing.
func TestSignInLeavesNothing(t *testing.T) {
	for _, end := range []string{"", "account-ways", "account-balance", "home", "display"} {
		p := newPerson(t, sizes()[0], "account-password")
		p.letters("ab")
		p.tap("123")
		p.letters("+7")
		p.tap("abc")
		p.letters("xyz")
		if p.tap("決定"); p.last() != nil {
			t.Errorf("seven characters were taken: %#v", p.last())
		}
		p.letters("q")
		if p.dots() != 8 || len(holding(p.root, "ab+7xyzq")) == 0 {
			t.Errorf("%d dots; found in %q", p.dots(), holding(p.root, "ab+7xyzq"))
		}
		if end != "" {
			p.root.Show(stateOf(t, end))
		} else {
			p.tap("決定")
			got, ok := p.last().(account.TypedPass)
			if !ok || string(got.Pass.(wizard.Typed).Take()) != "ab+7xyzq" {
				t.Fatalf("sent %#v", p.last())
			}
			got.Pass.Wipe()
		}
		if found := holding(p.root, "ab+7"); len(found) > 0 {
			t.Errorf("%q: left in %q", end, found)
		}
	}
}

// Beside the points in large type stand the days of those points, and no others'.
func TestEndsAreOfTheSchemeShown(t *testing.T) {
	newApp(t)
	root, _ := open(t, sizes()[0], func(kiosk.Event) {})
	st := stateOf(t, "account-balance")
	lots := st.Account.Account.Lots
	other := lots[len(lots)-1]
	other.Scheme, other.Points, other.Expires = account.Name{Ja: "きさポイント"}, 77, now()
	st.Account.Account.Lots = append([]account.Lot{other}, lots...)
	root.Show(st)
	var shown []string
	for _, s := range spots(root.Object()) {
		if words, ok := s.object.(*canvas.Text); ok {
			shown = append(shown, words.Text)
		}
	}
	if all := strings.Join(shown, "\n"); slices.Contains(shown, "77ポイント") || !strings.Contains(all, "ほかに1件あります。") || !strings.Contains(all, "200ポイント") {
		t.Errorf("%q", shown)
	}
}

// Who leaves an account leaves nothing in the widgets: neither on the last screen
// nor on one before it.
func TestLeavingEmptiesAccounts(t *testing.T) {
	newApp(t)
	for _, size := range []fyne.Size{sizes()[0], sizes()[3]} {
		root, _ := open(t, size, func(kiosk.Event) {})
		looked := 0
		for _, gone := range []string{"home", "mykey-take", "account-ways"} {
			after := stateOf(t, gone)
			for _, s := range accountSamples() {
				if s.state.Step != kiosk.Account {
					continue
				}
				root.Show(s.state)
				marks := []string{"W2HN", "WMWM", "3,000", "12,000ポイント", "防災", "ABCD-EFGH"}
				if len(holding(root, marks...)) > 0 {
					looked++
				}
				st := after
				st.Visit++
				root.Show(st)
				if found := holding(root, marks...); len(found) > 0 {
					t.Errorf("%s, then %s: left in %q", s.name, gone, found)
				}
			}
		}
		if looked < 30 {
			t.Errorf("only %d screens showed anything", looked)
		}
	}
}

// All movements and all verdicts can be read, in pages, however small the panel.
func TestRowsInPages(t *testing.T) {
	for i := range 2 * len(sizes()) {
		size, lang := sizes()[i/2], []string{"ja", "en"}[i%2]
		for _, sample := range []string{"account-moves", "account-put-many", "account-lots"} {
			p := newPerson(t, size, "home")
			st := stateOf(t, sample)
			st.Look = kiosk.Look{Lang: lang, Size: kiosk.Large}
			p.root.Show(st)
			rows := p.root.account.now.(interface{ lines() *rows }).lines()
			want, got := len(rows.list), 0
			for range want {
				for _, l := range rows.pool {
					if l.what.words != "" {
						if got++; l.what.words != rows.list[got-1].what || l.amount.words != rows.list[got-1].amount {
							t.Fatalf("%v %s %s: row %d says %q", size, lang, sample, got, l.what.words)
						}
					}
				}
				for _, fault := range faults(spots(p.root.Object()), size, p.root.pen.mm) {
					t.Errorf("%v %s %s: %s", size, lang, sample, fault)
				}
				if rows.next.dead || rows.next.gone {
					break
				}
				p.tap(p.root.pen.say("any.next"))
			}
			if got != want {
				t.Errorf("%v %s %s: %d of %d rows can be read", size, lang, sample, got, want)
			}
		}
	}
}

func (s *listed) lines() *rows { return s.rows }
func (s *put) lines() *rows    { return s.rows }

// A verdict is never cut off, not even in large type on a small panel: it is what
// a person waits for.
func TestVerdictsInFull(t *testing.T) {
	newApp(t)
	for _, size := range sizes() {
		root, _ := open(t, size, func(kiosk.Event) {})
		for _, lang := range []string{"ja", "en"} {
			for _, word := range append(verdicts(), "") {
				st := stateOf(t, "account-put-some")
				st.Look = kiosk.Look{Lang: lang, Size: kiosk.Large}
				st.Account.Lines = []account.Line{{N: 123, Serial: "ABCD-EFGH-JKMN", Done: true, Word: word, Before: word == "", Points: 200}}
				root.Show(st)
				for _, s := range spots(root.Object()) {
					if text, ok := s.object.(*canvas.Text); ok && strings.HasSuffix(text.Text, "…") && s.at.Y > 100 {
						t.Errorf("%v %s %q: %s", size, lang, word, text.Text)
					}
				}
			}
		}
	}
}

// A hand scanner's keys become one event, and are left nowhere; what is too long
// is no card, a pause begins anew, and what never ends is forgotten.
func TestScanner(t *testing.T) {
	newApp(t)
	var sent []kiosk.Event
	clock := now()
	root := NewRoot(func(e kiosk.Event) { sent = append(sent, e) }, &Opts{Clock: func() time.Time { return clock }})
	w := test.NewTempWindow(t, root.Object())
	root.Listen(w.Canvas())
	root.Show(base())
	typed := func(text string) {
		for _, r := range text {
			w.Canvas().OnTypedRune()(r)
		}
	}
	enter := func(key fyne.KeyName) { w.Canvas().OnTypedKey()(&fyne.KeyEvent{Name: key}) }
	const card = "HTTPS://P.EXAMPLE.JP/C/ABCDEFGHIJ"
	for _, tt := range []struct {
		name string
		act  func()
		want []string
	}{
		{"a card", func() { typed(card); enter(fyne.KeyReturn) }, []string{card}},
		{"the other Enter", func() { typed(card); enter(fyne.KeyEnter) }, []string{card}},
		{"two", func() { typed(card); enter(fyne.KeyReturn); typed("4901234567894"); enter(fyne.KeyReturn) }, []string{card, "4901234567894"}},
		{"Enter alone", func() { enter(fyne.KeyReturn) }, nil},
		{"another key", func() { typed("A"); enter(fyne.KeyDown); typed("B"); enter(fyne.KeyReturn) }, []string{"AB"}},
		{"a pause", func() { typed("AB"); clock = clock.Add(1100 * time.Millisecond); typed(card); enter(fyne.KeyReturn) }, []string{card}},
		{"a pause before Enter", func() { typed(card); clock = clock.Add(1100 * time.Millisecond); enter(fyne.KeyReturn) }, nil},
		{"a slow scanner", func() {
			for _, r := range card {
				typed(string(r))
				clock = clock.Add(900 * time.Millisecond)
			}
			enter(fyne.KeyReturn)
		}, []string{card}},
		{"too long", func() { typed(strings.Repeat("A", 500)); enter(fyne.KeyReturn) }, []string{strings.Repeat("A", maxScan+1)}},
		{"what never ends", func() {
			typed(card)
			if len(holding(root, card)) == 0 {
				t.Error("the search finds no scan where one is")
			}
			clock = clock.Add(2 * time.Second)
			root.Show(base())
		}, nil},
	} {
		sent = nil
		tt.act()
		var got []string
		for _, e := range sent {
			got = append(got, string(e.(account.Scanned).Text.(wizard.Typed).Take()))
			account.Drop(e)
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: sent %q", tt.name, got)
		}
		if found := holding(root, card, "AAAA"); len(found) > 0 {
			t.Errorf("%s: left in %q", tt.name, found)
		}
	}
}

// Every end has words and a code of its own.
func TestEndings(t *testing.T) {
	p, codes := newPen(), map[string]bool{}
	for _, why := range []account.Reason{account.Offline, account.Busy, account.Slow, account.Over, account.Unknown, account.Broken} {
		n := slices.IndexFunc(endings(), func(s stop) bool { return s.name == string(why) })
		if n < 0 || codes[endings()[n].code] {
			t.Fatalf("%s has no code of its own", why)
		}
		codes[endings()[n].code] = true
		for _, key := range []string{"account.stop." + string(why), "account.stop." + string(why) + ".do"} {
			if strings.HasPrefix(p.say(key), "‹") {
				t.Errorf("%s says nothing", key)
			}
		}
	}
	for _, word := range verdicts() {
		if known := p.verdict(word) != p.say("account.card.other"); known != (word != "no such word") {
			t.Errorf("%s is %q", word, p.verdict(word))
		}
	}
}
