package dicomio

import (
	"fmt"
	"hash/maphash"
	"slices"
	"strings"
)

// likeness is what files have in common that are taken for copies of each other.
type likeness struct {
	sop, syntax string
	size        int64
	print       uint64
}

func (r *record) likeness() likeness {
	in := r.instance
	return likeness{in.SOPInstanceUID, in.TransferSyntax, in.Size, r.print}
}

// maxCompared bounds the bytes that an index reads to tell copies from images that differ in their pixels only.
const maxCompared = 1 << 30

// distinguish tells files apart whose headers are alike and whose pixels are not: each gets a print of all its bytes. Members of a ZIP are
// left as they are, and so are files beyond maxCompared: those are copies by their headers.
func (s *scanner) distinguish() {
	alike := map[likeness][]*record{}
	for _, r := range s.records {
		if r.instance.SOPInstanceUID != "" {
			alike[r.likeness()] = append(alike[r.likeness()], r)
		}
	}
	left := int64(maxCompared)
	for k, records := range alike {
		need := k.size * int64(len(records))
		if len(records) < 2 || need > left || slices.ContainsFunc(records, func(r *record) bool { return r.instance.Location.Member != "" }) {
			continue
		}
		left -= need
		for _, r := range records {
			if s.ctx.Err() != nil {
				return
			}
			if print, ok := printOf(r.instance.Location.Path); ok {
				r.print = print
			}
		}
	}
}

// printOf is a hash of a whole file; false when it cannot be read.
func printOf(path string) (uint64, bool) {
	f, size, regular, err := openIndexed(path)
	if err != nil || !regular {
		return 0, false
	}
	defer f.close()
	var h maphash.Hash
	h.SetSeed(fingerprints)
	b := make([]byte, min(size, 256<<10))
	for at := int64(0); at < size; {
		n, err := f.ReadAt(b[:min(int64(len(b)), size-at)], at)
		if n == 0 || err != nil {
			return 0, false
		}
		h.Write(b[:n])
		at += int64(n)
	}
	return h.Sum64(), true
}

// withoutCopies returns the records that no earlier one is like, and how many others each has.
func withoutCopies(records []*record) (originals []*record, copies map[*Instance]int) {
	first := map[likeness]*Instance{}
	copies = map[*Instance]int{}
	for _, r := range records {
		k := r.likeness()
		if original := first[k]; original != nil && k.sop != "" {
			copies[original]++
			continue
		}
		first[k] = r.instance
		originals = append(originals, r)
	}
	return originals, copies
}

// note adds to what is odd of a stack.
func (s *Stack) note(format string, args ...any) {
	s.Note = strings.TrimPrefix(s.Note+"; "+fmt.Sprintf(format, args...), "; ")
}

func noteCopies(stacks []*Stack, copies map[*Instance]int) {
	for _, k := range stacks {
		n := 0
		for i := range k.Slices {
			if k.Slices[i].Frame == 0 {
				n += copies[k.Slices[i].Instance]
			}
		}
		if n > 0 {
			k.note("%d copies left out", n)
		}
	}
}

// maxNamesakes is how many UIDs a note names.
const maxNamesakes = 3

// noteNamesakes says that different images bear one SOP Instance UID: whatever refers to it, as a finding or a key image does, may mean either.
func noteNamesakes(stacks []*Stack, records []*record) {
	bear := map[string]int{}
	for _, r := range records {
		bear[r.instance.SOPInstanceUID]++
	}
	delete(bear, "")
	for _, k := range stacks {
		var said []string
		for i := range k.Slices {
			uid := k.Slices[i].Instance.SOPInstanceUID
			if bear[uid] < 2 || slices.Contains(said, uid) {
				continue
			}
			if len(said) == maxNamesakes {
				k.note("and others")
				break
			}
			said = append(said, uid)
			k.note("%d different images have the SOP Instance UID %s", bear[uid], uid)
		}
	}
}

// noteModalities says that the images of a series are not of one modality.
func noteModalities(stacks []*Stack, records []*record) {
	seen := map[string]bool{}
	for _, r := range records {
		if m := r.series.modality; r.instance.HasPixels && m != "" {
			seen[m] = true
		}
	}
	if len(seen) < 2 {
		return
	}
	var list []string
	for m := range seen {
		list = append(list, m)
	}
	slices.Sort(list)
	list = list[:min(len(list), 8)]
	for _, k := range stacks {
		k.note("the series has images of %s", strings.Join(list, " and "))
	}
}
