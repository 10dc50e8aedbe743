package registry

import (
	"encoding/hex"

	"pointkiosk/cards"
)

// given is where a kiosk's journal says that each slip was given, from 1, by the
// hash of what was deposited (DECISIONS 12: order is by sequence only). One whose
// entry has not come stands nowhere.
func (t *txn) given(kiosk string, requests ...string) ([]int, error) {
	at, n := make([]int, len(requests)), 0
	err := t.each(`SELECT e.data FROM judged j JOIN entry e ON e.key_id = j.key_id AND e.seq = j.seq JOIN signing_key k ON k.id = j.key_id
		WHERE k.kiosk = $1 AND j.allotment = 0 AND j.number = 0 AND j.state = $2 ORDER BY k.signs_from, k.id, j.seq`,
		[]any{kiosk, string(cards.Given)}, func(scan func(...any) error) error {
			var data []byte
			if err := scan(&data); err != nil {
				return err
			}
			var e cards.Entry
			if err := cards.Unsealed(data, cards.PaperEntry, &e); err != nil {
				return err
			}
			n++
			for i, r := range requests {
				if hex.EncodeToString(e.Digest) == r {
					at[i] = n
				}
			}
			return nil
		})
	return at, err
}
