"""/survey/, /opinion/ and /quiet/<token>"""

from django.urls import URLPattern, URLResolver, path

from tickets.views import survey

app_name = "public_tickets"
urlpatterns: list[URLPattern | URLResolver] = [
    path("survey/<str:token>", survey.show, name="survey"),
    path("opinion/<str:token>", survey.opinion, name="opinion"),
    path("quiet/<str:token>", survey.quiet, name="quiet"),
]
