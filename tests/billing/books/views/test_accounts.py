"""What the accounts of the ledger are called."""

from django.utils import translation

from billing.ledger.models import Account


def test_the_product_s_own_accounts_are_named_in_the_reader_s_language():
    with translation.override("bn"):
        assert Account(code=2200, name="Tax payable").title == "প্রদেয় কর"
        assert Account(code=2201, name="Tax payable").title == "Tax payable"  # the company's own
