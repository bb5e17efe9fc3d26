"""Celery entry points of payments: leaves that call this app's services."""

from celery import shared_task

from billing.allocation.services import credit
from billing.prepaid.services import prepaid_run
from ispbill.audit.services.jobs import Progress, Tally, logged_job
from ispbill.core import clock
from ispbill.core.acts import Act
from payments.bank.services import accepting, examining, reading, recognising, releasing
from payments.debits.services import run
from payments.online.services import inbox, reconciling, recording, refund_totals, refunding
from payments.prepaid.services import voucher_sheets
from payments.referrals.services import referral_rewards


@shared_task(name="payments.allocate_credit")
@logged_job("allocate-credit")
def allocate_credit(*, progress: Progress, run_id: int | None = None, **_future: object) -> Tally:
    """Let credit pay open invoices: of the customers a billing run has billed, or of everybody."""
    spent = credit.allocate_credit(run_id=run_id, act=Act.now(None))
    return Tally(
        processed=spent.customers,
        detail={"allocations": spent.allocations, "amount": str(spent.amount)},
    )


@shared_task(name="payments.renew_prepaid")
@logged_job("renew_prepaid")
def renew_prepaid(*, progress: Progress, **_future: object) -> Tally:
    """Renew what is due and covered by credit, and close what is not."""
    report = prepaid_run.run(act=Act.now(None), progress=progress)
    return Tally(
        processed=report.renewed + report.closed,
        skipped=report.waiting,
        detail={"renewed": report.renewed, "closed": report.closed, "amount": str(report.amount)},
    )


@shared_task(name="payments.remind_prepaid")
@logged_job("remind_prepaid")
def remind_prepaid(*, progress: Progress, **_future: object) -> Tally:
    """Tell customers with too little credit for the period that comes next."""
    at = clock.now()
    return Tally(processed=prepaid_run.remind(on=clock.local_date(at), at=at))


@shared_task(name="payments.make_voucher_sheet", soft_time_limit=300, time_limit=330)
def make_voucher_sheet(sheet_id: int, **_future: object) -> None:
    """Make one requested sheet of cards (queued after a commit)."""
    voucher_sheets.make(sheet_id=sheet_id, at=clock.now())


@shared_task(name="payments.sweep_voucher_sheets")
def sweep_voucher_sheets(**_future: object) -> None:
    """Queue sheets again whose call was lost or whose worker died."""
    voucher_sheets.sweep()


@shared_task(name="payments.read_statement", soft_time_limit=1500, time_limit=1530)
def read_statement(statement_id: int, **_future: object) -> None:
    """Read one bank statement and look for its payers (queued after a commit)."""
    reading.read(statement_id=statement_id, at=clock.now())


@shared_task(name="payments.accept_statement", soft_time_limit=1500, time_limit=1530)
def accept_statement(statement_id: int, **_future: object) -> None:
    """Book what nobody has claimed of one statement as unmatched money."""
    accepting.accept_statement(statement_id=statement_id, at=clock.now())


@shared_task(name="payments.accept_lines", soft_time_limit=1500, time_limit=1530)
def accept_lines(run_id: int, **_future: object) -> None:
    """Accept what is sure of many lines."""
    accepting.accept_lines(run_id=run_id, at=clock.now())


@shared_task(name="payments.sweep_statements")
def sweep_statements(**_future: object) -> None:
    """Queue statements again whose call was lost or whose worker died."""
    accepting.sweep()


@shared_task(name="payments.free_lines")
def free_lines(payment_ids: list[int], **_future: object) -> None:
    """Free the statement lines of payments that were reversed (queued after a commit)."""
    releasing.free(payment_ids, at=clock.now())


@shared_task(name="payments.examine_unmatched")
@logged_job("examine_unmatched")
def examine_unmatched(*, progress: Progress, **_future: object) -> Tally:
    """Look once more for whose money the open lines of statements and of payouts are."""
    releasing.free(at=clock.now())  # those whose call was lost
    recognising.recognise(act=Act.now(None))
    return Tally(processed=examining.examine_open(at=clock.now(), progress=progress))


@shared_task(name="payments.process_debit_orders", soft_time_limit=1500, time_limit=1600)
@logged_job("process_debit_orders")
def process_debit_orders(*, progress: Progress, **_future: object) -> Tally:
    """Plan and send the debit orders of the day."""
    at = clock.now()
    report = run.process(on=clock.local_date(at), at=at, progress=progress)
    return Tally(
        processed=report.orders,
        skipped=sum(report.left_out.values()),
        failed=len(report.problems),
        detail={
            "amount": str(report.amount),
            "batches": report.batches,
            "problems": report.problems,
        },
    )


@shared_task(name="payments.follow_debit_orders", soft_time_limit=1500, time_limit=1600)
def follow_debit_orders(is_asked: bool = False, **_future: object) -> None:
    """Follow mandates, batches and the statement one step on (woken, and every few minutes)."""
    run.follow_if_on(at=clock.now(), is_asked=is_asked)


@shared_task(name="payments.read_callback", soft_time_limit=90, time_limit=120)
def read_callback(callback_id: int, **_future: object) -> None:
    """Work off one message of a gateway (queued when it came)."""
    inbox.work_off(callback_id=callback_id, at=clock.now())


@shared_task(name="payments.sweep_callbacks", soft_time_limit=600, time_limit=660)
def sweep_callbacks(**_future: object) -> None:
    """Work off messages whose call was lost, whose worker died, or whose gateway was silent."""
    for callback_id in inbox.waiting(at=clock.now()):
        inbox.work_off(callback_id=callback_id, at=clock.now())


@shared_task(name="payments.reconcile_gateway", soft_time_limit=900, time_limit=960)
@logged_job("reconcile_gateway")
def reconcile_gateway(*, progress: Progress, **_future: object) -> Tally:
    """Ask gateways about payment attempts they have told us nothing of."""
    done = reconciling.reconcile(now=clock.now, progress=progress)
    return Tally(
        processed=done.asked - done.silent,
        failed=done.silent,
        detail={"settled": done.settled, "ended": done.ended},
    )


@shared_task(name="payments.send_gateway_refund", soft_time_limit=90, time_limit=120)
def send_gateway_refund(refund_id: int, **_future: object) -> None:
    """Ask a gateway to send money back (queued after a commit)."""
    refunding.follow(refund_id=refund_id, at=clock.now())


@shared_task(name="payments.follow_gateway_refunds", soft_time_limit=600, time_limit=660)
def follow_gateway_refunds(**_future: object) -> None:
    """Follow refunds whose call was lost, or which the gateway is still working on."""
    refunding.follow_all(now=clock.now)


@shared_task(name="payments.compare_refunds", soft_time_limit=1500, time_limit=1600)
@logged_job("compare_refunds")
def compare_refunds(*, progress: Progress, **_future: object) -> Tally:
    """Compare what gateways say they gave back with what we sent."""
    done = refund_totals.compare_all(now=clock.now, progress=progress)
    return Tally(processed=done.asked, failed=done.silent, detail={"to_look_at": done.odd})


@shared_task(name="payments.forget_gateway_answers")
@logged_job("forget_gateway_answers")
def forget_gateway_answers(**_future: object) -> Tally:
    """Remove recorded answers of gateways that came last long ago."""
    return Tally(processed=recording.forget(at=clock.now()))


@shared_task(name="payments.settle_referral")
def settle_referral(customer_id: int, **_future: object) -> None:
    """Bring the referral of one customer who was brought up to date (queued after a commit)."""
    referral_rewards.settle_of(customer_id=customer_id, at=clock.now())


@shared_task(name="payments.settle_referrals")
@logged_job("settle_referrals")
def settle_referrals(*, progress: Progress, **_future: object) -> Tally:
    """Credit, take back and let expire what calls were lost for."""
    return Tally(processed=referral_rewards.settle_all(at=clock.now()))
