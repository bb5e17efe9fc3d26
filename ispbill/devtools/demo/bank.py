"""A bank statement and a payout, for the demo company to show: matched, likely and nobody's."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from billing.allocation.models import Payment
from billing.invoices.models import Invoice
from billing.ledger.rules.chart import Chart
from billing.receivables.services import settlement
from billing.receivables.services.admission import Asked
from customers.models import Customer
from ispbill.core.acts import Act
from ispbill.devtools.demo.days import moment
from ispbill.devtools.demo.ground import HQ, Ground
from payments.bank.models import BankAccount, KnownPayer, StatementLine
from payments.bank.queries import match_hints
from payments.bank.rules import statement_rows
from payments.bank.services import accepting, accounts, matching, payouts, reading, uploads
from payments.bank.services.accounts import Wanted
from payments.bank.services.payouts import NewPayout

OWING = 8
HELD = 4
_HEAD = "Date,Description,Reference,Payer,Account Number,Debit,Credit"


def show(base: Ground, *, today: date) -> None:
    """Import a statement of the last days, match what is sure, and book a payout of bKash."""
    account = accounts.add(
        wanted=Wanted(
            "City Bank current account", "1102938475", "EFT", int(Chart.BANK), base.branches[HQ]
        ),
        act=Act(base.owner, moment(today, 0)),
    )
    _payout(base, account, today=today)
    owing = list(
        Customer.objects.filter(
            archived_at__isnull=True,
            account_state__balance_amount__gt=0,
            invoices__status=Invoice.Status.OPEN,
            invoices__amount_due__gt=0,
        )
        .exclude(subscriptions__status="SUSPENDED")  # paying would put them on line, unbilled
        .select_related("account_state")
        .distinct()
        .order_by("number")[:OWING]
    )
    _statement(base, account, owing, today=today)


def _statement(
    base: Ground, account: BankAccount, owing: Sequence[Customer], *, today: date
) -> None:
    """Import a statement; nobody would wait long for an empty company's."""
    if len(owing) < OWING:
        return
    at, day = moment(today, 0), today - timedelta(days=1)
    rows = [
        _row(day, f"NPSB TRF {owing[0].number}", owing[0], owing[0].account_state.balance_amount),
        _row(day, f"BEFTN {_invoice(owing[1])} THANKS", owing[1], _due(owing[1])),
        _row(day, f"RTGS MOB {owing[2].phone}", owing[2], owing[2].account_state.balance_amount),
        _row(day, "ONLINE TRANSFER", owing[3], owing[3].account_state.balance_amount),
        _row(day, "CASH DEPOSIT BRANCH 044", None, Decimal("2500.00")),
        _row(day, "INWARD CLEARING", owing[4], Decimal("500.00")),
        _row(day, "TRF FROM MILL ROAD TRADERS", None, Decimal("7300.00")),
        _row(day, "ACCOUNT MAINTENANCE FEE + VAT", None, Decimal("-345.00")),
        _row(day, "PAYMENT BY SALARY ACCOUNT", owing[5], Decimal("1200.00"), "0044551122334"),
    ]
    known = match_hints.unclaimed("EFT").filter(posted_on__gte=today - timedelta(days=20))
    taken = known.select_related("customer").order_by("-posted_on", "-receipt_number").first()
    if taken is not None:
        rows.append(_row(taken.posted_on, f"NPSB {taken.reference}", taken.customer, taken.amount))
    payout = account.payouts.order_by("pk").first()
    if payout is not None:
        rows.append(_row(payout.paid_on, f"BKASH LTD {payout.reference}", None, payout.net_amount))
    text = "\n".join([_HEAD, *rows, "Closing balance,,,,,,see paper"])
    statement = uploads.upload(
        account=account,
        name=f"city-bank-{day:%Y-%m}.csv",
        content=text.encode(),
        act=Act(base.owner, at),
    )
    layout = statement_rows.layout_of(statement.layout)
    uploads.start(statement=statement, layout=layout, act=Act(base.owner, at))
    reading.read(statement_id=statement.pk, at=at)
    lines = StatementLine.objects.filter(statement=statement).order_by("row_no")
    sure = list(lines.filter(is_safe=True).values_list("pk", flat=True)[:2])
    accepting.accept_safe(lines=sure, act=Act(base.owner, at))
    salary = lines.filter(description__startswith="PAYMENT BY SALARY", state="NEW").first()
    if salary is not None and not KnownPayer.objects.exists():
        share = matching.Share(owing[5], salary.open_amount)
        matching.match(
            line=salary,
            shares=[share],
            remember=True,
            is_repeat_confirmed=True,
            act=Act(base.owner, at),
        )


def _payout(base: Ground, account: BankAccount, *, today: date) -> None:
    """Take a few payments by bKash online, of which the provider has paid out all but one."""
    at, day = moment(today, 0), today - timedelta(days=2)
    living = Customer.objects.filter(archived_at__isnull=True)
    customers = living.exclude(subscriptions__status="SUSPENDED").order_by("-number")[:HELD]
    made: list[Payment] = []
    for place, customer in enumerate(customers, start=1):
        settled = settlement.settle(
            Asked(
                customer_id=customer.pk,
                amount=Decimal(500),
                method="BKASH",
                received_by=None,
                received_at=moment(day, 11, place),
                key=f"demo-held-{place}",
                reference=f"CKD{place}8QJ2XM",
                is_repeat_confirmed=True,
                account_no=Chart.BKASH_CLEARING,
                act=Act(None, at),
            )
        )
        made.append(settled.payment)
    if len(made) < HELD:
        return
    rows = ["Trx ID,Transaction Date,Amount,Service charge"]
    rows += [f"{one.reference},{day},500.00,9.25" for one in made[:-1]]
    rows.append(f"CKZ9UNKNOWN1,{day},300.00,5.55")
    payout = payouts.upload(
        wanted=NewPayout("BKASH", account, f"BK{day:%Y%m%d}01", today - timedelta(days=1)),
        name="bkash-settlement.csv",
        content="\n".join(rows).encode(),
        act=Act(base.owner, at),
    )
    layout = statement_rows.layout_of(payout.layout)
    payouts.read(payout=payout, layout=layout, act=Act(base.owner, at))
    payouts.book(payout=payout, act=Act(base.owner, at))


def _row(day: date, text: str, payer: Customer | None, amount: Decimal, number: str = "") -> str:
    name = payer.name.upper() if payer is not None else ""
    out, into = (f"{-amount}", "") if amount < 0 else ("", f"{amount}")
    return ",".join([day.isoformat(), text, "", name, number, out, into])


def _due(customer: Customer) -> Decimal:
    return Decimal(_open(customer).amount_due)


def _invoice(customer: Customer) -> str:
    return _open(customer).number or ""


def _open(customer: Customer) -> Invoice:
    return Invoice.objects.filter(
        customer=customer, status=Invoice.Status.OPEN, amount_due__gt=0
    ).order_by("due_date", "number")[0]
