package wire

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"time"
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
	c.dial = func() (line, error) {
		d := net.Dialer{Timeout: c.opts.Dial}
		n, err := d.Dial("tcp", net.JoinHostPort(host, port))
		if err != nil {
			return nil, dialError{err}
		}
		t := n.(*net.TCPConn)
		if err := t.SetWriteBuffer(sendBuffer); err != nil {
			t.Close()
			return nil, fmt.Errorf("set the send buffer: %w", err)
		}
		return tcpLine{t}, nil
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

type tcpLine struct{ *net.TCPConn }

// Close ends the stream and waits for the printer to do the same. Closing with
// answers unread would send a reset, which drops what it has not taken yet.
func (l tcpLine) Close() error {
	if err := l.CloseWrite(); err == nil {
		l.SetReadDeadline(time.Now().Add(linger))
		io.Copy(io.Discard, l.TCPConn)
	}
	return l.TCPConn.Close()
}

const linger = 500 * time.Millisecond
