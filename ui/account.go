package ui

import (
	"time"

	"pointkiosk/kiosk"
	"pointkiosk/kiosk/account"
	"pointkiosk/kiosk/wizard"
)

// accounts is 残高 and ポイントカードを調べる: one screen for each step of package
// account.
type accounts struct {
	*stage
	leaves map[account.Step]screen
}

func newAccounts(p *pen, clock func() time.Time, send func(kiosk.Event)) *accounts {
	a := &accounts{stage: newStage(p, clock)}
	send = a.once(send)
	wait := newAsking(p)
	a.leaves = map[account.Step]screen{
		account.Ways: newWays(p, send), account.ID: newSignID(p, send), account.Password: newSignPassword(p, send),
		account.Forgot: newForgot(p, send), account.Opening: wait, account.Looking: wait,
		account.Balance: newBalance(p, send), account.Lots: newLots(p, send), account.Moves: newMoves(p, send),
		account.Tickets: newTickets(p, send), account.Sure: newSureTicket(p, send), account.Buying: wait, account.Bought: newBought(p, send),
		account.Put: newPut(p, send), account.Looked: newLooked(p, send), account.Stopped: newEnded(p, send),
	}
	for _, s := range a.leaves {
		a.all = append(a.all, s)
	}
	a.first, a.now = a.leaves[account.Ways], a.leaves[account.Ways]
	return a
}

// Show turns to the screen of the step.
func (a *accounts) Show(st kiosk.State) {
	if next := a.leaves[st.Account.Step]; next != nil {
		a.turn(next, st)
	}
}

// newUp is もどる, bottom left.
func newUp(p *pen, send func(kiosk.Event)) *button {
	b := newWordButton(p, plain, 28, "any.back", func() { send(account.TapBack{}) })
	b.padX, b.least = 52, 76
	return b
}

// newFinish is 終わる, bottom right.
func newFinish(p *pen, send func(kiosk.Event)) *button {
	return newGo(p, "any.end", func() { send(account.TapEnd{}) })
}

// ways asks how the account is opened.
type ways struct {
	p      *pen
	page   *page
	notice *panel
}

func newWays(p *pen, send func(kiosk.Event)) *ways {
	s := &ways{p: p}
	var word *text
	s.notice, word = newNotice(p)
	word.key = "account.ways.offline"
	card := newWay(p, primary, "idcard", "account.ways.card", func() { send(account.TapCard{}) })
	id := newWay(p, quiet, "keyboard", "account.ways.id", func() { send(account.TapID{}) })
	answers := newColumn(p, 24, growing{card, 1}, growing{id, 1})
	answers.least = true
	s.page = &page{p: p, under: true, foot: newRow(p, 24, newUp(p, send), spring(1)), main: newColumn(p, 16,
		newTitle(p, "account.ways.title"), s.notice, space{p, 16}, growing{answers, 6}, newSaid(p, 28, regular, body, "account.ways.scan"), spring(1))}
	return s
}

// newWay is one answer, with its picture.
func newWay(p *pen, k kind, name, key string, tap func()) *button {
	picture, large := newPicture(p, name, 120), newPicture(p, name, 160)
	picture.low = 100
	says := newColumn(p, 12, newSaid(p, 36, bold, body, key), newSaid(p, 28, regular, body, key+".sub"))
	b := newButton(p, k, &shape{p: p,
		lying:   newRow(p, 28, centred(p, picture), growing{centred(p, says), 1}),
		upright: newRow(p, 36, centred(p, large), growing{centred(p, says), 1}),
	}, tap)
	b.padX, b.padY, b.least = 32, 16, 132
	return b
}

func (s *ways) body() part { return s.page }

// Show says where the network seems to be away: without it nothing is shown.
func (s *ways) Show(st kiosk.State) { s.notice.show(!st.Network.Online) }

// signID is the MyKey ID, on the keyboard.
type signID struct{ *own }

func newSignID(p *pen, send func(kiosk.Event)) *signID {
	o := &own{p: p, send: send, event: func(id string) kiosk.Event { return account.TypedID{ID: id} }, at: newAt(p),
		title: newTitle(p, "account.id.title"), places: newPlaces(p, idPlaces)}
	o.notice, o.word = newNotice(p)
	o.keys = newBoard(p, idLayout(), o.press, o.erase, send)
	o.enter = newGo(p, "mykey.pin.enter", o.done)
	forgot := newChoiceOf(p, "account.forgot", func() { send(account.TapForgot{}) })
	foot := newFoot(p, 24, newUp(p, send), o.enter, forgot)
	o.page = typingPage(p, o.at, o.title, newSaid(p, 28, regular, body, "account.id.sub"), o.notice, o.places, o.keys, foot)
	return &signID{o}
}

// Show labels the keys.
func (s *signID) Show(kiosk.State) {
	s.notice.show(false)
	s.keys.label()
	s.enter.enable(s.n == idPlaces)
}

// signPassword is the password, on the keyboard, once.
type signPassword struct {
	p      *pen
	page   *page
	id     *text
	notice *panel
	dots   *dots
	keys   *board
	enter  *button
	send   func(kiosk.Event)
	now    secretField
	wrong  bool
}

func newSignPassword(p *pen, send func(kiosk.Event)) *signPassword {
	s := &signPassword{p: p, send: send, id: newText(p, 28, regular, muted), dots: newDots(p)}
	s.dots.most = mostPassword
	var word *text
	s.notice, word = newNotice(p)
	word.key = "account.password.wrong"
	s.keys = newBoard(p, passwordLayouts(), s.press, s.erase, send)
	s.enter = newGo(p, "mykey.pin.enter", s.done)
	forgot := newChoiceOf(p, "account.forgot", func() { send(account.TapForgot{}) })
	foot := newFoot(p, 24, newUp(p, send), s.enter, forgot)
	s.page = typingPage(p, s.id, newTitle(p, "account.password.title"), newSaid(p, 28, regular, body, "account.password.sub"), s.notice, s.dots, s.keys, foot)
	return s
}

func (s *signPassword) press(c byte) {
	if s.now.press(c) {
		s.touched()
	}
}

func (s *signPassword) erase() {
	if s.now.erase() {
		s.touched()
	}
}

func (s *signPassword) touched() {
	s.say()
	s.send(kiosk.Touched{})
	s.p.redraw()
}

// done sends the password, once, and overwrites it.
func (s *signPassword) done() {
	if s.now.n < leastPassword {
		return
	}
	typed := wizard.NewTyped(s.now.text[:s.now.n])
	s.forget()
	s.send(account.TypedPass{Pass: typed})
	s.p.redraw()
}

// forget overwrites what was typed.
func (s *signPassword) forget() {
	s.now.wipe()
	s.keys.turn(0)
	s.say()
}

func (s *signPassword) body() part { return s.page }

// Show says whether the last one was wrong.
func (s *signPassword) Show(st kiosk.State) {
	s.wrong = st.Account.Wrong
	s.id.set(grouped(st.Account.ID))
	s.keys.label()
	s.say()
}

func (s *signPassword) say() {
	s.notice.show(s.wrong && s.now.n == 0)
	s.dots.set(s.now.n)
	s.enter.enable(s.now.n >= leastPassword)
}

// forgot is for who forgot the password: by card there is a new code.
type forgot struct {
	p    *pen
	page *page
	card *button
	sub  *text
}

func newForgot(p *pen, send func(kiosk.Event)) *forgot {
	s := &forgot{p: p, sub: newText(p, 32, regular, body)}
	s.card = newGo(p, "account.forgot.go", func() { send(account.TapCard{}) })
	picture := newPicture(p, "slip", 300)
	s.page = beside(p, picture, newRow(p, 24, newUp(p, send), spring(1), s.card), newTitle(p, "account.forgot.title"), s.sub,
		newSaid(p, 28, regular, body, "account.forgot.how"))
	return s
}

func (s *forgot) body() part { return s.page }

// Show offers it where there is a reader.
func (s *forgot) Show(st kiosk.State) {
	key := "account.forgot.sub"
	if !st.Account.Reader {
		key = "account.forgot.elsewhere"
	}
	s.sub.set(s.p.say(key))
	s.card.show(st.Account.Reader)
}

// asking is shown while the hub is asked.
type asking struct {
	p          *pen
	page       *page
	title, sub *text
}

func newAsking(p *pen) *asking {
	s := &asking{p: p, title: newText(p, 54, bold, body).centre(), sub: newText(p, 32, regular, body).centre()}
	s.page = &page{p: p, under: true, foot: nothing(), main: newColumn(p, 24, spring(1), newPicture(p, "sending", 240), s.title, s.sub, spring(1))}
	return s
}

func (s *asking) body() part { return s.page }

// Show says what is under way.
func (s *asking) Show(st kiosk.State) {
	key := "account.opening"
	switch st.Account.Step {
	case account.Looking:
		key = "account.looking"
	case account.Buying:
		key = "account.buying"
	}
	s.title.set(s.p.say(key))
	s.sub.set(s.p.say("mykey.look.sub"))
}
