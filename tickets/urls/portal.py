"""/portal/support/ and /portal/opinion/. Names belong to `portal`."""

from django.urls import URLPattern, URLResolver, path

from tickets.views import portal, portal_opinion

urlpatterns: list[URLPattern | URLResolver] = [
    path("opinion/", portal_opinion.show, name="opinion"),
    path("opinion/choice/", portal_opinion.choose, name="opinion-choice"),
    path("opinion/<int:pk>/", portal_opinion.answer, name="opinion-answer"),
    path("support/", portal.index, name="support"),
    path("support/new/", portal.add, name="add-ticket"),
    path("support/<str:number>/", portal.show, name="ticket"),
    path("support/<str:number>/reply/", portal.reply, name="reply-ticket"),
    path("support/<str:number>/works/", portal.works, name="ticket-works"),
    path("support/<str:number>/survey/", portal.survey, name="ticket-survey"),
    path("support/<str:number>/files/<int:pk>/", portal.attachment, name="ticket-file"),
]
