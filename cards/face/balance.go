package face

import (
	"image"
	"time"

	"pointkiosk/assets/words"
)

// A Balance is the paper that tells a resident what an account holds (残高票). Of
// the MyKey ID it has the end alone: whoever finds it learns no ID.
type Balance struct {
	Municipality string
	Tail         string // the last 4 characters of the MyKey ID
	Schemes      []SchemeBalance
	Contact      string
	Phone        string
	Kiosk        string
	Date         time.Time // now, in Japan time
	Lang         string    // "ja" or "en"
}

// A SchemeBalance is what an account holds in one scheme.
type SchemeBalance struct {
	Scheme string
	Points int
	Lots   []DayPoints // the one that expires first, first
}

// DayPoints are points with their last day, in Japan time.
type DayPoints struct {
	Points  int
	Expires time.Time
}

// mostLots is how many days a slip tells of each scheme; the kiosk's screen and
// the hub's page have the rest.
const mostLots = 8

// Balance makes the picture of a balance. It has no code.
func (f *Face) Balance(b *Balance, width int) (*Drawn, error) {
	p, err := f.blank(b.Lang, width)
	if err != nil {
		return nil, err
	}
	p.text("municipality", b.Municipality, style{size: 30, bold: true})
	p.rule(3)
	p.text("balance", p.say.Say("slip.balance.title"), style{size: 32, bold: true})
	p.text("tail", p.say.Say("slip.balance.tail", b.Tail), style{size: 24})
	if len(b.Schemes) == 0 {
		p.space(8)
		p.text("balance", p.say.Say("slip.balance.none"), style{size: 28})
	}
	for _, s := range b.Schemes {
		p.holding(s)
	}
	p.rule(3)
	p.text("balance", p.say.Say("slip.balance.when", words.DateTime(b.Lang, b.Date)), style{size: 22})
	p.text("balance", p.say.Say("slip.balance.shop"), style{size: 22})
	p.office(b.Contact, b.Phone, b.Kiosk)
	return p.codeless()
}

// holding is one scheme of a balance.
func (p *plan) holding(s SchemeBalance) {
	p.rule(3)
	p.text("scheme", s.Scheme, style{size: 28, bold: true})
	p.points(s.Points)
	p.space(4)
	for _, lot := range s.Lots[:min(len(s.Lots), mostLots)] {
		until, points := p.say.Say("slip.balance.until", words.Day(p.say.Lang(), lot.Expires)), p.say.Say("slip.balance.points", words.Number(lot.Points))
		p.joined(style{size: 24}, part{"expires", until}, part{"points", points})
	}
	if more := len(s.Lots) - mostLots; more > 0 {
		p.text("balance", p.say.Say("slip.balance.more", more), style{size: 24})
	}
}

// office is who can be asked, and which kiosk this was.
func (p *plan) office(contact, phone, kiosk string) {
	p.space(8)
	p.joined(style{size: 22}, part{"contact", contact}, part{"phone", phone})
	p.text("kiosk", kiosk, style{size: 22})
	p.space(6)
}

// codeless makes the picture of a plan that has no code.
func (p *plan) codeless() (*Drawn, error) {
	p.closing()
	if p.height = p.y; p.err != nil {
		return nil, p.err
	}
	p.code = image.Rectangle{}
	return p.picture(), nil
}
