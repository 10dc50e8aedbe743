package fault

import (
	"os"
	"testing"
)

// Cutting the power of a folder on the machine's own disk is refused.
func TestApart(t *testing.T) {
	dir, err := os.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer dir.Close()
	if err := apart(dir); err == nil {
		t.Error("a plain folder was taken for a mount")
	}
	root, err := os.Open("/")
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	if err := apart(root); err == nil {
		t.Error("the root was taken for a mount of its own")
	}
}
