package ui

import (
	"fmt"
	"image"
	"math/rand/v2"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"pointkiosk/assets/words"
	"pointkiosk/cards"
	"pointkiosk/cards/face"
	"pointkiosk/kiosk"
	"pointkiosk/kiosk/wizard"
)

// now is in the middle of the event.
func now() time.Time { return time.Date(2026, 11, 22, 13, 5, 0, 0, cards.Japan) }

func kisarazu() cards.Allotment {
	day := cards.DayOf(now())
	return cards.Allotment{
		ID: 163, Points: 200, Count: 500, Day: day, Expires: day + 129,
		From: now().Add(-2 * time.Hour).Unix(), Until: now().Add(4 * time.Hour).Unix(),
		Event: cards.Event{
			ID: "naturalbar", Municipality: cards.Text{Ja: "木更津市", En: "Kisarazu City"},
			Scheme: cards.Text{Ja: "らづポイント", En: "Radu Point"}, Name: cards.Text{Ja: "ナチュラルバル", En: "Natural Bar"},
			Place:     cards.Text{Ja: "JR木更津駅西口広場", En: "JR Kisarazu Station, west square"},
			Condition: cards.Text{Ja: "マイ食器・マイバッグをお持ちの方", En: "people with their own dishes or shopping bag"},
			Contact:   cards.Text{Ja: "市民活動支援課", En: "Civic Activities"}, Phone: "0438-23-8610",
			OncePerDay: true, Opens: "11:00", Closes: "17:00", Host: "p.example.jp",
		},
	}
}

// long is an event with the longest names that we know of.
func long() cards.Allotment {
	a := kisarazu()
	a.Points, a.Count = 12000, 16000
	e := &a.Event
	e.Municipality = cards.Text{Ja: "相模原市", En: "Sagamihara City"}
	e.Scheme = cards.Text{Ja: "暮らし潤いさがみはら寄附ポイント", En: "Sagamihara Donation Points for a Pleasant Life"}
	e.Name = cards.Text{Ja: "第12回「くらしを守る」防災・防犯・交通安全フェスティバル", En: "The 12th Festival of Disaster Prevention, Crime Prevention and Road Safety"}
	e.Place = cards.Text{Ja: "相模原市立環境情報センター（エコパークさがみはら）2階", En: "Sagamihara Environmental Information Centre (Eco Park Sagamihara), 2nd floor"}
	e.Condition = cards.Text{Ja: "防災訓練・交通安全教室のどちらかに最後まで参加された方", En: "everyone who took part in the drill or the road safety class to the end"}
	e.Contact = cards.Text{Ja: "市民局交通・地域安全課地域安全班", En: "Citizens' Bureau, Road and Community Safety"}
	return a
}

// A sample is a state worth looking at.
type sample struct {
	name  string
	state kiosk.State
	act   func(*Root) // what is typed there, which no State says; may be nil
}

// show shows it.
func (s *sample) show(root *Root) {
	root.Show(s.state)
	if s.act != nil {
		s.act(root)
	}
}

func base() kiosk.State {
	return kiosk.State{
		Look:    kiosk.Look{Lang: "ja", Size: kiosk.Medium},
		Site:    kiosk.Site{Kiosk: "KSZ-014", Allotment: kisarazu(), Granted: true, Bound: true, AtRisk: 72400},
		Network: kiosk.Network{Unsent: 12},
		Paper:   kiosk.Paper{Ready: true},
		Offers:  []kiosk.Offer{{Allotment: kisarazu(), Today: 138, Left: 362}},
		Count:   kiosk.Count{Today: 138, Left: 362},
		Now:     now(),
	}
}

func with(name string, step kiosk.Step, change func(s *kiosk.State)) sample {
	s := base()
	s.Step = step
	change(&s)
	return sample{name: name, state: s}
}

// several are events that are open at once, the longest names among them.
func several(n int) (list []kiosk.Offer) {
	for i := range n {
		a := kisarazu()
		if i%3 == 1 {
			a = long()
		}
		a.ID, a.Day = uint32(200+i), a.Day+cards.Day(i)
		list = append(list, kiosk.Offer{Allotment: a, Today: 138, Left: a.Count - 138})
	}
	return list
}

// paper is the next card as the kiosk draws it.
func paper(a cards.Allotment) image.Image {
	f, err := face.New(&face.Opts{})
	if err != nil {
		panic(err)
	}
	d, err := (&kiosk.Issuer{Face: f, Dots: 384, Kiosk: "KSZ-014", Lang: "ja"}).Preview(a, 139)
	if err != nil {
		panic(err)
	}
	return d
}

// doubtful is a card of which nobody knows whether it came out.
func doubtful() cards.OpenCard {
	return cards.OpenCard{Allotment: 163, Number: 139, State: cards.Uncertain, Copy: 1}
}

// samples are all screens, each in the states that differ most.
func samples() []sample {
	handed := func(s *kiosk.State) {
		s.Desk.Operator, s.Desk.Last, s.Desk.Handed = "佐藤", cards.Serial{Allotment: 163, Number: 138}, true
	}
	list := []sample{
		with("home", kiosk.Home, func(s *kiosk.State) { s.Network = kiosk.Network{Online: true} }),
		with("home-soon", kiosk.Home, func(s *kiosk.State) { s.Now = now().Add(-5 * time.Hour) }),
		with("home-over-practice", kiosk.Home, func(s *kiosk.State) { s.Now, s.Site.Practice = now().Add(5*time.Hour), true }),
		with("home-none", kiosk.Home, func(s *kiosk.State) {
			s.Offers = nil
			s.Site.Granted, s.Network, s.Paper = false, kiosk.Network{Online: true, Unsent: 3}, kiosk.Paper{}
			s.Site.Allotment = cards.Allotment{}
			s.Site.Contact, s.Site.Phone = cards.Text{Ja: "市民活動支援課", En: "Civic Activities"}, "0438-23-8610"
		}),
		with("home-long", kiosk.Home, func(s *kiosk.State) { s.Site.Allotment = long() }),
		with("door", kiosk.Door, func(s *kiosk.State) { s.Keys.Typed = 3 }),
		with("door-wait", kiosk.Door, func(s *kiosk.State) { s.Keys = kiosk.Keys{Wrong: true, Wait: 28, Typed: 8} }),
		with("door-second", kiosk.Door, func(s *kiosk.State) { s.Keys = kiosk.Keys{Wrong: true, Second: true} }),
		with("menu", kiosk.Menu, func(s *kiosk.State) { handed(s); s.Paper.Low = true }),
		with("menu-note", kiosk.Menu, func(s *kiosk.State) {
			handed(s)
			s.Desk.Note, s.Site.Bound, s.Site.Practice, s.Network.Aside = "no.such.key", false, true, 2
		}),
		with("menu-owed", kiosk.Menu, func(s *kiosk.State) { handed(s); s.Owed, s.Network.Stopped = 2, "clone" }),
		with("menu-later", kiosk.Menu, func(s *kiosk.State) { handed(s); s.Network.Provisional, s.Network.Refused = 12, 3 }),
		with("menu-none", kiosk.Menu, func(s *kiosk.State) { handed(s); s.Offers = nil }),
		with("menu-two", kiosk.Menu, func(s *kiosk.State) { handed(s); s.Offers = several(2) }),
		with("menu-three", kiosk.Menu, func(s *kiosk.State) { handed(s); s.Offers, s.Site.Bound = several(3), false }),
		with("menu-many", kiosk.Menu, func(s *kiosk.State) {
			handed(s)
			s.Offers, s.Skip, s.Owed, s.Site.Practice = several(11), 5, 12, true
		}),
		with("menu-dates", kiosk.Menu, func(s *kiosk.State) {
			handed(s)
			s.Offers, s.Site.Doubted, s.Desk.Note, s.Site.Bound = several(3), true, "menu.which.day", false
		}),
		with("menu-date", kiosk.Menu, func(s *kiosk.State) { handed(s); s.Site.Doubted, s.Desk.Note = true, "menu.which.day" }),
		with("clock", kiosk.Clock, handed),
		with("clock-day", kiosk.Clock, func(s *kiosk.State) { s.Site.Allotment = long(); s.Site.Allotment.Day++ }),
		with("issue", kiosk.Issue, func(s *kiosk.State) { handed(s); s.Desk.Handed = false; s.Desk.Last = cards.Serial{} }),
		with("issue-handed", kiosk.Issue, handed),
		with("issue-paper", kiosk.Issue, func(s *kiosk.State) { handed(s); s.Desk.Preview = paper(kisarazu()) }),
		with("issue-presumed", kiosk.Issue, func(s *kiosk.State) { handed(s); s.Desk.Presumed = true; s.Desk.Note = "issue.void.noted" }),
		with("issue-stopped", kiosk.Issue, func(s *kiosk.State) { handed(s); s.Network.Stopped = "clone" }),
		with("issue-practice", kiosk.Issue, func(s *kiosk.State) { handed(s); s.Site.Practice = true }),
		with("issue-long", kiosk.Issue, func(s *kiosk.State) {
			handed(s)
			s.Site.Allotment, s.Desk.Presumed, s.Count = long(), true, kiosk.Count{Today: 3138, Left: 12862}
			s.Network.Unsent, s.Desk.Preview = 3138, paper(long())
		}),
		with("wait", kiosk.Wait, func(*kiosk.State) {}),
		with("confirm", kiosk.Confirm, func(s *kiosk.State) { s.Ask.Card = doubtful() }),
		with("confirm-note", kiosk.Confirm, func(s *kiosk.State) { s.Ask.Card = doubtful(); s.Desk.Note = "issue.note.staff" }),
		with("confirm-torn", kiosk.Confirm, func(s *kiosk.State) { s.Ask.Card = doubtful(); s.Ask.Card.Torn = true }),
		with("confirm-ticket", kiosk.Confirm, func(s *kiosk.State) { s.Ask = kiosk.Ask{Card: doubtful(), Ticket: true} }),
		with("confirm-ticket-torn", kiosk.Confirm, func(s *kiosk.State) { s.Ask = kiosk.Ask{Card: doubtful(), Ticket: true}; s.Ask.Card.Torn = true }),
		with("issue-ticket", kiosk.Issue, func(s *kiosk.State) { handed(s); s.Desk.Ticket, s.Desk.Note = true, "issue.void.noted.ticket" }),
		with("void-ticket", kiosk.VoidCard, func(s *kiosk.State) { s.Ask = kiosk.Ask{Card: doubtful(), Ticket: true} }),
		with("void", kiosk.VoidCard, func(s *kiosk.State) { s.Ask.Card = doubtful(); s.Ask.Card.State = cards.Printed }),
		with("void-open", kiosk.VoidCard, func(s *kiosk.State) { s.Ask.Card = doubtful() }),
		with("display", kiosk.Display, func(*kiosk.State) {}),
	}
	for _, code := range []string{"P-01", "P-02", "P-03", "P-04", "P-05", "P-06", "P-07", "P-08", "P-09", "P-99"} {
		list = append(list, with("out-"+code, kiosk.Out, func(s *kiosk.State) { s.Paper = kiosk.Paper{Code: code, Todo: "printer." + code + ".do"} }))
	}
	return append(append(append(list, numberSamples()...), batchSamples()...), counterSamples()...)
}

// atStep is a resident at one of the wizard's steps.
func atStep(name string, step wizard.Step, change func(s *kiosk.State)) sample {
	return with("mykey-"+name, kiosk.MyKey, func(s *kiosk.State) {
		s.Site.Counter, s.Network, s.Card = true, kiosk.Network{Online: true}, true
		s.MyKey = wizard.State{Step: step, Card: true}
		change(s)
		s.MyKey.Terms = termsFor(s.Site.Allotment.Event)
	})
}

// termsFor are the terms that a hub sends of an event's scheme.
func termsFor(e cards.Event) wizard.Agreement {
	in := func(t cards.Text) map[string]string { return map[string]string{"ja": t.In("ja"), "en": t.In("en")} }
	t := wizard.Agreement{Municipality: in(e.Municipality), Scheme: in(e.Scheme), Body: map[string]string{}}
	for _, lang := range []string{"ja", "en"} {
		t.Body[lang] = words.In(lang).Say("terms.body")
	}
	return t
}

// nearlyGone is a state that has waited long for a finger.
func nearlyGone(s kiosk.State) kiosk.State {
	s, _ = s.Next(kiosk.Tick{Now: now()})
	s.Now = now().Add(45 * time.Second)
	return s
}

// leftLying is a card that nobody took away for a while.
func leftLying(s kiosk.State) kiosk.State {
	s.Step, s.MyKey = kiosk.MyKey, wizard.State{Step: wizard.Stopped, Card: true}
	for _, e := range []kiosk.Event{kiosk.Tick{Now: now()}, wizard.TapEnd{}, kiosk.Tick{Now: now().Add(12 * time.Second)}} {
		s, _ = s.Next(e)
	}
	return s
}

// counterSamples are the MyKey ID screens.
func counterSamples() []sample {
	ids := []string{"K7M4W2HN", "WMWMWMWM", "XYZ23456"}
	none := func(*kiosk.State) {}
	change := func(s *kiosk.State) { s.MyKey.IDs, s.MyKey.Account.ID, s.MyKey.ID = nil, "WMWMWMWM", "K7M4W2HN" }
	list := []sample{
		with("home-counter", kiosk.Home, func(s *kiosk.State) { s.Site.Counter = true }),
		with("home-counter-soon-long", kiosk.Home, func(s *kiosk.State) {
			s.Site.Counter, s.Site.Allotment, s.Now = true, long(), now().Add(-5*time.Hour)
		}),
		with("home-counter-none", kiosk.Home, func(s *kiosk.State) {
			s.Offers, s.Site.Granted, s.Site.Allotment, s.Site.Counter = nil, false, cards.Allotment{}, true
			s.Site.Contact, s.Site.Phone = cards.Text{Ja: "市民活動支援課", En: "Civic Activities"}, "0438-23-8610"
		}),
		atStep("needs", wizard.Needs, none),
		atStep("young", wizard.Young, none),
		atStep("young-door", wizard.Young, func(s *kiosk.State) { s.Step = kiosk.Door }),
		atStep("place", wizard.Place, none),
		atStep("place-child", wizard.Place, func(s *kiosk.State) { s.MyKey.Child, s.MyKey.Card = true, false }),
		atStep("place-child-lies", wizard.Place, func(s *kiosk.State) { s.MyKey.Child = true }),
		atStep("place-moved", wizard.Place, func(s *kiosk.State) { s.MyKey.Moved = true }),
		atStep("place-left", wizard.Place, func(s *kiosk.State) { s.Left, s.MyKey.Card = true, false; *s = nearlyGone(*s) }),
		atStep("reading", wizard.Reading, none),
		atStep("pin", wizard.PIN, func(s *kiosk.State) { s.MyKey.Tries = 3 }),
		atStep("pin-child", wizard.PIN, func(s *kiosk.State) { s.MyKey.Tries, s.MyKey.Child = 3, true }),
		atStep("pin-wrong", wizard.PIN, func(s *kiosk.State) { s.MyKey.Tries, s.MyKey.Wrong = 2, true }),
		atStep("pin-last", wizard.PIN, func(s *kiosk.State) { s.MyKey.Tries, s.MyKey.Wrong = 1, true }),
		atStep("pin-leaving", wizard.PIN, func(s *kiosk.State) { s.MyKey.Tries = 3; *s = nearlyGone(*s) }),
		atStep("last-try", wizard.LastTry, func(s *kiosk.State) { s.MyKey.Tries = 1 }),
		atStep("vouch", wizard.LastTry, func(s *kiosk.State) { s.Step, s.MyKey.Tries = kiosk.Door, 1 }),
		atStep("checking", wizard.Checking, none),
		atStep("choose", wizard.Choose, func(s *kiosk.State) { s.MyKey.IDs = ids }),
		atStep("choose-later", wizard.Choose, func(s *kiosk.State) { s.MyKey.IDs, s.MyKey.Later = ids[:2], true }),
		atStep("choose-away", wizard.Choose, func(s *kiosk.State) { s.MyKey.IDs, s.MyKey.Later, s.MyKey.Taken = ids, true, wizard.Away }),
		atStep("choose-taken", wizard.Choose, func(s *kiosk.State) { s.MyKey.IDs, s.MyKey.Taken = ids, "taken"; *s = nearlyGone(*s) }),
		atStep("choose-change", wizard.Choose, change),
		atStep("own", wizard.Own, none),
		atStep("own-taken", wizard.Own, func(s *kiosk.State) { s.MyKey.Taken = "taken"; *s = nearlyGone(*s) }),
		atStep("own-offensive", wizard.Own, func(s *kiosk.State) { s.MyKey.Taken = "offensive" }),
		atStep("before", wizard.Own, func(s *kiosk.State) { s.MyKey.Before = true }),
		atStep("before-wrong", wizard.Own, func(s *kiosk.State) { s.MyKey.Before, s.MyKey.Taken = true, "wrong-password"; *s = nearlyGone(*s) }),
		atStep("before-password", wizard.Typing, func(s *kiosk.State) { s.MyKey.Before = true }),
		atStep("confirm-before", wizard.Confirm, func(s *kiosk.State) { s.MyKey.ID, s.MyKey.Typed, s.MyKey.Before = "WMWMWMWM", true, true }),
		atStep("done-before", wizard.Done, func(s *kiosk.State) {
			s.MyKey.Account.ID, s.MyKey.Before, s.MyKey.Slip = "WMWMWMWM", true, wizard.Printed
		}),
		atStep("done-forgot", wizard.Done, func(s *kiosk.State) {
			s.MyKey.Account.ID, s.MyKey.Forgot, s.MyKey.Code, s.MyKey.Slip = "WMWMWMWM", true, "1234-5678", wizard.Printed
		}),
		atStep("looking", wizard.Looking, none),
		atStep("password", wizard.Password, none),
		atStep("password-later", wizard.Password, func(s *kiosk.State) { s.MyKey.Later = true }),
		atStep("typing", wizard.Typing, none),
		atStep("typing-weak", wizard.Typing, func(s *kiosk.State) { s.MyKey.Weak = true }),
		atStep("terms", wizard.Terms, none),
		atStep("terms-long", wizard.Terms, func(s *kiosk.State) { s.Site.Allotment = long(); *s = nearlyGone(*s) }),
		atStep("confirm", wizard.Confirm, func(s *kiosk.State) { s.MyKey.ID = "K7M4W2HN" }),
		atStep("confirm-typed-long", wizard.Confirm, func(s *kiosk.State) {
			s.MyKey.ID, s.MyKey.Typed, s.Site.Allotment = "WMWMWMWM", true, long()
		}),
		atStep("confirm-change", wizard.Confirm, change),
		atStep("applying", wizard.Applying, none),
		atStep("done-printing", wizard.Done, func(s *kiosk.State) {
			s.MyKey.Account.ID, s.MyKey.Code, s.MyKey.Slip = "K7M4W2HN", "1234-5678", wizard.Printing
		}),
		atStep("done", wizard.Done, func(s *kiosk.State) {
			s.MyKey.Account.ID, s.MyKey.Code, s.MyKey.Slip = "K7M4W2HN", "1234-5678", wizard.Printed
		}),
		atStep("done-not-printed", wizard.Done, func(s *kiosk.State) {
			s.MyKey.Account.ID, s.MyKey.Code, s.MyKey.Slip = "WMWMWMWM", "1234-5678", wizard.NotPrinted
		}),
		atStep("done-later", wizard.Done, func(s *kiosk.State) {
			s.MyKey.Account.ID, s.MyKey.Code, s.MyKey.Slip, s.MyKey.Later = "WMWMWMWM", "1234-5678", wizard.Printed, true
			s.Network = kiosk.Network{Unsent: 12}
			*s = nearlyGone(*s)
		}),
		atStep("none", wizard.None, func(s *kiosk.State) { s.MyKey.Aim, s.MyKey.IDs = wizard.Open, ids }),
		atStep("done-renewed", wizard.Done, func(s *kiosk.State) {
			s.MyKey.Account.ID, s.MyKey.Code, s.MyKey.Slip, s.MyKey.Forgot = "WMWMWMWM", "1234-5678", wizard.Printed, true
		}),
		atStep("pin-open", wizard.PIN, func(s *kiosk.State) { s.MyKey.Tries, s.MyKey.Aim = 3, wizard.Open }),
		atStep("held", wizard.Held, func(s *kiosk.State) { s.MyKey.Account.ID = "K7M4W2HN" }),
		atStep("held-later-failed", wizard.Held, func(s *kiosk.State) {
			s.MyKey.Account.ID, s.MyKey.Later, s.MyKey.Slip = "WMWMWMWM", true, wizard.NotPrinted
		}),
		atStep("held-printed", wizard.Held, func(s *kiosk.State) { s.MyKey.Account.ID, s.MyKey.Slip = "WMWMWMWM", wizard.Printed }),
		atStep("sure", wizard.Sure, func(s *kiosk.State) { s.MyKey.Account.ID = "K7M4W2HN" }),
		atStep("sure-points", wizard.Sure, func(s *kiosk.State) {
			s.MyKey.Account = wizard.Account{ID: "WMWMWMWM", Points: map[string]int64{"radu": 12000, "x": 350}}
			*s = nearlyGone(*s)
		}),
		atStep("take", wizard.Take, none),
		atStep("take-left", wizard.Take, func(s *kiosk.State) { *s = leftLying(*s) }),
	}
	list = append(list, typedSamples()...)
	list = append(list, accountSamples()...)
	return append(list, stopSamples()...)
}

// typedSamples are screens on which somebody has typed.
func typedSamples() []sample {
	mixed := atStep("pin-mixed", wizard.PIN, func(s *kiosk.State) { s.MyKey.Tries = 3 })
	mixed.act = func(r *Root) {
		r.mykey.pin.random = rand.NewChaCha8([32]byte{1})
		r.mykey.pin.mix()
		r.mykey.pin.press('7')
		r.mykey.pin.press('2')
	}
	typedID := atStep("own-typed", wizard.Own, func(*kiosk.State) {})
	typedID.act = func(r *Root) {
		for _, c := range []byte("WMQM2345") {
			r.mykey.leaves[wizard.Own].(*own).press(c)
		}
	}
	pass := atStep("typing-typed", wizard.Typing, func(*kiosk.State) {})
	pass.act = func(r *Root) {
		typing := r.mykey.leaves[wizard.Typing].(*typing)
		for range mostPassword + 1 {
			typing.press('w')
		}
		typing.keys.tapMode(2)
	}
	again := atStep("typing-again", wizard.Typing, func(*kiosk.State) {})
	again.act = func(r *Root) {
		typing := r.mykey.leaves[wizard.Typing].(*typing)
		for range leastPassword {
			typing.press('w')
		}
		typing.done()
		typing.press('w')
		typing.keys.tapMode(1)
	}
	return []sample{mixed, typedID, pass, again}
}

// sizes are those of UX.md.
func sizes() []fyne.Size {
	return []fyne.Size{{Width: 1280, Height: 800}, {Width: 1920, Height: 1080}, {Width: 1080, Height: 1920}, {Width: 800, Height: 480}}
}

// looks are all ways to read a screen.
func looks() (list []kiosk.Look) {
	for _, size := range []kiosk.Size{kiosk.Small, kiosk.Medium, kiosk.Large} {
		for _, lang := range []string{"ja", "en"} {
			list = append(list, kiosk.Look{Lang: lang, Size: size}, kiosk.Look{Lang: lang, Size: size, Contrast: true})
		}
	}
	return list
}

func lookName(l kiosk.Look) string {
	name := fmt.Sprintf("%s-%s", l.Lang, []string{"small", "medium", "large"}[l.Size])
	if l.Contrast {
		name += "-contrast"
	}
	return name
}

// newApp gives the test our typeface.
func newApp(t *testing.T) {
	t.Helper()
	t.Setenv("LANG", "ja_JP.UTF-8")
	test.NewTempApp(t).Settings().SetTheme(Theme())
}

// open shows a state in a window of a size.
func open(t *testing.T, size fyne.Size, send func(kiosk.Event)) (*Root, fyne.Window) {
	t.Helper()
	clock := now()
	root := NewRoot(send, &Opts{Clock: func() time.Time { clock = clock.Add(time.Second); return clock }})
	w := test.NewTempWindow(t, root.Object())
	w.SetPadded(false)
	w.Resize(size)
	return root, w
}
