package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pointkiosk/packaging/proof"
	"pointkiosk/printer"
	"pointkiosk/printer/printertest"
	"pointkiosk/printer/wire"
)

// serve is a printer of a profile on the network.
func serve(t *testing.T, name string) (vp *printertest.Printer, uri string) {
	t.Helper()
	model, err := printer.Named(name)
	if err != nil {
		t.Fatal(err)
	}
	if vp, err = printertest.New(printertest.Like(model)); err != nil {
		t.Fatal(err)
	}
	uri, stop, err := vp.Plug()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	return vp, uri
}

// replay wants a recording that can be played again.
func replay(t *testing.T, name string) {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if r, err := wire.NewReplayer(f); err != nil || r.Left() < 5 {
		t.Errorf("%v, %v", r, err)
	}
}

// TestPrinterProbe is what a person reads who asks three printers; the settings
// proposed must be such that the test page can then be printed.
func TestPrinterProbe(t *testing.T) {
	for _, lang := range []string{"ja", "en"} {
		t.Setenv("LC_ALL", lang)
		all := ""
		names := []string{"epson-tm-80"}
		if lang == "en" { // the others take their time to say nothing
			names = append(names, "citizen-ct", "clone-58")
		}
		for n, name := range names {
			vp, uri := serve(t, name)
			var out, errs bytes.Buffer
			call := func(args ...string) error {
				out.Reset()
				return run(t.Context(), append(args, "--printer", uri), strings.NewReader(""), &out, &errs)
			}
			if err := call("printer", "probe"); err != nil {
				t.Fatal(err, &errs)
			}
			all += strings.ReplaceAll(out.String(), uri, "tcp://192.0.2.7:9100") + "\n"
			if len(vp.Pages()) > 0 {
				t.Errorf("%s: probing printed", name)
			}
			_, settings, _ := strings.Cut(out.String(), "\n[printer]")
			settings, _, _ = strings.Cut(settings, "\n\n")
			file := filepath.Join(t.TempDir(), "kiosk.toml")
			if err := os.WriteFile(file, []byte("[printer]"+settings), 0o600); err != nil {
				t.Fatal(err)
			}
			record := filepath.Join(t.TempDir(), "line.txt")
			if err := call("printer", "test", "--config", file, "--record", record); err != nil {
				t.Fatal(err, &errs)
			}
			all += strings.ReplaceAll(out.String(), uri, "tcp://192.0.2.7:9100") + "\n"
			if len(vp.Pages()) != 1 {
				t.Errorf("%s: %d test pages", name, len(vp.Pages()))
			}
			replay(t, record)
			if err := call("printer", "test", "--config", file, "--record", record); err == nil {
				t.Error("a recording was written over")
			}
			if n > 0 {
				continue
			}
			if err := call("printer", "probe", "--json"); err != nil || !strings.Contains(out.String(), fmt.Sprintf(`"profiles":["%s"`, name)) {
				t.Errorf("%v, %s", err, &out)
			}
			vp.Inject(printertest.PaperEnd)
			if err := call("printer", "probe"); err == nil || !strings.Contains(errs.String(), map[string]string{"ja": "紙がなくなりました", "en": "paper has run out"}[lang]) {
				t.Errorf("%v, %s", err, &errs)
			}
		}
		proof.Golden(t, "probe."+lang+".txt", all)
	}
}
