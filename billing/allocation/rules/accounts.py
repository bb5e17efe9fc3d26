"""Where money lands in the books, by the way it came in."""

from collections.abc import Mapping

from billing.ledger.rules.chart import Chart

# A card slip is paid out by the bank, so card money is booked there like a transfer. A voucher was
# paid for when it was sold: redeeming it settles what is owed to its holder.
ACCOUNT_OF: Mapping[str, Chart] = {
    "CASH": Chart.CASH,
    "BKASH": Chart.MOBILE_MONEY,
    "NAGAD": Chart.MOBILE_MONEY,
    "ROCKET": Chart.MOBILE_MONEY,
    "UPAY": Chart.MOBILE_MONEY,
    "WALLET": Chart.MOBILE_MONEY,
    "CARD": Chart.BANK,
    "NETBANKING": Chart.BANK,
    "EFT": Chart.BANK,
    "DEBIT_ORDER": Chart.BANK,
    "VOUCHER": Chart.VOUCHERS,
    "ADJUSTMENT": Chart.ADJUSTMENTS,
    "DEPOSIT": Chart.DEPOSITS,  # the customer's own security pays a bill
    "RESELLER": Chart.RESELLER_WALLETS,  # a prepaid reseller pays a customer's bill
    "REFERRAL": Chart.REFERRAL_REWARDS,  # credit given for bringing a customer
}


def landed_in(*, method: str, account_no: int) -> int:
    """Return the account a payment's money is in: the one named (0: none), or its method's."""
    return account_no or int(ACCOUNT_OF[method])


# Where the books keep what a provider holds for us until it pays it out.
CLEARING_OF: Mapping[str, Chart] = {
    "SSLCOMMERZ": Chart.GATEWAY_CLEARING,
    "BKASH": Chart.BKASH_CLEARING,
    "NAGAD": Chart.NAGAD_CLEARING,
    "NETCASH": Chart.NETCASH_CLEARING,
}

# What a person at a counter takes by hand, in the order it is offered.
BY_HAND: tuple[str, ...] = ("CASH", "BKASH", "NAGAD", "CARD", "EFT")

# Of these, what can only be found on a statement again by its transaction number.
NEEDS_REFERENCE: tuple[str, ...] = ("BKASH", "NAGAD", "EFT")

# Where the money for a batch of vouchers lands; what is not paid yet is the buyer's account.
VOUCHERS_PAID_INTO: Mapping[str, Chart] = {
    "CASH": Chart.CASH,
    "BANK": Chart.BANK,
    "MOBILE_MONEY": Chart.MOBILE_MONEY,
    "ON_ACCOUNT": Chart.BUYERS_OF_VOUCHERS,
}
