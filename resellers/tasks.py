"""Celery entry points of resellers: leaves that call this app's services."""

from celery import shared_task

from ispbill.audit.services.jobs import Progress, Tally, logged_job
from ispbill.core import clock
from ispbill.core.acts import Act
from resellers.services import checkouts, months, moving, notices, renewing, sending_back, starts


@shared_task(name="resellers.apply_moves")
@logged_job("apply_reseller_moves")
def apply_moves(*, progress: Progress, **_future: object) -> Tally:
    """Give customers to the resellers planned for today."""
    return Tally(processed=moving.apply_due(act=Act.now(None)))


@shared_task(name="resellers.close_month")
@logged_job("close_reseller_month")
def close_month(*, progress: Progress, **_future: object) -> Tally:
    """Write last month's bonuses on the third, and what new services bring; take back what fell.

    Who holds cash for too long is reminded: that changes by the day.
    """
    act: Act = Act.now(None)
    closed, corrected = months.close(act=act), months.correct(act=act)
    taken = starts.take_back(act=act)
    detail = {"corrected": corrected, "starts": starts.earn(act=act), "taken_back": taken}
    detail["told"] = notices.to_remit(on=act.on, at=act.at)
    return Tally(processed=closed, detail=detail)


@shared_task(name="resellers.renew_of")
def renew_of(reseller_id: int, **_future: object) -> None:
    """Renew what waited for one wallet, after money came into it (queued after a commit)."""
    renewing.renew_of(reseller_id, act=Act.now(None))


@shared_task(name="resellers.send_back")
def send_back(refund_id: int, **_future: object) -> None:
    """Ask a gateway to send a refused top-up back (queued after a commit)."""
    sending_back.follow(refund_id=refund_id, at=clock.now())


@shared_task(name="resellers.look_after_wallets")
@logged_job("look_after_wallets")
def look_after_wallets(*, progress: Progress, **_future: object) -> Tally:
    """Ask about top-ups paid online, renew what wallets can pay, and tell whose wallet is low."""
    asked = checkouts.ask_due(at=clock.now()) + sending_back.follow_due(at=clock.now())
    renewed = renewing.renew_all(act=Act.now(None))
    told = notices.low(at=clock.now())
    return Tally(processed=renewed, detail={"asked": asked, "told": told})
