package spine_test

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"

	"rachis/annotations/spine"
)

// The level ratios are what methods.md 2.3 derives from its two studies: means of (A+P)/2 relative to L3-L4.
func TestLevelRatiosComeFromTheNorms(t *testing.T) {
	by := map[string]spine.Norm{}
	for _, n := range spine.Norms {
		by[n.Source+" "+n.Quantity] = n
		if n.Status != "read" && n.Status != "derived" || n.Status == "read" && n.N == 0 {
			t.Errorf("%s: status %q of %d people", n.Source, n.Status, n.N)
		}
	}
	for level, want := range map[string][3]float64{"L1-L2": {.775, .746, .76}, "L2-L3": {.916, .892, .90}, "L3-L4": {1, 1, 1}, "L4-L5": {1.121, 1.164, 1.14}, "L5-S1": {1.096, 1.121, 1.11}} {
		d, l34 := disc(t, level), disc(t, "L3-L4")
		sum := 0.0
		for i, source := range []string{"Radiographs, India", "MR, Iran, 40-59 y"} {
			a, p := by[source+" height_anterior_mm"].Mean, by[source+" height_posterior_mm"].Mean
			r := (a[d] + p[d]) / (a[l34] + p[l34])
			near(t, source+" "+level, r, want[i], 3e-3)
			sum += r / 2
		}
		k, _ := spine.LevelRatio(d, l34)
		near(t, "ratio of "+level, k, want[2], 1e-12)
		near(t, "mean of both, "+level, sum, k, 0.006)
	}
}

func TestProfile(t *testing.T) {
	dhi := func(v float64) spine.Height { return spine.Height{DHI: &v} }
	rows := spine.Profile(map[spine.Disc]spine.Height{disc(t, "L5-S1"): dhi(0.2), disc(t, "L3-L4"): dhi(0.25), disc(t, "L4-L5"): dhi(0.3)}, disc(t, "L3-L4"))
	if len(rows) != 3 || rows[0].Disc.String() != "L3-L4" || rows[2].Disc.String() != "L5-S1" {
		t.Fatalf("%+v", rows)
	}
	near(t, "L5-S1", *rows[2].Relative, 0.8, 1e-12)
	near(t, "usual at L5-S1", *rows[2].Usual, 1.11, 1e-12)
	found := false
	for _, p := range rows[1].Published {
		n := spine.Norms[p.Norm]
		if n.N == 14 && n.Quantity == "height_anterior_mm" {
			found = true
			near(t, "lower end", p.Low, 18.14-2*1.49, 1e-12)
		}
		if n.SD == nil && p.Low != p.High {
			t.Errorf("%s has no standard deviation: %+v", n.Source, p)
		}
	}
	if !found {
		t.Error("a study is left out")
	}
	if rows = spine.Profile(map[spine.Disc]spine.Height{disc(t, "L4-L5"): dhi(0.3)}, disc(t, "L3-L4")); rows[0].Relative != nil {
		t.Errorf("relative to a disc that was not measured: %+v", rows[0])
	}
}

// The worked examples through `rachis measure`, as methods.md prints them.
func TestWorkedExamplesThroughMeasure(t *testing.T) {
	ask := func(kind, input string) map[string]any {
		t.Helper()
		out, err := spine.Measure(kind, []byte(input))
		if err != nil {
			t.Fatalf("%s: %v", input, err)
		}
		var m map[string]any
		if err := json.Unmarshal(out, &m); err != nil {
			t.Fatal(err)
		}
		return m
	}
	number := func(m map[string]any, path ...string) float64 {
		for _, p := range path[:len(path)-1] {
			m, _ = m[p].(map[string]any)
		}
		v, ok := m[path[len(path)-1]].(float64)
		if !ok {
			t.Errorf("%v is absent", path)
			return math.NaN()
		}
		return v
	}
	// M2.
	for _, c := range []struct{ t1, t2, stir, want string }{
		{"310/400,36", "260/180,20", `{"high":true}`, "1"}, {"560/400,36", "215/180,20", `{"high":false}`, "2"}, {"545/400,36", "190/180,20", `{"high":false}`, "2"},
		{"220/400,36", "95/180,20", `{"high":false}`, "3"}, {"395/400,36", "240/180,20", `{"high":true}`, "1/2"}, {"332/400,36", "205/180,20", `{"high":true}`, "1"},
		{"250/400,36", "300/180,20", `{"high":true}`, "1"}, {"405/400,36", "184/180,20", `{"high":false}`, "0"}, {"520/400,36", "140/180,20", `{"high":false}`, "2/3"},
		{"330/400,36", "183/180,20", ``, "indeterminate"},
	} {
		signal := func(s string) string {
			lesion, rest, _ := strings.Cut(s, "/")
			mean, sd, _ := strings.Cut(rest, ",")
			return fmt.Sprintf(`{"lesion":{"mean":%s,"sd":20},"reference":{"mean":%s,"sd":%s}}`, lesion, mean, sd)
		}
		in := fmt.Sprintf(`{"t1":%s,"t2":%s`, signal(c.t1), signal(c.t2))
		if c.stir != "" {
			in += `,"stir":` + c.stir
		}
		m := ask("modic", in+`,"tau":0.1,"k":1}`)
		if m["type"] != c.want || (c.t1 == "250/400,36") != (len(m["flags"].([]any)) == 1) {
			t.Errorf("%s: %v, flags %v, want %s", c.t1, m["type"], m["flags"], c.want)
		}
	}
	// M1.
	m := ask("modic", `{"size":{"spacing_mm":[1,1],"endplate":"inferior","body":{"IP":[0,0],"IA":[34,0],"SA":[33,-28],"SP":[-1,-27]},"lesion":[[0,0],[20,0],[18,-6],[8,-9],[0,-5]]}}`)
	near(t, "M1 area", number(m, "size", "area_percent"), 14.645, 5e-4)
	near(t, "M1 height", number(m, "size", "height_percent"), 33.01, 5e-3)
	near(t, "M1 AP", number(m, "size", "ap_percent"), 58.82, 5e-3)
	// D1, extension film.
	corners := func(v string) string {
		var parts []string
		for c, p := range g1()[1].Vertebrae[v] {
			parts = append(parts, fmt.Sprintf(`"%s":[%v,%v]`, c, p.Col, p.Row))
		}
		return "{" + strings.Join(parts, ",") + "}"
	}
	m = ask("disc-height", `{"disc":"L4-L5","spacing_mm":[0.15,0.15],"magnification":1.2,"calibration":"ERMF","sigma_mm":0.5,"vertebrae":{"L4":`+corners("L4")+`,"L5":`+corners("L5")+`}}`)
	for name, want := range map[string]float64{"height_anterior_mm": 14.0886, "height_posterior_mm": 7.0711, "dabbs_mm": 10.5798, "hurxthal_mm": 10.5353, "fyllos_mm": 10.5650,
		"farfan": 0.6167, "dhi": 0.3067, "frobin": 0.4137} {
		near(t, "D1 "+name, number(m, name), want, 1.5e-4)
	}
	// D2.
	m = ask("disc-height", `{"disc":"L4-L5","sigma_mm":0.5,"target":{"height_anterior_mm":8,"height_posterior_mm":5,"depth_superior_mm":34,"depth_inferior_mm":35},
		"reference":{"disc":"L3-L4","height_anterior_mm":9.5,"height_posterior_mm":7,"depth_superior_mm":34,"depth_inferior_mm":34}}`)
	near(t, "D2 loss", number(m, "loss_percent"), 31.89, 5e-3)
	near(t, "D2 interval", number(m, "ci95", "loss_percent"), 1.96*6.9, 0.1)
	near(t, "D2 DHI7", number(m, "dhi"), 0.18841, 5e-6)
}
