"""What may go wrong with Interstellio, by what follows from it."""


class InterstellioError(Exception):
    """Nothing usable came back. The message is a sentence's end, for staff."""


class Misconfigured(InterstellioError):
    """Login, rights, address or credits: a person has to look, asking again is no use."""


class Unreachable(InterstellioError):
    """Away, slow, failing, or it wants to be asked less often."""


class Refused(InterstellioError):
    """This one question was refused, such as for a subscriber that is gone."""
