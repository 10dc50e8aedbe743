package words

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// Every Say("…") in the repository names a key that is there, with as many
// arguments as the text has verbs.
func TestEveryKeyThatIsSaidExists(t *testing.T) {
	root := filepath.Join("..", "..")
	if _, err := os.Stat(filepath.Join(root, "go.mod")); err != nil {
		t.Fatal(err) // not the repository: nothing would be found
	}
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (strings.HasPrefix(d.Name(), ".") && d.Name() != "..") && name != root:
			return fs.SkipDir
		case d.IsDir() && (d.Name() == "testdata" || d.Name() == "words"):
			return fs.SkipDir
		case !strings.HasSuffix(name, ".go"):
			return nil
		}
		source, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		for _, fault := range missing(t, name, source) {
			t.Error(fault)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// missing lists what a source file says wrongly.
func missing(t *testing.T, name string, source []byte) (faults []string) {
	t.Helper()
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, name, source, parser.SkipObjectResolution)
	if err != nil {
		t.Logf("%s: %v", name, err) // the compiler will say so
		return nil
	}
	ast.Inspect(file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) == 0 {
			return true
		}
		said, ok := call.Fun.(*ast.SelectorExpr)
		literal, isLiteral := call.Args[0].(*ast.BasicLit)
		if !ok || said.Sel.Name != "Say" || !isLiteral || literal.Kind != token.STRING {
			return true
		}
		key, err := strconv.Unquote(literal.Value)
		if err != nil {
			return true
		}
		text, there := In("ja").texts[key]
		want, got := len(verbs(text)), len(call.Args)-1
		switch {
		case !there:
			faults = append(faults, fmt.Sprintf("%v: no key %q", set.Position(call.Pos()), key))
		case got != want && !call.Ellipsis.IsValid():
			faults = append(faults, fmt.Sprintf("%v: %q takes %d arguments, not %d", set.Position(call.Pos()), key, want, got))
		}
		return true
	})
	return faults
}

func TestMissingKeysAreSeen(t *testing.T) {
	for _, tt := range []struct {
		say  string
		want int
	}{
		{`w.Say("card.unit")`, 0},
		{`w.Say("card.reprint", 1)`, 0},
		{`w.Say("card.reprint", args...)`, 0},
		{`w.Say(key)`, 0},
		{`w.Say("no.such")`, 1},
		{`words.In("ja").Say("no.such", 1)`, 1},
		{`w.Say("card.reprint")`, 1},
		{`w.Say("card.unit", 1)`, 1},
	} {
		if got := missing(t, "x.go", []byte("package x\nfunc _() { "+tt.say+" }")); len(got) != tt.want {
			t.Errorf("%s: %q", tt.say, got)
		}
	}
}
