"""The ledger accounts the code itself posts to; the company may add others beside them."""

from enum import IntEnum

from ispbill.core.marking import gettext_noop


class Chart(IntEnum):
    CASH = 1000
    BANK = 1010
    MOBILE_MONEY = 1020
    GATEWAY_CLEARING = 1030
    BKASH_CLEARING = 1031
    NAGAD_CLEARING = 1032
    NETCASH_CLEARING = 1033
    RECEIVABLE = 1100
    BUYERS_OF_VOUCHERS = 1150
    HELD_BY_RESELLERS = 1160
    BETWEEN_ACCOUNTS = 1170
    TAX_PAYABLE = 2200
    DEPOSITS = 2300
    VOUCHERS = 2320
    UNMATCHED_MONEY = 2330
    OWED_BACK = 2340
    COMMISSIONS_PAYABLE = 2350
    RESELLER_WALLETS = 2360
    TAX_WITHHELD = 2370
    DEFERRED_REVENUE = 2400
    OPENING_BALANCE = 3000
    INTERNET_REVENUE = 4000
    ADDON_REVENUE = 4050
    INSTALLATION_REVENUE = 4100
    EQUIPMENT_REVENUE = 4200
    LATE_FEES = 4300
    TERMINATION_FEES = 4310
    LAPSED_VOUCHERS = 4400
    ADJUSTMENTS = 4900
    VOUCHER_DISCOUNTS = 5100
    GATEWAY_FEES = 5300
    CASH_DIFFERENCES = 5310
    BANK_CHARGES = 5320
    REFERRAL_REWARDS = 5400
    COMMISSIONS = 5410
    WRITE_OFF = 5900


ACCOUNTS: dict[int, tuple[str, str]] = {
    Chart.CASH: (gettext_noop("Cash"), "ASSET"),
    Chart.BANK: (gettext_noop("Bank"), "ASSET"),
    Chart.MOBILE_MONEY: (gettext_noop("Mobile money"), "ASSET"),
    Chart.GATEWAY_CLEARING: (gettext_noop("Held by SSLCommerz"), "ASSET"),
    Chart.BKASH_CLEARING: (gettext_noop("Held by bKash"), "ASSET"),
    Chart.NAGAD_CLEARING: (gettext_noop("Held by Nagad"), "ASSET"),
    Chart.NETCASH_CLEARING: (gettext_noop("Held by NetCash"), "ASSET"),
    Chart.RECEIVABLE: (gettext_noop("Receivables from customers"), "ASSET"),
    Chart.BUYERS_OF_VOUCHERS: (gettext_noop("Receivables from buyers of vouchers"), "ASSET"),
    Chart.HELD_BY_RESELLERS: (gettext_noop("Cash held by resellers"), "ASSET"),
    Chart.BETWEEN_ACCOUNTS: (gettext_noop("Carried between accounts of customers"), "ASSET"),
    Chart.TAX_PAYABLE: (gettext_noop("Tax payable"), "LIABILITY"),
    Chart.DEPOSITS: (gettext_noop("Deposits of customers"), "LIABILITY"),
    Chart.VOUCHERS: (gettext_noop("Vouchers sold, not redeemed"), "LIABILITY"),
    Chart.UNMATCHED_MONEY: (gettext_noop("Money received, payer unknown"), "LIABILITY"),
    Chart.OWED_BACK: (gettext_noop("Money received, to be given back"), "LIABILITY"),
    Chart.COMMISSIONS_PAYABLE: (gettext_noop("Commissions owed to resellers"), "LIABILITY"),
    Chart.RESELLER_WALLETS: (gettext_noop("Wallets of resellers"), "LIABILITY"),
    Chart.TAX_WITHHELD: (gettext_noop("Tax withheld from resellers"), "LIABILITY"),
    Chart.DEFERRED_REVENUE: (gettext_noop("Deferred revenue"), "LIABILITY"),
    Chart.OPENING_BALANCE: (gettext_noop("Opening balances"), "EQUITY"),
    Chart.INTERNET_REVENUE: (gettext_noop("Internet revenue"), "INCOME"),
    Chart.ADDON_REVENUE: (gettext_noop("Add-on revenue"), "INCOME"),
    Chart.INSTALLATION_REVENUE: (gettext_noop("Installation revenue"), "INCOME"),
    Chart.EQUIPMENT_REVENUE: (gettext_noop("Equipment revenue"), "INCOME"),
    Chart.LATE_FEES: (gettext_noop("Late fees"), "INCOME"),
    Chart.TERMINATION_FEES: (gettext_noop("Early termination fees"), "INCOME"),
    Chart.LAPSED_VOUCHERS: (gettext_noop("Vouchers lapsed"), "INCOME"),
    Chart.ADJUSTMENTS: (gettext_noop("Adjustments"), "INCOME"),
    Chart.VOUCHER_DISCOUNTS: (gettext_noop("Discount to sellers of vouchers"), "EXPENSE"),
    Chart.GATEWAY_FEES: (gettext_noop("Fees of payment gateways"), "EXPENSE"),
    Chart.CASH_DIFFERENCES: (gettext_noop("Cash counted differently"), "EXPENSE"),
    Chart.BANK_CHARGES: (gettext_noop("Bank charges"), "EXPENSE"),
    Chart.REFERRAL_REWARDS: (gettext_noop("Rewards for referrals"), "EXPENSE"),
    Chart.COMMISSIONS: (gettext_noop("Commissions of resellers"), "EXPENSE"),
    Chart.WRITE_OFF: (gettext_noop("Written off"), "EXPENSE"),
}
