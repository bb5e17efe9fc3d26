"""Who is meant by "@" in a remark among staff.

"@Rahim" is enough where one colleague is called so; else "@Rahim.Uddin", the whole name with dots.
"""

import re
from collections.abc import Iterable, Mapping

# Letters of any script with the signs that belong to them (Bangla vowels), digits, dots, hyphens.
_SIGN = r"[^\s@.,;:!?()\[\]{}<>\"'/|]"
_MENTION = re.compile(rf"(?<![\w.])@({_SIGN}+(?:\.{_SIGN}+)*)")


def handle(name: str) -> str:
    """Return how somebody is mentioned for certain: the name, with dots between."""
    return ".".join(name.replace(".", " ").split())


def meant(text: str, people: Mapping[int, str]) -> tuple[set[int], list[str]]:
    """Return the keys of those a text mentions, and the names that fit several of `people`.

    What fits nobody is only text.
    """
    found: set[int] = set()
    unclear: list[str] = []
    for said in dict.fromkeys(_MENTION.findall(text)):
        fitting = _fitting(said.casefold(), people.items())
        if len(fitting) > 1:
            unclear.append(said)
        found.update(fitting[:1] if len(fitting) == 1 else ())
    return found, unclear


def _fitting(said: str, people: Iterable[tuple[int, str]]) -> list[int]:
    handles = {pk: handle(name).casefold() for pk, name in people}
    whole = [pk for pk, one in handles.items() if one == said]
    if whole:
        return whole
    return [pk for pk, one in handles.items() if one.split(".")[0] == said]
