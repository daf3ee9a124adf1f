package main

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// The tables below are the architecture of ARCHITECTURE.md as far as a test can hold it. A package is named by its folder, "." for main;
// "x/..." is x and all below it. Change a table only together with ARCHITECTURE.md, where the reason stands.

// mayImport says which of our packages each may import. The first line that matches counts.
var mayImport = []struct {
	from string
	to   []string
	why  string
}{
	{".", []string{"app"}, "main only starts the app"},
	{"app/...", []string{"..."}, "app joins everything"},
	{"viewer/render", []string{"annotations", "dicomio/space", "dicomio"}, "render turns samples and shapes into pictures and knows no widget"},
	{"viewer/reslice", []string{"dicomio/space", "dicomio"}, "a plane through a stack is values, and knows no widget"},
	{"viewer/cache", nil, "the cache holds frames by bytes and need not know what they are"},
	{"viewer/...", []string{"annotations", "dicomio/...", "icons", "viewer/..."}, "what is seen knows nothing of what is kept"},
	{"cases", []string{"annotations", "dicomio"}, "cases are values and rules"},
	{"cases/profile", []string{"annotations", "annotations/spine", "cases"}, "published disc heights stand with the methods, and the plot of them beside a reviewer's is of what is kept"},
	{"cases/...", []string{"annotations", "dicomio/...", "cases/..."}, "what is kept knows nothing of how it is shown"},
	{"annotations/spine/registration", []string{"annotations", "annotations/spine", "dicomio/space"}, "films are registered from samples and corners, not from files"},
	{"annotations/spine", []string{"annotations", "annotations/measure", "dicomio/space"}, "the spine is measured from points and statistics, not from files"},
	{"annotations/...", []string{"annotations", "dicomio/space"}, "what the reviewer means depends on places in images, not on files"},
	{"dicomio/space", nil, "places and planes stand on their own"},
	{"dicomio/rle", nil, "a codec knows bytes, not DICOM"},
	{"dicomio/jpegll", nil, "a codec knows bytes, not DICOM"},
	{"dicomio/jpegls", nil, "a codec knows bytes, not DICOM"},
	{"dicomio/jpegdct", nil, "a codec knows bytes, not DICOM"},
	{"dicomio/jpeg2000/ht", nil, "a code-block is bytes"},
	{"dicomio/jpeg2000", []string{"dicomio/jpeg2000/ht"}, "a codec knows bytes, not DICOM"},
	{"dicomio/...", []string{"dicomio/..."}, "what is in a file needs nothing else of ours"},
	{"icons", nil, "icons are pictures"},
}

// onlyIn says which packages alone may import something outside.
var onlyIn = []struct {
	imports string
	in      []string
	why     string
}{
	{"fyne.io/fyne/v2/app", []string{"app"}, "it brings in OpenGL through cgo: all else builds and tests without cgo and without a display"},
	{"fyne.io/fyne/v2/...", []string{"app", "app/command", "viewer", "icons"}, "widgets live in few packages"},
	{"os", []string{"app", "app/bench", "app/cli", "app/demo", "app/memory", "cases/bundle", "cases/store", "dicomio", "dicomio/phantom"}, "only these touch the disk; others are given bytes, readers or an opened file"},
	{"github.com/suyashkumar/dicom/pkg/tag", []string{"dicomio/tag", "dicomio/write"}, "its dictionary is asked through ours"},
	{"github.com/suyashkumar/dicom/...", []string{"dicomio", "dicomio/write"}, "it panics on hostile files and alters what it rewrites: we stand in front of it"},
	{"database/sql", []string{"cases/store"}, "one package knows that the library is a database"},
	{"modernc.org/...", []string{"cases/store"}, "one package knows which database"},
	{"github.com/go-pdf/...", []string{"cases/report"}, "one package makes the PDF"},
	{"github.com/spf13/...", []string{"app/cli"}, "one package reads the command line"},
	{"net", nil, "nothing is sent anywhere"},
	{"net/http/...", nil, "nothing is sent anywhere"},
	{"os/exec", []string{"app/bench"}, "no other program is started; the bench starts Rachis itself, to measure a start and windows apart from each other"},
	{"plugin", nil, "no code is loaded"},
	{"log/...", nil, "an error is returned or handled, never logged and returned"},
	{"C", nil, "no C of our own: hostile bytes stay in Go, and we cross-compile"},
}

// unsafeIn is the files that may use package unsafe.
var unsafeIn = map[string]string{
	"app/memory/memory_windows.go": "Windows writes how much memory there is into a struct of ours; no other call of its tells",
	"dicomio/words.go":             "samples of the machine's own byte order are read as words without a copy; no codec does",
}

// goIn is the files that start goroutines, and what each starts.
var goIn = map[string]string{
	"app/background.go":                          "work off the window's goroutine, with a way to cancel and to wait",
	"cases/store/importing.go":                   "the workers that copy into the library",
	"dicomio/phantom/phantom.go":                 "slices of the phantom",
	"viewer/cine.go":                             "the clock of a running series",
	"viewer/load.go":                             "frames for the views",
	"viewer/cache/load.go":                       "the workers that decode",
	"viewer/render/parallel.go":                  "bands of one picture",
	"viewer/reslice/parallel.go":                 "bands of one plane, and the images of a volume",
	"dicomio/scan.go":                            "the workers that index",
	"annotations/spine/registration/parallel.go": "the two films, and the vertebrae, of one registration",
	"dicomio/jpeg2000/parallel.go":               "code-blocks, and rows and columns of the wavelet, of one frame",
}

// entries is what may stand at the top.
var entries = []string{"app", "viewer", "dicomio", "annotations", "cases", "icons", "FyneApp.toml", "go.mod", "go.sum", "README.md", "main.go", "arch_test.go", "Makefile",
	".ci", "LICENSE", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", ".gitignore", ".gitattributes", "staticcheck.conf", "testdata"}

// forbiddenNames are folders that say nothing of what is in them.
var forbiddenNames = []string{"util", "utils", "common", "helper", "helpers", "manager", "misc", "shared", "base", "pkg", "lib"}

// source is one Go file of ours that is no test, whatever system it is for.
type source struct {
	path, pkg string // relative to the root, with '/'; pkg is the folder
	file      *ast.File
	lines     int
}

// sources parses all of them, once.
func sources(t *testing.T) []source {
	t.Helper()
	var all []source
	set := token.NewFileSet()
	err := fs.WalkDir(os.DirFS("."), ".", func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "testdata" || p == "bin" || p == "artifacts" || len(p) > 1 && strings.HasPrefix(d.Name(), ".")):
			return fs.SkipDir
		case d.IsDir() || !strings.HasSuffix(p, ".go") || strings.HasSuffix(p, "_test.go"):
			return nil
		}
		file, err := parser.ParseFile(set, p, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		all = append(all, source{p, path.Dir(p), file, set.File(file.Pos()).LineCount()})
		return nil
	})
	if err != nil || len(all) == 0 {
		t.Fatal(len(all), err)
	}
	return all
}

// matches reports whether the name is the pattern, or below it for "x/...".
func matches(pattern, name string) bool {
	tree, ok := strings.CutSuffix(pattern, "...")
	if !ok {
		return pattern == name
	}
	return strings.HasPrefix(name+"/", tree)
}

func matchesAny(patterns []string, name string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return matches(p, name) })
}

// imported is what a file imports.
func imported(t *testing.T, s source) []string {
	t.Helper()
	var list []string
	for _, i := range s.file.Imports {
		p, err := strconv.Unquote(i.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
	return list
}

func TestImportsOfOurs(t *testing.T) {
	for _, s := range sources(t) {
		rule := slices.IndexFunc(mayImport, func(r struct {
			from string
			to   []string
			why  string
		}) bool {
			return matches(r.from, s.pkg)
		})
		if rule < 0 {
			t.Errorf("%s: package %s is not in the picture: see ARCHITECTURE.md", s.path, s.pkg)
			continue
		}
		for _, i := range imported(t, s) {
			ours, ok := strings.CutPrefix(i, "rachis/")
			if ok && !matchesAny(mayImport[rule].to, ours) {
				t.Errorf("%s imports %s: %s", s.path, i, mayImport[rule].why)
			}
		}
	}
}

func TestImportsOutside(t *testing.T) {
	used := map[string]bool{}
	for _, s := range sources(t) {
		for _, i := range imported(t, s) {
			if i == "unsafe" {
				if used[s.path] = true; unsafeIn[s.path] == "" {
					t.Errorf("%s imports unsafe", s.path)
				}
			}
			for _, rule := range onlyIn {
				if !matches(rule.imports, i) {
					continue
				}
				if !matchesAny(rule.in, s.pkg) {
					t.Errorf("%s imports %s: %s", s.path, i, rule.why)
				}
				used[rule.imports+" in "+s.pkg] = true
				break
			}
		}
	}
	for _, rule := range onlyIn {
		for _, in := range rule.in {
			if !used[rule.imports+" in "+in] {
				t.Errorf("%s no longer imports %s: take it out of the table", in, rule.imports)
			}
		}
	}
	for p := range unsafeIn {
		if !used[p] {
			t.Errorf("%s no longer imports unsafe: take it out of the table", p)
		}
	}
}

// TestPure holds that a package which may not import Fyne does not reach it through another either.
func TestPure(t *testing.T) {
	list := exec.Command("go", "list", "-json=ImportPath,Deps", "./...")
	var problems strings.Builder
	list.Stderr = &problems
	out, err := list.Output()
	if err != nil {
		t.Fatal(err, problems.String())
	}
	widgets := []string{".", "app", "app/command", "viewer", "icons"}
	seen := 0
	for d := json.NewDecoder(strings.NewReader(string(out))); d.More(); {
		var p struct {
			ImportPath string
			Deps       []string
		}
		if err := d.Decode(&p); err != nil {
			t.Fatal(err)
		}
		seen++
		name := strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, "rachis"), "/")
		if name == "" {
			name = "."
		}
		for _, dep := range p.Deps {
			if strings.HasPrefix(dep, "fyne.io/fyne/") && !slices.Contains(widgets, name) {
				t.Errorf("%s reaches %s: it is to build and test without a toolkit", name, dep)
				break
			}
			if dep == "fyne.io/fyne/v2/app" && name != "." && name != "app" {
				t.Errorf("%s reaches %s: it is to build without cgo", name, dep)
			}
		}
	}
	if seen < 20 {
		t.Errorf("go list knows only %d packages", seen)
	}
}

func TestGoStatements(t *testing.T) {
	found := map[string]bool{}
	for _, s := range sources(t) {
		ast.Inspect(s.file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.GoStmt:
				found[s.path] = true
			case *ast.SelectorExpr: // those of sync.WaitGroup, time and context start goroutines too
				if n.Sel.Name == "Go" || n.Sel.Name == "AfterFunc" {
					found[s.path] = true
				}
			}
			return true
		})
	}
	for p := range found {
		if goIn[p] == "" {
			t.Errorf("%s has a go statement: what is started off Fyne's goroutine is started in few, named files", p)
		}
	}
	for p := range goIn {
		if !found[p] {
			t.Errorf("%s has no go statement any more: take it out of the table", p)
		}
	}
}

func TestOnePackageDocEach(t *testing.T) {
	docs, packages := map[string][]string{}, map[string]string{}
	for _, s := range sources(t) {
		packages[s.pkg] = s.file.Name.Name
		if s.file.Doc != nil {
			docs[s.pkg] = append(docs[s.pkg], s.path)
			want := "Package " + s.file.Name.Name + " "
			if s.pkg == "." {
				want = "Rachis "
			}
			if !strings.HasPrefix(s.file.Doc.Text(), want) {
				t.Errorf("%s: its package doc begins with other words than %q", s.path, want)
			}
		}
	}
	for _, pkg := range slices.Sorted(maps.Keys(packages)) {
		if n := len(docs[pkg]); n != 1 {
			t.Errorf("package %s has %d package docs: %v", pkg, n, docs[pkg])
		}
	}
}

func TestNames(t *testing.T) {
	for _, s := range sources(t) {
		for _, part := range strings.Split(s.pkg, "/") {
			if slices.Contains(forbiddenNames, part) {
				t.Errorf("%s: a folder named %s says nothing", s.path, part)
			}
		}
		if s.lines > 700 {
			t.Errorf("%s has %d lines: is it two things?", s.path, s.lines)
		}
		for _, d := range s.file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && regexp.MustCompile(`^Get[A-Z]`).MatchString(f.Name.Name) {
				t.Errorf("%s: %s: a getter bears the name of what it gives", s.path, f.Name.Name)
			}
		}
	}
}

func TestTopLevel(t *testing.T) {
	list, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	ignored := []string{".git", "bin", "artifacts", "rachis", "rachis.exe"} // see .gitignore
	for _, e := range list {
		if !slices.Contains(entries, e.Name()) && !slices.Contains(ignored, e.Name()) && !strings.HasSuffix(e.Name(), ".test") {
			t.Errorf("%s stands at the top, where only what tools need may stand beside the packages", e.Name())
		}
	}
}

// TestVersion holds that all that name a version name the same.
func TestVersion(t *testing.T) {
	source, err := os.ReadFile("app/version/version.go")
	if err != nil {
		t.Fatal(err)
	}
	version := regexp.MustCompile(`(?m)^\s*Number *= "(.*)"$`).FindSubmatch(source)
	if version == nil {
		t.Fatal("app/version/version.go names no version")
	}
	for file, pattern := range map[string]string{"FyneApp.toml": `(?m)^Version = "(.*)"$`, "CHANGELOG.md": `(?m)^## \[(\d.*?)\]`} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		found := regexp.MustCompile(pattern).FindSubmatch(text)
		if found == nil || string(found[1]) != string(version[1]) {
			t.Errorf("%s names version %q, and the program is %s", file, found, version[1])
		}
	}
}
