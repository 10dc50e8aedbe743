package sheet

// venue hangs beside the screen with the venue code: that one counts, and what
// hangs here must not be taken for it.
func (b *board) venue() (title string) {
	title = b.say.Say("poster.venue.title")
	v := b.band(title, b.say.Say("poster.venue.lead"), true) + 6
	rows := b.para("event", b.card.Event, style{11, true, ink}, posterWide, 2)
	rows = append(rows, b.para("date", b.when(), style{6.4, false, ink}, posterWide, 2)...)
	rows = append(rows, b.para("place", b.card.Place, style{6.4, false, ink}, posterWide, 2)...)
	v = b.stack(rows, posterEdge, v) + 4
	notes := append(b.para("poster", b.say.Say("poster.venue.changes"), style{4.8, false, ink}, posterWide, 2),
		b.para("poster", b.say.Say("poster.venue.nophone"), style{4.8, false, ink}, posterWide, 2)...)
	end := footAt - 5 - height(notes)
	b.stack(notes, posterEdge, end)
	b.steps(v, end-5, [3]step{
		{"venue", b.say.Say("poster.venue.step1")}, {"signin", b.say.Say("poster.venue.step2")}, {"points", b.say.Say("poster.venue.step3")},
	})
	b.foot(func(f float64) []row {
		rows := append(b.page(b.say.Say("poster.page"), f), b.para("poster", b.say.Say("poster.venue.notthis"), style{5.4 * f, true, red}, footTextWide, 2)...)
		rows = append(rows, b.para("poster", b.say.Say("poster.nopin"), style{4.8 * f, false, ink}, footTextWide, 3)...)
		return append(rows, b.ask(f)...)
	})
	return title
}

// plate stands in a shop: above for who pays, below for who takes it.
func (b *board) plate() (title string) {
	title = b.say.Say("poster.plate.title")
	v := b.band(b.say.Say("poster.plate.title"), "", false) + 8
	v = b.stack(b.para("shop", b.opts.Shop, style{17, true, ink}, posterWide, 2), posterEdge, v) + 6
	b.steps(v, footAt-8, [3]step{
		{"ticket", b.say.Say("poster.plate.step1")}, {"scan", b.say.Say("poster.plate.step2")}, {"points", b.say.Say("poster.plate.step3")},
	})
	b.foot(func(f float64) []row {
		rows := b.page(b.say.Say("poster.plate.page"), f)
		rows = append(rows, b.para("poster", b.say.Say("poster.plate.use"), style{4.8 * f, false, ink}, footTextWide, 3)...)
		rows = append(rows, b.para("poster", b.say.Say("poster.plate.wait"), style{4.8 * f, true, red}, footTextWide, 4)...)
		rows = append(rows, b.para("poster", b.say.Say("poster.plate.address"), style{4.8 * f, false, ink}, footTextWide, 4)...)
		return append(rows, b.ask(f)...)
	})
	return title
}

// flyer says how a MyKey ID is made, with what, where, and whose it is.
func (b *board) flyer() (title string) {
	title = b.say.Say("poster.flyer.title")
	v := b.band(title, b.say.Say("poster.flyer.lead", b.card.Scheme), false) + 6
	where := b.where()
	notice := append([]row{gap(2)}, b.para("poster", b.say.Say("mykey.here"), style{5.2, true, red}, posterWide, 2)...)
	below := append(where, notice...)
	end := footAt - 4 - height(below)
	b.stack(below, posterEdge, end)
	end = b.bring(end - 4)
	b.steps(v, end-5, [3]step{
		{"place", b.say.Say("poster.flyer.step1")}, {"pin", b.say.Say("poster.flyer.step2")}, {"slip", b.say.Say("poster.flyer.step3")},
	})
	b.foot(func(f float64) []row {
		rows := b.page(b.say.Say("poster.page"), f)
		rows = append(rows, b.para("poster", b.say.Say("poster.nopin"), style{4.8 * f, false, ink}, footTextWide, 3)...)
		return append(rows, b.ask(f*1.2)...)
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
	const drawn, column, inset = 15.0, posterWide / 2, 19.0
	head := b.para("poster", b.say.Say("poster.flyer.bring"), style{6, true, onWhite(b.main)}, posterWide, 1)
	young := append([]row{gap(1.5)}, b.para("poster", b.say.Say("poster.flyer.young"), style{4.8, false, ink}, posterWide, 2)...)
	top = end - height(young) - drawn - height(head) - 1
	v := b.stack(head, posterEdge, top) + 1
	for i, thing := range [2][3]string{
		{"idcard", b.say.Say("mykey.needs.card"), b.say.Say("mykey.needs.card.sub")}, {"pin", b.say.Say("mykey.needs.pin"), b.say.Say("mykey.needs.pin.sub")},
	} {
		u := posterEdge + float64(i)*column
		b.picture(thing[0], u, v, drawn)
		rows := append(b.para("poster", thing[1], style{6.2, true, ink}, column-inset, 1), b.para("poster", thing[2], style{4.6, false, ink}, column-inset, 2)...)
		b.stack(rows, u+inset, v+(drawn-height(rows))/2)
	}
	b.stack(young, posterEdge, v+drawn)
	return top
}
