package fault

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"pointkiosk/cards"
	"pointkiosk/packaging/proof"
)

// scratch is where programs are built and kiosks live.
var scratch string

func TestMain(m *testing.M) {
	if len(os.Args) == 4 && os.Args[1] == deskArg {
		os.Exit(beDesk(os.Args[2], os.Args[3]))
	}
	if len(os.Args) == 4 && os.Args[1] == giverArg {
		os.Exit(beGiver(os.Args[2], os.Args[3]))
	}
	if len(os.Args) == 3 && os.Args[1] == senderArg {
		os.Exit(beSender(os.Args[2]))
	}
	var err error
	if scratch, err = os.MkdirTemp("", "pointkiosk-fault-"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	if err := os.RemoveAll(scratch); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// Programs, each built once: as they are, and with a planted fault.
var (
	sound         = sync.OnceValues(func() (string, error) { return build("", "") })
	plantedNormal = sync.OnceValues(func() (string, error) { return build("plantednormal", "") })
	plantedLate   = sync.OnceValues(func() (string, error) { return build("plantedlate", "") })
	enrolled      = sync.OnceValues(enrol)
)

// build returns the folder of hub and kioskctl, built with a tag, or with the files of
// an overlay.
func build(tag, overlay string) (string, error) {
	dir, err := os.MkdirTemp(scratch, "bin-")
	if err != nil {
		return "", err
	}
	tags := strings.TrimSuffix("migrated_fynedo,no_animations,"+tag, ",")
	out, err := exec.Command("go", "build", "-buildvcs=false", "-overlay", overlay, "-tags", tags, "-o", dir+"/", "pointkiosk/cmd/hub", "pointkiosk/cmd/kioskctl").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("build: %w\n%s", err, out)
	}
	return dir, nil
}

// event is open all day. Tomorrow's is there for a test that runs at midnight.
const event = `municipality = "木更津市"
scheme = "らづポイント"
contact = "市民活動支援課"
phone = "0438-23-8610"
[[event]]
id = "%s"
name = "ナチュラルバル"
place = "JR木更津駅西口広場"
day = "%s"
points = 200
opens = "00:00"
closes = "23:59"
`

// enrol makes a kiosk's data folder with an allotment for today and one for
// tomorrow, and beside it that of a machine with a batch for tomorrow. Their hub is gone
// afterwards: they are offline.
func enrol() (dir string, err error) {
	bin, err := sound()
	if err != nil {
		return "", err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	address := l.Addr().String()
	if err := l.Close(); err != nil {
		return "", err
	}
	h := hub{bin: bin, data: filepath.Join(scratch, "hub")}
	stop, err := h.serve(address)
	if err != nil {
		return "", err
	}
	dir = filepath.Join(scratch, "enrolled")
	return dir, errors.Join(h.enrol(dir), stop())
}

type hub struct{ bin, data string }

// serve starts the hub and waits until it answers.
func (h hub) serve(address string) (stop func() error, err error) {
	c := exec.Command(filepath.Join(h.bin, "hub"), "serve", "--data", h.data, "--listen", address, "--host", address, "--plain-http")
	if err := c.Start(); err != nil {
		return nil, err
	}
	stop = func() error { return errors.Join(c.Process.Signal(os.Interrupt), c.Wait()) }
	for range 500 {
		conn, err := net.Dial("tcp", address)
		if err == nil {
			return stop, conn.Close()
		}
		time.Sleep(10 * time.Millisecond)
	}
	return nil, errors.Join(errors.New("the hub does not come up"), stop())
}

func (h hub) enrol(dir string) error {
	today := cards.DayOf(time.Now())
	for id, day := range map[string]cards.Day{"today": today, "tomorrow": today + 1} {
		file := filepath.Join(scratch, id+".toml")
		if err := os.WriteFile(file, fmt.Appendf(nil, event, id, day), 0o600); err != nil {
			return err
		}
		if _, err := h.say("hub", "", "event", "add", "--data", h.data, file); err != nil {
			return err
		}
	}
	if err := h.kiosk(dir, name); err != nil {
		return err
	}
	for _, id := range []string{"today", "tomorrow"} {
		if _, err := h.say("hub", "", "kiosk", "grant", "--data", h.data, name, "--event", id, "--count", "100000"); err != nil {
			return err
		}
	}
	if err := h.kiosk(dir+printing, name+printing); err != nil {
		return err
	}
	if _, err := h.say("hub", "", "kiosk", "grant", "--data", h.data, name+printing, "--event", "tomorrow", "--count", "5000", "--batch"); err != nil {
		return err
	}
	for _, dir := range []string{dir, dir + printing} {
		if _, err := h.say("kioskctl", "", "queue", "sync", "--data", dir); err != nil {
			return err
		}
	}
	return nil
}

// kiosk enrols one.
func (h hub) kiosk(dir, name string) error {
	code, err := h.say("hub", "", "kiosk", "add", "--data", h.data, name)
	if err != nil {
		return err
	}
	for line := range strings.Lines(code) {
		if strings.HasPrefix(line, "http") {
			code = line
		}
	}
	_, err = h.say("kioskctl", code, "enroll", "--data", dir, "--code", "-")
	return err
}

// printing is behind the name of the machine that prints cards beforehand, and of its
// folder: such a key holds nothing else.
const printing = "-P"

// name is the kiosk's.
const name = "KSZ-014"

// say runs a program and returns what it said.
func (h hub) say(program, in string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	c := exec.CommandContext(ctx, filepath.Join(h.bin, program), args...)
	var out, errs bytes.Buffer
	c.Stdin, c.Stdout, c.Stderr = strings.NewReader(in), &out, &errs
	if err := c.Run(); err != nil {
		return "", fmt.Errorf("%s %s: %w\n%s", program, args[0], err, errs.String())
	}
	return out.String() + errs.String(), nil
}

// soak reports whether the long variant was asked for.
func soak() bool { return os.Getenv("POINTKIOSK_SOAK") == "1" }

// rounds is how often a fault happens: usually where all is required, longer
// when that was asked for, and else a tenth.
func rounds(usual, long int) int { return proof.Times(max(usual/10, 5), usual, long) }
