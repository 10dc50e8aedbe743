package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"pointkiosk/cards"
	"pointkiosk/hub/api"
	"pointkiosk/hub/schema/schematest"
	"pointkiosk/packaging/proof"
)

// TestMain lets the test binary be the hub that is killed.
func TestMain(m *testing.M) {
	if os.Getenv("POINTKIOSK_TEST_HUB") != "" {
		main()
		return
	}
	os.Setenv("LC_ALL", "en_US.UTF-8") // what a test wants said in Japanese it asks for with --lang
	os.Exit(m.Run())
}

// A victim is a hub in a process of its own, at one address for ever.
type victim struct {
	t          *testing.T
	data, addr string
	database   []string // what it is told of that
	process    *exec.Cmd
}

func newVictim(t *testing.T) *victim {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return &victim{t: t, data: t.TempDir(), addr: l.Addr().String(), database: database(t)}
}

// start begins the process and waits until it answers.
func (v *victim) start() {
	v.t.Helper()
	v.process = exec.Command(os.Args[0], append([]string{"serve", "--data", v.data, "--listen", v.addr, "--host", "p.example.jp", "--plain-http"}, v.database...)...)
	v.process.Env = append(os.Environ(), "POINTKIOSK_TEST_HUB=1")
	if err := v.process.Start(); err != nil {
		v.t.Fatal(err)
	}
	for range 500 {
		if answer, err := http.Get("http://" + v.addr + "/readyz"); err == nil {
			answer.Body.Close()
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	v.t.Fatal("the hub does not come up")
}

// kill ends the process as a power cut would, but for the disk's cache.
func (v *victim) kill() {
	v.process.Process.Kill() //nolint:errcheck // Wait says what became of it
	v.process.Wait()         //nolint:errcheck // it was killed
}

// fall kills the hub and starts it again; on PostgreSQL the server crashes in
// turn with it, and the hub goes on by itself.
func (v *victim) fall(n int) {
	v.t.Helper()
	if n%2 == 1 && v.database != nil {
		proof.PostgresCrash(v.t)
		return
	}
	v.kill()
	v.start()
}

// kills is how often the hub dies.
func kills(t *testing.T) int {
	if schematest.OnPostgres(t) {
		return proof.Times(6, 10, 100)
	}
	return proof.Times(8, 100, 100)
}

const freeEvent = `municipality = "木更津市"
scheme = "らづポイント"
[[event]]
id = "walk"
name = "清掃"
points = 10
opens = "00:00"
closes = "23:59"
`

// However often the hub is killed under uploads and claims, no claim that was
// acknowledged is lost, none is doubled, and no entry that was acknowledged.
func TestKilled(t *testing.T) {
	v := newVictim(t)
	v.start()
	ok(t, "", "event", "add", "--data", v.data, writeFile(t, []byte(freeEvent)))
	k, client := enrol(t, ok(t, "", "kiosk", "add", "station-1", "--data", v.data))
	ok(t, "", "kiosk", "grant", "station-1", "--data", v.data, "--event", "walk", "--count", fmt.Sprint(cards.MaxNumber))
	ok(t, "kisarazu-2026\n", "account", "add", "K7M4W2HN", "--password-stdin", "--data", v.data)
	if err := cards.Unsealed(k.send(client).Allotments[0], cards.PaperAllotment, &k.grant); err != nil {
		t.Fatal(err)
	}
	phone := signIn(t, v.addr, k)
	ctx, stop := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	var cursor uint64
	var claimed []string
	wg.Go(func() { cursor = uploadUntil(ctx, *k, client) })
	wg.Go(func() { claimed = phone.claimUntil(ctx, *k) })
	for n := range kills(t) {
		time.Sleep(20*time.Millisecond + rand.N(200*time.Millisecond))
		v.fall(n)
	}
	time.Sleep(200 * time.Millisecond)
	stop()
	wg.Wait()
	v.kill()
	t.Logf("%d entries and %d claims were acknowledged", cursor, len(claimed))
	if cursor == 0 || len(claimed) == 0 {
		t.Fatal("nothing was acknowledged: the test shows nothing")
	}
	for _, fault := range missed(t, v.data, cursor, claimed) {
		t.Error(fault)
	}
	plant(t, v.data, cursor, claimed)
}

// plant loses and doubles what was acknowledged, each in a copy of the
// database, and each must be missed.
func plant(t *testing.T, data string, cursor uint64, claimed []string) {
	t.Helper()
	s, err := cards.ParseSerial(claimed[len(claimed)/2])
	if err != nil {
		t.Fatal(err)
	}
	card := fmt.Sprintf("allotment = %d AND number = %d", s.Allotment, s.Number)
	transfer := fmt.Sprintf("(SELECT seq FROM transfer WHERE kind = 'redeem' AND reference = '%d/%d')", s.Allotment, s.Number)
	for _, tt := range []struct{ name, sql, want string }{
		{"a claim lost", `DELETE FROM ended WHERE ` + card, "the claim of " + s.String()},
		{"a claim lost with all that it did", `DELETE FROM ended WHERE ` + card + `; DELETE FROM lot WHERE transfer = ` + transfer +
			`; DELETE FROM posting WHERE transfer = ` + transfer + `; DELETE FROM transfer WHERE seq = ` + transfer, "the claim of " + s.String()},
		{"a claim of another", `UPDATE ended SET account = 'AAAA2222' WHERE ` + card, "the claim of " + s.String()},
		{"a claim doubled", `INSERT INTO transfer SELECT MAX(seq) + 1, 'redeem', 'again', 1, x'00' FROM transfer; INSERT INTO posting SELECT MAX(t.seq), p.account, p.amount
			FROM transfer t, posting p WHERE p.transfer = ` + transfer + ` GROUP BY p.account, p.amount`, "check:"},
		{"the last entry lost", fmt.Sprintf(`DELETE FROM judged WHERE seq >= %d; DELETE FROM entry WHERE seq >= %[1]d`, cursor), "entries were acknowledged"},
	} {
		other := copied(t, data)
		db := opened(t, other)
		_, err := db.Exec(schematest.Spelled(t, tt.sql))
		if err := errors.Join(err, db.Close()); err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		if !strings.Contains(strings.Join(missed(t, other, cursor, claimed), "\n"), tt.want) {
			t.Errorf("%s, and nobody misses it", tt.name)
		}
	}
}

// copied copies a hub that has ended.
func copied(t *testing.T, data string) (other string) {
	t.Helper()
	other = filepath.Join(t.TempDir(), "copy")
	if err := errors.Join(os.CopyFS(other, os.DirFS(data)), ownerOnly(filepath.Join(other, "keys"))); err != nil {
		t.Fatal(err)
	}
	if at := placeOf(t, data); at.address != "" {
		twin := proof.Postgres(t, "--template="+databaseName(t, at.address))
		if err := os.WriteFile(filepath.Join(other, "database"), []byte(twin), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return other
}

func placeOf(t *testing.T, data string) place {
	t.Helper()
	at, err := findPlace(data, "")
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// opened opens a hub's database without a look at it.
func opened(t *testing.T, data string) *sql.DB {
	t.Helper()
	at, driver := placeOf(t, data), "pgx"
	name := at.address
	if name == "" {
		driver, name = "sqlite", "file:"+at.file()
	}
	db, err := sql.Open(driver, name)
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// ownerOnly mends what CopyFS does not keep: others may not read the keys.
func ownerOnly(folder string) error {
	names, err := filepath.Glob(filepath.Join(folder, "*"))
	for _, name := range names {
		err = errors.Join(err, os.Chmod(name, 0o600))
	}
	return err
}

// missed compares the book with what was acknowledged, and says what is wrong.
func missed(t *testing.T, data string, cursor uint64, claimed []string) (faults []string) {
	t.Helper()
	if out, err := try(t, "", "check", "--data", data); err != nil {
		faults = append(faults, fmt.Sprintf("check: %v\n%s", err, out))
	}
	holder := holderOf(t, data, "K7M4W2HN")
	redeemed, issued := map[string]bool{}, 0
	for line := range strings.Lines(ok(t, "", "export", "cards", "--data", data)) {
		var c struct{ Serial, State, Account, Source, Journal string }
		if err := json.Unmarshal([]byte(line), &c); err != nil {
			t.Fatal(err)
		}
		redeemed[c.Serial] = c.State == "redeemed" && c.Account == holder
		if c.Journal == "signed" {
			issued++
		}
	}
	for _, serial := range claimed {
		if !redeemed[serial] {
			faults = append(faults, fmt.Sprintf("the claim of %s was acknowledged and is lost", serial))
		}
	}
	if uint64(issued) < cursor {
		faults = append(faults, fmt.Sprintf("%d entries were acknowledged, %d are there", cursor, issued))
	}
	return faults
}

// holderOf is the account that a MyKey ID names.
func holderOf(t *testing.T, data, id string) (account string) {
	t.Helper()
	db := opened(t, data)
	if err := errors.Join(db.QueryRow(`SELECT account FROM mykey WHERE id = $1`, id).Scan(&account), db.Close()); err != nil {
		t.Fatal(err)
	}
	return account
}

// uploadUntil journals and sends, and sends again what has no answer.
func uploadUntil(ctx context.Context, k kiosk, client *api.Client) (cursor uint64) {
	for number := uint32(1); ctx.Err() == nil; {
		var records []cards.Record
		for range 20 {
			_, r := k.signed(number)
			records = append(records, r)
			number++
		}
		for ctx.Err() == nil {
			answer, err := client.Upload(ctx, k.upload(records...))
			var r cards.Receipt
			if err == nil && cards.Unsealed(answer, cards.PaperReceipt, &r) == nil {
				cursor = r.Cursor
				break
			}
			time.Sleep(5 * time.Millisecond)
		}
	}
	return cursor
}

// A phone is a browser that is signed in.
type phone struct {
	http  *http.Client
	base  string
	token string
	last  cards.Serial // the ticket that a shop's phone has read
}

func tokenIn(page string) string {
	found := regexp.MustCompile(`name="token" value="([^"]*)"`).FindStringSubmatch(page)
	if found == nil {
		return ""
	}
	return found[1]
}

func signIn(t *testing.T, addr string, k *kiosk) *phone {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	p := &phone{base: "http://" + addr, http: &http.Client{Jar: jar, Timeout: 5 * time.Second}}
	page, err := p.get("/signin")
	if err == nil {
		page, err = p.post("/signin", url.Values{"id": {"K7M4W2HN"}, "password": {"kisarazu-2026"}, "token": {tokenIn(page)}})
	}
	if err != nil {
		t.Fatal(err)
	}
	if p.token = tokenIn(page); p.token == "" {
		t.Fatalf("not signed in:\n%s", page)
	}
	p.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return p
}

func (p *phone) get(path string) (string, error) { return body(p.http.Get(p.base + path)) }

func (p *phone) post(path string, form url.Values) (string, error) {
	return body(p.http.PostForm(p.base+path, form))
}

var errNotDone = errors.New("not done")

func body(answer *http.Response, err error) (string, error) {
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if to := answer.Header.Get("Location"); to != "" {
		return to, err
	}
	if answer.StatusCode >= 400 {
		return string(text), errNotDone
	}
	return string(text), err
}

// claimUntil opens card after card and takes its points; it repeats what has
// no answer. It returns the serials of the claims that were acknowledged.
func (p *phone) claimUntil(ctx context.Context, k kiosk) (done []string) {
	for number := uint32(cards.MaxNumber); ctx.Err() == nil; number-- { // the kiosk's records of these never come
		c, err := cards.Sign(k.grant.Claims(number), k.key.Private)
		for err == nil && ctx.Err() == nil {
			_, opened := p.get("/C/" + c.Text())
			to, posted := p.post("/claim", url.Values{"token": {p.token}})
			if opened == nil && posted == nil && to == "/done" {
				done = append(done, c.Serial().String())
				break
			}
			time.Sleep(5 * time.Millisecond)
		}
	}
	return done
}
