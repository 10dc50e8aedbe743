package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"testing"
	"unicode/utf16"
)

// written is how a text can stand in memory: as bytes, and as characters of two
// and of four bytes.
func written(text string) [][]byte {
	var two, four []byte
	for _, c := range utf16.Encode([]rune(text)) {
		two = binary.LittleEndian.AppendUint16(two, c)
	}
	for _, r := range text {
		four = binary.LittleEndian.AppendUint32(four, uint32(r))
	}
	return [][]byte{[]byte(text), two, four}
}

// presented is the command by which a card is given a PIN.
func presented(pin string) [][]byte { return [][]byte{append([]byte("\x00\x20\x00\x80\x04"), pin...)} }

// inMemory counts in all that a process can read how often each of some things
// stands there. What the process is in the middle of is stopped meanwhile.
func inMemory(pid int, wants map[string][][]byte) (found map[string]int, err error) {
	maps, err := os.Open(fmt.Sprintf("/proc/%d/maps", pid))
	if err != nil {
		return nil, err
	}
	defer maps.Close()
	memory, err := os.Open(fmt.Sprintf("/proc/%d/mem", pid))
	if err != nil {
		return nil, err
	}
	defer memory.Close()
	found = map[string]int{}
	for lines := bufio.NewScanner(maps); lines.Scan(); {
		var from, to uint64
		var may string
		if _, err := fmt.Sscanf(lines.Text(), "%x-%x %s", &from, &to, &may); err != nil {
			return nil, err
		}
		if may[0] == 'r' && to < 1<<63 { // above that is the kernel's vsyscall
			if err := inPart(memory, int64(from), int64(to), wants, found); err != nil {
				return nil, fmt.Errorf("%s: %w", lines.Text(), err)
			}
		}
	}
	return found, nil
}

// inPart reads one mapping a piece at a time; the pieces overlap.
func inPart(memory io.ReaderAt, from, to int64, wants map[string][][]byte, found map[string]int) error {
	const piece, overlap = 1 << 20, 256
	b := make([]byte, piece+overlap)
	for at := from; at < to; at += piece {
		n, err := memory.ReadAt(b[:min(int64(len(b)), to-at)], at)
		if err != nil && !errors.Is(err, io.EOF) && n == 0 && at == from { // beyond the end of a file that is mapped, or a device
			return nil
		}
		for name, forms := range wants {
			for _, form := range forms {
				for i := 0; ; i++ {
					next := bytes.Index(b[i:n], form)
					if next < 0 || i+next >= piece {
						break
					}
					i += next
					found[name]++
				}
			}
		}
	}
	return nil
}

// The search finds what is there, as often as it is there and wherever it lies
// between two pieces.
func TestInMemory(t *testing.T) {
	// what it looks for is made by the process that is searched, so that no argument holds it
	const makes = `x=$(printf 'Kisa%s' razu2026abcd); echo; read y; true`
	c := exec.Command("bash", "-c", makes)
	in, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	found, err := inMemory(c.Process.Pid, map[string][][]byte{"there": written("Kisarazu2026abcd"), "not there": written("Kisarazu2026abce")})
	if err != nil || found["there"] == 0 || found["not there"] != 0 {
		t.Errorf("%v, %v", found, err)
	}
	_ = in.Close()
	if err := c.Wait(); err != nil {
		t.Error(err)
	}
	for _, at := range []int{0, 1<<20 - 5, 1 << 20, 1<<20 + 3, 1<<21 - 16} {
		block := make([]byte, 1<<21)
		copy(block[at:], "Kisarazu2026abcd")
		found := map[string]int{}
		if err := inPart(bytes.NewReader(block), 0, int64(len(block)), map[string][][]byte{"": written("Kisarazu2026abcd")}, found); err != nil || found[""] != 1 {
			t.Errorf("at %d: %v, %v", at, found, err)
		}
	}
}
