"""Requests made up from the description, sent as every role: the answers are as described, and none is a failure.

Each made-up case is sent as each role with that role's token; half of the cases about one object name an object of
the scene with the version it has. The cases are the same in every run.
"""

import json
from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, models
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from drills.models import Drill
from evidence.models import File
from hazards.models import Hazard
from reports.models import Report
from responsibility.models import DutyItem, DutyList, Enterprise, Fulfilment, Post, Sector, Unit
from safetyplan.api_views import description
from supervision.models import Letter
from tasks.models import (
    ConsultationReply,
    Directive,
    Obstacle,
    Plan,
    PlanApproval,
    PlanItem,
    ProgressReport,
    Task,
    TaskNode,
    TaskRequest,
)
from tests.api.calls import Api, undone
from tests.api.table import ROLES

pytestmark = [pytest.mark.django_db, pytest.mark.made_up]
EXAMPLES = {GenerationMode.POSITIVE: 3, GenerationMode.NEGATIVE: 2}
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
# Answers to a stranger that are about nobody's objects.
FOR_EVERYBODY = {"index_retrieve", "me_retrieve", "metrics_list", "metrics_retrieve", "schema_retrieve"}
# First part of the address → what its keys name.
NAMED: dict[str, type[models.Model]] = {
    "consultation-replies": ConsultationReply,
    "directives": Directive,
    "drills": Drill,
    "duty-items": DutyItem,
    "duty-lists": DutyList,
    "enterprises": Enterprise,
    "fulfilments": Fulfilment,
    "hazards": Hazard,
    "files": File,
    "letters": Letter,
    "obstacles": Obstacle,
    "plan-approvals": PlanApproval,
    "plan-items": PlanItem,
    "plans": Plan,
    "posts": Post,
    "progress-reports": ProgressReport,
    "quarterly-reports": Report,
    "sectors": Sector,
    "task-nodes": TaskNode,
    "task-requests": TaskRequest,
    "tasks": Task,
    "units": Unit,
}


def whole(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """Answer as the server does, files read to their end; the connection stays, for the test's transaction is on it."""
    ends = (request_started, request_finished)
    for end in ends:
        end.disconnect(close_old_connections)
    try:
        answer = WSGIHandler()(environ, start_response)
        content = [b"".join(answer)]
        answer.close()
        return content
    finally:
        for end in ends:
            end.connect(close_old_connections)


SCHEMA = schemathesis.openapi.from_dict(description())
SCHEMA.app = whole
OPERATIONS = {
    f"{operation.method.upper()} {operation.path}": operation
    for operation in (found.ok() for found in SCHEMA.get_all_operations() if isinstance(found, Ok))
}


def name_one(case: Case[Any], draw: int) -> None:
    """Let the case be about an object of the scene, in the version it has."""
    part = case.path.removeprefix("/api/v1/").partition("/")[0]
    argument = next((name for name in ("id", "uid") if name in case.path_parameters), "")
    if not argument:
        return
    keys = list(
        NAMED[part]._default_manager.order_by("pk").values_list("uid" if argument == "uid" else "pk", flat=True)
    )
    key = keys[draw % len(keys)]
    case.path_parameters[argument] = str(key) if argument == "uid" else key
    if "If-Match" in case.headers:
        row: Any = NAMED[part]._default_manager.get(pk=key)
        case.headers["If-Match"] = f'"{row.version}"'


@pytest.mark.parametrize("mode", EXAMPLES, ids=lambda mode: mode.value)
@pytest.mark.parametrize("name", OPERATIONS)
def test_every_answer_is_as_described(api: Api, name: str, mode: GenerationMode) -> None:
    operation = OPERATIONS[name]

    @settings(
        max_examples=EXAMPLES[mode],
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode), draw=st.integers(0, 50), real=st.booleans())
    def run(case: Case[Any], draw: int, real: bool) -> None:
        if real:
            name_one(case, draw)
        for role in ROLES:
            headers = {"Authorization": f"Bearer {api.scene.tokens[role]}"}
            with undone():
                answer = case.call(headers=headers)
            try:
                case.validate_response(answer, checks=CHECKS, headers=headers)
            except BaseException as error:
                error.add_note(f"as {role}")
                raise
            if role == "stranger" and answer.status_code < 300 and name not in FOR_EVERYBODY:
                _shows_no_object(name, answer)

    run()


def _shows_no_object(name: str, answer: Any) -> None:
    if OPERATIONS[name].definition.raw["operationId"] in FOR_EVERYBODY:
        return
    found = json.loads(answer.content)
    assert found["results"] == [], name
    assert found["count"] == 0, name


def test_the_operations_are_those_of_the_description() -> None:
    described = {f"{method.upper()} {path}" for path, methods in description()["paths"].items() for method in methods}
    assert set(OPERATIONS) == described
    parts = {name.split("/api/v1/")[1].partition("/")[0] for name in OPERATIONS if "id}" in name}
    assert parts == set(NAMED)
