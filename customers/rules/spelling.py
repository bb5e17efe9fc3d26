"""How far apart two spellings are; pure."""

from __future__ import annotations

from collections.abc import Iterable


def distance(first: str, second: str) -> int:
    """Count the single-letter changes between two words; two neighbours swapped count as one.

    The optimal string alignment distance (restricted Damerau–Levenshtein).
    """
    before: list[int] = []
    above = list(range(len(second) + 1))
    for row, letter in enumerate(first, start=1):
        line = [row]
        for column, other in enumerate(second, start=1):
            cost = min(
                above[column] + 1, line[column - 1] + 1, above[column - 1] + (letter != other)
            )
            swapped = (
                row > 1 and column > 1 and letter == second[column - 2] and first[row - 2] == other
            )
            if swapped:
                cost = min(cost, before[column - 2] + 1)
            line.append(cost)
        before, above = above, line
    return above[-1]


def tolerance(word: str) -> int:
    """Return how many changes a word of this length may have and still be meant."""
    if len(word) < 4:
        return 0
    return 1 if len(word) < 6 else 2


def meant(word: str, known: Iterable[str], limit: int = 5) -> tuple[str, ...]:
    """Return the known words nearest to `word`, if they are near enough to be meant."""
    near = [
        (apart, candidate)
        for candidate in known
        if (apart := distance(word, candidate)) <= tolerance(word)
    ]
    if not near:
        return ()
    nearest = min(near)[0]
    return tuple(candidate for apart, candidate in sorted(near) if apart == nearest)[:limit]
