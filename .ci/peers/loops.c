// Does in plain C what Rachis does to show an image, on the same made images and with the same results: what it is measured against.
//
//   loops NAME TIMES     NAME: copy-slice, copy-film, window-slice, window-film, window-one, zoom, zoom-loose, reslice, reslice-float
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
	axis a = {0, 0, 0, room(4 * n), room(4 * n), room(4 * n), room(4 * n), room(4 * (2 * size + 2 * n))};
	return a;
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
	for (int p = a->from; p < a->to; p++) {
		double b0 = fmax((p - t) / m, 0), b1 = fmin((p + 1 - t) / m, size);
		int i0 = clamp((int)floor(b0), 0, size - 1), i1 = clamp((int)ceil(b1) - 1, i0, size - 1);
		a->first[p] = i0, a->second[p] = i1, a->start[p] = k;
		uint32_t last = 0;
		for (int i = i0; i <= i1; i++) {
			double covered = (fmin(i + 1, b1) - b0) / (b1 - b0);
			if (i == i1 || !(covered < 1)) covered = 1;
			uint32_t sum = (uint32_t)round(fmax(covered, 0) * 65536);
			a->taps[k++] = sum - last;
			last = sum;
		}
	}
}

// A row of the source along the columns.
static void along(uint16_t *restrict out, const image *m, int r, const axis *a) {
	const uint16_t *restrict src = m->v + (size_t)r * m->cols;
	const uint32_t base = m->base, shift = m->shift;
	const int *restrict first = a->first, *restrict second = a->second;
	if (a->area) {
		for (int x = a->from; x < a->to; x++) {
			uint32_t sum = 32768;
			for (int c = first[x]; c <= second[x]; c++) sum += ((src[c] - base) << shift) * a->taps[a->start[x] + c - first[x]];
			out[x] = sum >> 16;
		}
		return;
	}
	const uint32_t *restrict weight = a->weight;
	for (int x = a->from; x < a->to; x++) {
		uint32_t w = weight[x];
		out[x] = (((src[first[x]] - base) << shift) * (65536 - w) + ((src[second[x]] - base) << shift) * w + 32768) >> 16;
	}
}

// Two rows mixed; the loose one rounds each half by itself, which vectorises better.
static void mix(uint16_t *restrict out, const uint16_t *restrict a, const uint16_t *restrict b, uint32_t w, int n) {
	for (int i = 0; i < n; i++) out[i] = (a[i] * (65536 - w) + b[i] * w + 32768) >> 16;
}

static void mix_loose(uint16_t *restrict out, const uint16_t *restrict a, const uint16_t *restrict b, uint16_t w, int n) {
	uint16_t v = -w;
	for (int i = 0; i < n; i++) out[i] = (uint16_t)((uint32_t)a[i] * v >> 16) + (uint16_t)((uint32_t)b[i] * w >> 16);
}

typedef struct {
	image m;
	int w, h;
	axis x, y;
	uint16_t *values, *rows[2];
	uint32_t *sum, *table, *out;
} picture;

static picture new_picture(image m, int w, int h) {
	size_t n = (size_t)w * h;
	picture p = {m, w, h, new_axis(w, m.cols), new_axis(h, m.rows), room(2 * n), {room(2 * w), room(2 * w)}, room(4 * w), room(4 * 65536), room(4 * n)};
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
	int x0 = p->x.from, x1 = p->x.to, have[2] = {-1, -1};
	for (int y = p->y.from; y < p->y.to; y++) {
		uint16_t *v = p->values + (size_t)y * p->w;
		if (p->y.area) {
			for (int x = x0; x < x1; x++) p->sum[x] = 32768;
			for (int r = p->y.first[y]; r <= p->y.second[y]; r++) {
				if (have[0] != r) along(p->rows[0], &p->m, r, &p->x);
				have[0] = r;
				uint32_t w = p->y.taps[p->y.start[y] + r - p->y.first[y]];
				for (int x = x0; x < x1; x++) p->sum[x] += p->rows[0][x] * w;
			}
			for (int x = x0; x < x1; x++) v[x] = p->sum[x] >> 16;
		} else {
			int ab[2] = {p->y.first[y], p->y.second[y]};
			if (have[1] == ab[0] && have[0] != ab[0]) {
				uint16_t *t = p->rows[0];
				p->rows[0] = p->rows[1], p->rows[1] = t;
				have[1] = have[0], have[0] = ab[0];
			}
			for (int i = 0; i < 2; i++)
				if (have[i] != ab[i]) along(p->rows[i], &p->m, ab[i], &p->x), have[i] = ab[i];
			uint32_t w = p->y.weight[y];
			if (w == 0)
				memcpy(v + x0, p->rows[0] + x0, 2 * (x1 - x0));
			else if (loose)
				mix_loose(v + x0, p->rows[0] + x0, p->rows[1] + x0, w, x1 - x0);
			else
				mix(v + x0, p->rows[0] + x0, p->rows[1] + x0, w, x1 - x0);
		}
		if (now) look_up(p->out + (size_t)y * p->w + x0, v + x0, p->table, x1 - x0);
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
		uint32_t wx = x >> 17 & 32767, wy = y >> 17 & 32767, wz = z >> 17 & 32767, ux = 32768 - wx, uz = 32768 - wz;
		uint32_t a = (p[0] * ux + p[1] * wx + 16384) >> 15, b = (p[SIDE] * ux + p[SIDE + 1] * wx + 16384) >> 15;
		uint32_t c = (q[0] * ux + q[1] * wx + 16384) >> 15, d = (q[SIDE] * ux + q[SIDE + 1] * wx + 16384) >> 15;
		a = (a * uz + c * wz + 16384) >> 15, b = (b * uz + d * wz + 16384) >> 15;
		out[i] = (a * (32768 - wy) + b * wy + 16384) >> 15;
		x += step[0], y += step[1], z += step[2];
	}
}

static void reslice_float(uint16_t *restrict out, const uint16_t *restrict v, const double *at, const double *step, int n) {
	const int behind = SIDE * SIDE;
	for (int i = 0; i < n; i++) {
		float x = at[0] + i * step[0], y = at[1] + i * step[1], z = at[2] + i * step[2];
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
		picture p = new_picture(make(512, 512, slice_at), 1024, 1024);
		window(&p, 30000, 40000);
		TIMED {
			double s = 2 * (1 + (double)((i + 100) % 100) / 100), t = round(512 - 512 * s / 2);
			plan(&p.x, p.w, p.m.cols, s, t);
			plan(&p.y, p.h, p.m.rows, s, t);
			sample(&p, strlen(name) > 4, 1);
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
		// A plane whose first voxel, and steps to the right and down, are whole in 1/2^32: all of it lies inside.
		const double origin[3] = {60.25, 100.5, 5.125}, right[3] = {0.6875, 0.25, 0.15625}, down[3] = {-0.0625, 0.375, 0.1875};
		TIMED {
			for (int y = 0; y < SIDE; y++) {
				int64_t at[3], step[3];
				double from[3];
				for (int k = 0; k < 3; k++) {
					from[k] = origin[k] + y * down[k];
					at[k] = (int64_t)round(from[k] * 4294967296.0) + (1 << 16), step[k] = (int64_t)round(right[k] * 4294967296.0);
				}
				if (strcmp(name, "reslice"))
					reslice_float(out + y * SIDE, v, from, right, SIDE);
				else
					reslice(out + y * SIDE, v, at, step, SIDE);
			}
			__asm__ volatile("" ::"r"(out) : "memory");
		}
		c1 = cpu(), w1 = wall();
		d = digest(out, 2 * SIDE * SIDE);
	}
	printf("%.9f %.9f %016llx\n", (c1 - c0) / times, (w1 - w0) / times, (unsigned long long)d);
	return 0;
}
