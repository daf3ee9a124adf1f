package phantom

// tissue is a kind of tissue with its signal in each weighting.
type tissue int

const (
	air tissue = iota
	fat
	muscle
	marrow
	cortex // cortical bone, ligament, flowing blood: next to nothing
	annulus
	nucleus
	dryDisc
	csf
	cord
	root
	bowel
	ligament
	vein // basivertebral
	skin
	modic1
	modic2
	modic3
	tissues
)

// weighting is one of the three contrasts.
type weighting int

const (
	t1 weighting = iota
	t2
	stir
)

// Signals, in stored values before coil shading. Marrow lies between muscle and fat on T1; fat is bright on T2 of a
// turbo spin echo and gone on STIR; the Modic types follow methods.md 1.1, clear of the limits of 1.3.
var signals = [tissues][3]float64{
	air:      {6, 6, 6},
	fat:      {1450, 1080, 92},
	muscle:   {470, 250, 235},
	marrow:   {760, 620, 190},
	cortex:   {70, 45, 40},
	annulus:  {400, 175, 120},
	nucleus:  {500, 1120, 820},
	dryDisc:  {440, 215, 150},
	csf:      {230, 1900, 1750},
	cord:     {560, 780, 560},
	root:     {470, 900, 640},
	bowel:    {420, 520, 330},
	ligament: {340, 230, 130},
	vein:     {430, 900, 480},
	skin:     {700, 480, 260},
	modic1:   {760 * 0.76, 620 * 1.42, 190 + 0.36*(1750-190)},
	modic2:   {760 * 1.42, 620 * 1.27, 190 * 0.72},
	modic3:   {760 * 0.55, 620 * 0.52, 190 * 0.75},
}

// lesionTissue is the tissue of a Modic type.
var lesionTissue = map[string]tissue{"1": modic1, "2": modic2, "3": modic3}

// mrSigma is the standard deviation of each channel's noise at strength 1: marrow then has a signal to noise ratio of
// about 30 on T1 and T2 and 10 on STIR, as at 1.5 T.
var mrSigma = [3]float64{24, 22, 19}
