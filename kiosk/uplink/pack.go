package uplink

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"

	"pointkiosk/cards"
)

// Pack seals an upload of the entries behind a place, for the network or for
// a stick.
func (u *Uplink) Pack(ctx context.Context, after uint64, limit int) ([]byte, error) {
	sealed, _, err := u.pack(ctx, after, limit)
	return sealed, err
}

// pack is Pack, and returns which entry is the last in it.
func (u *Uplink) pack(ctx context.Context, after uint64, limit int) (sealed []byte, last uint64, err error) {
	up := cards.Upload{At: u.opts.Now().UnixMilli(), Nonce: make([]byte, 16)}
	if _, err := io.ReadFull(u.opts.Rand, up.Nonce); err != nil {
		return nil, after, fmt.Errorf("uplink: %w", err)
	}
	if err := u.ends(ctx, &up, after, limit); err != nil {
		return nil, after, err
	}
	list, err := u.opts.Journal.Trust(ctx, u.opts.Trust)
	if err != nil {
		return nil, after, err
	}
	up.Trust = list.Version
	if up.Held, err = u.names(ctx, list, up.Heard); err != nil {
		return nil, after, err
	}
	up.Asked = u.askedVoids()
	if n := len(up.Records); n > 0 {
		after = up.Records[n-1].Seq
	}
	sealed, err = cards.Seal(u.opts.Key, cards.PaperUpload, up)
	return sealed, after, err
}

// ends fills in the entries, and where the journal ends. What was heard of the
// hub is looked at first: of a whole journal the end is then never before it.
func (u *Uplink) ends(ctx context.Context, up *cards.Upload, after uint64, limit int) error {
	j := u.opts.Journal
	up.Heard = j.Heard().UnixMilli()
	seen, err := j.Receipt(ctx)
	if err != nil {
		return err
	}
	up.Seen = seen.Cursor
	top, head := j.Head()
	up.Top, up.Head = top, head[:]
	if up.Records, err = j.Records(ctx, after, limit); err != nil {
		return err
	}
	beside := up.Records
	if up.Seen > up.Top { // another process may have written since the journal was opened here
		seen, err := j.Records(ctx, up.Seen-1, 1)
		if err != nil {
			return err
		}
		beside = append(seen, beside...)
	}
	for _, r := range beside {
		if r.Seq > up.Top {
			hash := cards.EntryHash(r.Data)
			up.Top, up.Head = r.Seq, hash[:]
		}
	}
	return nil
}

// askedVoids names the cards whose void has no answer yet. Where they are more
// than fit, chance decides whose turn it is: one that never gets an answer must
// not keep the others from theirs.
func (u *Uplink) askedVoids() (asked []cards.Serial) {
	for _, c := range u.opts.Journal.Open() {
		if c.State == cards.VoidAsked {
			asked = append(asked, c.Serial())
		}
	}
	if len(asked) > batch {
		rand.Shuffle(len(asked), func(i, j int) { asked[i], asked[j] = asked[j], asked[i] })
		asked = asked[:batch]
	}
	return asked
}
