"""Sign-in of all audiences and everybody's own account pages."""

from django.urls import URLPattern, URLResolver, path, re_path

from ispbill.accounts.views import links, own_account, passkeys, sign_in

app_name = "accounts"
urlpatterns: list[URLPattern | URLResolver] = [
    re_path(r"^login/?$", sign_in.staff_login, name="login"),
    re_path(r"^portal/login/?$", sign_in.portal_login, name="portal-login"),
    path("portal/login/code", sign_in.one_time_code, name="portal-code"),
    path("reseller-login/", sign_in.reseller_login, name="reseller-login"),
    re_path(r"^technician/login/?$", sign_in.technician_login, name="technician-login"),
    path("login/second-step", sign_in.second_step, name="second-step"),
    path("login/passkey/options", passkeys.options, name="passkey-options"),
    path("login/passkey", passkeys.sign_in, name="passkey-sign-in"),
    re_path(r"^logout/?$", sign_in.sign_out, name="logout"),
    path("access/<str:uid>/<str:token>/", links.new_password, name="access-link"),
    path("language/", own_account.language, name="language"),
    path("account/who/", sign_in.who, name="who"),
    path("account/", own_account.profile, name="profile"),
    path("account/preferences/", own_account.preferences, name="preferences"),
    path("account/pin/", own_account.pin, name="pin"),
    path("account/password/", own_account.password, name="password"),
    path("account/second-factor/", own_account.two_factors, name="second-factor"),
    path("account/second-factor/codes/", own_account.new_recovery_codes, name="recovery-codes"),
    path(
        "account/second-factor/remove/",
        own_account.remove_second_factor,
        name="remove-second-factor",
    ),
    path("account/passkeys/options/", passkeys.new_options, name="new-passkey-options"),
    path("account/passkeys/add/", passkeys.add, name="add-passkey"),
    path("account/passkeys/<int:pk>/remove/", passkeys.remove, name="remove-passkey"),
    path("account/sessions/", own_account.session_list, name="sessions"),
    path("account/sessions/<int:pk>/revoke/", own_account.revoke_session, name="revoke-session"),
]
