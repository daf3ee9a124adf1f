package phantom

import (
	"hash/fnv"
	"math"
	"math/rand/v2"
	"strconv"
)

// source is a stream of random numbers that depends on the seed and a name alone, so that images can be made in any
// order and still come out the same.
func source(seed int64, name string) *rand.PCG {
	h := fnv.New64a()
	h.Write([]byte(name + strconv.FormatInt(seed, 10)))
	return rand.NewPCG(uint64(seed), h.Sum64())
}

// normalSource is what normal draws from.
type normalSource interface{ Uint64() uint64 }

// normal returns a number from the standard normal distribution, nearly: the sum of twelve uniform ones, made of whole
// numbers so that it is the same on every machine. It lies within -6 and 6.
func normal(r normalSource) float64 {
	sum := 0
	for range 3 {
		x := r.Uint64()
		sum += int(x&0xffff) + int(x>>16&0xffff) + int(x>>32&0xffff) + int(x>>48)
	}
	return (float64(sum) - 6*65535) / 65536
}

// lattice is smooth noise in space, between -1 and 1.
type lattice struct{ seed uint64 }

func (l lattice) corner(x, y, z int64) float64 {
	h := l.seed ^ uint64(x)*0x9e3779b97f4a7c15 ^ uint64(y)*0xc2b2ae3d27d4eb4f ^ uint64(z)*0x165667b19e3779f9
	h ^= h >> 29
	h *= 0xbf58476d1ce4e5b9
	h ^= h >> 32
	h *= 0x94d049bb133111eb
	h ^= h >> 29
	return float64(h>>40)/(1<<23) - 1
}

// at returns the noise at a place measured in lattice units.
func (l lattice) at(x, y, z float64) float64 {
	fx, fy, fz := math.Floor(x), math.Floor(y), math.Floor(z)
	ix, iy, iz := int64(fx), int64(fy), int64(fz)
	tx, ty, tz := ease(x-fx), ease(y-fy), ease(z-fz)
	mix := func(a, b, t float64) float64 { return a + float64((b-a)*t) }
	plane := func(k int64) float64 {
		return mix(mix(l.corner(ix, iy, k), l.corner(ix+1, iy, k), tx), mix(l.corner(ix, iy+1, k), l.corner(ix+1, iy+1, k), tx), ty)
	}
	return mix(plane(iz), plane(iz+1), tz)
}

func ease(t float64) float64 { return t * t * (3 - 2*t) }
