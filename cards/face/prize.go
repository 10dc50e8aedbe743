package face

import (
	"time"

	"pointkiosk/assets/words"
)

// A PrizeSlip is the paper that goes with a prize (賞品交換の控え): what was handed
// in, what was handed out, and what became of the rest.
type PrizeSlip struct {
	Municipality string
	Scheme       string
	Number       int
	Prize        string
	Points       int // its price
	Cards        int // handed in
	Sum          int // their points
	Surplus      int
	Change       bool // the surplus is paid back as a new card; else it was given up
	Owed         bool // or no card could be issued: it is paid back later
	Operator     string
	Contact      string
	Phone        string
	Kiosk        string
	Date         time.Time // now, in Japan time
	Lang         string    // "ja" or "en"
}

// PrizeSlip makes the picture of a prize's slip. It has no code.
func (f *Face) PrizeSlip(s *PrizeSlip, width int) (*Drawn, error) {
	p, err := f.blank(s.Lang, width)
	if err != nil {
		return nil, err
	}
	p.joined(style{size: 30, bold: true}, part{"municipality", s.Municipality}, part{"scheme", s.Scheme})
	p.rule(3)
	p.text("prize", p.say.Say("slip.prize.title"), style{size: 32, bold: true})
	p.text("number", p.say.Say("slip.prize.number", s.Number), style{size: 28})
	p.rule(3)
	p.text("prize", s.Prize, style{size: 40, bold: true})
	p.points(s.Points)
	p.rule(3)
	p.text("cards", p.say.Say("slip.prize.cards", s.Cards, words.Number(s.Sum)), style{size: 24})
	if s.Surplus > 0 {
		became := p.say.Say("slip.prize.given")
		switch {
		case s.Change:
			became = p.say.Say("slip.prize.change")
		case s.Owed:
			became = p.say.Say("slip.prize.owed")
		}
		p.joined(style{size: 24}, part{"surplus", p.say.Say("slip.prize.surplus", words.Number(s.Surplus))}, part{"surplus", became})
	}
	p.text("operator", p.say.Say("slip.prize.operator", s.Operator), style{size: 24})
	p.rule(3)
	p.text("date", words.DateTime(s.Lang, s.Date), style{size: 22})
	p.office(s.Contact, s.Phone, s.Kiosk)
	return p.codeless()
}
