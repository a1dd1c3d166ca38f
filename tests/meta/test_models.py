"""Every model: Chinese names, words for a person, and a known place in (or outside) Django's admin."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.db import models

from audit.admin import AuditedAdmin, ReadOnlyAdmin
from audit.models import Entry

OWN = {config.label for config in apps.get_app_configs() if Path(config.path).parent == Path(settings.BASE_DIR)}
MODELS = [model for model in apps.get_models() if model._meta.app_label in OWN]
CHINESE = re.compile(r"[\u4e00-\u9fff]")

# Changed in Django's admin, every save audited.
SET_IN_ADMIN = {"reminders.ReminderRule"}
# Looked at in Django's admin, never changed there.
SHOWN_IN_ADMIN = {
    "accounts.ApiToken",
    "accounts.User",
    "audit.Entry",
    "notifications.Notification",
    "notifications.OutboxMail",
    "reminders.Reminder",
    "responsibility.KeywordRule",
    "responsibility.Membership",
    "responsibility.Unit",
    "responsibility.UnitAlias",
}
# The content of the work: it moves by the services behind its own pages, and is not in the admin at all.
OUTSIDE_ADMIN = {
    "accounts.FailedLogin",
    "core.Heartbeat",
    "drills.Drill",
    "drills.DrillCount",
    "drills.DrillCounter",
    "drills.DrillProblem",
    "drills.DrillQuota",
    "drills.DrillRule",
    "drills.DrillSetting",
    "drills.DrillTarget",
    "drills.DutyWaiver",
    "drills.VillageCount",
    "core.IdempotentRequest",
    "evidence.File",
    "responsibility.DutyItem",
    "responsibility.DutyList",
    "responsibility.DutySignature",
    "hazards.Extension",
    "hazards.Hazard",
    "hazards.HazardCounter",
    "hazards.Rectification",
    "hazards.Standing",
    "reports.Report",
    "responsibility.Enterprise",
    "responsibility.Fulfilment",
    "responsibility.SavedView",
    "responsibility.InnerOffice",
    "responsibility.Post",
    "responsibility.Sector",
    "responsibility.SectorSupervision",
    "responsibility.Tenure",
    "supervision.Letter",
    "supervision.LetterCounter",
    "supervision.LetterItem",
    "tasks.Consultation",
    "tasks.ConsultationAnswer",
    "tasks.ConsultationItem",
    "tasks.ConsultationReply",
    "tasks.Directive",
    "tasks.Contribution",
    "tasks.ContributionValue",
    "tasks.SupportOpinion",
    "tasks.ItemDeadline",
    "tasks.ItemTarget",
    "tasks.LampRule",
    "tasks.Plan",
    "tasks.PlanApproval",
    "tasks.PlanItem",
    "tasks.PlanSection",
    "tasks.PlanStep",
    "tasks.PlanVisit",
    "tasks.PrintedForm",
    "tasks.ProgressReport",
    "tasks.ReadingFlag",
    "tasks.ReportValue",
    "tasks.Task",
    "tasks.Obstacle",
    "tasks.TaskChange",
    "tasks.TaskNode",
    "tasks.TaskRequest",
    "tasks.TaskSupport",
    "tasks.TaskTarget",
    "tasks.UnitMention",
    "tasks.UnitSuggestion",
}


def test_every_model_has_its_place() -> None:
    listed = [SET_IN_ADMIN, SHOWN_IN_ADMIN, OUTSIDE_ADMIN]
    assert {model._meta.label for model in MODELS} == set().union(*listed)
    assert sum(map(len, listed)) == len(set().union(*listed)), "listed twice"
    registered = {model._meta.label: type(page) for model, page in admin.site._registry.items()}
    assert set(registered) == SET_IN_ADMIN | SHOWN_IN_ADMIN
    assert all(issubclass(registered[label], AuditedAdmin) for label in SET_IN_ADMIN)
    assert all(issubclass(registered[label], ReadOnlyAdmin) for label in SHOWN_IN_ADMIN)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_every_model_speaks_chinese(model: type[models.Model]) -> None:
    options = model._meta
    assert CHINESE.search(str(options.verbose_name))
    assert CHINESE.search(str(options.verbose_name_plural))
    assert model.__str__ is not models.Model.__str__, "needs a __str__"
    assert model.__doc__
    assert not model.__doc__.startswith(f"{model.__name__}("), "needs a docstring"
    for field in options.local_fields:
        for _, label in field.flatchoices:
            assert CHINESE.search(str(label)), f"{field.name}: {label}"


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_every_list_of_rows_has_one_order(model: type[models.Model]) -> None:
    assert model._meta.ordering or model._meta.label in {
        "accounts.User",
        "accounts.FailedLogin",
        "supervision.LetterCounter",
    }


def test_no_foreign_key_takes_the_audit_trail_with_it() -> None:
    deletes = [
        field.name
        for field in Entry._meta.concrete_fields
        if getattr(field.remote_field, "on_delete", None) is models.CASCADE
    ]
    assert deletes == []


@pytest.mark.parametrize("label", sorted(OWN))
def test_every_app_has_a_chinese_name(label: str) -> None:
    assert CHINESE.search(str(apps.get_app_config(label).verbose_name))
