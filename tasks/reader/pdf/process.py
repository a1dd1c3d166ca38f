"""Starting the process that opens a PDF, and its answers in words."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from pathlib import Path
from typing import Any

from tasks.reader.model import FlagReading, NoiseReading, ReadingError
from tasks.reader.source import Source

logger = logging.getLogger(__name__)
CPU_SECONDS = 20
MEMORY_BYTES = 1024 * 1024 * 1024
CLOCK_SECONDS = 45  # a machine under load works less than a second in a second
_ROOT = Path(__file__).resolve().parents[3]

_BY_HAND = "也可以把正文复制后粘贴进来。"
PASSWORD = f"这份 PDF 加了打开密码，无法读取。请用 WPS 或 Acrobat 打开，取消密码后另存，再上传；{_BY_HAND}"
BROKEN = "这份 PDF 已损坏，无法打开。请重新导出或下载后再上传，或把正文粘贴进来。"
SCAN = (
    "这份 PDF 里没有可以读取的文字，可能是扫描件，或文字已转成图形。"
    f"请上传 Word 原稿，或先用 WPS 的“文字识别”转成文字版再上传；{_BY_HAND}"
)
GARBLED = f"这份 PDF 的文字没有编码，取出来是乱码。请上传 Word 原稿，或用 WPS 转成 .docx 后再上传；{_BY_HAND}"
PAGES = "这份 PDF 有 {pages} 页，超过 200 页，不像是一份工作要点。请只导出工作要点正文所在的几页，再上传。"
CHARACTERS = "这份 PDF 超过 10 万字，不像是一份工作要点。请只导出工作要点正文所在的几页，再上传。"
HEAVY = (
    "这份 PDF 内容过于庞大，已停止读取。请只导出工作要点正文所在的几页（去掉图纸、地图），再上传，或把正文粘贴进来。"
)
_WORDS = {"password": PASSWORD, "broken": BROKEN, "scan": SCAN, "garbled": GARBLED, "characters": CHARACTERS}


def read_pdf(data: bytes) -> Source:
    """Return the text of a PDF, each paragraph and table row on one line.

    Raises :class:`ReadingError` with a sentence that says what is wrong with the file and how to mend it.
    """
    found = _ask(data)
    if "error" in found:
        word = str(found["error"])
        raise ReadingError(PAGES.format(pages=found.get("pages")) if word == "pages" else _WORDS.get(word, HEAVY))
    text = str(found["text"])
    furniture = [NoiseReading(start, end, text[start:end], reason) for start, end, reason in found["furniture"]]
    flags = [
        FlagReading(start, end, text[start:end], "page_without_text", None, "high")
        for start, end, _ in found["pictures"]
    ]
    return Source(text, furniture, flags, flowing=True)


def _ask(data: bytes) -> dict[str, Any]:
    """Give the bytes to a worker and return its answer; one that was stopped or fell over found the file too much."""
    command = [sys.executable, "-m", "tasks.reader.pdf.worker", str(CPU_SECONDS), str(MEMORY_BYTES)]
    try:
        done = subprocess.run(command, input=data, capture_output=True, cwd=_ROOT, timeout=CLOCK_SECONDS, check=True)  # noqa: S603 - our own module, no words of a user
        found: dict[str, Any] = json.loads(done.stdout)
    except (subprocess.SubprocessError, ValueError) as error:
        output: bytes = getattr(error, "stderr", None) or b""
        logger.warning(
            "a PDF of %d bytes could not be read: %s %s", len(data), error, output[-400:].decode(errors="replace")
        )
        return {"error": "heavy"}
    return found
