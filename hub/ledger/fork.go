package ledger

import (
	"bytes"
	"crypto/sha256"
	"fmt"

	"pointkiosk/cards"
)

// compareHead looks for a second journal under the key in where the upload
// says its own ends, and reports whether there is one. A copy shows itself
//
//   - by another entry at its end than the one kept here: no journal ever has
//     two under one number;
//   - by an end that lies before the cursor of a receipt it has taken: that
//     receipt was for entries which it does not have. Who packs an upload looks
//     at the receipt first, so that a whole journal never says so, however late,
//     doubled or out of order its uploads come, by network or on a stick, and
//     whatever backup the hub was restored from.
//
// An end before the cursor alone proves nothing: it may be an old upload. And a
// copy of which nothing differs yet is not seen, nor can it do any harm.
func (in *intake) compareHead(u cards.Upload) (forked bool, err error) {
	words := ""
	switch other, err := in.otherAt(u.Top, u.Head); {
	case err != nil:
		return false, err
	case other:
		words = "the journal ends in another entry than the one kept here: was the disk copied?"
	case u.Top < u.Seen:
		words = fmt.Sprintf("the journal ends before entry %d, which it knows of: was the disk copied, or an old one put back?", u.Seen)
	default:
		return false, nil
	}
	fresh, err := in.alarmed(alarmFork, in.key.id, u.Top, cards.Serial{}, words)
	if err != nil || !fresh { // a person who let the kiosk go on knows of this one
		return true, err
	}
	return true, in.halt(in.key.id, StopConflict)
}

// otherAt reports whether another entry of the kiosk is kept in a place. One
// that came damaged shows nothing.
func (in *intake) otherAt(seq uint64, hash []byte) (bool, error) {
	var kept, data []byte
	found, err := in.one(`SELECT hash, data FROM entry WHERE key_id = $1 AND seq = $2`, []any{int64(in.key.id), int64(seq)}, &kept, &data)
	if err != nil || !found || len(hash) != sha256.Size || bytes.Equal(kept, hash) {
		return false, err
	}
	return readRecord(seq, data, in.key).err == nil, nil
}
