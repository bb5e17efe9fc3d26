"""One waiting item of each kind, made by the verbs of the product where it has them."""

import uuid
from datetime import timedelta
from decimal import Decimal

from billing.receivables.services import corrections
from contracts.models import Contract
from customers.services import calls
from customers.services.calls import Talk
from fieldservice.services import journey, outbox
from fieldservice.services.outbox import Sent
from ispbill.core.acts import Act
from ispbill.core.models import Company
from payments.bank.models import SettlementLine
from payments.bank.services import payouts
from payments.debits.models import DebitOrder, DebitStatementLine
from payments.online.models import GatewayRefund
from payments.online.services import review
from signup.models import Order
from tests.factories import contracts
from tests.factories.accounts import BranchFactory, UserFactory
from tests.factories.bank import bank_account, line_of
from tests.factories.billing import DryRunFactory
from tests.factories.changes import PauseRequestFactory, asked, billed_service, priced_package
from tests.factories.churn import EpisodeFactory, ScoreFactory, TaskFactory
from tests.factories.credits import REASON, taxed_invoice
from tests.factories.customers import CustomerFactory, ReferralFactory
from tests.factories.debit_rows import held_line, signed, unpaid
from tests.factories.fieldservice import given, technician
from tests.factories.fieldservice import job as make_job
from tests.factories.gateways import settled_attempt, written_attempt
from tests.factories.network import AccessFactory
from tests.factories.payments import open_invoice, paid
from tests.factories.resellers import PayoutFactory, TransferFactory
from tests.factories.tills import cashier, counted, safe_with, shift_of
from tests.payments.bank.test_payouts import row, taken_in

WHY = "looked at it and it is so"


def limits(**values):
    Company.current()
    Company.objects.update(**values)
    Company.forget_cached()


def approval(at, user):
    limits(credit_limit_amount=Decimal("500.00"))
    invoice = taxed_invoice(CustomerFactory())
    return corrections.credit(
        invoice=invoice,
        nets={invoice.lines.get().pk: Decimal("1000.00")},
        act=Act(UserFactory(name="Nadia Islam"), at, reason=REASON, on=at.date()),
    ).approval


def test_run(at, user):
    return DryRunFactory(proposed_by=UserFactory(), needs_second=True)


test_run.__test__ = False  # a scene of that name


def package_change(at, user):
    service = billed_service("1000.00")
    AccessFactory(subscription=service)
    return asked(service, priced_package("1500.00"), on=at.date(), at=at)


def pause(at, user):
    service = billed_service("1000.00")
    AccessFactory(subscription=service)
    return PauseRequestFactory(subscription=service)


def unmatched(at, user, customer=None, amount="1150.00"):
    customer = customer or CustomerFactory()
    open_invoice(customer, amount)
    return line_of(bank_account(), amount, f"TRANSFER {customer.number}", at=at)


def chargeback(at, user):
    customer = CustomerFactory()
    reference = f"VAL{customer.pk:08d}"
    paid(customer, "1000.00", at=at, method="CARD", reference=reference, account_no=1030)
    taken = [row(reference), row(reference, "-400.00", "0.00", "-400.00")]
    payout = taken_in(
        bank_account(), user, *taken, at=at, provider="SSLCOMMERZ", reference=f"PO-{customer.pk}"
    )
    payouts.book(payout=payout, act=Act(user, at))
    return SettlementLine.objects.get(payment__customer=customer, is_chargeback=True)


def held_payment(at, user):
    attempt = written_attempt(CustomerFactory(), at=at)
    attempt.state, attempt.ended_at, attempt.is_risky = "HELD", at, True
    attempt.gateway_reference, attempt.paid_amount = f"val-{attempt.pk}", attempt.amount
    attempt.bank_reference, attempt.method = f"TRX{attempt.pk}", "CARD"
    attempt.paid_at = at
    attempt.save()
    return attempt


def owed_back(at, user):
    return review.refuse(attempt=held_payment(at, user), act=Act(UserFactory(), at, reason=WHY))


def odd_payment(at, user):
    attempt = settled_attempt(CustomerFactory(), at=at)
    attempt.odd = "LATE"
    attempt.save()
    return attempt


def refund_doubt(at, user):
    attempt = owed_back(at, user)
    return GatewayRefund.objects.create(
        order=f"R{attempt.pk}",
        attempt=attempt,
        customer=attempt.customer,
        amount=attempt.owed_amount,
        state="DOUBT",
        is_sent=True,
        requested_at=at,
    )


def debit(at, user):
    number = DebitOrder.objects.count()
    mandate = signed(CustomerFactory(), at=at, number=f"40000000{number:02d}")
    name = f"DB-2026-9{number:04d}-abcd"
    return unpaid(mandate, at=at, name=name, ended="DISPUTED")


def debit_line(at, user):
    return held_line(at=at, transaction_id=str(DebitStatementLine.objects.count()))


def cash_count(at, user):
    branch = BranchFactory()
    safe_with(branch, "100.00", at=at)
    shift = shift_of(cashier(branch), at=at, float_amount="100.00")
    return counted(shift, "98.00", at=at)


def hand_over(at, user):
    from payments.desk.services import handovers

    giver = cashier()
    safe_with(giver.branch, "100.00", at=at)
    shift = shift_of(giver, at=at, float_amount="100.00")
    return handovers.offer(
        shift=shift, to_person=user, amount=Decimal(10), note="", act=Act(giver, at)
    )


def referral(at, user):
    return ReferralFactory(suspicion="PHONE")


def payout(at, user):
    limits(payout_limit_amount=Decimal(1))
    return PayoutFactory(at=at + timedelta(seconds=1))


def job(at, user):
    who = technician()
    order = given(make_job(), who)
    return journey.fail(
        order=order, failure="NOT_HOME", text="nobody opened the door", moment=at, act=Act(who, at)
    )


def field_conflict(at, user):
    who = technician()
    order = given(make_job(), who)
    given(order, technician(), reason="the first one is ill today")
    sent = Sent(uuid.uuid4(), "start", None, 1, {}, client_at=at, sent_at=at)
    return outbox.receive(order=order, sent=sent, act=Act(who, at))


def ticket(at, user):
    from tests.factories.tickets import opened

    return opened(at=at)


def strange_mail(at, user):
    from tests.factories.tickets import strange_mail

    return strange_mail(at)


def notice(at, user):
    from ispbill.inbox.models import Notice
    from ispbill.inbox.services import bell

    number = f"TK-2026-{Notice.objects.count():05}"
    told = bell.Ring("ticket-given", number, number, "/admin/tickets/")
    bell.ring([user], told, act=Act(None, at))
    return Notice.objects.get(user=user, fact=number)


def low_opinion(at, user):
    from tests.factories.tickets import OpinionFactory
    from tickets.services import opinions

    asked = OpinionFactory(asked_at=at, expires_at=at + timedelta(days=14))
    return opinions.answer(opinion=asked, said=opinions.Said(3, "Slow."), act=Act(None, at))


def low_score(at, user):
    from tickets.models import Survey
    from tickets.services import resolution, surveys

    row = ticket(at, user)
    resolution.resolve(ticket=row, cause="FIXED", text="Mended.", act=Act(user, at))
    survey = Survey.objects.get(ticket=row)
    return surveys.answer(survey=survey, given=surveys.Answer(1, "Slow."), act=Act(None, at))


def order(at, user):
    from tests.factories.signup import submitted

    return submitted(at=at, phone=f"+88019{Order.objects.count():08d}")


def reseller_money(at, user):
    return TransferFactory(at=at, is_waiting=True)


def held_top_up(at, user):
    from resellers.models import Checkout
    from tests.factories.gateway_accounts import gateway_account
    from tests.factories.resellers import ResellerFactory

    number = Checkout.objects.count()
    reseller = ResellerFactory(kind="PREPAID")
    return Checkout.objects.create(
        order=f"P{number}",
        account=gateway_account(at=at, slug=f"sslcommerz-{number}"),
        reseller=reseller,
        amount=Decimal(1000),
        currency="BDT",
        state="HELD",
        key=f"form-{number}",
        started_by=reseller.user,
        started_at=at,
        expires_at=at + timedelta(days=1),
        gateway_reference=f"V{number}",
        paid_amount=Decimal(1000),
        words="BDT 1000.00 risk",
    )


def top_up_refund(at, user):
    from resellers.models import Checkout, CheckoutRefund

    checkout = held_top_up(at, user)
    Checkout.objects.filter(pk=checkout.pk).update(state="REFUSED")
    return CheckoutRefund.objects.create(
        checkout=checkout, order=f"R{checkout.pk}", amount=1000, requested_at=at, state="DOUBT"
    )


def proposed_outage(at, user):
    from network.outages.services import opening
    from tests.factories.network import AccessFactory

    router = AccessFactory().router
    return opening.propose(router=router, since=at, act=Act(None, at))


def uptime_breach(at, user):
    from network.outages.models import UptimeMonth
    from tests.factories.network import RouterFactory

    return UptimeMonth.objects.create(
        month=at.date().replace(day=1),
        router=RouterFactory(),
        total_seconds=44_640 * 60,
        down_seconds=6_000,
        target="99.900",
        is_breach=True,
        closed_at=at,
    )


def outage_credit(at, user):
    from billing.compensation.models import OutageCrediting
    from tests.factories.customers import AreaFactory
    from tests.factories.outages import outage, resolved

    found = outage(areas=[AreaFactory()], started_at=at, at=at)
    resolved(found, restored_at=at)
    return OutageCrediting.objects.create(
        outage=found, state="PROPOSED", services=1, net_amount="8.29", made_at=at
    )


def stock_count(at, user):
    from decimal import Decimal

    from fieldservice.stock.models import StockItem
    from fieldservice.stock.services import counting
    from fieldservice.stock.services.counting import Counted
    from tests.factories.stock import item, received

    cable = item(f"Cable {StockItem.objects.count()}", kind="BULK", usual_way="USED")
    shelf = received(cable, quantity="10")
    act = Act(UserFactory(), at, reason="cut off and not written down")
    return counting.hand_in(place=shelf, found={cable.pk: Counted(Decimal(9))}, act=act)


def low_stock(at, user):
    from fieldservice.stock.models import StockBalance, StockItem
    from tests.factories.stock import item, received

    cable = item(
        f"Cable {StockItem.objects.count()}", kind="BULK", usual_way="USED", reorder_level=11
    )
    shelf = received(cable, quantity="10")
    return StockBalance.objects.get(place=shelf)


def round_receipt(at, user):
    from decimal import Decimal

    from fieldservice.rounds.rules import numbers
    from fieldservice.rounds.services import receipts
    from fieldservice.rounds.services.receipts import Taken

    collector = UserFactory(role="COLLECTOR")
    device = receipts.register_device(act=Act(collector, at))
    number = numbers.written(device.code, 1)
    sent = Taken(number, CustomerFactory(), Decimal("500.00"), at, at)
    return receipts.take_in(device=device, taken=sent, act=Act(collector, at))


def job_swap(at, user):
    from fieldservice.services import swapping

    who = technician()
    order = given(make_job(), who)
    return swapping.ask(
        order=order, moment=at, act=Act(who, at, reason="a fever since the morning")
    )


def field_flag(at, user):
    from fieldservice.models import FieldFlag
    from fieldservice.rounds.rules import numbers

    number = numbers.written("K7Q2", FieldFlag.objects.count() + 1)
    return FieldFlag.objects.create(
        kind="MISSING_RECEIPT", key=number, what="Karim", since=at, found_at=at
    )


def call(at, user):
    talk = Talk("CALL_BACK", follow_up_at=at - timedelta(hours=1), owner=user)
    return calls.log(talk=talk, act=Act(user, at - timedelta(days=1)), customer=CustomerFactory())


def contract_seal(at, user):
    limits(address="House 1, Dhaka")
    contract = contracts.signed(name=f"Template {Contract.objects.count()}", at=at)
    contract.seal.state, contract.seal.error = "FAILED", "no room on the disk"
    contract.seal.save()
    return contract


def retention_task(at, user):
    score = ScoreFactory()
    episode = EpisodeFactory(customer=score.customer, began_on=at.date() - timedelta(days=7))
    return TaskFactory(episode=episode, due_on=at.date(), created_at=at - timedelta(days=7))


# kind: its scene, the verbs in the order of the bar.
SCENES = {
    "call": (call, ["called", "finish"]),
    "approval": (approval, ["approve", "reject"]),
    "test-run": (test_run, ["approve", "withdraw"]),
    "package-change": (package_change, ["approve", "reject"]),
    "pause": (pause, ["approve", "reject"]),
    "unmatched": (unmatched, ["accept", "set-aside", "pay-back"]),
    "chargeback": (chargeback, ["take", "bear"]),
    "held-payment": (held_payment, ["accept", "refuse"]),
    "owed-back": (owed_back, ["send", "credit", "by-hand"]),
    "odd-payment": (odd_payment, ["look"]),
    "refund-doubt": (refund_doubt, ["sent", "again"]),
    "debit": (debit, ["settle"]),
    "debit-line": (debit_line, ["aside"]),
    "cash-count": (cash_count, ["sign"]),
    "hand-over": (hand_over, ["accept", "refuse"]),
    "referral": (referral, ["approve", "refuse"]),
    "ticket": (ticket, ["take"]),
    "mail": (strange_mail, ["discard"]),
    "notice": (notice, ["seen"]),
    "low-opinion": (low_opinion, ["done"]),
    "low-score": (low_score, ["done", "reopen"]),
    "outage": (proposed_outage, ["take", "cancel"]),
    "uptime": (uptime_breach, ["done"]),
    "outage-credit": (outage_credit, ["give", "drop"]),
    "payout": (payout, ["approve", "withdraw"]),
    "order": (order, ["accept", "reject"]),
    "held-top-up": (held_top_up, ["accept", "refuse"]),
    "top-up-refund": (top_up_refund, ["sent", "again"]),
    "reseller-money": (reseller_money, ["confirm", "reject"]),
    "job": (job, ["again", "cancel"]),
    "field-conflict": (field_conflict, ["take", "leave"]),
    "stock-count": (stock_count, ["approve", "refuse"]),
    "low-stock": (low_stock, []),
    "round-receipt": (round_receipt, ["done"]),
    "job-swap": (job_swap, ["grant", "refuse"]),
    "field-flag": (field_flag, ["done"]),
    "contract-seal": (contract_seal, ["seal"]),
    "retention-task": (retention_task, ["end", "take"]),
}
