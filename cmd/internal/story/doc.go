// Package story tells what the programs do together, from the first card to
// the last check, as tests that run the real binaries. It holds no other code.
package story
