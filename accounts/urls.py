"""Login, logout, password and tokens. Only these of allauth's pages exist here."""

from allauth.account import views
from django.urls import path

from accounts.views import session, session_back, token_create, token_list, token_revoke

urlpatterns = [
    path("login/", views.login, name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("password/change/", views.password_change, name="account_change_password"),
    path("session/", session, name="account_session"),
    path("session/back/", session_back, name="account_session_back"),
    path("tokens/", token_list, name="account_tokens"),
    path("tokens/new/", token_create, name="account_token_create"),
    path("tokens/<int:pk>/revoke/", token_revoke, name="account_token_revoke"),
]
