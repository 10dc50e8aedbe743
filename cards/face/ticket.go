package face

import "pointkiosk/assets/words"

// ticket is all that stands above the code of a point ticket: a shop takes it
// only after the hub said yes, and the paper says so (DECISIONS 17).
func (p *plan) ticket(card *Card) {
	p.joined(style{size: 30, bold: true}, part{"municipality", card.Municipality}, part{"scheme", card.Scheme})
	p.text("ticket", p.say.Say("card.ticket.title"), style{size: 40, bold: true})
	p.space(4)
	p.points(card.Points)
	p.space(2)
	p.across(card)
	p.rule(3)
	if !card.Expires.IsZero() {
		p.joined(style{size: 28, bold: true}, part{"expires", p.say.Say("card.expires")}, part{"expires", words.Day(p.say.Lang(), card.Expires)})
	}
	p.block(style{size: 22, centred: true}, p.say.Say("card.ticket.late1"), p.say.Say("card.ticket.late2"))
	p.across(card)
	p.rule(3)
	p.block(style{size: 24}, p.say.Say("card.ticket.how1"), p.say.Say("card.ticket.how2"), p.say.Say("card.ticket.how3"))
	p.space(8)
	p.block(style{size: 22, centred: true}, p.say.Say("card.ticket.shop1"), p.say.Say("card.ticket.shop2"), p.say.Say("card.ticket.shop3"))
	if card.Host != "" {
		p.text("host", card.Host+"/shop", style{size: 24})
	}
	p.space(8)
	p.joined(style{size: 22}, part{"contact", card.Contact}, part{"phone", card.Phone})
}
