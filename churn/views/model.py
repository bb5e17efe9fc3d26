"""/admin/churn/model/: what scores customers, and how it did on months it had not seen."""

import math
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from churn.models import ChurnModel, ChurnTrial
from churn.queries import learning
from churn.rules import drift, gates, learnt
from churn.rules.features import GROUPS, NAMES
from churn.views import model_words, trial_words
from churn.views.model_words import FEATURE_WORDS, GROUP_WORDS, percent, share
from customers.models import Customer
from ispbill.accounts.access import staff_only
from ispbill.accounts.http import Request
from ispbill.core import formats
from ispbill.core.charts import Chart, Point

_HOME = Path(__file__).resolve().parent.parent
_GENERATOR = (_HOME / "rules" / "causes.py", _HOME / "services" / "histories.py")
LEAST_WEIGHT = 0.03  # of the logit: less does not show in two places


@require_GET
@staff_only("churn.view")
def show(request: Request) -> HttpResponse:
    """Show the model that scores, or what is missing for one; then every candidate."""
    live = learning.live()
    history = learning.history()
    context = {
        "live": live,
        "history": history,
        "needs": [] if live else _needs(history),
        "candidates": [_candidate(model) for model in learning.candidates()],
        **(_learnt(live) if live else {}),
    }
    return render(request, "churn/staff/model.html", context)


@require_GET
@staff_only("churn.view")
def trial(request: Request) -> HttpResponse:
    """Show how the way of learning did on invented customers whose causes are known."""
    tried = learning.trial()
    context = {
        "trial": tried,
        "causes": trial_words.causes(),
        **(_learnt(tried) | trial_words.results(tried) if tried else {}),
    }
    return render(request, "churn/staff/trial.html", context)


@require_GET
@staff_only("churn.view")
def generator(_request: Request) -> HttpResponse:
    """The program that invents the customers, as it runs here."""
    return HttpResponse(
        "\n\n".join(one.read_text() for one in _GENERATOR),
        content_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="histories.py"'},
    )


def _needs(history: learning.History) -> list[dict[str, Any]]:
    rows = (
        (_("Months whose outcome is known"), history.months, gates.LEAST_MONTHS),
        (_("Customers who left in them"), history.leavers, gates.LEAST_LEAVERS),
        (_("Of these in the last three months"), history.recent, gates.LEAST_RECENT_LEAVERS),
    )
    return [
        {"name": name, "have": have, "least": least, "is_met": have >= least}
        for name, have, least in rows
    ]


def _learnt(live: ChurnModel | ChurnTrial) -> dict[str, Any]:
    metrics = live.metrics
    return {
        "figures": _figures(metrics),
        "charts": [_calibration(metrics), _lift(metrics)],
        "tenths": [_tenth(number, row) for number, row in enumerate(metrics["tenths"], start=1)],
        "weights": _weights(live.content),
        "groups": _groups(metrics),
        "drifted": _drifted(metrics),
        "uneven": [_uneven(row) for row in metrics.get("uneven", [])],
    }


def _figures(metrics: dict[str, Any]) -> list[dict[str, str]]:
    low, high = share(metrics["auc_low"]), share(metrics["auc_high"])
    return [
        {
            "label": _("Ranks right"),
            "value": share(metrics["auc"]),
            "note": _("%(low)s to %(high)s, 0.50 is chance") % {"low": low, "high": high},
        },
        {
            "label": _("Overdue days alone"),
            "value": share(metrics["baseline"]),
            "note": _("what the model is measured against"),
        },
        {
            "label": _("Observed by expected"),
            "value": share(metrics["ratio"]),
            "note": _("1.00: as many left as were expected"),
        },
        {
            "label": _("Slope"),
            "value": share(metrics["slope"]),
            "note": _("1.00: differences as large as expected"),
        },
        {
            "label": _("Brier score"),
            "value": share(metrics["brier"], 4),
            "note": _("the mean squared miss; smaller is better"),
        },
    ]


def _calibration(metrics: dict[str, Any]) -> Chart:
    first = metrics["tenths"][0]
    title = _("Of the tenth likeliest to leave, %(observed)s left; %(expected)s were expected")
    return Chart(
        "bars",
        "calibration",
        title % {"observed": percent(first["observed"]), "expected": percent(first["expected"])},
        _("Customers by tenths of the score, the likeliest to leave first"),
        "percent",
        _("Left"),
        points=[
            Point(
                formats.number(number),
                _hundredth(row["observed"]),
                beside=_hundredth(row["expected"]),
            )
            for number, row in enumerate(metrics["tenths"], start=1)
        ],
        beside=_("Expected"),
        last=10,
    )


def _lift(metrics: dict[str, Any]) -> Chart:
    title = _("The tenth likeliest to leave left %(times)s times as often as the average")
    return Chart(
        "bars",
        "lift",
        title % {"times": share(metrics["tenths"][0]["lift"], 1)},
        _("1 is the average of all customers; the intervals stand in the table below"),
        "",
        _("Times the average"),
        points=[
            Point(formats.number(number), Decimal(str(round(row["lift"], 1))))
            for number, row in enumerate(metrics["tenths"], start=1)
        ],
        last=10,
    )


def _tenth(number: int, row: dict[str, float]) -> dict[str, Any]:
    return {
        "number": number,
        "expected": percent(row["expected"]),
        "observed": percent(row["observed"]),
        "interval": f"{percent(row['low'])} – {percent(row['high'])}",
        "lift": share(row["lift"], 1),
        "lift_interval": f"{share(row['lift_low'], 1)} – {share(row['lift_high'], 1)}",
    }


def _weights(content: dict[str, Any]) -> list[dict[str, Any]]:
    """Return for each feature by how many times a step of it multiplies the odds; trees: none."""
    if content["algorithm"] != learnt.LOGISTIC:
        return []
    calibration = content["calibration"]
    slope = calibration["slope"] if calibration["method"] == learnt.SIGMOID else 1
    found = []
    for at, name in enumerate(NAMES):
        words = FEATURE_WORDS[name]
        power = slope * content["coefficients"][at] / content["scale"][at] * words.size
        found.append((abs(power), words, math.exp(max(min(power, 20), -20))))
    found.sort(key=lambda one: -one[0])
    found = [one for one in found if one[0] >= LEAST_WEIGHT]
    return [
        {"name": words.name, "step": words.step, "times": share(times), "is_more": times > 1}
        for _much, words, times in found
    ]


def _groups(metrics: dict[str, Any]) -> list[dict[str, Any]]:
    """Return by how many times each group moves the odds of the customers on average."""
    known = metrics.get("groups", {})
    return [
        {"name": GROUP_WORDS[group], "times": share(math.exp(known[group]))}
        for group in sorted(GROUPS, key=lambda group: -known.get(group, 0))
        if group in known
    ]


def _drifted(metrics: dict[str, Any]) -> list[Any]:
    nights = [night["psi"] for night in metrics.get("drift", [])]
    return [FEATURE_WORDS[name].name for name in drift.drifted(nights)]


def _uneven(row: dict[str, Any]) -> dict[str, str]:
    kinds = {
        "branch": _("Branch"),
        "area": _("Area"),
        "language": _("Language"),
        "kind": _("Kind of customer"),
    }
    words = {code: str(word) for code, word in (*Customer.Kind.choices, *settings.LANGUAGES)}
    return {
        "kind": kinds[row["kind"]],
        "name": words.get(row["name"], row["name"]),
        "ratio": share(row["ratio"]),
        "expected": share(row["expected"], 0),
    }


def _candidate(model: ChurnModel) -> dict[str, Any]:
    metrics = model.metrics
    return {
        "model": model,
        "auc": share(metrics["auc"]) if "auc" in metrics else "—",
        "baseline": share(metrics["baseline"]) if "baseline" in metrics else "—",
        "why": model_words.refusals(metrics) + model_words.refusals(metrics, "ended"),
    }


def _hundredth(value: float) -> Decimal:
    return Decimal(str(round(100 * value, 1)))
