"""Which typefaces official documents are set in, where they are looked for, and what stands in for missing ones.

The typefaces the standard's practice asks for are commercial. An office that owns them puts the files into
`settings.FONT_DIR`; otherwise free ones stand in, and `font_report` names them so that nothing is replaced silently.
"""

import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from xml.sax.saxutils import escape

from django.conf import settings


@dataclass(frozen=True)
class FontRole:
    """One of the four typefaces of GB/T 9704 practice.

    Attributes:
        role: name the office uses.
        use: what is set in it.
        wanted: families of the proper typeface, by the names their files carry.
        substitutes: free families that stand in, best first.
    """

    role: str
    use: str
    wanted: tuple[str, ...]
    substitutes: tuple[str, ...]


# The same families in the same order as in static/documents/official.css.
FONT_ROLES = (
    FontRole(
        "小标宋",
        "发文机关标志和标题",
        ("方正小标宋简体", "方正小标宋_GBK", "FZXiaoBiaoSong-B05S"),
        ("Noto Serif CJK SC",),
    ),
    FontRole("黑体", "一级标题和表头", ("SimHei", "黑体"), ("Noto Sans CJK SC",)),
    FontRole(
        "仿宋",
        "正文",
        ("仿宋_GB2312", "FangSong_GB2312", "FangSong", "仿宋"),
        ("FandolFang R", "Noto Serif CJK SC"),
    ),
    FontRole(
        "楷体",
        "二级标题",
        ("楷体_GB2312", "KaiTi_GB2312", "KaiTi", "楷体"),
        ("FandolKai", "Noto Serif CJK SC"),
    ),
)


@dataclass(frozen=True)
class FontFinding:
    """What a role is set in on this machine.

    Attributes:
        role: name of the typeface, e.g. 小标宋.
        wanted: the family that ought to be used.
        used: the family that is used; empty if not even a substitute is installed.
        warning: a sentence for the person at the screen; empty if the proper typeface is installed.
    """

    role: str
    wanted: str
    used: str
    warning: str


def free_font_dir() -> Path:
    """Return the folder the set-up script puts the free typefaces into."""
    return Path(settings.BASE_DIR) / "var" / "fonts-free"


def configure_fontconfig() -> Path:
    """Write the fonts.conf of this installation, make fontconfig use it and return its path.

    It takes in the system's configuration and adds the office's and the free fonts. Must run before the PDF engine
    is imported, because fontconfig reads FONTCONFIG_FILE once.
    """
    folder = Path(settings.VAR_DIR) / "fontconfig"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "fonts.conf"
    text = _fonts_conf(folder / "cache")
    if not path.is_file() or path.read_text(encoding="utf-8") != text:
        # Written aside and moved, because web and worker processes start at the same time.
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=folder, delete=False) as draft:
            draft.write(text)
        Path(draft.name).replace(path)
    os.environ["FONTCONFIG_FILE"] = str(path)
    return path


def _fonts_conf(cache_dir: Path) -> str:
    folders = "".join(f"  <dir>{escape(str(folder))}</dir>\n" for folder in (settings.FONT_DIR, free_font_dir()))
    return f"""<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <cachedir>{escape(str(cache_dir))}</cachedir>
{folders}  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <include ignore_missing="yes">/usr/local/etc/fonts/fonts.conf</include>
  <include ignore_missing="yes">/opt/homebrew/etc/fonts/fonts.conf</include>
</fontconfig>
"""


@cache
def installed_families() -> frozenset[str] | None:
    """Return the names of all font families fontconfig finds; None if fontconfig's tools are not installed.

    Read once per process, as the PDF engine does: new font files need a restart.
    """
    program = shutil.which("fc-list")
    if program is None:
        return None
    environment = {**os.environ, "FONTCONFIG_FILE": str(configure_fontconfig())}
    listing = subprocess.run(  # noqa: S603  (fixed arguments, nothing typed by a user)
        [program, ":", "family"], env=environment, capture_output=True, timeout=60, check=False
    )
    lines = listing.stdout.decode("utf-8", errors="replace").splitlines()
    # fontconfig writes a family's several names in one line and escapes - and , in them.
    return frozenset(name.replace("\\", "").strip() for line in lines for name in line.split(","))


def font_report() -> list[FontFinding]:
    """Return, for each of 小标宋, 黑体, 仿宋 and 楷体, the typeface documents are set in on this machine."""
    installed = installed_families() or frozenset()
    return [_find(role, installed) for role in FONT_ROLES]


def _find(role: FontRole, installed: frozenset[str]) -> FontFinding:
    used = next((family for family in (*role.wanted, *role.substitutes) if family in installed), "")
    wanted = role.wanted[0]
    if used in role.wanted:
        return FontFinding(role.role, wanted, used, "")
    missing = f"服务器未安装{role.role}（{wanted}），"
    if used:
        return FontFinding(role.role, wanted, used, f"{missing}{role.use}暂用“{used}”代替。")
    return FontFinding(
        role.role, wanted, "", f"{missing}也没有可代替的字体，{role.use}可能无法显示，请联系系统管理员。"
    )
