package ledger

import (
	"bytes"
	"crypto/sha256"

	"pointkiosk/cards"
)

// A request is what a kiosk asks for that moves value once (VALUE.md, section 1).
type request struct {
	key   cards.KeyID
	id    []byte
	asked any      // what it asks for
	cards []string // and with which cards
	bare  bool     // it asks what was done, and that nothing will be done later
}

// content names what is asked for, without saying it: cards are secrets.
func (r request) content() ([]byte, error) {
	data, err := cards.Encode(r.asked)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(data)
	if r.bare || len(r.cards) == 0 {
		return sum[:], nil
	}
	if data, err = cards.Encode(r.cards); err != nil {
		return nil, err
	}
	with := sha256.Sum256(data)
	return append(sum[:], with[:]...), nil
}

// again reports whether content is that of the request that was kept. A bare
// one, now or then, can't tell the cards.
func again(kept, content []byte) bool {
	n := min(len(kept), len(content))
	return n >= sha256.Size && bytes.Equal(kept[:n], content[:n])
}

// A reply is an answer to a request.
type reply interface{ Refuse(word string) }

// once answers a request: as it was answered before, or by do, whose reply is
// kept in the same transaction.
func (t *txn) once(r request, answer reply, do func() error) error {
	content, err := r.content()
	if err != nil {
		return err
	}
	var kept, told []byte
	found, err := t.one(`SELECT content, answer FROM value_request WHERE key_id = $1 AND request = $2`, []any{int64(r.key), r.id}, &kept, &told)
	switch {
	case err != nil:
		return err
	case found && !again(kept, content):
		answer.Refuse(cards.ValueRequest)
		return nil
	case found:
		return cards.Decode(told, answer)
	case r.bare:
		answer.Refuse(cards.ValueWithdrawn)
	default:
		if err := do(); err != nil {
			return err
		}
	}
	if told, err = cards.Encode(answer); err != nil {
		return err
	}
	_, err = t.exec(`INSERT INTO value_request (key_id, request, content, answer, at) VALUES ($1, $2, $3, $4, $5)`, int64(r.key), r.id, content, told, t.ms())
	return err
}
