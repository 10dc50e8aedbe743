package main

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// papers lists what came out whole, oldest first.
func papers(folder string) ([]string, error) {
	pages, err := filepath.Glob(filepath.Join(folder, "page-*.png"))
	return slices.DeleteFunc(pages, func(p string) bool { return strings.HasSuffix(p, "-torn.png") }), err
}

// lay says which card a paper is, and the address that opens its page on this
// machine.
func (d *demo) lay(page string) (address string, err error) {
	code, err := readCode(d.ctx, page)
	if err != nil {
		return "", err
	}
	_, token, ok := strings.Cut(code, "/C/")
	if !ok {
		return "", errors.New("the code on the paper is no card")
	}
	address = d.url + "C/" + token // the demo hub speaks plain http
	fmt.Fprintln(d.out, d.words.Say("demo.card", page, address))
	return address, nil
}

// readCode reads the printed paper with an independent reader.
func readCode(ctx context.Context, page string) (string, error) {
	out, err := exec.CommandContext(ctx, "zbarimg", "-q", "--raw", page).Output()
	if err != nil {
		return "", fmt.Errorf("read the code on %s with zbarimg: %w", page, err)
	}
	return strings.TrimSpace(string(out)), nil
}

// watch lays down each paper that comes out from now on, until ctx ends.
func (d *demo) watch(ctx context.Context, folder string) {
	const tries = 3 // a paper may be half written yet, or have no code
	seen := map[string]int{}
	old, _ := papers(folder) // the pattern is a good one: no other error can be
	for _, page := range old {
		seen[page] = tries
	}
	look := time.NewTicker(500 * time.Millisecond)
	defer look.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-look.C:
		}
		pages, _ := papers(folder)
		for _, page := range pages {
			if seen[page] >= tries {
				continue
			}
			seen[page]++
			if _, err := d.lay(page); err == nil {
				seen[page] = tries
			}
		}
	}
}
