package annotations

import "slices"

// everyVertebra is all that people have, from the head down. T13 and L6 exist in some; L5 is missing in others.
var everyVertebra = []string{
	"C1", "C2", "C3", "C4", "C5", "C6", "C7", "T1", "T2", "T3", "T4", "T5", "T6", "T7", "T8", "T9", "T10", "T11", "T12", "T13",
	"L1", "L2", "L3", "L4", "L5", "L6", "S1",
}

// below lists the vertebrae that can follow another one, the usual one first. T11, T12, L4 and L5 have several because people have 11 to 13
// thoracic and 4 to 6 lumbar vertebrae.
var below = map[string][]string{
	"T11": {"T12", "L1"}, "T12": {"L1", "T13"}, "T13": {"L1"}, "L4": {"L5", "S1"}, "L5": {"S1", "L6"}, "L6": {"S1"}, "S1": nil,
}

// above has the usual vertebra above those whose neighbour in the list is not in everyone.
var above = map[string]string{"L1": "T12", "S1": "L5", "C1": ""}

// Vertebrae returns the names of all vertebrae from the head down, T13 and L6 among them.
func Vertebrae() []string { return slices.Clone(everyVertebra) }

// VertebraRank is the place of a vertebra from the head down, from 0; false for what is none.
func VertebraRank(vertebra string) (int, bool) {
	i := slices.Index(everyVertebra, vertebra)
	return i, i >= 0
}

// VertebraeBelow lists the vertebrae that can follow another one, the usual one first; none below S1.
func VertebraeBelow(vertebra string) []string {
	if list, ok := below[vertebra]; ok {
		return slices.Clone(list)
	}
	if i, ok := VertebraRank(vertebra); ok && i+1 < len(everyVertebra) {
		return []string{everyVertebra[i+1]}
	}
	return nil
}

// NextVertebra is the usual neighbour of a vertebra: T12 and L1, L5 and S1, whatever can stand between them. It is "" at the end.
func NextVertebra(vertebra string, down bool) string {
	if down {
		if list := VertebraeBelow(vertebra); len(list) > 0 {
			return list[0]
		}
		return ""
	}
	if v, ok := above[vertebra]; ok {
		return v
	}
	if i, ok := VertebraRank(vertebra); ok && i > 0 {
		return everyVertebra[i-1]
	}
	return ""
}

// Neighbours reports whether a vertebra can follow another one, so that there is a disc between them; C1 and C2 have none.
func Neighbours(upper, lower string) bool {
	return upper != "C1" && slices.Contains(VertebraeBelow(upper), lower)
}

// skips reports whether two neighbours are so only in people who lack the usual vertebra between them: L5, or T12.
func skips(upper, lower string) bool {
	return upper == "L4" && lower == "S1" || upper == "T11" && lower == "L1"
}

// discOf joins two vertebrae to the name of what lies between them: "L4-L5".
func discOf(upper, lower string) string { return upper + "-" + lower }
