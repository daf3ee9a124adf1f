"""What a window of the sagittal T1 of the lumbar MR becomes on the T2 when it is matched: with pydicom and numpy alone.

Run: /usr/bin/python3 matching.py ../../../shared/testdata/01_spine_mr_fileset > matching.json
Every pixel of T1's middle slice is taken to the patient (PS3.3 C.7.6.2.1.1) and from there to the pixel of T2's slice at the same place; the 5th and
95th percentiles of both lists (inverted_cdf) stand for each other.
"""
import json
import os
import sys

import numpy
import pydicom

slices = {6: [], 7: []}  # series numbers of T2 and T1
for root, _, names in os.walk(sys.argv[1]):
    for name in names:
        try:
            d = pydicom.dcmread(os.path.join(root, name))
        except Exception:
            continue
        if d.get("SeriesNumber") in slices and "PixelData" in d:
            slices[int(d.SeriesNumber)].append(d)


def plane(d):
    o = [float(x) for x in d.ImageOrientationPatient]
    along, down = numpy.array(o[:3]), numpy.array(o[3:])
    return numpy.array([float(x) for x in d.ImagePositionPatient]), along, down, numpy.cross(along, down)


def values(d):
    return d.pixel_array.astype(float) * float(d.get("RescaleSlope", 1)) + float(d.get("RescaleIntercept", 0))


for s in slices.values():
    s.sort(key=lambda d: plane(d)[0] @ plane(d)[3])
t1 = slices[7][len(slices[7]) // 2]
origin, along, down, normal = plane(t1)
t2 = min(slices[6], key=lambda d: abs((plane(d)[0] - origin) @ normal))
rows, columns = t1.Rows, t1.Columns
down1, along1 = (float(x) for x in t1.PixelSpacing)
r, c = numpy.mgrid[0:rows, 0:columns]
points = origin + c[..., None] * along1 * along + r[..., None] * down1 * down
origin2, along2, down2, _ = plane(t2)
between_rows, between_columns = (float(x) for x in t2.PixelSpacing)
c2 = numpy.rint((points - origin2) @ along2 / between_columns).astype(int)
r2 = numpy.rint((points - origin2) @ down2 / between_rows).astype(int)
inside = (c2 >= 0) & (r2 >= 0) & (c2 < t2.Columns) & (r2 < t2.Rows)
a, b = values(t1)[inside], values(t2)[r2[inside], c2[inside]]
q = lambda v, p: float(numpy.percentile(v, p, method="inverted_cdf"))
la, ha, lb, hb = q(a, 5), q(a, 95), q(b, 5), q(b, 95)
center, width = 918.0, 1616.0
k = (hb - lb) / (ha - la)
low, high = center - 0.5 - (width - 1) / 2, center - 0.5 + (width - 1) / 2
print(json.dumps({"images": [int(t1.InstanceNumber), int(t2.InstanceNumber)], "center": center, "width": width, "places": int(inside.sum()),
                  "low": lb + (low - la) * k, "high": lb + (high - la) * k}))
