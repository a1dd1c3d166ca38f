"""What an official document of the ordinary form (通报, 通知, 报告) says, free of how it is typeset.

The parts and their order follow GB/T 9704-2012, clause 7. All texts are plain text, escaped when rendered.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from documents.letter import Block


@dataclass(frozen=True)
class OrdinaryDocument:
    """A document in the ordinary form from one office.

    Attributes:
        issuer: 发文机关, full name; the mark at the top of the first page adds 文件.
        title: 标题; a line break in it is kept, otherwise long titles are divided by meaning.
        addressee: 主送机关, without the colon; empty for a 通报 that names none.
        blocks: the body.
        signer: 发文机关署名; usually the same as `issuer`.
        printed_by: 印发机关 of the 版记.
        doc_number: 发文字号; empty leaves its place blank until it is given.
        issued_on: 成文日期; None leaves the place for the date empty.
        annex_names: names of the annexes (附件说明), without 书名号 and closing punctuation.
        contact_note: 附注, printed in brackets under the date.
        copies_to: 抄送机关.
        sealed: leave the place for the seal (7.3.5.1); otherwise set the signature without one (7.3.5.2).
    """

    issuer: str
    title: str
    addressee: str
    blocks: Sequence[Block]
    signer: str
    printed_by: str
    doc_number: str = ""
    issued_on: date | None = None
    annex_names: Sequence[str] = ()
    contact_note: str = ""
    copies_to: Sequence[str] = ()
    sealed: bool = True
