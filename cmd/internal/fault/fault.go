// Package fault makes the faults that a kiosk has to survive: the power cut and
// the full disk (Disk), and a process that dies, is sent a signal, or is told an
// error, at one chosen system call (Crash). The package's tests let them happen
// to kioskctl while it issues, or makes sheets, and look at what is left from
// outside: at the paper or the files, at what had been said, and at the journal.
//
// A fault happens to its own child process or its own mount, to nothing else.
// Every harness is also run against a build with a planted fault, which it must
// find.
//
// It is for tests alone: no program imports it.
package fault
