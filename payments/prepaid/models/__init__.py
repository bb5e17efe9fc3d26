from payments.prepaid.models.voucher import (
    Voucher,
    VoucherBatch,
    VoucherLapse,
    VoucherMoney,
    VoucherSheet,
)

__all__ = ["Voucher", "VoucherBatch", "VoucherLapse", "VoucherMoney", "VoucherSheet"]
