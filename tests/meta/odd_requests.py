"""Requests no page of ours sends: what a curious, careless or ill-meaning person may send instead.

Each page, form and address of the programming interface gets every kind at least once, but not every kind in every
field: several kinds travel in one request, in fields that change from request to request and from page to page.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar
from urllib.parse import quote_plus, urlencode

T = TypeVar("T")
# The server refuses longer lines (4094 bytes); forms may be longer.
LONG = "演" * 1_300
DIGITS = "9" * 4_000
BIG = 10 * 1024 * 1024
FORM = "application/x-www-form-urlencoded"

# Words a person may well mean: a form that refuses them still shows them.
PLAIN = {
    "full-width digits": "１２",
    "Arabic digits": "٣",
    "fraction": "1/3",
    "comma": "1,2",
    "template": "{{ 7|add:7 }}{% csrf_token %}",
    "markup": "<script>alert(1)</script>",
    "path": "../../../../etc/passwd",
    "address": "//example.test/\\@example.test",
    "quotes": "'\"`;--\\%_*",
    "format": "%s%n{0}{0.__class__}",
    "JSON": '{"a": [1, {"b": null}]}',
    "choice of none": "__nothing__",
    "no such date": "2026-02-30",
    "astral": "𠮷🀄" * 20,
    "long": LONG,
}
# What stands in a field: kind → value.
VALUES = PLAIN | {
    "NUL": "\x00",
    "NUL within": "a\x00b",
    "20 digits": str(10**20),
    "largest key and one": str(2**63),
    "4000 digits": DIGITS,
    "negative": "-1",
    "nought": "0",
    "superscript": "²",
    "exponent": "1e999",
    "NaN": "NaN",
    "infinity": "-Infinity",
    "underscored": "1_000",
    "spaces": " \t\r\n ",
    "day zero": "0000-00-00",
    "year five digits": "99999-01-01",
    "a moment": "2026-01-01T25:61:61+99:99",
    "pattern": "(" * 200 + "[" * 200,
    "lookup": "-pk__password",
    "right to left": "\u202egnp.exe\u2066",
    "no character": "\u200b\ufeff\ufffe\uffff",
    "combining": "a" + "\u0301" * 500,
    "true": "true",
    "none": "None",
    "empty": "",
}

# Already written as an address or a form writes it: what no text is written as.
RAW = {
    "bad UTF-8": "%ff%fe%C0%AF",
    "surrogate": "%ED%A0%80",
    "bad escape": "%zz%%%u1234",
}
KINDS = {kind: quote_plus(value) for kind, value in VALUES.items()} | RAW

# What comes behind the fields of an address or a form.
TAILS = {
    "separators": "&&&=&=&&;;",
    "names as lists": "q[]=a&q[b]=c&q[b][c][d]=e&page[]=1&sort[]=a&version[]=1&=1",
    "names of Python": "__proto__=a&constructor=b&self=c&request=d&pk=1",
    "nested brackets": "q" + "[a]" * 500 + "=1",
    "many": "&".join(f"x{number}=1" for number in range(400)),
    "same name often": "&".join("tick=1" for _ in range(500)),
    "page too far": f"page={10**20}&per_page={10**20}&sort=-",
}

# Beside a value: the request still comes from the same person.
HEADERS: dict[str, dict[str, str]] = {
    "languages": {"accept-language": ",".join(f"x{number}-yy;q=0.{number}" for number in range(1_000))},
    "language of rubbish": {"accept-language": "zh-\x01;q=a,,;;*=*," + "a" * 5_000},
    "accept rubbish": {"accept": "a/b/c;;q=,,*"},
    "modified since rubbish": {"if-modified-since": "Thu, 99 Foo 99999 99:99:99 GMT"},
    "match rubbish": {"if-none-match": 'W/"a", b, "', "if-match": "*,"},
    "range": {"range": "bytes=-1,5-2,99999999999999999999-"},
    "htmx rubbish": {"hx-request": "true", "hx-target": "\x7f", "hx-current-url": "http://[::1", "hx-trigger": "%"},
    "htmx boosted": {"hx-request": "true", "hx-boosted": "true", "hx-history-restore-request": "true"},
    "referer": {"referer": "http://[bad"},
    "forwarded": {"x-forwarded-for": "a, b, 999.1.1.1", "x-request-id": "\x00" * 300},
    "method override": {"x-http-method-override": "DELETE"},
    "encoding": {"content-encoding": "gzip", "accept-encoding": "br;q=x"},
}
COOKIES: dict[str, str] = {
    "huge cookie": "a=" + "b" * 100_000,
    "rubbish cookie": '=;;=\x01; sessionid; a="b; messages=[["; csrftoken=\xff',
    "cookies of another": "sessionid=" + "x" * 500 + "; csrftoken=" + "\x00" * 32,
}


def rotations(names: Sequence[str], width: int, shift: int) -> Iterator[dict[str, str]]:
    """Yield field → kind of `KINDS`, so many that every kind is given once.

    Args:
        names: The fields there are; at least one.
        width: How many fields are odd in one request.
        shift: Which page this is, so that pages differ in what meets what.
    """
    width = min(width, len(names))
    known = list(KINDS)
    known = known[shift % len(known) :] + known[: shift % len(known)]
    for start in range(0, len(known), width):
        yield {
            names[(start + shift + place) % len(names)]: kind for place, kind in enumerate(known[start : start + width])
        }


def encoded(fields: Mapping[str, str], tail: str = "") -> str:
    """Write field → kind as an address or a form writes it, with one of `TAILS` behind it."""
    return "&".join([f"{quote_plus(name)}={KINDS[kind]}" for name, kind in fields.items()] + ([tail] if tail else []))


def turn(kinds: Mapping[str, T], number: int) -> T:
    """Return what of `kinds` has its turn in request `number`."""
    return list(kinds.values())[number % len(kinds)]


@dataclass(frozen=True, slots=True)
class Odd:
    """A request body: its content type, and further headers."""

    body: bytes
    content_type: str = FORM
    headers: dict[str, str] = field(default_factory=dict)


def part(disposition: str, content: bytes = b"x", kind: str = "") -> bytes:
    """Return one part of a multipart body with the boundary "b"."""
    kind_line = f"Content-Type: {kind}\r\n" if kind else ""
    head = f"--b\r\nContent-Disposition: {disposition}\r\n{kind_line}\r\n"
    return head.encode() + content + b"\r\n"


def _multipart(*parts: bytes, end: bytes = b"--b--\r\n") -> Odd:
    return Odd(b"".join(parts) + end, "multipart/form-data; boundary=b")


FILE_FIELDS = ("files", "file")
BAD_FILE_NAMES = ('""', '"../../a"', '"\x00"', '"a\nb"', "=?utf-8?b?//8=?=", '"' + "n" * 5_000 + '"')
# Bodies every form is sent.
BODIES: dict[str, Odd] = {
    "raw bytes": Odd(b"\xff\x00=\xfe&" + bytes(range(256))),
    "5001 fields": Odd(b"&".join(b"x%d=1" % number for number in range(5_001))),
    "10 MB JSON": Odd(b'{"a": "' + b"x" * BIG + b'"}', "application/json"),
}
# Bodies refused before the view; forms take turns.
REFUSED_BODIES: dict[str, Odd] = {
    "multipart without boundary": Odd(part('form-data; name="a"'), "multipart/form-data"),
    "boundary too long": Odd(b"", "multipart/form-data; boundary=" + "b" * 300),
    "base64 that is none": _multipart(
        b'--b\r\nContent-Disposition: form-data; name="a"\r\nContent-Transfer-Encoding: base64\r\n\r\n%%%\r\n'
    ),
    "101 files": _multipart(*(part(f'form-data; name="f{number}"; filename="a.txt"') for number in range(101))),
}
# Bodies that reach a view without any field; forms take turns.
EMPTY_BODIES: dict[str, Odd] = {
    "nested JSON": Odd(b"[" * 50_000, "application/json"),
    "XML": Odd(b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>', "text/xml"),
    "type of rubbish": Odd(b"a=1", "a/b/c;;=;charset=\x01"),
    "unknown charset": Odd(b"a=1", FORM + "; charset=nothing-like-it"),
    "UTF-16": Odd("title=甲".encode("utf-16"), FORM + "; charset=utf-16"),
    "multipart without end": _multipart(part('form-data; name="a"'), end=b""),
    "multipart of rubbish": _multipart(b"\r\n\r\n--b\r\n\r\n\xff\xff", part("form-data"), part("x")),
}


def bodies(names: Sequence[str], shift: int) -> Iterator[tuple[str, Odd]]:
    """Yield (kind, body) for a form whose fields are `names`; `shift` is which form this is."""
    yield from BODIES.items()
    yield "refused", turn(REFUSED_BODIES, shift)
    yield "refused too", turn(REFUSED_BODIES, shift + 1)
    yield "empty", turn(EMPTY_BODIES, shift)
    if shift % 2:
        texts = (part(f'form-data; name="{name}"; filename="a.txt"', b"x", "text/plain") for name in names)
        yield "files for texts", _multipart(*texts)
    else:
        fields = (part(f'form-data; name="{name}"', b"1") for name in names)
        given = BAD_FILE_NAMES[shift // 2 % len(BAD_FILE_NAMES)]
        files = (part(f'form-data; name="{name}"; filename={given}', b"MZ\x00", "image/png") for name in FILE_FIELDS)
        yield "file name of rubbish", _multipart(*fields, *files)
    if any(each.endswith("-TOTAL_FORMS") for each in names):
        yield "rows of a form set", _rows(names, "100000000000")
        yield "rows of rubbish", _rows(names, "-1\x00x")


def _rows(names: Sequence[str], number: str) -> Odd:
    prefixes = {name.rpartition("-")[0].rpartition("-")[0] or "form" for name in names if "-" in name} | {"form"}
    rows = {f"{prefix}-{what}": number for prefix in prefixes for what in ("TOTAL_FORMS", "INITIAL_FORMS")}
    return Odd(urlencode(dict.fromkeys(names, "1") | rows).encode())


def too_big_form(name: str) -> Odd:
    """Return a form beyond the size the server takes."""
    return Odd(f"{name}=".encode() + b"x" * (BIG + 1))
