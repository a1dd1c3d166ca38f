"""Who may open the pages of reports; columns as in url_roles.py."""

# fmt: off
TABLE: tuple[tuple[str, str, str, str], ...] = (
    ("GET",  "reports:list",     "",                     "200 200 200 200 200 200 404 404 404"),
    ("POST", "reports:make",     "report quarter",       "302 403 403 403 403 403 404 404 404"),
    ("GET",  "reports:detail",   "report draft",         "200 200 404 404 404 404 404 404 404"),
    ("GET",  "reports:detail",   "report frozen",        "200 200 200 200 200 200 404 404 404"),
    ("GET",  "reports:detail",   "report superseded",    "200 200 200 200 200 200 404 404 404"),
    ("GET",  "reports:figure",   "report figure",        "200 200 200 200 200 200 404 404 404"),
    ("GET",  "reports:figure",   "report draft figure",  "200 200 404 404 404 404 404 404 404"),
    ("GET",  "reports:section",  "report draft section", "200 403 404 404 404 404 404 404 404"),
    ("POST", "reports:section",  "report draft section", "409 403 404 404 404 404 404 404 404"),
    ("GET",  "reports:section",  "report section",       "302 403 403 403 403 403 404 404 404"),
    ("POST", "reports:section",  "report section",       "409 403 403 403 403 403 404 404 404"),
    ("GET",  "reports:head",     "report draft",         "200 403 404 404 404 404 404 404 404"),
    ("POST", "reports:head",     "report draft",         "409 403 404 404 404 404 404 404 404"),
    ("GET",  "reports:head",     "report frozen",        "302 403 403 403 403 403 404 404 404"),
    ("POST", "reports:head",     "report frozen",        "409 403 403 403 403 403 404 404 404"),
    ("GET",  "reports:check",    "report draft",         "200 200 404 404 404 404 404 404 404"),
    ("GET",  "reports:check",    "report frozen",        "302 302 302 302 302 302 404 404 404"),
    ("POST", "reports:act",      "report draft move",    "302 403 404 404 404 404 404 404 404"),
    ("POST", "reports:act",      "report move",          "302 403 403 403 403 403 404 404 404"),
    ("GET",  "reports:preview",  "report draft",         "200 200 404 404 404 404 404 404 404"),
    ("GET",  "reports:preview",  "report frozen",        "200 200 200 200 200 200 404 404 404"),
    ("GET",  "reports:pdf",      "report frozen",        "302 302 302 302 302 302 404 404 404"),
    ("GET",  "reports:xlsx",     "report frozen",        "302 302 403 403 403 302 404 404 404"),
    ("GET",  "reports:files",    "report frozen",        "302 302 302 302 302 302 404 404 404"),
)
# fmt: on
