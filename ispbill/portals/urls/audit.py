"""/admin/ pages of the audit log and the job log."""

from django.urls import URLPattern, URLResolver, path

from ispbill.portals.views import audit, job_runs

app_name = "staff_audit"
urlpatterns: list[URLPattern | URLResolver] = [
    path("audit/", audit.index, name="index"),
    path("audit/export/", audit.export, name="export"),
    path("audit/<int:pk>/", audit.detail, name="event"),
    path("audit/customers/<str:number>/", audit.customer_panel, name="customer-panel"),
    path("history/<slug:table>/<int:pk>/", audit.row_history, name="history"),
    path("job-runs/", job_runs.index, name="job-runs"),
    path("job-runs/<int:pk>/", job_runs.detail, name="job-run"),
    path("job-runs/<int:pk>/progress/", job_runs.progress, name="job-progress"),
    path("job-runs/start/<slug:job>/", job_runs.start, name="run-now"),
]
