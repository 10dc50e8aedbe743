// Package station puts a kiosk together from its settings: keys, journal,
// printer, uplink. The window and the command line share it.
//
// A data directory belongs to one process at a time. The package decides
// nothing about cards: that is package kiosk's.
package station

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"

	"github.com/pelletier/go-toml/v2"

	"pointkiosk/printer"
)

// Settings are what a city writes down for one kiosk. The annotated example is
// packaging/kiosk.toml.
type Settings struct {
	Printer Printer `toml:"printer"`
	Card    Card    `toml:"card"`
	Screen  Screen  `toml:"screen"`
	Staff   []Staff `toml:"staff"`
	GPIO    GPIO    `toml:"gpio"`
	Sheets  Sheets  `toml:"sheets"`
	// Head is the directory of the file that keeps the journal's head, on
	// another disk if there is one. Empty: the data directory.
	Head string `toml:"head"`
	// Voids is how many cards may be voided here in a day on one person's word,
	// whoever they are; above it takes a second one.
	Voids int `toml:"voids_a_day"`
}

// Printer says where the printer is and what it can do.
type Printer struct {
	URI     string `toml:"uri"`     // tcp://HOST:PORT, serial:///dev/ttyUSB0?baud=115200&flow=rtscts, file:///dev/usb/lp0, virtual:DIR
	Profile string `toml:"profile"` // of printer/profiles.json
	Beep    bool   `toml:"beep"`    // it sounds its buzzer behind each card
	// Ping asks between the parts of a card, where a printer that is switched off
	// and on doesn't break the line. A serial line is always asked.
	Ping bool `toml:"ping"`
	// Stop lets no card begin while the roll ends soon.
	Stop bool `toml:"stop_at_near_end"`
	// PaperDays is how long what it prints can be read: no card is handed out that
	// is good for longer, from its event's day on.
	PaperDays int `toml:"paper_days"`
	// Differs are the fields of the profile in which this printer is another.
	Differs map[string]any `toml:"differs"`
}

// Card says where a My Number card is put down, and in which scheme a MyKey ID
// is made.
type Card struct {
	// Reader is empty for none, pcsc: for whichever pcscd has, pcsc:NAME for one
	// with this in its name, or virtual:KIND for a hand that lays down one card of
	// nobody after another.
	Reader string `toml:"reader"`
	Scheme string `toml:"scheme"` // its Japanese name; empty: that of the last event granted
	// Leases is how many MyKey IDs are held for when there is no network.
	Leases int `toml:"leases"`
}

// Screen says how the window comes up.
type Screen struct {
	Lang       string `toml:"lang"`
	FullScreen bool   `toml:"full_screen"`
	Width      int    `toml:"width"`
	Height     int    `toml:"height"`
	Idle       int    `toml:"idle_minutes"` // after which the Issue screen closes
}

// maxStaff is how many bytes of a name the papers to the hub take (cards/MYKEY.md,
// 5 and 9).
const maxStaff = 64

// Staff may open the staff door.
type Staff struct {
	Name string `toml:"name"` // stands in every entry that they cause
	PIN  string `toml:"pin"`  // bcrypt, from `kioskctl pin`
}

// Usual are the settings of a kiosk without a settings file.
func Usual() Settings {
	return Settings{
		Voids:   5,
		Printer: Printer{URI: "virtual:paper", Profile: "raster-58", PaperDays: 365},
		Card:    Card{Leases: 20},
		Screen:  Screen{Lang: "ja", Width: 1280, Height: 800, Idle: 15},
	}
}

// Load reads a settings file over the usual settings. A name that is not a
// setting is an error: it may be a misspelt one.
func Load(path string) (Settings, error) {
	s := Usual()
	if path == "" {
		return s, nil
	}
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return s, fmt.Errorf("station: there is no settings file %s", path)
	}
	if err != nil {
		return s, fmt.Errorf("station: settings: %w", err)
	}
	d := toml.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&s); err != nil {
		var strict *toml.StrictMissingError
		if errors.As(err, &strict) {
			return s, fmt.Errorf("station: settings %s: unknown setting: %s", path, strict.String())
		}
		return s, fmt.Errorf("station: settings %s: %w", path, err)
	}
	return s, s.check()
}

func (s Settings) check() error {
	switch {
	case s.Screen.Lang != "ja" && s.Screen.Lang != "en":
		return fmt.Errorf("station: settings: language %q is neither ja nor en", s.Screen.Lang)
	case s.Voids < 0:
		return fmt.Errorf("station: settings: voids_a_day %d is less than none", s.Voids)
	case s.Printer.PaperDays < 1:
		return fmt.Errorf("station: settings: paper_days %d is too short", s.Printer.PaperDays)
	case slices.ContainsFunc(s.Staff, func(w Staff) bool { return len(w.Name) > maxStaff }):
		return fmt.Errorf("station: settings: a name of the staff is longer than %d bytes", maxStaff)
	case s.Screen.Idle < 1:
		return fmt.Errorf("station: settings: idle_minutes %d is too short", s.Screen.Idle)
	}
	if _, err := s.Printer.profile(); err != nil {
		return fmt.Errorf("station: settings: %w", err)
	}
	if err := s.Card.check(); err != nil {
		return err
	}
	if err := s.Sheets.check(); err != nil {
		return err
	}
	return s.GPIO.check()
}

// profile is the printer's model, as it is here.
func (p Printer) profile() (printer.Profile, error) {
	model, err := printer.Named(p.Profile)
	if err != nil || len(p.Differs) == 0 {
		return model, err
	}
	object, err := json.Marshal(p.Differs)
	if err != nil {
		return model, fmt.Errorf("printer.differs: %w", err)
	}
	return model.With(object)
}
