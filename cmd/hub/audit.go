package main

import (
	"bufio"
	"encoding/json"
	"fmt"

	"pointkiosk/hub/ledger"
)

func exportCommand() command {
	return command{
		name: "export",
		do: func(k *call) error {
			if err := k.parse(1, 1); err != nil {
				return err
			}
			return k.with(func(s *store) error {
				w := bufio.NewWriter(k.out)
				lines := json.NewEncoder(w)
				lines.SetEscapeHTML(false)
				var err error
				switch k.rest[0] {
				case "cards":
					err = s.ledger.ExportCards(k.ctx, func(c ledger.CardLine) error { return lines.Encode(c) })
				case "ledger":
					err = s.ledger.ExportTransfers(k.ctx, func(t ledger.TransferLine) error { return lines.Encode(t) })
				case "decisions":
					err = s.ledger.ExportDecisions(k.ctx, func(d ledger.DecisionLine) error { return lines.Encode(d) })
				case "reversals":
					err = s.reversals(k.ctx, func(r reversalLine) error { return lines.Encode(r) })
				default:
					return k.misused("hub.use.export")
				}
				if err != nil {
					return err
				}
				return w.Flush()
			})
		},
	}
}

func checkCommand() command {
	return command{
		name: "check",
		do: func(k *call) error {
			if err := k.parse(0, 0); err != nil {
				return err
			}
			return k.with(func(s *store) error {
				faults, err := s.ledger.Check(k.ctx)
				if err != nil {
					return err
				}
				for _, f := range faults {
					fmt.Fprintln(k.out, f)
				}
				if len(faults) > 0 {
					return k.fails("hub.err.check", len(faults))
				}
				fmt.Fprintln(k.out, k.Say("hub.check.clean"))
				return k.owing(s)
			})
		},
	}
}
