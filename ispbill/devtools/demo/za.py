"""The profile `za`: a small company of Cape Town that collects its bills by debit order.

Four weeks are lived day by day with the product's own services, against the simulated NetCash over
HTTP: mandates in every state, batches collected, returned, disputed and tried again, transfers to
the bank, one batch under way and one that waits for its authorisation.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.conf import settings

from billing.changes.services import activation
from billing.dunning.services import dunning
from billing.ledger.rules.chart import Chart
from billing.run.services import cycle, notices
from customers.models import Customer, Package, Subscription
from customers.services import areas, portal_access, registration, subscriptions
from customers.services.profile import Details
from ispbill.accounts.models import User
from ispbill.core.acts import Act
from ispbill.devtools.demo import ground, interstellio, messages, quiet, za_ground
from ispbill.devtools.demo.ground import HQ, Ground
from ispbill.devtools.demo.progress import Say
from ispbill.devtools.demo.za_ground import DAYS, PEOPLE, ZONE, Person, moment
from ispbill.devtools.sandbox.netcash import control
from ispbill.devtools.sandbox.netcash.client import Control
from ispbill.devtools.sandbox.netcash.server import NetcashServer, serve
from ispbill.devtools.sandbox.owners_call import NotRunning
from network.services import lines
from payments.bank.services import accounts
from payments.bank.services.accounts import Wanted
from payments.debits.models import DebitOrder, DebitSettings, Mandate
from payments.debits.services import mandates, methods, run
from payments.debits.services import settings as debit_settings
from payments.online.models import PaymentMethod

TAX_RATE = Decimal("0.15")
CEILING = Decimal("2500.00")
WRONG_NUMBER = "4000000002"  # the simulator finds a mistyped digit in it


class SandboxRuns(Exception):
    """The simulated NetCash is running: its past cannot be written beside it."""


def refuse_second_sandbox() -> None:
    """Raise SandboxRuns while the simulators run: they would not know what is made here."""
    try:
        Control(settings.SANDBOX_DIR).picture(waits=False)
    except NotRunning:
        return
    raise SandboxRuns


def seed(*, now: datetime, say: Say) -> None:
    """Fill an empty database; the history ends at `now`."""
    today = now.astimezone(ZONE).date()
    start = today - timedelta(days=DAYS)
    with say.step("Company, staff, packages"), quiet.history():
        base = ground.lay(tax_rate=TAX_RATE, at=now)
        za_ground.rename(base)
        sold = za_ground.sell(base, on=start)
    with quiet.history(), _bank(start) as bank:
        with say.step("NetCash connected"):
            _connect(bank, base, at=moment(start, 8))
        with say.step(f"{len(PEOPLE)} customers and {DAYS} days of debit orders"):
            life = _Life(bank, base, sold, today=today)
            for day in (start + timedelta(days=number) for number in range(DAYS)):
                life.live(day)
            life.end(now)
    with say.step("Interstellio counts"), quiet.history():
        interstellio.connect(at=now, is_on=True)
    with say.step("Messages already sent"):
        User.objects.filter(role=User.Role.CUSTOMER).update(password=base.password_hash)
        messages.deliver_what_is_past()
    quiet.shorten_job_runs()


class _Bank:
    """The simulated NetCash, in this process, on the day that is being lived."""

    def __init__(self, start: date) -> None:
        self.day = start
        self.server: NetcashServer = serve(settings.SANDBOX_DIR, today=lambda: self.day)
        self.server.world.clear()
        self.act("switch", values={"not_ready_polls": 0, "sends_postbacks": False})

    def act(self, act: str, **more: object) -> None:
        control.act(self.server.world, self.server.postman, {"act": act, **more})

    def send_back(self, order: DebitOrder, code: str) -> None:
        """Let the line of an order come back unpaid."""
        for batch in control.picture(self.server.world)["batches"]:
            for line in batch["lines"]:
                if order.reference in line["extras"]:
                    self.act("result", line=line["number"], reason=code)


@contextmanager
def _bank(start: date) -> Iterator[_Bank]:
    bank = _Bank(start)
    try:
        yield bank
    finally:
        bank.act(
            "switch",
            values={"not_ready_polls": 1, "sends_postbacks": True, "authorise_by_hand": False},
        )
        bank.server.close()


class _Life:
    """The company's days."""

    def __init__(self, bank: _Bank, base: Ground, sold: dict[str, Package], *, today: date) -> None:
        self._bank, self._base, self._sold, self._today = bank, base, sold, today
        self._area = areas.create(
            name="Sea Point",
            local_name="",
            branch=base.branches[HQ],
            act=Act(base.owner, moment(bank.day, 8)),
        )
        self._people: dict[int, Person] = {}  # by customer
        self._sent: dict[int, int] = {}  # debits by customer

    def live(self, day: date) -> None:
        """Let a day pass: bill, collect, read the statement, pay out on Fridays."""
        self._bank.day = day
        outcome = cycle.run(
            on=day, act=Act(None, moment(day, 2)), trigger="SCHEDULE", scheduled_for=moment(day, 2)
        )
        if outcome.run is not None:
            notices.announce(run=outcome.run, act=Act(None, moment(day, 2, 30)))
        dunning.suspend_overdue(on=day, act=Act(None, moment(day, 3)))
        run.process(on=day, at=moment(day, 6))
        self._send_back()
        ago = (self._today - day).days
        for number, person in enumerate(PEOPLE):
            if person.joined == ago:
                self._join(number, person, day)
            if ago == 9 and person.end == "CANCELLED":
                self._cancel(person, day)
        for minute in (0, 20, 40):
            run.follow(at=moment(day, 10, minute))
            self._answer(minute)
        if day.weekday() == 4:
            self._bank.act("pay_out")

    def end(self, now: datetime) -> None:
        """End at the present moment, with a batch NetCash wants authorised by hand."""
        self._bank.day = self._today
        self._bank.act("switch", values={"authorise_by_hand": True})
        run.process(on=self._today, at=now)
        run.follow(at=now)
        person = next(one for one in PEOPLE if one.end == "KEPT")
        method = PaymentMethod.objects.get(customer__name=person.name)
        mandates.request(
            method=method, debit_day=1, ceiling=CEILING, act=Act(self._base.owner, now)
        )

    def _join(self, number: int, person: Person, day: date) -> None:
        at, base = moment(day, 9), self._base
        customer = registration.register(
            details=Details(
                name=person.name,
                phone=f"08255510{number:02d}",
                area=self._area,
                address=f"{12 + number} Main Road, Sea Point, Cape Town",
                email=f"customer{number}@demo.test",
                preferred_billing_day=min(day.day, 30),
            ),
            act=Act(base.staff["sales@demo.test"], at, on=day),
        )
        portal_access.open_portal_access(customer=customer, act=Act(base.owner, at))
        self._people[customer.pk] = person
        service = subscriptions.add(
            customer=customer,
            package=self._sold[person.package],
            act=Act(base.owner, at, on=day),
            line=subscriptions.Line(connection_id=f"za{number:03d}", cpe_make="TP-Link XC220"),
        )
        self._install(service, day)
        self._ask(number, person, customer, at=at)

    def _install(self, service: Subscription, day: date) -> None:
        noc, at = self._base.staff["noc@demo.test"], moment(day, 9, 10)
        name = service.connection_id
        lines.provision(
            subscription=service,
            router=self._base.routers["sim-1"],
            username=name,
            password=f"{name}-pppoe",
            act=Act(noc, at, reason="new connection installed"),
        )
        activation.activate(
            subscription=service,
            on=day,
            act=Act(noc, at, reason="installed and tested by the technician"),
        )

    def _ask(self, number: int, person: Person, customer: Customer, *, at: datetime) -> None:
        is_wrong = person.end == "WRONG"
        method = methods.add(
            customer=customer,
            kind=PaymentMethod.Kind.BANK_ACCOUNT,
            details={
                "number": WRONG_NUMBER if is_wrong else _account_number(number),
                "branch_code": "250655",
                "kind": "CURRENT",
            },
            holder=person.name,
            bank="FNB",
            act=Act(self._base.owner, at),
            check=PaymentMethod.Check.WAITING,
        )
        if person.end not in {"KEPT", "WRONG"}:
            mandates.request(
                method=method, debit_day=1, ceiling=CEILING, act=Act(self._base.owner, at)
            )

    def _answer(self, minute: int) -> None:
        """Let customers sign, decline or forget the mandates that have just reached them."""
        acts = {"SIGNED": "sign", "CANCELLED": "sign", "DECLINED": "decline", "EXPIRED": "expire"}
        for mandate in Mandate.objects.filter(state=Mandate.State.SENT).order_by("pk"):
            act = acts.get(self._people[mandate.customer_id].end)
            if act is not None and minute == 0:
                self._bank.act(act, reference=mandate.account_reference)

    def _send_back(self) -> None:
        """Decide which of the debits just sent will come back."""
        sent = DebitOrder.objects.filter(state=DebitOrder.State.UPLOADED).order_by("pk")
        for order in sent:
            codes = self._people[order.customer_id].returned
            place = self._sent.get(order.customer_id, 0)
            self._sent[order.customer_id] = place + 1
            if place < len(codes):
                self._bank.send_back(order, codes[place])

    def _cancel(self, person: Person, day: date) -> None:
        mandate = Mandate.objects.get(customer__name=person.name)
        mandates.cancel(
            mandate=mandate,
            act=Act(
                self._base.owner, moment(day, 9), reason="the customer pays by transfer from now on"
            ),
        )


def _connect(bank: _Bank, base: Ground, *, at: datetime) -> None:
    """Save the keys and try them, name our bank account, switch debit orders on."""
    debit_settings.save_keys(
        base_url=bank.server.base_url,
        given=bank.server.address["keys"],
        act=Act(base.owner, at, reason="connected to the simulated NetCash"),
    )
    debit_settings.check_keys(act=Act(base.owner, at))
    account = accounts.add(
        wanted=Wanted(
            "FNB business account", "62000000000", "EFT", int(Chart.BANK), base.branches[HQ]
        ),
        act=Act(base.owner, at),
    )
    choices = debit_settings.Choices(
        is_on=True,
        instruction=DebitSettings.Instruction.TWO_DAY,
        authorises_itself=True,
        line_limit=None,
        batch_limit=None,
        most_failures=5,
        bank_account=account,
    )
    debit_settings.choose(choices=choices, act=Act(base.owner, at))


def _account_number(number: int) -> str:
    """Return a made-up number the simulator takes: its digits add up to an even number."""
    tens, units = divmod(number, 10)
    return f"400000{tens}{units}{units}{tens}"
