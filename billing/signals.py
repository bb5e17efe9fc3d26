"""Facts the floors above may act on, later: receivers only queue tasks."""

from django.dispatch import Signal

invoices_issued = Signal()  # run_id: the billing run that has just committed some invoices
# payment_id: a payment that has just been committed; referred_id: its customer, if referred
payment_settled = Signal()
payments_shrank = Signal()  # payment_ids: just reversed, or paid out again in part
