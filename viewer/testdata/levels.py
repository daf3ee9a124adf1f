"""Computes with pydicom and numpy, and none of Rachis's code, where level labels set on one series of the spine data in shared/testdata must show on
every other image of its frame of reference. Only numbers are written: series and instance numbers, pixels, millimetres.

    /usr/bin/python3 viewer/testdata/levels.py ../shared/testdata > viewer/testdata/levels.json

Pixels are written as SCOORD counts them (PS3.3 C.18.6): (0, 0) is the corner of the first pixel, its centre is (0.5, 0.5). The matrix is that of
PS3.3 C.7.6.2.1.1, whose (0, 0) is the centre. Labels were set by eye on the middle of the bodies.

An image whose normal is nearest to the axis of the body cuts across the spine and shows a name: that of the vertebra or of the disc (the middle
between two neighbours) whose distance from its plane is the smallest, within half the way to the next label. Any other shows the labels within 20 mm
of its plane, those within half of the slice spacing with a cross. Where a limit is nearer than 0.2 mm nothing is asked.
"""
import json
import os
import sys

import numpy as np
import pydicom

SETS = [
    ("01_spine_mr_fileset", [("T12", 6, 6, 228, 110), ("L1", 6, 6, 228.5, 156), ("L2", 6, 6, 228, 206.25), ("L3", 6, 6, 228, 260),
                             ("L4", 6, 6, 233, 313), ("L5", 6, 6, 241, 361), ("S1", 6, 6, 258, 399)]),
    ("01_spine_mr_fileset", [("L1", 7, 7, 228, 156), ("L3", 7, 5, 229.5, 260.75), ("L4", 7, 6, 233, 313), ("L5", 7, 6, 241, 361)]),
    ("02_spine_ct", [("T12", 6, 13, 266, 67), ("L1", 6, 15, 266, 117), ("L2", 6, 18, 267.5, 169), ("L3", 6, 12, 268, 228)]),
]
NEIGHBOURS = ["T12", "L1", "L2", "L3", "L4", "L5", "S1"]


class Image:
    def __init__(self, ds):
        self.series, self.instance, self.frame = int(ds.SeriesNumber), int(ds.InstanceNumber), ds.FrameOfReferenceUID
        self.iop = np.array([float(v) for v in ds.ImageOrientationPatient])
        rows, columns = (float(v) for v in ds.PixelSpacing)
        self.step = (columns, rows)
        m = np.eye(4)
        m[:3, 0], m[:3, 1] = self.iop[:3] * columns, self.iop[3:] * rows
        m[:3, 2] = np.cross(self.iop[:3], self.iop[3:])
        m[:3, 2] /= np.linalg.norm(m[:3, 2])
        m[:3, 3] = [float(v) for v in ds.ImagePositionPatient]
        self.matrix, self.inverse, self.normal = m, np.linalg.inv(m), m[:3, 2]
        self.spacing = 0.0

    def patient(self, column, row):
        return (self.matrix @ [column - 0.5, row - 0.5, 0, 1])[:3]

    def pixel(self, point):
        c, r, d, _ = self.inverse @ [*point, 1]
        return c + 0.5, r + 0.5, d


def images(folder):
    groups, out = {}, {}
    for where, _, names in os.walk(folder):
        for name in sorted(names):
            ds = pydicom.dcmread(os.path.join(where, name), stop_before_pixels=True, force=True)
            if ds.get("ImagePositionPatient"):
                i = Image(ds)
                groups.setdefault((i.series, tuple(np.round(i.iop, 3))), []).append(i)
                out[i.series, i.instance] = i
    for g in groups.values():
        at = sorted(float(np.dot(g[0].normal, i.matrix[:3, 3])) for i in g)
        if len(g) > 1:
            for i in g:
                i.spacing = float(np.median(np.diff(at)))
    return out


def across(image, points):
    """What an image across the spine shows, None for nothing, and how clearly that is so."""
    middles = []
    for k, (name, p) in enumerate(points):
        ways = [np.linalg.norm(q - p) / 2 for _, q in points[max(0, k - 1):k] + points[k + 1:k + 2]]
        middles.append((name, p, min(ways + [20.0])))
    for (a, p), (b, q) in zip(points, points[1:]):
        if NEIGHBOURS.index(b) == NEIGHBOURS.index(a) + 1:
            middles.append((a + "-" + b, (p + q) / 2, np.linalg.norm(q - p) / 2))
    off = sorted((abs(image.pixel(p)[2]), name, reach) for name, p, reach in middles)
    inside = [x for x in off if x[0] <= x[2]]
    margin = min(abs(d - reach) for d, _, reach in off)
    if len(inside) > 1:
        margin = min(margin, inside[1][0] - inside[0][0])
    return (inside[0][1] if inside else None), margin


def main(root):
    out = []
    for folder, labels in SETS:
        all_images = images(os.path.join(root, folder))
        points = [(v, all_images[s, i].patient(c, r)) for v, s, i, c, r in labels]
        frame = all_images[labels[0][1], labels[0][2]].frame
        entry = {"folder": folder, "labels": [{"vertebra": v, "series": s, "instance": i, "at": [c, r]} for v, s, i, c, r in labels], "images": []}
        for (series, instance), image in sorted(all_images.items()):
            assert image.frame == frame
            own = [v for v, s, i, _, _ in labels if (s, i) == (series, instance)]
            got = {"series": series, "instance": instance, "shows": [], "level": None}
            z = np.abs(image.normal)
            got["across"] = bool(z[2] >= z[0] and z[2] >= z[1])
            if got["across"]:
                level, margin = across(image, points)
                got["level"] = level
                if margin < 0.2:
                    continue
            else:
                near = image.spacing / 2 if image.spacing else 3.0
                if any(min(abs(abs(image.pixel(p)[2]) - near), abs(abs(image.pixel(p)[2]) - 20)) < 0.2 for _, p in points):
                    continue
                for v, p in points:
                    c, r, d = image.pixel(p)
                    if v in own or abs(d) <= 20:
                        got["shows"].append({"vertebra": v, "at": [c, r], "off": d, "near": v in own or abs(d) <= near})
            entry["images"].append(got)
        out.append(entry)

    def rounded(x):
        if isinstance(x, dict):
            return {k: rounded(v) for k, v in x.items()}
        if isinstance(x, list):
            return [rounded(v) for v in x]
        return round(float(x), 4) if isinstance(x, (float, np.floating)) else bool(x) if isinstance(x, np.bool_) else x

    print("[")
    for n, e in enumerate(rounded(out)):
        print(' {"folder": %s, "labels": %s, "images": [\n  %s\n ]}%s' % (json.dumps(e["folder"]), json.dumps(e["labels"]),
              ",\n  ".join(json.dumps(i) for i in e["images"]), "," if n < len(out) - 1 else ""))
    print("]")


main(sys.argv[1])
