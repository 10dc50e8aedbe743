package station

import (
	"bytes"
	"context"
	"encoding/binary"
	"math"
	"os/exec"
	"time"
)

// beepLimit is how long a sound may take: whoever plays it hangs where there is no
// sound card that works.
const beepLimit = 3 * time.Second

// beep sounds on the loudspeaker, where this machine has one and a program that
// plays. The front plate's buzzer sounds by itself. Nothing waits for it, and
// silence is no fault: the screen says the same.
func (d *Desk) beep(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, beepLimit)
	defer cancel()
	for _, player := range [][]string{{"paplay", "/dev/stdin"}, {"aplay", "-q", "-"}} {
		path, err := exec.LookPath(player[0])
		if err != nil {
			continue
		}
		play := exec.CommandContext(ctx, path, player[1:]...)
		play.Stdin = bytes.NewReader(tone())
		if err = play.Run(); err == nil {
			return
		}
		d.opts.Log.Info("sound", "player", player[0], "error", err)
	}
}

// tone is two short beeps as a WAV file: 16 bits, one channel.
func tone() []byte {
	const rate, pitch, loud = 22050, 1000, 12000
	var samples []int16
	for _, part := range []struct {
		long time.Duration
		loud float64
	}{{200 * time.Millisecond, loud}, {100 * time.Millisecond, 0}, {200 * time.Millisecond, loud}} {
		for n := range int(part.long.Seconds() * rate) {
			samples = append(samples, int16(part.loud*math.Sin(2*math.Pi*pitch*float64(n)/rate)))
		}
	}
	size := uint32(2 * len(samples))
	out := []byte("RIFF")
	out = binary.LittleEndian.AppendUint32(out, 36+size)
	out = append(out, "WAVEfmt "...)
	out = binary.LittleEndian.AppendUint32(out, 16)
	for _, v := range []uint16{1, 1} { // PCM, mono
		out = binary.LittleEndian.AppendUint16(out, v)
	}
	out = binary.LittleEndian.AppendUint32(out, rate)
	out = binary.LittleEndian.AppendUint32(out, 2*rate)
	for _, v := range []uint16{2, 16} { // bytes and bits a sample
		out = binary.LittleEndian.AppendUint16(out, v)
	}
	out = append(out, "data"...)
	out = binary.LittleEndian.AppendUint32(out, size)
	for _, s := range samples {
		out = binary.LittleEndian.AppendUint16(out, uint16(s))
	}
	return out
}
