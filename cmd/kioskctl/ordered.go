package main

import (
	"fmt"
	"os"
	"strings"
	"time"

	"pointkiosk/cards"
	"pointkiosk/cmd/internal/press"
	"pointkiosk/kiosk/journal"
)

// ordered is what the command line says of an order: never a card's text.
type ordered struct {
	Order string      `json:"order"`
	State cards.State `json:"state"`
	First string      `json:"first"`
	Last  string      `json:"last"`
	Count int         `json:"count"`
	Copy  uint32      `json:"copy"`
	Dir   string      `json:"dir,omitempty"`
	Files int         `json:"files,omitempty"`
}

func orderedOf(o journal.Order) ordered {
	s := cards.Serial{Allotment: o.Allotment, Number: o.First}
	last := cards.Serial{Allotment: o.Allotment, Number: o.Last}
	return ordered{Order: o.Request, State: o.State, First: s.String(), Last: last.String(), Count: o.Count(), Copy: o.Copy}
}

// progress shows on a terminal how many cards are done and how long the rest takes.
func (c *call) progress() func(done, all int) {
	file, ok := c.err.(*os.File)
	if !ok || c.json {
		return nil
	}
	if info, err := file.Stat(); err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return nil
	}
	begun := time.Now()
	return press.Seldom(100*time.Millisecond, func(done, all int) {
		left := time.Duration(float64(time.Since(begun)) / float64(done) * float64(all-done))
		bar := strings.Repeat("#", 30*done/all) + strings.Repeat(".", 30-30*done/all)
		end := ""
		if done == all {
			end = "\n"
		}
		fmt.Fprintf(file, "\r%s%s", c.words.Say("cli.sheets.progress", bar, done, all, int(left.Seconds()+0.5)), end)
	})
}
