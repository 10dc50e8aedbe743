package ui

import "image/color"

// An ink is what a colour is for.
type ink int

const (
	ground ink = iota
	body
	muted
	main
	onMain
	edge // borders and shadows
	shade
	panelGround
	barGround
	okInk
	okGround
	okLine
	cautionInk
	cautionGround
	cautionLine
	faultInk
	faultGround
	faultLine
	offInk
	offGround
	offLine
	inks
)

// A palette has a colour for each ink. Text on its ground has a contrast of at
// least 7:1 (WCAG 2.2, 1.4.6) in both.
type palette [inks]color.NRGBA

func rgb(hex uint32) color.NRGBA {
	return color.NRGBA{R: uint8(hex >> 16), G: uint8(hex >> 8), B: uint8(hex), A: 0xFF}
}

// calm is the usual palette.
func calm() palette {
	return palette{
		ground: rgb(0xFFFFFF), body: rgb(0x1B1B1F), muted: rgb(0x3A3B44), main: rgb(0x0A4A8F), onMain: rgb(0xFFFFFF),
		edge: rgb(0xC8CEDA), shade: {R: 0x1B, G: 0x2B, B: 0x4B, A: 0x1E}, panelGround: rgb(0xF8F9FC), barGround: rgb(0xF2F4F8),
		okInk: rgb(0x0A4A28), okGround: rgb(0xE3F1E7), okLine: rgb(0x9CC8AC),
		cautionInk: rgb(0x453200), cautionGround: rgb(0xFFF3C4), cautionLine: rgb(0xDDBB4C),
		faultInk: rgb(0x861410), faultGround: rgb(0xFCEBE9), faultLine: rgb(0xA8201A),
		offInk: rgb(0x3A3B44), offGround: rgb(0xECEEF2), offLine: rgb(0xC8CEDA),
	}
}

// strong is yellow and white on black.
func strong() palette {
	black, white, yellow := rgb(0x000000), rgb(0xFFFFFF), rgb(0xFFFF00)
	return palette{
		ground: black, body: white, muted: white, main: yellow, onMain: black,
		edge: white, shade: {}, panelGround: black, barGround: black,
		okInk: white, okGround: black, okLine: white,
		cautionInk: black, cautionGround: yellow, cautionLine: yellow,
		faultInk: black, faultGround: white, faultLine: yellow,
		offInk: rgb(0xA6A6A6), offGround: black, offLine: rgb(0x595959), // what can't be pressed is grey, at 8:1
	}
}
