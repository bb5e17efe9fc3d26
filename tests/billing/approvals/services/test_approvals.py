"""Large corrections need a second person; what is approved is what was asked, once."""

import threading
from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection

from billing.approvals.models import Approval
from billing.approvals.services import approvals
from billing.invoices.models import CreditNote, Invoice
from billing.receivables.services import corrections, crediting
from billing.receivables.services.corrections import Charge
from ispbill.accounts.models import User
from ispbill.audit.models import AuditEvent
from ispbill.core.acts import Act
from ispbill.core.errors import ReasonMissing, Stale
from ispbill.core.models import Company
from ispbill.reports.queries import proofs
from tests.database import owner_connection
from tests.factories.accounts import UserFactory
from tests.factories.acts import acting
from tests.factories.credits import REASON, taxed_invoice
from tests.factories.customers import CustomerFactory
from tests.factories.payments import paid

pytestmark = pytest.mark.django_db(transaction=True)

ON = date(2026, 1, 10)


@pytest.fixture(autouse=True)
def limits():
    Company.current()
    Company.objects.update(
        credit_limit_amount=Decimal("500.00"),
        write_off_limit_amount=Decimal("100.00"),
        charge_limit_amount=None,
    )
    Company.forget_cached()
    yield
    assert [finding.check for finding in proofs.check_all()] == []


@pytest.fixture
def clerk():
    return UserFactory(role=User.Role.BILLING)


@pytest.fixture
def owner():
    return UserFactory(role=User.Role.OWNER)


def ask(invoice, at, actor, net="1000.00", **values):
    nets = {invoice.lines.first().pk: Decimal(net)}
    return corrections.credit(
        **acting(
            {
                "invoice": invoice,
                "nets": nets,
                "reason": REASON,
                "on": ON,
                "at": at,
                "actor": actor,
                **values,
            }
        )
    )


def rivals(count, work):
    start = threading.Barrier(count)
    results, errors = [], []

    def run(number):
        try:
            start.wait(timeout=20)
            results.append(work(number))
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results, errors


def test_a_small_credit_is_given_at_once(at, clerk):
    outcome = ask(taxed_invoice(CustomerFactory()), at, clerk, net="100.00")

    assert outcome.approval is None
    assert outcome.document.total_amount == Decimal("115.00")


def test_a_large_credit_waits_and_moves_nothing(at, clerk):
    invoice = taxed_invoice(CustomerFactory())

    outcome = ask(invoice, at, clerk)

    invoice.refresh_from_db()
    assert outcome.document is None
    assert outcome.approval.amount == Decimal("1150.00")
    assert invoice.credited_amount == 0
    assert AuditEvent.objects.filter(action="approval.requested").count() == 1


def test_another_person_approves_and_it_is_done(at, clerk, owner):
    invoice = taxed_invoice(CustomerFactory())
    approval = ask(invoice, at, clerk).approval

    note = approvals.approve(approval=approval, act=Act(owner, at, on=ON))

    invoice.refresh_from_db()
    approval.refresh_from_db()
    assert invoice.credited_amount == note.total_amount == Decimal("1150.00")
    assert (approval.status, approval.decided_by, approval.result) == (
        "APPROVED",
        owner,
        note.number,
    )
    assert note.reason == REASON


def test_who_asked_does_not_approve(at, clerk):
    approval = ask(taxed_invoice(CustomerFactory()), at, clerk).approval

    for decide in (
        lambda: approvals.approve(approval=approval, act=Act(clerk, at, on=ON)),
        lambda: approvals.reject(approval=approval, note="not like this", act=Act(clerk, at)),
    ):
        with pytest.raises(approvals.OwnRequest):
            decide()

    approval.refresh_from_db()
    assert approval.is_pending


def test_the_database_refuses_the_requester_too(at, clerk):
    approval = ask(taxed_invoice(CustomerFactory()), at, clerk).approval

    with pytest.raises(IntegrityError, match="approval_by_another_person"):
        Approval.objects.filter(pk=approval.pk).update(
            status="APPROVED", decided_by=clerk, decided_at=at
        )


@pytest.mark.parametrize(
    "change", [{"amount": 1}, {"payload": {}}, {"reason": "x"}, {"status": "PENDING"}]
)
def test_a_request_is_never_changed(at, clerk, owner, change):
    approval = ask(taxed_invoice(CustomerFactory()), at, clerk).approval
    approvals.reject(approval=approval, note="not like this", act=Act(owner, at))

    with pytest.raises(DatabaseError, match="decided once and never changed"):
        Approval.objects.filter(pk=approval.pk).update(**change)
    with pytest.raises(DatabaseError, match="decided once and never changed"):
        Approval.objects.filter(pk=approval.pk).delete()


def test_a_request_whose_facts_have_changed_is_refused_and_closed(at, clerk, owner):
    invoice = taxed_invoice(CustomerFactory())
    approval = ask(invoice, at, clerk).approval
    crediting.credit(
        invoice=invoice,
        given=[crediting.Given(invoice.lines.get(), Decimal("10.00"))],
        on=ON,
        act=Act(owner, at, reason=REASON),
    )

    assert not approvals.is_current(approval)
    with pytest.raises(Stale):
        approvals.approve(approval=approval, act=Act(owner, at, on=ON))

    approval.refresh_from_db()
    assert approval.status == "STALE"
    assert CreditNote.objects.count() == 1


def test_a_write_off_is_stale_once_money_came_in(at, clerk, owner):
    customer = CustomerFactory()
    invoice = taxed_invoice(customer)
    approval = corrections.write_off(
        invoice=invoice, amount=Decimal("1150.00"), act=Act(clerk, at, on=ON, reason=REASON)
    ).approval
    paid(customer, "100.00", at=at)

    with pytest.raises(Stale):
        approvals.approve(approval=approval, act=Act(owner, at, on=ON))


def test_the_rest_of_a_partly_paid_invoice_is_written_off_to_the_cent(at, clerk, owner):
    customer = CustomerFactory()
    invoice = taxed_invoice(customer, "333.33", "66.67")
    paid(customer, "123.45", at=at)
    invoice.refresh_from_db()
    approval = corrections.write_off(
        invoice=invoice, amount=invoice.amount_due, act=Act(clerk, at, on=ON, reason=REASON)
    ).approval

    approvals.approve(approval=approval, act=Act(owner, at, on=ON))

    invoice.refresh_from_db()
    assert (invoice.amount_due, invoice.paid_amount) == (Decimal(0), Decimal("123.45"))


def test_more_than_is_due_is_not_written_off(at, clerk):
    with pytest.raises(crediting.NotCreditable):
        corrections.write_off(
            invoice=taxed_invoice(CustomerFactory()),
            amount=Decimal("1150.01"),
            act=Act(clerk, at, on=ON, reason=REASON),
        )


def test_eight_rivals_approving_do_it_once(at, clerk):
    """F-28."""
    invoice = taxed_invoice(CustomerFactory())
    approval = ask(invoice, at, clerk).approval
    people = UserFactory.create_batch(8, role=User.Role.OWNER)

    results, errors = rivals(
        8, lambda number: approvals.approve(approval=approval, act=Act(people[number], at, on=ON))
    )

    assert len(results) == 1
    assert [type(error).__name__ for error in errors] == ["AlreadyDecided"] * 7
    assert CreditNote.objects.count() == 1


def test_approving_and_rejecting_at_once_is_one_decision(at, clerk):
    """F-28."""
    invoice = taxed_invoice(CustomerFactory())
    approval = ask(invoice, at, clerk).approval
    people = UserFactory.create_batch(4, role=User.Role.OWNER)

    def work(number):
        if number % 2:
            return approvals.approve(approval=approval, act=Act(people[number], at, on=ON))
        return approvals.reject(
            approval=approval, note="not like this", act=Act(people[number], at)
        )

    results, errors = rivals(4, work)

    approval.refresh_from_db()
    assert (len(results), len(errors)) == (1, 3)
    assert CreditNote.objects.count() == (1 if approval.status == "APPROVED" else 0)


def test_the_same_thing_is_asked_for_once_at_a_time(at, clerk, owner):
    invoice = taxed_invoice(CustomerFactory())
    approval = ask(invoice, at, clerk).approval

    with pytest.raises(approvals.AlreadyRequested):
        ask(invoice, at, clerk)
    approvals.reject(approval=approval, note="not like this", act=Act(owner, at))

    assert ask(invoice, at, clerk).approval.is_pending


def test_only_who_asked_withdraws(at, clerk, owner):
    approval = ask(taxed_invoice(CustomerFactory()), at, clerk).approval

    with pytest.raises(approvals.OwnRequest):
        approvals.withdraw(approval=approval, act=Act(owner, at))
    approvals.withdraw(approval=approval, act=Act(clerk, at))

    with pytest.raises(approvals.AlreadyDecided):
        approvals.approve(approval=approval, act=Act(owner, at, on=ON))


def test_a_rejection_says_why(at, clerk, owner):
    approval = ask(taxed_invoice(CustomerFactory()), at, clerk).approval

    with pytest.raises(ReasonMissing):
        approvals.reject(approval=approval, note="no", act=Act(owner, at))


def test_a_charge_without_a_limit_is_billed_at_once(at, clerk):
    customer = CustomerFactory()

    outcome = corrections.charge(
        customer=customer,
        lines=[
            Charge("EQUIPMENT", "Router", Decimal("2500.00"), Decimal("0.15")),
            Charge("FEE", "Visit", Decimal("300.00"), Decimal("0")),
        ],
        due_date=date(2026, 1, 17),
        act=Act(clerk, at, on=ON, reason=REASON),
    )

    invoice = Invoice.objects.get(pk=outcome.document.pk)
    assert (invoice.kind, invoice.total_amount, invoice.due_date) == (
        "ONE_OFF",
        Decimal("3175.00"),
        date(2026, 1, 17),
    )
    assert list(invoice.lines.order_by("pk").values_list("account_id", flat=True)) == [4200, 4100]


def test_without_its_check_the_database_lets_people_approve_themselves(at, clerk):
    """The negative control: the nightly proof finds what the constraint would have refused."""
    approval = ask(taxed_invoice(CustomerFactory()), at, clerk).approval
    name, table = "approval_by_another_person", "billing_approval"
    with owner_connection(autocommit=True) as database:
        kept = database.execute(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s", [name]
        ).fetchone()[0]
        database.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        try:
            Approval.objects.filter(pk=approval.pk).update(
                status="APPROVED", decided_by=clerk, decided_at=at
            )
            assert {f.check for f in proofs.check_all()} == {"decided_by_somebody_else"}
        finally:
            database.execute("SET session_replication_role = replica")
            database.execute(f"DELETE FROM {table}")
            database.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {kept}")
