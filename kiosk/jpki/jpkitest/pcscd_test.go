package jpkitest_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pointkiosk/kiosk/jpki/jpkitest"
	"pointkiosk/packaging/proof"
)

// tool runs a program of OpenSC's against the daemon.
func tool(t *testing.T, d *proof.Daemon, name string, args ...string) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = append(os.Environ(), d.Env(), "LC_ALL=C")
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// lay puts a card on the first reader and waits until pcscd has seen it.
func lay(t *testing.T, d *proof.Daemon, card *jpkitest.Card) *jpkitest.Slot {
	t.Helper()
	slot := jpkitest.NewSlot()
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- slot.Run(ctx, d.Address(0)) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	slot.Insert(card)
	awaitCard(t, d, true)
	return slot
}

func awaitCard(t *testing.T, d *proof.Daemon, there bool) {
	t.Helper()
	var last string
	for end := time.Now().Add(15 * time.Second); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		last, _ = tool(t, d, "opensc-tool", "--list-readers")
		if strings.Contains(last, "Yes") == there && strings.Contains(last, d.Reader(0)) {
			return
		}
	}
	t.Fatalf("card there: never %v:\n%s\n%s", there, last, d.Log())
}

// OpenSC knows the My Number card; what it reads through the real pcscd is what
// the card holds.
func TestOpenSCReadsCertificate(t *testing.T) {
	proof.Needs(t, "opensc-tool", "pkcs15-tool")
	d := proof.PCSCD(t, "Counter")
	card := deal(t, "good")
	lay(t, d, card)

	name, err := tool(t, d, "opensc-tool", "--name")
	if err != nil || strings.TrimSpace(lastLine(name)) != "jpki" {
		t.Errorf("OpenSC takes the card for %q (%v)", name, err)
	}
	out, err := tool(t, d, "pkcs15-tool", "--read-certificate", "01")
	if err != nil {
		t.Fatalf("%v\n%s\n%s", err, out, strings.Join(card.Log(), "\n"))
	}
	block, _ := pem.Decode([]byte(out[strings.Index(out, "-----BEGIN"):]))
	if block == nil || !bytes.Equal(block.Bytes, card.Certificate()) {
		t.Errorf("another certificate:\n%s", out)
	}
	pins, err := tool(t, d, "pkcs15-tool", "--list-pins")
	if err != nil || !strings.Contains(pins, "Tries left     : 3") || !strings.Contains(pins, "Tries left     : 5") {
		t.Errorf("%v\n%s", err, pins)
	}
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return lines[len(lines)-1]
}

// And it signs: by its own way through the applet, with the PIN.
func TestOpenSCSigns(t *testing.T) {
	proof.Needs(t, "opensc-tool", "pkcs15-crypt")
	d := proof.PCSCD(t, "Counter")
	card := deal(t, "good")
	lay(t, d, card)
	dir := t.TempDir()
	digest := sha256.Sum256([]byte("application"))
	if err := os.WriteFile(filepath.Join(dir, "digest"), digest[:], 0o600); err != nil {
		t.Fatal(err)
	}
	sign := func(pin string) (string, error) {
		return tool(t, d, "pkcs15-crypt", "--sign", "--key", "01", "--pkcs1", "--sha-256", "--pin", pin,
			"--input", filepath.Join(dir, "digest"), "--output", filepath.Join(dir, "signature"))
	}
	if out, err := sign("0000"); err == nil || card.Tries() != 2 {
		t.Errorf("a wrong PIN: %v, %d tries left\n%s", err, card.Tries(), out)
	}
	if out, err := sign("1234"); err != nil || card.Tries() != 3 {
		t.Fatalf("%v, %d tries left\n%s", err, card.Tries(), out)
	}
	signature, err := os.ReadFile(filepath.Join(dir, "signature"))
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(card.Certificate())
	if err != nil {
		t.Fatal(err)
	}
	if err := rsa.VerifyPKCS1v15(c.PublicKey.(*rsa.PublicKey), crypto.SHA256, digest[:], signature); err != nil {
		t.Error(err)
	}
	log := strings.Join(card.Log(), "\n")
	if strings.Contains(log, "31 32 33 34") || !strings.Contains(log, "verify PIN ****  00 20 00 80 04 ** ** ** ** -> 9000") {
		t.Error(log)
	}
}

// A card that is pulled away in the middle, laid down again, and a pcscd that is
// started anew under it.
func TestCardComesAndGoes(t *testing.T) {
	proof.Needs(t, "opensc-tool", "pkcs15-tool")
	d := proof.PCSCD(t, "Counter")
	card := deal(t, "pulled@6")
	slot := lay(t, d, card)
	read := func() (string, error) { return tool(t, d, "pkcs15-tool", "--read-certificate", "01") }
	if out, err := read(); err == nil {
		t.Errorf("read to its end:\n%s", out)
	}
	awaitCard(t, d, false)
	slot.Insert(card)
	awaitCard(t, d, true)
	if out, err := read(); err != nil {
		t.Errorf("laid down again: %v\n%s", err, out)
	}
	slot.Remove()
	awaitCard(t, d, false)
	slot.Insert(card)
	for _, restart := range []func(){d.Stop, d.Kill} {
		restart()
		if out, err := read(); err == nil {
			t.Errorf("without pcscd:\n%s", out)
		}
		d.Start("Counter")
		awaitCard(t, d, true)
		if out, err := read(); err != nil {
			t.Errorf("after a new start: %v\n%s", err, out)
		}
	}
	d.Start("")
	if list, _ := tool(t, d, "opensc-tool", "--list-readers"); strings.Contains(list, "Counter") {
		t.Errorf("a reader that is gone:\n%s", list)
	}
}

// A hand pulls a slow card away while a command is answered; a mute one blocks
// the reader until it is taken away.
func TestPulledAndMute(t *testing.T) {
	proof.Needs(t, "opensc-tool")
	d := proof.PCSCD(t, "Counter")
	const selectApplet = "00 A4 04 0C 0A D3 92 F0 00 26 01 00 00 00 01"
	for _, kind := range []string{"slow@2s", "mute@1"} {
		slot := lay(t, d, deal(t, kind))
		away := time.AfterFunc(time.Second, slot.Pull)
		start := time.Now()
		out, err := tool(t, d, "opensc-tool", "--card-driver", "default", "--send-apdu", selectApplet)
		if took := time.Since(start); err == nil && strings.Contains(out, "SW1=0x90") || took < 900*time.Millisecond || took > 10*time.Second {
			t.Errorf("%s: %v after %v\n%s", kind, err, took, out)
		}
		away.Stop()
		awaitCard(t, d, false)
	}
}
