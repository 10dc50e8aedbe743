package journal

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
)

// head keeps the chain's newest hash outside the database file: a flipped bit
// in the WAL drops commits without an error, and a file put back from
// yesterday is a valid database. Two slots, 4096 bytes apart, are written in
// turn, so that a torn write leaves the other one.
type head struct {
	file *os.File
	seq  uint64
	hash [32]byte
}

const (
	slotSize = 8 + 32 + 4 // sequence, hash, CRC-32C of both
	slotStep = 4096
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// openHead opens the file and makes it if there is none, or to look only: then
// there may be none.
func openHead(path string, readOnly bool) (*head, error) {
	flag := os.O_RDWR | os.O_CREATE
	if readOnly {
		flag = os.O_RDONLY
	}
	f, err := os.OpenFile(path, flag, 0o600)
	if readOnly && errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("journal: head: %w", err)
	}
	h := &head{file: f}
	for slot := range int64(2) {
		var b [slotSize]byte
		if _, err := f.ReadAt(b[:], slot*slotStep); err != nil && !errors.Is(err, io.EOF) {
			_ = f.Close()
			return nil, fmt.Errorf("journal: head: %w", err)
		}
		seq := binary.BigEndian.Uint64(b[:])
		if binary.BigEndian.Uint32(b[40:]) == crc32.Checksum(b[:40], castagnoli) && seq > h.seq {
			h.seq, h.hash = seq, [32]byte(b[8:40])
		}
	}
	return h, nil
}

// set writes the newest head. It is durable only after sync: a head that is
// behind the database is no fault, one that is ahead is.
func (h *head) set(seq uint64, hash [32]byte) error {
	b := binary.BigEndian.AppendUint64(nil, seq)
	b = append(b, hash[:]...)
	b = binary.BigEndian.AppendUint32(b, crc32.Checksum(b, castagnoli))
	if _, err := h.file.WriteAt(b, int64(seq%2)*slotStep); err != nil {
		return fmt.Errorf("journal: head: %w", err)
	}
	h.seq, h.hash = seq, hash
	return nil
}

func (h *head) sync() error {
	if err := h.file.Sync(); err != nil {
		return fmt.Errorf("journal: head: %w", err)
	}
	return nil
}
