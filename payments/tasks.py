"""Celery entry points of payments: leaves that call this app's services."""

from celery import shared_task

from ispbill.audit.services.jobs import Progress, Tally, logged_job
from ispbill.core import clock


@shared_task(name="payments.tasks.allocate_credit")
@logged_job("allocate-credit")
def allocate_credit(*, progress: Progress, run_id: int | None = None, **_future: object) -> Tally:
    """Let credit pay open invoices: of the customers a billing run has billed, or of everybody."""
    from payments.services import credit

    spent = credit.allocate_credit(run_id=run_id, at=clock.now())
    return Tally(
        processed=spent.customers,
        detail={"allocations": spent.allocations, "amount": str(spent.amount)},
    )


@shared_task(name="payments.tasks.renew_prepaid")
@logged_job("renew_prepaid")
def renew_prepaid(*, progress: Progress, **_future: object) -> Tally:
    """Renew what is due and covered by credit, and close what is not."""
    from payments.services import prepaid_run

    report = prepaid_run.run(at=clock.now(), progress=progress)
    return Tally(
        processed=report.renewed + report.closed,
        skipped=report.waiting,
        detail={
            "renewed": report.renewed, "closed": report.closed, "amount": str(report.amount),
        },
    )  # fmt: skip


@shared_task(name="payments.tasks.remind_prepaid")
@logged_job("remind_prepaid")
def remind_prepaid(*, progress: Progress, **_future: object) -> Tally:
    """Tell who has too little credit for the period that comes next."""
    from payments.services import prepaid_run

    at = clock.now()
    return Tally(processed=prepaid_run.remind(on=clock.local_date(at), at=at))


@shared_task(name="payments.tasks.make_voucher_sheet", soft_time_limit=300, time_limit=330)
def make_voucher_sheet(sheet_id: int, **_future: object) -> None:
    """Make one requested sheet of cards (rung after a commit)."""
    from payments.services import voucher_sheets

    voucher_sheets.make(sheet_id=sheet_id, at=clock.now())


@shared_task(name="payments.tasks.sweep_voucher_sheets")
def sweep_voucher_sheets(**_future: object) -> None:
    """Ring again for sheets whose ring was lost or whose worker died."""
    from payments.services import voucher_sheets

    voucher_sheets.sweep()


@shared_task(name="payments.tasks.read_statement", soft_time_limit=1500, time_limit=1530)
def read_statement(statement_id: int, **_future: object) -> None:
    """Read one bank statement and look for its payers (rung after a commit)."""
    from payments.services.imports import reading

    reading.read(statement_id=statement_id, at=clock.now())


@shared_task(name="payments.tasks.accept_statement", soft_time_limit=1500, time_limit=1530)
def accept_statement(statement_id: int, **_future: object) -> None:
    """Book what nobody has claimed of one statement as unmatched money."""
    from payments.services.imports import accepting

    accepting.accept_statement(statement_id=statement_id, at=clock.now())


@shared_task(name="payments.tasks.accept_lines", soft_time_limit=1500, time_limit=1530)
def accept_lines(run_id: int, **_future: object) -> None:
    """Accept what is sure of many lines."""
    from payments.services.imports import accepting

    accepting.accept_lines(run_id=run_id, at=clock.now())


@shared_task(name="payments.tasks.sweep_statements")
def sweep_statements(**_future: object) -> None:
    """Ring again for statements whose ring was lost or whose worker died."""
    from payments.services.imports import accepting

    accepting.sweep()


@shared_task(name="payments.tasks.examine_unmatched")
@logged_job("examine_unmatched")
def examine_unmatched(*, progress: Progress, **_future: object) -> Tally:
    """Look once more for whose money the open lines of statements and of payouts are."""
    from payments.services.imports import examining, payouts

    payouts.recognise(at=clock.now())
    return Tally(processed=examining.examine_open(at=clock.now(), progress=progress))


@shared_task(name="payments.tasks.process_debit_orders", soft_time_limit=1500, time_limit=1600)
@logged_job("process_debit_orders")
def process_debit_orders(*, progress: Progress, **_future: object) -> Tally:
    """Plan and send the debit orders of the day."""
    from payments.services.debits import run

    at = clock.now()
    report = run.process(on=clock.local_date(at), at=at, progress=progress)
    return Tally(
        processed=report.orders,
        skipped=sum(report.left_out.values()),
        failed=len(report.problems),
        detail={
            "amount": str(report.amount), "batches": report.batches, "problems": report.problems,
        },
    )  # fmt: skip


@shared_task(name="payments.tasks.follow_debit_orders", soft_time_limit=1500, time_limit=1600)
def follow_debit_orders(is_asked: bool = False, **_future: object) -> None:
    """Follow mandates, batches and the statement one step on (rung, and every few minutes)."""
    from payments.services.debits import run

    run.follow_if_on(at=clock.now(), is_asked=is_asked)


@shared_task(name="payments.tasks.read_callback", soft_time_limit=90, time_limit=120)
def read_callback(callback_id: int, **_future: object) -> None:
    """Work off one message of a gateway (rung when it came)."""
    from payments.services.gateways import inbox

    inbox.work_off(callback_id=callback_id, at=clock.now())


@shared_task(name="payments.tasks.sweep_callbacks", soft_time_limit=600, time_limit=660)
def sweep_callbacks(**_future: object) -> None:
    """Work off messages whose ring was lost, whose worker died, or whose gateway was silent."""
    from payments.services.gateways import inbox

    for callback_id in inbox.waiting(at=clock.now()):
        inbox.work_off(callback_id=callback_id, at=clock.now())


@shared_task(name="payments.tasks.reconcile_gateway", soft_time_limit=900, time_limit=960)
@logged_job("reconcile_gateway")
def reconcile_gateway(*, progress: Progress, **_future: object) -> Tally:
    """Ask gateways about tries to pay they have told us nothing of."""
    from payments.services.gateways import reconciling

    done = reconciling.reconcile(now=clock.now, progress=progress)
    return Tally(
        processed=done.asked - done.silent,
        failed=done.silent,
        detail={"settled": done.settled, "ended": done.ended},
    )


@shared_task(name="payments.tasks.send_gateway_refund", soft_time_limit=90, time_limit=120)
def send_gateway_refund(refund_id: int, **_future: object) -> None:
    """Ask a gateway to send money back (rung after a commit)."""
    from payments.services.gateways import refunding

    refunding.follow(refund_id=refund_id, at=clock.now())


@shared_task(name="payments.tasks.follow_gateway_refunds", soft_time_limit=600, time_limit=660)
def follow_gateway_refunds(**_future: object) -> None:
    """Follow refunds whose ring was lost, or which the gateway is still working on."""
    from payments.services.gateways import refunding

    refunding.follow_all(now=clock.now)


@shared_task(name="payments.tasks.compare_refunds", soft_time_limit=1500, time_limit=1600)
@logged_job("compare_refunds")
def compare_refunds(*, progress: Progress, **_future: object) -> Tally:
    """Compare what gateways say they gave back with what we sent."""
    from payments.services.gateways import refund_totals

    done = refund_totals.compare_all(now=clock.now, progress=progress)
    return Tally(processed=done.asked, failed=done.silent, detail={"to_look_at": done.odd})


@shared_task(name="payments.tasks.forget_gateway_answers")
@logged_job("forget_gateway_answers")
def forget_gateway_answers(**_future: object) -> Tally:
    """Remove recorded answers of gateways that came last long ago."""
    from payments.services.gateways import recording

    return Tally(processed=recording.forget(at=clock.now()))


@shared_task(name="payments.tasks.settle_referral")
def settle_referral(customer_id: int, **_future: object) -> None:
    """Bring the referral of one customer who was brought up to date (rung after a commit)."""
    from payments.services import referral_rewards

    referral_rewards.settle_of(customer_id=customer_id, at=clock.now())


@shared_task(name="payments.tasks.settle_referrals")
@logged_job("settle_referrals")
def settle_referrals(*, progress: Progress, **_future: object) -> Tally:
    """Credit, take back and let expire whatever rings were lost for."""
    from payments.services import referral_rewards

    return Tally(processed=referral_rewards.settle_all(at=clock.now()))
