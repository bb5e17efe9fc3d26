"""Facts other apps may act on; receivers only queue tasks.

The two about credit are the exception (docs/adr/0010-credit-notes.md): they are sent inside the
transaction of the credit, and what the receiver refuses undoes it. So is the one about prepaid time
(docs/adr/0015-prepaid.md).
"""

from django.dispatch import Signal

invoices_issued = Signal()  # run_id: the billing run that has just committed some invoices
# invoice_id, amount, at, actor: let go of this much of what is paid on it, newest payments first
invoice_needs_room = Signal()
# customer_id, at, actor: money let go of may pay other invoices now
invoice_credited = Signal()

# Sent inside the transaction that put a prepaid service into use or gave it back: whoever keeps the
# customers' money renews it at once, or closes it again when there is not enough.
prepaid_time_wanted = Signal()  # customer_id, at, actor
