package ui

import (
	"pointkiosk/kiosk"
)

// A mood is how a pill looks: by its picture, its words and only then by its
// colour.
type mood int

const (
	good mood = iota
	busy
	careful
	broken
)

// A pill says in words how a part of the kiosk is.
type pill struct {
	*panel
	icon *picture
	word *text
}

func newPill(p *pen) *pill {
	s := &pill{icon: newPicture(p, "ok", 22), word: newText(p, 20, regular, okInk).middle()}
	s.word.most = 1
	inside := newRow(p, 8, s.icon, s.word)
	inside.least = false
	s.panel = newPanel(p, inside, okGround, okLine)
	s.panel.padX, s.panel.padY, s.panel.round = 14, 6, 17
	return s
}

func (s *pill) set(m mood, words string) {
	s.word.set(words)
	s.word.ink, s.fill, s.stroke = okInk, okGround, okLine
	name := "ok"
	switch m {
	case busy:
		name = "sending"
	case careful:
		name, s.word.ink, s.fill, s.stroke = "caution", cautionInk, cautionGround, cautionLine
	case broken:
		name, s.word.ink, s.fill, s.stroke = "fault", faultInk, faultGround, faultLine
	}
	s.icon.set(name)
	s.icon.on = s.word.ink
}

// network says how the way to the hub is; short is for a bar with little room.
func (p *pen) network(n kiosk.Network, short bool) (mood, string) {
	say := func(key string, args ...any) string {
		if short {
			key += ".short"
		}
		return p.say(key, args...)
	}
	switch {
	case n.Stopped != "":
		return broken, say("pill.stopped")
	case n.Aside > 0:
		return broken, say("pill.aside", n.Aside)
	case !n.Online && n.Unsent > 0:
		return careful, say("pill.unsent", n.Unsent)
	case !n.Online:
		return careful, p.say("pill.offline")
	case n.Unsent > 0:
		return busy, say("pill.sending", n.Unsent)
	}
	return good, p.say("pill.online")
}

// paper says how the printer is.
func (p *pen) paper(s kiosk.Paper, short bool) (mood, string) {
	switch {
	case s.Ready && s.Low && short:
		return careful, p.say("pill.low.short")
	case s.Ready && s.Low:
		return careful, p.say("pill.low")
	case s.Ready && s.Blind:
		return careful, p.say("pill.blind")
	case s.Ready:
		return good, p.say("pill.paper")
	case s.Code == "":
		return careful, p.say("pill.checking")
	case s.Code == "P-05", s.Code == "P-08":
		return careful, p.known("printer."+s.Code+".pill", "printer.other.pill")
	}
	return broken, p.known("printer."+s.Code+".pill", "printer.other.pill")
}
