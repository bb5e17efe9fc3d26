"""What can go wrong between us and a payment gateway. Words for people are marked, not translated.

Show them with `gettext(error.template) % error.values`, or `str(error)` in logs: neither holds a
secret, an address with a secret in it, or more than the first words of an answer.
"""

from ispbill.core.marking import gettext_noop


class GatewayError(Exception):
    """A call to a gateway did not do what was asked."""

    template = gettext_noop("The payment gateway could not be used: %(detail)s")

    def __init__(self, detail: str = "") -> None:
        self.detail = " ".join(detail.split())[:200]
        self.values = {"detail": self.detail}
        super().__init__(self.detail)

    def __str__(self) -> str:
        return self.template % self.values


class GatewayDown(GatewayError):
    """No answer, a late one, or one that cannot be read: **what happened there is not known**.

    `was_sent`: the request may have arrived, so whatever it asks for may have been done.
    """

    template = gettext_noop("The payment gateway does not answer: %(detail)s")

    def __init__(self, detail: str = "", *, was_sent: bool = True) -> None:
        super().__init__(detail)
        self.was_sent = was_sent


class GatewayRefused(GatewayError):
    """The gateway understood and said no. `code` is its own code, or empty."""

    template = gettext_noop("The payment gateway refused: %(detail)s")

    def __init__(self, detail: str = "", *, code: str = "") -> None:
        super().__init__(detail)
        self.code = code


class WrongCredentials(GatewayRefused):
    """The gateway does not know the credentials, or they are for another of its systems."""

    template = gettext_noop("The payment gateway does not accept our credentials: %(detail)s")


class NotLetIn(WrongCredentials):
    """The credentials may be right, but calls from our server's address are not taken."""

    template = gettext_noop("The payment gateway does not take calls from our server: %(detail)s")
