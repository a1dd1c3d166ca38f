"""Requests no page of ours sends: what a curious, careless or ill-meaning person may send instead.

Each is given to every page and every form by tests/meta/test_bad_requests.py.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

LONG = "演" * 1_300
DIGITS = "9" * 4_000
BIG = 10 * 1024 * 1024
FORM = "application/x-www-form-urlencoded"

# What stands in a field: name → value as text.
VALUES = {
    "NUL": "\x00",
    "NUL within": "a\x00b",
    "20 digits": str(10**20),
    "largest key and one": str(2**63),
    "4000 digits": DIGITS,
    "long": LONG,
    "negative": "-1",
    "negative zero": "-0",
    "full-width digits": "１２",
    "Arabic digits": "٣",
    "superscript": "²",
    "fraction": "1/3",
    "exponent": "1e999",
    "NaN": "NaN",
    "infinity": "-Infinity",
    "underscored": "1_000",
    "comma": "1,2",
    "spaces": " \t\r\n ",
    "no such date": "2026-02-30",
    "day zero": "0000-00-00",
    "year five digits": "99999-01-01",
    "a moment": "2026-01-01T25:61:61+99:99",
    "template": "{{ 7|add:7 }}{% csrf_token %}",
    "markup": "<script>alert(1)</script>",
    "path": "../../../../etc/passwd",
    "address": "//example.test/\\@example.test",
    "quotes": "'\"`;--\\%_*",
    "pattern": "(" * 400 + "[" * 400,
    "format": "%s%n{0}{0.__class__}",
    "JSON": '{"a": [1, {"b": null}]}',
    "choice of none": "__nothing__",
    "lookup": "pk__password",
    "right to left": "\u202egnp.exe\u2066",
    "zero width": "\u200b\ufeff",
    "no character": "\ufffe\uffff",
    "astral": "𠮷🀄" * 20,
    "combining": "a" + "\u0301" * 500,
    "true": "true",
    "none": "None",
}

# Whole query strings that are not name=value.
QUERIES = {
    "bad UTF-8": "q=%ff%fe%C0%AF",
    "surrogate": "q=%ED%A0%80",
    "bad escape": "q=%zz%%%u1234",
    "separators": "&&&=&=&&;;",
    "no names": "=1&=2",
    "names as lists": "q[]=a&q[b]=c&q[b][c][d]=e&page[]=1&sort[]=a",
    "prototype": "__proto__=a&constructor=b&self=c&request=d",
    "deep brackets": "q" + "[a]" * 500 + "=1",
    "many": "&".join(f"x{number}=1" for number in range(400)),
    "same name often": "&".join("page=1" for _ in range(500)),
    "page of a sort": "page=last&sort=-",
    "page too far": f"page={10**20}&per_page={10**20}",
    "sizes": "per_page=-1&per_page=0&per_page=all&per_page=true",
}

HEADERS: dict[str, dict[str, str]] = {
    "languages": {"accept-language": ",".join(f"x{number}-yy;q=0.{number}" for number in range(1_000))},
    "language of rubbish": {"accept-language": "zh-\x01;q=a,,;;*=*," + "a" * 5_000},
    "accept rubbish": {"accept": "a/b/c;;q=,,*"},
    "huge cookie": {"cookie": "a=" + "b" * 100_000},
    "rubbish cookie": {"cookie": '=;;=\x01; sessionid; a="b; messages=[["; csrftoken=\xff'},
    "modified since rubbish": {"if-modified-since": "Thu, 99 Foo 99999 99:99:99 GMT"},
    "modified since words": {"if-modified-since": "x" * 5_000},
    "match rubbish": {"if-none-match": 'W/"a", b, "', "if-match": "*,"},
    "range": {"range": "bytes=-1,5-2,99999999999999999999-"},
    "htmx rubbish": {"hx-request": "true", "hx-target": "\x7f", "hx-current-url": "http://[::1", "hx-trigger": "%"},
    "htmx boosted": {"hx-request": "true", "hx-boosted": "true", "hx-history-restore-request": "true"},
    "referer": {"referer": "http://[bad"},
    "forwarded": {"x-forwarded-for": "a, b, 999.1.1.1", "x-forwarded-proto": "gopher"},
    "method override": {"x-http-method-override": "DELETE"},
    "encoding": {"content-encoding": "gzip", "accept-encoding": "br;q=x"},
}


def queries(names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield (what it is, query string) for a page whose fields are `names`."""
    yield from QUERIES.items()
    for what, value in VALUES.items():
        yield what, urlencode(dict.fromkeys(names, value))
    yield "given twice", urlencode([(name, value) for name in names for value in ("1", "x", "")])
    yield "as lists", urlencode({f"{name}{bracket}": "1" for name in names for bracket in ("[]", "[0]", "[a][b]")})
    yield "all empty", urlencode(dict.fromkeys(names, ""))


@dataclass(frozen=True, slots=True)
class Odd:
    """A request body: its content type, and further headers."""

    body: bytes
    content_type: str = FORM
    headers: dict[str, str] = field(default_factory=dict)


def part(disposition: str, content: bytes = b"x", kind: str = "") -> bytes:
    """Return one part of a multipart body with the boundary "b"."""
    kind_line = f"Content-Type: {kind}\r\n" if kind else ""
    return (
        b"--b\r\nContent-Disposition: "
        + disposition.encode()
        + b"\r\n"
        + kind_line.encode()
        + b"\r\n"
        + content
        + b"\r\n"
    )


def _multipart(*parts: bytes, end: bytes = b"--b--\r\n") -> Odd:
    return Odd(b"".join(parts) + end, "multipart/form-data; boundary=b")


def bodies(names: Sequence[str]) -> Iterator[tuple[str, Callable[[], Odd]]]:
    """Yield (what it is, how to make it) for a form whose fields are `names`."""

    def fields(value: str) -> Odd:
        return Odd(urlencode(dict.fromkeys(names, value)).encode())

    for what, value in VALUES.items():
        yield what, lambda value=value: fields(value)
    yield "bad UTF-8", lambda: Odd("&".join(f"{name}=%ff%C0%AF%ED%A0%80" for name in names).encode())
    yield "raw bytes", lambda: Odd(b"\xff\x00=\xfe&" + bytes(range(256)))
    yield "no pairs", lambda: Odd(b"a" * 3_000)
    yield "same name often", lambda: Odd("&".join(f"{name}=1&{name}=x&{name}=" for name in names).encode())
    yield "names as lists", lambda: Odd("&".join(f"{name}[]=1&{name}[a][b]=2" for name in names).encode())
    yield "deep brackets", lambda: Odd(("a" + "[b]" * 20_000 + "=1").encode())
    yield "rows of a form set", lambda: _rows(names, "100000000000")
    yield "rows less than none", lambda: _rows(names, "-1")
    yield "rows of rubbish", lambda: _rows(names, "\x00x")
    yield "5001 fields", lambda: Odd(b"&".join(b"x%d=1" % number for number in range(5_001)))
    yield "nothing", lambda: Odd(b"")
    yield "JSON", lambda: Odd(b'{"version": 1}', "application/json")
    yield "broken JSON", lambda: Odd(b'{"a": [', "application/json")
    yield "deep JSON", lambda: Odd(b"[" * 50_000, "application/json")
    yield "big JSON", lambda: Odd(b'{"a": "' + b"x" * BIG + b'"}', "application/json")
    yield "XML", lambda: Odd(b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>', "text/xml")
    yield "no type", lambda: Odd(b"a=1", "")
    yield "type of rubbish", lambda: Odd(b"a=1", "a/b/c;;=;charset=\x01")
    yield "unknown charset", lambda: Odd(b"a=1", FORM + "; charset=nothing-like-it")
    yield "UTF-16", lambda: Odd("title=甲".encode("utf-16"), FORM + "; charset=utf-16")
    yield "multipart without boundary", lambda: Odd(part('form-data; name="a"'), "multipart/form-data")
    yield "boundary too long", lambda: Odd(b"", "multipart/form-data; boundary=" + "b" * 300)
    yield "multipart without end", lambda: _multipart(part('form-data; name="a"'), end=b"")
    yield "multipart without parts", lambda: _multipart(end=b"")
    yield "multipart of rubbish", lambda: _multipart(b"\r\n\r\n--b\r\n\r\n\xff\xff")
    yield "parts without names", lambda: _multipart(part("form-data"), part('form-data; name=""'), part("x"))
    yield (
        "base64 that is none",
        lambda: _multipart(
            b'--b\r\nContent-Disposition: form-data; name="a"\r\nContent-Transfer-Encoding: base64\r\n\r\n%%%\r\n'
        ),
    )
    yield (
        "files for texts",
        lambda: _multipart(
            *(part(f'form-data; name="{name}"; filename="a.txt"', b"x", "text/plain") for name in names)
        ),
    )
    yield "texts for files", lambda: _multipart(*(part(f'form-data; name="{name}"') for name in ("files", "file")))
    yield (
        "file names of rubbish",
        lambda: _multipart(
            *(
                part(f'form-data; name="{field}"; filename={given}', b"MZ\x00", "image/png")
                for field in ("files", "file")
                for given in ('""', '"../../a"', '"\x00"', '"a\nb"', "=?utf-8?b?//8=?=", '"' + "n" * 5_000 + '"')
            )
        ),
    )
    yield (
        "101 files",
        lambda: _multipart(*(part(f'form-data; name="f{number}"; filename="a{number}.txt"') for number in range(101))),
    )
    yield (
        "99 files",
        lambda: _multipart(*(part('form-data; name="files"; filename="a.pdf"', b"%PDF-1.4") for _ in range(99))),
    )
    for what, headers in HEADERS.items():
        yield what, lambda headers=headers: Odd(b"version=1", FORM, headers)


def _rows(names: Sequence[str], number: str) -> Odd:
    prefixes = {name.rpartition("-")[0].rpartition("-")[0] or "form" for name in names if "-" in name} | {"form"}
    rows = {f"{prefix}-{what}": number for prefix in prefixes for what in ("TOTAL_FORMS", "INITIAL_FORMS")}
    return Odd(urlencode(dict.fromkeys(names, "1") | rows).encode())


def big_form(name: str) -> Odd:
    """Return a form just within the size the server takes, one field holding nearly all of it."""
    return Odd(f"{name}=".encode() + b"x" * (BIG - 200))


def too_big_form(name: str) -> Odd:
    """Return a form beyond the size the server takes."""
    return Odd(f"{name}=".encode() + b"x" * (BIG + 1))
