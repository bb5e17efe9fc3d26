"""Celery entry points of churn."""

from celery import shared_task

from ispbill.audit.services.jobs import Progress, Tally, logged_job
from ispbill.core import clock

_LONGEST = 60 * 60  # seconds: a million observations


@shared_task(name="churn.train", soft_time_limit=_LONGEST, time_limit=_LONGEST + 60)
@logged_job("train_churn")
def train(*, progress: Progress, **_future: object) -> Tally:
    """Learn anew where there is something new to learn from; watch whether customers change."""
    # A second and 150 MB that no other worker needs.
    from churn.services import drifting, training  # noqa: PLC0415

    at = clock.now()
    trained = training.train(at=at)
    drifted = drifting.measure(on=clock.local_date(at))
    return Tally(
        processed=int(trained.model is not None),
        detail={
            "outcome": trained.code,
            "why": [one.text for one in trained.refusals],
            "drifted": drifted,
        },
    )
