package evaluate

import (
	"math"

	"rachis/annotations"
	"rachis/annotations/spine"
)

// stirMost gives the greatest signal of a lesion on STIR on the way from marrow (0 %) to CSF (100 %), as AIM's descriptor of an oedema has it
// (methods.md 1.2). It is that of the median of each pixel's neighbourhood: one noisy pixel is no oedema. Nothing without CSF.
func (e *evaluation) stirMost(s *sequence, signal *spine.Signal) {
	if s == nil || signal == nil || signal.CSF == nil || !(*signal.CSF > signal.Reference.Mean) {
		return
	}
	most := math.Inf(-1)
	for _, i := range s.pixels.At {
		if v := s.median(i); v > most {
			most = v
		}
	}
	e.give(annotations.Value{Name: "stir_most_percent", Value: 100 * (most - signal.Reference.Mean) / (*signal.CSF - signal.Reference.Mean), Unit: "%", Role: string(stir)})
}
