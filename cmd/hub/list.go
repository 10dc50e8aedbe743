package main

import (
	"errors"
	"fmt"
	"time"

	"pointkiosk/assets/words"
	"pointkiosk/cards"
	"pointkiosk/hub/ledger"
)

func kioskList() command {
	return command{
		name: "kiosk list",
		do: func(k *call) error {
			asJSON := k.flags.Bool("json", false, "")
			if err := k.parse(0, 0); err != nil {
				return err
			}
			return k.with(func(s *store) error {
				kiosks, err := s.ledger.Kiosks(k.ctx)
				if err != nil {
					return err
				}
				limit, err := s.ledger.Cap(k.ctx)
				if err != nil {
					return err
				}
				if *asJSON {
					return k.kiosksJSON(kiosks, limit)
				}
				alarms, err := s.ledger.Alarms(k.ctx)
				if err != nil {
					return err
				}
				return errors.Join(k.kiosks(kiosks, limit), k.alarms(alarms))
			})
		},
	}
}

func (k *call) kiosks(list []ledger.Kiosk, limit int64) error {
	stand, held := newTable(k.Say("hub.head.kiosks")), newTable(k.Say("hub.head.cards"))
	for _, i := range list {
		stand.row(i.Name, i.Key, k.stateOf(i), i.Cursor, moment(i.Heard), i.Granted, inactive(i, i.Inactive), inactive(i, i.Withdrawn), counted(i, i.Cards.Issued), k.Say("hub.list.risk", words.Number(int(i.AtRisk))))
		c := i.Cards
		row := []any{i.Name, i.Key}
		for _, n := range []uint32{c.Paper[cards.Printed], c.Paper[cards.Presumed], c.Paper[cards.Uncertain], c.Void, c.Honoured, c.Redeemed, c.Lapsed, c.Outstanding()} {
			row = append(row, counted(i, n))
		}
		held.row(row...)
	}
	text := k.Say("hub.list.nocap")
	if limit > 0 {
		text = k.Say("hub.list.cap", words.Number(int(limit)))
	}
	err := stand.write(k.out)
	fmt.Fprintln(k.out)
	err = errors.Join(err, held.write(k.out))
	fmt.Fprintf(k.out, "\n%s\n", k.Say("hub.list.unbound", text))
	return err
}

// counted is "-" where nothing could be issued; 0 is that nothing was.
func counted(k ledger.Kiosk, n uint32) string {
	if k.Granted == 0 {
		return "-"
	}
	return fmt.Sprint(n)
}

// inactive is "-" where nothing is of a batch.
func inactive(k ledger.Kiosk, n uint32) string {
	if !k.Batch {
		return "-"
	}
	return fmt.Sprint(n)
}

func (k *call) stateOf(i ledger.Kiosk) string {
	switch {
	case i.Key == 0:
		return k.Say("hub.state.none")
	case i.Revoked == cards.Compromised:
		return k.Say("hub.state.compromised")
	case i.Revoked != "":
		return k.Say("hub.state.retired")
	case i.Stop == ledger.StopConflict:
		return k.Say("hub.state.stopped", k.Say("hub.stop.conflict"))
	case i.Stop != "":
		return k.Say("hub.state.stopped", i.Stop)
	}
	return k.Say("hub.state.good")
}

func (k *call) alarms(list []ledger.Alarm) error {
	for _, a := range list {
		card := "-"
		if a.Serial != (cards.Serial{}) {
			card = a.Serial.String()
		}
		if _, err := fmt.Fprintln(k.out, k.Say("hub.list.alarm", moment(a.At), a.Key, a.Seq, card, k.alarm(a))); err != nil {
			return err
		}
	}
	return nil
}

func (k *call) alarm(a ledger.Alarm) string {
	switch a.Kind {
	case "conflict":
		return k.Say("hub.alarm.conflict")
	case "fork":
		return k.Say("hub.alarm.fork")
	case "never printed":
		return k.Say("hub.alarm.never.printed")
	case "digest":
		return k.Say("hub.alarm.digest")
	case "not granted":
		return k.Say("hub.alarm.not.granted")
	case "owed":
		return k.Say("hub.alarm.owed")
	case "withdrawn":
		return k.Say("hub.alarm.withdrawn")
	case "hoard":
		return k.Say("hub.alarm.hoard")
	case "budget":
		return k.Say("hub.alarm.budget")
	}
	return a.Kind + ": " + a.Words
}

// A kioskLine is a kiosk under one of its keys, as JSON.
type kioskLine struct {
	Kiosk       string                 `json:"kiosk"`
	Key         cards.KeyID            `json:"key"`
	Revoked     cards.Revocation       `json:"revoked,omitempty"`
	RevokedBy   string                 `json:"revoked_by,omitempty"`
	Stop        string                 `json:"stop,omitempty"`
	Entries     uint64                 `json:"entries"`
	Heard       string                 `json:"heard,omitempty"`
	Granted     uint32                 `json:"granted"`
	Inactive    uint32                 `json:"inactive"`  // of the granted: of batches, and not activated
	Withdrawn   uint32                 `json:"withdrawn"` // of the granted: of batches, and never to be
	Issued      uint32                 `json:"issued"`
	Paper       map[cards.State]uint32 `json:"paper"` // what the journal says of the papers: printed, presumed, uncertain, …
	Void        uint32                 `json:"void"`
	Honoured    uint32                 `json:"honoured"` // of the redeemed
	Redeemed    uint32                 `json:"redeemed"`
	Lapsed      uint32                 `json:"lapsed"`
	Outstanding uint32                 `json:"outstanding"`
	AtRisk      int64                  `json:"at_risk_yen"` // if stolen now
	Bound       bool                   `json:"bound_to_machine"`
	Cap         int64                  `json:"cap_yen"` // 0: none
}

func (k *call) kiosksJSON(list []ledger.Kiosk, limit int64) error {
	lines := k.lines()
	for _, i := range list {
		line := kioskLine{Kiosk: i.Name, Key: i.Key, Revoked: i.Revoked, RevokedBy: i.RevokedBy, Stop: i.Stop, Entries: i.Cursor, Granted: i.Granted, Inactive: i.Inactive, Withdrawn: i.Withdrawn,
			Issued: i.Cards.Issued, Paper: i.Cards.Paper, Void: i.Cards.Void, Honoured: i.Cards.Honoured, Redeemed: i.Cards.Redeemed,
			Lapsed: i.Cards.Lapsed, Outstanding: i.Cards.Outstanding(), AtRisk: i.AtRisk, Cap: limit}
		if !i.Heard.IsZero() {
			line.Heard = i.Heard.In(cards.Japan).Format(time.RFC3339)
		}
		if err := lines.Encode(line); err != nil {
			return err
		}
	}
	return nil
}

// moment writes a time for people, in Japan; "-" for none.
func moment(at time.Time) string {
	if at.IsZero() {
		return "-"
	}
	return at.In(cards.Japan).Format("2006-01-02 15:04")
}
