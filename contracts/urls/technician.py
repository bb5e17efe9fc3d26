"""/technician/contracts/"""

from django.urls import URLPattern, URLResolver, path

from contracts.views import technician

app_name = "technician_contracts"
urlpatterns: list[URLPattern | URLResolver] = [
    path("<str:number>/", technician.sign, name="sign"),
    path("<str:number>/paper.pdf", technician.paper, name="paper"),
]
