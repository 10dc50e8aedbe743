package jpkitest

import (
	"net"
	"syscall"
)

// acknowledge has what comes next acknowledged at once. The kernel forgets it
// again, so it is said before each read.
func acknowledge(link *net.TCPConn) {
	raw, err := link.SyscallConn()
	if err != nil {
		return
	}
	_ = raw.Control(func(fd uintptr) { _ = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, syscall.TCP_QUICKACK, 1) })
}
