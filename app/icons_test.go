package app

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"rachis/icons"
)

// TestIconsExist finds every name of an icon in the source, given to iconOf or to a helper that hands it on (a parameter named icon), and holds
// that it is drawn.
func TestIconsExist(t *testing.T) {
	paths, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		carries := map[string]int{"iconOf": 0}
		ast.Inspect(file, func(n ast.Node) bool {
			assign, ok := n.(*ast.AssignStmt)
			if !ok || len(assign.Lhs) != 1 || len(assign.Rhs) != 1 {
				return true
			}
			name, isName := assign.Lhs[0].(*ast.Ident)
			f, isFunc := assign.Rhs[0].(*ast.FuncLit)
			if !isName || !isFunc {
				return true
			}
			at := 0
			for _, field := range f.Type.Params.List {
				for _, p := range field.Names {
					if p.Name == "icon" {
						carries[name.Name] = at
					}
					at++
				}
			}
			return true
		})
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			name, ok := call.Fun.(*ast.Ident)
			if !ok {
				return true
			}
			at, ok := carries[name.Name]
			if !ok || at >= len(call.Args) {
				return true
			}
			literal, ok := call.Args[at].(*ast.BasicLit)
			if !ok {
				return true
			}
			icon, err := strconv.Unquote(literal.Value)
			if err != nil {
				t.Fatal(err)
			}
			found++
			if _, ok := icons.Named(icon); !ok {
				t.Errorf("%s: icon %q is not drawn", path, icon)
			}
			return true
		})
	}
	if found < 30 {
		t.Errorf("only %d names of icons were found: how are they written now?", found)
	}
}
