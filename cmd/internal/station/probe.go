package station

import (
	"errors"

	"pointkiosk/printer"
)

// Probe asks the printer what it is. It needs no enrolment, and no kiosk that
// runs.
func Probe(opts Opts) (found printer.Found, err error) {
	s := opts.Settings.Printer
	model, err := s.profile()
	if err != nil {
		return found, err
	}
	err = alone(opts.Dir, func() error {
		l, err := connect(s.URI, model, nil)
		if err != nil {
			return err
		}
		found, err = printer.Probe(l.conn, l.now)
		if l.closer != nil {
			err = errors.Join(err, l.closer.Close())
		}
		return err
	})
	return found, err
}
