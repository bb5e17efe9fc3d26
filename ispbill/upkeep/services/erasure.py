"""Forget a person who left; the books stay.

Numbers, branch, dates and amounts stay for as long as the law wants the books; what says who it was
goes, from the trail as well. Issued invoices and contracts keep their buyer to their own term's
end. Source: operations-rules 6.
"""

from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import TextField, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext as _

from customers.models import (
    Call,
    CampaignMember,
    Customer,
    CustomerLogin,
    CustomerNote,
    Lead,
    Subscription,
)
from customers.services import account_states
from ispbill.accounts.models import User
from ispbill.accounts.services import sessions
from ispbill.audit.services import events, trail
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from ispbill.notifications.models import Message
from ispbill.notifications.services import push_devices
from ispbill.upkeep.models import Erasure
from ispbill.upkeep.services import erasing_help, journal
from payments.debits.models import Mandate
from payments.online.models import PaymentMethod

FORMER = "Former customer"
CANCELLED_FOR = timedelta(days=90)
TAKE_BACK = timedelta(days=7)
PERSONAL = (
    "name",
    "local_name",
    "phone",
    "alternate_phone",
    "email",
    "address",
    "notes",
    "tags",
    "keywords",
    "latitude",
    "longitude",
    "sealed_national_id",
    "national_id_fingerprint",
    "recipient",
    "login",
    "holder",
    "label",
    "text",
    "body",
    "outcome",
)
_LIVE_MANDATES = ("PENDING", "SENT", "ACCEPTED", "ACTIVE", "SUSPENDED")


class NotErasable(DomainError):
    """Something still ties the person to the company; the message says what."""


@transaction.atomic
def request(*, customer: Customer, second: User, act: Act[User]) -> Erasure:
    """Note that a customer is to be erased in seven days. Raises NotErasable, ReasonMissing.

    `second` is another owner or auditor who agrees.
    """
    act = act.because(trail.required_reason(act.reason))
    if act.actor.role != User.Role.OWNER or not act.actor.is_active:
        raise NotErasable(_("Only an owner may ask for that."))
    if second.pk == act.actor.pk or second.role not in {User.Role.OWNER, User.Role.AUDITOR}:
        raise NotErasable(_("A second person, owner or auditor, has to agree."))
    _refuse_ties(customer, act)
    wanted = Erasure.objects.create(
        customer=customer,
        reason=act.reason,
        requested_by=act.actor,
        requested_at=act.at,
        approved_by=second,
        due_at=act.at + TAKE_BACK,
    )
    _record(customer, "customer.erasure_requested", act)
    return wanted


@transaction.atomic
def take_back(*, customer: Customer, act: Act) -> None:
    """Forget the request, as long as it is not carried out. Raises NotErasable."""
    act = act.because(trail.required_reason(act.reason))
    gone, _by_model = Erasure.objects.filter(customer=customer, done_at=None).delete()
    if not gone:
        raise NotErasable(_("Nothing is to be taken back."))
    _record(customer, "customer.erasure_taken_back", act)


def carry_out_due(*, act: Act) -> int:
    """Erase everybody whose week is over and whom nothing ties any more; return how many."""
    done = 0
    due = Erasure.objects.filter(done_at=None, due_at__lte=act.at).select_related("customer")
    for wanted in due.order_by("pk"):
        try:
            erase(customer=wanted.customer, act=act.because(wanted.reason))
        except NotErasable:
            continue  # owes something again: the request waits
        done += 1
    return done


def replay(*, act: Act) -> int:
    """Erase again who stands in the journal and is here as before; return how many."""
    again = 0
    reason = "Erased before the copy was restored"
    for customer in Customer.objects.filter(pk__in=journal.customers(), erased_at=None):
        erase(customer=customer, act=act.because(reason), is_again=True)
        again += 1
    return again


def erase(*, customer: Customer, act: Act, is_again: bool = False) -> None:
    """Take the person out of the rows and out of the trail. Raises NotErasable.

    The journal is written before the commit: rather one line too many than somebody brought back.
    """
    with transaction.atomic():
        account_states.lock([customer.pk])
        if not is_again:
            _refuse_ties(customer, act)
        trail.begin(act=act)
        erasing_help.forget_mail(customer)
        _forget_customer(customer, act)
        _forget_login(customer)
        _forget_messages(customer)
        erasing_help.forget_tickets(customer)
        erasing_help.forget_jobs(customer)
        erasing_help.forget_orders(customer, at=act.at)
        erasing_help.forget_lines(customer)
        erasing_help.forget_retention(customer)
        erasing_help.forget_webhooks(customer)
        PaymentMethod.objects.filter(customer=customer).update(
            sealed_details="", holder=FORMER, label="erased", fingerprint=""
        )
        Erasure.objects.filter(customer=customer).update(done_at=act.at)
        _record(customer, "customer.erased", act)
        with connection.cursor() as cursor:
            # Everything deferred first: the function switches triggers of two tables.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SELECT ispbill_erase_trail(%s, %s)", [customer.pk, list(PERSONAL)])
        journal.note(customer_id=customer.pk, at=act.at)


def _refuse_ties(customer: Customer, act: Act) -> None:
    customer = Customer.objects.select_related("account_state").get(pk=customer.pk)
    services = customer.subscriptions.all()
    since = act.on - CANCELLED_FOR
    if customer.archived_at is None:
        raise NotErasable(_("Archive the account first."))
    if any(
        one.status != Subscription.Status.CANCELLED
        or one.cancelled_on is None
        or one.cancelled_on > since
        for one in services
    ):
        raise NotErasable(_("Every service must be cancelled for 90 days."))
    if customer.account_state.balance_amount != 0:
        raise NotErasable(_("The balance is not nought: settle or refund it first."))
    if Mandate.objects.filter(customer=customer, state__in=_LIVE_MANDATES).exists():
        raise NotErasable(_("A debit order mandate is still in force."))


def _forget_customer(customer: Customer, act: Act) -> None:
    values: dict[str, Any] = dict.fromkeys(
        (
            "local_name",
            "phone",
            "alternate_phone",
            "email",
            "sealed_national_id",
            "national_id_fingerprint",
            "notes",
            "keywords",
        ),
        "",
    )
    Customer.objects.filter(pk=customer.pk).update(
        **values,
        name=FORMER,
        address=customer.area.name,
        latitude=None,
        longitude=None,
        tags=[],
        wants_sms=False,
        wants_whatsapp=False,
        wants_email=False,
        wants_marketing=False,
        erased_at=act.at,
    )
    Subscription.objects.filter(customer=customer).update(
        address="", latitude=None, longitude=None, notes=""
    )
    CustomerNote.objects.filter(customer=customer).update(text="erased")
    Call.objects.filter(customer=customer).update(phone="", text="")
    Call.objects.filter(lead__customer=customer).update(phone="", text="")
    CampaignMember.objects.filter(customer=customer).update(
        recipient=Concat(Value("erased-"), Cast("pk", TextField()))
    )
    Lead.objects.filter(customer=customer).update(
        name=FORMER, phone="", email="", address="", notes=""
    )


def _forget_login(customer: Customer) -> None:
    """Close the portal; a login that opens other accounts as well stays theirs."""
    for link in CustomerLogin.objects.filter(customer=customer).select_related("user"):
        user = link.user
        link.delete()
        if CustomerLogin.objects.filter(user=user).exists():
            continue
        sessions.revoke_all(user=user)
        push_devices.forget(user)
        user.login, user.name, user.phone, user.email = f"erased-{user.pk}", FORMER, "", ""
        user.is_active = False
        user.set_unusable_password()
        user.save()


def _forget_messages(customer: Customer) -> None:
    Message.objects.filter(customer_id=customer.pk).update(
        recipient="", subject="", body="", context={}
    )


def _record(customer: Customer, action: str, act: Act) -> None:
    events.record(
        act=act, action=action, target=customer, label=customer.number, customer_id=customer.pk
    )
