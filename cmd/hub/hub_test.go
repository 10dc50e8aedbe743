package main

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pointkiosk/cards"
	"pointkiosk/hub/api"
	"pointkiosk/hub/schema/schematest"
	"pointkiosk/packaging/proof"
)

// try runs one command and returns what it printed.
func try(t *testing.T, in string, args ...string) (out string, err error) {
	t.Helper()
	var b bytes.Buffer
	err = run(context.Background(), args, streams{strings.NewReader(in), &b, io.Discard})
	return b.String(), err
}

func ok(t *testing.T, in string, args ...string) string {
	t.Helper()
	out, err := try(t, in, args...)
	if err != nil {
		t.Fatalf("hub %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return out
}

// start serves a new hub until the test ends, on the database that the test is
// about.
func start(t *testing.T, data string) (url string) {
	t.Helper()
	return startOn(t, data, database(t)...)
}

// database is what hub serve is told of where the book is to be.
func database(t *testing.T) []string {
	t.Helper()
	if schematest.OnPostgres(t) {
		return []string{"--database", proof.Postgres(t)}
	}
	return nil
}

func startOn(t *testing.T, data string, flags ...string) (url string) {
	t.Helper()
	args := append([]string{"serve", "--data", data, "--listen", "127.0.0.1:0", "--host", "p.example.jp"}, flags...)
	ctx, stop := context.WithCancel(context.Background())
	read, write := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		err := run(ctx, args, streams{nil, write, io.Discard})
		write.CloseWithError(err)
		ended <- err
	}()
	line := make([]byte, 200)
	n, err := read.Read(line)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("serve ended with %v", err)
		}
	})
	fields := strings.Fields(string(line[:n]))
	return fields[len(fields)-1]
}

// A kiosk is what a real one keeps.
type kiosk struct {
	t     *testing.T
	key   cards.SigningKey
	seq   uint64
	prev  []byte
	grant cards.Allotment
}

func (k *kiosk) sealed(v any, paper cards.Paper) []byte {
	k.t.Helper()
	data, err := cards.Seal(k.key, paper, v)
	if err != nil {
		k.t.Fatal(err)
	}
	return data
}

// signed journals a card and returns it.
func (k *kiosk) signed(number uint32) (cards.Card, cards.Record) {
	k.t.Helper()
	c, err := cards.Sign(k.grant.Claims(number), k.key.Private)
	if err != nil {
		k.t.Fatal(err)
	}
	k.seq++
	digest := c.Digest()
	r := cards.Record{Seq: k.seq, Data: k.sealed(cards.Entry{Seq: k.seq, Prev: k.prev, State: cards.Signed,
		Allotment: c.Allotment, Number: number, Digest: digest[:]}, cards.PaperEntry)}
	hash := cards.EntryHash(r.Data)
	k.prev = hash[:]
	return c, r
}

// says journals where a card went, and who said so.
func (k *kiosk) says(c cards.Card, state cards.State, operator string) cards.Record {
	k.t.Helper()
	k.seq++
	e := cards.Entry{Seq: k.seq, Prev: k.prev, State: state, Allotment: c.Allotment, Number: c.Number, Operator: operator}
	if state == cards.VoidAsked {
		e.Reason = "紙がない"
	}
	r := cards.Record{Seq: k.seq, Data: k.sealed(e, cards.PaperEntry)}
	hash := cards.EntryHash(r.Data)
	k.prev = hash[:]
	return r
}

func (k *kiosk) upload(records ...cards.Record) []byte {
	nonce := make([]byte, 16)
	rand.Read(nonce)
	return k.sealed(cards.Upload{Records: records, Nonce: nonce}, cards.PaperUpload)
}

// enrol does what kioskctl does with a code.
func enrol(t *testing.T, text string) (*kiosk, *api.Client) {
	t.Helper()
	fatal := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	code, err := api.ParseCode(strings.TrimSpace(text))
	fatal(err)
	_, live, err := ed25519.GenerateKey(rand.Reader)
	fatal(err)
	_, practice, err := ed25519.GenerateKey(rand.Reader)
	fatal(err)
	client, err := api.NewClient(&api.Opts{Base: code.Base})
	fatal(err)
	sealed, err := cards.SealEnrolment(code.Secret[:], live, practice)
	fatal(err)
	answer, err := client.Enrol(context.Background(), sealed)
	fatal(err)
	w, err := cards.OpenWelcome(answer, code.Fingerprint)
	fatal(err)
	return &kiosk{t: t, key: cards.SigningKey{ID: w.Live, Private: live}, prev: make([]byte, sha256.Size)}, client
}

func (k *kiosk) send(c *api.Client, records ...cards.Record) (r cards.Receipt) {
	k.t.Helper()
	answer, err := c.Upload(context.Background(), k.upload(records...))
	if err != nil {
		k.t.Fatal(err)
	}
	if err := cards.Unsealed(answer, cards.PaperReceipt, &r); err != nil {
		k.t.Fatal(err)
	}
	return r
}

// The whole way, by the command line and the network: enrol, grant, upload,
// stick, export, check, revoke; while serve runs.
func TestWholeWay(t *testing.T) {
	data := filepath.Join(t.TempDir(), "städtische Punkte #1?")
	url := start(t, data)
	ok(t, "", "event", "add", "--data", data, "--preset", "kisarazu", "--open-today")
	k, client := enrol(t, ok(t, "", "kiosk", "add", "station-1", "--data", data))
	if client.String() != "api.Client{"+url+"}" {
		t.Errorf("the code leads to %v, not to %s", client, url)
	}
	if out := ok(t, "", "kiosk", "grant", "station-1", "--data", data, "--event", "natural-bar", "--count", "500"); !strings.Contains(out, "500 cards of 200 points") {
		t.Errorf("grant: %s", out)
	}
	r := k.send(client)
	if err := cards.Unsealed(r.Allotments[0], cards.PaperAllotment, &k.grant); err != nil {
		t.Fatal(err)
	}
	_, one := k.signed(1)
	_, two := k.signed(2)
	_, three := k.signed(3)
	if r := k.send(client, one); r.Cursor != 1 {
		t.Errorf("cursor %d after one entry", r.Cursor)
	}
	importStick(t, data, k, one, two, three)
	if out := ok(t, "", "kiosk", "list", "--data", data); !strings.Contains(out, "at most 100,000 yen") || !strings.Contains(out, "good") {
		t.Errorf("list: %s", out)
	}
	exports(t, data)
	if out := ok(t, "", "check", "--data", data); out != "check: clean\n" {
		t.Errorf("check: %s", out)
	}
	if out := ok(t, "", "report", "honoured", "--data", data); !strings.HasPrefix(out, "KIOSK") || strings.Count(out, "\n") != 1 {
		t.Errorf("report: %s", out)
	}
	ok(t, "", "kiosk", "revoke", "station-1", "--data", data, "--compromised")
	if r := k.send(client); r.Stop != "revoked" {
		t.Errorf("stop %q", r.Stop)
	}
	if answer, err := http.Get(url + "readyz"); err != nil || answer.StatusCode != 200 {
		t.Errorf("readyz: %v, %v", answer, err)
	}
}

// importStick takes in a file with good and bad parts.
func importStick(t *testing.T, data string, k *kiosk, one, two, three cards.Record) {
	t.Helper()
	stranger := kiosk{t: t, key: cards.SigningKey{ID: 99, Private: k.key.Private}}
	third := k.upload(three)
	file := bytes.Join([][]byte{
		k.upload(one), []byte("\xff\xffbits that fell out"), third[:len(third)/2], k.upload(two), stranger.upload(), {0x01}, third,
	}, nil)
	path := filepath.Join(t.TempDir(), "stick.cborseq")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := try(t, "", "import", "--data", data, path)
	if err == nil || status(err) != 1 {
		t.Errorf("import of bad parts: %v", err)
	}
	if !strings.Contains(out, "2 accepted, 1 duplicate") {
		t.Errorf("import: %s", out)
	}
	if out := ok(t, "", "import", "--data", data, writeFile(t, k.upload(one, two, three))); !strings.Contains(out, "3 duplicate") {
		t.Errorf("import again: %s", out)
	}
}

func writeFile(t *testing.T, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func exports(t *testing.T, data string) {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(ok(t, "", "export", "cards", "--data", data)), "\n")
	var card struct{ State, Journal, Source string }
	if err := json.Unmarshal([]byte(lines[0]), &card); err != nil || len(lines) != 3 || card.State != "outstanding" || card.Journal != "signed" {
		t.Errorf("%d cards, the first %+v, %v", len(lines), card, err)
	}
	lines = strings.Split(strings.TrimSpace(ok(t, "", "export", "ledger", "--data", data)), "\n")
	var transfer struct {
		Kind     string
		Postings []struct{ Amount int64 }
	}
	if err := json.Unmarshal([]byte(lines[0]), &transfer); err != nil || len(lines) != 5 || transfer.Kind != "grant" || len(transfer.Postings) != 2 {
		t.Errorf("%d transfers, the first %+v, %v", len(lines), transfer, err)
	}
}

// A changed row is found, named, and ends with status 1.
func TestCheckFindsAChangedRow(t *testing.T) {
	data := t.TempDir()
	s, err := openStore(context.Background(), data, true)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.ledger.SetHost(context.Background(), "p.example.jp"); err != nil {
		t.Fatal(err)
	}
	ok(t, "", "event", "add", "--data", data, "--preset", "kisarazu")
	secret, _, err := s.ledger.AddKiosk(context.Background(), "station-1")
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := cards.SealEnrolment(secret, s.keys.hub, s.keys.trust)
	if err == nil {
		_, err = s.ledger.Enrol(context.Background(), sealed)
	}
	if err == nil {
		t.Fatal("the hub's own keys enrolled as a kiosk's")
	}
	_, live, _ := ed25519.GenerateKey(rand.Reader)
	_, practice, _ := ed25519.GenerateKey(rand.Reader)
	sealed, _ = cards.SealEnrolment(secret, live, practice)
	if _, err := s.ledger.Enrol(context.Background(), sealed); err != nil {
		t.Fatal(err)
	}
	ok(t, "", "kiosk", "grant", "station-1", "--data", data, "--event", "natural-bar", "--count", "5")
	ok(t, "", "check", "--data", data)
	if _, err := s.writer.Exec(`UPDATE posting SET amount = amount + 1 WHERE amount > 0`); err != nil {
		t.Fatal(err)
	}
	s.Close()
	out, err := try(t, "", "check", "--data", data)
	if status(err) != 1 || !strings.Contains(out, "hash chain: transfer 1") || !strings.Contains(out, "sum zero: transfer 1") {
		t.Errorf("check: %v\n%s", err, out)
	}
}

func TestStatus(t *testing.T) {
	data := t.TempDir()
	for _, tt := range []struct {
		line string
		want int
	}{
		{"help", 0}, {"serve -h", 0}, {"kiosk grant -h", 0},
		{"", 2}, {"fly", 2}, {"kiosk", 2}, {"kiosk add", 2}, {"kiosk add a b", 2}, {"kiosk grant a --event e", 2}, {"kiosk grant a --event e --count -1", 2},
		{"kiosk grant a --event e --count 1 --day tomorrow", 2}, {"kiosk revoke a", 2}, {"kiosk revoke a --retired --compromised", 2},
		{"kiosk revoke a --retired --since 3", 2}, {"kiosk clear a", 2},
		{"dispute accept a", 2}, {"dispute accept a --by b", 2}, {"dispute refuse a --by b --reason c", 2}, {"dispute refuse a --entries 3 --by b --reason c", 2},
		{"dispute refuse a --entries 3-2 --by b --reason c", 2}, {"dispute accept a b --entries 1-2 --by b --reason c", 2}, {"dispute list all", 2}, {"event add", 2}, {"event add a.toml --preset b", 2}, {"event add --day x --preset kisarazu", 2},
		{"kiosk cap", 2}, {"kiosk cap ten", 2}, {"person add a", 2}, {"person add --may decide", 2}, {"person remove", 2}, {"person list all", 2}, {"report", 2}, {"report honoured now", 2},
		{"kiosk revoke a --retired --key x", 2}, {"export", 2}, {"check --fast", 2}, {"account add A2B3C4D5", 2}, {"serve --host UPPER", 2},
		{"event list", 1}, {"check", 1}, {"import nothing.cborseq", 1}, // there is no hub yet
	} {
		line := strings.Fields(tt.line)
		if len(line) > 1 {
			line = append(line, "--data", filepath.Join(data, "none"))
		}
		if _, err := try(t, "", line...); status(err) != tt.want {
			t.Errorf("hub %s: status %d (%v), want %d", tt.line, status(err), err, tt.want)
		}
	}
}

func TestAccountAdd(t *testing.T) {
	data := t.TempDir()
	s, err := openStore(context.Background(), data, true)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	ok(t, "kisarazu-2026\n", "account", "add", "K7M4W2HN", "--password-stdin", "--data", data)
	if _, err := s.registry.SignIn(context.Background(), "K7M4W2HN", "kisarazu-2026", "device"); err != nil {
		t.Errorf("sign in: %v", err)
	}
	if _, err := try(t, "kisarazu-2026\n", "account", "add", "K7M4W2HN", "--password-stdin", "--data", data); status(err) != 1 {
		t.Errorf("the same ID again: %v", err)
	}
	if _, err := try(t, "", "account", "add", "QA29XYZ5", "--password-stdin", "--data", data); status(err) != 1 {
		t.Errorf("no password: %v", err)
	}
}
