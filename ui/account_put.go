package ui

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"pointkiosk/assets/words"
	"pointkiosk/kiosk"
	"pointkiosk/kiosk/account"
)

// verdict says in plain words what became of a paper card. The words are the
// hub's (cards/MYKEY.md, section 10) and the kiosk's own.
func (p *pen) verdict(word string) string {
	if word == "" {
		return p.say("account.card.good")
	}
	return p.known("account.card."+strings.ReplaceAll(word, " ", "-"), "account.card.other")
}

// put is ポイントカードを入れる: each card that was scanned, with its verdict.
type put struct {
	p      *pen
	title  *text
	sum    *amount
	sub    *text
	rows   *rows
	how    *page
	filled *page
	has    bool
}

func newPut(p *pen, send func(kiosk.Event)) *put {
	s := &put{p: p, title: newText(p, 34, bold, body), sum: newAmount(p, 96, 40, main), sub: newText(p, 28, regular, body),
		rows: newRows(p, newUp(p, send), newFinish(p, send), send)}
	s.how = beside(p, newPicture(p, "scan", 300), newRow(p, 24, newUp(p, send), spring(1), newFinish(p, send)),
		newTitle(p, "account.put.title"), newSaid(p, 32, regular, body, "account.put.how"), newSaid(p, 28, regular, body, "account.put.many"))
	head := &shape{p: p,
		lying:   newRow(p, 24, growing{newColumn(p, 6, spring(1), s.title, s.sub, spring(1)), 1}, s.sum),
		upright: newColumn(p, 12, s.title, s.sum, s.sub),
	}
	s.filled = &page{p: p, under: true, foot: nothing(), main: newColumn(p, 14, head, growing{s.rows, 1})}
	return s
}

func (s *put) forget() { s.rows.forget() }

// body is how to do it, until the first card is scanned.
func (s *put) body() part { return s }

func (s *put) now() *page {
	if s.has {
		return s.filled
	}
	return s.how
}

func (s *put) shown() bool                  { return true }
func (s *put) wide() float32                { return s.now().wide() }
func (s *put) tall(width float32) float32   { return s.now().tall(width) }
func (s *put) place(x, y, w, h float32)     { s.now().place(x, y, w, h) }
func (s *put) objects() []fyne.CanvasObject { return append(s.how.objects(), s.filled.objects()...) }

// Show lists the cards, the last one first.
func (s *put) Show(st kiosk.State) {
	p := s.p
	var list []rowText
	waiting := 0
	for _, l := range slices.Backward(st.Account.Lines) {
		row := rowText{what: p.say("account.card.waiting"), sub: p.say("account.card.n", l.N)}
		if l.Serial != "" {
			row.sub = p.say("account.card.serial", l.N, l.Serial)
		}
		switch {
		case !l.Done:
			waiting++
		case l.Word == "inactive": // the hub keeps the claim (DECISIONS 24)
			row.what = p.say("account.card.received")
		case l.Word != "":
			row.what = p.verdict(l.Word)
		case l.Before:
			row.what = p.say("account.card.before")
		default:
			row.what, row.amount = p.say("account.card.added"), p.change(l.Points)
		}
		list = append(list, row)
	}
	if has := len(list) > 0; has != s.has {
		s.has, p.changed = has, true
	}
	title := "account.put.sum"
	if waiting > 0 {
		title = "account.put.asking"
	}
	s.title.set(p.say(title))
	s.sum.count("issue.points", words.Number(int(st.Account.Sum())))
	s.sub.set(p.say("account.put.next"))
	s.rows.set(list)
}

// advice has a picture and what to do for each verdict on a card that is looked
// at: nothing, the staff, or later.
func advice(word string) (picture, do string) {
	switch word {
	case "":
		return "ok", "account.look.good"
	case "used", "void", "lapsed", "host", "malformed", "practice", "ticket", "once per day", "withdrawn":
		return "fault", "account.look.no"
	case "inactive":
		return "caution", "account.look.inactive"
	case "ask", "unsent", "maybe", "closed", "restored", "revoked":
		return "caution", "account.look.later"
	}
	return "fault", "account.look.staff"
}

// looked is ポイントカードを調べる: what a paper card is worth.
type looked struct {
	p           *pen
	page        *page
	picture     *picture
	title       *text
	points      *amount
	event, ends *text
	since       *text
	alone       *panel
	aloneText   *text
	do, serial  *text
}

func newLooked(p *pen, send func(kiosk.Event)) *looked {
	s := &looked{p: p, picture: newPicture(p, "ok", 260), title: newText(p, 44, bold, body), points: newAmount(p, 104, 40, main),
		event: newText(p, 32, bold, body).name(), ends: newText(p, 28, regular, body), since: newText(p, 28, regular, body),
		do: newText(p, 28, regular, body), serial: newText(p, 24, regular, muted)}
	s.alone, s.aloneText = newNotice(p)
	s.page = beside(p, s.picture, newRow(p, 24, spring(1), newFinish(p, send)),
		s.title, s.points, s.event, s.ends, s.since, s.alone, s.do, s.serial)
	return s
}

func (s *looked) body() part { return s.page }

// Show says what the hub said, or what can be said without it.
func (s *looked) Show(st kiosk.State) {
	p, c := s.p, st.Account.Paper
	picture, do := advice(c.Word)
	title, alone := p.verdict(c.Word), ""
	if c.Offline && c.Word == "" {
		picture, title, do = "caution", p.say("account.card.genuine"), "account.look.later"
		alone = p.say("account.look.offline", words.Date(p.lang(), c.List))
	}
	s.picture.set(picture)
	s.title.set(title)
	n := ""
	if c.Points > 0 {
		n = words.Number(int(c.Points))
	}
	s.points.ink = main
	if c.Word != "" {
		s.points.ink = muted // it isn't what was put in
	}
	s.points.count("issue.points", n)
	event, ends, since := c.Event.In(p.lang()), "", ""
	if !c.Day.IsZero() && event != "" {
		event += "　" + words.Date(p.lang(), c.Day)
	}
	if !c.Expires.IsZero() {
		ends = p.until(c.Expires)
	}
	if !c.Since.IsZero() && c.Word == "used" {
		since = p.say("account.look.used", words.Date(p.lang(), c.Since))
	}
	s.event.set(event)
	s.ends.set(ends)
	s.since.set(since)
	s.aloneText.set(alone)
	s.alone.show(alone != "")
	s.do.set(p.say(do))
	s.serial.set(p.serial(c.Serial))
}

// serial names a card or a ticket by its number.
func (p *pen) serial(text string) string {
	if text == "" {
		return ""
	}
	return p.say("account.look.serial", text)
}

// ended says why it ends, and what to do.
type ended struct {
	p              *pen
	page           *page
	picture        *picture
	title, do      *text
	code, whomText *text
}

// endings have the reasons of package account, each with its code for staff and
// the picture of what to do. A code never changes: it stands in the manual.
func endings() []stop {
	return []stop{
		{string(account.Offline), "A-01", "calendar", ""},
		{string(account.Busy), "A-02", "calendar", ""},
		{string(account.Over), "A-03", "scan", ""},
		{string(account.Unknown), "A-04", "call", ""},
		{string(account.Broken), "A-05", "call", ""},
		{string(account.Slow), "A-06", "calendar", ""},
	}
}

func newEnded(p *pen, send func(kiosk.Event)) *ended {
	s := &ended{p: p, picture: newPicture(p, "call", 300), title: newText(p, 44, bold, body), do: newText(p, 32, regular, body),
		code: newText(p, 28, regular, muted), whomText: newText(p, 28, regular, muted)}
	s.page = beside(p, s.picture, newRow(p, 24, spring(1), newFinish(p, send)), s.title, s.do, newColumn(p, 8, s.code, s.whomText))
	return s
}

func (s *ended) body() part { return s.page }

// Show knows each reason.
func (s *ended) Show(st kiosk.State) {
	p := s.p
	why := stop{string(account.Broken), "A-05", "call", ""}
	for _, e := range endings() {
		if e.name == string(st.Account.Reason) {
			why = e
		}
	}
	s.picture.set(why.picture)
	s.title.set(p.say("account.stop." + why.name))
	s.do.set(p.say("account.stop." + why.name + ".do"))
	s.code.set(p.say("out.code", why.code, st.Site.Kiosk))
	s.whomText.set(p.who(st.Site))
}
