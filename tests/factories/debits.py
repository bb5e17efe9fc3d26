"""Bank accounts, mandates and debit orders, made the way the product makes them, at a simulator."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from billing.ledger.rules.chart import Chart
from ispbill.core.acts import Act
from ispbill.core.models import Company
from ispbill.devtools.sandbox.netcash.server import serve
from payments.debits.models import DebitBatch, DebitOrder, DebitSettings, Mandate
from payments.debits.services import mandates, methods, run
from payments.online.models import GatewayAccount
from payments.online.services import accounts
from tests.factories.customers import CustomerFactory

ACCOUNT_NUMBER = "4000000000"
CLEARING = Chart.NETCASH_CLEARING


class Bank:
    """A simulated NetCash with its own day, and the business moment that goes with it."""

    def __init__(self, directory, day=date(2026, 3, 2)):
        self.day = day  # Monday
        self.minutes = 0
        self.server = serve(directory, today=lambda: self.day)
        self.switch(not_ready_polls=0, fee_per_line=0, sends_postbacks=False)

    def close(self):
        self.server.close()

    @property
    def at(self):
        """A moment of the present day; each time one is asked for, a minute later."""
        self.minutes += 1
        return datetime(self.day.year, self.day.month, self.day.day, 8, tzinfo=UTC) + timedelta(
            minutes=self.minutes
        )

    def act(self, **order):
        from ispbill.devtools.sandbox.netcash import control

        return control.act(self.server.world, self.server.postman, order)

    def switch(self, **values):
        return self.act(act="switch", values=values)

    def picture(self):
        from ispbill.devtools.sandbox.netcash import control

        return control.picture(self.server.world)

    def calls(self, method):
        return [one for one in self.picture()["calls"] if one["method"] == method]

    def go_to(self, day):
        self.day, self.minutes = day, 0

    def result(self, order, reason, *, is_late=False):
        """Let the line of an order come back unpaid."""
        line = next(
            line
            for batch in self.picture()["batches"]
            for line in batch["lines"]
            if order.reference in line["extras"]
        )
        return self.act(act="result", line=line["number"], reason=reason, is_late=is_late)


def connected(bank):
    """A company that collects in Rand by debit order, with an account at this NetCash."""
    company = Company.current()
    Company.objects.filter(pk=company.pk).update(
        currency="ZAR", time_zone="Africa/Johannesburg", phone_region="ZA", number_style="ZAR"
    )
    Company.forget_cached()
    account = GatewayAccount(
        slug="netcash",
        provider=GatewayAccount.Provider.NETCASH,
        name="Debit order",
        base_url=bank.server.base_url,
        is_enabled=True,
        created_at=bank.at,
    )
    account.sealed_credentials = accounts.sealed(account, bank.server.address["keys"])
    account.save()
    DebitSettings.objects.update_or_create(pk=1, defaults={"is_on": True})
    return account


def bank_account(customer, *, at, number=ACCOUNT_NUMBER, bank="FNB"):
    return methods.add(
        customer=customer,
        kind="BANK_ACCOUNT",
        details={"number": number, "branch_code": "632005", "kind": "CURRENT"},
        holder=customer.name,
        bank=bank,
        act=Act(None, at),
    )


def requested(bank, customer=None, *, number=ACCOUNT_NUMBER, ceiling="10000.00"):
    """A mandate that was asked for and is with the customer to sign."""
    customer = customer or CustomerFactory(name="Thandi Nkosi", phone="+27825551234")
    method = bank_account(customer, at=bank.at, number=number)
    mandate = mandates.request(
        method=method, debit_day=1, ceiling=Decimal(ceiling), act=Act(None, bank.at)
    )
    run.follow(at=bank.at)
    mandate.refresh_from_db()
    return mandate


def active(bank, customer=None, **values):
    """A mandate the customer has signed."""
    mandate = requested(bank, customer, **values)
    assert mandate.state == Mandate.State.SENT, mandate.state_reason
    bank.act(act="sign", reference=mandate.account_reference)
    bank.minutes += 20
    run.follow(at=bank.at)
    bank.minutes += 20
    run.follow(at=bank.at)
    mandate.refresh_from_db()
    assert mandate.state == Mandate.State.ACTIVE
    return mandate


def processed(bank):
    """Run the day's debit orders and follow them until nothing moves any more."""
    report = run.process(on=bank.day, at=bank.at)
    followed(bank)
    return report


def followed(bank, *, is_asked=False):
    for _round in range(4):
        done = run.follow(at=bank.at, is_asked=is_asked)
        assert done.problems == []
        is_asked = False
        if not done.changes:
            return


def only_order(customer):
    return DebitOrder.objects.select_related("mandate", "payment", "batch").get(customer=customer)


def only_batch():
    return DebitBatch.objects.get()
