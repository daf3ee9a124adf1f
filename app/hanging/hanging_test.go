package hanging

import (
	"fmt"
	"strings"
	"testing"
)

// mr, film and ct are series of tests.
func mr(date, plane, weighting string, fat bool) Series {
	return Series{Study: "MR" + date, Date: date, Modality: "MR", Plane: plane, Weighting: weighting, Fat: fat, Description: plane + " " + weighting, Images: 15}
}

func film(date, position string) Series {
	return Series{Study: "DX" + date, Date: date, Modality: "DX", Position: position, Projection: "LATERAL", Description: "LAT " + position, Images: 1}
}

func with(s Series, change func(*Series)) Series { change(&s); return s }

func builtin(t *testing.T, id string) Protocol {
	t.Helper()
	for _, p := range Builtins() {
		if p.ID == id {
			return p
		}
	}
	t.Fatal("there is no built-in ", id)
	return Protocol{}
}

// describe writes a result down: the series of each view, or why there is none.
func describe(r Result, list []Series) string {
	var parts []string
	for _, f := range r.Views {
		if f.Series >= 0 {
			parts = append(parts, fmt.Sprintf("%d", f.Series))
			continue
		}
		s := string(f.Cause)
		if f.Near >= 0 {
			s += fmt.Sprintf(" near %d is %v not %v", f.Near, f.Hits, f.Misses)
		}
		if f.Elsewhere >= 0 {
			s += fmt.Sprintf(" elsewhere %d", f.Elsewhere)
		}
		parts = append(parts, s)
	}
	out := strings.Join(parts, " | ")
	if r.Fires() {
		return "fires: " + out
	}
	return "not: " + out
}

func TestBuiltins(t *testing.T) {
	const now, then, before = "20261101", "20240301", "20210505"
	t1, t2, stir := mr(now, "SAG", "T1", false), mr(now, "SAG", "T2", false), mr(now, "SAG", "STIR", true)
	axial := mr(now, "AX", "T2", false)
	for _, c := range []struct {
		name, protocol string
		list           []Series
		want           string
	}{
		{"the Modic three", "modic", []Series{axial, t2, stir, t1}, "fires: 3 | 1 | 2"},
		{"without STIR", "modic", []Series{t2, t1}, "fires: 1 | 0 | series"},
		{"STIR but axial", "modic", []Series{t2, t1, mr(now, "AX", "STIR", true)}, "fires: 1 | 0 | series near 2 is [modality weighting] not [plane]"},
		{"a T2 without fat in the place of STIR", "modic", []Series{t1, t2, mr(now, "SAG", "T2", true)}, "fires: 0 | 1 | 2"},
		{"a T2 without fat is no T2 of Modic", "modic", []Series{t1, mr(now, "SAG", "T2", true)}, "not: 0 | series near 1 is [modality weighting plane] not [fat] | 1"},
		{"T1 is of an earlier study", "modic", []Series{t2, stir, mr(then, "SAG", "T1", false)}, "not: series elsewhere 2 | 0 | 1"},
		{"nothing", "modic", nil, "not: study | study | study"},
		{"films alone", "modic", []Series{film(now, "FLEXION")}, "not: study | study | study"},
		{"the series with most images", "modic", []Series{with(t1, func(s *Series) { s.Images = 3 }), t1, t2}, "fires: 1 | 2 | series"},
		{"the whole before a part", "modic", []Series{with(t2, func(s *Series) { s.Part = true }), t2, t1}, "fires: 2 | 1 | series"},
		{"broken ones are passed over", "modic", []Series{with(t1, func(s *Series) { s.Broken = true }), t2}, "not: series near 0 is [modality weighting plane] not [broken] | 1 | series"},
		{"of one study where there are two on a day", "modic",
			[]Series{with(t1, func(s *Series) { s.Study = "other" }), with(t1, func(s *Series) { s.Images = 9 }), t2, stir}, "fires: 1 | 2 | 3"},
		{"a lateral film", "disc", []Series{t2, film(now, "FLEXION"), film(now, "EXTENSION"), film(now, "")}, "fires: 0 | 3"},
		{"no neutral one", "disc", []Series{t2, film(now, "FLEXION"), film(now, "EXTENSION")}, "fires: 0 | 2"},
		{"no film at all", "disc", []Series{t2, axial}, "fires: 0 | 1"},
		{"a film of another day", "disc", []Series{t2, film(then, "NEUTRAL")}, "fires: 0 | 1"},
		{"flexion and extension", "instability", []Series{t2, film(now, "EXTENSION"), film(now, "NEUTRAL"), film(now, "FLEXION")}, "fires: 3 | 1"},
		{"one of the two", "instability", []Series{film(now, "EXTENSION"), film(now, "")}, "not: series | 0"},
		{"one of an earlier pair", "instability", []Series{film(now, "EXTENSION"), film(then, "FLEXION")}, "not: series elsewhere 1 | 0"},
		{"the prior beside the current", "prior-mr", []Series{mr(before, "SAG", "T2", false), t2, mr(then, "SAG", "T2", false)}, "fires: 1 | 2"},
		{"the last that has one", "prior-mr", []Series{mr(before, "SAG", "T2", false), t2, mr(then, "AX", "T2", false)}, "fires: 1 | 0"},
		{"there is no prior", "prior-mr", []Series{t2, axial}, "not: 0 | prior"},
		{"the prior has none", "prior-mr", []Series{t2, mr(then, "AX", "T2", false)}, "not: 0 | earlier near 1 is [modality weighting fat] not [plane]"},
		{"the neck is no prior of the back", "prior-mr", []Series{with(t2, func(s *Series) { s.About = "IRM rachis lombaire" }), with(mr(then, "SAG", "T2", false), func(s *Series) { s.About = "MR CERVICAL SPINE" })},
			"not: 0 | earlier near 1 is [modality weighting plane fat] not [region]"},
		{"films of two dates", "prior-film", []Series{film(then, ""), film(now, ""), film(now, "FLEXION")}, "fires: 1 | 0"},
	} {
		if got := describe(Match(builtin(t, c.protocol), c.list, -1), c.list); got != c.want {
			t.Errorf("%s: %s\n  want %s", c.name, got, c.want)
		}
	}
}

// Where neck and back were examined on one day, a protocol never mixes them.
func TestOnePartOfTheSpine(t *testing.T) {
	of := func(s Series, part string) Series {
		return with(s, func(s *Series) { s.Description, s.Images = part+" "+s.Description, 15 })
	}
	neck1, neck2 := of(mr("2026", "SAG", "T1", false), "CERVICAL"), of(mr("2026", "SAG", "T2", false), "CERVICAL")
	back1, back2 := of(mr("2026", "SAG", "T1", false), "L-SPINE"), of(mr("2026", "SAG", "T2", false), "L-SPINE")
	neck2.Images = 20
	list := []Series{neck1, neck2, back1, back2}
	p := builtin(t, "modic")
	for _, c := range []struct {
		list   []Series
		active int
		want   string
	}{
		{list, -1, "fires: 2 | 3 | series"},
		{list, 0, "fires: 0 | 1 | series"},
		{list, 3, "fires: 2 | 3 | series"},
		{[]Series{neck1, neck2, back2}, 2, "fires: 0 | 1 | series"}, // the back has no T1
		{[]Series{neck1, back2}, -1, "not: series near 0 is [modality weighting plane] not [region] | 1 | series"},
	} {
		if got := describe(Match(p, c.list, c.active), c.list); got != c.want {
			t.Errorf("%s\n  want %s", got, c.want)
		}
	}
}

func TestRegions(t *testing.T) {
	for text, want := range map[string]string{"IRM RACHIS LOMBAIRE (SYNTHETIC)": "L", "LSPINE": "L", "L-SPINE LAT FLEXION": "L", "C-SPINE": "C", "MR cervical spine": "C", "TSPINE": "T",
		"RACHIS CERVICAL ET LOMBAIRE": "", "KNEE": "", "": "", "rachis dorsal": "T", "T SAG": ""} {
		if got := regionOf(wordsOf(text)); got != want {
			t.Errorf("%q is of %q, want %q", text, got, want)
		}
	}
}

func TestAGeneralRuleLeavesWhatAParticularOneNeeds(t *testing.T) {
	p := Protocol{Version: 1, ID: "x", Name: Name{English: "x"}, Layout: Layout{Rows: 1, Columns: 2}, Views: []View{
		{Series: []Rule{{Modality: []string{"MR"}}}}, {Series: []Rule{{Modality: []string{"MR"}, Plane: []string{"SAG"}}}}}}
	list := []Series{mr("2026", "SAG", "T2", false), with(mr("2026", "AX", "T2", false), func(s *Series) { s.Images = 3 })}
	if got := describe(Match(p, list, -1), list); got != "fires: 1 | 0" {
		t.Error(got)
	}
	if got := describe(Match(p, list[:1], -1), list); got != "fires: taken | 0" && got != "fires: 0 | taken" {
		t.Error(got)
	}
}

func TestDescriptionsAndNumbers(t *testing.T) {
	rule := func(r Rule) Protocol {
		return Protocol{Version: 1, ID: "x", Name: Name{English: "x"}, Layout: Layout{Rows: 1, Columns: 1}, Views: []View{{Series: []Rule{r}}}}
	}
	s := with(mr("2026", "SAG", "T2", false), func(s *Series) { s.Description = "Séquence T2 TSE-lombaire" })
	for _, c := range []struct {
		r    Rule
		fits bool
	}{
		{Rule{Description: []string{"sequence t2"}}, true},
		{Rule{Description: []string{"nothing", "TSE LOMBAIRE"}}, true},
		{Rule{Description: []string{"seq"}}, false}, // words, not parts of them
		{Rule{Images: &Range{Min: 2}}, true},
		{Rule{Images: &Range{Max: 14}}, false},
		{Rule{Images: &Range{Min: 15, Max: 15}}, true},
		{Rule{Position: []string{Unstated}}, true},
		{Rule{Position: []string{"NEUTRAL"}}, false},
		{Rule{Fat: "suppressed"}, false},
	} {
		if r := Match(rule(c.r), []Series{s}, -1); r.Fires() != c.fits {
			t.Errorf("%+v: %v", c.r, r.Fires())
		}
	}
}

func nobody(string) bool { return false }

// A description that tells who the patient is does not come into a protocol, which is handed to others: the number of images stands for it.
func TestDeriveTellsNoPatient(t *testing.T) {
	series := func(description string, images int) Series {
		return with(mr("20261101", "AX", "T2", false), func(s *Series) { s.Description, s.Images = description, images })
	}
	list := []Series{series("AX T2 Döe Jane", 5), series("AX T2 other", 8)}
	for _, shown := range [][]int{{0, 1}, {1, 0}} {
		p := Derive("mine", Name{English: "x"}, Layout{Rows: 1, Columns: 2}, shown, list, func(s string) bool { return strings.Contains(s, "Döe") })
		data, err := Format(p)
		if err != nil {
			t.Fatal(err)
		}
		if text := strings.ToLower(string(data)); strings.Contains(text, "doe") || strings.Contains(text, "jane") {
			t.Errorf("the protocol says %s", text)
		}
		r := Match(p, list, -1)
		for i, at := range shown {
			if r.Views[i].Series != at {
				t.Errorf("%v: view %d shows %d by %+v", shown, i, r.Views[i].Series, p.Views[i])
			}
		}
	}
}

// What is on screen is what the protocol that is made of it chooses.
func TestDerive(t *testing.T) {
	list := []Series{mr("20261101", "SAG", "T1", false), mr("20261101", "SAG", "T2", false), mr("20261101", "SAG", "T2", true), mr("20261101", "AX", "T2", false),
		mr("20240301", "SAG", "T2", false), mr("20210505", "SAG", "T2", false), film("20261103", "FLEXION"), film("20261103", ""),
		with(mr("20261101", "AX", "T2", false), func(s *Series) { s.Description, s.Images = "AX T2 L5-S1", 5 }),
		with(mr("20261101", "AX", "T2", false), func(s *Series) { s.Description, s.Images = "AX T2 L5-S1", 8 }),
		{Study: "OT", Date: "20261101", Modality: "OT", Images: 1}}
	for _, shown := range [][]int{{0, 1}, {1, 0}, {2, 1}, {1, 4}, {5, 4}, {1, 5}, {3, 8}, {8, 9}, {9, 8}, {6, 7}, {7, 1}, {10, 3}, {-1, 3}} {
		p := Derive("mine", Name{French: "À moi"}, Layout{Rows: 1, Columns: 2}, shown, list, nobody)
		data, err := Format(p)
		if err != nil {
			t.Errorf("%v: %v", shown, err)
			continue
		}
		again, err := Parse(data)
		if err != nil {
			t.Fatal(err)
		}
		r := Match(again, list, -1)
		for i, at := range shown {
			if r.Views[i].Series != at || r.Views[i].Cause != Fine {
				t.Errorf("%v: view %d shows %d (%s) by %+v", shown, i, r.Views[i].Series, r.Views[i].Cause, again.Views[i])
			}
		}
		if !r.Fires() {
			t.Errorf("%v does not fire", shown)
		}
	}
	// The rules are general where they can be: of another patient they choose the like.
	p := Derive("mine", Name{English: "x"}, Layout{Rows: 1, Columns: 2}, []int{1, 4}, list, nobody)
	other := []Series{with(mr("20200101", "SAG", "T2", false), func(s *Series) { s.Description = "whatever" }), with(mr("20250101", "SAG", "T2", false), func(s *Series) { s.Description = "T2W" })}
	if got := describe(Match(p, other, -1), other); got != "fires: 1 | 0" {
		t.Errorf("%s by %+v", got, p.Views)
	}
}

func TestFilesAreHeldToTheForm(t *testing.T) {
	good := `{"rachis_hanging":1,"id":"a-1","name":{"fr":"Été"},"layout":{"rows":1,"columns":1},"views":[{"series":[{"modality":["MR"]}]}]}`
	if _, err := Parse([]byte(good)); err != nil {
		t.Fatal(err)
	}
	for _, c := range [][2]string{ // what is changed, and a word of the reason
		{`{`, "EOF"},
		{`null`, "rachis_hanging"},
		{`[]`, "array"},
		{good + good, "behind"},
		{strings.Replace(good, `:1,"id"`, `:2,"id"`, 1), "reads 1"},
		{strings.Replace(good, `"a-1"`, `"../../x"`, 1), "id"},
		{strings.Replace(good, `"a-1"`, `"-x"`, 1), "id"},
		{strings.Replace(good, `"fr":"Été"`, ``, 1), "name"},
		{strings.Replace(good, `Été`, `\u202eÉté`, 1), "one line"},
		{strings.Replace(good, `Été`, strings.Repeat("é", 121), 1), "longer"},
		{strings.Replace(good, `"rows":1`, `"rows":5`, 1), "layout"},
		{strings.Replace(good, `"rows":1`, `"rows":-1`, 1), "layout"},
		{strings.Replace(good, `"rows":1`, `"rows":2`, 1), "1 views for a layout of 2"},
		{strings.Replace(good, `"columns":1`, `"columns":1,"lead":"left"`, 1), "beside"},
		{strings.Replace(good, `"columns":1`, `"columns":1,"lead":"right"`, 1), "lead"},
		{strings.Replace(good, `"series":[{"modality":["MR"]}]`, `"series":[]`, 1), "no view has a rule"},
		{strings.Replace(good, `"series"`, `"prior":-1,"series"`, 1), "prior"},
		{strings.Replace(good, `"series"`, `"slice":"second","series"`, 1), "slice"},
		{strings.Replace(good, `"series"`, `"window":{},"series"`, 1), "window"},
		{strings.Replace(good, `"series"`, `"window":{"preset":"bone","width":3},"series"`, 1), "window"},
		{strings.Replace(good, `"series"`, `"window":{"preset":"x"},"series"`, 1), "preset"},
		{strings.Replace(good, `"series"`, `"window":{"width":1e300},"series"`, 1), "window"},
		{strings.Replace(good, `"modality"`, `"modalty"`, 1), "modalty"},
		{strings.Replace(good, `["MR"]`, `["mr"]`, 1), "code"},
		{strings.Replace(good, `"modality":["MR"]`, `"plane":["SAGITTAL"]`, 1), "plane"},
		{strings.Replace(good, `"modality":["MR"]`, `"weighting":["T3"]`, 1), "weighting"},
		{strings.Replace(good, `"modality":["MR"]`, `"description":["--"]`, 1), "words"},
		{strings.Replace(good, `"modality":["MR"]`, `"images":{"min":3,"max":2}`, 1), "images"},
		{strings.Replace(good, `"modality":["MR"]`, `"images":{}`, 1), "images"},
		{strings.Replace(good, `"views"`, `"opening":{"priority":5000},"views"`, 1), "priority"},
		{"\xff" + good, "UTF-8"},
		{good + strings.Repeat(" ", MostBytes), "bytes"},
		{strings.Repeat("[", 60000), "hanging"},
	} {
		p, err := Parse([]byte(c[0]))
		if err == nil || !strings.Contains(err.Error(), c[1]) {
			t.Errorf("%.80s: %v, want %q", c[0], err, c[1])
		}
		if err == nil && p.Check() == nil {
			t.Errorf("%.80s is taken", c[0])
		}
	}
}

func TestOrder(t *testing.T) {
	ids := func(all []Protocol) (s string) {
		for _, p := range all {
			s += p.ID + " "
		}
		return s
	}
	if got := ids(Builtins()); got != "modic instability disc prior-mr prior-film " {
		t.Error(got)
	}
	if got := ids(Order(Builtins(), []string{"disc", "gone", "modic"})); got != "disc modic instability prior-mr prior-film " {
		t.Error(got)
	}
	m := builtin(t, "modic")
	if !m.Opens("MR") || m.Opens("DX") || builtin(t, "prior-mr").Opens("MR") || !IsBuiltin("disc") || IsBuiltin("x") {
		t.Error("what opens on its own")
	}
	if m.Name.In("fr") == "" || (Name{French: "f"}).In("en") != "f" || (Name{English: "e"}).In("fr") != "e" || (Name{English: "e", French: "f"}).In("fr") != "f" {
		t.Error("names")
	}
}

// FuzzParse holds that no file panics, that what is read can be written and read again, and that it can be matched.
func FuzzParse(f *testing.F) {
	for _, p := range Builtins() {
		data, err := Format(p)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte(`{"rachis_hanging":1,"id":"a","name":{"en":"x"},"layout":{"rows":4,"columns":4,"tiled":true},"views":[{"series":[{}],"prior":9}]}`))
	list := []Series{mr("2026", "SAG", "T1", false), mr("2024", "SAG", "T2", true), film("", "FLEXION")}
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := Parse(data)
		if err != nil {
			return
		}
		out, err := Format(p)
		if err != nil {
			t.Fatal(err)
		}
		q, err := Parse(out)
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		a, b := Match(p, list, -1), Match(q, list, 1)
		if len(a.Views) != len(p.Views) || len(b.Views) != len(q.Views) {
			t.Fatal("views are lost")
		}
		seen := map[int]bool{}
		for _, v := range a.Views {
			if v.Series >= 0 && seen[v.Series] {
				t.Fatal("one series in two views")
			}
			seen[v.Series] = true
		}
	})
}
