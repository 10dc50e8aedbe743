package main

import (
	"testing"
	"testing/synctest"
	"time"
)

// Who comes first goes on: the window that closed, or, where it does not, the one
// who ends the process for it.
func TestOnce(t *testing.T) {
	for _, tt := range []struct {
		name   string
		closes time.Duration
		want   string
	}{
		{"it closes", time.Second, "closed"},
		{"it closes too late", 2 * quitWait, "ended"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var over once
				got := make(chan string, 2)
				go over.last(quitWait, func() { got <- "ended" })
				if tt.closes < quitWait {
					go func() { time.Sleep(tt.closes); over.first(); got <- "closed" }()
				}
				time.Sleep(3 * quitWait)
				if said := <-got; said != tt.want || len(got) != 0 {
					t.Errorf("%s, and %d more", said, len(got))
				}
			})
		})
	}
}
