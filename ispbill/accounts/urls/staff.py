"""/admin/ pages about staff, branches and sessions."""

from django.urls import URLPattern, URLResolver, path

from ispbill.accounts.views import branches, staff

app_name = "staff_accounts"
urlpatterns: list[URLPattern | URLResolver] = [
    path("staff/", staff.index, name="staff"),
    path("staff/roles/", staff.roles, name="roles"),
    path("staff/add/", staff.add, name="add"),
    path("staff/<int:pk>/", staff.detail, name="person"),
    path("staff/<int:pk>/edit/", staff.edit, name="edit"),
    path("staff/<int:pk>/switch/", staff.switch, name="switch"),
    path("staff/<int:pk>/access/", staff.reset_access, name="reset-access"),
    path("staff/<int:pk>/sessions/<int:session>/revoke/", staff.revoke, name="revoke-session"),
    path("branches/", branches.index, name="branches"),
    path("branches/add/", branches.add, name="add-branch"),
    path("branches/<int:pk>/edit/", branches.edit, name="edit-branch"),
    path("branches/<int:pk>/archive/", branches.archive, name="archive-branch"),
]
