package sheet

// venue hangs beside the screen with the venue code: that one counts, and what
// hangs here must not be taken for it.
func (b *board) venue() (title string) {
	title = b.say.Say("poster.venue.title")
	f := footOf(55, 47)
	v := b.band(title, b.say.Say("poster.venue.lead"), true) + 6
	rows := b.para("event", b.card.Event, style{11, true, ink}, posterWide, 2)
	rows = append(rows, b.para("date", b.when(), style{6.4, false, ink}, posterWide, 2)...)
	rows = append(rows, b.para("place", b.card.Place, style{6.4, false, ink}, posterWide, 2)...)
	v = b.stack(rows, posterEdge, v) + 4
	notes := append(b.para("poster", b.say.Say("poster.venue.changes"), style{4.8, false, ink}, posterWide, 2),
		b.para("poster", b.say.Say("poster.venue.nophone"), style{4.8, false, ink}, posterWide, 2)...)
	end := f.at - 5 - height(notes)
	b.stack(notes, posterEdge, end)
	b.steps(v, end-5, [3]step{
		{"venue", b.say.Say("poster.venue.step1")}, {"signin", b.say.Say("poster.venue.step2")}, {"points", b.say.Say("poster.venue.step3")},
	})
	b.foot(f, func(scale float64) []row {
		rows := append(b.page(f, b.say.Say("poster.page"), scale), b.para("poster", b.say.Say("poster.venue.notthis"), style{5.4 * scale, true, red}, f.wide, 2)...)
		rows = append(rows, b.para("poster", b.say.Say("poster.nopin"), style{4.8 * scale, false, ink}, f.wide, 3)...)
		return append(rows, b.ask(f, scale)...)
	})
	return title
}

// plate stands in a shop: above for who pays, below for who takes it.
func (b *board) plate() (title string) {
	title = b.say.Say("poster.plate.title")
	f := footOf(80, 64)
	v := b.band(title, "", false) + 8
	v = b.stack(b.para("shop", b.opts.Shop, style{18, true, ink}, posterWide, 2), posterEdge, v) + 6
	b.steps(v, f.at-8, [3]step{
		{"ticket", b.say.Say("poster.plate.step1")}, {"scan", b.say.Say("poster.plate.step2")}, {"bag", b.say.Say("poster.plate.step3")},
	})
	b.foot(f, func(scale float64) []row {
		rows := b.page(f, b.say.Say("poster.plate.page"), scale)
		rows = append(rows, b.para("poster", b.say.Say("poster.plate.use"), style{5 * scale, false, ink}, f.wide, 4)...)
		rows = append(rows, b.para("poster", b.say.Say("poster.plate.wait"), style{5.2 * scale, true, red}, f.wide, 4)...)
		rows = append(rows, b.para("poster", b.say.Say("poster.plate.address"), style{5 * scale, false, ink}, f.wide, 4)...)
		return append(rows, b.ask(f, scale)...)
	})
	return title
}

// flyer says how a MyKey ID is made, with what, where, and whose it is.
func (b *board) flyer() (title string) {
	title = b.say.Say("poster.flyer.title")
	f := footOf(52, 44)
	v := b.band(title, b.say.Say("poster.flyer.lead", b.card.Scheme), false) + 6
	where := b.where()
	notice := append([]row{gap(2)}, b.para("poster", b.say.Say("mykey.here"), style{5.2, true, red}, posterWide, 2)...)
	below := append(where, notice...)
	end := f.at - 4 - height(below)
	b.stack(below, posterEdge, end)
	end = b.bring(end - 4)
	b.steps(v, end-5, [3]step{
		{"place", b.say.Say("poster.flyer.step1")}, {"pin", b.say.Say("poster.flyer.step2")}, {"slip", b.say.Say("poster.flyer.step3")},
	})
	b.foot(f, func(scale float64) []row {
		rows := b.page(f, b.say.Say("poster.page"), scale)
		rows = append(rows, b.para("poster", b.say.Say("poster.nopin"), style{4.8 * scale, false, ink}, f.wide, 3)...)
		return append(rows, b.ask(f, scale)...)
	})
	return title
}

// where is where and when IDs are made.
func (b *board) where() []row {
	if b.card.Place == "" && b.when() == "" {
		return nil
	}
	rows := b.para("poster", b.say.Say("poster.flyer.where"), style{6, true, onWhite(b.main)}, posterWide, 1)
	rows = append(rows, b.para("place", b.card.Place, style{6.4, true, ink}, posterWide, 2)...)
	return append(rows, b.para("date", b.when(), style{5.6, false, ink}, posterWide, 2)...)
}

// bring is the two things that are needed, drawn, down to end; it gives where it
// begins.
func (b *board) bring(end float64) (top float64) {
	const drawn, column, inset, gutter = 14.0, posterWide / 2, 17.0, 4.0
	head := append(b.para("poster", b.say.Say("poster.flyer.bring"), style{6, true, onWhite(b.main)}, posterWide, 1), gap(1))
	young := append([]row{gap(1.5)}, b.para("poster", b.say.Say("poster.flyer.young"), style{4.8, false, ink}, posterWide, 2)...)
	things := [2][3]string{
		{"idcard", b.say.Say("mykey.needs.card"), b.say.Say("mykey.needs.card.sub")}, {"pin", b.say.Say("mykey.needs.pin"), b.say.Say("mykey.needs.pin.sub")},
	}
	var texts [2][]row
	high := drawn
	for i, t := range things {
		texts[i] = append(b.para("poster", t[1], style{6.2, true, ink}, column-inset-gutter, 1), b.para("poster", t[2], style{4.4, false, ink}, column-inset-gutter, 2)...)
		high = max(high, height(texts[i]))
	}
	top = end - height(young) - high - height(head)
	v := b.stack(head, posterEdge, top)
	for i, t := range things {
		u := posterEdge + float64(i)*column
		b.picture(t[0], u, v+(high-drawn)/2, drawn)
		b.stack(texts[i], u+inset, v+(high-height(texts[i]))/2)
	}
	b.stack(young, posterEdge, v+high)
	return top
}
