"""The anticipated "no": a refusal whose message is fit for the person reading it."""


class DomainError(Exception):
    """A rule said no. The message is shown to the user as it stands (already translated)."""


class Stale(DomainError):
    """What the person decided on has changed meanwhile; show the new state and ask again."""


class ReasonMissing(DomainError):
    """A change of money or service needs a reason of at least ten characters."""
