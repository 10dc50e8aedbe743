package wire

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// sendBuffer keeps the kernel from taking megabytes that no printer has seen:
// a write that returns should mean that most of it arrived.
const sendBuffer = 8 << 10

func (c *Conn) tcp(u *url.URL) error {
	host, port := u.Hostname(), u.Port()
	if host == "" || u.Path != "" || u.RawQuery != "" {
		return errors.New("want tcp://HOST:PORT")
	}
	if port == "" {
		port = "9100"
	}
	var dead *tcpLine // lost, but perhaps not for the printer
	c.dial = func() (line, error) {
		d := net.Dialer{Timeout: c.opts.Dial}
		n, err := d.Dial("tcp", net.JoinHostPort(host, port))
		if err != nil {
			return nil, dialError{err}
		}
		if dead != nil { // now that the way is open again: the printer serves one connection at a time
			dead.reset()
			dead = nil
		}
		t := n.(*net.TCPConn)
		if err := t.SetWriteBuffer(sendBuffer); err != nil {
			t.Close()
			return nil, fmt.Errorf("set the send buffer: %w", err)
		}
		return &tcpLine{TCPConn: t, used: time.Now(), bury: func(l *tcpLine) { dead = l }}, nil
	}
	return nil
}

// dialError hides that connecting ran out of time: there is no line that is
// only slow.
type dialError struct{ error }

// Is lets advice see the rest of the reasons.
func (e dialError) Is(target error) bool {
	var ne net.Error
	return !(errors.As(e.error, &ne) && ne.Timeout()) && errors.Is(e.error, target)
}

type tcpLine struct {
	*net.TCPConn
	used time.Time      // when bytes last went
	lost bool           // the printer acknowledges nothing
	bury func(*tcpLine) // keeps a lost line until it can be reset
}

// Write notes the time.
func (l *tcpLine) Write(b []byte) (int, error) {
	l.used = time.Now()
	return l.TCPConn.Write(b)
}

// idle reports that nothing went for so long, and nothing is under way.
func (l *tcpLine) idle(limit time.Duration) bool {
	if time.Since(l.used) < limit {
		return false
	}
	var waits uint32
	err := l.control(func(fd int) (err error) {
		waits, err = unix.IoctlGetUint32(fd, unix.TIOCOUTQ) // SIOCOUTQ, man 7 tcp
		return err
	})
	return err == nil && waits == 0
}

// ended reports a printer that hung up, before bytes go to it in vain: the
// first write after that still succeeds.
func (l *tcpLine) ended() error {
	return l.control(func(fd int) error {
		var b [1]byte
		n, _, err := unix.Recvfrom(fd, b[:], unix.MSG_PEEK|unix.MSG_DONTWAIT)
		switch {
		case errors.Is(err, unix.EAGAIN):
			return nil
		case err == nil && n == 0:
			return io.EOF
		}
		return err
	})
}

// errLost is a line on which nothing is acknowledged.
var errLost = errors.New("the printer went away")

// slow tells a line that is only slow from one that is lost. A printer that is
// switched on acknowledges what arrives even when it can't take more; without
// that, four repetitions take 3 s. Waiting for the kernel's next ones, which
// come ever later, a printer could be back for a minute and nobody notice.
func (l *tcpLine) slow(err error) error {
	const repeated = 4
	_ = l.control(func(fd int) error {
		info, e := unix.GetsockoptTCPInfo(fd, unix.IPPROTO_TCP, unix.TCP_INFO)
		if e == nil && info.Unacked > 0 && info.Retransmits >= repeated {
			l.lost, err = true, errLost
		}
		return nil
	})
	return err
}

func (l *tcpLine) control(f func(fd int) error) error {
	raw, err := l.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	if err := raw.Control(func(fd uintptr) { failed = f(int(fd)) }); err != nil {
		return err
	}
	if errors.Is(failed, syscall.EPIPE) {
		return io.EOF
	}
	return failed
}

// Close ends the stream and waits for the printer to do the same. Closing with
// answers unread would send a reset, which drops what it has not taken yet.
func (l *tcpLine) Close() error {
	if l.lost {
		l.bury(l)
		return nil
	}
	if err := l.CloseWrite(); err == nil {
		l.SetReadDeadline(time.Now().Add(linger))
		io.Copy(io.Discard, l.TCPConn)
	}
	return l.TCPConn.Close()
}

// reset tells the printer, if it still knows this connection, to forget it.
func (l *tcpLine) reset() {
	l.SetLinger(0)
	l.TCPConn.Close()
}

const linger = 500 * time.Millisecond
