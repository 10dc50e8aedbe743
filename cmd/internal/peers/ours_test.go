package peers

import (
	"context"
	"crypto/ed25519"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	_ "modernc.org/sqlite"

	"pointkiosk/cards"
	"pointkiosk/cards/sheet"
	"pointkiosk/cmd/internal/press"
	"pointkiosk/kiosk/journal"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, cards.Japan)

// batch is what all cards are of.
func batch(n int) cards.Allotment {
	return cards.Allotment{
		ID: 8, Key: 3, Kind: cards.KindCard, Points: 200, Count: uint32(n), Day: cards.DayOf(noon), Expires: cards.DayOf(noon) + 129, Batch: true,
		From: noon.Unix(), Until: noon.Add(time.Hour).Unix(), Event: cards.Event{
			ID: "natural-bar", Municipality: cards.Text{Ja: "木更津市"}, Scheme: cards.Text{Ja: "らづポイント"}, Name: cards.Text{Ja: "ナチュラルバル"},
			Place: cards.Text{Ja: "JR木更津駅西口広場"}, Contact: cards.Text{Ja: "市民活動支援課"}, Phone: "0438-23-8610", Host: "P.EXAMPLE.JP",
		},
	}
}

const request = "order"

func openJournal(ctx context.Context, dir string) (*journal.Journal, error) {
	return journal.OpenFile(ctx, journal.Opts{
		Driver: "sqlite", Path: filepath.Join(dir, "journal.db"), Head: filepath.Join(dir, "journal.head"),
		Key: cards.SigningKey{ID: 3, Private: ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))}, Now: func() time.Time { return noon },
	})
}

// ours makes the files of an order as kioskctl sheets does: a journal on the
// disk, each card signed, the manifests, all synced. Only the encryption is off,
// as what is compared has none.
func ours(ctx context.Context, n int, dir string) (err error) {
	j, err := openJournal(ctx, dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, j.Close()) }()
	stock, err := sheet.FindStock("a4-10")
	if err != nil {
		return err
	}
	p := press.Press{Journal: j, Dir: dir, Out: filepath.Join(dir, "out")}
	_, err = p.Run(ctx, batch(n), press.Job{
		Request: request, Allotment: 8, Count: uint32(n), Stock: stock, Lang: "ja", PerFile: press.PerFile, Plain: true, Operator: "鈴木",
	})
	return err
}

// A row is what a card has of its own.
type row struct{ url, serial string }

// ordered are the cards that ours made, from the journal.
func ordered(ctx context.Context, n int, dir string) (rows []row, err error) {
	j, err := openJournal(ctx, dir)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, j.Close()) }()
	orders, err := j.Orders(ctx)
	if err != nil || len(orders) != 1 {
		return nil, fmt.Errorf("peers: %d orders, want 1: %w", len(orders), err)
	}
	a := batch(n)
	for i := range n {
		c, err := j.CardOf(a, orders[0], orders[0].First+uint32(i))
		if err != nil {
			return nil, err
		}
		rows = append(rows, row{a.Event.Host.URL(c), c.Serial().String()})
	}
	return rows, nil
}

func writeCSV(path string, rows []row) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	w := csv.NewWriter(file)
	for _, r := range append([]row{{"url", "serial"}}, rows...) {
		_ = w.Write([]string{r.url, r.serial}) // Flush keeps the error
	}
	w.Flush()
	return errors.Join(w.Error(), file.Close())
}
