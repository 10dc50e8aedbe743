package ui

import (
	"testing"

	"fyne.io/fyne/v2/test"

	"pointkiosk/kiosk"
)

// To accept a change, move the file from testdata/failed to testdata.
func TestMarkup(t *testing.T) {
	newApp(t)
	for _, tt := range []struct {
		file, sample string
		size         int
		look         kiosk.Look
	}{
		{"issue-1280x800-ja.xml", "issue-handed", 0, kiosk.Look{Lang: "ja", Size: kiosk.Medium}},
		{"confirm-1280x800-en.xml", "confirm", 0, kiosk.Look{Lang: "en", Size: kiosk.Large, Contrast: true}},
		{"out-800x480-ja.xml", "out-P-02", 3, kiosk.Look{Lang: "ja", Size: kiosk.Medium}},
		{"mykey-pin-1280x800-ja.xml", "mykey-pin-wrong", 0, kiosk.Look{Lang: "ja", Size: kiosk.Medium}},
		{"mykey-done-800x480-en.xml", "mykey-done-later", 3, kiosk.Look{Lang: "en", Size: kiosk.Large, Contrast: true}},
		{"range-found-800x480-ja.xml", "range-found-odd", 3, kiosk.Look{Lang: "ja", Size: kiosk.Medium}},
		{"sheets-making-1280x800-en.xml", "sheets-making", 0, kiosk.Look{Lang: "en", Size: kiosk.Large, Contrast: true}},
		{"mykey-stopped-1080x1920-ja.xml", "mykey-stopped-unusable", 2, kiosk.Look{Lang: "ja", Size: kiosk.Medium}},
	} {
		root, w := open(t, sizes()[tt.size], func(kiosk.Event) {})
		st := stateOf(t, tt.sample)
		st.Look = tt.look
		root.Show(st)
		test.AssertRendersToMarkup(t, tt.file, w.Canvas())
	}
}
