package station

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"math"
	"os/exec"
	"strconv"
	"time"

	"pointkiosk/cards/sheet"
	"pointkiosk/cmd/internal/press"
)

const (
	sampleDots = 200.0 // an inch: a card is as wide as half a screen
	sampleTime = 10 * time.Second
)

// drawn draws a sample's front and back by poppler, as a printer's driver will: a
// drawing of our own could look right where the PDF does not.
func drawn(ctx context.Context, pdf []byte, job press.Job) (front, back image.Image, err error) {
	s := job.Stock
	if front, err = cell(ctx, pdf, 1, s.Left, s.Top, s.Cell); err != nil || job.Sides == sheet.Single {
		return front, nil, err
	}
	back, err = cell(ctx, pdf, 2, s.Page.W-s.Left-s.Cell.W, s.Top, s.Cell)
	return front, back, err
}

// cell draws one card of a page, cut where the paper will be.
func cell(ctx context.Context, pdf []byte, page int, left, top float64, size sheet.Size) (image.Image, error) {
	ctx, cancel := context.WithTimeout(ctx, sampleTime)
	defer cancel()
	dots := func(mm float64) string { return strconv.Itoa(int(math.Round(mm / 25.4 * sampleDots))) }
	n := strconv.Itoa(page)
	run := exec.CommandContext(ctx, "pdftoppm", "-png", "-r", strconv.Itoa(sampleDots), "-f", n, "-l", n,
		"-x", dots(left), "-y", dots(top), "-W", dots(size.W), "-H", dots(size.H), "-")
	run.Stdin = bytes.NewReader(pdf)
	out, err := run.Output()
	if err != nil {
		return nil, fmt.Errorf("station: pdftoppm: %w", err)
	}
	picture, err := png.Decode(bytes.NewReader(out))
	if err != nil {
		return nil, fmt.Errorf("station: pdftoppm: %w", err)
	}
	return picture, nil
}
