"""A change of the audit trail that got past every guard still shows."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from ispbill.audit.models import AuditEvent, AuditSeal
from ispbill.audit.services import seals
from ispbill.reports.queries import proofs
from tests.database import owner_connection

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def _events(at):
    AuditEvent.objects.bulk_create(
        AuditEvent(
            at=at,
            actor_name="Mina",
            action="payment.recorded",
            target_type="payment",
            target_id=str(number),
            target_label=f"RCP-2026-{number:05d}",
            after={"amount": "10.00"},
        )
        for number in range(1, 8)
    )


def later():
    return timezone.now() + timedelta(hours=1)


def tamper(statement):
    """Change history as only the owner with sleeping triggers can."""
    with owner_connection(autocommit=True) as owner:
        owner.execute("SET session_replication_role = replica")
        owner.execute(statement)


@pytest.mark.usefixtures("_events")
def test_what_has_settled_is_sealed_once(at):
    assert seals.seal(at=timezone.now()) == 0  # too fresh: a slow transaction might still commit
    assert seals.seal(at=later()) == 7
    assert seals.seal(at=later()) == 0
    assert seals.broken() == []


@pytest.mark.usefixtures("_events")
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_auditevent SET actor_name = 'Somebody else' WHERE target_id = '4'",
        "UPDATE audit_auditevent SET after = '{\"amount\": \"1000.00\"}' WHERE target_id = '7'",
        "UPDATE audit_auditevent SET reason = 'made up later' WHERE target_id = '1'",
        "DELETE FROM audit_auditevent WHERE target_id = '2'",
    ],
)
def test_a_change_behind_the_guards_is_found(at, statement, monkeypatch):
    monkeypatch.setattr(seals, "CHUNK", 3)
    seals.seal(at=later())
    assert AuditSeal.objects.count() == 3

    tamper(statement)

    assert len(seals.broken()) == 1
    findings = [finding.check for finding in proofs.check_all(on=at.date())]
    assert findings == ["audit_trail_is_sealed"]


@pytest.mark.usefixtures("_events")
def test_a_seal_cannot_be_changed_or_forked(at):
    seals.seal(at=later())

    with pytest.raises(DatabaseError, match="append-only|permission"), transaction.atomic():
        AuditSeal.objects.update(digest="0" * 64)
    with pytest.raises(DatabaseError, match="audit_seal_follows_once"), transaction.atomic():
        AuditSeal.objects.create(
            first_id=1, last_id=7, event_count=7, previous="", digest="0" * 64, made_at=at
        )
