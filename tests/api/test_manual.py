"""docs/api.md: each of its examples is a request of the description as it is today, and there is one for everything."""

import json
import re
import shlex
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.conf import settings
from django.urls import reverse
from jsonschema import Draft202012Validator, FormatChecker  # type: ignore[import-untyped]

from safetyplan.api_views import COLLECTIONS, description
from tests.api.calls import Api, send

pytestmark = pytest.mark.django_db
MANUAL = (Path(settings.BASE_DIR) / "docs" / "api.md").read_text(encoding="utf-8")
# What the options of curl take along; the others stand alone.
WITH_VALUE = ("-X", "-H", "-d", "-F", "-o")


@dataclass
class Example:
    """A request as the manual writes it."""

    method: str = "GET"
    path: str = ""
    query: list[tuple[str, str]] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = None
    form: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """How a failure names it."""
        return f"{self.method} {self.path}"


def read(command: str) -> Example:
    """Return what a line of curl asks for."""
    words, found = iter(shlex.split(command, comments=True)[1:]), Example()
    for word in words:
        value = next(words) if word in WITH_VALUE else ""
        if word == "-X":
            found.method = value
        elif word == "-H":
            name, _, text = value.partition(": ")
            found.headers[name] = text
        elif word == "-d":
            found.body = json.loads(value)
        elif word == "-F":
            found.form.append(value.partition("=")[0])
        elif not word.startswith("-"):
            address = urlsplit(word.removeprefix("$SITE"))
            found.path, found.query = address.path, parse_qsl(address.query, keep_blank_values=True)
    return found


def examples() -> list[Example]:
    """Return the examples of the manual in their order."""
    blocks = re.findall(r"```sh\n(.*?)```", MANUAL, re.S)
    return [
        read(each) for block in blocks for each in re.findall(r"^curl(?:.*\\\n|.*[^'\"\n\\]\n(?= ))*.*$", block, re.M)
    ]


EXAMPLES = examples()


def operation_of(example: Example) -> tuple[str, dict[str, Any]]:
    """Return the described path and operation of an example."""
    for path, methods in description()["paths"].items():
        pattern = re.sub(r"\{[^}]+\}", "[^/]+", path)
        if re.fullmatch(pattern, example.path) and example.method.lower() in methods:
            return path, methods[example.method.lower()]
    raise AssertionError(f"{example.name} is not described")


def errors_of(schema: dict[str, Any], value: Any) -> list[str]:
    """Return what is wrong with a value by a schema of the description."""
    whole = schema | {"components": description()["components"]}
    return [error.message for error in Draft202012Validator(whole, format_checker=FormatChecker()).iter_errors(value)]


def test_there_is_an_example_for_every_collection() -> None:
    commands = MANUAL.count("\ncurl ")
    assert len(EXAMPLES) == commands > 30, "an example is not read"
    shown = {example.path.split("/")[3] for example in EXAMPLES}
    described = {path.split("/")[3] for path in description()["paths"]} - {""}
    assert described - shown == {"schema"}, "read as a whole, on its own page"
    assert {reverse(f"api:{name}").split("/")[3] for name in COLLECTIONS} <= described | {"docs"}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_an_example_is_a_request_of_the_description(example: Example) -> None:
    _, operation = operation_of(example)
    parameters = {each["name"]: each for each in operation.get("parameters", [])}
    assert example.headers["Authorization"] == "Bearer $TOKEN"
    needed = {name for name, each in parameters.items() if each.get("required") and each["in"] == "header"}
    assert needed <= set(example.headers), "a header is missing"
    known = {name for name, each in parameters.items() if each["in"] == "header"}
    assert set(example.headers) - {"Authorization", "Content-Type"} <= known, "a header that is none"
    for name, value in example.query:
        assert parameters[name]["in"] == "query", name
        schema = parameters[name]["schema"]
        one = schema.get("items", schema)
        typed = int(value) if one.get("type") == "integer" else value
        assert errors_of(one, typed) == [], name
    content = operation.get("requestBody", {}).get("content", {})
    if example.form:
        shape = content["multipart/form-data"]["schema"]["$ref"].rpartition("/")[2]
        assert set(example.form) <= set(description()["components"]["schemas"][shape]["properties"])
    elif example.body is not None:
        assert example.headers["Content-Type"] == "application/json"
        assert errors_of(content["application/json"]["schema"], example.body) == []
    else:
        assert not operation.get("requestBody", {}).get("required"), "the body is missing"


LISTS = [example for example in EXAMPLES if example.method == "GET" and not re.search(r"/\d+/|-\w{12}/", example.path)]


@pytest.mark.parametrize("example", LISTS, ids=lambda example: example.name)
def test_what_is_read_without_a_key_is_answered(api: Api, example: Example) -> None:
    query = "&".join(f"{name}={value}" for name, value in example.query)
    answer = send(api.scene, "office", "GET", f"{example.path}?{query}")
    assert answer.status_code == 200, answer.content.decode()
