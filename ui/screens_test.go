package ui

import (
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"pointkiosk/kiosk"
)

// TestScreens draws every screen at every size of panel and text, and writes
// the pictures where POINTKIOSK_SCREENS says; POINTKIOSK_ONLY names a part of
// the file names that are wanted.
func TestScreens(t *testing.T) {
	newApp(t)
	folder, only := os.Getenv("POINTKIOSK_SCREENS"), os.Getenv("POINTKIOSK_ONLY")
	drawn := 0
	for _, size := range sizes() {
		root, w := open(t, size, func(kiosk.Event) {})
		for _, s := range samples() {
			for _, look := range looks() {
				name := fmt.Sprintf("%s-%.0fx%.0f-%s.png", s.name, size.Width, size.Height, lookName(look))
				if folder == "" && (s.name != "issue" || look != base().Look) || !matches(name, only) {
					continue
				}
				s.state.Look = look
				s.show(root)
				save(t, w, folder, name)
				drawn++
			}
		}
	}
	if drawn == 0 {
		t.Error("nothing was drawn")
	}
}

func matches(name, only string) bool {
	for _, part := range strings.Fields(only) {
		if !strings.Contains(name, part) {
			return false
		}
	}
	return true
}

func save(t *testing.T, w fyne.Window, folder, name string) {
	t.Helper()
	picture := w.Canvas().Capture()
	if got := picture.Bounds().Size(); got.X != int(w.Canvas().Size().Width) {
		t.Errorf("%s is %v", name, got)
	}
	if folder == "" {
		return
	}
	f, err := os.Create(filepath.Join(folder, name))
	if err != nil {
		t.Fatal(err)
	}
	if err := png.Encode(f, picture); err != nil {
		t.Error(err)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
}
