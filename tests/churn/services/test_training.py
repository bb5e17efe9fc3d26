"""Training: what goes live, what is refused, and when rules take over again."""

import json
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from churn.models import ChurnModel, ChurnObservation, ChurnScore
from churn.rules import learnt
from churn.services import bulk_scores, drifting, histories, reaches, sample, training
from churn.services.sample import Sample
from customers.models import Customer
from ispbill.audit.models import AuditEvent
from ispbill.inbox.models import Notice
from tests.factories.accounts import UserFactory
from tests.factories.customers import AreaFactory, CustomerFactory

pytestmark = pytest.mark.django_db
AT = datetime(2026, 1, 5, 5, 20, tzinfo=UTC)
KNOWN = 14  # months before the causes turn


@pytest.fixture(scope="module")
def drawn():
    """Histories of which a tenth of the stayers are kept, as the product keeps them."""
    return histories.sample(histories.draw(2_500, months=KNOWN + 5), stayers=0.1)


@pytest.fixture
def customers(drawn):
    """A customer for everybody in the histories."""
    area = AreaFactory()
    count = int(drawn.customers.max()) + 1
    rows = CustomerFactory.build_batch(count, area=area, branch=area.branch)
    return Customer.objects.bulk_create(rows)


def keep(rows, customers):
    ChurnObservation.objects.bulk_create(
        (
            ChurnObservation(
                customer=customers[customer],
                month=date.fromordinal(int(month)),
                vector=[None if np.isnan(value) else float(value) for value in vector],
                has_left=bool(left),
                weight=weight,
            )
            for customer, month, vector, left, weight in zip(*rows, strict=True)
        ),
        batch_size=2_000,
    )


def test_a_model_goes_live_and_falls_when_its_months_turn(drawn, customers):
    months = drawn.month_days()
    assert training.train(at=AT).code == training.LACKING
    keep(drawn.of(months[:KNOWN]), customers)

    trained = training.train(at=AT)

    assert (trained.code, trained.model.state) == ("live", "ACTIVE")
    live = ChurnModel.objects.get(state="ACTIVE")
    assert live.content == json.loads(json.dumps(live.content))
    assert (live.first_month, live.last_month) == (months[0], months[KNOWN - 1])
    assert live.metrics["auc"] > live.metrics["baseline"] + 0.05
    many = bulk_scores.score(live.content, drawn.vectors[:50]).probabilities
    for at, vector in enumerate(drawn.vectors[:50]):
        one = [None if np.isnan(value) else float(value) for value in vector]
        assert learnt.probability(live.content, one) == pytest.approx(many[at], abs=1e-6)
    other = ChurnModel.objects.get(state="REFUSED")
    assert other.why
    assert other.content == {}
    event = AuditEvent.objects.get(action="churn_model.activated")
    assert event.target_id == str(live.pk)
    assert training.train(at=AT).code == training.UNCHANGED
    assert ChurnModel.objects.count() == 2

    later = drawn.of(months[KNOWN:])
    order = np.random.default_rng(4).permutation(len(later.left))
    keep(later._replace(left=later.left[order], weights=later.weights[order]), customers)

    owner = UserFactory(role="OWNER")

    trained = training.train(at=AT + timedelta(days=150))

    assert trained.code == training.RULES
    assert Notice.objects.get(user=owner).kind == "churn-failed"
    assert "auc" in [one.code for one in trained.refusals]
    assert not ChurnModel.objects.filter(state="ACTIVE").exists()
    live.refresh_from_db()
    assert live.state == "RETIRED"
    assert live.metrics["ended"]
    assert AuditEvent.objects.filter(action="churn_model.retired").count() == 1


def test_a_leak_is_kept_by_name_and_does_not_touch_the_live_model(drawn, customers):
    months = drawn.month_days()
    rows = drawn.of(months[:KNOWN])
    vectors = rows.vectors.copy()
    vectors[:, 7] += 9 * rows.left
    keep(rows._replace(vectors=vectors), customers)
    trained = training.train(at=AT)
    assert trained.code == training.REFUSED
    (kept,) = ChurnModel.objects.all()
    assert "leaking_feature tickets" in kept.why


def test_who_moved_was_called_or_is_not_known_yet_teaches_nothing(drawn):
    first = Sample(*(column[:9] for column in drawn))._replace(customers=np.arange(9))
    keep(first, CustomerFactory.create_batch(9))
    rows = list(ChurnObservation.objects.order_by("customer_id").values_list("pk", flat=True)[:3])
    for pk, changed in zip(
        rows, ({"is_dropped": True}, {"was_treated": True}, {"has_left": None}), strict=True
    ):
        ChurnObservation.objects.filter(pk=pk).update(**changed)
    assert len(sample.mature().left) == len(first.left) - 3


def test_a_branch_that_leaves_more_than_foretold_is_named():
    even, hard = AreaFactory(), AreaFactory()
    people = [CustomerFactory(area=area) for area in (even, hard)]
    tested = Sample(
        np.array([one.pk for one in people]),
        np.array([1, 1]),
        np.zeros((2, 24)),
        np.array([1.0, 1.0]),
        np.array([105.0, 200.0]),
    )
    found = reaches.uneven(tested, np.array([1.0, 0.5]))
    assert {"kind": "branch", "name": hard.branch.name, "ratio": 2.0, "expected": 100.0} in found
    assert even.branch.name not in [one["name"] for one in found]


def test_customers_unlike_those_of_training_are_told_after_two_nights(drawn, customers):
    keep(drawn.of(drawn.month_days()[:KNOWN]), customers)
    assert drifting.measure(on=date(2026, 1, 5)) == []
    training.train(at=AT)
    # Like those it learnt from: of everybody one of the observations.
    stayers = drawn.of(drawn.month_days()[: KNOWN - 2])
    stayers = stayers.where(stayers.left == 0)
    order = np.random.default_rng(2).permutation(len(stayers.left))
    _own, once = np.unique(stayers.customers[order], return_index=True)
    tonight = stayers.where(order[once])
    ChurnScore.objects.bulk_create(
        ChurnScore(
            customer=customers[customer],
            branch=customers[customer].branch,
            scored_at=AT,
            points=0,
            level="LOW",
            level_since=AT.date(),
            vector=[None if np.isnan(value) else float(value) for value in vector],
            monthly_amount=1,
            at_stake=0,
        )
        for customer, vector in zip(tonight.customers, tonight.vectors, strict=True)
    )
    assert [drifting.measure(on=date(2026, 1, day)) for day in (5, 6)] == [[], []]
    for score in ChurnScore.objects.all():
        score.vector = [*score.vector[:19], score.vector[19] + 3, *score.vector[20:]]
        score.save(update_fields=["vector"])
    assert drifting.measure(on=date(2026, 1, 7)) == []
    owner = UserFactory(role="OWNER")
    for hours in (72, 73):  # told once
        assert drifting.watch(at=AT + timedelta(hours=hours)) == ["tenure"]
    assert Notice.objects.get(user=owner).kind == "churn-drift"
    live = ChurnModel.objects.get(state="ACTIVE")
    assert [night["on"] for night in live.metrics["drift"]][-1] == "2026-01-08"
    assert len(live.metrics["drift"]) == 4


def test_pages_and_other_tasks_load_no_learning_library():
    said = "import churn.tasks, churn.urls.staff, sys; print('sklearn' in sys.modules)"
    code = f"import django; django.setup(); {said}"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert found.stdout.strip().endswith("False")
