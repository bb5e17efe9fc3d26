"""Facts other apps may act on; receivers only queue tasks."""

from django.dispatch import Signal

invoices_issued = Signal()  # run_id: the billing run that has just committed some invoices
