package spine_test

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"rachis/annotations/spine"
)

// kinds are the ratios of a tissue on T1 and T2, and its percent of the way to CSF on STIR.
var kinds = map[int][3]float64{0: {1, 1, 0}, 1: {0.7, 1.5, 30}, 2: {1.4, 1.25, -5}, 3: {0.6, 0.55, -3}, 12: {1.02, 1.3, 15}}

// lesionOf is a lesion made of so many pixels of each kind.
func lesionOf(stir bool, pixels map[int]int) spine.ModicInput {
	const t1, t2, s, csf = 400.0, 180.0, 100.0, 900.0
	v := &spine.Voxels{}
	for _, kind := range []int{0, 1, 2, 3, 12} {
		for range pixels[kind] {
			r := kinds[kind]
			v.T1, v.T2, v.STIR = append(v.T1, t1*r[0]), append(v.T2, t2*r[1]), append(v.STIR, s+(csf-s)*r[2]/100)
		}
	}
	mean := func(list []float64) spine.ROI {
		sum := 0.0
		for _, x := range list {
			sum += x
		}
		return spine.ROI{Mean: sum / float64(len(list)), SD: 10, N: len(list)}
	}
	water := csf
	in := spine.ModicInput{Voxels: v, T1: &spine.Signal{Lesion: mean(v.T1), Reference: spine.ROI{Mean: t1, SD: 30}},
		T2: &spine.Signal{Lesion: mean(v.T2), Reference: spine.ROI{Mean: t2, SD: 14}}}
	if stir {
		in.STIR = &spine.Signal{Lesion: mean(v.STIR), Reference: spine.ROI{Mean: s, SD: 8}, CSF: &water}
	} else {
		v.STIR = nil
	}
	return in
}

// Step E of methods.md 1.3: mixed from a second fraction of 0.20 on, the dominant type first.
func TestMixedByVoxels(t *testing.T) {
	for _, c := range []struct {
		name     string
		stir     bool
		pixels   map[int]int
		want     string
		strength string
	}{
		{"oedema, a little fat", true, map[int]int{1: 81, 2: 19}, "1", "possible"},
		{"oedema and a fifth of fat", true, map[int]int{1: 80, 2: 20}, "1/2", "probable"},
		{"half and half: which is first is not probable", true, map[int]int{1: 50, 2: 50}, "1/2", "possible"},
		{"fat before oedema", true, map[int]int{1: 44, 2: 56}, "2/1", "probable"},
		{"fat before oedema, without STIR", false, map[int]int{1: 44, 2: 56}, "2/1", "probable"},
		{"fat and sclerosis, which cancel in the means", true, map[int]int{2: 60, 3: 40}, "2/3", "probable"},
		{"sclerosis before fat has the same name", true, map[int]int{2: 30, 3: 70}, "2/3", "probable"},
		{"oedema and sclerosis", false, map[int]int{1: 60, 3: 40}, "1/3", "probable"},
		{"normal marrow drawn with it does not count", true, map[int]int{0: 50, 1: 35, 2: 15}, "1/2", "possible"},
		{"oedema with a sixth of something else", false, map[int]int{0: 16, 1: 84}, "1", "possible"},
		{"oedema with less than a sixth", false, map[int]int{0: 15, 1: 85}, "1", "probable"},
		{"oedema with a tenth of fat", true, map[int]int{1: 90, 2: 10}, "1", "possible"},
		{"too few pixels have a type", true, map[int]int{0: 65, 2: 20, 3: 15}, "0", "possible"},
		{"mixed within each pixel: the table speaks", true, map[int]int{12: 100}, "1/2", "probable"},
		{"normal", true, map[int]int{0: 100}, "0", "possible"},
	} {
		r := spine.Modic(lesionOf(c.stir, c.pixels))
		if r.Type != c.want || r.Strength != c.strength {
			t.Errorf("%s: %s %s (%+v, row %s), want %s %s", c.name, r.Type, r.Strength, r.Fractions, r.Row, c.want, c.strength)
		}
	}
	r := spine.Modic(lesionOf(true, map[int]int{1: 45, 2: 55}))
	if f := r.Fractions; math.Abs(f.One-0.45) > 1e-12 || math.Abs(f.Two-0.55) > 1e-12 || f.Three != 0 || f.Typed != 1 {
		t.Errorf("fractions %+v", *f)
	}
	if got := r.Rule(); !strings.HasSuffix(got, "· type 2 55 % · type 1 45 %") {
		t.Errorf("the rule does not say what it rests on: %s", got)
	}
}

// A weak second part makes the whole possible at most; a failed check leaves nothing to suggest; a T2 without fat cannot tell fat.
func TestVoxelsDoNotOutrunTheChecks(t *testing.T) {
	weak := kinds[2]
	defer func() { kinds[2] = weak }()
	kinds[2] = [3]float64{1.14, 1.05, 0}
	if r := spine.Modic(lesionOf(true, map[int]int{1: 50, 2: 50})); r.Type != "1/2" || r.Strength != "possible" {
		t.Errorf("fat that is hardly brighter: %s %s", r.Type, r.Strength)
	}
	kinds[2] = weak
	in := lesionOf(true, map[int]int{1: 50, 2: 50})
	fat := 300.0 // darker than marrow: no T1
	in.T1.Fat = &fat
	if r := spine.Modic(in); r.Type != "indeterminate" || r.Fractions != nil || r.Row != "" {
		t.Errorf("after a failed check: %+v", r)
	}
	in = lesionOf(true, map[int]int{1: 50, 2: 50})
	in.T2.FatSuppressed = true
	if r := spine.Modic(in); r.Fractions != nil || r.Strength == "probable" {
		t.Errorf("T2 without fat: %+v", r)
	}
	for _, spoil := range []func(*spine.Voxels){
		func(v *spine.Voxels) { v.T2 = v.T2[1:] }, func(v *spine.Voxels) { v.STIR = v.STIR[1:] }, func(v *spine.Voxels) { v.T1, v.T2 = nil, nil },
	} {
		in = lesionOf(true, map[int]int{1: 50, 2: 50})
		spoil(in.Voxels)
		if r := spine.Modic(in); r.Fractions != nil {
			t.Errorf("lists of different lengths: %+v", r.Fractions)
		}
	}
	in = lesionOf(true, map[int]int{1: 50, 2: 50})
	in.Voxels.T1[0] = math.NaN()
	if r := spine.Modic(in); r.Fractions == nil || r.Fractions.Typed != 1 || r.Type != "2/1" {
		t.Errorf("a pixel that is none: %+v", r)
	}
}

// The same through `rachis measure modic`.
func TestMeasureVoxels(t *testing.T) {
	in := lesionOf(true, map[int]int{1: 30, 2: 70})
	signal := func(s *spine.Signal) map[string]any {
		m := map[string]any{"lesion": map[string]any{"mean": s.Lesion.Mean, "sd": s.Lesion.SD}, "reference": map[string]any{"mean": s.Reference.Mean, "sd": s.Reference.SD}}
		if s.CSF != nil {
			m["csf_mean"] = *s.CSF
		}
		return m
	}
	ask := func(voxels any) ([]byte, error) {
		b, err := json.Marshal(map[string]any{"t1": signal(in.T1), "t2": signal(in.T2), "stir": signal(in.STIR), "voxels": voxels})
		if err != nil {
			t.Fatal(err)
		}
		return spine.Measure("modic", b)
	}
	out, err := ask(map[string]any{"t1": in.Voxels.T1, "t2": in.Voxels.T2, "stir": in.Voxels.STIR})
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Type      string             `json:"type"`
		Fractions map[string]float64 `json:"fractions"`
	}
	if err := json.Unmarshal(out, &got); err != nil || got.Type != "2/1" || got.Fractions["1"] != 0.3 || got.Fractions["2"] != 0.7 {
		t.Errorf("%s, %v", out, err)
	}
	for _, bad := range []any{map[string]any{"t1": in.Voxels.T1}, map[string]any{"t1": in.Voxels.T1, "t2": in.Voxels.T2, "stir": []float64{1}}, map[string]any{"t1": []float64{}, "t2": []float64{}}} {
		if _, err := ask(bad); err == nil || !strings.Contains(err.Error(), "voxels") {
			t.Errorf("%v: %v", fmt.Sprint(bad)[:40], err)
		}
	}
}

// Area stands for pixels where pixels are large (methods.md 1.3 B: at least 20 pixels or 25 mm²).
func TestLeastLesion(t *testing.T) {
	for _, c := range []struct {
		n     int
		area  float64
		small bool
	}{{19, 10, true}, {19, 0, true}, {20, 10, false}, {19, 25, false}, {0, 0, false}} {
		in := lesionOf(false, map[int]int{1: 30})
		in.T1.Lesion.N, in.T1.Lesion.Area = c.n, c.area
		if got := slices.ContainsFunc(spine.Modic(in).Warnings, func(w string) bool { return strings.HasPrefix(w, "lesion-small") }); got != c.small {
			t.Errorf("%d pixels, %v mm²: small %v", c.n, c.area, got)
		}
	}
}
