package spine_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"rachis/annotations/spine"
)

const films = `{"segment":"L4-L5","pixel_origin":"centre","sigma_mm":0.5,"films":[
{"position":"FLEXION","spacing_mm":[0.15,0.15],"magnification":1.25,"calibration":"ERMF","vertebrae":{
 "L4":{"IP":[918.457,1155.271],"IA":[675.593,1301.198],"SA":[562.560,1096.901],"SP":[809.716,958.116]},
 "L5":{"SP":[1000.000,1200.000],"SA":[735.660,1323.264],"IA":[841.824,1531.214],"IP":[1087.537,1407.441]}}},
{"position":"EXTENSION","spacing_mm":[0.15,0.15],"magnification":1.20,"calibration":"ERMF","vertebrae":{
 "L4":{"IP":[664.821,1276.795],"IA":[917.015,1174.902],"SA":[825.685,970.210],"SP":[576.488,1079.520]},
 "L5":{"SP":[666.667,1333.333],"SA":[942.413,1284.712],"IA":[973.432,1506.698],"IP":[712.053,1544.663]}}}]}`

const heights = `{"disc":"L4-L5","target":{"height_anterior_mm":8,"height_posterior_mm":5,"depth_superior_mm":34,"depth_inferior_mm":35},
"reference":{"disc":"L3-L4","height_anterior_mm":9.5,"height_posterior_mm":7,"depth_superior_mm":34,"depth_inferior_mm":34}}`

const landmarked = `{"disc":"L4-L5","spacing_mm":[0.125,0.125],"calibration":"GEOMETRY","vertebrae":{
"L4":{"IP":[664.821,1276.795],"IA":[917.015,1174.902],"SA":[825.685,970.210],"SP":[576.488,1079.520]},
"L5":{"SP":[666.667,1333.333],"SA":[942.413,1284.712],"IA":[973.432,1506.698],"IP":[712.053,1544.663]}}}`

const signals = `{"t1":{"lesion":{"mean":310,"sd":0},"reference":{"mean":400,"sd":36}},"t2":{"lesion":{"mean":260,"sd":0},"reference":{"mean":180,"sd":20}},"stir":{"high":true},"tau":0.1,"k":1}`

// slippedDisc has slipped by 6 mm, heights 10 mm at right angles, depths 34; its reference has not.
const slippedDisc = `{"disc":"L4-L5","pixel_origin":"centre","spacing_mm":[0.5,0.5],"calibration":"PATIENT","vertebrae":{
"L4":{"IP":[212,180],"IA":[280,180],"SA":[280,124],"SP":[212,124]},"L5":{"SP":[200,200],"SA":[268,200],"IA":[268,256],"IP":[200,256]}},
"reference":{"disc":"L3-L4","vertebrae":{"L3":{"IP":[200,180],"IA":[268,180],"SA":[268,124],"SP":[200,124]},"L4":{"SP":[200,200],"SA":[268,200],"IA":[268,256],"IP":[200,256]}}}}`

var whole = map[string]string{"instability": films, "disc-height": heights, "modic": signals}

// Input that is wrong names its field.
func TestWrongInputNamesItsField(t *testing.T) {
	for _, c := range []struct{ kind, from, to, want string }{
		{"instability", `"segment":"L4-L5",`, ``, "segment: it is missing"},
		{"instability", `"L4-L5"`, `"L9-L10"`, `segment: "L9-L10" is no disc`},
		{"instability", `"L4-L5"`, `"L5-L4"`, `segment: "L5-L4" is no disc`},
		{"instability", `"centre"`, `"middle"`, `pixel_origin: "middle" is neither`},
		{"instability", `"sigma_mm":0.5`, `"sigma_mm":-1`, "sigma_mm: -1 is no standard deviation"},
		{"instability", `"sigma_mm":0.5`, `"sigma_mm":0`, "sigma_mm: 0 is no standard deviation"},
		{"instability", `"position":"EXTENSION"`, `"position":"FLEXION"`, "films[1].position: there is another film in FLEXION"},
		{"instability", `"position":"EXTENSION"`, `"position":"STANDING"`, `films[1].position: "STANDING"`},
		{"instability", `"position":"EXTENSION",`, ``, "films[1].position: it is missing"},
		{"instability", `[0.15,0.15]`, `[0.15]`, "films[0].spacing_mm: [between rows, between columns] are two numbers: 1 stand there"},
		{"instability", `[0.15,0.15]`, `[0.15,0]`, "films[0].spacing_mm: 0 mm is no spacing"},
		{"instability", `[0.15,0.15]`, `[-0.15,0.15]`, "films[0].spacing_mm: -0.15 mm is no spacing"},
		{"instability", `1.25`, `0.8`, "films[0].magnification: 0.8 is no magnification"},
		{"instability", `1.25`, `0`, "films[0].magnification: 0 is no magnification"},
		{"instability", `"ERMF"`, `"CERTAIN"`, `films[0].calibration: "CERTAIN" is no state`},
		{"instability", `"SA":[735.660,1323.264],`, ``, "films[0].vertebrae.L5.SA: L5.SA is not marked."},
		{"instability", `"IP":[918.457,1155.271],`, ``, "films[0].vertebrae.L4.IP: L4.IP is not marked."},
		{"instability", `[735.660,1323.264]`, `[735.660]`, "films[0].vertebrae.L5.SA: a point is [column, row], two numbers: 1 stand there"},
		{"instability", `[735.660,1323.264]`, `[735.660,1323.264,0]`, "films[0].vertebrae.L5.SA: a point is [column, row], two numbers: 3 stand there"},
		{"instability", `[735.660,1323.264]`, `null`, "films[0].vertebrae.L5.SA: a point is [column, row], two numbers: 0 stand there"},
		// A null within a list would be read as 0, and of a name that stands twice the last would count.
		{"instability", `[735.660,1323.264]`, `[735.660,null]`, "films[0].vertebrae.L5.SA[1]: nothing stands there, at line 4"},
		{"instability", `[0.15,0.15]`, `[null,0.15]`, "films[0].spacing_mm[0]: nothing stands there"},
		{"instability", `"SA":[735.660,1323.264]`, `"SA":[735.660,1323.264],"SA":[735.660,1303.264]`, "films[0].vertebrae.L5.SA: it stands there twice, again at line 4"},
		{"disc-height", `"height_anterior_mm":8`, `"height_anterior_mm":8,"height_anterior_mm":9`, "target.height_anterior_mm: it stands there twice"},
		{"modic", `"tau":0.1`, `"tau":0.1,"voxels":{"t1":[300,null],"t2":[200,210]}`, "voxels.t1[1]: nothing stands there"},
		{"instability", `[735.660,1323.264]`, `[735.660,1e300]`, "films[0].vertebrae.L5.SA: 1e+300 lies on no image"},
		{"instability", `[735.660,1323.264]`, `[735.660,1e999]`, "vertebrae"},
		{"instability", `[735.660,1323.264]`, `[735.660,NaN]`, "line 4, column"},
		{"instability", `[735.660,1323.264]`, `[735.660,"x"]`, "a string stands there, at line 4"},
		{"instability", `[735.660,1323.264]`, `[1000.000,1200.000]`, "films[0].vertebrae.L5: L5.SA and SP are one point: the vertebra has no depth."},
		{"instability", `"L5":{"SP":[1000`, `"L6":{"SP":[1000`, "films[0].vertebrae.L5: L5 is not marked."},
		{"instability", `"L5":{"SP":[1000`, `"X5":{"SP":[1000`, "films[0].vertebrae.X5: there is no such vertebra"},
		{"instability", `"SA":[735.660`, `"AS":[735.660`, "films[0].vertebrae.L5.AS: there is no such landmark"},
		{"instability", `"magnification"`, `"magnificaton"`, `unknown field "magnificaton"`},
		{"instability", `"films":[`, `"films":[],"x":[`, `unknown field "x"`},
		{"instability", `}}}]}`, `}}}]`, "the input ends within the object"},
		{"instability", `}}}]}`, `}}}]} {}`, "there is more after the end"},
		{"disc-height", `"disc":"L4-L5",`, ``, "disc: it is missing"},
		{"disc-height", `"L3-L4"`, `"L3-L5"`, `reference.disc: "L3-L5" is no disc`},
		{"disc-height", `"height_posterior_mm":5,`, ``, "target.height_posterior_mm: it is missing"},
		{"disc-height", `"height_anterior_mm":8`, `"height_anterior_mm":-8`, "target.height_anterior_mm: -8 mm is no length"},
		{"disc-height", `"depth_inferior_mm":35`, `"depth_inferior_mm":0`, "target.depth_inferior_mm: 0 mm is no length"},
		{"disc-height", `,"depth_inferior_mm":34`, ``, "reference.depth_inferior_mm: it is missing"},
		{"disc-height", `"target"`, `"vertebrae":{"L4":{}},"target"`, "target: there are vertebrae too"},
		{"disc-height", `"target":{"height_anterior_mm":8,"height_posterior_mm":5,"depth_superior_mm":34,"depth_inferior_mm":35}`, `"vertebrae":{"L4":{"IA":[1,1],"IP":[0,0]}}`, "vertebrae.L5: L5 is not marked."},
		{"modic", `"t1":{"lesion":{"mean":310,"sd":0},"reference":{"mean":400,"sd":36}},`, ``, "t1: it is missing"},
		{"modic", `"mean":310,`, ``, "t1.lesion.mean: it is missing"},
		{"modic", `"mean":310`, `"mean":1e308`, "t1.lesion.mean: 1e+308: no image has such a signal"},
		{"modic", `"mean":310`, `"mean":-310`, "t1.lesion.mean: -310: a signal is not below 0"},
		{"modic", `"mean":400`, `"mean":0`, "t1.reference.mean: 0: normal marrow has a signal above 0"},
		{"modic", `,"sd":36`, ``, "t1.reference.sd: it is missing"},
		{"modic", `"sd":20`, `"sd":0`, "t2.reference.sd: 0: the contrast is in units of"},
		{"modic", `{"mean":180,"sd":20}`, `null`, "t2.reference: it is missing"},
		{"modic", `"tau":0.1`, `"tau":0.5`, "tau: 0.5: between 0.05 and 0.25 is possible"},
		{"modic", `"k":1`, `"k":0`, "k: 0: between 0.5 and 3 is possible"},
		{"modic", `"high":true`, `"high":true,"lesion":{"mean":1}`, "stir.high: there are measured regions too"},
		{"modic", `"stir":{"high":true}`, `"stir":{}`, "stir.lesion: it is missing"},
		{"modic", `"t2":{"lesion":{"mean":260,"sd":0},"reference":{"mean":180,"sd":20}}`, `"t2":{"high":true}`, "t2.high: only stir"},
		{"modic", `"mean":310`, `"mean":"310"`, "t1.lesion.mean: a string stands there, at line 1"},
	} {
		in := strings.Replace(whole[c.kind], c.from, c.to, 1)
		if in == whole[c.kind] {
			t.Fatalf("%s: %s is not in the input", c.kind, c.from)
		}
		out, err := spine.Measure(c.kind, []byte(in))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s with %s for %s:\n got %v %s\nwant %s", c.kind, c.to, c.from, err, out, c.want)
		}
	}
	for kind, in := range map[string]string{"height": films, "modic": "", "instability": `{"segment":"L4-L5","films":[]}`, "disc-height": "[]"} {
		if _, err := spine.Measure(kind, []byte(in)); err == nil {
			t.Errorf("%s: no error for %q", kind, in)
		}
	}
}

// The shapes that cli.md fixes: these names and no others, and numbers that are numbers.
func TestShapes(t *testing.T) {
	for _, c := range []struct{ name, kind, in, want string }{
		{"instability", "instability", films, `calibration ci95{rotation_deg rotation_procrustes_deg translation_mm translation_percent}` +
			` criteria[]{limit quantity set verdict} films[]{depth_mm dhi disc_angle_deg height_anterior_mm height_posterior_mm meyerding position slip_mm slip_percent}` +
			` registration{angle_deg rms_mm scale} rotation_deg rotation_procrustes_deg segment translation_mm translation_percent warnings[]`},
		{"disc height by lengths", "disc-height", heights, `ci95{loss_percent} dabbs_mm dhi disc grade height_anterior_mm height_posterior_mm loss_percent warnings[]`},
		{"disc height with a slip", "disc-height", slippedDisc, `calibration ci95{loss_percent loss_perpendicular_percent} dabbs_mm dhi dhi_perpendicular disc farfan frobin` +
			` fyllos_mm grade grade_perpendicular height_anterior_mm height_posterior_mm hurxthal_mm loss_percent loss_perpendicular_percent warnings[]`},
		{"modic", "modic", signals, `alternatives[] flags[] stir{class} strength t1{class contrast ratio} t2{class contrast ratio} type warnings[]`},
		{"disc height by landmarks", "disc-height", landmarked,
			`calibration dabbs_mm dhi disc farfan frobin fyllos_mm height_anterior_mm height_posterior_mm hurxthal_mm warnings[]`},
	} {
		out, err := spine.Measure(c.kind, []byte(c.in))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		var v map[string]any
		if err := json.Unmarshal(out, &v); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(out), "\\u0026") {
			t.Errorf("%s: an ampersand is escaped", c.name)
		}
		if got := shape(v); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

func shape(v map[string]any) string {
	var parts []string
	for _, k := range slices.Sorted(maps.Keys(v)) {
		s := k
		switch x := v[k].(type) {
		case []any:
			s += "[]"
			if len(x) > 0 {
				if m, ok := x[0].(map[string]any); ok {
					s += "{" + shape(m) + "}"
				}
			}
		case map[string]any:
			s += "{" + shape(x) + "}"
		}
		parts = append(parts, s)
	}
	return strings.Join(parts, " ")
}

// What cannot be given is absent, and a warning says why.
func TestAbsentWithoutCalibration(t *testing.T) {
	in := strings.ReplaceAll(films, `"spacing_mm":[0.15,0.15],"magnification":1.25,"calibration":"ERMF",`, "")
	in = strings.ReplaceAll(in, `"spacing_mm":[0.15,0.15],"magnification":1.20,"calibration":"ERMF",`, "")
	out, err := spine.Measure("instability", []byte(in))
	if err != nil {
		t.Fatal(err)
	}
	if s := string(out); strings.Contains(s, "_mm\":") || strings.Contains(s, "null") || !strings.Contains(s, `"calibration": "UNCALIBRATED"`) ||
		!strings.Contains(s, "no calibrated spacing") || !strings.Contains(s, `"translation_percent": 1`) || !strings.Contains(s, `"rotation_procrustes_deg": 1`) {
		t.Errorf("uncalibrated: %s", s)
	}
	in = strings.ReplaceAll(films, `"spacing_mm":[0.15,0.15]`, `"spacing_mm":[0.15,0.2]`)
	in = strings.ReplaceAll(in, `"ERMF"`, `"UNCALIBRATED"`)
	if out, err = spine.Measure("instability", []byte(in)); err != nil {
		t.Fatal(err)
	}
	if s := string(out); strings.Contains(s, "_deg\":") || strings.Contains(s, "_percent\":") || !strings.Contains(s, "not square") {
		t.Errorf("oblong and uncalibrated: %s", s)
	}
	// Remarks are passed over, and a byte order mark.
	in = "\xEF\xBB\xBF" + strings.Replace(signals, `{"t1"`, `{"comment":"of nobody","t1"`, 1)
	if _, err := spine.Measure("modic", []byte(in)); err != nil {
		t.Error(err)
	}
}

// What two discs of one image share is marked once, and a reference of another image brings its own scale, however that is said.
func TestReferenceOfTheSameImage(t *testing.T) {
	loss := func(in string) (out struct {
		Loss        float64 `json:"loss_percent"`
		Calibration string
	}) {
		t.Helper()
		answer, err := spine.Measure("disc-height", []byte(in))
		if err == nil {
			err = json.Unmarshal(answer, &out)
		}
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	const l3 = `"L3":{"IP":[567,1022],"IA":[807,900]}`
	const l4 = `"L4":{"IP":[664.821,1276.795],"IA":[917.015,1174.902],"SA":[825.685,970.210],"SP":[576.488,1079.520]}`
	const l5 = `"L5":{"SP":[666.667,1333.333],"SA":[942.413,1284.712]}`
	const head = `{"disc":"L4-L5","spacing_mm":[0.125,0.125],"calibration":"GEOMETRY","vertebrae":{`
	want := loss(head + l4 + `,` + l5 + `},"reference":{"disc":"L3-L4","vertebrae":{` + l3 + `,` + l4 + `}}}`)
	for name, in := range map[string]string{
		"L4 marked once": head + l4 + `,` + l5 + `},"reference":{"disc":"L3-L4","vertebrae":{` + l3 + `}}}`,
		"all in one":     head + l3 + `,` + l4 + `,` + l5 + `},"reference":{"disc":"L3-L4"}}`,
	} {
		if got := loss(in); got != want || got.Loss == 0 {
			t.Errorf("%s: %+v, want %+v", name, got, want)
		}
	}
	// Of another image nothing is taken over.
	for _, scale := range []string{`"spacing_mm":[0.1,0.1]`, `"source_to_detector_mm":1800,"source_to_patient_mm":1500`, `"calibration":"CALIBRATED"`, `"calibration_sd_percent":2`} {
		_, err := spine.Measure("disc-height", []byte(head+l4+`,`+l5+`},"reference":{"disc":"L3-L4",`+scale+`,"vertebrae":{`+l3+`}}}`))
		if err == nil || !strings.Contains(err.Error(), "reference.vertebrae.L4: L4 is not marked.") {
			t.Errorf("%s: %v", scale, err)
		}
	}
	// methods.md writes an assumed magnification so.
	if got := loss(strings.Replace(head, "GEOMETRY", "ERMF(assumed)", 1) + l4 + `,` + l5 + `},"reference":{"disc":"L3-L4","vertebrae":{` + l3 + `}}}`); got.Calibration != "ERMF_ASSUMED" || got.Loss != want.Loss {
		t.Errorf("an assumed magnification: %+v", got)
	}
}

// Whatever the input is, there is an answer in JSON or an error, and no panic.
func FuzzMeasure(f *testing.F) {
	for kind, in := range whole {
		f.Add(kind, []byte(in))
	}
	f.Add("disc-height", []byte(landmarked))
	f.Fuzz(func(t *testing.T, kind string, in []byte) {
		out, err := spine.Measure(kind, in)
		if err == nil && !json.Valid(out) {
			t.Errorf("no JSON: %s", out)
		}
		if err != nil && (out != nil || err.Error() == "") {
			t.Errorf("error %q with the answer %s", err, out)
		}
	})
}
