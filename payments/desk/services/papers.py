"""The papers of the cash desk: a shift, a closed day, a collector's sheet; made by workers.

They are papers of the house: in the language of the person who asks, and of no customer.
"""

from collections.abc import Mapping
from datetime import date, timedelta

from billing.invoices.queries.invoice_paper import qr_image
from billing.invoices.rules import document_words
from billing.invoices.services.documents import Paper, Wanted
from billing.tills.models import DayClose, Shift
from ispbill.core.models import Company
from ispbill.core.pay_links import PayLink
from payments.desk.queries import rounds, tills
from payments.desk.queries.rounds import Choice, Route, Stop

LINK_LIFE = timedelta(days=90)  # how long the link on a collector's sheet can be paid by

SHIFT, DAY, ROUND = "SHIFT", "DAY_CLOSE", "ROUND_SHEET"
A4, SLIP = "A4", "80MM"
_ON_SLIP = "_80mm"


def variant(query: Mapping[str, str]) -> str:
    """Return the paper asked for in an address (`?paper=80mm`)."""
    return SLIP if query.get("paper", "").lower() == "80mm" else A4


def shift(wanted: Wanted) -> Paper:
    """Lay out one shift. Raises Shift.DoesNotExist."""
    row = Shift.objects.select_related("person", "branch", "counted_by", "signed_by").get(
        pk=wanted.source_id
    )
    context = {
        **_house(wanted.language),
        "shift": row,
        "expected": row.held_amount if row.expected_amount is None else row.expected_amount,
        "lines": tills.lines(row),
        "others": tills.other_methods(row),
        "pieces": tills.latest_counts([row]).get(row.pk, {}),
    }
    return _on(wanted, "payments/desk/pdf/shift.html", context)


def day(wanted: Wanted) -> Paper:
    """Lay out a closed day, as it was closed. Raises DayClose.DoesNotExist."""
    closing = DayClose.objects.select_related("branch", "closed_by").get(pk=wanted.source_id)
    return _on(
        wanted, "payments/desk/pdf/closed_day.html", {**_house(wanted.language), "closing": closing}
    )


def round_variant(choice: Choice, day: date, paper: str) -> str:
    """Return which customers (`queries.rounds`), which day and which paper, as one variant."""
    return choice.written(day) + (_ON_SLIP if paper == SLIP else "")


def round_sheet(wanted: Wanted) -> Paper:
    """Lay out a collector's sheet, by what `round_variant` wrote. Raises ValueError."""
    choice, on = Choice.read(wanted.source_id, wanted.variant.removesuffix(_ON_SLIP))
    route = rounds.route(choice)
    is_slip = wanted.variant.endswith(_ON_SLIP)
    context = {**_house(wanted.language), "route": route, "day": on, "areas": _doors(route, on)}
    template = "payments/desk/pdf/round_slip.html" if is_slip else "payments/desk/pdf/round.html"
    return Paper(template, context, strip_width_mm=80 if is_slip else 0)


def _doors(route: Route, on: date) -> list[dict[str, object]]:
    """Return the areas with each door and the code that leads to paying for it."""

    def code(stop: Stop) -> str:
        return qr_image(PayLink(stop.customer_id, on + LINK_LIFE).url())

    return [
        {"name": area.name, "due": area.due, "doors": [(stop, code(stop)) for stop in area.stops]}
        for area in route.areas
    ]


def _on(wanted: Wanted, template: str, context: dict[str, object]) -> Paper:
    is_slip = wanted.variant == SLIP
    return Paper(template, {**context, "is_slip": is_slip}, strip_width_mm=80 if is_slip else 0)


def _house(language: str) -> dict[str, object]:
    company = Company.current()
    return {
        "language": language,
        # Moments are written in the company's time, whoever asks and whichever worker makes it.
        "zone": company.time_zone,
        "second_language": "en" if language == "bn" else "bn",
        "w": document_words.words(language),
        "company": {
            "name": company.name,
            "address": company.address,
            "phone": company.phone,
            "brand_colour": company.brand_colour,
        },
    }
