"""What owners are told of the model by the bell."""

from django.utils.translation import gettext_lazy

from churn.services import warning

KINDS = {
    warning.DRIFT: gettext_lazy("Customers look unlike those the churn model learnt from"),
    warning.FAILED: gettext_lazy("The churn model failed; the rules score again"),
}
