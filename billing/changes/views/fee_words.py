"""Why leaving costs what it costs, in words for staff and customers alike."""

from datetime import date
from itertools import groupby

from django.utils.translation import gettext as _

from billing.changes.queries.ending import Fee
from billing.pricing.views import words


def why(fee: Fee) -> list[str]:
    """Say by which contract a fee is due, how it was worked out, what lowered it: a line each."""
    told = fee.explanation
    if "contract" not in told:
        return []
    until = words.day(date.fromisoformat(told["contract_ends_on"]))
    said = [
        _("The minimum term of %(contract)s runs until %(until)s.")
        % {"contract": told["contract"], "until": until}
    ]
    said += [
        f"{count} × {line}" if (count := len(list(same))) > 1 else line
        for line, same in groupby(told["stretches"])
    ]
    lowered = {
        "STAY": _("Lowered to what staying would cost."),
        "CAP_MONTHS": _("Lowered to the most the contract allows."),
        "CAP_AMOUNT": _("Lowered to the most the contract allows."),
    }
    if told["bound"] in lowered:
        said.append(lowered[told["bound"]])
    return said
