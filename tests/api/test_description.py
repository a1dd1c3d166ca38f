"""The interface's own description: complete, valid, in Chinese, and read on a page of ours."""

import json
import re
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.urls import reverse

from safetyplan.api_urls import urlpatterns
from tests.api.calls import Api, send
from tests.api.table import TABLE
from tests.meta.test_pages import assert_guarded, check

pytestmark = pytest.mark.django_db
CHINESE = re.compile(r"[\u4e00-\u9fff]")
NOT_DESCRIBED = {"docs"}
ROUTES = {route.name: str(route.pattern) for route in urlpatterns}


@pytest.fixture(scope="module")
def document(api: Api, django_db_blocker: Any) -> dict[str, Any]:
    with django_db_blocker.unblock():
        found: dict[str, Any] = json.loads(send(api.scene, "editor", "GET", "/api/v1/schema/").content)
        return found


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method.upper(), operation


def test_it_is_valid_and_drawn_up_without_a_doubt() -> None:
    out = StringIO()
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=out)
    assert out.getvalue().startswith("openapi: 3.1.0")


def test_every_operation_of_the_table_is_in_it(document: dict[str, Any]) -> None:
    described = {(method, re.sub(r"\{\w+\}", "*", path)) for path, method, _ in operations(document)}

    def pattern(name: str) -> str:
        """Return the address of that name with a star for each of its arguments."""
        return re.sub(r"<\w+:\w+>", "*", f"/api/v1/{ROUTES[name]}")

    assert described == {(method, pattern(name)) for method, name, _, _ in TABLE if name not in NOT_DESCRIBED}


def test_every_operation_says_in_chinese_what_it_is_and_how_it_refuses(document: dict[str, Any]) -> None:
    names = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(set(names)) == len(names)
    for path, method, operation in operations(document):
        where = f"{method} {path}"
        assert CHINESE.search(operation["summary"]), where
        assert CHINESE.search(operation["tags"][0]), where
        for parameter in operation.get("parameters", []):
            assert parameter["in"] == "path" or CHINESE.search(parameter["description"]), (where, parameter["name"])
        codes = set(operation["responses"])
        assert {"401", "403", "406", "429"} <= codes, where
        if method in ("POST", "PATCH"):
            assert {"400", "409", "413", "415", "422"} <= codes, where
            assert operation.get("requestBody") or path.endswith(("/again/", "/revise/")), where
        if method == "POST":
            assert "Idempotency-Key" in [each["name"] for each in operation["parameters"]], where
        for code, answer in operation["responses"].items():
            if code >= "400":
                assert list(answer["content"]) == ["application/problem+json"], (where, code)
                assert CHINESE.search(answer["description"]), (where, code)
                assert answer["content"]["application/problem+json"]["examples"], (where, code)


def test_every_heading_has_its_place(document: dict[str, Any]) -> None:
    headings = [row["name"] for row in document["tags"]]
    used = {operation["tags"][0] for _, _, operation in operations(document)}
    assert len(set(headings)) == len(headings)
    assert set(headings) == used


def test_what_needs_a_version_says_so(document: dict[str, Any]) -> None:
    for path, method, operation in operations(document):
        required = {each["name"] for each in operation.get("parameters", []) if each.get("required")}
        changes = method != "GET" and "{id}" in path and not path.endswith("/files/")
        assert ("If-Match" in required) == changes, (method, path)
        assert ({"412", "428"} <= set(operation["responses"])) == changes, (method, path)


def test_every_field_has_a_chinese_name_or_description(document: dict[str, Any]) -> None:
    for name, schema in document["components"]["schemas"].items():
        for field, shape in schema.get("properties", {}).items():
            words = f"{shape.get('title', '')}{shape.get('description', '')}"
            assert CHINESE.search(words) or "$ref" in str(shape), (name, field, shape)


def test_the_moves_are_told_with_their_states(document: dict[str, Any]) -> None:
    told = document["paths"]["/api/v1/tasks/{id}/actions/{action}/"]["post"]["description"]
    assert "| `sign` | 签收任务 | 待签收 |" in told
    assert "`reason`（必填）" in told


def test_bodies_take_no_other_fields(document: dict[str, Any]) -> None:
    bodies = [shape for name, shape in document["components"]["schemas"].items() if name.endswith("Request")]
    assert bodies
    assert all(shape.get("additionalProperties") is False for shape in bodies if shape.get("type") == "object")


def test_the_page_is_ours_and_brings_everything_itself(api: Api) -> None:
    answer = api.scene.client("stranger").get(reverse("api:docs"))
    text = answer.content.decode()
    check(text)
    assert_guarded(answer.headers)
    assert 'data-schema="/api/v1/schema/"' in text
    for path in re.findall(r'(?:src|href)="/static/([^"]+)"', text):
        assert finders.find(path.partition("#")[0]), path


def test_the_manual_names_what_there_is(document: dict[str, Any]) -> None:
    manual = (Path(settings.BASE_DIR) / "docs" / "api.md").read_text(encoding="utf-8")
    for word in ("Authorization: Bearer", "page_size", "If-Match", "If-None-Match", "Idempotency-Key", "problem+json"):
        assert word in manual, word
    for path in set(re.findall(r"/api/v1/[a-z-]+/", manual)) - {reverse("api:docs")}:
        assert any(described.startswith(path) for described in document["paths"]), path
