//go:build plantedlate

package kiosk

import (
	"context"

	"pointkiosk/cards"
	"pointkiosk/cards/face"
)

// bring is planted wrong, so that the fault harness can show that it finds the
// fault: paper may be out of which the journal knows nothing.
func (i *Issuer) bring(ctx context.Context, s cards.Serial, d *face.Drawn, operator string) (copy uint32, o Outcome, err error) {
	o = i.Printer.Print(ctx, d)
	copy, err = i.Journal.Mark(ctx, s, cards.Printing, operator, "")
	return copy, o, err
}
