"""Forget what tickets and jobs say of a person; that they were, and when, stays.

Called within the transaction of `erasure.erase`. Files go after the commit, so that an erasure that
was given up has lost none.
"""

from datetime import datetime
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.db.models import Q

from churn.models import ChurnEpisode, ChurnScore, RetentionTask
from customers.models import Customer
from fieldservice.models import FieldAction, Photo, Visit, WorkOrder
from ispbill.notifications.models import Bounce
from network.speedtest.models import SpeedTest
from network.takeover.models import FoundUser
from signup.models import Order, OrderDocument
from signup.services import documents
from tickets.models import Attachment, Comment, InboundMail, Opinion, Survey, Ticket, TicketNote

_ERASED = "erased"


def forget_tickets(customer: Customer) -> None:
    """Take out what was said, what was sent, and what a survey was answered with."""
    own = {"customer": customer}
    Ticket.objects.filter(**own).update(subject=_ERASED)
    Comment.objects.filter(**own).update(text=_ERASED)
    Comment.objects.filter(**own, by__in=[Comment.By.CUSTOMER, Comment.By.RESELLER]).update(
        author_name=_ERASED
    )
    TicketNote.objects.filter(**own).update(text=_ERASED)
    Attachment.objects.filter(**own).delete()
    Survey.objects.filter(**own).update(comment="")
    Opinion.objects.filter(**own).update(comment="")


def forget_mail(customer: Customer) -> None:
    """Take out what came by e-mail, by the account or by its address, while that is still known."""
    own = Q(customer=customer)
    if customer.email:
        own |= Q(sender__iexact=customer.email)
        Bounce.objects.filter(address__iexact=customer.email).delete()
    InboundMail.objects.filter(own).update(raw=b"", sender="", sender_name="", subject=_ERASED)


def forget_webhooks(customer: Customer) -> None:
    """Take out what programs were told of the person; the log keeps that something was sent."""
    log: Any = apps.get_model("webhooks", "Delivery")._default_manager
    log.filter(body__contains=f'"{customer.number}').update(body="{}")


def forget_retention(customer: Customer) -> None:
    """Take out what was said of staying or leaving, and how likely it was."""
    own = {"customer": customer}
    RetentionTask.objects.filter(**own).exclude(outcome="").update(outcome=_ERASED)
    ChurnEpisode.objects.filter(**own).exclude(override_reason="").update(override_reason=_ERASED)
    ChurnScore.objects.filter(**own).delete()


def forget_orders(customer: Customer, *, at: datetime) -> None:
    """Take out who asked for the line, and remove the papers that came with it."""
    Order.objects.filter(customer=customer).update(
        name=_ERASED, phone="", email="", address="", latitude=None, longitude=None
    )
    papers = OrderDocument.objects.filter(order__customer=customer, removed_at=None)
    paths = list(papers.values_list("path", flat=True))
    papers.update(path="", removed_at=at)
    transaction.on_commit(lambda: documents.forget(paths))


def forget_jobs(customer: Customer) -> None:
    """Take out address, place, pictures, signature and remarks of every visit."""
    own = {"customer": customer}
    WorkOrder.objects.filter(**own).update(
        address=customer.area.name,
        latitude=None,
        longitude=None,
        instructions="",
        reference="",
        ended_reason="",
        effect_note="",
    )
    Visit.objects.filter(**own).update(
        latitude=None,
        longitude=None,
        accuracy_m=None,
        answers={},
        notes="",
        failure_text="",
        signature=[],
        signed_name="",
    )
    photos = Photo.objects.filter(**own)
    kept = FieldAction.objects.filter(**own)
    paths = [*photos.values_list("path", flat=True), *kept.values_list("file_path", flat=True)]
    photos.delete()
    kept.update(payload={}, answer={}, decision="", file_path="")
    transaction.on_commit(lambda: _remove([path for path in paths if path]))


def forget_lines(customer: Customer) -> None:
    """Take out from where speed tests were asked, and what a router's user was called."""
    SpeedTest.objects.filter(customer=customer).update(address=None, user_agent="")
    FoundUser.objects.filter(subscription__customer=customer).update(
        new_name=_ERASED, new_phone="", comment=""
    )


def _remove(paths: list[str]) -> None:
    for path in paths:
        (Path(settings.MEDIA_ROOT) / path).unlink(missing_ok=True)
