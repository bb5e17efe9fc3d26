"""What may be shown of an account, a card or a phone number."""


def masked_number(number: str, *, shown: int = 4) -> str:
    """Return ``***1234``: the last digits behind three stars, none of a very short number.

    >>> masked_number("62001871234")
    '***1234'
    >>> masked_number("123456")
    '***56'
    """
    digits = "".join(character for character in number if character.isalnum())
    kept = min(shown, max(0, len(digits) - 4))
    return "***" + digits[len(digits) - kept :]


def masked_name(name: str) -> str:
    """Return ``R***m U***n``: first and last letter of each word, as a pay page shows it.

    >>> masked_name("Rahim Uddin")
    'R***m U***n'
    >>> masked_name("Li")
    'L***'
    """
    return " ".join(
        f"{word[0]}***{word[-1]}" if len(word) > 2 else f"{word[0]}***" for word in name.split()
    )
