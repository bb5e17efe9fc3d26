"""/admin/churn/"""

from django.urls import URLPattern, URLResolver, path

from churn.views import model, results, scores, tasks, worded

app_name = "staff_churn"
urlpatterns: list[URLPattern | URLResolver] = [
    path("churn/", scores.index, name="index"),
    path("churn/settings/", scores.change_settings, name="settings"),
    path("churn/tasks/", tasks.index, name="tasks"),
    path("churn/tasks/<int:pk>/take/", tasks.take, name="take"),
    path("churn/tasks/<int:pk>/assign/", tasks.assign, name="assign"),
    path("churn/tasks/<int:pk>/call/", tasks.contact, name="contact"),
    path("churn/tasks/<int:pk>/offer/", tasks.offer, name="offer"),
    path("churn/tasks/<int:pk>/close/", tasks.close, name="close"),
    path("churn/of/<str:number>/", tasks.customer_panel, name="customer-panel"),
    path("churn/of/<str:number>/call/", tasks.override, name="override"),
    path("churn/model/", model.show, name="model"),
    path("churn/model/trial/", model.trial, name="trial"),
    path("churn/model/trial/generator/", model.generator, name="generator"),
    path("churn/words/", worded.page, name="words"),
    path("churn/results/", results.page, name="results"),
]
