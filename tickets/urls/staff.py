"""/admin/tickets/"""

from django.urls import URLPattern, URLResolver, path

from tickets.views import (
    acts,
    agreements,
    many,
    opening,
    outages,
    promises,
    queue,
    queue_choices,
    support,
    surveys,
    ticket,
)

app_name = "staff_tickets"
_ONE = "tickets/<str:number>"
urlpatterns: list[URLPattern | URLResolver] = [
    path("tickets/", queue.index, name="index"),
    path("tickets/board/", queue.board, name="board"),
    path("tickets/new/", opening.add, name="add"),
    path("tickets/settings/", agreements.index, name="settings"),
    path("tickets/settings/promises/new/", agreements.policy, name="add-policy"),
    path("tickets/settings/promises/<int:pk>/", agreements.policy, name="edit-policy"),
    path(
        "tickets/settings/promises/<int:pk>/remove/", agreements.remove_policy, name="remove-policy"
    ),
    path("tickets/settings/hours/<int:pk>/", agreements.hours, name="hours"),
    path("tickets/settings/teams/new/", agreements.team, name="add-team"),
    path("tickets/settings/teams/<int:pk>/", agreements.team, name="edit-team"),
    path("tickets/settings/replies/new/", agreements.reply, name="add-reply"),
    path("tickets/settings/replies/<int:pk>/", agreements.reply, name="edit-reply"),
    path("tickets/away/", agreements.away, name="away"),
    path("tickets/assign/", many.assign, name="assign-many"),
    path("tickets/tag/", many.tag, name="tag-many"),
    path("tickets/spam/", many.spam, name="spam-many"),
    path("tickets/surveys/", surveys.index, name="surveys"),
    path("tickets/surveys/file/", surveys.file, name="surveys-file"),
    path("tickets/surveys/settings/", support.change, name="support-settings"),
    path("tickets/sla/", promises.index, name="sla"),
    path("tickets/sla/report/", promises.report, name="sla-report"),
    path("tickets/views/save/", queue_choices.save_view, name="save-view"),
    path("tickets/views/<int:pk>/remove/", queue_choices.remove_view, name="remove-view"),
    path("tickets/customers/<str:number>/", opening.customer_panel, name="customer-panel"),
    path("tickets/sla/panel/", promises.panel, name="sla-panel"),
    path("tickets/outages/<str:number>/", outages.panel, name="of-outage"),
    path(f"{_ONE}/outage/", outages.link, name="link-outage"),
    path(f"{_ONE}/", ticket.show, name="ticket"),
    path(f"{_ONE}/reply/", ticket.reply, name="reply"),
    path(f"{_ONE}/note/", ticket.note, name="note"),
    path(f"{_ONE}/files/<int:pk>/", ticket.attachment, name="attachment"),
    path(f"{_ONE}/call/", acts.call, name="call"),
    path(f"{_ONE}/take/", acts.take, name="take"),
    path(f"{_ONE}/start/", acts.start, name="start"),
    path(f"{_ONE}/resume/", acts.resume, name="resume"),
    path(f"{_ONE}/resolve/", acts.resolve, name="resolve"),
    path(f"{_ONE}/sort/", acts.sort, name="sort"),
    path(f"{_ONE}/assign/", acts.assign, name="assign"),
    path(f"{_ONE}/reopen/", acts.reopen, name="reopen"),
    path(f"{_ONE}/spam/", acts.spam, name="spam"),
    path(f"{_ONE}/merge/", acts.merge, name="merge"),
    path(f"{_ONE}/redact/<int:pk>/", acts.redact, name="redact"),
]
