"""The sums of σ of all slices, which are the inputs of a work that ranks neurons."""

from collections.abc import Mapping
from pathlib import Path

from openapi.stages.neurons import NeuronsFile
from workers.neurons.sums import SensitivitySums, merge_sums
from workers.reports.kept_arrays import slices_of


def merged_sums(inputs: Mapping[str, Path]) -> SensitivitySums:
    """The totals over all slices, in the order of the slices."""
    return merge_sums([SensitivitySums.load(path) for path in slices_of(inputs, NeuronsFile.SUMS)])
