//go:build plantednormal

package journal

// durable is planted wrong, so that the power-cut harness can show that it
// finds the fault: NORMAL loses acknowledged commits.
const durable = "NORMAL"
