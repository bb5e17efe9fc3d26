"""What the database refuses of contracts, whoever asks; and what it does when a service ends."""

import pytest
from django.db import DatabaseError, connection, transaction

from contracts.models import AgreementVersion, Contract, ContractEvent, Signature
from customers.models import Subscription
from ispbill.audit.services import trail
from ispbill.core.acts import Act
from ispbill.core.models import Company
from tests.factories import contracts as make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _house(settings, tmp_path, db):
    settings.MEDIA_ROOT = tmp_path
    Company.objects.filter(pk=Company.current().pk).update(address="House 1, Dhaka")
    Company.forget_cached()


def refused(change):
    with pytest.raises(DatabaseError) as error, transaction.atomic():
        change()
    return str(error.value)


def test_words_and_terms_in_use_never_change():
    contract = make.draft()
    row = AgreementVersion.objects.filter(pk=contract.version_id)

    assert "in use" in refused(lambda: row.update(body="<p>other</p>"))
    assert "in use" in refused(lambda: row.update(term_months=24))


def test_a_contract_goes_only_where_its_lifecycle_leads():
    row = Contract.objects.filter(pk=make.draft().pk)
    assert "does not go from DRAFT to ACTIVE" in refused(
        lambda: row.update(state="ACTIVE", signed_at=make.TENTH)
    )


def test_what_was_sent_is_never_edited():
    row = Contract.objects.filter(pk=make.sent().pk)
    for values in ({"html": "<p>x</p>"}, {"sha256": "0" * 64}, {"price_amount": 1}):
        assert "never edited" in refused(lambda values=values: row.update(**values))


def test_steps_and_signatures_are_added_and_never_changed():
    contract = make.signed()
    for rows in (ContractEvent.objects.filter(contract=contract), Signature.objects.all()):
        assert refused(lambda rows=rows: rows.update(customer_id=contract.customer_id))
        with connection.cursor() as cursor:
            assert refused(
                lambda rows=rows, cursor=cursor: cursor.execute(
                    f"DELETE FROM {rows.model._meta.db_table}"
                )
            )


def test_a_service_that_ends_takes_its_contracts_along():
    signed, drafted = make.signed(), make.draft(made=make.agreement(name="Other"))
    trail.begin(act=Act(None, make.TENTH, reason="Moved to another town"))
    for contract in (signed, drafted):
        Subscription.objects.filter(pk=contract.subscription_id).update(
            status=Subscription.Status.CANCELLED, cancelled_on=make.TENTH.date()
        )

    signed.refresh_from_db()
    drafted.refresh_from_db()
    assert (signed.state, signed.cause) == ("TERMINATED", "NOTICE")
    assert (drafted.state, drafted.reason) == ("VOID", "The service has ended.")
