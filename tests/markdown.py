"""Reads the worked tables of docs/, which are tests as well."""

from pathlib import Path

DOCS = Path(__file__).parent.parent / "docs"


def table(page: str, heading: str) -> list[dict[str, str]]:
    """Return the rows of the first table below a heading, by column name."""
    text = (DOCS / page).read_text(encoding="utf-8")
    _, found, below = text.partition(f"\n## {heading}\n")
    assert found, f"{page} has no heading {heading!r}"
    lines = iter(below.partition("\n## ")[0].splitlines())
    rows = [_cells(line) for line in lines if line.startswith("|")]
    names, _, *cells = rows
    assert cells, f"the table below {heading!r} is empty"
    return [dict(zip(names, row, strict=True)) for row in cells]


def _cells(line: str) -> list[str]:
    return [cell.strip().strip("`") for cell in line.strip("|").split("|")]
