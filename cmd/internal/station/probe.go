package station

import (
	"errors"

	"pointkiosk/printer"
)

// Probe asks the printer what it is. It needs no enrolment, and nobody else may
// be printing.
func Probe(s Printer) (printer.Found, error) {
	model, err := s.profile()
	if err != nil {
		return printer.Found{}, err
	}
	l, err := connect(s.URI, model, nil)
	if err != nil {
		return printer.Found{}, err
	}
	found, err := printer.Probe(l.conn, l.now)
	if l.closer != nil {
		err = errors.Join(err, l.closer.Close())
	}
	return found, err
}
