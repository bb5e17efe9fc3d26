"""Money pays debts oldest first, never more than there is, never more than is due."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from payments.rules.allocation import Debt, Money, Part, credit_after, oldest_first, spread

FIRST = date(2026, 1, 1)
amounts = st.decimals(min_value=Decimal("0.01"), max_value=Decimal("99999.99"), places=2)
debts = st.lists(st.tuples(amounts, st.integers(0, 60)), max_size=8).map(
    lambda rows: [
        Debt(number, FIRST + timedelta(days=days), amount)
        for number, (amount, days) in enumerate(rows, start=1)
    ]
)
money = st.lists(amounts, max_size=6).map(
    lambda rows: [Money(number, amount) for number, amount in enumerate(rows, start=101)]
)


def debt(invoice_id, amount, day=1):
    return Debt(invoice_id, date(2026, 1, day), Decimal(amount))


def test_the_oldest_due_is_paid_first_and_the_rest_is_credit():
    parts = spread(
        [Money(9, Decimal("1500.00"))], [debt(1, "1000.00", day=5), debt(2, "300.00", day=1)]
    )

    assert parts == [Part(9, 2, Decimal("300.00")), Part(9, 1, Decimal("1000.00"))]
    assert credit_after(Decimal("1500.00"), [debt(1, "1000.00"), debt(2, "300.00")]) == Decimal(
        "200.00"
    )


def test_a_chosen_invoice_goes_before_an_older_one():
    parts = spread(
        [Money(9, Decimal("400.00"))],
        [debt(1, "300.00", day=1), debt(2, "300.00", day=5)],
        chosen=[2],
    )

    assert parts == [Part(9, 2, Decimal("300.00")), Part(9, 1, Decimal("100.00"))]


def test_of_the_same_due_date_the_earlier_invoice_is_paid_first():
    assert [d.invoice_id for d in oldest_first([debt(2, "1.00"), debt(1, "1.00")])] == [1, 2]


def test_older_money_is_spent_first():
    parts = spread([Money(7, Decimal("100.00")), Money(8, Decimal("100.00"))], [debt(1, "150.00")])

    assert parts == [Part(7, 1, Decimal("100.00")), Part(8, 1, Decimal("50.00"))]


@given(money, debts, st.sets(st.integers(1, 8)))
def test_no_payment_and_no_invoice_is_used_beyond_its_amount(payments, owed, chosen):
    parts = spread(payments, owed, chosen=chosen)

    for payment in payments:
        assert sum(p.amount for p in parts if p.payment_id == payment.payment_id) <= payment.amount
    for one in owed:
        assert sum(p.amount for p in parts if p.invoice_id == one.invoice_id) <= one.amount
    assert all(part.amount > 0 for part in parts)
    assert len({(p.payment_id, p.invoice_id) for p in parts}) == len(parts)


@given(money, debts, st.sets(st.integers(1, 8)))
def test_as_much_as_possible_is_paid(payments, owed, chosen):
    paid = sum((p.amount for p in spread(payments, owed, chosen=chosen)), Decimal(0))

    assert paid == min(sum(m.amount for m in payments), sum(d.amount for d in owed))


@given(money, debts)
def test_an_invoice_is_touched_only_when_all_older_ones_are_paid(payments, owed):
    parts = spread(payments, owed)
    paid = {d.invoice_id: Decimal(0) for d in owed}
    for part in parts:
        paid[part.invoice_id] += part.amount

    order = oldest_first(owed)
    touched = [d for d in order if paid[d.invoice_id] > 0]
    assert touched == order[: len(touched)]
    assert all(paid[d.invoice_id] == d.amount for d in touched[:-1])


def test_what_is_not_due_is_not_paid_and_leaves_no_credit_of_its_own():
    owed = [debt(1, "0.00"), debt(2, "0.50"), debt(3, "-5.00")]

    assert [d.invoice_id for d in oldest_first(owed)] == [2]
    assert credit_after(Decimal("1.25"), owed) == Decimal("0.75")
    assert credit_after(Decimal("0.20"), owed) == Decimal(0)
