package ui

import (
	"strings"

	"pointkiosk/assets/words"
	"pointkiosk/kiosk"
)

// offers are the events of which cards may be handed out, a tile each, in pages
// of as many as there is room for.
type offers struct {
	*column
	p          *pen
	tiles      []*offerTile
	prev, next *button
	at         *text // 1 / 3
	skip, last int   // how many stand before this page, and before the last
}

func newOffers(p *pen, most int, send func(kiosk.Event)) *offers {
	s := &offers{p: p, at: newText(p, 26, bold, body).centre().middle()}
	var parts []part
	for range most {
		tile := newOfferTile(p, send)
		s.tiles = append(s.tiles, tile)
		parts = append(parts, growing{tile.button, 1})
	}
	turn := func(key string, by int) *button {
		b := newWordButton(p, plain, 26, key, func() { send(kiosk.TapPage{Skip: s.skip + by}) })
		b.padX, b.padY, b.least = 24, 8, 64
		return b
	}
	s.prev, s.next = turn("any.prev", -most), turn("any.next", most)
	s.column = newColumn(p, 16, append(parts, newRow(p, 16, s.prev, growing{s.at, 1}, s.next))...)
	s.least = true
	return s
}

// show fills the page on which the first of the tiles shown stands.
func (s *offers) show(st kiosk.State) {
	most, list := len(s.tiles), st.Offers
	if !st.Named() {
		list = nil
	}
	s.skip, s.last = st.Skip/most*most, max(0, len(list)-1)/most*most
	for i, tile := range s.tiles {
		if n := s.skip + i; n < len(list) {
			tile.set(list[n], st.Site.Doubted)
		} else {
			tile.show(false)
		}
	}
	paged := s.last > 0
	s.prev.show(paged)
	s.next.show(paged)
	s.prev.enable(s.skip > 0)
	s.next.enable(s.skip < s.last)
	s.at.show(paged)
	s.at.set(s.p.say("any.page", s.skip/most+1, s.last/most+1))
}

// An offerTile names an event and says what is left of it.
type offerTile struct {
	*button
	allotment    uint32
	name, where  *text
	points, left *text
}

func newOfferTile(p *pen, send func(kiosk.Event)) *offerTile {
	t := &offerTile{name: newText(p, 30, bold, body).name(), where: newText(p, 24, regular, body).name(),
		points: newText(p, 28, bold, body), left: newText(p, 24, regular, body)}
	says := newColumn(p, 6, spring(1), t.name, t.where, spring(1))
	counts := newColumn(p, 6, spring(1), t.points, t.left, spring(1))
	t.button = newButton(p, quiet, newRow(p, 20, growing{says, 1}, counts), func() { send(kiosk.TapDesk{Allotment: t.allotment}) })
	t.padX, t.padY = 24, 12
	return t
}

// set says which event it is; its day too, where the clock does not say it.
func (t *offerTile) set(o kiosk.Offer, dated bool) {
	p, e := t.p, o.Allotment.Event
	t.allotment = o.Allotment.ID
	t.name.set(e.Name.In(p.lang()))
	where := e.Place.In(p.lang())
	if dated {
		where = strings.TrimSpace(words.Date(p.lang(), o.Allotment.Day.Start()) + " " + where)
	}
	t.where.set(where)
	t.points.set(p.say("issue.points", words.Number(int(o.Allotment.Points))))
	t.left.set(p.say("menu.left.of", words.Number(int(o.Left))))
	t.show(true)
}
