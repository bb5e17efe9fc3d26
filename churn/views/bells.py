"""What owners are told of the model by the bell."""

from django.utils.translation import gettext_lazy

from churn.services import warning
from ispbill.inbox.queries import bells

KINDS = {
    warning.DRIFT: gettext_lazy("Customers look unlike those the churn model learnt from"),
    warning.FAILED: gettext_lazy("The churn model failed; the rules score again"),
}


def register() -> None:
    """Say what each kind tells."""
    for kind, words in KINDS.items():
        bells.register(kind, words)
