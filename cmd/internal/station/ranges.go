package station

import (
	"context"
	"errors"
	"slices"
	"time"

	"pointkiosk/cards"
	"pointkiosk/kiosk"
	"pointkiosk/kiosk/journal"
)

// doBatch performs an effect about cards that are printed beforehand, or leaves it to
// the clerk.
func (d *Desk) doBatch(ctx context.Context, e kiosk.Effect) kiosk.Event {
	switch e := e.(type) {
	case kiosk.ReadSerial:
		return d.readSerial(ctx, e)
	case kiosk.FindRange:
		return d.findRange(ctx, e)
	case kiosk.Activate:
		return d.activate(ctx, e)
	case kiosk.FindSheets:
		return d.findSheets(ctx, "")
	case kiosk.LookSheets:
		return d.lookSheets(ctx, e)
	case kiosk.MakeSheets:
		return d.makeSheets(ctx, e)
	case kiosk.StopSheets:
		d.sheets.stopNow(ctx)
		return nil
	case kiosk.OpenSheets:
		return d.openSheets(ctx, e)
	case kiosk.EndSheets:
		return d.endSheets(ctx, e)
	}
	return d.clerk.do(ctx, e)
}

// readSerial takes the number of a card that was shown to the scanner. What is
// forged is named here: it lies among the sheets.
func (d *Desk) readSerial(ctx context.Context, e kiosk.ReadSerial) kiosk.Event {
	list, err := d.TrustList(ctx)
	if err != nil {
		e.Text.Wipe()
		d.opts.Log.Error("trust list", "error", err)
		return kiosk.SerialRead{Note: "issue.note.staff"}
	}
	card, word := readScan(e.Text, list)
	switch err := list.Verify(card, d.opts.Now()); {
	case word == wordHost:
		return kiosk.SerialRead{Note: "range.note.host"}
	case word != "":
		return kiosk.SerialRead{Note: "range.note.malformed"}
	case errors.Is(err, cards.ErrSignature):
		return kiosk.SerialRead{Note: "range.note.forged"}
	case errors.Is(err, cards.ErrUnknownKey):
		return kiosk.SerialRead{Note: "range.note.unknown"}
	}
	return kiosk.SerialRead{Serial: card.Serial()}
}

// findRange tells what is known of the cards from one to another.
func (d *Desk) findRange(ctx context.Context, e kiosk.FindRange) kiosk.Event {
	f, err := d.FoundRange(ctx, e.First, e.Last)
	if err != nil {
		d.opts.Log.Error("range", "error", err)
		f.Why = "range.not.fault"
	}
	return kiosk.RangeIs{Found: f}
}

// FoundRange says of the cards from one to another whether they can be activated
// here, or why not.
func (s *Station) FoundRange(ctx context.Context, first, last cards.Serial) (f kiosk.FoundRange, err error) {
	f.Range = cards.Range{Allotment: first.Allotment, First: first.Number, Last: last.Number}
	if first.Allotment != last.Allotment {
		f.Why = "range.not.two"
		return f, nil
	}
	f.Of, err = s.AllotmentOf(ctx, first)
	switch {
	case first.Allotment >= practiceBit:
		f.Why, err = "range.not.sample", nil
	case errors.Is(err, journal.ErrUnknown):
		f.Why, err = "range.not.unknown", nil
	case err != nil:
	case last.Number < first.Number:
		f.Why = "range.not.order"
	case !f.Of.Batch:
		f.Why = "range.not.batch"
	case last.Number > f.Of.Count:
		f.Why = "range.not.beyond"
	default:
		return s.judged(ctx, f)
	}
	return f, err
}

// judged says whether a range of a batch can be activated here, now.
func (s *Station) judged(ctx context.Context, f kiosk.FoundRange) (kiosk.FoundRange, error) {
	r := f.Range
	said, err := s.Journal.Said(ctx, r.Allotment)
	if err != nil {
		return f, err
	}
	receipt, err := s.Journal.Receipt(ctx)
	if err != nil {
		return f, err
	}
	granted, err := s.granted(ctx, f.Of, receipt)
	if err != nil {
		return f, err
	}
	f.Active, f.Withdrawn = journal.Judge(r, said)
	c := s.calendar()
	if c.suspect { // nothing is over by a clock that can't be trusted
		c.now = c.heard
	}
	f.Over = !c.now.Before(time.Unix(f.Of.Until, 0))
	switch {
	case receipt.Stop != "" || s.broken.Load():
		f.Why = "range.not.stopped"
	case !covers(granted, f.Range):
		f.Why = "range.not.granted"
	case f.Active+f.Withdrawn == r.Count() && f.Withdrawn > 0:
		f.Why = "range.not.withdrawn"
	case f.Active == r.Count():
		f.Why = "range.not.active"
	case !c.now.Before(f.Of.Expires.End()):
		f.Why = "range.not.lapsed"
	}
	return f, nil
}

// granted are the ranges of a batch that may be activated here: of another's those
// that the hub granted, of one's own those that are on paper.
func (s *Station) granted(ctx context.Context, a cards.Allotment, receipt cards.Receipt) (list []cards.Range, err error) {
	for _, r := range receipt.Ranges {
		if r.Allotment == a.ID {
			list = append(list, r)
		}
	}
	if a.Key != s.live.ID {
		return list, nil
	}
	orders, err := s.Journal.Orders(ctx)
	for _, o := range orders {
		if o.Allotment == a.ID && o.State != cards.Making && o.Digest != nil {
			list = append(list, o.Range)
		}
	}
	return list, err
}

// covers reports whether ranges of one batch have all of another between them.
func covers(list []cards.Range, r cards.Range) bool {
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b cards.Range) int { return int(a.First) - int(b.First) })
	next := r.First
	for _, g := range list {
		if g.First <= next && g.Last >= next {
			next = g.Last + 1
		}
	}
	return next > r.Last
}

// activate hands a range out. It is judged again: meanwhile the hub may have stopped
// this kiosk.
func (d *Desk) activate(ctx context.Context, e kiosk.Activate) kiosk.Event {
	out := kiosk.Activated{Range: e.Range}
	first, last := cards.Serial{Allotment: e.Range.Allotment, Number: e.Range.First}, cards.Serial{Allotment: e.Range.Allotment, Number: e.Range.Last}
	f, err := d.FoundRange(ctx, first, last)
	if err == nil && f.Why == "" {
		out.Count, err = d.Journal.Activate(context.WithoutCancel(ctx), e.Range, e.Operator)
		d.Wake()
	}
	if out.Note = f.Why; err != nil {
		d.opts.Log.Error("activate", "error", err)
		out.Note = "range.not.fault"
	}
	return out
}

// mayActivate reports whether cards that were printed beforehand can be handed out
// here: the hub granted a range, or a batch is held.
func (s *Station) mayActivate(ctx context.Context) (ranges, sheets bool) {
	all, err := s.Allotments(ctx)
	if err != nil {
		s.opts.Log.Error("allotments", "error", err)
	}
	sheets = slices.ContainsFunc(all, func(a cards.Allotment) bool { return a.Batch && a.Key == s.live.ID })
	receipt, err := s.Journal.Receipt(ctx)
	if err != nil {
		s.opts.Log.Error("journal", "error", err)
	}
	return sheets || len(receipt.Ranges) > 0, sheets
}
