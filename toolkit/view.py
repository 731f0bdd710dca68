"""Some tokens of a batch, and what is known of each, as arrays."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from .roles import Role, Sense, roles_of, senses_of
from .tags import TAGS
from .textrank import Ranking
from .tokens import EVERY, Flags, Ints, Kind, TokenBatch


@dataclass(frozen=True)
class TokenView:
    """Some tokens of a batch, M in all.

    Attributes
    ----------
    ranking : the batch and its ranks.
    tokens : (M,) place of each token in the batch.
    """

    ranking: Ranking
    tokens: Ints

    @property
    def batch(self) -> TokenBatch:
        """The batch that the tokens belong to."""
        return self.ranking.batch

    @cached_property
    def ids(self) -> Ints:
        """(M,) the word of each token."""
        return self.batch.ids[self.tokens]

    @cached_property
    def kinds(self) -> NDArray[np.uint16]:
        """(M,) the bits of `Kind` of each."""
        return self.batch.lexicon.kinds[self.ids]

    @cached_property
    def roles(self) -> NDArray[np.uint64]:
        """(M,) the bits of `Role` of each."""
        return self.batch.lexicon.facts("roles", roles_of, np.uint64)[self.ids]

    @cached_property
    def senses(self) -> NDArray[np.uint64]:
        """(M,) the bits of `Sense` of each."""
        return self.batch.lexicon.facts("senses", senses_of, np.uint64)[self.ids]

    @cached_property
    def tags(self) -> Ints:
        """(M,) the part of speech of each, as its place in `TAGS`."""
        return self.batch.lexicon.tags[self.ids].astype(np.int64)

    def of_kind(self, kind: Kind, at: Ints | slice = EVERY) -> Flags:
        """Whether each token, or each at some places, is of a kind, or of any of several."""
        return (self.kinds[at] & np.uint16(kind)) > 0

    def is_a(self, role: Role, at: Ints | slice = EVERY) -> Flags:
        """Whether each token, or each at some places, can play a role, or any of several."""
        return (self.roles[at] & np.uint64(role)) > 0

    def names(self, sense: Sense, at: Ints | slice = EVERY) -> Flags:
        """Whether each token, or each at some places, has a sense, or any of several."""
        return (self.senses[at] & np.uint64(sense)) > 0

    def tagged(self, tags: str, at: Ints | slice = EVERY) -> Flags:
        """Whether each token, or each at some places, is one of some parts of speech.

        tags : written with spaces between.
        """
        chosen = np.zeros(len(TAGS), bool)
        chosen[[TAGS.index(tag) for tag in tags.split()]] = True
        return chosen[self.tags[at]]
