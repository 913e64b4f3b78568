"""Counters that algorithms charge instead of being timed."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields


@dataclass
class Costs:
    """Counters of elementary steps; pass one as ``costs=`` and read it afterwards.

    What one unit is, each algorithm's docstring says. All counters are Python integers: they never
    overflow.

    Parameters
    ----------
    word_operations : int
        Arithmetic, comparisons and moves on machine words (the word-RAM's steps).
    multiplications : int
        Multiplications of numbers, where those are what a theorem counts.
    loads, stores : int
        Words moved from slow to fast memory and back.
    node_evaluations : int
        Evaluations of a node of a circuit or graph.

    Examples
    --------
    >>> costs = Costs()
    >>> costs.charge(word_operations=3, loads=1)
    >>> costs.charge(word_operations=4)
    >>> costs.word_operations, costs.loads
    (7, 1)
    """

    word_operations: int = 0
    multiplications: int = 0
    loads: int = 0
    stores: int = 0
    node_evaluations: int = 0

    def charge(self, **amounts: int) -> None:
        """Add the amounts to the counters of those names.

        Raises
        ------
        TypeError
            For a name that is no counter.
        ValueError
            For a negative amount.
        """
        for name, amount in amounts.items():
            if name not in _NAMES:
                raise TypeError(f"no counter is called {name!r}; the counters are {', '.join(_NAMES)}")
            if amount < 0:
                raise ValueError(f"{name} cannot be charged a negative amount ({amount})")
            setattr(self, name, getattr(self, name) + int(amount))

    def nonzero(self) -> dict[str, int]:
        """The counters that were charged, by name."""
        return {name: amount for name, amount in asdict(self).items() if amount}

    def __add__(self, other: Costs) -> Costs:
        return Costs(**{name: getattr(self, name) + getattr(other, name) for name in _NAMES})


_NAMES = tuple(item.name for item in fields(Costs))
