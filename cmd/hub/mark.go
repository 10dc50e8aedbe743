package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"

	"pointkiosk/hub/ledger"
)

// A markFile keeps the ledger's mark beside the keys, where no backup of the
// data has it: three lines of text with their sums, each in a block of its own.
// What was given is written to two in turn, so that a torn write leaves the
// other; what is kept is written over, and is behind after a power cut at worst.
type markFile string

const (
	markBlock = 4096
	markSize  = 512 // of a line at most: one sector, which a disk writes whole
	keptSlot  = 2   // after the two of what was given
)

// A givenLine counts, so that the newer of two is known.
type givenLine struct {
	N int64
	ledger.Ids
}

// Mark implements [ledger.Marks].
func (f markFile) Mark() (m ledger.Mark, err error) {
	err = f.open(os.O_RDONLY, unix.LOCK_SH, func(file *os.File) error { m, _, err = readMark(file); return err })
	return m, err
}

// Move implements [ledger.Marks].
func (f markFile) Move(change func(*ledger.Mark)) error {
	return f.open(os.O_RDWR, unix.LOCK_EX, func(file *os.File) error {
		before, n, err := readMark(file)
		if err != nil {
			return err
		}
		m := before
		change(&m)
		if m.Given != before.Given {
			err = errors.Join(writeLine(file, (n+1)%2, givenLine{n + 1, m.Given}), file.Sync())
		}
		if m.Kept.Ids != before.Kept.Ids || m.Kept.Seq != before.Kept.Seq || !bytes.Equal(m.Kept.Hash, before.Kept.Hash) {
			err = errors.Join(err, writeLine(file, keptSlot, m.Kept))
		}
		return err
	})
}

// Put implements [ledger.Marks].
func (f markFile) Put(m ledger.Mark) error {
	err := f.open(os.O_RDWR|os.O_CREATE, unix.LOCK_EX, func(file *os.File) error {
		return errors.Join(writeLine(file, keptSlot, m.Kept), writeLine(file, 0, givenLine{0, m.Given}), writeLine(file, 1, givenLine{1, m.Given}), file.Sync())
	})
	if err == nil {
		err = syncDir(filepath.Dir(string(f)))
	}
	return err
}

// open holds the file against other commands while do has it.
func (f markFile) open(flag, lock int, do func(*os.File) error) error {
	file, err := os.OpenFile(string(f), flag, 0o600)
	if errors.Is(err, fs.ErrNotExist) {
		return ledger.ErrNoMark
	}
	if err != nil {
		return fmt.Errorf("mark: %w", err)
	}
	defer file.Close() // and unlocks it
	if err := unix.Flock(int(file.Fd()), lock); err != nil {
		return fmt.Errorf("mark: lock: %w", err)
	}
	return do(file)
}

// readMark returns the mark, and how often what was given was written. A file
// without one whole line of each is none.
func readMark(file *os.File) (m ledger.Mark, n int64, err error) {
	var given [2]givenLine
	var whole [2]bool
	for slot := range given {
		if whole[slot], err = readLine(file, int64(slot), &given[slot]); err != nil {
			return m, 0, err
		}
	}
	kept, err := readLine(file, keptSlot, &m.Kept)
	if err != nil {
		return m, 0, err
	}
	if !kept || !whole[0] && !whole[1] {
		return m, 0, ledger.ErrNoMark
	}
	last := given[0]
	if !whole[0] || whole[1] && given[1].N > last.N {
		last = given[1]
	}
	m.Given = last.Ids
	return m, last.N, nil
}

func readLine(file *os.File, slot int64, v any) (whole bool, err error) {
	b := make([]byte, markSize)
	n, err := file.ReadAt(b, slot*markBlock)
	if err != nil && !errors.Is(err, io.EOF) {
		return false, fmt.Errorf("mark: %w", err)
	}
	sum, rest, _ := strings.Cut(string(b[:n]), " ")
	text, _, ended := strings.Cut(rest, "\n")
	if !ended || sum != lineSum(text) {
		return false, nil
	}
	return json.Unmarshal([]byte(text), v) == nil, nil
}

func writeLine(file *os.File, slot int64, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("mark: %w", err)
	}
	if _, err := file.WriteAt([]byte(lineSum(string(text))+" "+string(text)+"\n"), slot*markBlock); err != nil {
		return fmt.Errorf("mark: %w", err)
	}
	return nil
}

func lineSum(text string) string { return fmt.Sprintf("%08x", crc32.ChecksumIEEE([]byte(text))) }
