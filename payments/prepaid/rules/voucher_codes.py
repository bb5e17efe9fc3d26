"""Secret codes of recharge cards: easy to read and type, hopeless to guess.

Eleven random characters of an alphabet of 31 (54.5 bits) and one check character. 31 is prime and
the weights are different and not zero, so every single wrong character and every exchange of two
characters is noticed (ISO/IEC 7064 rests on the same arithmetic). Left out of the alphabet: 0 and
O, 1, I and L, which look alike on a scratched card.
"""

import secrets
import unicodedata

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
RANDOM_CHARACTERS = 11
LENGTH = RANDOM_CHARACTERS + 1
GROUP = 4
_VALUE = {character: value for value, character in enumerate(ALPHABET)}
_PRIME = len(ALPHABET)


def make() -> str:
    """Return a new code without separators, from the system's source of randomness."""
    body = "".join(secrets.choice(ALPHABET) for _place in range(RANDOM_CHARACTERS))
    return body + check_character(body)


def check_character(body: str) -> str:
    """Return the character that makes the weighted sum of the whole code zero modulo 31."""
    total = sum(place * _VALUE[character] for place, character in enumerate(body, start=1))
    # The check character's own weight is 12; its inverse modulo 31 solves for it.
    return ALPHABET[-total * pow(LENGTH, -1, _PRIME) % _PRIME]


def read(typed: str) -> str | None:
    """Return the code somebody typed, or None when it cannot be one (the check tells).

    Spaces, dashes and case do not matter; digits of any script count as theirs.
    """
    characters = []
    for character in typed.strip().upper():
        if character.isspace() or unicodedata.category(character) == "Pd":
            continue
        if character.isdecimal():
            characters.append(str(unicodedata.decimal(character)))
        else:
            characters.append(character)
    code = "".join(characters)
    if len(code) != LENGTH or any(character not in _VALUE for character in code):
        return None
    return code if check_character(code[:-1]) == code[-1] else None


def written(code: str) -> str:
    """Return a code in groups of four, as it is printed: `7KQM-4XPA-92RT`."""
    return "-".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))
