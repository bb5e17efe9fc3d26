"""Scores of many vectors at once: the same figures as `churn.rules.learnt` says of each.

Trees have at most eight leaves. Each customer keeps a byte of the leaves still possible; a split
that goes right strikes the leaves on its left. The lowest bit left at the end is the leaf. So a
tree costs one comparison for each split and 256 remembered answers, and a group at the medians
costs only that group's splits.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from churn.rules import learnt
from churn.rules.features import GROUPS

Floats = NDArray[np.float64]
PART = 20_000  # customers at a time: what they need fits the processor's cache and little memory


class Scores(NamedTuple):
    """Probabilities, and by customer what each of `GROUPS` adds to the logit."""

    probabilities: Floats
    shares: Floats  # customers by groups, in the order of GROUPS


class _Split(NamedTuple):
    column: int
    threshold: float
    keep: np.uint8  # the leaves still possible where it goes right


class _Tree(NamedTuple):
    splits: list[_Split]
    answers: Floats  # by the byte of leaves still possible


def score(content: learnt.Content, vectors: Floats, *, with_shares: bool = True) -> Scores:
    """Score vectors (NaN: unknown) a part at a time."""
    model = _Model(content)
    parts = [model.scores(vectors[at : at + PART], with_shares) for at in _starts(len(vectors))]
    if not parts:
        return Scores(np.empty(0), np.empty((0, len(GROUPS))))
    return Scores(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def raw(content: learnt.Content, vectors: Floats) -> Floats:
    """Return the logits before calibration."""
    model = _Model(content)
    parts = [model.raw(model.columns(vectors[at : at + PART])) for at in _starts(len(vectors))]
    return np.concatenate(parts) if parts else np.empty(0)


def columns(content: learnt.Content, vectors: Floats) -> Floats:
    """Return a model's columns of vectors: filled, cut off, then the flags; one row a column."""
    values = vectors.T
    filled = np.where(np.isnan(values), np.array(content["medians"])[:, None], values)
    low, high = np.array(content["low"])[:, None], np.array(content["high"])[:, None]
    flags = np.isnan(values[list(learnt.FLAGGED)]).astype(np.float64)
    return np.vstack([np.clip(filled, low, high), flags])


def reasons(shares: Floats) -> list[list[learnt.Reason]]:
    """Return the reasons of each customer: at most three groups, the strongest first."""
    order = np.argsort(-shares, axis=1, kind="stable")[:, : learnt.MOST_REASONS]
    strongest = np.take_along_axis(shares, order, axis=1)
    times = np.exp(strongest)
    return [
        [
            learnt.Reason(GROUPS[group], float(much))
            for group, much, share in zip(*row, strict=True)
            if share > learnt.LEAST_REASON
        ]
        for row in zip(order.tolist(), times.tolist(), strongest.tolist(), strict=True)
    ]


def _starts(count: int) -> Iterator[int]:
    return iter(range(0, count, PART))


class _Model:
    def __init__(self, content: learnt.Content) -> None:
        self.content = content
        self.is_linear = content["algorithm"] == learnt.LOGISTIC
        self.groups = [learnt.group_columns(group) for group in GROUPS]
        self.usual = np.array(learnt.columns(content, content["medians"]))
        if self.is_linear:
            weights: Floats = np.array(content["coefficients"], dtype=np.float64)
            self.weights: Floats = weights / np.array(content["scale"], dtype=np.float64)
            self.base = content["intercept"] - float(self.weights @ np.array(content["center"]))
        else:
            self.trees = [_tree(nodes) for nodes in content["trees"]]

    def columns(self, vectors: Floats) -> Floats:
        return columns(self.content, vectors)

    def scores(self, vectors: Floats, with_shares: bool) -> Scores:
        known = self.columns(vectors)
        raw = self.raw(known)
        probabilities = calibrated(self.content["calibration"], raw)
        shares = np.zeros((len(vectors), len(GROUPS)))
        if with_shares:
            whole = logits(probabilities)
            for at, own in enumerate(self.groups):
                without = calibrated(self.content["calibration"], self._without(known, raw, own))
                shares[:, at] = whole - logits(without)
        return Scores(probabilities, shares)

    def raw(self, known: Floats) -> Floats:
        if self.is_linear:
            linear: Floats = self.weights @ known + self.base
            return linear
        total = np.full(known.shape[1], float(self.content["start"]))
        for tree in self.trees:
            total += _answer(tree, known)
        return total

    def _without(self, known: Floats, raw: Floats, own: list[int]) -> Floats:
        """Return the raw logits with some columns at the training medians."""
        if self.is_linear:
            known_less_usual: Floats = known[own] - self.usual[own][:, None]
            linear: Floats = raw - self.weights[own] @ known_less_usual
            return linear
        changed = known.copy()
        changed[own] = self.usual[own][:, None]
        total = raw.copy()
        for tree in self.trees:
            if any(split.column in own for split in tree.splits):
                total += _answer(tree, changed) - _answer(tree, known)
        return total


def logits(shares: Floats) -> Floats:
    """Return ln(p / (1 − p)), with p kept a millionth away from 0 and 1."""
    kept = np.clip(shares, learnt.SURE, 1 - learnt.SURE)
    found: Floats = np.log(kept / (1 - kept))
    return found


def calibrated(calibration: dict[str, Any], raw: Floats) -> Floats:
    """Turn raw logits into probabilities."""
    if calibration["method"] == learnt.SIGMOID:
        value = calibration["slope"] * raw + calibration["intercept"]
        found: Floats = 1 / (1 + np.exp(-np.clip(value, -700, 700)))
        return found
    between: Floats = np.interp(raw, calibration["x"], calibration["y"])
    return between


def _answer(tree: _Tree, known: Floats) -> Floats:
    possible = np.full(known.shape[1], 255, dtype=np.uint8)
    for column, threshold, keep in tree.splits:
        possible &= np.where(known[column] > threshold, keep, np.uint8(255))
    return tree.answers[possible]


def _tree(nodes: list[list[float]]) -> _Tree:
    """Number the leaves from the left; each split strikes those on its left."""
    splits: list[_Split] = []
    leaves: list[float] = []

    def walk(at: int) -> None:
        column, threshold, left, right, value = nodes[at]
        if column < 0:
            leaves.append(value)
            return
        first = len(leaves)
        walk(int(left))
        struck = sum(1 << leaf for leaf in range(first, len(leaves)))
        splits.append(_Split(int(column), threshold, np.uint8(255 & ~struck)))
        walk(int(right))

    walk(0)
    answers = np.array([leaves[min(_lowest(byte), len(leaves) - 1)] for byte in range(256)])
    return _Tree(splits, answers)


def _lowest(byte: int) -> int:
    return (byte & -byte).bit_length() - 1 if byte else 0
