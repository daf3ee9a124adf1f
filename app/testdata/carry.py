"""Computes with pydicom and numpy, and none of Rachis's code, where the level labels of the lumbar MR in shared/testdata belong on the CT of the same
spine, which shares no frame of reference with it, once some vertebrae are labelled on both. Only numbers are written: series and instance numbers,
pixels, millimetres.

    /usr/bin/python3 app/testdata/carry.py ../shared/testdata > app/testdata/carry.json

Pixels are written as SCOORD counts them (PS3.3 C.18.6): the centre of the first pixel is (0.5, 0.5). The matrix is that of PS3.3 C.7.6.2.1.1. A
label is carried by the mean way between the vertebrae that are labelled on both, and belongs on the coronal image whose plane is nearest, where that
image shows the place four pixels or more from its edge. "eye_mm" is how far it then lies from where it was set by eye on the CT.
"""
import json
import os
import sys

import numpy as np
import pydicom

MR = {"T12": (6, 6, 228, 110), "L1": (6, 6, 228.5, 156), "L2": (6, 6, 228, 206.25), "L3": (6, 6, 228, 260), "L4": (6, 6, 233, 313),
      "L5": (6, 6, 241, 361), "S1": (6, 6, 258, 399)}
CT = {"T12": (6, 13, 266, 67), "L1": (6, 15, 266, 117), "L2": (6, 18, 267.5, 169), "L3": (6, 12, 268, 228)}
COMMON = [["L2"], ["T12", "L2"], ["T12", "L1", "L2", "L3"]]
MARGIN = 4


def images(folder):
    out = {}
    for where, _, names in os.walk(folder):
        for name in sorted(names):
            ds = pydicom.dcmread(os.path.join(where, name), stop_before_pixels=True, force=True)
            if ds.get("ImagePositionPatient") is None:
                continue
            iop = np.array([float(v) for v in ds.ImageOrientationPatient])
            rows, columns = (float(v) for v in ds.PixelSpacing)
            m = np.eye(4)
            m[:3, 0], m[:3, 1], m[:3, 2] = iop[:3] * columns, iop[3:] * rows, np.cross(iop[:3], iop[3:])
            m[:3, 3] = [float(v) for v in ds.ImagePositionPatient]
            out[int(ds.SeriesNumber), int(ds.InstanceNumber)] = (m, int(ds.Columns), int(ds.Rows))
    return out


def patient(all_images, label):
    series, instance, column, row = label
    return (all_images[series, instance][0] @ [column - 0.5, row - 0.5, 0, 1])[:3]


def main(root):
    mr, ct = images(os.path.join(root, "01_spine_mr_fileset")), images(os.path.join(root, "02_spine_ct"))
    there = {v: patient(mr, l) for v, l in MR.items()}
    eye = {v: patient(ct, l) for v, l in CT.items()}
    coronal = {k: i for k, i in ct.items() if k[0] == 6 and abs(i[0][1, 2]) > 0.8}
    out = []
    for common in COMMON:
        offset = np.mean([eye[v] - there[v] for v in common], axis=0)
        entry = {"common": common, "offset_mm": [round(float(x), 4) for x in offset], "labels": [], "outside": []}
        for v, p in there.items():
            if v in common:
                continue
            best = None
            for (series, instance), (m, columns, rows) in coronal.items():
                c, r, d, _ = np.linalg.inv(m) @ [*(p + offset), 1]
                c, r = c + 0.5, r + 0.5
                if MARGIN <= c <= columns - MARGIN and MARGIN <= r <= rows - MARGIN and (best is None or abs(d) < best[0]):
                    best = (abs(d), series, instance, c, r)
            if best is None:
                entry["outside"].append(v)
                continue
            off, series, instance, c, r = best
            label = {"vertebra": v, "series": series, "instance": instance, "at": [round(float(c), 4), round(float(r), 4)], "off_mm": round(float(off), 4)}
            if v in eye:
                label["eye_mm"] = round(float(np.linalg.norm(p + offset - eye[v])), 2)
            entry["labels"].append(label)
        out.append(entry)
    print(json.dumps({"mr": MR, "ct": CT, "carried": out}, indent=1))


main(sys.argv[1])
