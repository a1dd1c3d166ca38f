"""Who may open what of 征求意见; see url_roles.py for how to read it."""

# fmt: off
# office, leader, editor, head, other_editor, auditor, administrator, enterprise, stranger
TABLE: tuple[tuple[str, str, str, str], ...] = (
    ("GET",  "consultations:list",   "",                       "200 200 200 200 200 200 404 404 404"),
    ("GET",  "consultations:detail", "consultation",           "200 404 403 403 403 404 404 404 404"),
    ("GET",  "consultations:export", "consultation",           "200 404 403 403 403 404 404 404 404"),
    ("POST", "consultations:urge",   "consultation",           "409 404 403 403 403 404 404 404 404"),
    ("POST", "consultations:late",   "consultation",           "409 404 403 403 403 404 404 404 404"),
    ("POST", "consultations:close",  "consultation",           "409 404 403 403 403 404 404 404 404"),
    ("POST", "consultations:decide", "consultation answer",    "409 404 403 403 403 404 404 404 404"),
    ("GET",  "consultations:reply",  "consultation reply",     "404 404 200 200 404 404 404 404 404"),
    ("POST", "consultations:reply",  "consultation reply",     "404 404 409 403 404 404 404 404 404"),
    ("GET",  "consultations:reply",  "consultation answered",  "200 404 404 404 200 404 404 404 404"),
    ("POST", "consultations:reply",  "consultation answered",  "403 404 404 404 409 404 404 404 404"),
    ("GET",  "plans:breakdown_import", "plan",                 "200 403 403 403 403 403 404 404 404"),
    ("POST", "plans:breakdown_import", "plan",                 "400 403 403 403 403 403 404 404 404"),
    ("GET",  "plans:breakdown_import", "plan draft",           "200 404 404 404 404 404 404 404 404"),
    ("POST", "plans:breakdown_import", "plan draft",           "400 404 404 404 404 404 404 404 404"),
    ("GET",  "plans:approvals",        "",                     "200 200 403 403 403 403 404 404 404"),
    ("GET",  "plans:approval",         "approval",             "200 200 404 404 404 404 404 404 404"),
    ("POST", "plans:approval",         "approval",             "409 403 404 404 404 404 404 404 404"),
    ("GET",  "plans:approval",         "plan draft",           "200 404 404 404 404 404 404 404 404"),
    ("POST", "plans:approval_act",     "approval move",        "409 409 404 404 404 404 404 404 404"),
    ("GET",  "plans:breakdown_word", "plan",                   "200 200 200 200 200 200 404 404 404"),
    ("GET",  "plans:consult",        "plan",                   "302 403 403 403 403 403 404 404 404"),
    ("GET",  "plans:consult",        "plan draft",             "200 404 404 404 404 404 404 404 404"),
    ("POST", "plans:consult",        "plan draft",             "409 404 404 404 404 404 404 404 404"),
)
