// Does in plain C what Rachis does to show an image, on the same made images and with the same results: what it is measured against.
//
//   loops NAME TIMES     NAME: copy-slice, copy-film, window-slice, window-film, window-one, zoom, zoom-film, zoom-loose, reslice, reslice-float
//
// It prints the seconds of one picture, of processor time and by the clock, and the digest of the last picture, which rachis bench render
// prints too (zoom-loose and reslice-float round otherwise). It is built by .ci/bench-peers and is no part of Rachis.
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

static double cpu(void) {
	struct rusage u;
	getrusage(RUSAGE_SELF, &u);
	return u.ru_utime.tv_sec + u.ru_stime.tv_sec + 1e-6 * (u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}

static double wall(void) {
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + 1e-9 * t.tv_nsec;
}

static void *room(size_t n) {
	void *p = NULL;
	if (posix_memalign(&p, 64, n)) exit(1);
	memset(p, 0, n); // its pages are there before anything is timed
	return p;
}

static uint64_t digest(const void *data, size_t n) { // FNV-1a
	const uint8_t *p = data;
	uint64_t h = 14695981039346656037u;
	for (size_t i = 0; i < n; i++) h = (h ^ p[i]) * 1099511628211u;
	return h;
}

// The images of app/bench/pictures.go.
static uint32_t noise(uint32_t x, uint32_t y, uint32_t z) {
	uint32_t h = x * 73856093u ^ y * 19349663u ^ z * 83492791u;
	h ^= h >> 13;
	h *= 0x5bd1e995u;
	return (h ^ h >> 15) & 255;
}

static uint16_t slice_at(uint32_t x, uint32_t y) { return noise(x / 48, y / 48, 1) * 200 + noise(x, y, 0) * 6; }
static uint16_t film_at(uint32_t x, uint32_t y) { return noise(x / 200, y / 200, 1) * 14 + noise(x, y, 0); }
static uint16_t voxel_at(uint32_t x, uint32_t y, uint32_t z) { return 1000 + 2 * x + 3 * y + 4 * z + noise(x, y, z); }

typedef struct {
	int rows, cols, base, shift, lo, hi;
	uint16_t *v;
} image;

static image make(int cols, int rows, uint16_t (*at)(uint32_t, uint32_t)) {
	image m = {rows, cols, 0, 0, 0, 0, room(2 * (size_t)rows * cols)};
	int lo = 65535, hi = 0;
	for (int y = 0; y < rows; y++)
		for (int x = 0; x < cols; x++) {
			int v = m.v[(size_t)y * cols + x] = at(x, y);
			if (v < lo) lo = v;
			if (v > hi) hi = v;
		}
	m.base = lo;
	while (m.shift < 4 && (uint32_t)(hi - lo) << (m.shift + 1) <= 65535) m.shift++;
	m.hi = (hi - lo) << m.shift;
	return m;
}

// One axis of the output: which samples, and how much of the second, in 16 bits; or, where it is shrunk, the weights of all.
typedef struct {
	int from, to, area;
	int *first, *second, *start;
	uint32_t *weight, *taps;
} axis;

static int clamp(int v, int lo, int hi) { return v < lo ? lo : v > hi ? hi : v; }

static axis new_axis(int n, int size) {
	axis a = {0, 0, 0, room(4 * n), room(4 * n), room(4 * n), room(4 * n), room(4 * (4 * size + 16 * n))};
	return a;
}

// The filter of a shrunk image: how much of two boxes, one smoothed by the other, lies below x.
static double up(double first, double x) {
	double h = first / 2;
	return x <= -h ? 0 : x < h ? (x + h) * (x + h) / (2 * first) : x;
}

static double below(double first, double second, double x) {
	if (second < 1e-6) return fmin(fmax((x + first / 2) / first, 0), 1);
	return fmin(fmax((up(first, x + second / 2) - up(first, x - second / 2)) / second, 0), 1);
}

static void plan(axis *a, int n, int size, double m, double t) {
	a->from = clamp((int)ceil(t - 0.5), 0, n);
	a->to = clamp((int)ceil(t + m * size - 0.5), a->from, n);
	a->area = 0;
	if (m >= 1) {
		for (int p = a->from; p < a->to; p++) {
			double u = (p + 0.5 - t) / m - 0.5, f = floor(u);
			a->first[p] = clamp((int)f, 0, size - 1);
			a->second[p] = clamp((int)f + 1, 0, size - 1);
			a->weight[p] = a->first[p] == a->second[p] ? 0 : (uint32_t)round((u - f) * 65536);
		}
		return;
	}
	a->area = 1;
	int k = 0;
	double first = 1 / m, second = first * fmin(fmax(2 * (first - 1), 0), 1), width = first + second;
	int count = ((int)ceil(width) + 1 + 3) & ~3;
	for (int p = a->from; p < a->to; p++) {
		double at = (p + 0.5 - t) / m;
		int i0 = (int)floor(at - width / 2);
		int32_t last = 0;
		a->first[p] = i0, a->second[p] = i0 + count - 1, a->start[p] = k;
		for (int i = 0; i < count; i++) {
			int32_t sum = i < count - 1 ? (int32_t)round(below(first, second, i0 + i + 1 - at) * 65536) : 65536;
			a->taps[k++] = sum - last;
			last = sum;
		}
	}
}

// Columns are made of a row that was mixed, which has room on both sides for what weights reach beyond it.
enum { MARGIN = 16 };

static void across(uint16_t *restrict out, const uint16_t *restrict row, const axis *a) {
	const int *restrict first = a->first;
	if (a->area) {
		for (int x = a->from; x < a->to; x++) {
			uint32_t sum = 32768;
			for (int c = first[x]; c <= a->second[x]; c++) sum += row[c] * a->taps[a->start[x] + c - first[x]];
			out[x] = sum >> 16;
		}
		return;
	}
	const int *restrict second = a->second;
	const uint32_t *restrict weight = a->weight;
	for (int x = a->from; x < a->to; x++) {
		uint32_t w = weight[x];
		out[x] = (row[first[x]] * (65536 - w) + row[second[x]] * w + 32768) >> 16;
	}
}

// Two rows mixed; the loose one rounds each half by itself, which vectorises better.
static void mix(uint16_t *restrict out, const uint16_t *restrict a, const uint16_t *restrict b, uint32_t w, uint32_t base, uint32_t shift, int n) {
	uint32_t wa = (65536 - w) << shift, wb = w << shift, bias = 32768 - (base << 16 << shift);
	for (int i = 0; i < n; i++) out[i] = (a[i] * wa + b[i] * wb + bias) >> 16;
}

static void mix_loose(uint16_t *restrict out, const uint16_t *restrict a, const uint16_t *restrict b, uint16_t w, uint32_t base, uint32_t shift, int n) {
	uint16_t v = -w;
	for (int i = 0; i < n; i++) out[i] = (uint16_t)((uint16_t)((uint32_t)a[i] * v >> 16) + (uint16_t)((uint32_t)b[i] * w >> 16) - base) << shift;
}

typedef struct {
	image m;
	int w, h;
	axis x, y;
	uint16_t *values, *row;
	uint32_t *sum, *table, *out;
} picture;

static picture new_picture(image m, int w, int h) {
	size_t n = (size_t)w * h;
	picture p = {m, w, h, new_axis(w, m.cols), new_axis(h, m.rows), room(2 * n), room(2 * (m.cols + 2 * MARGIN)), room(4 * m.cols), room(4 * 65536), room(4 * n)};
	return p;
}

static void look_up(uint32_t *restrict out, const uint16_t *restrict values, const uint32_t *restrict table, int n) {
	for (int i = 0; i < n; i++) out[i] = table[values[i]];
}

static void fill(uint32_t *out, int n) {
	for (int i = 0; i < n; i++) out[i] = 0xff000000;
}

static void look_up_all(picture *p) {
	for (int y = 0; y < p->h; y++) {
		uint32_t *out = p->out + (size_t)y * p->w;
		if (y < p->y.from || y >= p->y.to) {
			fill(out, p->w);
			continue;
		}
		fill(out, p->x.from);
		fill(out + p->x.to, p->w - p->x.to);
		look_up(out + p->x.from, p->values + (size_t)y * p->w + p->x.from, p->table, p->x.to - p->x.from);
	}
}

// Samples into values, and looks up at once where now is set.
static void sample(picture *p, int loose, int now) {
	const image *m = &p->m;
	const axis *x = &p->x, *y = &p->y;
	int lo = m->cols, hi = 0; // the columns that are seen
	for (int i = x->from; i < x->to; i++) {
		if (x->first[i] < lo) lo = x->first[i];
		if (x->second[i] > hi) hi = x->second[i];
	}
	lo = clamp(lo, 0, m->cols - 1), hi = clamp(hi, 0, m->cols - 1);
	int n = hi - lo + 1;
	uint16_t *row = p->row + MARGIN;
	for (int i = y->from; i < y->to; i++) {
		uint16_t *v = p->values + (size_t)i * p->w;
		if (y->area) {
			uint32_t bias = 32768 - ((uint32_t)m->base << 16 << m->shift);
			for (int c = 0; c < n; c++) p->sum[c] = bias;
			for (int r = y->first[i]; r <= y->second[i]; r++) {
				const uint16_t *src = m->v + (size_t)clamp(r, 0, m->rows - 1) * m->cols + lo;
				uint32_t w = y->taps[y->start[i] + r - y->first[i]] << m->shift;
				if (w)
					for (int c = 0; c < n; c++) p->sum[c] += src[c] * w;
			}
			for (int c = 0; c < n; c++) row[lo + c] = p->sum[c] >> 16;
		} else {
			const uint16_t *a = m->v + (size_t)y->first[i] * m->cols + lo, *b = m->v + (size_t)y->second[i] * m->cols + lo;
			if (loose)
				mix_loose(row + lo, a, b, y->weight[i], m->base, m->shift, n);
			else
				mix(row + lo, a, b, y->weight[i], m->base, m->shift, n);
		}
		for (int c = 1; c <= MARGIN; c++) {
			if (lo == 0) row[-c] = row[0];
			if (hi == m->cols - 1) row[hi + c] = row[hi];
		}
		across(v, row, x);
		if (now) look_up(p->out + (size_t)i * p->w + x->from, v + x->from, p->table, x->to - x->from);
	}
}

static void window(picture *p, double c, double w) { // LINEAR
	for (int i = p->m.lo; i <= p->m.hi; i++) {
		double x = p->m.base + i / (double)(1 << p->m.shift), y = ((x - (c - 0.5)) / (w - 1) + 0.5) * 255;
		y = y >= 255 ? 255 : y > 0 ? y : 0;
		p->table[i] = (uint32_t)(y + 0.5) * 0x010101 | 0xff000000;
	}
}

// The volume: 512 x 512 x 200, and one voxel, row and slice more.
enum { SIDE = 512, SLICES = 200 };

static void reslice(uint16_t *restrict out, const uint16_t *restrict v, const int64_t *at, const int64_t *step, int n) {
	const int behind = SIDE * SIDE;
	int64_t x = at[0], y = at[1], z = at[2];
	for (int i = 0; i < n; i++) {
		const uint16_t *p = v + (z >> 32) * behind + (y >> 32) * SIDE + (x >> 32), *q = p + behind;
		uint32_t wx = x >> 17 & 32767, wy = y >> 17 & 32767, wz = z >> 17 & 32767;
		uint32_t both = wy * wz >> 15, near = 32768 - wy - wz + both;
		wy -= both, wz -= both;
		uint32_t a = (p[0] * near + p[SIDE] * wy + q[0] * wz + q[SIDE] * both + 16384) >> 15;
		uint32_t b = (p[1] * near + p[SIDE + 1] * wy + q[1] * wz + q[SIDE + 1] * both + 16384) >> 15;
		out[i] = (a * (32768 - wx) + b * wx + 16384) >> 15;
		x += step[0], y += step[1], z += step[2];
	}
}

// From which to which step lies at + i*step in [low, high].
static void within(int *from, int *to, double at, double step, double low, double high) {
	if (step < 0) {
		double t = low;
		at = -at, step = -step, low = -high, high = -t;
	}
	double a = ceil((low - at) / step), b = floor((high - at) / step);
	if (a > *to || b < *from) {
		*to = *from;
		return;
	}
	if (a > *from) *from = a;
	if (b + 1 < *to) *to = b + 1;
}

static uint16_t border(const uint16_t *v, const double *from, const double *step, int i, const int *size) {
	int k[3];
	double w[3];
	for (int a = 0; a < 3; a++) {
		double c = fmin(fmax(from[a] + i * step[a], 0), size[a] - 1);
		k[a] = clamp((int)c, 0, size[a] - 2);
		w[a] = c - k[a];
	}
	double m[2];
	for (int z = 0; z < 2; z++) {
		const uint16_t *p = v + ((size_t)(k[2] + z) * SIDE + k[1]) * SIDE + k[0];
		double a = p[0] + (p[1] - p[0]) * w[0], b = p[SIDE] + (p[SIDE + 1] - p[SIDE]) * w[0];
		m[z] = a + (b - a) * w[1];
	}
	return m[0] + (m[1] - m[0]) * w[2] + 0.5;
}

static void reslice_float(uint16_t *restrict out, const uint16_t *restrict v, const double *at, const double *step, int from, int n) {
	const int behind = SIDE * SIDE;
	for (int i = 0; i < n; i++) {
		float x = at[0] + (from + i) * step[0], y = at[1] + (from + i) * step[1], z = at[2] + (from + i) * step[2];
		int xi = x, yi = y, zi = z;
		float wx = x - xi, wy = y - yi, wz = z - zi;
		const uint16_t *p = v + (size_t)zi * behind + yi * SIDE + xi, *q = p + behind;
		float a = p[0] + (p[1] - p[0]) * wx, b = p[SIDE] + (p[SIDE + 1] - p[SIDE]) * wx;
		float c = q[0] + (q[1] - q[0]) * wx, d = q[SIDE] + (q[SIDE + 1] - q[SIDE]) * wx;
		a += (b - a) * wy, c += (d - c) * wy;
		out[i] = a + (c - a) * wz + 0.5f;
	}
}

int main(int argc, char **argv) {
	if (argc != 3) return 2;
	const char *name = argv[1];
	int times = atoi(argv[2]);
	double c0 = 0, w0 = 0, c1, w1;
	uint64_t d = 0;
#define TIMED for (int i = -1; i < times; i++, i == 0 ? c0 = cpu(), w0 = wall() : 0)
	if (!strncmp(name, "copy-", 5)) {
		size_t n = strcmp(name, "copy-film") ? 4000000 : 4 * 3000 * 2500;
		char *a = room(n), *b = room(n);
		TIMED {
			memcpy(a, b, n);
			__asm__ volatile("" ::"r"(a) : "memory");
		}
		c1 = cpu(), w1 = wall();
	} else if (!strncmp(name, "window-", 7)) {
		int film = strcmp(name, "window-slice"), one = !strcmp(name, "window-one");
		picture p = film ? new_picture(make(2500, 3000, film_at), one ? 2500 : 1000, one ? 3000 : 1000) : new_picture(make(512, 512, slice_at), 1000, 1000);
		double s = one ? 1 : film ? 1000 / 3000.0 : 1000 / 512.0;
		plan(&p.x, p.w, p.m.cols, s, one ? 0 : film ? round(500 - 2500 * s / 2) : 0);
		plan(&p.y, p.h, p.m.rows, s, 0);
		sample(&p, 0, 0);
		window(&p, film ? 2000 : 30000, film ? 3000 : 40000);
		TIMED {
			look_up_all(&p);
			__asm__ volatile("" ::"r"(p.out) : "memory");
		}
		c1 = cpu(), w1 = wall();
		d = digest(p.out, 4 * (size_t)p.w * p.h);
	} else if (!strncmp(name, "zoom", 4)) {
		int film = !strcmp(name, "zoom-film"), side = film ? 1000 : 1024;
		picture p = new_picture(film ? make(2500, 3000, film_at) : make(512, 512, slice_at), side, side);
		window(&p, film ? 2000 : 30000, film ? 3000 : 40000);
		for (int i = 0; i < side * side; i++) p.out[i] = 0xff000000;
		TIMED {
			double s = side / (double)p.m.rows * (1 + (i < 0 ? 0 : i % 100) / 100.0);
			plan(&p.x, p.w, p.m.cols, s, round(side / 2.0 - p.m.cols * s / 2));
			plan(&p.y, p.h, p.m.rows, s, round(side / 2.0 - p.m.rows * s / 2));
			sample(&p, !strcmp(name, "zoom-loose"), 1);
			__asm__ volatile("" ::"r"(p.out) : "memory");
		}
		c1 = cpu(), w1 = wall();
		d = digest(p.out, 4 * (size_t)p.w * p.h);
	} else {
		size_t n = ((size_t)(SLICES + 1) * SIDE + 1) * SIDE + 1;
		uint16_t *v = room(2 * n), *out = room(2 * SIDE * SIDE);
		for (int z = 0; z < SLICES; z++)
			for (int y = 0; y < SIDE; y++)
				for (int x = 0; x < SIDE; x++) v[((size_t)z * SIDE + y) * SIDE + x] = voxel_at(x, y, z);
		// The plane of app/bench/reslice.go, in voxels; it is read at run time.
		double right[3] = {0.84375, 0.25, 0.0625}, down[3] = {-0.25, 0.84375, 0.046875}, origin[3];
		__asm__ volatile("" : "+m"(right), "+m"(down));
		const int size[3] = {SIDE, SIDE, SLICES};
		for (int k = 0; k < 3; k++) origin[k] = (size[k] - 1) / 2.0 - 255.5 * right[k] - 255.5 * down[k];
		uint16_t outside = 65535;
		for (size_t i = 0; i < (size_t)SLICES * SIDE * SIDE; i++)
			if (v[i] < outside) outside = v[i];
		outside--;
		TIMED {
			for (int y = 0; y < SIDE; y++) {
				int from = 0, to = SIDE, in0 = 0, in1 = SIDE;
				double at[3];
				int64_t first[3], step[3];
				for (int k = 0; k < 3; k++) {
					at[k] = origin[k] + y * down[k];
					within(&from, &to, at[k], right[k], -0.5, size[k] - 0.5);
					within(&in0, &in1, at[k], right[k], 0, size[k] - 1);
				}
				if (from >= to) from = to = 0;
				if (in0 < from) in0 = from;
				if (in1 > to) in1 = to;
				if (in0 >= in1) in0 = in1 = to;
				uint16_t *row = out + y * SIDE;
				for (int i = 0; i < from; i++) row[i] = outside;
				for (int i = from; i < in0; i++) row[i] = border(v, at, right, i, size);
				for (int i = in1; i < to; i++) row[i] = border(v, at, right, i, size);
				for (int i = to; i < SIDE; i++) row[i] = outside;
				for (int k = 0; k < 3; k++) first[k] = (int64_t)round((at[k] + in0 * right[k]) * 4294967296.0) + (1 << 16), step[k] = (int64_t)round(right[k] * 4294967296.0);
				if (strcmp(name, "reslice"))
					reslice_float(row + in0, v, at, right, in0, in1 - in0);
				else
					reslice(row + in0, v, first, step, in1 - in0);
			}
			__asm__ volatile("" ::"r"(out) : "memory");
		}
		c1 = cpu(), w1 = wall();
		d = digest(out, 2 * SIDE * SIDE);
	}
	printf("%.9f %.9f %016llx\n", (c1 - c0) / times, (w1 - w0) / times, (unsigned long long)d);
	return 0;
}
