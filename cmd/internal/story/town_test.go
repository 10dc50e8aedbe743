package story

import (
	"bufio"
	"context"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	_ "modernc.org/sqlite"

	"pointkiosk/cards"
	"pointkiosk/cmd/internal/station"
	"pointkiosk/printer"
	"pointkiosk/printer/printertest"
)

// A town is a folder with a hub and a kiosk, and the programs that work there.
type town struct {
	dir, bin, listen string
	hub              *exec.Cmd
	said             sync.WaitGroup // what the hub still says is read to its end
	printer          *printertest.Printer
	ends             []func()
}

const (
	kioskName = "KSZ-014"
	password  = "a password for stories"
)

// freeAddress is one that the hub can take again after it was stopped: below
// the ports that the system gives to whoever calls somebody.
func freeAddress() string {
	for {
		address := fmt.Sprintf("127.0.0.1:%d", 20000+rand.IntN(10000))
		if l, err := net.Listen("tcp", address); err == nil {
			l.Close()
			return address
		}
	}
}

func (c *town) path(parts ...string) string {
	return filepath.Join(append([]string{c.dir}, parts...)...)
}

// end stops whatever still runs.
func (c *town) end() {
	if c.hub != nil {
		c.unserve(true) //nolint:errcheck // it is killed
	}
	for _, f := range c.ends {
		f()
	}
}

// serve starts the hub and waits until it answers.
func (c *town) serve(more ...string) error {
	args := append([]string{"serve", "--data", c.path("hub-data"), "--listen", c.listen, "--host", c.listen, "--plain-http"}, more...)
	hub := exec.Command(filepath.Join(c.bin, "hub"), args...)
	log, err := os.OpenFile(c.path("hub.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close() // the hub has its own
	hub.Stderr = log
	out, err := hub.StdoutPipe()
	if err != nil {
		return err
	}
	if err := hub.Start(); err != nil {
		return err
	}
	c.hub = hub
	said := bufio.NewReader(out)
	if line, err := said.ReadString('\n'); err != nil {
		text, _ := os.ReadFile(c.path("hub.log"))
		return fmt.Errorf("the hub said %q: %w\n%s", line, errors.Join(err, c.unserve(true)), text)
	}
	c.said.Go(func() { io.Copy(io.Discard, said) }) //nolint:errcheck // until it ends
	return nil
}

// unserve asks the hub to end, or kills it.
func (c *town) unserve(kill bool) error {
	signal := syscall.SIGTERM
	if kill {
		signal = syscall.SIGKILL
	}
	err := c.hub.Process.Signal(signal)
	c.said.Wait()
	if ended := c.hub.Wait(); !kill {
		err = errors.Join(err, ended)
	}
	c.hub = nil
	return err
}

// run runs a program in the town and returns what it printed.
func (c *town) run(in, program string, args ...string) (string, error) {
	cmd := exec.Command(filepath.Join(c.bin, program), args...)
	cmd.Dir, cmd.Stdin = c.dir, strings.NewReader(in)
	cmd.Env = []string{"XDG_STATE_HOME=" + c.dir, "HOME=/no-home", "LANG=en_US.UTF-8"}
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		err = fmt.Errorf("%s %s: %w\n%s%s", program, strings.Join(args, " "), err, out, errs.String())
	}
	return string(out), err
}

// market adds an event and a kiosk that may issue so many cards.
func (c *town) market(count string, event ...string) error {
	if _, err := c.run("", "hub", append([]string{"event", "add"}, event...)...); err != nil {
		return err
	}
	code, err := c.run("", "hub", "kiosk", "add", kioskName)
	if err != nil {
		return err
	}
	if _, err := c.run(code, "kioskctl", "enroll", "--code", "-"); err != nil {
		return err
	}
	if _, err := c.run("", "hub", "kiosk", "grant", kioskName, "--event", "natural-bar", "--count", count); err != nil {
		return err
	}
	_, err = c.run("", "kioskctl", "queue", "sync")
	return err
}

// accounts makes accounts, all with the same password.
func (c *town) accounts(ids ...string) error {
	for _, id := range ids {
		if _, err := c.run(password+"\n", "hub", "account", "add", id, "--password-stdin"); err != nil {
			return err
		}
	}
	return nil
}

// privateKey reads a kiosk's key, as a thief would.
func (c *town) privateKey(name string) (ed25519.PrivateKey, error) {
	text, err := os.ReadFile(c.path("pointkiosk", name+".key"))
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, errors.New("no key")
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	private, ok := key.(ed25519.PrivateKey)
	if !ok {
		return nil, errors.Join(errors.New("no Ed25519 key"), err)
	}
	return private, nil
}

// look opens the kiosk beside itself.
func (c *town) look() (*station.Station, error) {
	return station.Open(context.Background(), station.Opts{
		Dir: c.path("pointkiosk"), Settings: station.Usual(), Driver: "sqlite", Now: time.Now, ReadOnly: true,
	})
}

// forge signs a card of the kiosk's newest live allotment with the kiosk's own
// keys: the number, and changes to what was granted. The card with no change is
// the very one that the kiosk prints.
func (c *town) forge(words []string) (url string, err error) {
	s, err := c.look()
	if err != nil {
		return "", err
	}
	defer s.Close()
	all, err := s.Allotments(context.Background())
	if err != nil {
		return "", err
	}
	number, err := strconv.ParseUint(words[0], 0, 32)
	if err != nil {
		return "", err
	}
	name, claims := "live", cards.Claims{}
	for _, a := range all {
		if !a.Kind.Practice() {
			claims = a.Claims(uint32(number))
		}
	}
	for _, change := range words[1:] {
		if change == "practice-key" {
			name, claims.Key = "practice", s.Identity.Practice
		} else if err := bend(&claims, change); err != nil {
			return "", err
		}
	}
	key, err := c.privateKey(name)
	if err != nil {
		return "", err
	}
	card, err := cards.Sign(claims, key)
	return cards.Host(c.listen).URL(card), err
}

// bend changes a field: points=300, kind=0x13, allotment=2, key=9, days=1.
func bend(claims *cards.Claims, change string) error {
	field, text, _ := strings.Cut(change, "=")
	n, err := strconv.ParseInt(text, 0, 64)
	if err != nil {
		return err
	}
	switch field {
	case "points":
		claims.Points = uint32(n)
	case "kind":
		claims.Kind = cards.Kind(n)
	case "allotment":
		claims.Allotment = uint32(n)
	case "days": // longer, or less
		claims.Expires += cards.Day(n)
	case "key":
		claims.Key = cards.KeyID(n)
	default:
		return fmt.Errorf("no field %q", field)
	}
	return nil
}

// plug starts a network printer with so many rows on its roll.
func (c *town) plug(rows int, dir string) (uri string, err error) {
	c.printer, err = printertest.New(&printertest.Opts{Dots: 384, Answers: printer.ProcessID, Paper: rows, Dir: dir})
	if err != nil {
		return "", err
	}
	uri, stop, err := c.printer.Plug()
	if err != nil {
		return "", err
	}
	c.ends = append(c.ends, stop)
	return uri, nil
}
