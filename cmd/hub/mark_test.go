package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"

	"pointkiosk/hub/ledger"
)

func TestMarkFile(t *testing.T) {
	f := markFile(filepath.Join(t.TempDir(), "mark"))
	if _, err := f.Mark(); !errors.Is(err, ledger.ErrNoMark) {
		t.Errorf("none: %v", err)
	}
	if err := f.Move(func(*ledger.Mark) { t.Error("there is nothing to move") }); !errors.Is(err, ledger.ErrNoMark) {
		t.Errorf("none to move: %v", err)
	}
	want := ledger.Mark{Given: ledger.Ids{Key: 4, Allotment: 1 << 30, Version: 7}, Kept: ledger.Kept{Seq: 12, Hash: bytes.Repeat([]byte{0xAB}, 32)}}
	fatal(t, f.Put(want))
	for range 5 { // both slots in turn, and lines that grow and shrink
		want.Given.Key *= 100
		want.Given.Allotment /= 50
		want.Kept.Key, want.Kept.Seq = want.Given.Key, want.Kept.Seq*10
		fatal(t, f.Move(func(m *ledger.Mark) { *m = want }))
		if got, err := f.Mark(); err != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("Mark = %+v, %v; want %+v", got, err, want)
		}
	}
}

func fatal(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// What is kept may be other than before, and as much: a database that was put
// back and has grown again.
func TestMarkOfAnotherHash(t *testing.T) {
	f := markFile(filepath.Join(t.TempDir(), "mark"))
	fatal(t, f.Put(ledger.Mark{Kept: ledger.Kept{Seq: 12, Hash: []byte{1}}}))
	fatal(t, f.Move(func(m *ledger.Mark) { m.Kept.Hash = []byte{2} }))
	if m, err := f.Mark(); err != nil || m.Kept.Hash[0] != 2 {
		t.Errorf("Mark = %+v, %v", m, err)
	}
}

// A torn line of what was given leaves the one before; with none left, or
// without what is kept, the mark is lost and not simply smaller.
func TestTornMark(t *testing.T) {
	f := markFile(filepath.Join(t.TempDir(), "mark"))
	fatal(t, f.Put(ledger.Mark{Given: ledger.Ids{Key: 1}}))
	fatal(t, f.Move(func(m *ledger.Mark) { m.Given.Key = 2 })) // into slot 0
	fatal(t, f.Move(func(m *ledger.Mark) { m.Given.Key = 3 })) // into slot 1
	whole, err := os.ReadFile(string(f))
	fatal(t, err)
	for _, tt := range []struct {
		name string
		torn []int
		want uint32 // 0: lost
	}{{"none", nil, 3}, {"the newer", []int{1}, 2}, {"the older", []int{0}, 3}, {"both", []int{0, 1}, 0}, {"what is kept", []int{2}, 0}} {
		data := bytes.Clone(whole)
		for _, slot := range tt.torn {
			data[slot*markBlock+20] ^= 1
		}
		fatal(t, os.WriteFile(string(f), data, 0o600))
		m, err := f.Mark()
		if m.Given.Key != tt.want && tt.want != 0 || errors.Is(err, ledger.ErrNoMark) != (tt.want == 0) {
			t.Errorf("%s torn: %+v, %v", tt.name, m, err)
		}
	}
}

// Commands run beside serve: none undoes what another gave.
func TestMarkFileTogether(t *testing.T) {
	f := markFile(filepath.Join(t.TempDir(), "mark"))
	fatal(t, f.Put(ledger.Mark{}))
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 20 {
				if err := f.Move(func(m *ledger.Mark) { m.Given.Key++; m.Kept.Seq++ }); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if m, err := f.Mark(); err != nil || m.Given.Key != 160 || m.Kept.Seq != 160 {
		t.Errorf("Mark = %+v, %v", m, err)
	}
}

// The story of a disk that broke: yesterday's database, beside today's keys.
func TestPutBackFromYesterday(t *testing.T) {
	dir := t.TempDir()
	s, err := openStore(t.Context(), dir, true)
	fatal(t, err)
	fatal(t, s.ledger.SetHost(t.Context(), "p.example.jp"))
	fatal(t, s.ledger.AddPerson(t.Context(), "佐藤", []string{ledger.RoleDecide}, ""))
	moveSome(t, s)
	backup := filepath.Join(t.TempDir(), "hub.db")
	_, err = s.writer.Exec(`VACUUM INTO $1`, backup)
	fatal(t, err)
	fatal(t, s.Close())
	grant := []string{"kiosk", "grant", "KSZ-014", "--event", "bar", "--count", "5", "--data", dir}
	if out := ok(t, "", grant...); !strings.Contains(out, "allotment 2") {
		t.Fatal(out)
	}
	for _, name := range []string{"hub.db", "hub.db-wal", "hub.db-shm"} {
		_ = os.Remove(filepath.Join(dir, name))
	}
	data, err := os.ReadFile(backup)
	fatal(t, err)
	fatal(t, os.WriteFile(filepath.Join(dir, "hub.db"), data, 0o600))
	if out, err := try(t, "", "check", "--data", dir); err == nil || !strings.Contains(out, "restore: ") {
		t.Errorf("check: %v\n%s", err, out)
	}
	list := ok(t, "", "restore", "list", "--data", dir)
	_, since, _ := strings.Cut(list, `--since "`)
	since, _, _ = strings.Cut(since, `"`)
	accept := []string{"restore", "accept", "--data", dir, "--by", "佐藤", "--reason", "the disk broke", "--since"}
	if _, err := try(t, "", append(accept, "2001-01-01 00:00")...); err == nil || !strings.Contains(err.Error(), since) {
		t.Errorf("another window: %v", err)
	}
	ok(t, "", append(accept, since)...)
	if out := ok(t, "", grant...); !strings.Contains(out, "allotment 3") {
		t.Errorf("an allotment's id was given twice: %s", out)
	}
	if out := ok(t, "", "check", "--data", dir); !strings.Contains(out, "clean") {
		t.Error(out)
	}
	fatal(t, os.Remove(filepath.Join(dir, "keys", "mark")))
	if _, err := try(t, "", grant...); err == nil || !strings.Contains(err.Error(), "restore list") {
		t.Errorf("a grant without a mark: %v", err)
	}
}

// serve says in its log that it starts closed.
func TestServeSaysThatItIsClosed(t *testing.T) {
	dir := t.TempDir()
	s, err := openStore(t.Context(), dir, true)
	fatal(t, err)
	fatal(t, s.Close())
	fatal(t, os.Remove(filepath.Join(dir, "keys", "mark")))
	var said bytes.Buffer
	err = run(t.Context(), []string{"serve", "--data", dir, "--listen", "no address"}, streams{nil, io.Discard, &said})
	if err == nil || !strings.Contains(said.String(), "keys/mark") {
		t.Errorf("%v\n%s", err, &said)
	}
}
