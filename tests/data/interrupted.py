"""Run one of the jobs below until Ctrl-C, then tell when it was felt. A program for test_running.py."""

import signal
import sys
import time

import numpy as np

import astroapers as aap
from astroapers import kernels

# A shell's background jobs begin with it ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)

# An image without memory of its own: one byte, repeated. Alone, a sum over it takes minutes.
SIDE = 400_000
image = np.broadcast_to(np.uint8(1), (SIDE, SIDE))
mask = np.broadcast_to(np.False_, image.shape)
middle = (SIDE / 2 + 0.3, SIDE / 2 + 0.7)
star = [(-150_000, 0), (1_000, 1_000), (150_000, 190_000), (9_000, -180_000)]
x, y = np.random.default_rng(0).uniform(0, SIDE, (2, 500_000))
many = np.column_stack([x, y])

JOBS = {
    "one circle": lambda: aap.CircAp(middle, 190_000).apsum_exact(image),
    "one circle, centres": lambda: aap.CircAp(middle, 190_000).apsum_center(image),
    "one ellipse": lambda: aap.EllipAp(middle, 190_000, 120_000, 0.4).apsum_exact(image),
    "one annulus, masked": lambda: aap.CircAn(middle, 60_000, 190_000).apsum_exact(image, mask),
    "one path": lambda: aap.PathAp(
        middle, [("move", *star[0]), *(("line", *p) for p in star[1:]), ("close",)]
    ).apsum_exact(image),
    "pixel count under a mask": lambda: aap.CircAp(middle, 190_000).npix_exact(image.shape, mask=mask),
    "values of one": lambda: aap.CircAp(middle, 9_000).sampled_values(image, flat=True),
    "cutout of one": lambda: aap.CircAp(middle, 6_000).weighted_cutout(image),
    "weights of one": lambda: aap.CircAp(middle, 6_000).weights_exact(),
    "many": lambda: aap.CircAp(many, 200).apsum_exact(image),
    "many, a size each": lambda: kernels.apsum_circ_exact(image, x, y, np.linspace(100, 200, x.size)),
    "many small": lambda: aap.CircAp(many, 3).apsum_exact(image),
    "weights of many": lambda: kernels.weights_circ_exact(x, y, 3.0),
    "boxes of many": lambda: kernels.bboxes_pill(x, y, 3.0, 2.0, 1.0, 0.3),
}

if __name__ == "__main__":
    job, threads = JOBS[sys.argv[1]], int(sys.argv[2])
    aap.set_num_threads(threads)
    print("ready", flush=True)
    try:
        while True:
            job()
    except KeyboardInterrupt:
        print(time.monotonic(), flush=True)
    # The next call works as ever.
    total, npix = aap.CircAp((5, 5), 3).apsum_exact(np.ones((11, 11)))
    assert npix == aap.CircAp((5, 5), 3).area
    assert abs(total - npix) <= 1e-12 * npix
