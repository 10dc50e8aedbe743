//go:build !plantedlate

package kiosk

import (
	"context"

	"pointkiosk/cards"
	"pointkiosk/cards/face"
)

// bring commits "printing" and only then lets the first byte go.
func (i *Issuer) bring(ctx context.Context, s cards.Serial, d *face.Drawn, operator string) (copy uint32, o Outcome, err error) {
	if copy, err = i.Journal.Mark(ctx, s, cards.Printing, operator, ""); err != nil {
		return copy, NotSent, err
	}
	return copy, i.Printer.Print(ctx, d), nil
}
