package story

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// bin is where TestMain put hub and kioskctl.
var bin string

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(tell(m))
}

func tell(m *testing.M) int {
	dir, err := os.MkdirTemp("", "pointkiosk-story-")
	if err == nil {
		defer os.RemoveAll(dir)
		bin = dir
		build := exec.Command("go", "build", "-buildvcs=false", "-tags", "migrated_fynedo,no_animations", "-o", dir+"/", "pointkiosk/cmd/hub", "pointkiosk/cmd/kioskctl")
		build.Stderr = os.Stderr
		err = build.Run()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "story: build the programs:", err)
		return 1
	}
	return m.Run()
}

// The stories of testdata. Each has a town of its own: a hub in hub-data, a
// kiosk in pointkiosk, both under the names that the programs look for.
func TestStories(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(e *testscript.Env) error {
			oneDay(2 * time.Minute)
			c := &town{dir: e.WorkDir, bin: bin, listen: freeAddress()}
			e.Values[townKey{}] = c
			e.Defer(c.end)
			e.Setenv("PATH", bin+string(os.PathListSeparator)+e.Getenv("PATH"))
			e.Setenv("XDG_STATE_HOME", e.WorkDir)
			e.Setenv("LANG", "en_US.UTF-8")
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"serve": cmdServe, "unserve": cmdUnserve, "market": cmdMarket, "card": cmdCard, "claim": cmdClaim,
			"read": cmdRead, "exits": cmdExits, "printer": cmdPrinter, "load": cmdLoad, "papers": cmdPapers,
		},
		RequireUniqueNames: true,
	})
}

type townKey struct{}

func townOf(ts *testscript.TestScript) *town { return ts.Value(townKey{}).(*town) }

// serve starts the hub, always at the same address.
func cmdServe(ts *testscript.TestScript, _ bool, args []string) { ts.Check(townOf(ts).serve(args...)) }

// unserve ends it: asked to, or with "killed" not.
func cmdUnserve(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(townOf(ts).unserve(len(args) > 0))
}

// market opens a town: a hub that serves, the event of the preset, a kiosk
// with so many cards, and accounts of the names that follow.
func cmdMarket(ts *testscript.TestScript, _ bool, args []string) {
	c := townOf(ts)
	ts.Check(c.serve())
	ts.Check(c.market(args[0], "--preset", "kisarazu", "--open-today"))
	ts.Check(c.accounts(args[1:]...))
}

// card prints the address in a card's code: its number, and changes like
// points=300 that its true signer would not make.
func cmdCard(ts *testscript.TestScript, _ bool, args []string) {
	text, err := townOf(ts).forge(args)
	ts.Check(err)
	fmt.Fprintln(ts.Stdout(), text)
}

// claim lets an account take the points of a card: claim ACCOUNT FILE.png, or
// claim ACCOUNT NUMBER with changes, as for card. It says what the page says.
func cmdClaim(ts *testscript.TestScript, neg bool, args []string) {
	c := townOf(ts)
	text, err := "", error(nil)
	if strings.HasSuffix(args[1], ".png") {
		text, err = readCodes(ts.MkAbs(args[1]))
	} else {
		text, err = c.forge(args[1:])
	}
	ts.Check(err)
	page, err := c.claim(text, args[0])
	ts.Check(err)
	fmt.Fprintln(ts.Stdout(), page.status, page.heading())
	if taken := page.path == "/done"; taken == neg {
		ts.Fatalf("the claim ended at %s with %d: %s", page.path, page.status, page.heading())
	}
}

// read prints what stands in the codes on papers, a line each.
func cmdRead(ts *testscript.TestScript, _ bool, args []string) {
	for n := range args {
		args[n] = ts.MkAbs(args[n])
	}
	text, err := readCodes(args...)
	ts.Check(err)
	fmt.Fprint(ts.Stdout(), text)
}

// exits runs a program that must end with an exit status.
func cmdExits(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	cmd := exec.Command(filepath.Join(bin, args[1]), args[2:]...)
	cmd.Dir, cmd.Env = ts.Getenv("WORK"), []string{"XDG_STATE_HOME=" + ts.Getenv("WORK"), "HOME=/no-home", "LANG=" + ts.Getenv("LANG")}
	cmd.Stdout, cmd.Stderr = ts.Stdout(), ts.Stderr()
	var exit *exec.ExitError
	if err := cmd.Run(); err != nil && !errors.As(err, &exit) {
		ts.Fatalf("%v", err)
	}
	if got := cmd.ProcessState.ExitCode(); got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}

// printer starts a network printer with so many rows on its roll, whose papers
// come out in a folder, and says where it is.
func cmdPrinter(ts *testscript.TestScript, _ bool, args []string) {
	rows, err := strconv.Atoi(args[0])
	ts.Check(err)
	uri, err := townOf(ts).plug(rows, ts.MkAbs(args[1]))
	ts.Check(err)
	ts.Setenv("PRINTER", uri)
}

// load puts a new roll in.
func cmdLoad(ts *testscript.TestScript, _ bool, _ []string) { townOf(ts).printer.Load(0) }

// papers counts the papers in a folder: papers FOLDER N.
func cmdPapers(ts *testscript.TestScript, _ bool, args []string) {
	found, err := filepath.Glob(filepath.Join(ts.MkAbs(args[0]), "page-*.png"))
	ts.Check(err)
	if fmt.Sprint(len(found)) != args[1] {
		ts.Fatalf("%d papers, want %s", len(found), args[1])
	}
}

// readCodes reads printed papers with an independent reader.
func readCodes(papers ...string) (string, error) {
	out, err := exec.CommandContext(context.Background(), "zbarimg", append([]string{"-q", "--raw", "-Sdisable", "-Sqrcode.enable"}, papers...)...).Output()
	if err != nil {
		return "", fmt.Errorf("read the codes with zbarimg: %w", err)
	}
	return string(out), nil
}
