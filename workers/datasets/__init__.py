"""Uploaded data sets: a file of any accepted kind → `x.npy` (n, c, h, w) and `y.npy` (n,), decoded once.

Everything here runs in the confined child and treats the file as hostile: sizes are checked before memory is taken,
nothing is unpickled, and arrays are streamed, so that memory stays flat whatever the size of the set.
"""

from workers.datasets.convert import convert_dataset

__all__ = ["convert_dataset"]
