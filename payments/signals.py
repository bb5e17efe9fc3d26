"""Facts about payments other apps may act on; receivers only queue tasks."""

from django.dispatch import Signal

payment_settled = Signal()  # payment_id: a payment that has just been committed
payment_reversed = Signal()  # payment_id: a payment whose reversal has just been committed

# A way to pay was removed (sent inside the transaction): method_id, at, actor.
payment_method_removed = Signal()
