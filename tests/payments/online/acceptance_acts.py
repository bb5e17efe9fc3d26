"""What happens in each of the thirty cases; an act returns the answers to what was sent."""

from datetime import timedelta
from decimal import Decimal
from urllib.parse import urlencode

from sslcommerz_lib import SSLCOMMERZ

from billing.allocation.models import Payment
from billing.invoices.models import Invoice
from billing.receivables.services import crediting, voiding
from billing.receivables.services.crediting import Given
from customers.models import AccountState
from ispbill.core.acts import Act
from ispbill.core.models import Company
from ispbill.devtools.sandbox.gateways.client import Desk
from ispbill.devtools.sandbox.gateways.server import serve
from payments.desk.services import reversing
from payments.online.services import accounts, reconciling, refunds
from tests.billing.receivables.services.test_settlement import suspended as suspended_service
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory
from tests.factories.gateways import attempt_of, sslcommerz_account
from tests.factories.payments import open_invoice, paid
from tests.payments.online.acceptance import NOBODY, NOTICE, UntrustedDoor, folded, move

WHY = "paid by the wrong person"
PAID = Decimal("1150.00")


def altered(alter):
    """The genuine notice about a paid try, altered on its way."""
    return lambda scene: [_alter(scene, alter)]


def _alter(scene, alter):
    scene.watch(scene.other)
    return scene.notify(alter(dict(scene.genuine)))


def answered(fields):
    return lambda scene: [scene.answers(**fields)]


def forge(scene):
    """The attack on the published check: it accepts it, for another order and any amount."""
    claims = {
        "tran_id": scene.attempt.order,
        "status": "VALID",
        "amount": "9999.00",
        "currency": "BDT",
        "val_id": scene.genuine["val_id"],
    }
    forged = folded(scene.genuine, claims)
    secrets = accounts.credentials_of(scene.shop.account)
    library = SSLCOMMERZ(
        {
            "store_id": secrets["store_id"],
            "issandbox": True,
            "store_pass": secrets["store_password"],
        }
    )
    assert library.hash_validate_ipn(scene.genuine)
    assert library.hash_validate_ipn(forged)
    assert not accounts.gateway_of(scene.shop.account).is_signed(forged)
    return [scene.notify(forged)]


def ten_thousand_keys(scene):
    """In as few bytes as there can be: a longer one is not read at all."""
    names = ",".join(f"{number:x}" for number in range(10_000))
    fields = urlencode({**scene.genuine, "verify_key": ""}) + f"&verify_key={names}"
    scene.watch(scene.other)
    answer = scene.shop.client.post(
        NOTICE, fields, content_type="application/x-www-form-urlencoded"
    )
    scene.shop.work_off()
    return [answer]


def ten_thousand_fields(scene):
    fields = "&".join(f"{number:x}=" for number in range(10_000))
    scene.watch(scene.other)
    return [
        scene.shop.client.post(NOTICE, fields, content_type="application/x-www-form-urlencoded")
    ]


def of_the_sandbox(scene):
    return [scene.notify(_played(scene))]


def of_the_sandbox_signed(scene):
    played = _played(scene)
    fields = played | {"tran_id": scene.attempt.order}
    return [scene.notify(scene.signed(scene.attempt, **_bare(fields)))]


def _played(scene):
    """The same order, paid with play money at the gateway's sandbox; what its store tells of it."""
    folder = scene.folder / "sandbox"
    folder.mkdir()
    sandbox, desk = serve(folder), Desk(folder)
    try:
        account = sslcommerz_account(folder, slug="sandbox")
        played = attempt_of(CustomerFactory(), account, scene.shop.at, "777.00")
        desk.press(played.session_key, "success")
        desk.call_back(
            key=played.session_key,
            url=NOBODY,
            fields={"tran_id": scene.attempt.order},
            is_signed=True,
        )
        scene.mark()
        return desk.callbacks(played.session_key)[0]["fields"]
    finally:
        sandbox.close()


def others_val_id(scene):
    """Signed by the gateway's own password, about our order, with somebody else's val_id."""
    fields = {**scene.genuine, "tran_id": scene.attempt.order}
    return [scene.notify(scene.signed(scene.attempt, **_bare(fields)))]


def used_val_id(scene):
    scene.notify(scene.genuine)
    scene.mark()
    fields = {**scene.genuine, "tran_id": scene.attempt.order}
    signed = scene.signed(scene.attempt, **_bare(fields))
    scene.shop.desk.fault(
        "sslcommerz", "override", fields={"tran_id": scene.attempt.order}, times=1
    )
    return [scene.notify(signed)]


def again(scene):
    scene.watch(scene.other)
    scene.notify(scene.genuine)
    scene.mark()
    return [scene.notify(scene.genuine), scene.notify(scene.genuine, sent="again")]


def others_order(scene):
    return [scene.notify(scene.genuine, tran_id=scene.attempt.order)]


def order_as_array(scene):
    fields = dict(scene.genuine)
    fields["tran_id[]"] = fields.pop("tran_id")
    scene.watch(scene.other)
    return [scene.notify(fields)]


def failed_but_valid(scene):
    """What counts is what the gateway validates, not the word in the notice."""
    scene.watch(scene.other)
    return [scene.notify(scene.signed(scene.other, **_bare(scene.genuine | {"status": "FAILED"})))]


def failed_with_others(scene):
    fields = scene.genuine | {"status": "FAILED", "tran_id": scene.attempt.order}
    return [scene.notify(scene.signed(scene.attempt, **_bare(fields)))]


def as_json(scene):
    answer = scene.shop.client.post(NOTICE, scene.genuine, content_type="application/json")
    scene.watch(scene.other)
    scene.shop.work_off()
    return [answer]


def fetched(scene):
    scene.watch(scene.other)
    return [scene.shop.client.get(f"{NOTICE}?{urlencode(scene.genuine)}")]


def large_return(scene):
    scene.watch(scene.other)
    fields = scene.genuine | {"value_d": "x" * 1_000_000}
    return [scene.shop.client.post("/pay/gateways/sslcommerz/success/", fields)]


def replay_after_refund(scene):
    """A part of it has gone back through the gateway."""
    other = _credited(scene)
    Company.objects.update(refund_limit_amount=None)
    Company.forget_cached()
    refunds.refund(
        customer=other.customer,
        amount=Decimal(300),
        method=other.payment.method,
        reference="",
        act=Act(UserFactory(), scene.shop.at, on=scene.shop.at.date(), reason=WHY),
        through=other,
    )
    return _replayed(scene)


def replay_after_reversal(scene):
    reversing.reverse(payment=_credited(scene).payment, act=Act(None, scene.shop.at, reason=WHY))
    return _replayed(scene)


def replay_after_void(scene):
    other = _credited(scene)
    bill = open_invoice(other.customer)
    reversing.reverse(payment=other.payment, act=Act(None, scene.shop.at, reason=WHY))
    _make_void(scene, bill)
    return _replayed(scene)


def money_for_a_void_bill(scene):
    """F-18: late money becomes credit, it is never discarded."""
    attempt = scene.watch(scene.shop.start(invoices=[scene.shop.invoice.pk]))
    _make_void(scene, scene.shop.invoice)
    answer = scene.settled(attempt)
    attempt.refresh_from_db()
    assert (_credit_of(scene.shop.customer), attempt.odd) == (PAID, "VOID_BILL")
    return [answer]


def replay_a_year_later(scene):
    _credited(scene)
    scene.shop.at += timedelta(days=366)
    return _replayed(scene)


def notice_a_year_later(scene):
    scene.watch(scene.other)
    scene.shop.desk.fault("sslcommerz", "error_500", times=-1)
    scene.shop.at += timedelta(days=366)
    reconciling.reconcile(now=lambda: scene.shop.at)
    scene.shop.desk.clear_faults()
    return [scene.notify(scene.genuine)]


def success_page(scene):
    claim = {"tran_id": scene.attempt.order, "status": "VALID", "val_id": "1", "amount": "777.00"}
    answer = scene.shop.client.post("/pay/gateways/sslcommerz/success/", claim)
    scene.shop.work_off()
    return [answer]


def fail_page(scene):
    attempt = scene.watch(scene.shop.start())
    left = scene.shop.press(attempt, "no_ipn")
    answer = scene.shop.come_back({**left, "url": left["url"].replace("/success/", "/fail/")})
    scene.shop.work_off()
    return [answer]


def fail_page_afterwards(scene):
    _credited(scene)
    scene.mark()
    answer = scene.shop.client.post("/pay/gateways/sslcommerz/fail/", scene.genuine)
    scene.shop.work_off()
    return [answer]


def untrusted(scene):
    """The certificate is nobody's: nothing is asked, and asked again when it can be."""
    scene.watch(scene.other)
    usual = scene.shop.account.base_url
    door = UntrustedDoor(usual, scene.folder)
    try:
        move(scene.shop.account, door.base_url)
        answer = scene.notify(scene.genuine)
        assert (door.begun > 0, door.finished) == (True, 0)  # not a word was said, nor heard
    finally:
        door.close()
        move(scene.shop.account, usual)
    return [answer]


def credited_meanwhile(scene):
    """Of 1,150 the house takes 150 off while the customer pays: 150 is credit."""
    bill = scene.shop.invoice
    attempt = scene.watch(scene.shop.start(invoices=[bill.pk]))
    crediting.credit(
        invoice=bill,
        given=[Given(bill.lines.get(), Decimal(150))],
        on=scene.shop.at.date(),
        act=Act(None, scene.shop.at, reason=WHY),
    )
    answer = scene.settled(attempt)
    bill.refresh_from_db()
    assert (bill.paid_amount, bill.amount_due) == (Decimal(1000), 0)
    assert _credit_of(scene.shop.customer) == Decimal(150)
    return [answer]


def paid_meanwhile(scene):
    bill = scene.shop.invoice
    attempt = scene.watch(scene.shop.start(invoices=[bill.pk]))
    paid(scene.shop.customer, "1150.00", at=scene.shop.at, method="EFT")
    scene.mark()
    answer = scene.settled(attempt)
    assert _paid_of(bill) == PAID == _credit_of(scene.shop.customer)
    return [answer]


def two_for_one_bill(scene):
    bill = scene.shop.invoice
    first = scene.shop.start(key="first", invoices=[bill.pk])
    second = scene.watch(scene.shop.start(key="second", invoices=[bill.pk, 0]))
    answers = [scene.settled(first), scene.settled(second)]
    assert first.pk != second.pk
    assert _paid_of(bill) == PAID == _credit_of(scene.shop.customer)
    return answers


def part_then_all(scene):
    """Both were begun before either was paid: what is too much is credit."""
    bill = scene.shop.invoice
    part = scene.shop.start("500.00", key="part", invoices=[bill.pk])
    whole = scene.watch(scene.shop.start("1150.00", key="whole", invoices=[bill.pk]))
    answers = [scene.settled(part), scene.settled(whole)]
    assert (_paid_of(bill), _credit_of(scene.shop.customer)) == (PAID, Decimal(500))
    return answers


def archived(scene):
    attempt = scene.watch(scene.shop.start())
    customer = scene.shop.customer
    type(customer).objects.filter(pk=customer.pk).update(archived_at=scene.shop.at)
    return [scene.settled(attempt)]


def suspended(scene):
    """Cut off for this very bill: the money opens the service again."""
    service = suspended_service(customer=scene.shop.customer)
    attempt = scene.watch(scene.shop.start())
    answer = scene.settled(attempt)
    service.refresh_from_db()
    assert (service.status, _credit_of(scene.shop.customer)) == ("ACTIVE", 0)
    return [answer]


def _bare(fields):
    return {name: value for name, value in fields.items() if not name.startswith("verify_")}


def _credited(scene):
    scene.watch(scene.other)
    scene.notify(scene.genuine)
    scene.other.refresh_from_db()
    return scene.other


def _replayed(scene):
    scene.mark()
    return [scene.notify(scene.genuine), scene.notify(scene.genuine, sent="replayed")]


def _make_void(scene, bill):
    voiding.void(
        invoice=bill,
        act=Act(
            None, scene.shop.at, on=scene.shop.at.date(), reason="written to the wrong customer"
        ),
    )


def _credit_of(customer):
    left = -AccountState.objects.get(customer=customer).balance_amount
    held = Payment.objects.filter(customer=customer, status="COMPLETED")
    assert left == sum(one.amount - one.allocated_amount - one.refunded_amount for one in held)
    return left


def _paid_of(bill):
    return Invoice.objects.get(pk=bill.pk).paid_amount
