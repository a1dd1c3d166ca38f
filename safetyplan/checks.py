"""System checks of an installation in earnest (`manage.py check --deploy`)."""

import os
from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register


@register(Tags.security, deploy=True)
def check_secret_key(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """Require SECRET_KEY from the environment (E001).

    The key made on the first start lies beside the data: several machines would each make their own and throw each
    other's people out, and every copy of the data would carry the key that signs its sessions.
    """
    if os.environ.get("SECRET_KEY"):
        return []
    return [
        Error(
            "没有设置SECRET_KEY：正式使用时签名密钥必须由环境变量给出，各进程相同，并且不与数据放在一起。",
            hint="在 .env 或 /etc/safetyplan/env 中设置，可用 openssl rand -base64 48 生成。",
            id="safetyplan.E001",
        )
    ]
