"""Who may open what of milestones and occurrences; see `url_roles.py`."""

# fmt: off
TABLE: tuple[tuple[str, str, str, str], ...] = (
    ("POST", "tasks:recurrence",               "task active",     "409 403 403 403 404 403 404 404 404"),
    ("GET",  "tasks:nodes",                    "",                "200 200 200 200 200 200 200 200 200"),
    ("GET",  "tasks:nodes_export",             "",                "200 200 200 200 200 200 200 200 200"),
    ("GET",  "tasks:milestones",               "task active",     "200 403 200 403 404 403 404 404 404"),
    ("POST", "tasks:milestones",               "task active",     "409 403 409 403 404 403 404 404 404"),
    ("GET",  "tasks:occurrence",               "node",            "200 403 403 403 404 403 404 404 404"),
    ("POST", "tasks:occurrence",               "node",            "409 403 403 403 404 403 404 404 404"),
)
# fmt: on
