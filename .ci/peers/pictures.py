"""Measures what a picture costs in Rachis beside the same loops in C (loops.c), taken in turn in one run, and prints both and the ratio.

Called by .ci/bench-peers with the folder of the two programs. Times are of the processor, on one core; the last column is what is asked: the
time at most, as a multiple of C's. Both print a digest of their last picture: where they should be equal and are not, it says so and fails.
"""

import json
import os
import statistics
import subprocess
import sys

binaries, rounds = sys.argv[1], int(sys.argv[2])

# Workload of rachis bench, loop of loops.c, times in a pass, whether results are equal, what is asked.
ROWS = [
    ("render window slice", "window-slice", 100, True, 1.3),
    ("render window film", "window-film", 100, True, 1.3),
    ("render window film 1:1", "window-one", 12, True, 1.3),
    ("render zoom slice", "zoom", 100, True, 2.0),
    ("render zoom slice", "zoom-loose", 100, False, 2.0),
    ("render zoom film", "zoom-film", 20, True, None),
    ("reslice", "reslice", 40, True, None),
    ("reslice", "reslice-float", 40, False, None),
]


def run(*args):
    return subprocess.run(args, check=True, capture_output=True, text=True).stdout


def ours():
    out = {}
    for name in ("render", "reslice"):
        for line in json.loads(run(os.path.join(binaries, "rachis"), "bench", name, "--passes", "1", "--json")):
            out[line["workload"], line["cores"] == 1] = line
    return out


mine, theirs, digests, expected, copies, scaling = {}, {}, {}, {}, {}, {}
for _ in range(rounds):
    for (name, one), line in ours().items():
        if not one:
            scaling.setdefault(name, []).append(line["scaling"])
            continue
        mine.setdefault(name, []).append(line["cpu_s"] / line["frames"])
        copies.setdefault(name, []).append(line.get("ratio", 0))
        digests[name] = line["digest"], line["pixels"]
    for _, loop, times, _, _ in ROWS:
        cpu, _, digest = run(os.path.join(binaries, "loops"), loop, str(times)).split()
        theirs.setdefault(loop, []).append(float(cpu))
        expected[loop] = digest
wrong = 0
print(f"{'workload':<26}{'Rachis':>10}{'a pixel':>10}{'x copy':>8}{'2 cores':>9}  {'beside it, in C':<16}{'ms':>8}{'ratio':>8}  asked")
for name, loop, _, equal, asked in ROWS:
    a, b = statistics.median(mine[name]), statistics.median(theirs[loop])
    ratio = statistics.median(x / y for x, y in zip(mine[name], theirs[loop]))
    digest, pixels = digests[name]
    met = "" if asked is None else f"{asked:>7.1f}  {'met' if ratio <= asked else 'short'}"
    copy = statistics.median(copies[name])
    print(f"{name:<26}{1e3 * a:>7.2f} ms{1e9 * a / pixels:>7.2f} ns{copy:>8.2f}{statistics.median(scaling.get(name, [0])):>9.2f}  {loop:<16}{1e3 * b:>8.2f}{ratio:>8.2f}{met}")
    if equal and digest != expected[loop]:
        wrong += 1
        print(f"  the pictures differ: {digest}, {expected[loop]}")
sys.exit(1 if wrong else 0)
