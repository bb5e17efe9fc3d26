"""One package for many: what was confirmed is what is done, and who is left out is said."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from billing import tasks
from billing.changes.queries import mass_change
from billing.changes.queries.mass_change import Choice
from billing.changes.services import mass_changes
from billing.changes.services.mass_changes import PreviewMoved
from billing.pricing.models import PackageChange, PackageChangeBatch
from customers.models import Customer, Subscription
from ispbill.accounts.models import User
from tests.factories.accounts import UserFactory
from tests.factories.changes import asked, billed_service, priced_package
from tests.laws import at_once

pytestmark = pytest.mark.django_db(transaction=True)

ON = date(2026, 1, 10)
AT = datetime(2026, 1, 10, 4, tzinfo=UTC)
WHY = "the old package is no longer sold"


@pytest.fixture
def owner():
    return UserFactory(role=User.Role.OWNER)


@pytest.fixture
def choice():
    old, new = priced_package("1000.00"), priced_package("1600.00")
    for _number in range(3):
        billed_service("1000.00", package=old)
    return Choice(old, new, "NOW")


def order(choice, owner, *, fingerprint=None, key="one"):
    shown = mass_change.plan(choice, user=owner, on=ON)
    return mass_changes.order(
        choice=choice,
        key=key,
        fingerprint=fingerprint or shown.fingerprint,
        reason=WHY,
        user=owner,
        on=ON,
        at=AT,
    )


def test_the_preview_counts_money_and_jumps(choice, owner):
    asked(Subscription.objects.first(), priced_package("1100.00"), on=ON, at=AT)

    plan = mass_change.plan(choice, user=owner, on=ON)

    assert (len(plan.planned), len(plan.skipped), plan.jumps) == (2, 1, 2)
    # 26 of 31 days: 1,341.94 less 838.71, and 15 % tax on each
    assert (plan.total, plan.price_change) == (Decimal("1157.42"), Decimal("1200.00"))


def test_the_job_does_what_was_confirmed_and_lists_who_was_left_out(choice, owner, monkeypatch):
    batch = order(choice, owner)
    moved = PackageChange.objects.order_by("pk").first()
    Customer.objects.filter(pk=moved.customer_id).update(is_tax_exempt=True)
    monkeypatch.setattr("ispbill.core.clock.now", lambda: AT)

    for _twice in range(2):
        tasks.change_many_packages(batch_id=batch.pk)

    statuses = list(PackageChange.objects.order_by("pk").values_list("status", flat=True))
    assert statuses == ["CANCELLED", "APPLIED", "APPLIED"]
    assert "changed since" in PackageChange.objects.get(pk=moved.pk).decision_note
    assert PackageChangeBatch.objects.get().finished_at is not None
    assert at_once.broken() == []


def test_ordered_twice_is_ordered_once(choice, owner):
    assert order(choice, owner).pk == order(choice, owner).pk
    assert PackageChange.objects.count() == 3


def test_another_preview_is_not_what_was_confirmed(choice, owner):
    with pytest.raises(PreviewMoved):
        order(choice, owner, fingerprint="0" * 64)
