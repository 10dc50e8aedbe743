package fault

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	mrand "math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pointkiosk/cards"
	"pointkiosk/cmd/internal/station"
	"pointkiosk/kiosk/jpki/jpkitest"
	"pointkiosk/packaging/proof"
)

// The test binary is a kiosk that gives MyKey IDs without a network to whoever's
// certificates lie in a folder, or one that is in touch with its hub.
const (
	giverArg  = "giver"
	senderArg = "sender"
)

// leases is how many IDs the kiosk holds.
const leases = 20

func openGiver(data string) (*station.Station, error) {
	settings := station.Usual()
	settings.Card = station.Card{Reader: "virtual:p256", Leases: leases}
	return station.Open(context.Background(), station.Opts{
		Dir: data, Settings: settings, Driver: "sqlite", Now: time.Now, Rand: rand.Reader, Log: slog.New(slog.NewTextHandler(os.Stderr, nil)),
	})
}

// beGiver gives an ID to each certificate, and says both once it is written down:
// that is the slip.
func beGiver(data, folder string) int {
	ctx := context.Background()
	s, err := openGiver(data)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return noStart
	}
	names, err := filepath.Glob(filepath.Join(folder, "*.der"))
	if err != nil {
		return noStart
	}
	for _, name := range names {
		id, err := giveTo(ctx, s, name)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return noCard
		}
		fmt.Println(id, cardOf(name))
	}
	return 0
}

// cardOf names the card whose certificate lies in a file.
func cardOf(name string) string { return strings.TrimSuffix(filepath.Base(name), ".der") }

func giveTo(ctx context.Context, s *station.Station, name string) (id string, err error) {
	all, err := s.Allotments(ctx)
	if err != nil {
		return "", err
	}
	scheme := all[len(all)-1].Event.Scheme.Ja
	l, err := s.Journal.Leased(ctx, scheme)
	if err != nil || len(l.Leased) == 0 {
		return "", errors.Join(err, errors.New("no leased ID is left"))
	}
	one := l.Leased[0]
	a := cards.Application{Purpose: cards.Register, ID: one.ID, Scheme: scheme, Kiosk: s.Identity.Kiosk, At: time.Now().UnixMilli(),
		Terms: l.Terms.Version, Challenge: one.Challenge}
	body, err := cards.Encode(a)
	if err != nil {
		return "", err
	}
	der, signature, err := signAs(name, a)
	if err != nil {
		return "", err
	}
	sealed, err := cards.SealProvisional(l.Seal, cards.Provisional{Application: body, Certificate: der, Signature: signature})
	if err != nil {
		return "", err
	}
	return one.ID, s.Journal.Give(ctx, one, sealed, nil)
}

// signAs signs as the card with this certificate.
func signAs(name string, a cards.Application) (der, signature []byte, err error) {
	der, err = os.ReadFile(name)
	if err != nil {
		return nil, nil, err
	}
	pkcs8, err := os.ReadFile(strings.TrimSuffix(name, ".der") + ".key")
	if err != nil {
		return nil, nil, err
	}
	key, err := x509.ParsePKCS8PrivateKey(pkcs8)
	if err != nil {
		return nil, nil, err
	}
	digest, err := a.Digest()
	if err != nil {
		return nil, nil, err
	}
	signature, err = key.(crypto.Signer).Sign(rand.Reader, digest[:], crypto.SHA256)
	return der, signature, err
}

// beSender is in touch with the hub until it is killed.
func beSender(data string) int {
	s, err := openGiver(data)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return noStart
	}
	up, err := s.Uplink(nil)
	if err != nil {
		return noStart
	}
	up.Run(context.Background())
	return 0
}

// A lender is a kiosk that is killed again and again, and its hub.
type lender struct {
	t       *testing.T
	hub     hub
	address string
	data    string
	ca      *jpkitest.CA
	log     *os.File // what the kiosk said
	queue   string   // the folder of who has no slip: they come again, and are the first
	dealt   int
	seen    int           // slips
	whole   time.Duration // of a run that nobody ends
}

// newLender enrols a kiosk in data, and lets it hold leased IDs.
func newLender(t *testing.T, data string) *lender {
	t.Helper()
	bin, err := sound()
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = l.Close()
	dir := t.TempDir()
	g := &lender{t: t, hub: hub{bin: bin, data: filepath.Join(dir, "hub")}, address: l.Addr().String(), data: data, queue: t.TempDir()}
	g.ca, err = jpkitest.NewCA(rand.Reader, time.Now())
	g.ok(err)
	pem := filepath.Join(dir, "ca.pem")
	g.ok(os.WriteFile(pem, g.ca.PEM(), 0o600))
	g.log, err = os.Create(filepath.Join(dir, "said"))
	g.ok(err)
	t.Cleanup(func() { _ = g.log.Close() })
	g.whileUp(func() { g.ok(g.hub.enrol(g.data)) })
	for _, args := range [][]string{{"person", "add", "--data", g.hub.data, "--may", "mykey", "sato"}, {"ca", "add", "--data", g.hub.data, "--test", "--by", "sato", pem}} {
		_, err := g.hub.say("hub", "", args...)
		g.ok(err)
	}
	g.inTouch(0)
	begun := time.Now()
	g.run(time.Minute, giverArg, g.data, g.deal(6))
	g.whole = time.Since(begun)
	g.inTouch(1)
	return g
}

// early is some time before a run is over, on however slow a machine.
func (g *lender) early(rnd *mrand.Rand) time.Duration { return g.whole/8 + within(rnd, g.whole) }

func (g *lender) ok(err error) {
	g.t.Helper()
	if err != nil {
		g.t.Fatal(err)
	}
}

func (g *lender) whileUp(do func()) {
	g.t.Helper()
	stop, err := g.hub.serve(g.address)
	g.ok(err)
	do()
	g.ok(stop())
}

// run runs the test binary as a kiosk and kills it after a while.
func (g *lender) run(after time.Duration, args ...string) {
	g.t.Helper()
	self, err := os.Executable()
	g.ok(err)
	c := exec.Command(self, args...)
	c.Stdout = g.log
	g.ok(c.Start())
	timer := time.AfterFunc(after, func() { _ = c.Process.Kill() })
	defer timer.Stop()
	if exit := (*exec.ExitError)(nil); errors.As(c.Wait(), &exit) && exit.ExitCode() == noStart {
		g.t.Fatalf("%v does not start", args)
	}
}

// deal lets so many people stand in the queue: who has no slip from before, and
// new ones behind them.
func (g *lender) deal(n int) (folder string) {
	g.t.Helper()
	for range n - g.home() {
		g.dealt++
		leaf, err := g.ca.Issue(jpkitest.Profile{Kind: jpkitest.P256, Issued: time.Now().AddDate(-1, 0, 0), Born: time.Date(1985, 4, 12, 0, 0, 0, 0, time.UTC)})
		g.ok(err)
		key, err := x509.MarshalPKCS8PrivateKey(leaf.Key)
		g.ok(err)
		name := filepath.Join(g.queue, fmt.Sprintf("%06d", g.dealt))
		g.ok(errors.Join(os.WriteFile(name+".key", key, 0o600), os.WriteFile(name+".der", leaf.DER, 0o600)))
	}
	return g.queue
}

// inTouch lets the kiosk reach its hub, and kills it so many times before it may
// finish.
func (g *lender) inTouch(kills int) {
	g.t.Helper()
	rnd := seed(g.t)
	g.whileUp(func() {
		for range kills {
			g.run(20*time.Millisecond+within(rnd, 250*time.Millisecond), senderArg, g.data)
		}
		s, err := openGiver(g.data)
		g.ok(err)
		up, err := s.Uplink(nil)
		g.ok(err)
		ctx, stop := context.WithCancel(context.Background())
		ended := make(chan struct{})
		go func() { up.Run(ctx); close(ended) }()
		for end := time.Now().Add(limit); ; time.Sleep(20 * time.Millisecond) {
			waiting, refused, err := s.Journal.Provisional(ctx)
			g.ok(err)
			if held := g.held(s); waiting == 0 && held == leases {
				if refused > 0 {
					g.t.Errorf("the hub refused %d", refused)
				}
				break
			} else if time.Now().After(end) {
				g.t.Fatalf("%d wait, %d IDs are held", waiting, held)
			}
		}
		stop()
		<-ended
		g.ok(s.Close())
	})
}

func (g *lender) held(s *station.Station) int {
	all, err := s.Allotments(context.Background())
	if g.ok(err); len(all) == 0 {
		return 0
	}
	l, err := s.Journal.Leased(context.Background(), all[len(all)-1].Event.Scheme.Ja)
	g.ok(err)
	return len(l.Leased)
}

// However often the kiosk is killed while it gives MyKey IDs without a network,
// and while it is in touch with its hub again: who has no slip, or a torn one, comes
// again, the slip in each hand is registered exactly once, and no leased ID is lost
// or given twice.
func TestKillGiver(t *testing.T) {
	proof.Needs(t, "go")
	g := newLender(t, filepath.Join(t.TempDir(), "kiosk"))
	rnd := seed(t)
	days, given := rounds(5, 500), 0
	for range days {
		for range 3 {
			g.run(g.early(rnd), giverArg, g.data, g.deal(6))
		}
		g.inTouch(2)
		given = len(g.slips())
	}
	g.settled()
	t.Logf("%d kills, %d slips", 5*days, given)
	if given < days {
		t.Errorf("only %d slips: the kills hit too early", given)
	}
}

// Power fails while MyKey IDs are given: each slip is of an ID that is on the
// disk, and the last one of each person is registered exactly once.
func TestPowerCutGiver(t *testing.T) {
	proof.NeedsRoot(t)
	proof.Needs(t, "mkfs.ext4", "mount", "umount")
	d, err := NewDisk(t.TempDir(), 64)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Unmount(); err != nil {
			t.Error(err)
		}
	})
	g := newLender(t, filepath.Join(d.Dir, "kiosk"))
	rnd := seed(t)
	days := rounds(5, 500)
	for range days {
		for range 3 {
			g.run(g.early(rnd), giverArg, g.data, g.deal(6))
			for _, step := range []func() error{d.Cut, d.Unmount, d.Mount} {
				g.ok(step())
			}
		}
		g.inTouch(1)
	}
	g.settled()
	t.Logf("%d cuts, %d slips", 3*days, len(g.slips()))
	if len(g.slips()) < days {
		t.Errorf("only %d slips: the cuts came too early", len(g.slips()))
	}
}
