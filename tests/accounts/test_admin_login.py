"""Django's admin has no way in and no password page of its own: both would pass by the lock and the trail."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.county import PASSWORD, AsPerson, County

pytestmark = pytest.mark.django_db


def test_the_admins_login_leads_to_the_one_that_counts_failures(county: County) -> None:
    client = Client()
    response = client.post("/admin/login/?next=/admin/", {"username": "admin", "password": PASSWORD})
    assert (response.status_code, response.headers["Location"]) == (302, "/accounts/login/?next=%2Fadmin%2F")
    assert "_auth_user_id" not in client.session
    assert client.get("/admin/", follow=True).redirect_chain[-1][0].startswith(reverse("account_login"))


def test_an_administrator_arrives_in_the_admin_after_login(county: County) -> None:
    client = Client()
    address = client.get("/admin/", follow=True).redirect_chain[-1][0]
    response = client.post(address, {"login": "admin", "password": PASSWORD, "next": "/admin/"})
    assert response.headers["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200


def test_somebody_else_who_is_logged_in_is_told_no(as_person: AsPerson) -> None:
    assert as_person("office").get("/admin/", follow=True).status_code == 403


def test_the_admins_password_page_leads_to_ours(as_person: AsPerson) -> None:
    response = as_person("administrator").get("/admin/password_change/")
    assert (response.status_code, response.headers["Location"]) == (302, reverse("account_change_password"))
