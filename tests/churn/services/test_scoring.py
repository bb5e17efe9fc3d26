"""Everybody in use is scored as of last midnight; again on the same day says the same."""

import json
from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from churn.models import ChurnCut, ChurnModel, ChurnScore
from churn.rules import learnt
from churn.rules.features import FEATURES, NAMES
from churn.services import scoring
from customers.models import Customer
from tests.factories.churn import churn_settings
from tests.factories.customers import CustomerFactory, SubscriptionFactory
from tests.factories.payments import open_invoice

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 4, 6, 4, tzinfo=UTC)
LATE = date(2026, 2, 20)


def customers(count, **values):
    rows = SubscriptionFactory.create_batch(count, activated_on=date(2025, 6, 5), **values)
    return [one.customer for one in rows]


def model(**values):
    """A model that minds only for how many days a bill is overdue."""
    columns = len(FEATURES) + len(learnt.FLAGGED)
    weights = [0.0] * columns
    weights[NAMES.index("overdue_days")] = 0.1
    content = {
        "algorithm": learnt.LOGISTIC,
        "medians": [0.0] * len(FEATURES),
        "low": [0.0] * len(FEATURES),
        "high": [100.0] * len(FEATURES),
        "center": [0.0] * columns,
        "scale": [1.0] * columns,
        "coefficients": weights,
        "intercept": -4.0,
        "calibration": {"method": learnt.SIGMOID, "slope": 1.0, "intercept": 0.0},
    }
    return ChurnModel.objects.create(
        trained_at=MONDAY - timedelta(days=1),
        algorithm="LOGISTIC",
        state="ACTIVE",
        fingerprint="f",
        first_month=date(2025, 1, 1),
        last_month=date(2025, 12, 1),
        observation_count=9000,
        leaver_count=400,
        content=content,
        metrics={"base_rate": 0.02},
        **values,
    )


def test_the_rules_score_where_nothing_was_learnt():
    late, fine = customers(2)
    open_invoice(late, due=LATE)  # 45 days: 40 points

    tally = scoring.recompute(at=MONDAY)

    assert tally.detail == {"scored": 2, "by": "rules", "changed": 1}
    score = ChurnScore.objects.get(customer=late)
    assert (score.points, score.level, score.probability) == (40, "MEDIUM", None)
    assert score.reasons == [{"group": "payment", "code": "overdue_days", "points": 40}]
    assert score.at_stake == score.monthly_amount * 40 / 100 == 400
    late.refresh_from_db()
    fine.refresh_from_db()
    assert (late.churn_risk, fine.churn_risk) == ("MEDIUM", "LOW")


def test_a_second_run_says_the_same_and_keeps_since_when():
    (late,) = customers(1)
    open_invoice(late, due=LATE)
    scoring.recompute(at=MONDAY)
    first = ChurnScore.objects.values().get()

    scoring.recompute(at=MONDAY + timedelta(hours=3))
    again = ChurnScore.objects.values().get()
    scoring.recompute(at=MONDAY + timedelta(days=1))
    tomorrow = ChurnScore.objects.get()

    assert again == first | {"scored_at": MONDAY + timedelta(hours=3)}
    assert (tomorrow.level, tomorrow.level_since) == ("MEDIUM", date(2026, 4, 6))


def test_who_is_not_looked_at_any_more_loses_score_and_level():
    gone = CustomerFactory(churn_risk="HIGH")
    (kept,) = customers(1)
    scoring.recompute(at=MONDAY)
    Customer.objects.filter(pk=kept.pk).update(archived_at=MONDAY)

    scoring.recompute(at=MONDAY + timedelta(days=1))

    gone.refresh_from_db()
    assert gone.churn_risk == "LOW"
    assert not ChurnScore.objects.exists()


def test_the_model_scores_and_as_many_are_high_as_can_be_called():
    churn_settings(calls_per_week=1)
    house = customers(8)
    for days, customer in enumerate(house):
        open_invoice(customer, due=date(2026, 4, 5) - timedelta(days=10 * days))
    made = model()

    scoring.recompute(at=MONDAY)

    scores = list(ChurnScore.objects.order_by("-probability"))
    assert {one.model for one in scores} == {made}
    assert scores[0].customer == house[-1]
    assert scores[0].reasons[0]["code"] == "overdue_days"
    assert scores[0].reasons[0]["times"] > 5
    for score in scores:
        assert score.probability == pytest.approx(learnt.probability(made.content, score.vector))
    # Branches differ by customer here: each branch may call four in four weeks.
    assert ChurnCut.objects.count() >= 1
    assert {one.level for one in scores if one.probability < 0.02} <= {"LOW"}
    assert scores[0].level == "HIGH"


def test_cuts_hold_from_monday_to_monday():
    made = model()
    (late,) = customers(1)
    open_invoice(late, due=LATE)
    scoring.recompute(at=MONDAY)
    cut = ChurnCut.objects.get(branch=late.branch)

    ChurnCut.objects.update(high_from=1.1, medium_from=0.0)
    scoring.recompute(at=MONDAY + timedelta(days=1))
    assert ChurnScore.objects.get().level == "MEDIUM"

    scoring.recompute(at=MONDAY + timedelta(days=7))
    assert ChurnScore.objects.get().level == "HIGH"
    assert cut.model == made


def test_rules_can_be_asked_for_by_command_and_the_job_log_tells():
    model()
    customers(2)
    out = StringIO()

    call_command("recompute_churn", "--rules-only", "--json", stdout=out)

    told = json.loads(out.getvalue())
    assert (told["scored"], told["by"]) == (2, "rules")


def test_three_cost_as_many_statements_as_one():
    customers(1)
    scoring.recompute(at=MONDAY)
    with CaptureQueriesContext(connection) as one:
        scoring.recompute(at=MONDAY)
    customers(2)
    with CaptureQueriesContext(connection) as three:
        scoring.recompute(at=MONDAY)
    assert len(three) == len(one)
