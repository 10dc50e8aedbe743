package ui

import (
	"bytes"
	"encoding/binary"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"pointkiosk/assets"
)

// kioskTheme gives Fyne our typeface in every style: in one that were missing
// it would use whatever font the machine has. All colours of the screens come
// from their palette; the theme's are for what Fyne itself draws.
type kioskTheme struct {
	fyne.Theme
	regular, bold fyne.Resource
}

// Theme is what the app must be given before the first screen is shown.
func Theme() fyne.Theme {
	return &kioskTheme{
		Theme:   theme.DefaultTheme(),
		regular: fyne.NewStaticResource("BIZUDPGothic-Regular.ttf", roomy(assets.Regular())),
		bold:    fyne.NewStaticResource("BIZUDPGothic-Bold.ttf", roomy(assets.Bold())),
	}
}

// Font is BIZ UDPGothic, upright, whatever the style.
func (t *kioskTheme) Font(style fyne.TextStyle) fyne.Resource {
	if style.Bold {
		return t.bold
	}
	return t.regular
}

// Color has no hover: after a touch the pointer stays where the finger was.
func (t *kioskTheme) Color(name fyne.ThemeColorName, _ fyne.ThemeVariant) color.Color {
	c := calm()
	switch name {
	case theme.ColorNameBackground:
		return c[ground]
	case theme.ColorNameForeground:
		return c[body]
	case theme.ColorNamePrimary:
		return c[main]
	case theme.ColorNameHover, theme.ColorNamePressed, theme.ColorNameFocus:
		return color.Transparent
	}
	return t.Theme.Color(name, theme.VariantLight)
}

// Size is that of body text at 中.
func (t *kioskTheme) Size(name fyne.ThemeSizeName) float32 {
	switch name {
	case theme.SizeNameText:
		return 28
	case theme.SizeNamePadding, theme.SizeNameInnerPadding:
		return 8
	}
	return t.Theme.Size(name)
}

// roomy gives a font a lower line: hhea.descender (OpenType 1.9, "hhea") from
// -246 to -348 of 2048. Fyne rounds the base line down the screen and cuts at
// the line's end, which takes the last row of pixels from g and p.
func roomy(ttf []byte) []byte {
	b := bytes.Clone(ttf)
	tables := int(binary.BigEndian.Uint16(b[4:]))
	for i := range tables {
		entry := b[12+16*i:]
		if string(entry[:4]) == "hhea" {
			at := binary.BigEndian.Uint32(entry[8:]) + 6
			binary.BigEndian.PutUint16(b[at:], 0x10000-348)
		}
	}
	return b
}
