package wire

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// sendBuffer is no smaller than one round of what a printer takes.
const sendBuffer = 8 << 10

// alive has the kernel ask a printer that owes no acknowledgement, each second,
// whether it is there. One that was switched off and on says no (RST), also when
// its buffer was full before. The kernel asks only while it holds no byte itself,
// so Write gives it none that the printer has no room for: else it would be left
// to window probes, which come up to two minutes apart. It works from Linux 5.4
// on (tcpi_snd_wnd), for every user.
var alive = net.KeepAliveConfig{Enable: true, Idle: time.Second, Interval: time.Second, Count: 127}

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
		if err := errors.Join(t.SetWriteBuffer(sendBuffer), t.SetKeepAliveConfig(alive)); err != nil {
			t.Close()
			return nil, fmt.Errorf("set up the connection: %w", err)
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
	used   time.Time      // when bytes last went
	lost   bool           // the printer acknowledges nothing
	bury   func(*tcpLine) // keeps a lost line until it can be reset
	writes time.Time      // deadline
}

// SetWriteDeadline is kept for Write, which must know it.
func (l *tcpLine) SetWriteDeadline(t time.Time) error {
	l.writes = t
	return l.TCPConn.SetWriteDeadline(t)
}

// Write gives the kernel only what the printer has room for (its window). So
// what it says to have written left at once, and nothing waits here to be sent
// when nobody expects it any more. A question goes whole or not at all.
func (l *tcpLine) Write(b []byte) (sent int, err error) {
	const whole = 64
	l.used = time.Now()
	for sent < len(b) {
		rest := b[sent:]
		err := l.until(func(s state) bool { return s.room >= min(len(rest), whole) || s.closed })
		if err != nil {
			return sent, err
		}
		s, err := l.state()
		if err != nil {
			return sent, err
		}
		if s.room > 0 && !s.closed {
			rest = rest[:min(len(rest), s.room)]
		}
		n, err := l.TCPConn.Write(rest)
		if sent += n; err != nil {
			return sent, err
		}
	}
	return sent, nil
}

// arrived waits until the printer acknowledged all that left.
func (l *tcpLine) arrived() error {
	return l.until(func(s state) bool { return s.waits == 0 || s.closed })
}

// until looks again and again, up to the write deadline.
func (l *tcpLine) until(f func(state) bool) error {
	for pause := time.Millisecond; ; pause = min(2*pause, 10*time.Millisecond) {
		s, err := l.state()
		if err != nil || f(s) {
			return err
		}
		if s.gone {
			l.lost = true
			return errLost
		}
		if !time.Now().Before(l.writes) {
			return os.ErrDeadlineExceeded
		}
		time.Sleep(pause)
	}
}

// A state is what the kernel knows of a connection.
type state struct {
	waits  int  // bytes not acknowledged
	room   int  // bytes that the printer would take now
	closed bool // a write would say why
	gone   bool // so much went unanswered that nobody can be there
}

// unanswered is after how many repetitions, or questions of the kernel's own, a
// line is lost: 3 to 5 s.
const unanswered = 4

func (l *tcpLine) state() (s state, err error) {
	err = l.control(func(fd int) (err error) {
		if s.waits, err = unix.IoctlGetInt(fd, unix.TIOCOUTQ); err != nil { // SIOCOUTQ, man 7 tcp
			return err
		}
		info, err := unix.GetsockoptTCPInfo(fd, unix.IPPROTO_TCP, unix.TCP_INFO)
		if err != nil {
			return err
		}
		s.room = int(info.Snd_wnd) - s.waits // asked in this order it is never too much
		s.closed = info.State != unix.BPF_TCP_ESTABLISHED && info.State != unix.BPF_TCP_CLOSE_WAIT
		s.gone = info.Unacked > 0 && info.Retransmits >= unanswered || info.Unacked == 0 && info.Probes >= unanswered
		return nil
	})
	return s, err
}

// idle reports that nothing went for so long, and the printer takes bytes.
func (l *tcpLine) idle(limit time.Duration) bool {
	if time.Since(l.used) < limit {
		return false
	}
	s, err := l.state()
	return err == nil && s.waits == 0 && s.room > 0
}

// ended reports a printer that hung up or went away, before bytes go to it in
// vain: the first write after that still succeeds.
func (l *tcpLine) ended() error {
	err := l.control(func(fd int) error {
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
	if err != nil {
		return err
	}
	return l.slow(nil)
}

// errLost is a line on which nothing is acknowledged.
var errLost = errors.New("the printer went away")

// slow tells a line that is only slow, which is err, from one that is lost. A
// printer that is switched on acknowledges what arrives, and says that it is
// there, even when it can't take more. Waiting for the kernel's next
// repetitions, which come ever later, a printer could be back for a minute and
// nobody notice.
func (l *tcpLine) slow(err error) error {
	if s, e := l.state(); e == nil && s.gone {
		l.lost, err = true, errLost
	}
	return err
}

func (l *tcpLine) control(f func(fd int) error) error {
	err := control(l, f)
	if errors.Is(err, syscall.EPIPE) {
		return io.EOF
	}
	return err
}

// Close ends the stream and waits for the printer to do the same. Closing with
// answers unread would send a reset, which drops what it has not taken yet.
func (l *tcpLine) Close() error {
	if l.lost {
		l.bury(l)
		return l.SetKeepAlive(false) // which would end it here alone
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
