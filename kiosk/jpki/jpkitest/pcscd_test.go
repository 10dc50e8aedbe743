package jpkitest_test

import (
	"bytes"
	"context"
	"encoding/pem"
	"os"
	"os/exec"
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
	proof.Needs(t, "opensc-tool", "pkcs15-tool", "pkcs15-crypt")
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

var _ = pem.Decode
