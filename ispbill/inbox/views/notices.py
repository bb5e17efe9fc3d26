"""What somebody should know of, as items of their inbox: seen, and it is gone."""

from datetime import datetime

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ispbill.accounts.http import Request
from ispbill.accounts.models import User
from ispbill.core.acts import Act
from ispbill.inbox.models import Notice
from ispbill.inbox.queries import bells
from ispbill.inbox.queries.sources import Detail, Done, Fact, Given, Group, Line, Source, Verb
from ispbill.inbox.services import bell


def _waiting(user: User, _at: datetime) -> QuerySet[Notice]:
    return Notice.objects.filter(user=user, seen_at__isnull=True, behind__isnull=True)


def _listed(found: QuerySet[Notice], _at: datetime) -> QuerySet[Notice]:
    return found.annotate(more=Count("others")).order_by("at", "pk")


def _line(row: Notice) -> Line:
    return Line(what=_about(row), why=bells.words(row.kind), since=row.at)


def _about(row: Notice) -> str:
    more = getattr(row, "more", 0)
    if not more:
        return row.about
    said = ngettext("%(about)s and %(n)s more", "%(about)s and %(n)s more", more)
    return said % {"about": row.about, "n": more}


def _detail(_request: Request, row: Notice) -> Detail:
    others = row.others.order_by("at", "pk").values_list("about", "url")[:50]
    return Detail(
        question=f"{_about(row)}: {bells.words(row.kind)}",
        facts=[
            Fact(_("About"), about, url=url, is_code=True)
            for about, url in [(row.about, row.url), *others]
        ],
        url=row.url,
    )


def _seen(request: Request, row: Notice, _given: Given) -> Done:
    bell.seen(user=request.user, pk=row.pk, act=Act.now(request.user))
    return Done(_("Seen."))


def _verbs(_request: Request, _row: Notice) -> list[Verb]:
    return [Verb("seen", _("Seen"), _seen)]


def _decided(user: User, key: int) -> str | None:
    return _("Seen.") if Notice.objects.filter(user=user, pk=key).exists() else None


NOTICES = Source(
    kind="notice",
    label=gettext_lazy("To know"),
    group=Group.LINES,
    symbol="bell",
    capability="tickets.work",  # whose bells are rung so far
    waiting=_waiting,
    listed=_listed,
    line=_line,
    detail=_detail,
    verbs=_verbs,
    decided=_decided,
)
