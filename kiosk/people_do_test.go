package kiosk

import (
	"testing"
	"time"

	"pointkiosk/cards"
	"pointkiosk/kiosk/wizard"
	"pointkiosk/packaging/proof"
)

// something is what the one who stands there does next: mostly what the screen is
// for.
func (l *line) something() Event {
	m, s := l.people[l.who], l.state
	switch n := l.rnd.IntN(20); {
	case n == 0:
		l.now = l.now.Add(time.Duration(l.rnd.IntN(70)) * time.Second)
		return Tick{Now: l.now}
	case n == 1:
		return l.one(TapDisplay{}, TapLang{m.lang}, TapSize{[]Size{Large, Medium}[l.who]}, TapBack{}, Touched{})
	case n == 2:
		return l.tapped(m)
	case n == 3:
		return l.one(wizard.CardOut{}, wizard.CardIn{}, wizard.CardIn{}, wizard.CardStops{Reason: wizard.NoReader}, wizard.CardStops{Reason: wizard.TwoCards}, wizard.ReaderBack{}, TapBack{})
	case s.Step == MyKey:
		return l.atCounter(m, s)
	case s.Step == Account:
		return l.atAccount(m, s)
	case s.Step == Prize:
		return l.atPrize(m, s)
	}
	return l.atStaff(m, s)
}

func (l *line) one(events ...Event) Event { return events[l.rnd.IntN(len(events))] }

// tapped is any tap of the MyKey ID screens, wherever it comes.
func (l *line) tapped(m *marks) Event {
	switch l.rnd.IntN(6) {
	case 0:
		return wizard.TypedPIN{PIN: l.types(m.pin)}
	case 1:
		return wizard.TypedPass{Pass: l.types(m.password)}
	}
	return l.one(wizard.TypedID{ID: m.own}, wizard.TapID{ID: m.ids[l.rnd.IntN(3)]}, wizard.TapNext{}, wizard.TapSlip{}, wizard.TapBack{}, wizard.TapYoung{},
		wizard.TapChange{}, wizard.TapRetire{}, wizard.TapOwn{}, wizard.TapCode{}, wizard.TapTyped{},
		wizard.TapForgot{}, wizard.TapBefore{}, wizard.TapVouch{})
}

func (l *line) types(text string) wizard.Typed {
	typed := wizard.NewTyped([]byte(text))
	l.typed = append(l.typed, typed)
	return typed
}

// atCounter is what the step of the wizard asks for.
func (l *line) atCounter(m *marks, s State) Event {
	switch s.MyKey.Step {
	case wizard.Needs:
		return l.one(wizard.TapNext{}, wizard.TapNext{}, wizard.TapNext{}, wizard.TapYoung{})
	case wizard.Place:
		if s.Card { // it is laid down anew
			return wizard.CardOut{}
		}
		return wizard.CardIn{}
	case wizard.PIN:
		return wizard.TypedPIN{PIN: l.types(m.pin)}
	case wizard.Choose:
		return l.one(wizard.TapID{ID: m.ids[l.rnd.IntN(3)]}, wizard.TapOwn{}, wizard.TapBefore{})
	case wizard.Own:
		return wizard.TypedID{ID: m.own}
	case wizard.Password:
		return l.one(wizard.TapCode{}, wizard.TapTyped{})
	case wizard.Typing:
		if l.rnd.IntN(4) == 0 {
			return wizard.TapVouch{}
		}
		return wizard.TypedPass{Pass: l.types(m.password)}
	case wizard.Held:
		return l.one(wizard.TapChange{}, wizard.TapRetire{}, wizard.TapSlip{}, wizard.TapForgot{}, wizard.TapNext{})
	case wizard.Done:
		return l.one(wizard.TapSlip{}, wizard.TapEnd{})
	case wizard.None:
		return l.one(wizard.TapNext{}, wizard.TapYoung{})
	case wizard.Take:
		return wizard.CardOut{}
	case wizard.Young:
		return l.one(wizard.TapBack{}, wizard.TapStaff{})
	case wizard.Stopped:
		return l.one(wizard.TapBack{}, wizard.TapNext{})
	}
	return wizard.TapNext{}
}

// atStaff is what the other screens are for.
func (l *line) atStaff(m *marks, s State) Event {
	switch s.Step {
	case Home:
		if l.rnd.IntN(8) == 0 {
			return l.scans(m)
		}
		return l.one(TapMyKey{}, TapMyKey{}, TapMyKey{}, TapBalance{}, TapBalance{}, TapStaff{})
	case Door:
		if l.rnd.IntN(8) == 0 {
			return TapDisplay{}
		}
		if len(s.pin) >= len(m.staff) {
			return TapEnter{}
		}
		return TapDigit{Digit: m.staff[len(s.pin)]}
	case Menu:
		return l.one(TapDesk{}, TapDesk{}, TapReview{}, TapNumber{}, TapBatches{}, TapBatches{}, TapPrizes{}, TapPrizes{}, TapPractice{}, TapBack{})
	case Clock:
		return l.one(TapDateOK{}, TapDateBad{})
	case Issue:
		return l.one(TapIssue{}, TapIssue{}, TapVoid{}, TapNotOut{}, TapBack{})
	case Confirm:
		return l.one(TapWhole{}, TapTorn{}, TapVoid{}, TapBack{})
	case ByNumber:
		typed := TypedSerial{cards.Serial{Allotment: 9, Number: uint32(m.card)}}
		return l.one(typed, typed, TapVoid{}, TapVoid{}, TapAsk{}, TapAgain{}, TapAgain{}, TapNotOut{}, TapBack{})
	case VoidCard:
		return l.one(TapReason{m.word}, TapBack{})
	case Ranges, Sheets:
		return l.atBatch(m)
	}
	return TapBack{}
}

// answerTo is an answer with the marks of the one who was promised it.
func (l *line) answerTo(p promise) Event {
	m := l.people[p.who]
	if e, ok := l.accountAnswer(p, m); ok {
		return e
	}
	if e, ok := l.prizeAnswer(p, m); ok {
		return e
	}
	terms := wizard.Agreement{Body: map[string]string{"ja": m.word}}
	account := wizard.Account{ID: m.id, Points: map[string]int64{"points": int64(m.points)}}
	switch e := p.effect.(type) {
	case wizard.ReadCard:
		return l.one(wizard.CardRead{Tries: m.tries}, wizard.CardRead{Tries: m.tries}, wizard.CardRead{Tries: m.tries}, wizard.CardRead{Tries: 1}, wizard.CardStops{Reason: wizard.Phone}, wizard.CardMoved{}, nil)
	case wizard.Check:
		return l.one(wizard.PINRight{IDs: m.ids, Terms: terms}, wizard.PINRight{IDs: m.ids}, wizard.PINRight{Account: account, IDs: m.ids}, wizard.PINWrong{Tries: m.fewer}, wizard.PINWrong{Tries: 1},
			wizard.PINRight{IDs: m.ids, Later: true, Terms: terms}, wizard.PINRight{Account: account, IDs: m.ids, Join: true, Terms: terms},
			wizard.Answered{Word: m.word}, wizard.CardMoved{}, wizard.CardStops{Reason: wizard.Offline})
	case wizard.LookAt:
		return l.one(wizard.IDFree{ID: e.ID}, wizard.IDFree{ID: e.ID}, wizard.IDFree{ID: e.ID, Word: m.word}, wizard.WentAway{IDs: m.ids, Terms: terms}, wizard.Answered{Word: m.word})
	case wizard.Apply:
		yes := wizard.Answered{Account: account, Code: m.code}
		return l.one(yes, yes, wizard.Answered{Account: account, Code: m.code, Later: true}, wizard.WentAway{IDs: m.ids, Terms: terms}, wizard.Answered{Word: "taken", IDs: m.ids},
			wizard.Answered{Word: "weak-password"}, wizard.Answered{Word: "wrong-password", IDs: m.ids}, wizard.Answered{Word: m.word}, wizard.Answered{}, wizard.CardMoved{})
	case wizard.PrintSlip:
		return wizard.SlipOut{Printed: l.rnd.IntN(2) == 0}
	}
	return l.staffAnswer(p, m)
}

func (l *line) staffAnswer(p promise, m *marks) Event {
	count := Count{Left: 100}
	serial := cards.Serial{Allotment: 9, Number: uint32(m.card)}
	site := Site{Counter: true, Accounts: true, Tickets: true, Ranges: true, Sheets: true, Granted: true, Practice: l.rnd.IntN(4) == 0, Doubted: true}
	found := FoundCard{Serial: serial, Of: cards.Allotment{Kind: cards.KindCard}, State: []cards.State{cards.Printed, cards.Void, cards.VoidAsked}[l.rnd.IntN(3)], Left: 3}
	if e, ok := l.batchAnswer(p, m); ok {
		return e
	}
	switch p.effect.(type) {
	case FindCard:
		return CardFound{found}
	case AwaitRuling:
		return Ruled{found}
	case Unlock:
		return l.one(DoorOpened{Operator: m.operator}, DoorOpened{Operator: m.operator + "'s chief"}, DoorRefused{Wait: 1})
	case OpenDesk:
		ready := DeskReady{Site: site, Count: count, Request: m.request}
		return l.one(ready, ready, DeskReady{Site: site, Count: count, Request: m.request, AskDate: true}, DeskClosed{Note: m.word})
	case Review:
		return Reviewing{Count: count}
	case ConfirmDate:
		return DateConfirmed{}
	case AskVoid:
		return l.one(VoidNoted{Serial: serial, Count: count, Request: m.again}, NeedSecond{})
	case PrintCard, Settle, Doubt, Reissue:
		open := cards.OpenCard{Allotment: 9, Number: uint32(m.wrong), State: cards.Uncertain}
		return l.one(CardOut{Serial: serial, Presumed: true, Count: count, Request: m.again}, NotIssued{Note: m.word, Request: m.again, Count: count},
			CardDoubtful{Card: open, Count: count, Request: m.again})
	}
	return nil
}

// The test finds the faults that it is there for.
func TestTwoPeopleFinds(t *testing.T) {
	home := "Visit: s.Visit + 1, Look: s.usual,"
	for _, tt := range []struct {
		says  string
		fault proof.Fault
	}{
		{"has of the first one", proof.Fault{File: "kiosk/run.go", Right: "if r.visit == s.Visit {", Wrong: "if true {"}},
		{"its screen is not", proof.Fault{File: "kiosk/next.go", Right: home, Wrong: home + " MyKey: s.MyKey,"}},
		{"has of the first one", proof.Fault{File: "kiosk/next.go", Right: home, Wrong: home + " Desk: s.Desk,"}},
		{"has of the first one", proof.Fault{File: "kiosk/next.go", Right: home, Wrong: home + " Account: s.Account,"}},
		{"digits of the first one", proof.Fault{File: "kiosk/next.go", Right: home, Wrong: home + " pin: s.pin,"}},
		{"does not go home", proof.Fault{File: "kiosk/next.go", Right: home, Wrong: "Visit: s.Visit + 1, Look: s.Look,"}},
		{"has of the first one", proof.Fault{File: "kiosk/next.go", Right: home, Wrong: home + " Prize: s.Prize,"}},
		{"the card is away, and its screen is not", proof.Fault{File: "kiosk/mykey.go", Right: "return s.under() == Door && (", Wrong: "return s.Step == Door && ("}},
		{"was not powered down", proof.Fault{File: "kiosk/mykey.go", Right: "step == MyKey && s.Vouching()", Wrong: "step == MyKey && s.Vouching() && s.Keys.Typed == 0"}},
		{"has of the first one", proof.Fault{File: "kiosk/mykey.go", Right: "		s.Visit++", Wrong: ""}},
		{"is still there", proof.Fault{File: "kiosk/wizard/next.go", Right: "\tdefault:\n\t\tDrop(e)", Wrong: "\tdefault:"}},
		{"is still there", proof.Fault{File: "kiosk/account/next.go", Right: "\te.Text.Wipe()\n\treturn s, nil\n", Wrong: "\treturn s, nil\n"}},
	} {
		proof.Finds(t, "TestTwoPeople", tt.says, tt.fault)
	}
}
