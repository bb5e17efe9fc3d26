"""Past events make no noise: bells that would ring today about last year stay still."""

from collections.abc import Iterator
from contextlib import contextmanager

from billing.signals import invoices_issued, payment_settled
from ispbill.core import statements

SIGNALS = (invoices_issued, payment_settled)


@contextmanager
def history() -> Iterator[None]:
    """Take the receivers off the signals of money for as long as history is being written.

    They queue tasks that act at the present moment; whoever writes history does what they would
    have done, at the moment they would have done it.
    """
    kept = [signal.receivers for signal in SIGNALS]
    try:
        for signal in SIGNALS:
            signal.receivers = []
            signal.sender_receivers_cache.clear()
        yield
    finally:
        for signal, receivers in zip(SIGNALS, kept, strict=True):
            signal.receivers = receivers
            signal.sender_receivers_cache.clear()


def shorten_job_runs() -> None:
    """Let jobs of the past end seconds after they began; the log wrote down the present moment."""
    statements.run(
        "UPDATE audit_jobrun SET finished_at = started_at + interval '2 seconds',"
        " heartbeat_at = started_at + interval '2 seconds'"
        " WHERE finished_at > started_at + interval '1 hour'"
    )
