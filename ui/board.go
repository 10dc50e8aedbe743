package ui

import (
	"pointkiosk/kiosk"
)

// A board is our keyboard: rows of keys, in the order of the alphabet.
// It knows which key was pressed, and keeps nothing.
type board struct {
	*column
	p       *pen
	layouts [][]string // lower, upper, signs; or one
	mode    int
	keys    [][]*boardKey
	press   func(byte)
	erase   func()
	send    func(kiosk.Event)
}

// Keys that are no character.
const (
	eraseKey = '\b'
	caseKey  = '\x0e' // ABC, abc
	signsKey = '\x0f' // 123, ABC
)

// idLayout has the characters of a MyKey ID (cards.MyKeyID), and no others.
func idLayout() [][]string {
	return [][]string{{"23456789AB", "CDEFGHJKMN", "PQRSTWXYZ\b"}}
}

// serialLayout has the characters of a card's serial (cards.Serial), and no others:
// what erases one stands beside them.
func serialLayout() [][]string {
	return [][]string{{"01234567", "89ABCDEF", "GHJKMNPQ", "RSTVWXYZ"}}
}

// passwordLayouts have the letters and digits of ASCII, and some signs.
func passwordLayouts() [][]string {
	return [][]string{
		{"abcdefghij", "klmnopqrs\b", "\x0etuvwxyz\x0f"},
		{"ABCDEFGHIJ", "KLMNOPQRS\b", "\x0eTUVWXYZ\x0f"},
		{"1234567890", "!#$%&*+-=\b", "\x0e?@/.,:;\x0f"},
	}
}

type boardKey struct {
	*button
	label *text
}

func newBoard(p *pen, layouts [][]string, press func(byte), erase func(), send func(kiosk.Event)) *board {
	b := &board{p: p, layouts: layouts, press: press, erase: erase, send: send}
	var rows []part
	for i, line := range layouts[0] {
		var cells []part
		var keys []*boardKey
		for j := range line {
			k := b.key(i, j, line[j])
			keys = append(keys, k)
			weight := float32(1)
			switch line[j] {
			case caseKey, signsKey:
				weight = 1.5
			case eraseKey:
				weight = 1.4 // no more: at 800x480 the others have their 12 mm by a hair
			}
			cells = append(cells, growing{k.button, weight})
		}
		b.keys = append(b.keys, keys)
		rows = append(rows, growing{newRow(p, 10, cells...), 1})
	}
	b.column = newColumn(p, 10, rows...)
	b.least = true
	b.turn(0)
	return b
}

// key is the key at a place; what it says changes with the layout.
func (b *board) key(row, at int, c byte) *boardKey {
	k := &boardKey{label: newText(b.p, 40, bold, body).centre().middle()}
	look, tap := quiet, func() { b.press(b.layouts[b.mode][row][at]) }
	switch c {
	case eraseKey:
		look, tap = plain, b.erase
	case caseKey:
		look, tap = plain, func() { b.tapMode(1 - min(1, b.mode)) } // from signs: lower
	case signsKey:
		look, tap = plain, func() { b.tapMode([]int{2, 2, 1}[b.mode]) }
	}
	if look == plain {
		k.label.size, k.label.narrow = 28, true
	}
	k.button = newButton(b.p, look, k.label, tap)
	k.padX, k.padY, k.least = 4, 4, 92
	return k
}

func (b *board) tapMode(mode int) {
	b.turn(mode)
	b.send(kiosk.Touched{})
	b.p.redraw()
}

// turn shows another layout.
func (b *board) turn(mode int) {
	b.mode = mode
	b.label()
}

// label says what each key is for, in the language of now.
func (b *board) label() {
	names := [][2]string{{"mykey.key.upper", "mykey.key.signs"}, {"mykey.key.lower", "mykey.key.signs"}, {"mykey.key.lower", "mykey.key.upper"}}[b.mode]
	for i, line := range b.layouts[b.mode] {
		for j := range line {
			words := string(rune(line[j]))
			switch line[j] {
			case eraseKey:
				words = b.p.say("mykey.key.erase")
			case caseKey:
				words = b.p.say(names[0])
			case signsKey:
				words = b.p.say(names[1])
			}
			b.keys[i][j].label.set(words)
		}
	}
}
