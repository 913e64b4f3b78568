"""Make a failing input small enough to check by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence

Words = tuple[tuple[int, ...], ...]


def shrink(words: Sequence[Sequence[int]], fails: Callable[[Words], bool], *, attempts: int = 2000) -> Words:
    """Smaller sequences of integers on which ``fails`` still holds.

    Removes runs of entries, long ones first, then lowers single entries, until nothing helps or the
    attempts are used up. Deterministic.

    Parameters
    ----------
    words : sequence of sequences of int
        The failing input; ``fails(words)`` is true.
    fails : callable
        Whether an input, a tuple of tuples of int, still fails. It should be false for an input that
        is not valid.
    attempts : int
        How often ``fails`` may be called.

    Examples
    --------
    >>> shrink([[5, 9, 2, 7], [1, 1, 8]], lambda words: 9 in words[0] and len(words[1]) > 0)
    ((9,), (0,))
    """
    current: Words = tuple(tuple(int(entry) for entry in word) for word in words)
    left = attempts

    def improves(candidate: Words) -> bool:
        nonlocal left, current
        if left <= 0:
            return False
        left -= 1
        if fails(candidate):
            current = candidate
            return True
        return False

    improved = True
    while improved and left > 0:
        improved = False
        for which in range(len(words)):
            run = max(1, len(current[which]) // 2)
            while run >= 1:
                start = 0
                while start < len(current[which]):
                    word = current[which]
                    shorter = (*word[:start], *word[start + run :])
                    if improves((*current[:which], shorter, *current[which + 1 :])):
                        improved = True
                    else:
                        start += run
                run //= 2
        for which in range(len(words)):
            for place, entry in enumerate(current[which]):
                for lower in sorted({0, 1, entry // 2}):
                    word = current[which]
                    changed = (*word[:place], lower, *word[place + 1 :])
                    if 0 <= lower < entry and improves((*current[:which], changed, *current[which + 1 :])):
                        improved = True
                        break
    return current
