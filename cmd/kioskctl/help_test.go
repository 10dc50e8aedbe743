package main

import (
	"bytes"
	"flag"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"pointkiosk/assets/words"
	"pointkiosk/cmd/internal/press"
	"pointkiosk/packaging/proof"
)

// All that kioskctl says to who asks for help, and what each flag does there.
func TestHelp(t *testing.T) {
	for lang, example := range map[string]string{"ja": "\n例: ", "en": "\nExample: "} {
		t.Run(lang, func(t *testing.T) {
			t.Setenv("LC_ALL", lang)
			var all bytes.Buffer
			for _, cmd := range append([]command{{}}, commands...) {
				args := append(strings.Fields(cmd.name), "-h")
				var out, errs bytes.Buffer
				if err := run(t.Context(), args, strings.NewReader(""), &out, &errs); err != nil || errs.Len() > 0 {
					t.Errorf("%s: %v, %s", args, err, &errs)
				}
				if !strings.Contains(out.String(), example) {
					t.Errorf("%s gives no example", args)
				}
				if cmd.name != "" && !strings.HasPrefix(out.String(), "kioskctl "+cmd.name) {
					t.Errorf("%s does not begin with the command", args)
				}
				fmt.Fprintf(&all, "$ kioskctl %s\n%s\n", strings.Join(args, " "), &out)
			}
			proof.Golden(t, "help."+lang+".txt", all.String())
		})
	}
}

// Every flag that a command takes stands in its help, or in that of all.
func TestEveryFlagIsExplained(t *testing.T) {
	t.Setenv("LC_ALL", "en")
	for _, cmd := range commands {
		var help bytes.Buffer
		for _, args := range [][]string{{"-h"}, append(strings.Fields(cmd.name), "-h")} {
			if err := run(t.Context(), args, strings.NewReader(""), &help, &help); err != nil {
				t.Fatal(err)
			}
		}
		c := &call{ctx: t.Context(), name: cmd.name, out: &bytes.Buffer{}, err: &bytes.Buffer{}, in: strings.NewReader(""), raw: []string{"-h"}}
		c.words = words.In("en")
		_ = cmd.run(c) // it asks for help only, to define its flags
		c.flags.VisitAll(func(f *flag.Flag) {
			if !regexp.MustCompile(`--` + f.Name + `\b`).MatchString(help.String()) {
				t.Errorf("%s: --%s is not explained", cmd.name, f.Name)
			}
		})
	}
}

// The help says how many sheets a file has if nobody says so.
func TestHelpSaysDefaults(t *testing.T) {
	for _, lang := range []string{"ja", "en"} {
		if help := words.In(lang).Say("cli.help.sheets"); !regexp.MustCompile(fmt.Sprintf(`--sheets .*\D%d\)`, press.PerFile)).MatchString(help) {
			t.Errorf("%s: no %d in\n%s", lang, press.PerFile, help)
		}
	}
}
