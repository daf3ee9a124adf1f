package store_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"rachis/annotations"
	"rachis/cases/store"
	"rachis/dicomio"
)

// child is what this binary does as a second process.
func child(task string, args []string) error {
	s, err := store.Open(args[0])
	if err != nil {
		return err
	}
	defer s.Close()
	switch task {
	case "edit": // library, case, author, how many, prefix of the UIDs; each edit is told when it was made
		var n int
		if _, err := fmt.Sscan(args[3], &n); err != nil {
			return err
		}
		return edits(s, args[1], args[2], args[4], n, func(what string) { fmt.Println(what) })
	case "import": // library, folders
		for _, dir := range args[1:] {
			idx, err := dicomio.Scan(context.Background(), []string{dir}, nil)
			if err != nil {
				return err
			}
			fmt.Println("begin", dir)
			if _, err := s.Import(context.Background(), idx, store.ImportOptions{}); err != nil {
				return err
			}
			fmt.Println("end", dir)
		}
		return nil
	case "open": // library
		fmt.Println("open", s.UID())
		return nil
	}
	return fmt.Errorf("no such task: %s", task)
}

// edits adds findings, changes each and deletes every third.
func edits(s *store.Store, caseID, author, prefix string, n int, told func(string)) error {
	for i := range n {
		a := finding(fmt.Sprintf("%s.%d", prefix, i), author, "new")
		if err := s.ApplyEdit(caseID, author, add(a)); err != nil {
			return err
		}
		told("add " + a.UID)
		e := change(a, "changed")
		if err := s.ApplyEdit(caseID, author, e); err != nil {
			return err
		}
		told("change " + a.UID)
		if i%3 == 0 {
			if err := s.ApplyEdit(caseID, author, remove(*e.After)); err != nil {
				return err
			}
			told("delete " + a.UID)
		}
	}
	return nil
}

// start starts this binary as a second process.
func start(t *testing.T, task string, args ...string) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	self, err := os.Executable()
	must(t, err)
	cmd := exec.CommandContext(t.Context(), self, args...)
	cmd.Env = append(os.Environ(), childTask+"="+task)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	return cmd, bufio.NewScanner(out)
}

// A process that is killed while it edits: every edit that it told is there when the library is opened again, and at most
// one more.
func TestKilledWhileEditing(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "library")
	s, err := store.Open(dir)
	must(t, err)
	c, err := s.CreateCase(store.NewCase{Title: "x", Author: anne})
	must(t, err)
	must(t, s.Close())
	r := rand.New(rand.NewPCG(3, 4))
	total := 0
	for round := range 10 {
		prefix := fmt.Sprintf("1.%d", round)
		cmd, out := start(t, "edit", dir, c.ID, anne, "100000", prefix)
		after := 1 + r.IntN(40)
		state := map[string]string{} // by UID what was told last
		last := ""
		// The kill comes between two edits or within one, as the clock has it.
		timer := time.AfterFunc(time.Hour, func() { _ = cmd.Process.Kill() })
		for n := 0; out.Scan(); n++ {
			if n == after {
				timer.Reset(time.Duration(r.IntN(4000)) * time.Microsecond)
			}
			what, uid, ok := strings.Cut(out.Text(), " ")
			if !ok {
				t.Fatalf("told %q", out.Text())
			}
			state[uid], last = what, uid
			total++
		}
		_ = cmd.Wait() // it was killed
		timer.Stop()
		s, err := store.Open(dir)
		must(t, err)
		k := read(t, s, c.ID)
		have := map[string]string{}
		for _, a := range k.Findings {
			have[a.UID] = map[string]string{"new": "add", "changed": "change"}[a.Note]
		}
		for _, a := range k.Tombstones {
			have[a.UID] = "delete"
		}
		extra := 0
		for uid, now := range have {
			if !strings.HasPrefix(uid, prefix+".") {
				continue
			}
			if told := state[uid]; told != now {
				extra++
				// One edit may have been made and not been told: the one after the last.
				if next := map[string]string{"": "add", "add": "change", "change": "delete"}[told]; now != next || told != "" && uid != last {
					t.Errorf("round %d: %s was told %q and is %q", round, uid, told, now)
				}
			}
		}
		for uid, told := range state {
			if have[uid] == "" {
				t.Errorf("round %d: %s was told %q and is gone", round, uid, told)
			}
		}
		if extra > 1 {
			t.Errorf("round %d: %d edits more than were told", round, extra)
		}
		replayed(t, s, c.ID)
		must(t, s.Close())
	}
	t.Logf("%d edits told", total)
}

// replayed checks that the journal, replayed, gives the findings.
func replayed(t *testing.T, s *store.Store, id string) {
	t.Helper()
	steps, err := s.Journal(id)
	must(t, err)
	now := map[string]annotations.Annotation{}
	for _, st := range steps {
		if st.Edit.After != nil {
			if before, ok := now[st.Edit.After.UID]; ok != (st.Edit.Before != nil) || ok && text(t, before) != text(t, *st.Edit.Before) {
				t.Errorf("step %d does not begin where the one before ended", st.Seq)
			}
			now[st.Edit.After.UID] = *st.Edit.After
		}
	}
	c := read(t, s, id)
	if len(now) != len(c.Findings)+len(c.Tombstones) {
		t.Errorf("the journal gives %d findings, the case has %d", len(now), len(c.Findings)+len(c.Tombstones))
	}
	for _, a := range append(c.Findings, c.Tombstones...) {
		if text(t, a) != text(t, now[a.UID]) {
			t.Errorf("%s: in the case\n%s\nby the journal\n%s", a.UID, text(t, a), text(t, now[a.UID]))
		}
	}
}

// A process that is killed while it imports: an import is in the library whole or not at all, and every file that is
// listed is sound.
func TestKilledWhileImporting(t *testing.T) {
	const each = 15
	var dirs []string
	for n := range 40 {
		dir := t.TempDir()
		for i := range each {
			must(t, os.WriteFile(filepath.Join(dir, fmt.Sprint(i)), image(fmt.Sprint("instance ", n, " ", i), n*each+i), 0o600))
		}
		dirs = append(dirs, dir)
	}
	dir := filepath.Join(t.TempDir(), "library")
	r := rand.New(rand.NewPCG(5, 6))
	told := 0
	for range 6 {
		cmd, out := start(t, "import", append([]string{dir}, dirs[told:]...)...)
		timer := time.AfterFunc(time.Hour, func() { _ = cmd.Process.Kill() })
		for out.Scan() {
			if strings.HasPrefix(out.Text(), "end") {
				told++
			} else if r.IntN(3) == 0 {
				timer.Reset(time.Duration(r.IntN(60_000)) * time.Microsecond)
			}
		}
		_ = cmd.Wait() // it was killed
		timer.Stop()
		s, err := store.Open(dir)
		must(t, err)
		idx, err := s.Library(t.Context())
		must(t, err)
		n := 0
		for _, se := range idx.Series() {
			for _, in := range se.Instances {
				n++
				sums := tree(t, filepath.Dir(in.Location.Path))
				name := filepath.Base(in.Location.Path)
				if sums[name] != filepath.Base(filepath.Dir(in.Location.Path))+name {
					t.Errorf("%s is not what it is named by", in.Location)
				}
			}
		}
		if len(idx.Skipped) > 0 {
			t.Errorf("not readable: %+v", idx.Skipped)
		}
		if n != told*each && n != (told+1)*each {
			t.Errorf("%d files after %d imports of %d", n, told, each)
		}
		told = n / each
		must(t, s.Close())
		if told == len(dirs) {
			break
		}
	}
	t.Logf("%d imports of %d", told, len(dirs))
	// What a kill left behind does not stand in the way of doing it again.
	s := open(t, dir)
	_, err := s.Import(t.Context(), scan(t, dirs...), store.ImportOptions{})
	must(t, err)
	if n := sound(t, s); n != len(dirs)*each {
		t.Errorf("%d files of %d", n, len(dirs)*each)
	}
}

// Two stores in one process and two more processes, all writing into one library at once: every edit is there.
func TestManyWriters(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "library")
	s := open(t, dir)
	c, err := s.CreateCase(store.NewCase{Title: "x", Author: anne})
	must(t, err)
	const n = 25
	var wait sync.WaitGroup
	for i := range 2 {
		other := open(t, dir)
		wait.Go(func() {
			if err := edits(other, c.ID, fmt.Sprint("inside ", i), fmt.Sprintf("1.1.%d", i), n, func(string) {}); err != nil {
				t.Error(err)
			}
		})
		wait.Go(func() {
			if err := other.SetDossier(c.ID, anne, map[string]string{"history": fmt.Sprint(i)}); err != nil {
				t.Error(err)
			}
			if _, err := other.Case(c.ID); err != nil {
				t.Error(err)
			}
		})
	}
	for i := range 2 {
		cmd, out := start(t, "edit", dir, c.ID, fmt.Sprint("outside ", i), fmt.Sprint(n), fmt.Sprintf("1.2.%d", i))
		wait.Go(func() {
			for out.Scan() {
			}
			if err := cmd.Wait(); err != nil {
				t.Error(err)
			}
		})
	}
	// And imports of the same files, from here and elsewhere.
	from := images(t, 10)
	for range 2 {
		cmd, out := start(t, "import", dir, from)
		wait.Go(func() {
			for out.Scan() {
			}
			if err := cmd.Wait(); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Go(func() {
		idx, err := dicomio.Scan(t.Context(), []string{from}, nil)
		if err == nil {
			_, err = s.Import(t.Context(), idx, store.ImportOptions{})
		}
		if err != nil {
			t.Error(err)
		}
	})
	wait.Wait()
	k := read(t, s, c.ID)
	gone := (n + 2) / 3
	if len(k.Findings) != 4*(n-gone) || len(k.Tombstones) != 4*gone {
		t.Errorf("%d findings and %d tombstones, want %d and %d", len(k.Findings), len(k.Tombstones), 4*(n-gone), 4*gone)
	}
	if got := sound(t, s); got != 10 {
		t.Errorf("%d files", got)
	}
	replayed(t, s, c.ID)
	if check, err := exec.LookPath("sqlite3"); err == nil {
		out, err := exec.CommandContext(t.Context(), check, filepath.Join(dir, "library.db"), "PRAGMA integrity_check").CombinedOutput()
		if err != nil || strings.TrimSpace(string(out)) != "ok" {
			t.Errorf("sqlite3: %s, %v", out, err)
		}
	}
}

// Many processes that open a library which is not there yet make one.
func TestManyOpen(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "library")
	uids := make(chan string, 4)
	var wait sync.WaitGroup
	for range 4 {
		cmd, out := start(t, "open", dir)
		wait.Go(func() {
			for out.Scan() {
				uids <- out.Text()
			}
			if err := cmd.Wait(); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	close(uids)
	seen := map[string]bool{}
	for uid := range uids {
		seen[uid] = true
	}
	if len(seen) != 1 {
		t.Errorf("libraries %v", seen)
	}
}
