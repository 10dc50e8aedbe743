package press

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"pointkiosk/cards"
	"pointkiosk/cards/sheet"
	"pointkiosk/kiosk/journal"
)

// A Manifest names each card of an order, and never its code: of that it has the
// SHA-256 alone.
type Manifest struct {
	Order     string `json:"order"`
	Copy      uint32 `json:"copy"` // 0 the first print, k the reprint
	Allotment uint32 `json:"allotment"`
	First     uint32 `json:"first"`
	Last      uint32 `json:"last"`
	Event     string `json:"event"`
	Day       string `json:"day"`
	Expires   string `json:"expires"`
	Points    uint32 `json:"points"`
	Files     []File `json:"files"`
	Cards     []Line `json:"cards"`
}

// A Line is one card of a manifest.
type Line struct {
	Serial  string `json:"serial"`
	Number  uint32 `json:"number"`
	File    string `json:"file"`
	Sheet   int    `json:"sheet"` // of the order, from 1
	Cell    int    `json:"cell"`  // of the sheet, from 1, by rows as one looks at the front
	Payload string `json:"payload_sha256"`
}

func (m Manifest) rangeOf() cards.Range {
	return cards.Range{Allotment: m.Allotment, First: m.First, Last: m.Last}
}

// printed returns which cards the files of a manifest have, as the journal knows that
// manifest.
func (p *Press) printed(ctx context.Context, m Manifest, sum [32]byte) (cards.Range, error) {
	part, err := p.Journal.Printed(ctx, sum)
	if !errors.Is(err, journal.ErrUnknown) {
		return part, err
	}
	all, err := p.Journal.Orders(ctx)
	if slices.ContainsFunc(all, func(o journal.Order) bool { return o.Request == m.Order && o.Allotment == m.Allotment }) {
		return part, fmt.Errorf("%w: %s", ErrAltered, m.Order)
	}
	return part, errors.Join(err, fmt.Errorf("%w: %q", ErrNoOrder, m.Order))
}

// The names of what lies beside the cards, and has no code in it.
const (
	manifestJSON = "manifest.json"
	manifestCSV  = "manifest.csv"
	contactName  = "contact.pdf"
	contactsName = "contact-%d.pdf" // of a large order, from 1
)

// manifest writes both manifests and returns the SHA-256 of the one in JSON. Cards
// are written one by one: an order of 100,000 needs no more memory than one of 1,000.
func (w *work) manifest(dir string, files []File) (digest [32]byte, err error) {
	m := Manifest{
		Order: w.job.Request, Allotment: w.a.ID, First: w.part.First, Last: w.part.Last, Event: w.a.Event.ID,
		Day: w.a.Day.String(), Expires: w.a.Expires.String(), Points: w.a.Points, Files: files,
	}
	m.Copy = w.copy()
	sum := sha256.New()
	err = write(filepath.Join(dir, manifestJSON), func(out io.Writer) error {
		return write(filepath.Join(dir, manifestCSV), func(table io.Writer) error {
			return w.cards(m, io.MultiWriter(out, sum), table)
		})
	})
	sum.Sum(digest[:0])
	return digest, err
}

// cards writes the manifest in JSON, a card a line, and each card into the table
// too, as RFC 4180 has it.
func (w *work) cards(m Manifest, out, table io.Writer) error {
	text, err := json.MarshalIndent(m, "", " ")
	if err != nil {
		return fmt.Errorf("press: manifest: %w", err)
	}
	const none = "null\n}" // the cards come last
	rows := csv.NewWriter(table)
	rows.UseCRLF = true
	_ = rows.Write([]string{"serial", "number", "allotment", "points", "sheet", "cell", "payload_sha256", "file", "pdf_sha256"}) // Flush keeps the error
	text = append(bytes.TrimSuffix(text, []byte(none)), '[')
	for i := w.at(w.part.First); i <= w.at(w.part.Last); i++ {
		line, pdf := w.line(m, i)
		one, err := json.Marshal(line)
		if err != nil {
			return fmt.Errorf("press: manifest: %w", err)
		}
		if _, err := out.Write(slices.Concat(text, []byte("\n  "), one)); err != nil {
			return err
		}
		text = []byte(",")
		_ = rows.Write([]string{
			line.Serial, strconv.Itoa(int(line.Number)), strconv.Itoa(int(m.Allotment)), strconv.Itoa(int(m.Points)),
			strconv.Itoa(line.Sheet), strconv.Itoa(line.Cell), line.Payload, line.File, pdf,
		})
	}
	rows.Flush()
	_, err = out.Write([]byte("\n ]\n}"))
	return errors.Join(err, rows.Error())
}

// line is the i-th card of the order, from 0, with the SHA-256 of its PDF.
func (w *work) line(m Manifest, i int) (line Line, pdf string) {
	number := w.order.First + uint32(i)
	at, cell := w.sheets.Place(i)
	file := m.fileOf(at)
	return Line{
		Serial: cards.Serial{Allotment: m.Allotment, Number: number}.String(), Number: number, File: file.Name, Sheet: at, Cell: cell + 1,
		Payload: hex.EncodeToString(w.payloads[i][:]),
	}, file.SHA256
}

// contactSheets is how many sheets one list of serials has: as a PDF is whole in
// memory before it is written, a large order has several.
const contactSheets = 300

// contacts writes the lists of all serials by sheet, for who hands them over.
func (w *work) contacts(dir string) error {
	parts := w.sheets.Split(w.order.Count(), contactSheets)
	for n, part := range parts {
		name := contactName
		if len(parts) > 1 {
			name = fmt.Sprintf(contactsName, n+1)
		}
		all := make([]sheet.One, 0, part.End-part.First)
		for i := part.First; i < part.End; i++ {
			number := w.order.First + uint32(i)
			all = append(all, sheet.One{Serial: cards.Serial{Allotment: w.a.ID, Number: number}.String(), Number: number})
		}
		err := write(filepath.Join(dir, name), func(out io.Writer) error { return w.sheets.Contact(out, part.First, all) })
		if err != nil {
			return err
		}
	}
	return nil
}

// Pick is what an event needs of an order, for the list of who gets what.
func Pick(a cards.Allotment, job Job, o journal.Order) (sheet.Pick, error) {
	sheets, err := job.sheets(a, 0, false)
	if err != nil {
		return sheet.Pick{}, err
	}
	p := sheet.Pick{
		Event: a.Event.Name.In(job.Lang), Date: a.Day.Start(), Place: a.Event.Place.In(job.Lang), Points: int(a.Points), Cards: o.Count(),
		First: cards.Serial{Allotment: a.ID, Number: o.First}.String(), Last: cards.Serial{Allotment: a.ID, Number: o.Last}.String(),
	}
	p.FirstSheet, _ = sheets.Place(0)
	p.LastSheet, _ = sheets.Place(o.Count() - 1)
	return p, nil
}

// fileOf is the file that has a sheet.
func (m Manifest) fileOf(sheet int) (found File) {
	for _, f := range m.Files {
		if f.Sheet <= sheet {
			found = f
		}
	}
	return found
}

// readManifest reads an order's manifest, with its SHA-256.
func readManifest(dir string) (m Manifest, digest [32]byte, err error) {
	text, err := os.ReadFile(filepath.Join(dir, manifestJSON))
	if err != nil {
		return m, digest, fmt.Errorf("press: %w", err)
	}
	if err := json.Unmarshal(text, &m); err != nil {
		return m, digest, fmt.Errorf("press: manifest: %w", err)
	}
	return m, sha256.Sum256(text), nil
}
