"""Who may do what on the interface: every address, method by method, with the status each role is answered.

An address that is not listed here fails tests/api/test_permissions.py. `sample` is one of tests/api/calls.py. Changes
are sent with the version the object has. A method without a row is 405.
"""

from tests.meta.url_roles import ROLES

__all__ = ["ROLES", "TABLE"]

# fmt: off
# (method, address, sample, status of each of ROLES in their order):
#  office leader editor head other_editor auditor administrator enterprise stranger
TABLE: tuple[tuple[str, str, str, str], ...] = (
    ("GET",    "index",            "",                   "200 200 200 200 200 200 200 200 200"),
    ("GET",    "docs",             "",                   "200 200 200 200 200 200 200 200 200"),
    ("GET",    "schema",           "",                   "200 200 200 200 200 200 200 200 200"),
    ("GET",    "me",               "",                   "200 200 200 200 200 200 200 200 200"),
    ("GET",    "file",             "file",               "200 200 200 200 404 200 404 404 404"),
    ("DELETE", "file",             "file",               "403 403 403 403 404 403 404 404 404"),
    ("GET",    "file-content",     "file",               "200 200 200 200 404 200 404 404 404"),
    ("GET",    "drills",           "",                   "200 200 200 200 200 200 200 200 200"),
    ("POST",   "drills",           "new drill",          "201 403 201 201 422 403 403 422 403"),
    ("GET",    "drill",            "drill draft",        "404 404 200 200 404 404 404 404 404"),
    ("GET",    "drill",            "drill submitted",    "200 200 200 200 404 200 404 404 404"),
    ("PATCH",  "drill",            "drill edit",         "404 404 200 200 404 404 404 404 404"),
    ("POST",   "drill-act",        "drill move",         "200 403 403 403 404 403 404 404 404"),
    ("POST",   "drill-files",      "drill file",         "404 404 201 201 404 404 404 404 404"),
    ("GET",    "enterprises",      "",                   "200 200 200 200 200 200 200 200 200"),
    ("GET",    "enterprise",       "enterprise",         "200 200 200 200 404 200 404 200 404"),
    ("GET",    "hazards",          "",                   "200 200 200 200 200 200 200 200 200"),
    ("POST",   "hazards",          "new hazard",         "201 403 201 403 403 403 403 201 403"),
    ("GET",    "hazard",           "hazard general rectifying", "200 200 200 200 404 200 404 200 404"),
    ("PATCH",  "hazard-rectify",   "hazard rectify",     "403 403 200 403 404 403 404 200 404"),
    ("POST",   "hazard-act",       "hazard move",        "403 403 200 200 404 403 404 403 404"),
    ("GET",    "letters",          "",                   "200 200 200 200 200 200 200 200 200"),
    ("POST",   "letters",          "compose",            "201 403 403 403 403 403 403 403 403"),
    ("GET",    "letter",           "letter draft",       "200 200 404 404 404 404 404 404 404"),
    ("GET",    "letter",           "letter issued",      "200 200 200 200 404 200 404 404 404"),
    ("PATCH",  "letter",           "letter edit",        "200 403 404 404 404 404 404 404 404"),
    ("PATCH",  "letter",           "letter edit issued", "409 403 403 403 404 403 404 404 404"),
    ("PATCH",  "letter-reply",     "letter reply",       "403 403 200 200 404 403 404 404 404"),
    ("POST",   "letter-files",     "letter file",        "403 403 201 201 404 403 404 404 404"),
    ("GET",    "letter-pdf",       "letter draft",       "409 409 404 404 404 404 404 404 404"),
    ("GET",    "letter-pdf",       "letter issued",      "409 409 409 409 404 409 404 404 404"),
    ("POST",   "letter-pdf-again", "letter issued",      "200 403 403 403 404 403 404 404 404"),
    ("POST",   "letter-act",       "letter move",        "403 403 200 200 404 403 404 404 404"),
    ("GET",    "obstacles",        "",                   "200 200 200 200 200 200 200 200 200"),
    ("GET",    "obstacle",         "obstacle",           "200 200 200 200 404 200 404 404 404"),
    ("POST",   "obstacle-solve",   "obstacle",           "200 403 200 403 404 403 404 404 404"),
    ("GET",    "plan-items",       "",                   "200 200 200 200 200 200 404 404 404"),
    ("GET",    "plan-item",        "item",               "200 200 200 200 200 200 404 404 404"),
    ("GET",    "plan-item",        "item draft",         "200 404 404 404 404 404 404 404 404"),
    ("GET",    "plans",            "",                   "200 200 200 200 200 200 404 404 404"),
    ("GET",    "plan",             "plan",               "200 200 200 200 200 200 404 404 404"),
    ("GET",    "plan",             "plan draft",         "200 404 404 404 404 404 404 404 404"),
    ("GET",    "reports",          "",                   "200 200 200 200 200 200 200 200 200"),
    ("POST",   "reports",          "new report",         "403 403 201 403 404 403 404 404 404"),
    ("GET",    "report",           "report",             "200 200 200 200 404 200 404 404 404"),
    ("GET",    "report",           "report draft",       "404 404 200 200 404 404 404 404 404"),
    ("PATCH",  "report",           "report",             "403 403 409 403 404 403 404 404 404"),
    ("PATCH",  "report",           "report draft",       "404 404 200 403 404 404 404 404 404"),
    ("POST",   "report-files",     "report file",        "404 404 201 403 404 404 404 404 404"),
    ("GET",    "task-requests",    "",                   "200 200 200 200 200 200 200 200 200"),
    ("GET",    "task-request",     "extension",          "200 200 200 200 404 200 404 404 404"),
    ("POST",   "task-request-decide",   "extension decide",   "200 403 403 403 404 403 404 404 404"),
    ("POST",   "task-request-withdraw", "extension withdraw", "403 403 200 403 404 403 404 404 404"),
    ("GET",    "tasks",            "",                   "200 200 200 200 200 200 200 200 200"),
    ("GET",    "task",             "task assigned",      "200 200 200 200 404 200 404 404 404"),
    ("POST",   "task-act",         "task move",          "403 403 200 403 404 403 404 404 404"),
    ("POST",   "task-extension",   "ask extension",      "403 403 201 403 404 403 404 404 404"),
    ("POST",   "task-obstacle",    "ask obstacle",       "403 403 201 403 404 403 404 404 404"),
    ("POST",   "task-lamp",        "force lamp",         "200 403 403 403 404 403 404 404 404"),
    ("POST",   "task-lamp-end",    "end forcing",        "200 403 403 403 404 403 404 404 404"),
    ("POST",   "task-source",      "source",             "422 403 403 403 404 403 404 404 404"),
    ("GET",    "units",            "",                   "200 200 200 200 200 200 200 404 404"),
    ("GET",    "unit",             "unit",               "200 200 200 200 200 200 200 404 404"),
    ("GET",    "unit",             "group",              "200 200 200 200 200 200 200 404 404"),
)
# fmt: on
