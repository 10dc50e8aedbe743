package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"sort"

	"github.com/fxamacker/cbor/v2"

	"pointkiosk/cards"
	"pointkiosk/hub/ledger"
)

func importCommand() command {
	return command{
		name: "import",
		do: func(k *call) error {
			if err := k.parse(1, 1000); err != nil {
				return err
			}
			return k.with(func(s *store) error {
				bad := 0
				for _, name := range k.rest {
					n, err := k.importFile(s, name)
					if err != nil {
						return err
					}
					bad += n
				}
				if bad > 0 {
					return k.fails("hub.err.import", bad)
				}
				return nil
			})
		},
	}
}

// maxStick bounds a file, in bytes: what a kiosk writes in years.
const maxStick = 1 << 30

// importFile takes in what it can, and returns how many parts it could not.
func (k *call) importFile(s *store, name string) (bad int, err error) {
	if info, err := os.Stat(name); err != nil {
		return 0, err
	} else if info.Size() > maxStick {
		return 0, k.fails("hub.err.large", name)
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return 0, err
	}
	counts := map[cards.Verdict]int{}
	for at := 0; at < len(data); {
		size := partSize(data[at:])
		var receipt cards.Receipt
		if size > 0 {
			receipt, err = s.ledger.Import(k.ctx, data[at:at+size])
		}
		switch {
		case size == 0, errors.Is(err, ledger.ErrUpload), errors.Is(err, ledger.ErrTooLarge):
			next := resume(data, at+1) // not behind it: a part that was cut seems to reach into the next
			fmt.Fprintln(k.out, k.Say("hub.import.part", name, at, next-1))
			bad, at = bad+1, next
			continue
		case err != nil:
			return bad, err // the database, not the stick: come again
		}
		for _, j := range receipt.Judgements {
			counts[j.Verdict]++
		}
		at += size
	}
	fmt.Fprintf(k.out, "%s: %s\n", name, k.tally(counts))
	return bad, nil
}

// partSize is the length of the CBOR item at the front, 0 if there is none.
func partSize(data []byte) int {
	if !uploadBegins(data) {
		return 0
	}
	var item cbor.RawMessage
	rest, err := cbor.UnmarshalFirst(data, &item)
	if err != nil {
		return 0
	}
	return len(data) - len(rest)
}

// resume finds where the next upload may begin.
func resume(data []byte, from int) int {
	for at := from; at < len(data); at++ {
		n := bytes.Index(data[at:], coseHead())
		if n < 0 {
			break
		}
		if at += n; uploadBegins(data[at:]) {
			return at
		}
	}
	return len(data)
}

// coseHead is the tag and array of a COSE_Sign1 (RFC 9052, section 4.2) and
// the head of its protected header, a byte string of 24 to 255 bytes.
func coseHead() []byte { return []byte{0xD2, 0x84, 0x58} }

// uploadBegins reports whether a COSE_Sign1 whose header says upload is at the
// front. The entries in it begin in the same way, but for the header.
func uploadBegins(data []byte) bool {
	head := len(coseHead()) + 1
	if len(data) < head || !bytes.HasPrefix(data, coseHead()) {
		return false
	}
	header := data[head:min(len(data), head+int(data[head-1]))]
	return bytes.Contains(header, []byte(cards.PaperUpload))
}

// tally names verdicts as the papers do.
func (k *call) tally(counts map[cards.Verdict]int) string {
	var names []string
	for v := range counts {
		names = append(names, string(v))
	}
	sort.Strings(names)
	text := ""
	for _, v := range names {
		text += fmt.Sprintf("%d %s, ", counts[cards.Verdict(v)], v)
	}
	if text == "" {
		return k.Say("hub.import.none")
	}
	return text[:len(text)-2]
}
