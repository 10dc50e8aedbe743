// Package cmd holds no code: its commands are below. This test keeps the
// arrows of the README's picture true.
package cmd

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

func TestArrows(t *testing.T) {
	for _, tt := range []struct{ from, never, why string }{
		{"cards", "database/sql", "a card is a fact, not a row"},
		{"cards", "net/http", "a card is checked without a network"},
		{"cards", "pointkiosk/", "every arrow ends at cards"},
		{"cards/qr", "pointkiosk/", "a code knows no card"},
		{"cards/face", "pointkiosk/printer", "a face knows no printer"},
		{"cards/face", "pointkiosk/kiosk", "a face knows no kiosk"},
		{"cards/sheet", "pointkiosk/kiosk", "paper knows no kiosk"},
		{"cards/sheet", "pointkiosk/hub", "paper knows no hub"},
		{"cards/sheet", "pointkiosk/printer", "a PDF knows no printer of ours"},
		{"cards/sheet", "fyne.io/fyne/v2", "paper has no window"},
		{"printer", "pointkiosk/", "a driver never learns what a card is"},
		{"printer/wire", "pointkiosk/cards", "a wire carries bytes"},
		{"printer/printertest", "pointkiosk/cards", "an emulator knows only what it emulates"},
		{"assets/words", "pointkiosk/cards", "words know nothing"},
		{"hub/api", "pointkiosk/hub/ledger", "what is said does not know who keeps it"},
		{"hub/api", "database/sql", "what is said does not know where it is kept"},
		{"hub/ledger", "net/http", "a ledger speaks no HTTP"},
		{"hub/ledger", "modernc.org/sqlite", "drivers only in cmd"},
		{"hub/ledger", "github.com/jackc/pgx", "drivers only in cmd"},
		{"hub/postgres", "github.com/jackc/pgx", "drivers only in cmd"},
		{"hub/postgres", "pointkiosk/", "a server knows no book"},
		{"hub/ledger", "pointkiosk/kiosk", "kiosk and hub meet in cards"},
		{"hub/registry", "net/http", "accounts speak no HTTP"},
		{"hub/registry", "pointkiosk/hub/ledger", "who it is does not know what they hold"},
		{"hub/revocation", "database/sql", "whom a CA took back is kept by nobody here"},
		{"hub/revocation", "pointkiosk/hub/registry", "a CA's word is asked for by its user"},
		{"assets/unfit", "pointkiosk/", "a list knows no ID and no account"},
		{"hub", "modernc.org/sqlite", "drivers only in cmd"},
		{"hub", "github.com/jackc/pgx", "drivers only in cmd"},
		{"cmd/kiosk", "github.com/jackc/pgx", "a kiosk's journal is a file"},
		{"hub", "pointkiosk/kiosk", "kiosk and hub meet in cards"},
		{"hub", "fyne.io/fyne/v2", "a hub has no window"},
		{"kiosk", "fyne.io/fyne/v2", "the machine draws nothing"},
		{"kiosk", "database/sql", "the machine declares its journal"},
		{"kiosk", "pointkiosk/printer", "the machine declares its printer"},
		{"kiosk", "pointkiosk/hub", "a card is issued without a network"},
		{"kiosk", "pointkiosk/cards/sheet", "the machine names paper, and makes none"},
		{"kiosk/journal", "modernc.org/sqlite", "drivers only in cmd"},
		{"kiosk/journal", "net/http", "a journal asks nobody"},
		{"kiosk/uplink", "pointkiosk/hub/ledger", "kiosk and hub meet in cards and api"},
		{"kiosk/jpki", "pointkiosk/kiosk", "an applet knows no kiosk"},
		{"kiosk/jpki", "pointkiosk/hub", "whom to trust the hub knows"},
		{"kiosk/jpki/jpkitest", "pointkiosk/", "a virtual card knows only what a card does"},
		{"kiosk/wizard", "pointkiosk/", "steps know no card and no hub"},
		{"kiosk/account", "pointkiosk/", "an account's screens know no hub"},
		{"kiosk/prize", "pointkiosk/", "a prize is asked for, and knows nobody"},
		{"kiosk/panel", "pointkiosk/", "a front plate knows pins and time"},
		{"kiosk/pcsc", "pointkiosk/", "a reader knows no card"},
		{"ui", "fyne.io/fyne/v2/app", "only cmd opens a window; ui tests need no X11"},
		{"cmd/hub", "pointkiosk/packaging/proof", "what tests share is for tests"},
		{"cmd/kiosk", "pointkiosk/packaging/proof", "what tests share is for tests"},
		{"cmd/kioskctl", "pointkiosk/packaging/proof", "what tests share is for tests"},
		{"cmd/demo", "pointkiosk/packaging/proof", "what tests share is for tests"},
		{"ui", "database/sql", "a screen knows no database"},
		{"ui", "pointkiosk/printer", "a screen knows no device"},
		{"ui", "pointkiosk/cards/sheet", "a screen shows a sample, and makes none"},
	} {
		t.Run(tt.from+" without "+tt.never, func(t *testing.T) {
			out, err := exec.CommandContext(t.Context(), "go", "list", "-tags", "migrated_fynedo,no_animations", "-deps", "pointkiosk/"+tt.from).Output()
			if err != nil {
				t.Fatal(err)
			}
			for dep := range strings.FieldsSeq(string(out)) {
				if dep != "pointkiosk/"+tt.from && (dep == strings.TrimSuffix(tt.never, "/") || strings.HasPrefix(dep, strings.TrimSuffix(tt.never, "/")+"/")) {
					allowed := map[string][]string{"printer/wire": {"pointkiosk/printer"}}
					if !slices.Contains(allowed[tt.from], dep) {
						t.Errorf("%s imports %s: %s", tt.from, dep, tt.why)
					}
				}
			}
		})
	}
}
