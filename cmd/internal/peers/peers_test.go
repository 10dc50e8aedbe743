// Package peers holds no code: it makes the same cards with other programs, and
// measures them against ours. PEERS.md says what each does.
package peers

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A tool is one way to make cards.
type tool struct {
	name  string
	needs []string // programs; npm: a module of node; python: what it must be able to run
	cards int
	most  float64 // ours may take this share of its processor time; 0 is no aim
	child func(w *work, out string) *exec.Cmd
}

// A work is the cards that all make, in a folder: cards.csv, card.json and codes.txt.
type work struct {
	dir, fonts, modules string
	rows                []row
}

// python is Debian's, whose ReportLab it is.
const python = "/usr/bin/python3"

var tools = []tool{
	{"typst (node), codes made before", []string{"node", "npm:@myriaddreamin/typst-ts-node-compiler"}, 10_000, 0.15, func(w *work, out string) *exec.Cmd {
		return w.node("with_typst.cjs", w.dir, w.fonts, out)
	}},
	{"pdfkit, qrcode", []string{"node", "npm:pdfkit", "npm:qrcode"}, 10_000, 0.05, func(w *work, out string) *exec.Cmd {
		return w.node("with_pdfkit.cjs", w.dir, w.fonts, out)
	}},
	{"ReportLab, libqrencode", []string{"python:import reportlab", `python:import ctypes; ctypes.CDLL("libqrencode.so.4")`}, 10_000, 0.05, func(w *work, out string) *exec.Cmd {
		return exec.Command(python, "with_reportlab.py", "libqrencode", w.dir, w.fonts, out)
	}},
	{"ReportLab, QrCodeWidget", []string{"python:import reportlab"}, 1_000, 0.05, func(w *work, out string) *exec.Cmd {
		return exec.Command(python, "with_reportlab.py", "widget", w.dir, w.fonts, out)
	}},
	{"fpdf, a PNG per card", nil, 10_000, 0.02, func(w *work, out string) *exec.Cmd { return self("naive", w.csv(), out) }},
	{"gLabels, two jobs and qpdf", []string{"glabels-3-batch", "qpdf"}, 1_000, 0.002, (*work).glabels},
}

func (w *work) csv() string { return filepath.Join(w.dir, "cards.csv") }

func (w *work) node(script string, args ...string) *exec.Cmd {
	c := exec.Command("node", append([]string{script}, args...)...)
	c.Env = append(os.Environ(), "NODE_PATH="+w.modules)
	return c
}

// glabels has no duplex: two jobs, whose pages are put one behind the other.
func (w *work) glabels(out string) *exec.Cmd {
	c := exec.Command("sh", "-ec", `
		for side in front back; do glabels-3-batch -s $((($2 + 9) / 10)) -i cards.csv -o "$1.$side" $side.glabels; done
		qpdf --empty --collate --pages "$1.front" "$1.back" -- "$1"
		rm "$1.front" "$1.back"`, "sh", out, strconv.Itoa(len(w.rows)))
	c.Dir = w.dir
	c.Env = append(os.Environ(), "FONTCONFIG_FILE="+filepath.Join(w.dir, "fonts.conf"))
	return c
}

// missing is what of a tool isn't there.
func (w *work) missing(t tool) (names []string) {
	for _, need := range t.needs {
		var err error
		switch kind, name, _ := strings.Cut(need, ":"); kind {
		case "npm":
			_, err = os.Stat(filepath.Join(w.modules, name))
		case "python":
			err = exec.Command(python, "-c", name).Run()
		default:
			_, err = exec.LookPath(need)
		}
		if err != nil {
			names = append(names, need)
		}
	}
	return names
}

// childWork makes this test binary do one thing and end, to be measured from
// outside.
const childWork = "POINTKIOSK_PEER"

func self(args ...string) *exec.Cmd {
	c := exec.Command(os.Args[0], args...)
	c.Env = append(os.Environ(), childWork+"=1")
	return c
}

func TestMain(m *testing.M) {
	if os.Getenv(childWork) == "" {
		os.Exit(m.Run())
	}
	var err error
	switch n, _ := strconv.Atoi(os.Args[2]); os.Args[1] {
	case "meter":
		err = meter(os.Args[2:]...)
	case "ours":
		err = ours(context.Background(), n, os.Args[3])
	case "naive":
		err = naive(os.Args[2], os.Args[3])
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// A cost is what a process and those it started took.
type cost struct {
	wall, cpu time.Duration
	peak      int64 // KiB
	size      int64 // of the PDFs
}

// measure runs a child that writes PDFs as out, or into a folder out. A process of
// its own starts it: Linux counts to a child's peak what its parent had at the
// start.
func measure(c *exec.Cmd, out string) (m cost, err error) {
	meter := self(append([]string{"meter"}, c.Args...)...)
	meter.Dir = c.Dir
	if c.Env != nil {
		meter.Env = append(c.Env, childWork+"=1")
	}
	var figures, said strings.Builder
	meter.Stdout, meter.Stderr = &figures, &said
	if err := meter.Run(); err != nil {
		return m, fmt.Errorf("peers: %v: %w\n%s", c.Args, err, said.String())
	}
	if _, err := fmt.Sscan(figures.String(), &m.wall, &m.cpu, &m.peak); err != nil {
		return m, fmt.Errorf("peers: %v: %w", c.Args, err)
	}
	for _, file := range pdfs(out) {
		info, err := os.Stat(file)
		if err != nil {
			return m, err
		}
		m.size += info.Size()
	}
	return m, nil
}

// meter runs a program, and prints what it took.
func meter(args ...string) error {
	c := exec.Command(args[0], args[1:]...)
	c.Stdout, c.Stderr = os.Stderr, os.Stderr
	begin := time.Now()
	if err := c.Run(); err != nil {
		return err
	}
	s := c.ProcessState
	_, err := fmt.Println(int64(time.Since(begin)), int64(s.UserTime()+s.SystemTime()), s.SysUsage().(*syscall.Rusage).Maxrss)
	return err
}

func pdfs(out string) []string {
	if files, _ := filepath.Glob(filepath.Join(out, "out", request, request+"-*.pdf")); len(files) > 0 {
		return files
	}
	return []string{out}
}
