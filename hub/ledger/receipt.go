package ledger

import (
	"slices"

	"pointkiosk/cards"
)

// receipt answers an upload: where the kiosk's journal stands here, what
// became of what it asked, and what it does not hold yet.
func (in *intake) receipt(u cards.Upload) (r cards.Receipt, err error) {
	r = cards.Receipt{
		Key: in.key.id, Cursor: in.cursor, Head: in.head, At: in.ms(),
		Judgements: in.judgements, Outcomes: []cards.Outcome{}, Allotments: [][]byte{},
	}
	if r.Judgements == nil {
		r.Judgements = []cards.Judgement{}
	}
	if r.Stop, err = in.stopped(in.key.id); err != nil {
		return r, err
	}
	if in.key.revoked != "" {
		r.Stop = StopRevoked
	}
	if r.Outcomes, err = in.outcomes(u.Asked); err != nil {
		return r, err
	}
	version, list, err := in.trustList()
	if err != nil {
		return r, err
	}
	if version > u.Trust {
		r.Trust = list
	}
	if r.Stop != "" {
		return r, nil
	}
	if r.Allotments, err = in.unheld(u.Held); err != nil {
		return r, err
	}
	return r, in.ranges(&r, u.Held)
}

// ranges tells what the kiosk may activate, and of what.
func (in *intake) ranges(r *cards.Receipt, held []uint32) error {
	granted, err := in.grantedTo(holder{kiosk: in.key.kiosk, key: in.key.id})
	for _, g := range granted {
		r.Ranges = append(r.Ranges, cards.Range{Allotment: g.ID, First: g.first, Last: g.last})
		if !slices.Contains(held, g.ID) && len(r.Batches) < mostBrought {
			r.Batches = append(r.Batches, g.sealed)
			held = append(slices.Clip(held), g.ID)
		}
	}
	return err
}

// outcomes tells how the voids ended that the kiosk asked for. One whose
// record has not come, or waits for others, has no answer yet.
func (in *intake) outcomes(asked []cards.Serial) ([]cards.Outcome, error) {
	outcomes := []cards.Outcome{}
	for _, s := range asked {
		_, own, err := in.allotmentOf(cards.Entry{Allotment: s.Allotment, Number: s.Number})
		if err != nil {
			return outcomes, err
		}
		if !own {
			continue
		}
		wanted, err := in.one(`SELECT 1 FROM judged WHERE allotment = $1 AND number = $2 AND state = $3 AND verdict = $4`,
			[]any{int64(s.Allotment), int64(s.Number), string(cards.VoidAsked), string(cards.Accepted)}, new(int64))
		if err != nil {
			return outcomes, err
		}
		end, found, err := in.ended(s)
		if err != nil {
			return outcomes, err
		}
		if wanted && found {
			outcomes = append(outcomes, cards.Outcome{Allotment: s.Allotment, Number: s.Number, State: outcomeOf(end)})
		}
	}
	return outcomes, nil
}

// mostBrought is how many allotments a receipt brings; the next brings more.
const mostBrought = 50

// unheld returns the next of the kiosk's allotments that it does not hold and
// whose day is not over. A kiosk that names as many as it may has enough: none
// that comes after those is sent, which it could not name either.
func (in *intake) unheld(held []uint32) ([][]byte, error) {
	var want []int64
	named := 0 // of want, those that come before one that is held
	err := in.each(`SELECT a.id, CASE WHEN a.batch = 1 AND a.cards = (`+withdrawnOf+`) THEN 1 ELSE 0 END FROM allotment a JOIN signing_key k ON k.id = a.key_id LEFT JOIN revocation r ON r.key_id = k.id
		WHERE k.kiosk = $1 AND a.day >= $2 AND r.key_id IS NULL ORDER BY a.day, a.id`, []any{in.key.kiosk, int64(cards.DayOf(in.at))},
		func(scan func(...any) error) error {
			var id uint32
			var gone bool // all of it is withdrawn
			err := scan(&id, &gone)
			if slices.Contains(held, id) {
				named = len(want)
			} else if !gone {
				want = append(want, int64(id))
			}
			return err
		})
	if len(held) >= cards.MaxHeld {
		want = want[:named]
	}
	sealed := [][]byte{}
	for _, id := range want[:min(len(want), mostBrought)] {
		var data []byte
		_, oneErr := in.one(`SELECT sealed FROM allotment WHERE id = $1`, []any{id}, &data)
		err = errorOr(err, oneErr)
		sealed = append(sealed, data)
	}
	return sealed, err
}
