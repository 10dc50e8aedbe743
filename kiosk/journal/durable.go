//go:build !plantednormal

package journal

// durable is how the journal commits: with FULL every commit is synced.
const durable = "FULL"
