package printer_test

import (
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"pointkiosk/printer"
	"pointkiosk/printer/printertest"
)

// mishap is one fault, at a byte or before a Tx.
type mishap struct {
	at    int64
	byTx  bool
	fault printertest.Fault
}

// harness is the line between driver and printer, on which mishaps happen.
type harness struct {
	printer.Conn
	vp   *printertest.Printer
	plan []mishap
	txs  int64
	base int64 // bytes before the card
	on   bool
}

func (h *harness) Tx(w, r []byte) error {
	if h.on {
		h.txs++
		for _, m := range h.plan {
			if m.byTx && m.at == h.txs {
				h.vp.Inject(m.fault)
			}
		}
	}
	return h.Conn.Tx(w, r)
}

// Takes is what the line says.
func (h *harness) Takes(bytes int) time.Duration { return h.vp.Takes(bytes) }

func (h *harness) atByte(offset int64) printertest.Fault {
	for _, m := range h.plan {
		if h.on && !m.byTx && m.at == offset-h.base {
			return m.fault
		}
	}
	return printertest.None
}

// deafener hides automatic status back from the driver: the fault that the
// checker below must find.
type deafener struct {
	printer.Conn
	skip  int
	block bool
}

func (d *deafener) Tx(w, r []byte) error {
	if err := d.Conn.Tx(w, nil); err != nil || len(r) == 0 {
		return err
	}
	for {
		if err := d.Conn.Tx(nil, r); err != nil {
			return err
		}
		switch b := r[0]; {
		case d.skip > 0:
			d.skip--
		case d.block:
			d.block = b != 0
			return nil
		case b == 0x37:
			d.block = true
			return nil
		case b&0x93 == 0x10:
			d.skip = 3
		default:
			return nil
		}
	}
}

var bad = []printertest.Fault{printertest.PaperEnd, printertest.CoverOpened, printertest.CutterJammed, printertest.Overheated,
	printertest.Broken, printertest.SwitchedOff, printertest.Rebooted, printertest.Restarted, printertest.Disconnected, printertest.Hung}

var mending = []printertest.Fault{printertest.Released, printertest.CoverShut, printertest.Cooled, printertest.CutterFreed,
	printertest.PaperLoaded, printertest.SwitchedOff, printertest.SwitchedOn}

func schedule(rnd *rand.Rand) (plan []mishap) {
	for range 1 + rnd.IntN(3) {
		f := bad[rnd.IntN(len(bad))]
		m := mishap{at: int64(rnd.IntN(24000)), fault: f}
		if rnd.IntN(3) == 0 {
			m = mishap{at: int64(1 + rnd.IntN(60)), byTx: true, fault: f}
		}
		plan = append(plan, m)
		if rnd.IntN(2) == 0 { // mended in the middle, before the driver may have looked
			back := mending[rnd.IntN(len(mending))]
			if f < printertest.Broken {
				back = f + 1
			}
			m.at, m.fault = m.at+int64(1+rnd.IntN(1+int(m.at)/2)), back
			plan = append(plan, m)
		}
	}
	return plan
}

// play runs one card through one schedule, then mends all and prints another,
// and returns what must never happen, or "".
func play(seed uint64, class printer.Answers, wire func(printer.Conn) printer.Conn) (lie string) {
	rnd := rand.New(rand.NewPCG(seed, uint64(class)))
	h := &harness{plan: schedule(rnd)}
	buffer := []int{64, 1024, 4096, 1 << 16}[rnd.IntN(4)]
	vp, err := printertest.New(&printertest.Opts{Dots: 384, Answers: class, Blade: blade, Fault: h.atByte,
		Buffer: buffer, Speed: []int{0, 400, 2000}[rnd.IntN(3)]})
	if err != nil {
		return err.Error()
	}
	h.Conn, h.vp = vp, vp
	// Without a ping a printer that reboots unseen proves nothing: see Opts.Ping.
	ping := rnd.IntN(2) == 0 || slices.ContainsFunc(h.plan, func(m mishap) bool {
		return m.fault == printertest.Rebooted || m.fault == printertest.Restarted
	})
	crop := rnd.IntN(2) == 0
	d, err := printer.New(wire(h), &printer.Opts{Profile: printer.Profile{Dots: 384, Answers: class, DotFeed: crop, Place: crop, Buffer: buffer}, Ping: ping, Now: vp.Now})
	if err != nil {
		return err.Error()
	}
	if rnd.IntN(2) == 0 {
		if proof, err := d.Print(card(1, 384, 80)); proof != best(class) {
			return fmt.Sprintf("well and yet %v, %v", proof, err)
		}
	}
	h.base, h.on = vp.Received(), true
	first := card(2, 384, 440)
	proof, err := d.Print(first)
	h.on = false
	n := count(vp.Pages(), first)
	_, unsent := errors.AsType[*printer.UnsentError](err)
	_, uncertain := errors.AsType[*printer.UncertainError](err)
	switch {
	case proof == printer.Printed && n != 1:
		return "printed, but there is no such paper"
	case unsent && n != 0:
		return "nothing sent, but a paper came out"
	case err != nil && !unsent && !uncertain:
		return "an error of no class: " + err.Error()
	case n > 1:
		return "two papers"
	}
	for _, f := range mending {
		vp.Inject(f)
		vp.Advance(2e9)
	}
	return retry(vp, d, class)
}

func retry(vp *printertest.Printer, d *printer.Dev, class printer.Answers) string {
	second := card(3, 384, 200)
	var proof printer.Proof
	err := errors.New("")
	for tries := 0; err != nil && tries < 3; tries++ {
		proof, err = d.Print(second)
	}
	if err != nil || proof != best(class) {
		return fmt.Sprintf("stuck: %v", err)
	}
	if class >= printer.Queued && count(vp.Pages(), second) != 1 {
		return "the next card is not whole"
	}
	return ""
}

func straight(c printer.Conn) printer.Conn { return c }

var soak = flag.Uint64("rounds", 200, "random schedules a class")

func TestRandomMishaps(t *testing.T) {
	rounds := *soak
	if testing.Short() {
		rounds = 50
	}
	for _, class := range classes {
		lies := 0
		for seed := range rounds {
			if lie := play(seed, class, straight); lie != "" {
				t.Errorf("%v, seed %d: %s", class, seed, lie)
				lies++
			}
			if lies > 3 {
				break
			}
		}
	}
}

// TestRandomMishapsFindALiar plants a driver that sees no status between the
// first byte and the id.
func TestRandomMishapsFindALiar(t *testing.T) {
	for seed := range uint64(2000) {
		lie := play(seed, printer.ProcessID, func(c printer.Conn) printer.Conn { return &deafener{Conn: c} })
		if strings.HasPrefix(lie, "printed, but") {
			t.Logf("seed %d: %s", seed, lie)
			return
		}
	}
	t.Error("the checker finds nothing")
}
