"""What the books know that points from lines of a statement to customers; many lines at a time."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

from django.db.models import Q, QuerySet

from billing.allocation.models import Payment
from billing.allocation.rules.accounts import CLEARING_OF
from billing.invoices.models import Invoice
from customers.models import AccountState, Customer
from ispbill.core import phones, statements
from payments.bank.models import KnownPayer, SettlementImport, StatementLine, StatementPart
from payments.bank.rules import matching
from payments.bank.rules.matching import Found, MatchHint, Named, Recorded
from payments.online.models import PaymentMethod

STRONG = 90
_MOST_BY_AMOUNT = 3
_MOST_ALIKE = 5

# What is booked by hand for money that reaches an account of this kind.
METHODS_OF: dict[str, tuple[str, ...]] = {
    "EFT": ("EFT", "CARD"),
    "BKASH": ("BKASH",),
    "NAGAD": ("NAGAD",),
}


@dataclass
class MatchHints:
    """What was found about one line."""

    text: Named
    tokens: frozenset[str]
    found: list[Found] = field(default_factory=list)
    recorded: list[Recorded] = field(default_factory=list)

    @property
    def customers(self) -> set[int]:
        return {one.customer_id for one in self.found if one.customer_id is not None}


def unclaimed(method: str) -> QuerySet[Payment]:
    """Return completed payments taken for an account of this kind that no line has claimed."""
    taken = StatementPart.objects.filter(undone_at__isnull=True, payment__isnull=False)
    # What a provider holds reaches the bank in its payouts, not by itself.
    held = [int(code) for code in CLEARING_OF.values()]
    return (
        Payment.objects.filter(status=Payment.Status.COMPLETED, method__in=METHODS_OF[method])
        .exclude(account_no__in=held)
        .exclude(pk__in=taken.values("payment"))
    )


class Names:
    """All customers by the words of their names, read once for a whole file."""

    def __init__(self) -> None:
        self._names: dict[int, tuple[str, str]] = {}
        self._by_word: dict[str, set[int]] = defaultdict(set)
        self._near: dict[str, tuple[str, ...]] = {}
        rows = Customer.objects.filter(archived_at__isnull=True)
        for pk, name, local_name in rows.values_list("pk", "name", "local_name").iterator():
            self._names[pk] = (name, local_name)
            for word in (*matching.name_words(name), *matching.name_words(local_name)):
                self._by_word[word].add(pk)

    def alike(self, payer: str) -> list[tuple[int, Decimal]]:
        """Return the customers called most like `payer`, with how alike they are."""
        words = matching.name_words(payer)[:8]
        groups = sorted((self._having(word) for word in words), key=len)
        hits = Counter(pk for group in groups[:-1] for pk in group)
        hits.update(pk for pk in hits.keys() & (groups[-1] if groups else set()))
        if len(words) == 1:
            hits.update(groups[0])
        scored = [
            (pk, max(matching.likeness(payer, name) for name in self._names[pk]))
            for pk, _count in hits.most_common(50)
        ]
        good = [(pk, alike) for pk, alike in scored if alike >= matching.LIKE_ENOUGH]
        return sorted(good, key=lambda one: (-one[1], one[0]))[:_MOST_ALIKE]

    def _having(self, word: str) -> set[int]:
        if word in self._by_word:
            return self._by_word[word]
        if word not in self._near:
            self._near[word] = _neighbours(word)
        return set().union(*(self._by_word.get(near, set()) for near in self._near[word]))


def about(lines: Sequence[StatementLine], names: Names) -> dict[int, MatchHints]:
    """Return the match hints to each line of money in, by the line's id; a few queries for all."""
    match_hints: dict[int, MatchHints] = {}
    for line in lines:
        text = f"{line.description} {line.reference} {line.counterparty} {line.bank_id}"
        found = matching.named(text)
        match_hints[line.pk] = MatchHints(found, found.tokens)
    _numbers(match_hints)
    _phones(match_hints)
    _payers(lines, match_hints)
    _recorded(lines, match_hints)
    for line in lines:
        if not any(one.worth >= STRONG for one in match_hints[line.pk].found):
            _names(line, match_hints[line.pk], names)
    _amounts(lines, match_hints)
    return match_hints


def payouts(lines: Sequence[StatementLine]) -> dict[int, list[SettlementImport]]:
    """Return booked payouts that may be these lines: their amount, account and nearly their day."""
    taken = StatementPart.objects.filter(undone_at__isnull=True, payout__isnull=False)
    rows = (
        SettlementImport.objects.filter(
            state=SettlementImport.State.BOOKED,
            net_amount__in={line.amount for line in lines},
            bank_account__in={line.account_id for line in lines},
        )
        .exclude(pk__in=taken.values("payout"))
        .order_by("pk")
    )
    found: dict[int, list[SettlementImport]] = defaultdict(list)
    for payout in rows:
        for line in lines:
            if (line.amount, line.account_id) == (
                payout.net_amount,
                payout.bank_account_id,
            ) and abs((line.booked_on - payout.paid_on).days) <= matching.NEAR_DAYS:
                found[line.pk].append(payout)
    return found


def _numbers(match_hints: dict[int, MatchHints]) -> None:
    numbers = {number for one in match_hints.values() for number in one.text.customers}
    customers = dict(
        Customer.objects.filter(number__in=numbers, archived_at__isnull=True).values_list(
            "number", "pk"
        )
    )
    written = {number for one in match_hints.values() for number in one.text.invoices}
    invoices = dict(Invoice.objects.filter(number__in=written).values_list("number", "customer_id"))
    for one in match_hints.values():
        for number in sorted(one.text.customers & customers.keys()):
            _add(one, MatchHint.NUMBER, number, customers[number])
        for number in sorted(one.text.invoices & invoices.keys()):
            _add(one, MatchHint.INVOICE, number, invoices[number])


def _phones(match_hints: dict[int, MatchHints]) -> None:
    spelled: dict[str, str] = {}
    for digits in {digits for one in match_hints.values() for digits in one.text.digits}:
        with suppress(phones.PhoneRefused):
            spelled[digits] = phones.normalise(digits)
    numbers = set(spelled.values())
    owners: dict[str, set[int]] = defaultdict(set)
    rows = Customer.objects.filter(archived_at__isnull=True).filter(
        Q(phone__in=numbers) | Q(alternate_phone__in=numbers)
    )
    for pk, phone, other in rows.values_list("pk", "phone", "alternate_phone"):
        owners[phone].add(pk)
        owners[other].add(pk)
    for one in match_hints.values():
        for digits in sorted(one.text.digits & spelled.keys()):
            for pk in sorted(owners.get(spelled[digits], ())):
                _add(one, MatchHint.PHONE, phones.national(spelled[digits]), pk)


def _payers(lines: Sequence[StatementLine], match_hints: dict[int, MatchHints]) -> None:
    keys = {line.pk: matching.name_key(line.counterparty) for line in lines}
    known: dict[str, list[KnownPayer]] = defaultdict(list)
    wanted = ({line.payer_fingerprint for line in lines} | set(keys.values())) - {""}
    for payer in KnownPayer.objects.filter(fingerprint__in=wanted).order_by("pk"):
        known[payer.fingerprint].append(payer)
    kept = _transfer_accounts(wanted)
    for line in lines:
        # A customer is pointed to by its account once: what staff said goes before what it says.
        pointed: dict[int, tuple[MatchHint, str]] = {}
        for payer in known.get(line.payer_fingerprint, []):
            pointed[payer.customer_id] = (MatchHint.ACCOUNT, payer.label)
        for method in kept.get(line.payer_fingerprint, []):
            is_claim = method.created_by is not None and method.created_by.role == "CUSTOMER"
            match_hint = MatchHint.CLAIMED if is_claim else MatchHint.ACCOUNT
            pointed.setdefault(method.customer_id, (match_hint, method.label))
        for customer_id, (match_hint, label) in pointed.items():
            _add(match_hints[line.pk], match_hint, label, customer_id)
        for payer in known.get(keys[line.pk], []):
            _add(match_hints[line.pk], MatchHint.PAYER, payer.label, payer.customer_id)


def _transfer_accounts(fingerprints: set[str]) -> dict[str, list[PaymentMethod]]:
    """Return the accounts customers transfer from, by fingerprint."""
    found: dict[str, list[PaymentMethod]] = defaultdict(list)
    rows = PaymentMethod.objects.filter(
        kind=PaymentMethod.Kind.EFT, removed_at__isnull=True, fingerprint__in=fingerprints
    )
    for method in rows.select_related("created_by").order_by("pk"):
        found[method.fingerprint].append(method)
    return found


def _recorded(lines: Sequence[StatementLine], match_hints: dict[int, MatchHints]) -> None:
    by_amount: dict[Decimal, list[Payment]] = defaultdict(list)
    near = timedelta(days=matching.NEAR_DAYS)
    days = [line.booked_on for line in lines]
    methods = {line.account.method for line in lines}
    tokens = {token for one in match_hints.values() for token in one.tokens}
    for method in sorted(methods):
        rows = unclaimed(method).filter(amount__in={line.amount for line in lines})
        named = Q(reference__in=tokens) | Q(receipt_number__in=tokens)
        rows = rows.filter(Q(posted_on__range=(min(days) - near, max(days) + near)) | named)
        for payment in rows.order_by("pk"):
            by_amount[payment.amount].append(payment)
    for line in lines:
        for payment in by_amount.get(line.amount, []):
            if payment.method in METHODS_OF[line.account.method]:
                match_hints[line.pk].recorded.append(_known_payment(payment))


def _known_payment(payment: Payment) -> Recorded:
    words = (payment.reference.upper(), payment.receipt_number or "")
    return Recorded(
        payment_id=payment.pk,
        customer_id=payment.customer_id,
        paid_on=payment.posted_on,
        references=frozenset(word for word in words if len(word) > 4),
        label=payment.receipt_number or "",
    )


def _names(line: StatementLine, match_hints: MatchHints, names: Names) -> None:
    for pk, alike in names.alike(line.counterparty or line.description):
        worth = matching.name_worth(alike)
        match_hints.found.append(Found(MatchHint.NAME, worth, f"{int(alike * 100)}", pk))


def _amounts(lines: Sequence[StatementLine], match_hints: dict[int, MatchHints]) -> None:
    """Say whose debt a line's amount is: of those already pointed to, else of very few."""
    customers = {pk for one in match_hints.values() for pk in one.customers}
    owed: dict[int, set[Decimal]] = defaultdict(set)
    for pk, amount in _open_amounts(customers=customers):
        owed[pk].add(amount)
    balances = AccountState.objects.filter(customer_id__in=customers, balance_amount__gt=0)
    for pk, amount in balances.values_list("customer_id", "balance_amount"):
        owed[pk].add(amount)
    lost = [
        line
        for line in lines
        if not match_hints[line.pk].found and not match_hints[line.pk].recorded
    ]
    owing: dict[Decimal, set[int]] = defaultdict(set)
    for pk, amount in _open_amounts(amounts={line.open_amount for line in lost}):
        owing[amount].add(pk)
    for line in lines:
        one = match_hints[line.pk]
        found = [pk for pk in one.customers if line.open_amount in owed[pk]]
        if line in lost and len(owing[line.open_amount]) <= _MOST_BY_AMOUNT:
            found = sorted(owing[line.open_amount])
        for pk in sorted(found):
            _add(one, MatchHint.AMOUNT, f"{line.open_amount}", pk)


def _open_amounts(
    *, customers: Iterable[int] | None = None, amounts: Iterable[Decimal] | None = None
) -> Iterable[tuple[int, Decimal]]:
    rows = Invoice.objects.filter(status=Invoice.Status.OPEN, amount_due__gt=0)
    if customers is not None:
        rows = rows.filter(customer__in=set(customers))
    if amounts is not None:
        rows = rows.filter(amount_due__in=set(amounts))
    return rows.order_by("pk").values_list("customer_id", "amount_due")


def _add(match_hints: MatchHints, match_hint: MatchHint, detail: str, customer_id: int) -> None:
    match_hints.found.append(Found(match_hint, matching.WORTH[match_hint], detail, customer_id))


def _neighbours(word: str) -> tuple[str, ...]:
    rows = statements.read(
        "SELECT text FROM customers_word WHERE text %% %s ORDER BY text <-> %s, text LIMIT 8",
        [word, word],
    )
    return tuple(row[0] for row in rows)
