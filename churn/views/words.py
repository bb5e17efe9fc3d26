"""What staff read about customers who may leave."""

from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from churn.models import ChurnScore, RetentionTask
from churn.queries import leaving
from churn.queries.results import Results
from churn.queries.wording import Said
from churn.rules.saved import Between, whole
from churn.services import episodes
from ispbill.core import formats
from ispbill.core.money import round_money


def actions(said: Said | None) -> list[str]:
    """Return what is advised, in words."""
    known = dict(RetentionTask.Action.choices)
    return [str(known[one]) for one in said.actions if one in known] if said is not None else []


def chance(score: ChurnScore) -> str:
    """Return how likely leaving is: a percentage from a model, points from the rules."""
    if score.probability is None:
        return _("%(points)d of 100 points, by the rules") % {"points": score.points}
    return _("%(percent)d %% within the horizon") % {"percent": whole(score.probability * 100)}


def short(score: ChurnScore) -> str:
    """Return how likely leaving is, as short as a list has room for."""
    if score.probability is None:
        return _("%(points)d of 100") % {"points": score.points}
    return f"{whole(score.probability * 100)} %"


def offered(task: RetentionTask) -> str:
    """Return the discount that was offered, "" for none."""
    if task.discount_percent is None or task.discount_cycles is None:
        return ""
    said = ngettext(
        "%(percent)d %% for %(count)d billing period",
        "%(percent)d %% for %(count)d billing periods",
        task.discount_cycles,
    )
    return said % {"percent": task.discount_percent, "count": task.discount_cycles}


def outcome(task: RetentionTask) -> str:
    """Return how a task ended; what the night wrote itself is said in the reader's language."""
    if task.outcome == episodes.RISK_FELL:
        return _("No longer at high risk")
    return task.outcome


def tiles(found: Results) -> list[dict[str, str]]:
    """Return the key figures of the result, each with its interval."""
    if found.points is None or found.customers is None or found.money is None:
        return []
    return [
        _tile(_("Customers saved"), found.customers, _count),
        _tile(_("Fewer left, in percentage points"), found.points, _points),
        _tile(_("Money brought in"), found.money, _money),
    ]


def rows(found: Results) -> list[Sequence[Any]]:
    """Return both groups as rows: how many, how many left, the share, what came in of each."""
    return [
        (
            name,
            formats.number(group.count),
            formats.number(group.left),
            f"{_points(group.share)} %",
            formats.money(round_money(Decimal(repr(group.mean)))),
        )
        for name, group in ((_("Acted on"), found.treated), (_("Left alone"), found.held))
    ]


def meanings() -> list[dict[str, str]]:
    """Return how the results are computed."""
    days = {"left": leaving.LEFT_AFTER_DAYS, "result": leaving.RESULT_DAYS}
    return [
        {
            "term": _("Who is compared"),
            "text": _(
                "Whoever reaches high risk is drawn at that moment: a tenth, or what is set, is"
                " seen and not called. Both groups stay as drawn, even where a manager had"
                " somebody called all the same."
            ),
        },
        {
            "term": _("Who left"),
            "text": _(
                "Thirty consecutive days without a service in use, within %(result)d days of"
                " reaching high risk."
            )
            % days,
        },
        {
            "term": _("Money"),
            "text": _(
                "What was paid in these %(result)d days less what was paid back, and less what"
                " acting cost; on average, times everybody acted on."
            )
            % days,
        },
        {
            "term": _("From … to …"),
            "text": _(
                "With 95 percent certainty the truth lies between them (Newcombe for shares). Where"
                " that spans zero, nothing is proven."
            ),
        },
    ]


def _tile(label: str, found: Between, said: Callable[[float], str]) -> dict[str, str]:
    span = _("%(low)s to %(high)s") % {"low": said(found.low), "high": said(found.high)}
    if found.is_proven:
        return {"label": label, "value": said(found.value), "note": span}
    note = _("%(value)s; %(span)s") % {"value": said(found.value), "span": span}
    return {"label": label, "value": _("Not proven"), "note": note}


def _count(value: float) -> str:
    return formats.number(whole(value))


def _points(value: float) -> str:
    tenth = (Decimal(repr(value)) * 100).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return formats.number(tenth, decimals=1)


def _money(value: float) -> str:
    return formats.whole_money(Decimal(whole(value, 100)))
