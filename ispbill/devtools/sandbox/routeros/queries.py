"""Query words of a print command: conditions and stack operators.

Source: MikroTik, "API" in the RouterOS manual, section "Queries".
"""

from collections.abc import Callable, Mapping, Sequence

Condition = Callable[[Mapping[str, str]], bool]

_BOOLEANS = {"yes": "true", "no": "false"}


class QueryError(Exception):
    """A query word that cannot be understood."""


def matcher(words: Sequence[str]) -> Condition:
    """Return a test for rows from query words (each begins with `?`), in the order given.

    What is left on the stack at the end must all be true, so plain conditions act as AND.
    """
    steps = [_step(word[1:]) for word in words]

    def matches(row: Mapping[str, str]) -> bool:
        stack: list[bool] = []
        for condition, operations in steps:
            if condition is None:
                _operate(stack, operations)
            else:
                stack.append(condition(row))
        return all(stack)

    return matches


def _step(text: str) -> tuple[Condition | None, str]:
    if text.startswith("#"):
        return None, text[1:]
    return _condition(text), ""


def _condition(text: str) -> Condition:
    kind = text[:1]
    if kind == "-":
        name = text[1:]
        return lambda row: name not in row
    if kind in ("<", ">", "="):
        name, delimiter, value = text[1:].partition("=")
    else:
        name, delimiter, value = text.partition("=")
        if not delimiter:
            return lambda row: name in row
        kind = "="
    if not name or not delimiter:
        raise QueryError(f"bad query word ?{text}")
    if kind == "=":
        wanted = _BOOLEANS.get(value, value)
        return lambda row: name in row and _BOOLEANS.get(row[name], row[name]) == wanted
    if kind == "<":
        return lambda row: name in row and _comparable(row[name], value) < 0
    return lambda row: name in row and _comparable(row[name], value) > 0


def _comparable(left: str, right: str) -> int:
    try:
        return int(left) - int(right)
    except ValueError:
        return (left > right) - (left < right)


def _operate(stack: list[bool], operations: str) -> None:
    digits = ""
    previous_was_index = False
    for character in operations:
        if character.isdigit():
            digits += character
            continue
        if digits:
            stack.append(_at(stack, int(digits)))
            digits, previous_was_index = "", True
        if character == "!":
            stack.append(not _pop(stack))
        elif character in "&|":
            right, left = _pop(stack), _pop(stack)
            stack.append(left and right if character == "&" else left or right)
        elif character != ".":
            raise QueryError(f"unknown query operation {character}")
        elif not previous_was_index:
            stack.append(_at(stack, 0))
        previous_was_index = False
    if digits:
        stack[:] = [_at(stack, int(digits))]


def _at(stack: list[bool], index: int) -> bool:
    if index >= len(stack):
        raise QueryError("query stack is too short")
    return stack[-1 - index]


def _pop(stack: list[bool]) -> bool:
    if not stack:
        raise QueryError("query stack is too short")
    return stack.pop()
