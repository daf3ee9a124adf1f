package hanging

import (
	"fmt"
	"testing"
)

// BenchmarkMatch tries every built-in protocol, and one that goes by descriptions, on a patient with 400 series of ten visits.
func BenchmarkMatch(b *testing.B) {
	var list []Series
	for i := range 400 {
		s := mr(fmt.Sprintf("20%02d0301", 10+i/40), []string{"SAG", "AX", "COR"}[i%3], []string{"T1", "T2", "PD"}[i%7%3], i%5 == 0)
		s.Description = fmt.Sprintf("%s %s TSE rachis lombaire, séquence n° %d (512)", s.Plane, s.Weighting, i)
		s.BodyPart, s.About, s.Number = "LSPINE", "IRM du rachis lombosacré sans injection", i
		if i%10 == 0 {
			s.Description, s.About = "c spine localizer", "cervical spine"
		}
		list = append(list, s)
	}
	protocols := append(Builtins(), Protocol{ID: "words", Layout: Layout{Rows: 1, Columns: 2}, Views: []View{
		{Series: []Rule{{Description: []string{"séquence n° 397", "T2 TSE"}}}}, {Series: []Rule{{Description: []string{"no such words", "nor these"}}}, Required: true}}})
	b.ResetTimer()
	for b.Loop() {
		for _, p := range protocols {
			Match(p, list, 3)
		}
	}
}
