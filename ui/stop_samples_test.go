package ui

import (
	"pointkiosk/kiosk"
	"pointkiosk/kiosk/wizard"
)

// stopSamples are the ends before the good one.
func stopSamples() (list []sample) {
	for _, w := range append(stops(), stop{name: "no-such-word"}) {
		list = append(list, atStep("stopped-"+w.name, wizard.Stopped, func(s *kiosk.State) {
			s.MyKey.Reason, s.MyKey.Word = wizard.Refused, w.name
		}))
	}
	return append(list, atStep("stopped-has-id-before", wizard.Stopped, func(s *kiosk.State) {
		s.MyKey.Reason, s.MyKey.Word, s.MyKey.Before = wizard.Refused, "has-id", true
	}))
}
