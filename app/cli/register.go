package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"rachis/annotations"
	"rachis/annotations/spine"
	"rachis/annotations/spine/registration"
	"rachis/app/evaluate"
	"rachis/dicomio"
	"rachis/dicomio/space"
)

// registerAnswer is what `rachis register --json` prints. Points are [column, row] with the origin of the input.
type registerAnswer struct {
	Method      string                        `json:"method"`
	From        string                        `json:"from"` // FLEXION or EXTENSION, where the corners were known
	To          string                        `json:"to"`
	PixelOrigin string                        `json:"pixel_origin"`
	Facing      string                        `json:"facing"` // same or opposite
	Vertebrae   map[string]registeredVertebra `json:"vertebrae"`
	Calibration map[string]registeredFilm     `json:"calibration"`
	Warnings    []string                      `json:"warnings"`
}

type registeredVertebra struct {
	Refused bool                  `json:"refused"`
	Reason  string                `json:"reason,omitempty"`      // a code
	Why     string                `json:"explanation,omitempty"` // the reason in words
	Corners map[string][2]float64 `json:"corners,omitempty"`
	Quality float64               `json:"quality"` // 0 to 1
	// Transform is from the first film to the second: present with the corners.
	Transform *registeredTransform `json:"transform,omitempty"`
	Evidence  registeredEvidence   `json:"evidence"`
}

type registeredTransform struct {
	Rotation      float64     `json:"rotation_deg"`             // counterclockwise with the front to the right
	Scale         float64     `json:"scale"`                    // pixels of the second film for one of the first
	TranslationPx [2]float64  `json:"translation_px"`           // of the corners' mean, [column, row]
	TranslationMM *[2]float64 `json:"translation_mm,omitempty"` // the same with each film's millimetres, where both are calibrated
	RMSPx         float64     `json:"rms_px"`                   // by which the way back misses the corners that were given, on their film
	RMSMM         *float64    `json:"rms_mm,omitempty"`
}

type registeredEvidence struct {
	Correlation float64 `json:"correlation"`
	Runner      float64 `json:"runner_up"`
	Sharp       float64 `json:"sharp_correlation"`
	SharpRunner float64 `json:"sharp_runner_up"`
	Shape       float64 `json:"shape_percent"` // of the depth
	Parts       float64 `json:"parts_percent"`
	Return      float64 `json:"return_percent"`
	Seen        float64 `json:"seen"`
}

type registeredFilm struct {
	State         string      `json:"state"`
	Spacing       *[2]float64 `json:"spacing_mm,omitempty"` // between rows, between columns; the magnification is divided out
	Magnification float64     `json:"magnification,omitempty"`
}

func (p *program) register() *cobra.Command {
	var flexion, extension, landmarks string
	var asJSON bool
	c := &cobra.Command{
		Use: "register --flexion FILE --extension FILE --landmarks FILE [--json]", Short: p.text.T("cli.register.short"), Args: p.arguments(0, 0),
		RunE: func(_ *cobra.Command, _ []string) error {
			for _, f := range []struct{ name, value string }{{"flexion", flexion}, {"extension", extension}, {"landmarks", landmarks}} {
				if f.value == "" {
					return usageError{errors.New(p.text.T("cli.register.needs", "--"+f.name))}
				}
			}
			ctx, stop := interruptible()
			defer stop()
			data, err := p.readInput(landmarks)
			if err != nil {
				return err
			}
			marked, err := spine.ReadMarkedFilm(data)
			if err != nil {
				return fmt.Errorf("%s: %w", landmarks, err)
			}
			films := map[string]evaluate.LateralFilm{}
			for position, path := range map[string]string{spine.Flexion: flexion, spine.Extension: extension} {
				if films[position], err = p.lateralFilm(ctx, path); err != nil {
					return err
				}
			}
			answer, err := p.registered(ctx, films, marked)
			if err != nil {
				return fmt.Errorf("%s: %w", landmarks, err)
			}
			if asJSON {
				err = p.printJSON(answer)
			} else {
				p.printRegistered(answer)
			}
			if err != nil {
				return err
			}
			return p.registerRefusals(answer)
		},
	}
	c.Flags().StringVar(&flexion, "flexion", "", p.text.T("cli.flag.flexion"))
	c.Flags().StringVar(&extension, "extension", "", p.text.T("cli.flag.extension"))
	c.Flags().StringVar(&landmarks, "landmarks", "", p.text.T("cli.flag.film.landmarks"))
	c.Flags().BoolVar(&asJSON, "json", false, p.text.T("cli.flag.json"))
	return c
}

// lateralFilm reads the one frame of a radiograph.
func (p *program) lateralFilm(ctx context.Context, path string) (evaluate.LateralFilm, error) {
	file, err := dicomio.Open(path)
	if err != nil {
		return evaluate.LateralFilm{}, err
	}
	switch n := file.Frames(); {
	case n == 0:
		return evaluate.LateralFilm{}, p.noPixels(file)
	case n > 1:
		return evaluate.LateralFilm{}, errors.New(p.text.T("cli.register.frames", path, n))
	}
	frame, err := file.Frame(ctx, 0)
	return evaluate.LateralFilm{Frame: frame, Calibration: dicomio.CalibrationOf(file.DataSet, 0)}, err
}

// registered finds the corners and puts what was found into the answer's form.
func (p *program) registered(ctx context.Context, films map[string]evaluate.LateralFilm, marked spine.MarkedFilm) (registerAnswer, error) {
	a := registerAnswer{Method: registration.Version, From: marked.Position, To: spine.Extension, PixelOrigin: "corner", Facing: "same",
		Vertebrae: map[string]registeredVertebra{}, Calibration: map[string]registeredFilm{}, Warnings: []string{}}
	if a.From == spine.Extension {
		a.To = spine.Flexion
	}
	if marked.Shift != 0 {
		a.PixelOrigin = "centre"
	}
	if marked.Others {
		a.Warnings = append(a.Warnings, p.text.T("cli.register.others", a.From))
	}
	report, end := p.percentLine()
	result, err := evaluate.FindCorners(ctx, films[a.From], films[a.To], marked.Vertebrae, registration.Progress(report))
	end()
	if err != nil {
		return a, err
	}
	if result.Mirrored {
		a.Facing = "opposite"
		a.Warnings = append(a.Warnings, p.text.T("cli.register.mirrored"))
	}
	for position, f := range films {
		c := f.Calibration
		out := registeredFilm{State: c.State, Magnification: c.Magnification}
		if c.Spacing.Known() {
			out.Spacing = &[2]float64{c.Spacing.BetweenRows, c.Spacing.BetweenColumns}
		}
		a.Calibration[position] = out
	}
	for _, f := range result.Vertebrae {
		a.Vertebrae[f.Vertebra] = p.registeredVertebra(f, films[a.From].Calibration.Spacing, films[a.To].Calibration.Spacing, marked)
	}
	return a, nil
}

func (p *program) registeredVertebra(f registration.Found, from, to space.Spacing, marked spine.MarkedFilm) registeredVertebra {
	e := f.Evidence
	out := registeredVertebra{Quality: f.Quality, Evidence: registeredEvidence{
		Correlation: e.Correlation, Runner: e.Runner, Sharp: e.Sharp, SharpRunner: e.SharpRunner, Shape: 100 * e.Shape, Parts: 100 * e.Parts,
		Return: 100 * e.Return, Seen: e.Seen,
	}}
	if f.Refused != "" {
		out.Refused, out.Reason, out.Why = true, f.Refused, p.text.T("register."+f.Refused)
		return out
	}
	out.Corners = map[string][2]float64{}
	for c, at := range f.Corners {
		out.Corners[c.String()] = [2]float64{at.Col - marked.Shift, at.Row - marked.Shift}
	}
	t := &registeredTransform{Rotation: f.Rotation, Scale: f.Scale, TranslationPx: [2]float64{f.Translation.Col, f.Translation.Row}, RMSPx: f.ReturnRMS}
	out.Transform = t
	if from.Known() && to.Known() {
		a, b := f.From, f.From.Add(f.Translation)
		t.TranslationMM = &[2]float64{b.Col*to.BetweenColumns - a.Col*from.BetweenColumns, b.Row*to.BetweenRows - a.Row*from.BetweenRows}
		rms := f.ReturnRMS * (from.BetweenColumns + from.BetweenRows) / 2
		t.RMSMM = &rms
	}
	return out
}

// printRegistered prints a line a corner, for people.
func (p *program) printRegistered(a registerAnswer) {
	for _, name := range annotations.Vertebrae() {
		v, ok := a.Vertebrae[name]
		if !ok {
			continue
		}
		if v.Refused {
			fmt.Fprintln(p.stdout, p.text.T("cli.register.refused", name, v.Why))
			continue
		}
		fmt.Fprintln(p.stdout, p.text.T("cli.register.found", name, 100*v.Quality, v.Transform.Rotation, v.Transform.Scale))
		for _, c := range []string{"SA", "SP", "IA", "IP", "SM", "IM"} {
			if at, ok := v.Corners[c]; ok {
				fmt.Fprintf(p.stdout, "  %s  %9.2f %9.2f\n", c, at[0], at[1])
			}
		}
	}
}

// registerRefusals says what was not found; the exit code tells it too.
func (p *program) registerRefusals(a registerAnswer) error {
	for _, w := range a.Warnings {
		fmt.Fprintln(p.stderr, w)
	}
	var names []string
	for name, v := range a.Vertebrae {
		if v.Refused {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return nil
	}
	slices.SortFunc(names, func(a, b string) int {
		i, _ := annotations.VertebraRank(a)
		j, _ := annotations.VertebraRank(b)
		return i - j
	})
	for _, name := range names {
		fmt.Fprintln(p.stderr, p.text.T("cli.register.refused", name, a.Vertebrae[name].Why))
	}
	return errPartial
}
