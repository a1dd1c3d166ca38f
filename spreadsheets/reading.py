"""Excel files in: the first sheet as rows of plain cells, with limits, and with formulas named as what they are."""

import io
import zipfile
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from core.errors import UserError

# What a ledger of a county can be; far beyond it the file is something else.
MOST_ROWS, MOST_COLUMNS = 3000, 60
MOST_BYTES = 60 * 1024 * 1024
NOT_READABLE = "不能打开这个文件。请上传从本系统下载、修改后另存的 .xlsx 文件（.xls、.et、.csv 请先另存为 .xlsx）。"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell.

    Attributes:
        value: text, number, truth value, date, moment or None, as Excel holds it.
        formula: it is calculated, so that its value is not what a person typed.
    """

    value: Any = None
    formula: bool = False

    @property
    def text(self) -> str:
        """The value as text: lines end with \\n, blanks around it are left out, whole numbers have no point."""
        value = self.value
        if value is None:
            return ""
        if isinstance(value, datetime):
            value = value.date() if (value.hour, value.minute, value.second) == (0, 0, 0) else value
        if isinstance(value, date):
            return value.isoformat()
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        return tidy(str(value))


EMPTY = Cell()


def tidy(text: str) -> str:
    """Return text as it comes out of a cell again: one kind of line end, no blanks around it."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def read_rows(content: bytes) -> list[list[Cell]]:
    """Return the cells of the first sheet, row by row from the top.

    Raises:
        UserError: it is no .xlsx file, or larger than any of ours.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(part.file_size for part in packed.infolist()) > MOST_BYTES:
                raise UserError("文件展开后过大，不像是从本系统下载的表。请删去其中的图片和多余的工作表后重新上传。")
        book = load_workbook(io.BytesIO(content), read_only=True)
        page = book.worksheets[0]
        rows = []
        for row in page.iter_rows(max_row=MOST_ROWS + 1, max_col=MOST_COLUMNS):
            rows.append([Cell(cell.value, cell.data_type == "f") for cell in row])
        book.close()
    except UserError:
        raise
    # A damaged file fails in as many ways as the library has steps.
    except (
        InvalidFileException,
        zipfile.BadZipFile,
        KeyError,
        ValueError,
        IndexError,
        TypeError,
        OSError,
        EOFError,
        AttributeError,
        SyntaxError,
        NotImplementedError,
    ) as error:
        raise UserError(NOT_READABLE) from error
    if len(rows) > MOST_ROWS:
        raise UserError(f"表中超过 {MOST_ROWS} 行，不像是从本系统下载的表，请核对文件。")
    return rows
