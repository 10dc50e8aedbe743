package face

import (
	"fmt"
	"strings"
	"time"

	"pointkiosk/assets/words"
	"pointkiosk/cards/qr"
)

// A Balance is the paper that says what an account holds (残高の控え). It names
// the account by the last characters of its MyKey ID alone.
type Balance struct {
	Municipality string
	Tail         string // of the MyKey ID
	Totals       []Total
	Ends         []End // the next last days
	More         int   // how many there are beyond these
	Host         string
	Contact      string
	Phone        string
	Kiosk        string
	Date         time.Time // of today
	Lang         string    // "ja" or "en"
}

// A Total is all points of a scheme.
type Total struct {
	Scheme string
	Points int
}

// An End is points with their last day.
type End struct {
	Until  time.Time // in Japan time
	Points int
	Scheme string // empty where there is one alone
}

// Balance makes the picture of a balance slip. Its code leads to where a balance
// is seen on a phone.
func (f *Face) Balance(b *Balance, width int) (*Drawn, error) {
	site := strings.ToUpper("https://" + b.Host + "/") // alphanumeric, as every code here
	code, err := qr.Encode(site)
	if err != nil {
		return nil, fmt.Errorf("face: balance: %w", err)
	}
	p, err := f.blank(b.Lang, width)
	if err != nil {
		return nil, err
	}
	p.balance(b)
	p.placeCode(code.Size)
	p.text("kiosk", words.Date(b.Lang, b.Date)+"　"+b.Kiosk, style{size: 22})
	p.space(6)
	p.closing()
	if p.height = p.y; p.err != nil {
		return nil, p.err
	}
	return p.draw(code, site), nil
}

func (p *plan) balance(b *Balance) {
	p.text("municipality", b.Municipality, style{size: 30, bold: true})
	p.text("balance", p.say.Say("balance.title"), style{size: 28})
	p.text("tail", p.say.Say("balance.tail", b.Tail), style{size: 24})
	p.rule(3)
	for _, t := range b.Totals {
		p.text("scheme", t.Scheme, style{size: 28, bold: true})
		p.points(&Card{Points: t.Points})
	}
	if len(b.Ends) > 0 {
		p.rule(3)
		p.text("balance", p.say.Say("balance.ends"), style{size: 24, bold: true})
	}
	for _, e := range b.Ends {
		p.joined(style{size: 24}, part{"until", p.say.Say("balance.until", words.Day(b.Lang, e.Until))},
			part{"points", p.say.Say("balance.points", words.Number(e.Points))})
		p.text("scheme", e.Scheme, style{size: 22})
	}
	if b.More > 0 {
		p.text("balance", p.say.Say("balance.more", b.More), style{size: 22})
	}
	p.rule(3)
	p.text("balance", p.say.Say("balance.phone"), style{size: 22})
	p.text("host", b.Host, style{size: 26})
	p.space(8)
	p.joined(style{size: 22}, part{"contact", b.Contact}, part{"phone", b.Phone})
	p.text("balance", p.say.Say("slip.nopin"), style{size: 22})
}
