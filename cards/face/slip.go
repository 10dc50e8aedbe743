package face

import (
	"fmt"
	"time"

	"pointkiosk/assets/words"
	"pointkiosk/cards/qr"
)

// A Slip is the paper that a resident takes home with a MyKey ID (控え). It never
// has a password on it. Empty texts and zero dates are left out.
type Slip struct {
	Municipality string
	Scheme       string
	ID           string    // 8 characters
	Code         string    // sets the password, once; as it is to be read, 4-4-4
	CodeEnds     time.Time // the last day that it does, in Japan time
	Host         string    // where, in plain letters
	Later        bool      // 仮登録: it counts when the hub has heard of it
	Contact      string
	Phone        string
	Kiosk        string
	Date         time.Time // of today
	Lang         string    // "ja" or "en"
}

// Slip makes the picture of a slip. Its code says the MyKey ID, which is no
// secret.
func (f *Face) Slip(s *Slip, width int) (*Drawn, error) {
	code, err := qr.Encode(s.ID)
	if err != nil {
		return nil, fmt.Errorf("face: slip: %w", err)
	}
	p, err := f.blank(s.Lang, width)
	if err != nil {
		return nil, err
	}
	p.slip(s)
	p.placeCode(code.Size)
	p.text("kiosk", words.Date(s.Lang, s.Date)+"　"+s.Kiosk, style{size: 22})
	p.space(6)
	p.closing()
	if p.height = p.y; p.err != nil {
		return nil, p.err
	}
	return p.draw(code, s.ID), nil
}

func (p *plan) slip(s *Slip) {
	p.joined(style{size: 30, bold: true}, part{"municipality", s.Municipality}, part{"scheme", s.Scheme})
	p.rule(3)
	p.text("slip", p.say.Say("slip.title"), style{size: 28})
	p.large("id", s.ID[:min(4, len(s.ID))]+" "+s.ID[min(4, len(s.ID)):], 72)
	p.text("slip", p.say.Say("slip.keep"), style{size: 22})
	if s.Later {
		p.boxed(p.say.Say("slip.later"), p.say.Say("slip.later.why"), p.say.Say("slip.later.only"))
	}
	if s.Code != "" {
		p.rule(3)
		p.text("slip", p.say.Say("slip.code"), style{size: 26, bold: true})
		p.large("code", s.Code, 44)
		p.until(s)
		p.block(style{size: 24}, p.say.Say("slip.how1"), p.say.Say("slip.how2"), p.say.Say("slip.how3"))
	}
	p.rule(3)
	p.text("host", s.Host, style{size: 26})
	p.text("slip", p.say.Say("slip.ours1"), style{size: 22})
	p.text("slip", p.say.Say("slip.ours2"), style{size: 22})
	p.space(8)
	p.joined(style{size: 22}, part{"contact", s.Contact}, part{"phone", s.Phone})
	p.text("slip", p.say.Say("slip.nopin"), style{size: 22})
}

// until says how long the code can be used: with a provisional ID that is counted
// from when the hub has heard of it.
func (p *plan) until(s *Slip) {
	if s.Later {
		p.text("code", p.say.Say("slip.code.later"), style{size: 22})
	}
	if !s.CodeEnds.IsZero() {
		p.text("code", p.say.Say("slip.code.until", words.Day(s.Lang, s.CodeEnds)), style{size: 22})
	}
	if s.Later {
		p.text("code", p.say.Say("slip.code.later.until"), style{size: 22})
	}
}

// large is a text on one line, as large as it can be.
func (p *plan) large(field, text string, size int) {
	s := style{size: size, bold: true}
	if err := p.f.drawable(field, text); err != nil {
		p.fail(err)
		return
	}
	fits := p.fits(s, smallest, text)
	if fits == 0 {
		p.fail(&TooLongError{Field: field, Text: text})
		return
	}
	p.centre(text, fits, s)
}
