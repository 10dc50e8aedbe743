package main

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"pointkiosk/cards"
	"pointkiosk/cards/face"
	"pointkiosk/cards/sheet"
	"pointkiosk/cmd/internal/press"
	"pointkiosk/cmd/internal/station"
	"pointkiosk/kiosk"
)

// A notice is what the flags of kioskctl poster say.
type notice struct {
	event, paper, lang, colour, shop, place, hours, contact, phone, out string
}

func (n *notice) flags(f *flag.FlagSet) {
	f.StringVar(&n.event, "event", "", "")
	f.StringVar(&n.paper, "paper", "a4", "")
	f.StringVar(&n.lang, "lang", "ja", "")
	f.StringVar(&n.colour, "colour", "", "")
	f.StringVar(&n.shop, "shop", "", "")
	f.StringVar(&n.place, "place", "", "")
	f.StringVar(&n.hours, "hours", "", "")
	f.StringVar(&n.contact, "contact", "", "")
	f.StringVar(&n.phone, "phone", "", "")
	f.StringVar(&n.out, "out", "", "")
}

// isColour reports red, green and blue, without the #, or none.
func isColour(text string) bool { return text == "" || sheet.CheckColour("#"+text) == nil }

// poster makes one page as PDF: for the wall beside the venue code, for a shop
// that takes point tickets, or for people who have no MyKey ID yet.
func poster(c *call) error {
	var n notice
	if err := c.parse(1, 1, n.flags); err != nil {
		return err
	}
	var kind sheet.PosterKind
	n.colour = strings.TrimPrefix(n.colour, "#") // which a shell may take for a comment
	switch {
	case kind.UnmarshalText([]byte(c.args[0])) != nil:
		return c.misused(c.words.Say("cli.poster.kind", c.args[0]))
	case n.paper != "a4" && n.paper != "a3":
		return c.misused(c.words.Say("cli.poster.paper", n.paper))
	case n.lang != "ja" && n.lang != "en":
		return c.misused(c.words.Say("cli.poster.lang", n.lang))
	case !isColour(n.colour):
		return c.misused(c.words.Say("cli.poster.colour", n.colour))
	case kind == sheet.Plate && n.shop == "":
		return c.misused(c.words.Say("cli.poster.shop"))
	}
	out := cmp.Or(n.out, fmt.Sprintf("%s-%s.pdf", kind, n.paper))
	return c.look(func(s *station.Station) error {
		a, err := c.posted(s, n.event)
		if err != nil {
			return err
		}
		if err := hang(n.poster(kind, a, s.Sheets().Colour), out); err != nil {
			return c.unposted(err, out)
		}
		return c.say(posted{kind.String(), out}, "cli.poster.made", out)
	})
}

// A posted is what the command line says of a poster.
type posted struct {
	Poster string `json:"poster"`
	File   string `json:"file"`
}

// posted finds the allotment whose event a poster is about: the one that is
// named, else the last day's. Tickets have no event of their own to invite to.
func (c *call) posted(s *station.Station, event string) (found cards.Allotment, err error) {
	all, err := s.Allotments(c.ctx)
	if err != nil {
		return found, err
	}
	for _, a := range all {
		named := event == "" && a.Kind != cards.KindTicket || event != "" && a.Event.ID == event
		if named && !a.Kind.Practice() && (found.ID == 0 || a.Day > found.Day) {
			found = a
		}
	}
	if found.ID == 0 {
		return found, told(station.ErrNoAllotment, c.words.Say("cli.poster.event"))
	}
	return found, nil
}

// poster is an event's poster in the colour of the settings, where the flags don't say
// otherwise: an own place or own hours are no longer the event's day.
func (n *notice) poster(kind sheet.PosterKind, a cards.Allotment, colour string) *sheet.PosterOpts {
	o := &sheet.PosterOpts{Kind: kind, Colour: colour, Paper: n.paper, Lang: n.lang, Shop: n.shop, Card: kiosk.Face(a, cards.Card{}, n.lang)}
	if n.colour != "" {
		o.Colour = "#" + n.colour
	}
	if e := a.Event; e.Opens != "" && e.Closes != "" {
		o.Hours = map[string]string{"ja": e.Opens + "〜" + e.Closes, "en": e.Opens + "–" + e.Closes}[n.lang]
	}
	if n.place != "" || n.hours != "" {
		o.Hours, o.Card.Date = n.hours, face.Card{}.Date
	}
	o.Card.Place, o.Card.Contact, o.Card.Phone = cmp.Or(n.place, o.Card.Place), cmp.Or(n.contact, o.Card.Contact), cmp.Or(n.phone, o.Card.Phone)
	return o
}

// hang writes the file whole or not at all.
func hang(o *sheet.PosterOpts, out string) error {
	p, err := sheet.NewPoster(o)
	if err != nil {
		return err
	}
	return press.Page(out, p.Write)
}

// unposted gives an error its words: which text can't stand, and why.
func (c *call) unposted(err error, out string) error {
	var long *face.TooLongError
	var missing *face.MissingGlyphError
	switch {
	case errors.As(err, &long):
		return told(err, c.words.Say("cli.poster.long", long.Text))
	case errors.As(err, &missing):
		return told(err, c.words.Say("cli.poster.glyph", string(missing.Rune)))
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission), errors.As(err, new(*os.LinkError)):
		return told(err, c.words.Say("cli.poster.out", out))
	}
	return err
}
