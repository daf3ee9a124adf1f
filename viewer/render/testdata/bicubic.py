"""The table of viewer/render/testdata/bicubic.txt: an image enlarged by cubic convolution (Keys 1981, a = -1/2), by numpy in double precision.

Rows are mixed first, then columns, and what overshoots is cut off at the values of the image after each. /usr/bin/python3 bicubic.py
"""
import numpy as np

ROWS, COLUMNS, HEIGHT, WIDTH = 7, 6, 23, 31
image = np.array([[(37 * (r * COLUMNS + c) ** 2 + 11 * r) % 4096 for c in range(COLUMNS)] for r in range(ROWS)], dtype=float)


def kernel(d):
    d = np.abs(d)
    return np.where(d < 1, 1.5 * d**3 - 2.5 * d**2 + 1, np.where(d < 2, -0.5 * d**3 + 2.5 * d**2 - 4 * d + 2, 0.0))


def matrix(n, size, scale, offset):
    """Weights of size samples for n positions; samples beyond the border are those at it."""
    m = np.zeros((n, size))
    for p in range(n):
        x = (p + 0.5 - offset) / scale - 0.5
        for i in range(int(np.floor(x)) - 1, int(np.floor(x)) + 3):
            m[p, min(max(i, 0), size - 1)] += kernel(x - i)
    return m


scale = min(HEIGHT / ROWS, WIDTH / COLUMNS)
left, top = np.round((WIDTH - COLUMNS * scale) / 2), np.round((HEIGHT - ROWS * scale) / 2)
columns = [p for p in range(WIDTH) if left <= p + 0.5 < left + COLUMNS * scale]
rows = [p for p in range(HEIGHT) if top <= p + 0.5 < top + ROWS * scale]
cut = lambda a: np.clip(a, image.min(), image.max())
down = cut(matrix(HEIGHT, ROWS, scale, top)[rows] @ image)
across = cut(down @ matrix(WIDTH, COLUMNS, scale, left)[columns].T)
print(f"# {ROWS} x {COLUMNS} samples (37 (6r+c)^2 + 11r) mod 4096 shown in {HEIGHT} x {WIDTH}: row, column, value; by bicubic.py")
for y, row in zip(rows, across):
    for x, v in zip(columns, row):
        print(f"{y} {x} {v:.3f}")
