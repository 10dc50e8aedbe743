package ledger

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"

	"pointkiosk/cards"
)

// What a transfer is for.
const (
	kindGrant  = "grant"  // funding → allotment
	kindIssue  = "issue"  // allotment → outstanding
	kindRedeem = "redeem" // outstanding → the resident's account
	kindVoid   = "void"   // outstanding → void
	kindLapse  = "lapse"  // outstanding → lapsed
)

// A posting is one side of a transfer.
type posting struct {
	Account string `cbor:"1,keyasint"`
	Amount  int64  `cbor:"2,keyasint"`
}

// A transferBody is what a transfer's hash covers, as deterministic CBOR.
type transferBody struct {
	Prev      []byte    `cbor:"1,keyasint"` // hash of the one before; 32 zeros before the first
	Seq       int64     `cbor:"2,keyasint"`
	Kind      string    `cbor:"3,keyasint"`
	Reference string    `cbor:"4,keyasint"`
	At        int64     `cbor:"5,keyasint"`
	Postings  []posting `cbor:"6,keyasint"` // in order of account
}

// hash makes a changed row show: it covers this transfer and all before it.
func (b transferBody) hash() ([]byte, error) {
	data, err := cards.Encode(b)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(data)
	return sum[:], nil
}

func (b transferBody) sum() (sum int64) {
	for _, p := range b.Postings {
		sum += p.Amount
	}
	return sum
}

// A chainHead is the last transfer.
type chainHead struct {
	seq  int64
	hash []byte
}

// errUnbalanced reports a transfer whose sides do not sum to zero: a mistake
// in this package.
var errUnbalanced = errors.New("ledger: a transfer must sum to zero")

// move posts points from one account to another. The unique key on kind and
// reference lets each fact be posted once.
func (t *txn) move(kind, reference string, points int64, from, to string) (seq int64, err error) {
	if from == to {
		return 0, fmt.Errorf("%w: %s %s", errUnbalanced, kind, reference)
	}
	return t.post(kind, reference, []posting{{from, -points}, {to, points}})
}

// post adds a transfer to the chain.
func (t *txn) post(kind, reference string, postings []posting) (seq int64, err error) {
	if t.head == nil {
		t.head = &chainHead{hash: make([]byte, sha256.Size)}
		_, err := t.one(`SELECT seq, hash FROM transfer ORDER BY seq DESC LIMIT 1`, nil, &t.head.seq, &t.head.hash)
		if err != nil {
			return 0, err
		}
	}
	b := transferBody{
		Prev: t.head.hash, Seq: t.head.seq + 1, Kind: kind, Reference: reference, At: t.ms(),
		Postings: postings,
	}
	slices.SortFunc(b.Postings, func(a, b posting) int { return cmp.Compare(a.Account, b.Account) })
	if b.sum() != 0 {
		return 0, fmt.Errorf("%w: %s %s", errUnbalanced, kind, reference)
	}
	hash, err := b.hash()
	if err != nil {
		return 0, err
	}
	t.add(tableTransfer, b.Seq, b.Kind, b.Reference, b.At, hash)
	for _, p := range b.Postings {
		t.add(tablePosting, b.Seq, p.Account, p.Amount)
	}
	t.head = &chainHead{seq: b.Seq, hash: bytes.Clone(hash)}
	return b.Seq, nil
}

// The accounts of the book.
func fundingOf(scheme string) string     { return "funding:" + scheme }
func outstandingOf(scheme string) string { return "outstanding:" + scheme }
func voidOf(scheme string) string        { return "void:" + scheme }
func lapsedOf(scheme string) string      { return "lapsed:" + scheme }
func allotmentOf(id uint32) string       { return fmt.Sprintf("allotment:%d", id) }

// accountOf names what one MyKey ID holds in one scheme.
func accountOf(id, scheme string) string { return "account:" + id + ":" + scheme }

// reference names a card in the book.
func reference(s cards.Serial) string { return fmt.Sprintf("%d/%d", s.Allotment, s.Number) }

// add puts a posting where its account belongs in the order that the hash has.
func (b *transferBody) add(p posting) {
	n, _ := slices.BinarySearchFunc(b.Postings, p, func(a, b posting) int { return cmp.Compare(a.Account, b.Account) })
	b.Postings = slices.Insert(b.Postings, n, p)
}
