"""System checks that say in plain words what PDF export lacks on this machine.

They are warnings, not errors: without the libraries the application still runs and shows letters as pages.
"""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Warning, register

from documents.fonts import font_report, installed_families
from documents.libraries import missing_libraries

_INSTALL = (
    "Debian/Ubuntu：apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fontconfig fonts-noto-cjk"
)


@register("documents")
def check_pdf_export(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """Warn of missing libraries (W001), missing fontconfig tools (W002) and typefaces without substitute (W003).

    A typeface with a free substitute is no warning here: screens that make documents name it to their users.
    """
    found: list[CheckMessage] = []
    if missing := missing_libraries():
        found.append(
            Warning(
                f"缺少系统库{'、'.join(missing)}，不能生成公文PDF；公文仍可在浏览器中预览和打印。",
                hint=_INSTALL,
                id="documents.W001",
            )
        )
    if installed_families() is None:
        found.append(Warning("缺少fontconfig的fc-list命令，无法核对公文字体。", hint=_INSTALL, id="documents.W002"))
        return found
    found.extend(
        Warning(finding.warning, hint="运行 script/setup，或将字体文件放入FONT_DIR后重启。", id="documents.W003")
        for finding in font_report()
        if not finding.used
    )
    return found
