package assets

import (
	"encoding/xml"
	"regexp"
	"slices"
	"testing"
)

// Screens put their own colours in the place of these three.
func TestPictures(t *testing.T) {
	if len(Pictures()) == 0 {
		t.Fatal("there are no pictures")
	}
	for _, name := range Pictures() {
		svg := Picture(name)
		if err := xml.Unmarshal(svg, new(struct{ XMLName xml.Name })); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for _, c := range regexp.MustCompile(`#[0-9A-Za-z]{3,6}\b`).FindAllString(string(svg), -1) {
			if !slices.Contains([]string{"#1B1B1F", "#0A4A8F", "#FFFFFF"}, c) {
				t.Errorf("%s has the colour %s", name, c)
			}
		}
	}
	if Picture("nosuch") != nil || Picture("../assets") != nil {
		t.Error("a picture that is not there is not nil")
	}
}
