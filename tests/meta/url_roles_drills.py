"""Who may open the pages of drills; columns as in url_roles.py."""

# fmt: off
TABLE: tuple[tuple[str, str, str, str], ...] = (
    ("GET",  "drills:list",         "",                 "200 200 200 200 200 200 200 200 200"),
    ("GET",  "drills:export",       "",                 "200 200 200 200 200 200 200 200 200"),
    ("GET",  "drills:enterprises",  "",                 "302 403 302 302 302 403 403 302 403"),
    ("GET",  "drills:create",       "",                 "200 403 200 200 200 403 403 200 403"),
    ("POST", "drills:create",       "",                 "400 403 400 400 400 403 403 400 403"),
    ("GET",  "drills:detail",       "drill draft",      "404 404 200 200 404 404 404 404 404"),
    ("GET",  "drills:detail",       "drill submitted",  "200 200 200 200 404 200 404 404 404"),
    ("GET",  "drills:detail",       "drill returned",   "200 200 200 200 404 200 404 404 404"),
    ("GET",  "drills:detail",       "drill counted",    "200 200 200 200 404 200 404 404 404"),
    ("GET",  "drills:edit",         "drill draft",      "404 404 200 200 404 404 404 404 404"),
    ("POST", "drills:edit",         "drill draft",      "404 404 409 409 404 404 404 404 404"),
    ("GET",  "drills:edit",         "drill submitted",  "403 403 302 302 404 403 404 404 404"),
    ("POST", "drills:edit",         "drill submitted",  "403 403 409 409 404 403 404 404 404"),
    ("POST", "drills:act",          "drill move",       "302 403 403 403 404 403 404 404 404"),
    ("POST", "drills:finish",       "drill problem",    "403 403 302 302 404 403 404 404 404"),
)
# fmt: on
