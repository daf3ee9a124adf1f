"""Computes with pydicom and numpy, and none of Rachis's code, where linked views, localiser lines and the crosshair must be on the lumbar MR
in shared/testdata/01_spine_mr_fileset. Only numbers are written: series and instance numbers, pixels, millimetres.

    /usr/bin/python3 viewer/testdata/linking.py ../shared/testdata/01_spine_mr_fileset > viewer/testdata/linking.json

Pixels are written as SCOORD counts them (PS3.3 C.18.6): (0, 0) is the corner of the first pixel, its centre is (0.5, 0.5). The matrix is that of
PS3.3 C.7.6.2.1.1, whose (0, 0) is the centre. Lines are found as the overlap of two polygons cut by each other's plane, not by clipping a line.
"""
import json
import os
import sys

import numpy as np
import pydicom


class Image:
    def __init__(self, ds):
        self.series, self.instance = int(ds.SeriesNumber), int(ds.InstanceNumber)
        self.frame = ds.FrameOfReferenceUID
        self.rows, self.columns = int(ds.Rows), int(ds.Columns)
        iop = np.array([float(v) for v in ds.ImageOrientationPatient])
        self.iop = iop
        between_rows, between_columns = (float(v) for v in ds.PixelSpacing)
        m = np.eye(4)
        m[:3, 0] = iop[:3] * between_columns
        m[:3, 1] = iop[3:] * between_rows
        m[:3, 2] = np.cross(iop[:3], iop[3:])
        m[:3, 2] /= np.linalg.norm(m[:3, 2])
        m[:3, 3] = [float(v) for v in ds.ImagePositionPatient]
        self.matrix, self.inverse = m, np.linalg.inv(m)
        self.normal = m[:3, 2]

    def patient(self, column, row):
        return (self.matrix @ [column - 0.5, row - 0.5, 0, 1])[:3]

    def pixel(self, point):
        """Column, row, and millimetres off the plane."""
        c, r, d, _ = self.inverse @ [*point, 1]
        return c + 0.5, r + 0.5, d

    def centre(self):
        return self.patient(self.columns / 2, self.rows / 2)

    def corners(self):
        return [self.patient(c, r) for c, r in ((0, 0), (self.columns, 0), (self.columns, self.rows), (0, self.rows))]


class Stack:
    def __init__(self, images):
        self.images = sorted(images, key=lambda i: float(np.dot(images[0].normal, i.matrix[:3, 3])))
        at = [float(np.dot(images[0].normal, i.matrix[:3, 3])) for i in self.images]
        self.spacing = float(np.median(np.diff(at)))

    def nearest(self, point):
        off = [abs(i.pixel(point)[2]) for i in self.images]
        return int(np.argmin(off)), min(off)

    def distance(self, point):
        """The slice whose picture, a rectangle in the patient, is nearest to a point, and how far that is."""
        far = []
        for i in self.images:
            c, r, d = i.pixel(point)
            nearest = i.patient(min(max(c, 0), i.columns), min(max(r, 0), i.rows))
            far.append(float(np.linalg.norm(np.asarray(point) - nearest)))
        return int(np.argmin(far)), min(far)

    def extent(self, normal):
        ends = [float(np.dot(normal, i.centre())) for i in (self.images[0], self.images[-1])]
        return min(ends) - self.spacing / 2, max(ends) + self.spacing / 2


def cut(polygon, image):
    """Where a plane cuts the outline of a polygon: two points or none."""
    points = []
    for a, b in zip(polygon, polygon[1:] + polygon[:1]):
        da, db = image.pixel(a)[2], image.pixel(b)[2]
        if da * db < 0:
            points.append(a + (b - a) * da / (da - db))
    return points if len(points) == 2 else None


def line(on, other):
    """The localiser line of one image on another, in the pixels of the latter."""
    p, q = cut(on.corners(), other), cut(other.corners(), on)
    if p is None or q is None:
        return None
    along = (p[1] - p[0]) / np.linalg.norm(p[1] - p[0])
    t = lambda x: float(np.dot(x - p[0], along))
    a, b = max(0, min(map(t, q))), min(t(p[1]), max(map(t, q)))
    return None if a >= b else [on.pixel(p[0] + along * x)[:2] for x in (a, b)]


def rounded(x):
    if isinstance(x, dict):
        return {k: rounded(v) for k, v in x.items()}
    if isinstance(x, (list, tuple)):
        return [rounded(v) for v in x]
    return round(float(x), 4) if isinstance(x, (float, np.floating)) else x


def main(folder):
    groups = {}
    for where, _, names in os.walk(folder):
        for name in sorted(names):
            ds = pydicom.dcmread(os.path.join(where, name), stop_before_pixels=True, force=True)
            if ds.get("ImagePositionPatient") and int(ds.SeriesNumber) in (6, 7, 8):
                image = Image(ds)
                groups.setdefault((image.series, tuple(np.round(image.iop, 3))), []).append(image)
    stacks = [Stack(g) for _, g in sorted(groups.items(), key=lambda kv: (kv[0][0], min(i.instance for i in kv[1])))]
    assert len({i.frame for s in stacks for i in s.images}) == 1
    out = {
        "stacks": [{"series": s.images[0].series, "spacing": s.spacing, "instances": [i.instance for i in s.images]} for s in stacks],
        "scroll": [], "lines": [], "cursors": [],
    }
    for a, s in enumerate(stacks):
        for b, other in enumerate(stacks):
            if a == b:
                continue
            n = s.images[0].normal
            (a0, a1), (b0, b1) = s.extent(n), other.extent(n)
            linked = abs(float(np.dot(n, other.images[0].normal))) >= 0.985 and a0 <= b1 and b0 <= a1
            out["scroll"].append({"from": a, "to": b, "slices": [other.nearest(i.centre())[0] for i in s.images] if linked else None})
    for a, s in enumerate(stacks):
        for b, other in enumerate(stacks):
            if abs(float(np.dot(s.images[0].normal, other.images[0].normal))) > 0.5:
                continue
            for i in (0, len(s.images) // 2, len(s.images) - 1):
                for j in (0, len(other.images) // 2, len(other.images) - 1):
                    out["lines"].append({"on": [a, i], "of": [b, j], "ends": line(s.images[i], other.images[j])})
    for a, s in enumerate(stacks):
        for i in sorted({0, len(s.images) // 2, len(s.images) - 1}):
            for column, row in ((0.3, 0.2), (0.45, 0.35), (0.5, 0.5), (0.52, 0.62), (0.4, 0.8)):
                column, row = round(column * s.images[i].columns) + 0.25, round(row * s.images[i].rows) + 0.75
                point = s.images[i].patient(column, row)
                sees = []
                for b, other in enumerate(stacks):
                    slice, off = other.nearest(point)
                    image = other.images[slice]
                    c, r, d = image.pixel(point)
                    beyond = slice in (0, len(other.images) - 1) and off > other.spacing / 2
                    beside = not (0 <= c <= image.columns and 0 <= r <= image.rows)
                    # How near the point is to the limit of the stack: nothing is asked where rounding would decide.
                    margin = min(abs(off - other.spacing / 2), abs(c), abs(image.columns - c), abs(r), abs(image.rows - r))
                    sees.append({"stack": b, "slice": slice, "inside": not (beyond or beside), "at": [c, r]} if b != a and margin > 0.2 else None)
                out["cursors"].append({"on": [a, i], "at": [column, row], "point": list(point), "sees": [x for x in sees if x]})
    # A point on a sagittal image, and the block of the axial series whose picture is nearest to it. Nothing is asked where two are as near.
    axial = [b for b, s in enumerate(stacks) if s.images[0].series == 8]
    out["blocks"] = []
    for a, s in enumerate(stacks):
        if a in axial:
            continue
        for i in range(0, len(s.images), 2):
            for column in (0.35, 0.5, 0.62):
                for row in np.arange(0.05, 1, 0.06):
                    c, r = round(column * s.images[i].columns) + 0.25, round(row * s.images[i].rows) + 0.75
                    point = s.images[i].patient(c, r)
                    near = sorted((stacks[b].distance(point)[1], b) for b in axial)
                    slices = sorted(abs(x.pixel(point)[2]) for x in stacks[near[0][1]].images)
                    if near[1][0] - near[0][0] < 0.5 or slices[1] - slices[0] < 0.5:
                        continue
                    b = near[0][1]
                    out["blocks"].append({"on": [a, i], "at": [c, r], "stack": b, "slice": stacks[b].distance(point)[0], "mm": near[0][0]})
    # One entry a line.
    out = rounded(out)
    print("{")
    for k, key in enumerate(out):
        print(' "%s": [\n  %s\n ]%s' % (key, ",\n  ".join(json.dumps(x) for x in out[key]), "," if k < len(out) - 1 else ""))
    print("}")


main(sys.argv[1])
