package station

import (
	"bytes"
	"encoding/binary"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
)

// The sound goes to whichever player there is, as a file that says how long it is;
// where there is none, or it fails, nothing happens.
func TestBeep(t *testing.T) {
	for _, tt := range []struct {
		player, script string
		heard          bool
	}{
		{"aplay", "cat > \"$HEARD\"\n", true}, {"paplay", "cat > \"$HEARD\"\n", true}, {"aplay", "exit 1\n", false}, {"", "", false},
	} {
		dir := t.TempDir()
		heard := filepath.Join(dir, "heard")
		if tt.player != "" {
			// The shell and cat are looked for where they are, the player here alone.
			script := "#!/bin/sh\nPATH=/usr/bin:/bin\n" + tt.script
			if err := os.WriteFile(filepath.Join(dir, tt.player), []byte(script), 0o755); err != nil {
				t.Fatal(err)
			}
		}
		t.Setenv("PATH", dir)
		t.Setenv("HEARD", heard)
		var log bytes.Buffer
		d := &Desk{Station: &Station{opts: Opts{Log: slog.New(slog.NewTextHandler(&log, nil))}}}
		d.beep(t.Context())
		sound, err := os.ReadFile(heard)
		if (err == nil) != tt.heard {
			t.Errorf("%s %q: %v\n%s", tt.player, tt.script, err, &log)
			continue
		}
		if tt.heard && (len(sound) < 20000 || string(sound[:4]) != "RIFF" || string(sound[8:12]) != "WAVE" ||
			int(binary.LittleEndian.Uint32(sound[4:]))+8 != len(sound) || int(binary.LittleEndian.Uint32(sound[40:]))+44 != len(sound)) {
			t.Errorf("%s hears % x… of %d bytes", tt.player, sound[:min(44, len(sound))], len(sound))
		}
	}
}
