"""Celery entry points of churn: leaves that call this app's services."""

from celery import shared_task

from churn.services import episodes, observing, scoring, wording
from ispbill.audit.services.jobs import Progress, Tally, logged_job
from ispbill.core import clock
from ispbill.core.acts import Act

_LONGEST = 60 * 60  # seconds: a million observations


@shared_task(name="churn.train", soft_time_limit=_LONGEST, time_limit=_LONGEST + 60)
@logged_job("train_churn")
def train(*, progress: Progress, **_future: object) -> Tally:
    """Learn anew where there is something new to learn from; watch whether customers change.

    A method of learning that is new is tried first on invented customers.
    """
    # A second and 150 MB that no other worker needs.
    from churn.services import drifting, training, trying  # noqa: PLC0415

    at = clock.now()
    tried = trying.try_method(at=at)
    trained = training.train(at=at)
    drifted = drifting.watch(at=at)
    return Tally(
        processed=int(trained.model is not None),
        detail={
            "outcome": trained.code,
            "why": [one.text for one in trained.refusals],
            "drifted": drifted,
            "tried": tried is not None,
        },
    )


@shared_task(name="churn.observe", soft_time_limit=_LONGEST, time_limit=_LONGEST + 60)
@logged_job("observe_churn")
def observe(*, progress: Progress, **_future: object) -> Tally:
    """Note what is known of everybody on the first of a month, and later who left."""
    return observing.follow(at=clock.now(), progress=progress)


@shared_task(name="churn.score", soft_time_limit=_LONGEST, time_limit=_LONGEST + 60)
@logged_job("score_churn")
def score(*, progress: Progress, **_future: object) -> Tally:
    """Score everybody in use as of last midnight."""
    return scoring.recompute(at=clock.now(), progress=progress)


@shared_task(name="churn.follow")
@logged_job("follow_churn")
def follow(*, progress: Progress, **_future: object) -> Tally:
    """Let episodes of high risk begin and end, propose tasks, note results."""
    return episodes.tally(episodes.follow(act=Act.now(None)))


@shared_task(name="churn.word")
@logged_job("word_churn")
def word(*, progress: Progress, **_future: object) -> Tally:
    """Have Gemini word why customers may leave, where it is set up."""
    return wording.word_all(act=Act.now(None))
