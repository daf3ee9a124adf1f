"""Measures Rachis beside other decoders and indexers, taken in turn in one run, and prints figure, peer's figure and ratio.

Called by .ci/bench-peers with the folder of the two programs and the folder of the inputs.
"""

import glob
import json
import os
import statistics
import subprocess
import sys

binaries, inputs, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3])
RACHIS, PEERS = os.path.join(binaries, "rachis"), os.path.join(binaries, "peers")

# What is asked of each syntax, as issue 3 of the project has it: the least ratio of speeds on one core.
WANTED = {("jpeg-lossless", "dcmtk"): 1.2, ("rle", "dcmtk"): 1.0, ("jpeg-ls", "charls"): 0.9, ("jpeg-2000", "openjpeg"): 0.6, ("jpeg-2000", "openjpeg-default"): 1.1,
          ("jpeg-12bit", "dcmtk"): 0.7, ("jpeg-8bit", "dcmtk"): None}
LIBRARIES = {"jpeg-lossless": ["dcmtk", "gdcm"], "rle": ["dcmtk", "gdcm"], "jpeg-ls": ["charls", "dcmtk"], "jpeg-2000": ["openjpeg", "openjpeg-default", "openjpeg-threads"],
             "jpeg-12bit": ["dcmtk"], "jpeg-8bit": ["dcmtk"], "htj2k": ["openjpeg"]}


def run(*args):
    return subprocess.run(args, check=True, capture_output=True, text=True).stdout


def ours(path):
    """Seconds a frame on one core, by the processor, and on all, by the clock; and the pixels of a frame."""
    done = subprocess.run([RACHIS, "bench", "decode", path, "--passes", "1", "--json"], capture_output=True, text=True)
    if done.returncode:
        print(done.stderr.strip())
        return None, 0
    out, pixels = {}, 0
    for l in json.loads(done.stdout):
        pixels = l["pixels"]
        out["one" if l["cores"] == 1 else "all"] = (l["cpu_s"] if l["cores"] == 1 else l["median_s"]) / l["frames"]
    return out, pixels


def by_clock(library):
    """OpenJPEG as it comes decodes on one core, and with threads on all: both are held against all of ours, by the clock."""
    return library in ("openjpeg-default", "openjpeg-threads")


def row(what, mine, peer, ratio, wanted):
    met = "" if wanted is None else f"{wanted:>6.2f}  {'met' if ratio >= wanted else 'short'}"
    print(f"{what:<44}{mine:>16}{peer:>26}{ratio:>8.2f}{met}", flush=True)


print(f"{'workload':<44}{'Rachis':>16}{'peer':>26}{'ratio':>8}  asked")
for path in sorted(glob.glob(os.path.join(inputs, "decode", "*.dcm"))):
    name = os.path.basename(path)[:-4]
    kind = name.split("_")[0]
    first, n = ours(path)
    if first is None:
        continue
    times = max(1, (8 << 20) // n)
    mine, theirs = {"one": [], "all": []}, {l: [] for l in LIBRARIES.get(kind, [])}
    for _ in range(rounds):
        for k, v in ours(path)[0].items():
            mine[k].append(v)
        for l in theirs:
            cpu, clock = map(float, run(PEERS, "decode", l.removesuffix("-default"), path, str(times), "1").split())
            theirs[l].append((clock if by_clock(l) else cpu) / times)
    for l, seconds in theirs.items():
        side = "all" if by_clock(l) and mine["all"] else "one"
        a, b = statistics.median(mine[side]), statistics.median(seconds)
        cores = "one core" if side == "one" else "all cores, by the clock"
        row(f"decode {name}, {cores}", f"{n / a / 1e6:.1f} MPix/s", f"{l} {n / b / 1e6:.1f} MPix/s", b / a, WANTED.get((kind, l)))

PYDICOM = """
import os, resource, sys, pydicom
n = 0
t = os.times().user + os.times().system
for folder, _, files in os.walk(sys.argv[1]):
    for f in files:
        try:
            d = pydicom.dcmread(os.path.join(folder, f), stop_before_pixels=True)
            (d.PatientID, d.StudyInstanceUID, d.SeriesInstanceUID, d.SOPInstanceUID)
            n += 1
        except Exception:
            pass
print(os.times().user + os.times().system - t)
"""
for name, asked in (("plain", {"pydicom": 10, "dcmtk": 5, "gdcm": None}), ("disc", {"pydicom": None, "dcmtk": None, "gdcm": None})):
    folder = os.path.join(inputs, "index", name)
    files = sum(len(f) for _, _, f in os.walk(folder))
    mine, theirs = [], {l: [] for l in asked}
    for _ in range(rounds):
        for l in json.loads(run(RACHIS, "bench", "index", folder, "--passes", "1", "--json")):
            if l["cores"] == 1:
                mine.append(l["cpu_s"])
        for l in theirs:
            if l == "pydicom":
                theirs[l].append(float(run("/usr/bin/python3", "-c", PYDICOM, folder)))
            else:
                theirs[l].append(float(run(PEERS, "index", l, folder, "1").split()[0]))
    for l, seconds in theirs.items():
        a, b = statistics.median(mine), statistics.median(seconds)
        row(f"index {name}, {files} files, one thread", f"{files / a:.0f} files/s", f"{l} {files / b:.0f} files/s", b / a, asked[l])
