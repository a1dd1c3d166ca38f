"""ETags of objects: the version an edit must name, and a digest of what was shown.

An ETag reads `"7-3f0c…"`: 7 is the object's version, the rest stands for the answer's content. `If-Match` compares the
version alone, so that a lamp that changed colour overnight makes no edit stale; `If-None-Match` compares all of it, so
that 304 is only said of an answer that would be the same.
"""

import hashlib
import re

_TAG = re.compile(r'(?:W/)?"(\d{1,9})(?:-[0-9a-f]{1,64})?"')


def etag_of(version: int, content: bytes | None = None) -> str:
    """Return the ETag of a version, with the digest of the answer's content where there is one."""
    return f'"{version}"' if content is None else f'"{version}-{hashlib.sha256(content).hexdigest()[:16]}"'


def is_unchanged(if_none_match: str, etag: str) -> bool:
    """Say whether the client has this very answer already (weak comparison, RFC 9110 13.1.2)."""
    known = {tag.strip().removeprefix("W/") for tag in if_none_match.split(",")}
    return "*" in known or etag in known


def versions_of(if_match: str) -> set[int]:
    """Return the versions that an If-Match header names; empty where it names none."""
    found = [_TAG.fullmatch(tag.strip()) for tag in if_match.split(",")]
    return {int(match.group(1)) for match in found if match}
