package main

import (
	"fmt"
	"log/slog"
	"time"

	"pointkiosk/cards"
	"pointkiosk/hub/ledger"
)

func restoreList() command {
	return command{
		name: "restore list",
		do: func(k *call) error {
			if err := k.parse(0, 0); err != nil {
				return err
			}
			return k.with(func(s *store) error {
				list, err := s.ledger.Restores(k.ctx)
				if err == nil && len(list) == 0 {
					fmt.Fprintln(k.out, k.Say("hub.list.empty"))
				}
				for _, r := range list {
					fmt.Fprintln(k.out, k.restored(s, r))
				}
				return err
			})
		},
	}
}

// restored says what is lost, and what to do.
func (k *call) restored(s *store, r ledger.Restore) string {
	key := "hub.restore.behind"
	if r.Lost {
		key = "hub.restore.lost"
	}
	text := k.Say(key, moment(r.Since), moment(r.Noticed)) + "\n"
	if r.Accepted.IsZero() {
		if s.place.address != "" {
			text += k.Say("hub.restore.archive") + "\n"
		}
		return text + k.Say("hub.restore.closed", moment(r.Since))
	}
	return text + k.Say("hub.restore.accepted", r.Person, moment(r.Accepted), r.Reason)
}

func restoreAccept() command {
	return command{
		name: "restore accept",
		do: func(k *call) error {
			text := k.flags.String("since", "", "")
			person := k.flags.String("by", "", "")
			reason := k.flags.String("reason", "", "")
			if err := k.parse(0, 0); err != nil {
				return err
			}
			since, err := time.ParseInLocation("2006-01-02 15:04", *text, cards.Japan)
			switch {
			case err != nil:
				return k.misused("hub.use.since")
			case *person == "":
				return k.misused("hub.use.by")
			case *reason == "":
				return k.misused("hub.use.reason")
			}
			return k.with(func(s *store) error {
				r, err := s.ledger.AcceptRestore(k.ctx, since, *person, *reason)
				if err == nil {
					fmt.Fprintln(k.out, k.restored(s, r))
				}
				return err
			})
		},
	}
}

// warn says in the log that the hub starts closed.
func (s *store) warn(k *call, log *slog.Logger) error {
	list, err := s.ledger.Restores(k.ctx)
	for _, r := range list {
		if r.Accepted.IsZero() {
			log.Warn("nothing is redeemed: " + k.restored(s, r))
		}
	}
	return err
}
