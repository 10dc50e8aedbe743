package fault

import "golang.org/x/sys/unix"

var olderCalls = []uint32{unix.SYS_RENAMEAT}

var olderNames = map[uint32]string{unix.SYS_RENAMEAT: "renameat"}
