package printer_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"pointkiosk/printer"
)

// TestReadme wants README.md to show the program that is run as an example, and
// the profiles as they are.
func TestReadme(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	example, err := os.ReadFile("example_test.go")
	if err != nil {
		t.Fatal(err)
	}
	_, program, _ := strings.Cut(string(example), "address := office()\n\n")
	program, _, _ = strings.Cut(program, "\n\t// Output")
	program = strings.ReplaceAll(strings.ReplaceAll(program, "\n\t", "\n"), "wire.Open(address,", `wire.Open("tcp://192.0.2.7:9100",`)
	program = strings.TrimPrefix(program, "\t")
	if n := strings.Count(program, "\n"); n != 12 {
		t.Errorf("the program has %d lines", n)
	}
	parts := map[string]string{"program": "```go\n" + program + "```\n", "profiles": profileTable()}
	for name, figures := range byteFigures(t) {
		parts["figures of "+name] = figures
	}
	for what, part := range parts {
		if !strings.Contains(string(readme), part) {
			t.Errorf("README.md has not this %s:\n%s", what, part)
		}
	}
}

func profileTable() string {
	var b strings.Builder
	b.WriteString("| profile | dots | layout (others) | answers | cutter | tried |\n|---|---|---|---|---|---|\n")
	for _, p := range printer.Profiles() {
		var others []string
		for _, l := range p.Layouts() {
			if l != p.Layout {
				others = append(others, l.String())
			}
		}
		layouts := p.Layout.String()
		if len(others) > 0 {
			layouts += " (" + strings.Join(others, ", ") + ")"
		}
		fmt.Fprintf(&b, "| %s | %d | %s | %v | %v | %s |\n", p.Name, p.Dots, layouts, p.Answers, p.Cutter, p.Tried)
	}
	return b.String()
}

// byteFigures are what the card of eight lines takes on the wire, with all
// that belongs to it; ten bits a byte on a serial line.
func byteFigures(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	names, kinds := layouts58(t)
	for n, kind := range kinds {
		vp, d := model(t, kind)
		job := drawEight(t, kind.Dots, moduleFor(kind.Layout)).job
		print(t, d, kind, job...) // also clears
		before := vp.Received()
		print(t, d, kind, job...)
		bytes := vp.Received() - before
		thousands := fmt.Sprint(bytes)
		if bytes >= 1000 {
			thousands = fmt.Sprintf("%d,%03d", bytes/1000, bytes%1000)
		}
		row := fmt.Sprintf("| %s |", thousands)
		for _, baud := range []float64{9600, 38400, 115200} {
			row += fmt.Sprintf(" %.2f s |", float64(bytes)*10/baud)
		}
		out[names[n]] = row + "\n"
	}
	return out
}
