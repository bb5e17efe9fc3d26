"""A bookkeeper beside the product: what each bill got of which money, reckoned by hand.

It reads the order in which things came to be from the journal, and nothing else of what we made
of them: amounts are what the gateways, the desk and the bills say. Oldest money pays the oldest
bill; money reversed lets go of what it paid, and other credit steps in.
"""

from collections import defaultdict
from decimal import Decimal

from billing.allocation.models import Allocation, Payment, Refund
from billing.invoices.models import Invoice
from billing.ledger.models import JournalEntry
from customers.models import AccountState

NOTHING = Decimal(0)
# What a gateway holds that was not accepted is owed to the payer beside the account.
BESIDE = {("REFUSED", "attempt"), ("REVERSAL", "attempt"), ("SENT_BACK", "gateway_refund")}


class Bookkeeper:
    """The account of one customer. `came` is what each payment (by id) really brought."""

    def __init__(self, customer, came):
        self._customer = customer
        self._came = came
        self._bills = {}  # id: what of it is still due
        self._money = {}  # id: what of it pays nothing
        self._paid = defaultdict(lambda: NOTHING)  # (payment, bill): how much
        self._own = dict(
            Refund.objects.filter(customer=customer).values_list(
                "pk", "gateway_refund__attempt__payment"
            )
        )
        for entry in JournalEntry.objects.filter(customer=customer).order_by("pk"):
            self._book(entry)
            self._spread()

    def _book(self, entry):
        fact = (entry.kind, entry.source_type)
        if fact == ("INVOICE", "invoice"):
            self._bills[entry.source_id] = Invoice.objects.get(pk=entry.source_id).total_amount
        elif fact == ("PAYMENT", "payment"):
            self._money[entry.source_id] = self._came[entry.source_id]
        elif fact == ("REVERSAL", "payment"):
            del self._money[entry.source_id]
            for payment, bill in [pair for pair in self._paid if pair[0] == entry.source_id]:
                self._bills[bill] += self._paid.pop((payment, bill))
        elif fact == ("REFUND", "refund"):
            self._pay_out(entry.source_id)
        elif fact not in BESIDE:
            raise AssertionError(f"nobody asked for {fact}")

    def _pay_out(self, refund):
        left = Refund.objects.get(pk=refund).amount
        own = self._own[refund]
        for payment in sorted(self._money, key=lambda one: (one != own, -one)):
            part = min(left, self._money[payment])
            self._money[payment] -= part
            left -= part
        assert not left, "more was paid out than there was credit"

    def _spread(self):
        for payment in sorted(self._money):
            for bill in sorted(self._bills):
                part = min(self._money[payment], self._bills[bill])
                if part:
                    self._money[payment] -= part
                    self._bills[bill] -= part
                    self._paid[payment, bill] += part

    def agree(self):
        """Compare with the product: bill by bill, payment by payment, and the balance."""
        found = defaultdict(lambda: NOTHING)
        for row in Allocation.objects.filter(customer=self._customer, released_at=None):
            found[row.payment_id, row.invoice_id] += row.amount
        assert found == self._paid
        bills = Invoice.objects.filter(customer=self._customer)
        assert dict(bills.values_list("pk", "amount_due")) == self._bills
        completed = Payment.objects.filter(customer=self._customer, status="COMPLETED")
        credit = {one.pk: one.credit_amount for one in completed}
        assert credit == self._money
        owed = sum(self._bills.values(), NOTHING) - sum(self._money.values(), NOTHING)
        assert AccountState.objects.get(customer=self._customer).balance_amount == owed
        # Somebody with credit owes nothing, and the other way round.
        assert not (any(self._bills.values()) and any(self._money.values()))
