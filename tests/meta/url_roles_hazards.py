"""Who may open the pages of hazards; columns as in url_roles.py."""

# fmt: off
TABLE: tuple[tuple[str, str, str, str], ...] = (
    ("GET",  "hazards:list",     "",                          "200 200 200 200 200 200 200 200 200"),
    ("GET",  "hazards:export",   "",                          "200 200 200 200 200 200 200 200 200"),
    ("GET",  "hazards:metrics",  "",                          "200 200 200 200 200 200 200 200 200"),
    ("GET",  "hazards:register", "",                          "200 403 200 403 200 403 403 200 403"),
    ("POST", "hazards:register", "",                          "400 403 400 403 400 403 403 400 403"),
    ("GET",  "hazards:detail",   "hazard general rectifying", "200 200 200 200 404 200 404 200 404"),
    ("GET",  "hazards:detail",   "hazard major passed",       "200 200 200 200 404 200 404 200 404"),
    ("GET",  "hazards:detail",   "hazard major closed",       "200 200 200 200 404 200 404 200 404"),
    ("GET",  "hazards:detail",   "hazard general void",       "200 200 200 200 404 200 404 200 404"),
    ("GET",  "hazards:detail",   "hazard major asked",        "200 200 200 200 404 200 404 200 404"),
    ("GET",  "hazards:edit",     "hazard general rectifying", "200 403 200 403 404 403 404 403 404"),
    ("POST", "hazards:edit",     "hazard general rectifying", "409 403 409 403 404 403 404 403 404"),
    ("GET",  "hazards:edit",     "hazard general closed",     "302 403 302 403 404 403 404 403 404"),
    ("POST", "hazards:edit",     "hazard general closed",     "409 403 409 403 404 403 404 403 404"),
    ("GET",  "hazards:plan",     "hazard major rectifying",   "200 403 200 403 404 403 404 200 404"),
    ("POST", "hazards:plan",     "hazard major rectifying",   "409 403 409 403 404 403 404 409 404"),
    ("POST", "hazards:photos",   "hazard general rectifying", "302 403 302 403 404 403 404 403 404"),
    ("POST", "hazards:photos",   "hazard general closed",     "403 403 403 403 404 403 404 403 404"),
    ("GET",  "hazards:rectify",  "hazard general returned",   "403 403 200 403 404 403 404 200 404"),
    ("POST", "hazards:rectify",  "hazard general returned",   "403 403 409 403 404 403 404 409 404"),
    ("GET",  "hazards:rectify",  "hazard general applied",    "403 403 302 403 404 403 404 302 404"),
    ("POST", "hazards:rectify",  "hazard general applied",    "403 403 409 403 404 403 404 409 404"),
    ("POST", "hazards:act",      "hazard move",               "403 403 302 302 404 403 404 403 404"),
    ("GET",  "evidence:download", "hazard photo",             "200 200 200 200 404 200 404 200 404"),
    ("GET",  "evidence:download", "hazard photo after",       "200 200 200 200 404 200 404 200 404"),
)
# fmt: on
