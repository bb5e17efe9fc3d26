"""Facts of jobs the floors above may act on, later: receivers only queue tasks."""

from django.dispatch import Signal

job_moved = Signal()  # order_id: a job whose state has just been committed
