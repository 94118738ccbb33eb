"""A plane that shows penultimate activations by their similarity, benign and adversarial images together."""

from typing import Literal

import numpy as np
import numpy.typing as npt

from openapi.analyses.vulnerability import MOST_FOR_TSNE
from workers.neurons.exact import Floats

Method = Literal["pca", "tsne"]

_COMPONENTS = 50
_PERPLEXITY = 30.0


def embed(
    benign: npt.NDArray[np.floating], attacked: npt.NDArray[np.floating], method: Method = "pca", seed: int = 0
) -> tuple[Floats, Floats]:
    """(n, inputs) activations of images and of their twins → (n, 2) coordinates of each, of one common plane.

    `pca`: the first two principal components of both together; `tsne`: t-SNE of their first 50 (perplexity 30, less for
    fewer than 91 rows), from the PCA's plane and the seed. Fewer than 2 inputs or 3 rows leave zeros.
    """
    from sklearn.decomposition import PCA  # most reports need none of it, and it takes longer to import than they do
    from sklearn.manifold import TSNE

    rows = np.concatenate([benign, attacked]).astype(np.float64).reshape(len(benign) + len(attacked), -1)
    plane = np.zeros((len(rows), 2))
    size = min(rows.shape)
    if size >= 2 and len(rows) >= 3:
        spread = float(rows.std())
        if method == "pca" or not spread:
            components = PCA(2, random_state=seed, svd_solver="full" if size <= 500 else "randomized")
            plane = components.fit_transform(rows) if spread else plane
        else:
            if len(benign) > MOST_FOR_TSNE:
                raise ValueError(f"t-SNE takes up to {MOST_FOR_TSNE} images; these are {len(benign)}")
            few = PCA(min(_COMPONENTS, size), random_state=seed).fit_transform(rows)
            perplexity = min(_PERPLEXITY, (len(rows) - 1) / 3)
            plane = TSNE(2, perplexity=perplexity, init="pca", random_state=seed).fit_transform(few).astype(np.float64)
    return plane[: len(benign)], plane[len(benign) :]
