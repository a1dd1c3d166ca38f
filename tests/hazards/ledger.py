"""Hazards for tests, brought to any state by the services themselves."""

import io
from datetime import date, timedelta
from itertools import count
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from accounts.models import User
from core import clock
from evidence.models import File
from evidence.services import attach_file
from hazards.models import Hazard
from hazards.models.tracked import Level, State
from hazards.services import extensions, rechecking, rectifying
from hazards.services.registering import Facts, Measures, Registration, register_hazard
from responsibility.models import Enterprise
from tests.county import County

PLAN = {
    "plan_duty": "企业负责人负责",
    "plan_measures": "更换阀门",
    "plan_funds": "自筹20万元",
    "plan_schedule": "本月底前完成",
    "plan_emergency": "停用并专人值守",
}
_shades = count()


def picture(name: str = "现场.png") -> SimpleUploadedFile:
    """Return a small picture, unlike every other one."""
    shade = next(_shades)
    out = io.BytesIO()
    Image.new("RGB", (8, 8), (shade % 256, shade // 256 % 256, 90)).save(out, "PNG")
    return SimpleUploadedFile(name, out.getvalue(), content_type="image/png")


def facts(level: str = Level.GENERAL, **changes: Any) -> Facts:
    """Return complete facts, with the given fields changed."""
    fields: dict[str, Any] = {
        "title": "安全阀未校验",
        "description": "反应釜安全阀超过校验期。",
        "place": "一车间反应釜",
        "level": level,
        "source": Hazard.Source.INSPECTION,
        "found_on": clock.today(),
        "standard": "化工重大隐患判定标准" if level == Level.MAJOR else "",
        "clause": "第三条" if level == Level.MAJOR else "",
        "finder": "检查组",
    }
    return Facts(**(fields | changes))


def register(
    county: County,
    enterprise: Enterprise | None,
    level: str = Level.GENERAL,
    *,
    actor: User | None = None,
    due_on: date | None = None,
    **changes: Any,
) -> Hazard:
    """Register a hazard as the office, due in ten days, unless told otherwise; a major one has its 五落实."""
    plan = PLAN if level == Level.MAJOR else {}
    extra = {name: changes.pop(name) for name in ("site", "placing") if name in changes}
    return register_hazard(
        actor=actor or county.office,
        registration=Registration(
            facts=facts(level, **changes),
            measures=Measures("王厂长", "停用反应釜", **plan),
            due_on=due_on or clock.today() + timedelta(days=10),
            enterprise_id=enterprise.pk if enterprise else None,
            **extra,
        ),
    )


def draft(hazard: Hazard, actor: User) -> File:
    """Write down what was done, with one photo."""
    row = rectifying.save_rectification(
        actor=actor, hazard_id=hazard.pk, measures="已更换并校验", done_on=clock.today()
    )
    return attach_file(actor=actor, owner=row, upload=picture("整改后.png"))


def apply(hazard: Hazard, actor: User) -> Hazard:
    """Report the rectification and ask for the re-check."""
    draft(hazard, actor)
    return rectifying.apply_for_recheck(actor=actor, hazard_id=hazard.pk)


def recheck(hazard: Hazard, actor: User) -> Hazard:
    """Find the hazard removed; a general one is closed by it."""
    service = rechecking.pass_recheck if hazard.level == Level.MAJOR else rechecking.pass_and_close
    return service(actor=actor, hazard_id=hazard.pk, opinion="现场复查合格")


def ask(hazard: Hazard, actor: User, days: int = 20) -> None:
    """Ask for so many days more."""
    extensions.ask_extension(
        actor=actor,
        hazard_id=hazard.pk,
        reason="设备到货延迟",
        progress="已订货",
        wanted_on=hazard.due_on + timedelta(days=days),
    )


def grant(hazard: Hazard, actor: User, due_on: date) -> None:
    """Give more time."""
    extensions.grant_extension(actor=actor, hazard_id=hazard.pk, opinion="同意", due_on=due_on)


def hazard_in(state: str, county: County, enterprise: Enterprise, level: str = Level.GENERAL, **extra: Any) -> Hazard:
    """Return a hazard brought to `state`: the enterprise applies, 县应急管理局 re-checks, the office closes."""
    hazard = register(county, enterprise, level, **extra)
    if state in (State.APPLIED, State.RETURNED, State.PASSED, State.CLOSED):
        hazard = apply(hazard, county.enterprise)
    if state == State.RETURNED:
        rechecking.return_hazard(actor=county.editor, hazard_id=hazard.pk, opinion="仍未校验")
    if state in (State.PASSED, State.CLOSED):
        recheck(hazard, county.editor)
    if state == State.CLOSED and level == Level.MAJOR:
        rechecking.close_hazard(actor=county.office, hazard_id=hazard.pk, opinion="同意销号")
    if state == State.VOID:
        rechecking.void_hazard(actor=county.office, hazard_id=hazard.pk, reason="重复登记")
    return Hazard.objects.select_related("enterprise", "supervisor", "township").get(pk=hazard.pk)
