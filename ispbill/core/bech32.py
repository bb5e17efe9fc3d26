"""Bech32: bytes as text one can read out, with a checksum (BIP 173, without its length limit)."""

_LETTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)


def encode(prefix: str, raw: bytes) -> str:
    """Return `raw` as lower-case text that begins with `prefix` and a 1."""
    values = _regrouped(raw, 8, 5, is_padded=True)
    check = _polymod([*_expanded(prefix), *values, 0, 0, 0, 0, 0, 0]) ^ 1
    values += [check >> 5 * (5 - place) & 31 for place in range(6)]
    return f"{prefix}1" + "".join(_LETTERS[value] for value in values)


def decode(prefix: str, text: str) -> bytes:
    """Return what `encode` was given. Raises ValueError: other prefix, mistyped, cut short."""
    found, _one, rest = text.rpartition("1")
    if found != prefix or any(letter not in _LETTERS for letter in rest):
        raise ValueError(f"this does not read {prefix}1…")
    values = [_LETTERS.index(letter) for letter in rest]
    if _polymod([*_expanded(prefix), *values]) != 1:
        raise ValueError("a letter of it is wrong")
    return bytes(_regrouped(bytes(values[:-6]), 5, 8, is_padded=False))


def _polymod(values: list[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for place, word in enumerate(_GENERATOR):
            check ^= word if top >> place & 1 else 0
    return check


def _expanded(prefix: str) -> list[int]:
    return [ord(letter) >> 5 for letter in prefix] + [0] + [ord(letter) & 31 for letter in prefix]


def _regrouped(raw: bytes, width: int, wanted: int, *, is_padded: bool) -> list[int]:
    held, bits, found = 0, 0, []
    for value in raw:
        held, bits = held << width | value, bits + width
        while bits >= wanted:
            bits -= wanted
            found.append(held >> bits & (1 << wanted) - 1)
    if is_padded and bits:
        found.append(held << (wanted - bits) & (1 << wanted) - 1)
    return found
