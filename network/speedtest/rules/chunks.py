"""How much of nothing is sent for one request, as LibreSpeed asks (`ckSize`, in MiB)."""

MEBIBYTE = 2**20
USUAL = 4
MOST = 1024


def asked(text: str) -> int:
    """Return how many MiB are asked for: 4 for nothing or nonsense, never more than 1024."""
    text = text.strip()
    if not (text.isascii() and text.isdigit() and len(text) < 10) or int(text) <= 0:
        return USUAL
    return min(int(text), MOST)
