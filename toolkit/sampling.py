"""Which articles to label next: those that would teach a model most.

Uncertainty sampling (D. Lewis and W. Gale, 1994) asks for the articles a model is least sure of;
of several themes, an article is as unsure as its least sure one (K. Brinker, 2006, "On active
learning in multi-label classification"). Unsure is what is as likely as not: thresholds are higher,
and what lies near them is mostly right already. The least sure are often alike, so they are put
into as many clusters as there are to choose, weighted by how unsure they are, and each cluster
gives one (F. Zhdanov, 2019, "Diverse mini-batch active learning").
"""

from __future__ import annotations

import warnings

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from .themes import Floats, idf_of, tf_idf
from .tokens import Kind, TokenBatch

# How many unsure articles compete for each place of a queue: Zhdanov's β.
RIVALS = 10
# Probabilities are kept this far from 0 and 1, where log-odds have no end.
_EDGE = 1e-9


def distance(probabilities: Floats) -> Floats:
    """How sure a model is of each of N articles; 0 is the least.

    Parameters
    ----------
    probabilities : (N, K) of K themes.

    Returns
    -------
    (N,) the least distance of a theme's probability from even odds, in log-odds.
    """
    kept = np.clip(probabilities, _EDGE, 1 - _EDGE)
    apart: Floats = np.abs(np.log(kept) - np.log1p(-kept)).min(axis=1)
    return apart


def features(batch: TokenBatch) -> sp.csr_array:
    """(N, W) TF-IDF of the content words of N articles, each row of length 1 or 0."""
    used = batch.of(Kind.CONTENT)
    places = (batch.document_of[used], batch.ids[used])
    shape = (len(batch), len(batch.lexicon.words))
    counts = sp.coo_array((np.ones(int(used.sum())), places), shape=shape).tocsr()
    return tf_idf(counts, idf_of(counts))


def most_telling(
    apart: Floats, features: sp.csr_array, count: int, seed: int = 0
) -> NDArray[np.int64]:
    """The articles to label next, the least sure first.

    Parameters
    ----------
    apart : (N,) see `distance`.
    features : (N, W) see `features`.
    count : how many to choose.
    seed : of the clusters.

    Returns
    -------
    (min(N, count),) rows, from the least sure ten times `count`.
    """
    rivals = np.argsort(apart, kind="stable")[: RIVALS * count]
    if len(rivals) <= count:
        return rivals
    cluster, off_centre = _clusters(features[rivals], np.exp(-apart[rivals]), count, seed)
    order = np.lexsort((off_centre, cluster))
    _, first = np.unique(cluster[order], return_index=True)
    central = order[first]
    # Where a cluster came out empty, the least sure of the others make up the number.
    others = np.setdiff1d(np.arange(len(rivals)), central)
    chosen: NDArray[np.int64] = rivals[
        np.sort(np.concatenate([central, others[: count - len(central)]]))
    ]
    return chosen


def _clusters(
    features: sp.csr_array, weights: Floats, count: int, seed: int
) -> tuple[NDArray[np.int64], Floats]:
    """(N,) the cluster of each row, and its distance from the centre."""
    from sklearn.cluster import KMeans
    from sklearn.exceptions import ConvergenceWarning

    # scikit-learn takes sparse rows with indices of 32 bits only.
    features.indices, features.indptr = (
        features.indices.astype(np.int32),
        features.indptr.astype(np.int32),
    )
    with warnings.catch_warnings():
        # Articles that are the same fall into one cluster, and the others come out empty.
        warnings.simplefilter("ignore", ConvergenceWarning)
        fitted = KMeans(count, n_init=1, random_state=seed).fit(features, sample_weight=weights)
    return fitted.labels_, fitted.transform(features).min(axis=1)
