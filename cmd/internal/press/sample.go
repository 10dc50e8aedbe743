package press

import (
	"bytes"

	"pointkiosk/cards"
	"pointkiosk/cards/sheet"
)

// A Sample is how a card of a job will look.
type Sample struct {
	PDF    []byte // of one card, marked as a sample, front and back upright; its code is no card
	Sheets int    // that the job takes
}

// practiceBit is of a number that no hub assigns.
const practiceBit = 1 << 31

// Look makes a sample, and looks at all that can be wrong with a job before anything
// is signed.
func (job Job) Look(a cards.Allotment) (out Sample, err error) {
	sheets, err := job.sheets(a, 0, false)
	if err != nil {
		return out, err
	}
	last, _ := sheets.Place(int(job.Count) - 1)
	first, _ := sheets.Place(0)
	out.Sheets = last - first + 1
	job.Start, job.Front, job.Back = 0, sheet.Offset{}, sheet.Offset{}
	if job.Sides != sheet.Single { // on a screen no back stands on its head
		job.Sides = job.Stock.Edge()
	}
	if sheets, err = job.sheets(a, 0, true); err != nil {
		return out, err
	}
	c := cards.Card{Claims: a.Claims(1)} // without a signature
	c.Kind, c.Allotment = cards.KindPracticeCard, c.Allotment|practiceBit
	var pdf bytes.Buffer
	err = sheets.Write(&pdf, []sheet.One{{Serial: c.Serial().String(), URL: a.Event.Host.URL(c), Number: c.Number}}, nil)
	out.PDF = pdf.Bytes()
	return out, err
}
