"""Numbers left out on purpose, for the proofs that a series has no gap."""


def left_out(*, series: str) -> str:
    """Return SQL: how many numbers below `highest` of a `year` were left out on purpose.

    `series` is a column or a quoted word; `year` and `highest` are columns of the statement around.
    """
    return (
        "(SELECT coalesce(sum(g.last - g.first + 1), 0) FROM core_numbergap g"
        f" WHERE g.series = {series} AND g.year = n.year::int AND g.last < n.highest)"
    )
