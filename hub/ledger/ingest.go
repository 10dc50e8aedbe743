package ledger

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"
	"math"
	"runtime"
	"sync"

	"pointkiosk/cards"
)

// MaxRecords is how many records, or cards asked about, an upload may have.
const MaxRecords = 1000

// Errors of an upload as a whole. Records that are wrong have verdicts instead.
var (
	ErrUpload   = errors.New("ledger: not an upload of a kiosk known here")
	ErrTooLarge = errors.New("ledger: more records than one upload may have")
)

// An arrival is a record as it came.
type arrival struct {
	seq   uint64
	data  []byte
	hash  [sha256.Size]byte
	entry cards.Entry
	err   error // why it is not an entry of this kiosk at this place
}

// An intake is the work on one upload.
type intake struct {
	*txn
	ledger     *Ledger
	key        signer
	arrivals   map[uint64]*arrival // new in this upload
	allotments map[uint32]allotmentRow
	cards      map[cards.Serial]*knownCard
	judgements []cards.Judgement
	cursor     uint64
	head       []byte          // hash of the record at the cursor
	blind      bool            // the record at the cursor came now and is not authentic
	more       bool            // records that follow are left for the next upload
	looked     int             // numbers of batches that were looked at, for the records judged now
	newest     cards.Entry     // the last one judged now that was accepted and whose clock was not suspect
	added      int64           // bytes of records that were not kept before
	byHand     bool            // a person brought it
	owed       map[string]bool // what cards would be signed for that a person said never came; nil until it is asked for
}

// Ingest keeps every record of a sealed upload, posts what follows without a
// gap on what was kept before, and answers. The same records in any order and
// any number of times have the same effect. All of it is one transaction, which
// judges so many records at most: the next upload goes on where it ended.
func (l *Ledger) Ingest(ctx context.Context, sealed []byte) (r cards.Receipt, err error) {
	key, upload, err := l.openUpload(ctx, sealed)
	if err != nil {
		return r, err
	}
	r, _, err = l.post(ctx, key, upload, false)
	request := sha256.Sum256(sealed)
	r.Request = request[:]
	return r, err
}

// Import is [Ledger.Ingest] for a stick that a person brings. It goes on, one
// transaction after the other, until all that follows is judged; and what a
// compromised key sends in a day has no bound.
func (l *Ledger) Import(ctx context.Context, sealed []byte) (r cards.Receipt, err error) {
	key, upload, err := l.openUpload(ctx, sealed)
	if err != nil {
		return r, err
	}
	r, more, err := l.post(ctx, key, upload, true)
	for more && err == nil {
		judged := r.Judgements
		r, more, err = l.post(ctx, key, cards.Upload{}, true)
		r.Judgements = append(judged, r.Judgements...)
	}
	request := sha256.Sum256(sealed)
	r.Request = request[:]
	return r, err
}

// post does one upload in one transaction, and reports whether more is kept
// that follows.
func (l *Ledger) post(ctx context.Context, key signer, upload cards.Upload, byHand bool) (r cards.Receipt, more bool, err error) {
	arrivals := readRecords(upload.Records, key)
	err = l.update(ctx, func(t *txn) error {
		in := &intake{txn: t, ledger: l, byHand: byHand, arrivals: map[uint64]*arrival{}, allotments: map[uint32]allotmentRow{}, cards: map[cards.Serial]*knownCard{}}
		if in.key, _, err = t.signer(key.id); err != nil {
			return err
		}
		if r, err = in.do(upload, arrivals); err != nil {
			return err
		}
		more = in.more
		return nil
	})
	return r, more, err
}

// do keeps what came, judges what follows, and answers.
func (in *intake) do(upload cards.Upload, arrivals []arrival) (r cards.Receipt, err error) {
	if err := in.keep(arrivals); err != nil {
		return r, err
	}
	if err := in.boundLate(); err != nil {
		return r, err
	}
	if err := in.recall(); err != nil {
		return r, err
	}
	if err := in.advance(); err != nil {
		return r, err
	}
	forked, err := in.compareHead(upload)
	if err == nil && !forked {
		err = in.sweep(upload)
	}
	if err != nil {
		return r, err
	}
	return in.receipt(upload)
}

// SealReceipt signs a receipt with the hub's key.
func (l *Ledger) SealReceipt(r cards.Receipt) ([]byte, error) {
	return cards.Seal(l.hub, cards.PaperReceipt, r)
}

// openUpload checks that a live key sealed the upload. A practice journal
// stays on the kiosk.
func (l *Ledger) openUpload(ctx context.Context, sealed []byte) (key signer, u cards.Upload, err error) {
	id, err := cards.Signer(sealed, cards.PaperUpload)
	if err != nil {
		return key, u, errors.Join(ErrUpload, err)
	}
	found := false
	err = l.view(ctx, func(t *txn) (err error) { key, found, err = t.signer(id); return err })
	if err != nil {
		return key, u, err
	}
	if !found || key.role != roleLive {
		return key, u, fmt.Errorf("%w: key %d", ErrUpload, id)
	}
	if _, err := cards.Open(sealed, cards.PaperUpload, key.lookup, &u); err != nil {
		return key, u, errors.Join(ErrUpload, err)
	}
	if len(u.Records) > MaxRecords || len(u.Asked) > MaxRecords || len(u.Held) > MaxRecords {
		return key, u, ErrTooLarge
	}
	return key, u, nil
}

// lookup knows this key alone.
func (s signer) lookup(id cards.KeyID) ed25519.PublicKey {
	if id != s.id {
		return nil
	}
	return s.public
}

// readRecords opens the records on every core, before the one writer is taken
// up: the signatures are most of the work.
func readRecords(records []cards.Record, key signer) []arrival {
	arrivals := make([]arrival, len(records))
	workers := min(runtime.GOMAXPROCS(0), len(records))
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for n := w; n < len(records); n += workers {
				arrivals[n] = readRecord(records[n].Seq, records[n].Data, key)
			}
		})
	}
	wg.Wait()
	return arrivals
}

func readRecord(seq uint64, data []byte, key signer) arrival {
	a := arrival{seq: seq, data: data, hash: sha256.Sum256(data)}
	a.entry, _, a.err = cards.OpenEntry(data, key.lookup)
	if a.err == nil && a.entry.Seq != seq {
		a.err = fmt.Errorf("%w: it says %d", cards.ErrPaper, a.entry.Seq)
	}
	return a
}

// keep stores each record, whatever it is.
func (in *intake) keep(arrivals []arrival) error {
	before, err := in.before(arrivals)
	if err != nil {
		return err
	}
	for n := range arrivals {
		a := &arrivals[n]
		if a.seq == 0 || a.seq > math.MaxInt64 {
			if _, err := in.aside(a, "place"); err != nil {
				return err
			}
			in.judge(a.seq, a.hash[:], cards.Disputed, reasonPlace)
			continue
		}
		if b, held := before[a.seq]; held {
			if err := in.again(a, b); err != nil {
				return err
			}
			continue
		}
		before[a.seq] = keptRecord{hash: a.hash[:]}
		in.arrivals[a.seq] = a
		in.added += int64(len(a.data)) + rowBytes
		in.add(tableEntry, int64(in.key.id), int64(a.seq), a.hash[:], a.data, bit(in.key.revoked == cards.Compromised), in.ms())
	}
	return in.flush()
}

// A keptRecord is a record that has its place, with its verdict if it has one.
type keptRecord struct {
	hash    []byte
	verdict cards.Verdict
	reason  string
}

// before finds the records that stand in the places of these.
func (in *intake) before(arrivals []arrival) (map[uint64]keptRecord, error) {
	found := map[uint64]keptRecord{}
	var seqs []int64
	for _, a := range arrivals {
		if a.seq <= math.MaxInt64 {
			seqs = append(seqs, int64(a.seq))
		}
	}
	err := in.list(`SELECT e.seq, e.hash, COALESCE(j.verdict, ''), COALESCE(j.reason, '') FROM entry e
		LEFT JOIN judged j ON j.key_id = e.key_id AND j.seq = e.seq WHERE e.key_id = $1 AND e.seq IN (`, `)`, int64(in.key.id), seqs,
		func(scan func(...any) error) error {
			var seq uint64
			var r keptRecord
			err := scan(&seq, &r.hash, &r.verdict, &r.reason)
			found[seq] = r
			return err
		})
	return found, err
}

// again answers for a record whose place was taken.
func (in *intake) again(a *arrival, before keptRecord) error {
	switch {
	case !bytes.Equal(before.hash, a.hash[:]):
		return in.conflict(a)
	case before.verdict == cards.Disputed: // a repeated question has the same answer
		in.judge(a.seq, before.hash, before.verdict, before.reason)
	case before.verdict == cards.Accepted:
		in.judge(a.seq, before.hash, cards.Duplicate, "")
	}
	return nil // kept and still waiting for those before it: no judgement yet
}

// conflict puts a second record with one number aside and stops the kiosk.
func (in *intake) conflict(a *arrival) error {
	fresh, err := in.aside(a, "conflict")
	if err != nil {
		return err
	}
	in.judge(a.seq, a.hash[:], cards.Conflict, reasonConflict)
	if !fresh {
		return nil
	}
	if err := in.alarm(alarmConflict, in.key.id, a.seq, cards.Serial{}, "two entries under one number: was the disk copied?"); err != nil {
		return err
	}
	return in.halt(in.key.id, StopConflict)
}

func (in *intake) aside(a *arrival, reason string) (fresh bool, err error) {
	n, err := in.exec(`INSERT INTO entry_aside (key_id, seq, hash, data, reason, received) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (key_id, seq, hash) DO NOTHING`, int64(in.key.id), int64(a.seq&math.MaxInt64), a.hash[:], a.data, reason, in.ms())
	in.added += n * (int64(len(a.data)) + rowBytes)
	return n == 1, err
}

func (in *intake) judge(seq uint64, hash []byte, verdict cards.Verdict, reason string) {
	in.judgements = append(in.judgements, cards.Judgement{Seq: seq, Hash: hash, Verdict: verdict, Reason: reason})
}
