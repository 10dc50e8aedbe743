package ui

import (
	"os"
	"strings"
	"testing"

	"pointkiosk/kiosk"
)

func TestZZ(t *testing.T) {
	newApp(t)
	for _, size := range sizes() {
		root, _ := open(t, size, func(kiosk.Event) {})
		for _, s := range samples() {
			if ok := false; true {
				for _, p := range strings.Fields(os.Getenv("ZZ")) {
					ok = ok || strings.HasPrefix(s.name, p)
				}
				if !ok {
					continue
				}
			}
			for _, look := range looks() {
				if s.state.Look = look; look.Contrast && size.Width != 1280 {
					continue
				}
				s.show(root)
				for _, fault := range faults(spots(root.Object()), size, root.pen.mm) {
					t.Errorf("%s %.0fx%.0f %s: %s", s.name, size.Width, size.Height, lookName(look), fault)
				}
			}
		}
	}
}
