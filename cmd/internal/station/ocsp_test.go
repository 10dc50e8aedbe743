package station

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pointkiosk/cards"
	"pointkiosk/hub/revocation"
	"pointkiosk/kiosk/jpki/jpkitest"
	"pointkiosk/kiosk/wizard"
	"pointkiosk/packaging/proof"
)

// A real responder of the CA is asked while the resident stands there: a revoked
// certificate is refused, and while the responder is away the record says that
// nobody was asked.
func TestCounterOCSP(t *testing.T) {
	proof.Needs(t, "openssl")
	kinds := []string{"good", "revoked", "p256"}
	address, responder := "", (*exec.Cmd)(nil)
	c, dealt := newCounterAt(t, func(c *counter) {
		var stop context.CancelFunc
		address, responder, stop = startResponder(t, c.deck.CA)
		t.Cleanup(func() { stop(); responder.Wait() }) //nolint:errcheck // it was killed
		c.people.Revocation = revocation.NewOCSP(address, &revocation.Opts{})
	}, kinds...)
	for n, want := range []cards.Standing{cards.StandingGood, "", cards.StandingNotChecked} {
		if n == 2 {
			if err := responder.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
		c.sit(dealt[n])
		if want == "" {
			c.pinIs("1234")
			if c.shows(wizard.Stopped); c.state.MyKey.Word != string(cards.RulingRevoked) {
				t.Errorf("%s: %q", kinds[n], c.state.MyKey.Word)
			}
			c.home()
			continue
		}
		id, _ := c.register()
		if got := c.desk.clerk.now.answer; got.ID != id || got.Standing != want {
			t.Errorf("%s is %q, not %q", kinds[n], got.Standing, want)
		}
		c.home()
	}
}

// startResponder runs openssl ocsp on loopback, on what the CA has issued so far.
func startResponder(t *testing.T, ca *jpkitest.CA) (address string, cmd *exec.Cmd, stop context.CancelFunc) {
	t.Helper()
	dir := t.TempDir()
	if err := ca.Write(dir, time.Now()); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	in := func(name string) string { return filepath.Join(dir, name) }
	ctx, stop := context.WithTimeout(context.Background(), 2*time.Minute)
	cmd = exec.CommandContext(ctx, "openssl", "ocsp", "-index", in("index.txt"), "-port", fmt.Sprint(port), "-nmin", "5",
		"-CA", in("ca.pem"), "-rsigner", in("ca.pem"), "-rkey", in("ca.key"))
	said, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for heard := bufio.NewScanner(said); heard.Scan(); {
		if strings.Contains(heard.Text(), "waiting for OCSP client") {
			go io.Copy(io.Discard, said) //nolint:errcheck // it ends with the program
			return fmt.Sprintf("http://127.0.0.1:%d/", port), cmd, stop
		}
	}
	t.Fatal("openssl ocsp does not answer")
	return "", nil, stop
}
