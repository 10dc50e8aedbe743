package printer_test

import (
	"context"
	"errors"
	"fmt"
	"log"

	"pointkiosk/printer"
	"pointkiosk/printer/printertest"
	"pointkiosk/printer/wire"
)

// Print a line in the printer's own letters, and wait until the paper is cut
// off. README.md shows the same, with a printer's address.
func Example() {
	address := office()

	model, e1 := printer.Named("epson-tm-80")
	line, e2 := wire.Open(address, nil)
	if err := errors.Join(e1, e2); err != nil {
		log.Fatal(err)
	}
	defer line.Close()
	dev, err := printer.New(line, &printer.Opts{Profile: model})
	if err != nil {
		log.Fatal(err)
	}
	proof, err := dev.Print(&printer.Text{Centre: true, Runs: []printer.Run{{Text: "こんにちは"}}})
	fmt.Println(proof, err)

	// Output: printed <nil>
}

// office is where a printer stands on the network.
func office() string {
	model, err := printer.Named("epson-tm-80")
	if err != nil {
		log.Fatal(err)
	}
	vp, err := printertest.New(printertest.Like(model))
	if err != nil {
		log.Fatal(err)
	}
	l, err := printertest.Listen()
	if err != nil {
		log.Fatal(err)
	}
	go func() { _ = vp.Serve(context.Background(), l) }() // until the tests end
	return "tcp://" + l.Addr().String()
}
