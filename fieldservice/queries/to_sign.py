"""Papers that customers of jobs are to sign: a room beside this one knows them."""

from collections.abc import Callable, Collection, Mapping, Sequence

Find = Callable[[Collection[int]], Mapping[int, Sequence[str]]]
_finds: list[Find] = []


def register(find: Find) -> None:
    """Let an app name the papers that wait to be signed, by customer."""
    _finds.append(find)


def of(customer_ids: Collection[int]) -> dict[int, list[str]]:
    """Return the numbers of contracts to sign of these customers; nothing for most."""
    found: dict[int, list[str]] = {}
    for find in _finds:
        for customer_id, numbers in find(customer_ids).items():
            found.setdefault(customer_id, []).extend(numbers)
    return found
