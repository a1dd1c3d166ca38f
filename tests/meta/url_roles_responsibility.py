"""Who may open the pages of sectors, duty lists and enterprises; columns as in url_roles.py."""

# fmt: off
TABLE: tuple[tuple[str, str, str, str], ...] = (
    ("GET",  "sectors:list",                   "",                "200 200 200 200 200 200 200 404 404"),
    ("GET",  "sectors:export",                 "",                "200 200 200 200 200 200 200 404 404"),
    ("GET",  "sectors:detail",                 "sector",          "200 200 200 200 200 200 200 404 404"),
    ("GET",  "sectors:create",                 "",                "200 403 403 403 403 403 403 404 404"),
    ("POST", "sectors:create",                 "",                "400 403 403 403 403 403 403 404 404"),
    ("GET",  "sectors:load",                   "",                "200 403 403 403 403 403 403 404 404"),
    ("POST", "sectors:load",                   "",                "400 403 403 403 403 403 403 404 404"),
    ("GET",  "sectors:edit",                   "sector",          "200 403 403 403 403 403 403 404 404"),
    ("POST", "sectors:edit",                   "sector",          "400 403 403 403 403 403 403 404 404"),
    ("GET",  "sectors:decide",                 "sector",          "200 403 403 403 403 403 403 404 404"),
    ("POST", "sectors:decide",                 "sector",          "400 403 403 403 403 403 403 404 404"),
    ("GET",  "sectors:decision",               "decision",        "200 403 403 403 403 403 403 404 404"),
    ("POST", "sectors:decision",               "decision",        "400 403 403 403 403 403 403 404 404"),
)
# fmt: on
