// Package fault makes the faults that a kiosk has to survive: the power cut
// (Disk), and a process that dies, or is told an error, at one chosen system
// call (Crash). The package's tests let them happen to kioskctl while it
// issues, and look at what is left from outside: at the paper, at what had
// been said, and at the journal.
//
// A fault happens to its own child process or its own loop mount, to nothing
// else. Every harness is also run against a build with a planted fault, which
// it must find.
//
// It is for tests alone: no program imports it.
package fault
