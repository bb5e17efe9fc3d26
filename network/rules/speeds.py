"""Speeds as people say them."""


def words(bits_per_second: int) -> str:
    """Return a speed with its unit: `950 bit/s`, `12.3 kbit/s`, `28.4 Mbit/s`, `1.2 Gbit/s`."""
    value = float(bits_per_second)
    for unit in ("bit/s", "kbit/s", "Mbit/s"):
        if value < 1000:
            return f"{value:.0f} {unit}" if unit == "bit/s" else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} Gbit/s"
