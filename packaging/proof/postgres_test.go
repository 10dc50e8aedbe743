package proof

import (
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// A server is a real one, its databases are new, and it goes with the process
// that has it, whatever happens to that.
func TestPostgres(t *testing.T) {
	if os.Getenv("POINTKIOSK_TEST_POSTGRES") != "" {
		address := Postgres(t)
		_, dir, _ := strings.Cut(address, "host=")
		os.WriteFile(os.Getenv("POINTKIOSK_TEST_POSTGRES"), []byte(dir), 0o600)
		os.Exit(3) // no end of a test
	}
	one, two := Postgres(t), Postgres(t)
	if one == two || PostgresAdmin(t, "SELECT version()")[:11] != "PostgreSQL " {
		t.Errorf("%s, %s", one, two)
	}
	file := t.TempDir() + "/dir"
	child := exec.Command(os.Args[0], "-test.run=^TestPostgres$")
	child.Env = append(os.Environ(), "POINTKIOSK_TEST_POSTGRES="+file)
	child.Run() //nolint:errcheck // it ends badly, as it should
	dir, err := os.ReadFile(file)
	if err != nil || len(dir) == 0 {
		t.Fatalf("the other process had no server: %v", err)
	}
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if _, err := os.Stat(string(dir)); os.IsNotExist(err) {
			return
		}
		if time.Now().After(end) {
			t.Fatal("the server of a process that is gone is still there")
		}
	}
}
