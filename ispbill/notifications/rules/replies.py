"""What an answer to a message means.

Source: CTIA's Messaging Principles, 5.1.3 (the words by which people opt out), and their Bangla.
"""

_STOP = frozenset({"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "বন্ধ", "থামান", "স্টপ"})


def is_stop(text: str) -> bool:
    """Tell whether somebody wants no more offers: one such word, and nothing else."""
    return text.strip().strip(".!।\"'").strip().casefold() in _STOP
