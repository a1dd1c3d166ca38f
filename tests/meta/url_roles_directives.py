"""Who may open the pages of the register 交办事项; columns as in url_roles.py."""

# fmt: off
TABLE: tuple[tuple[str, str, str, str], ...] = (
    ("GET",  "directives:list",     "",                  "200 200 200 200 200 200 404 404 404"),
    ("GET",  "directives:export",   "",                  "200 200 200 200 200 200 404 404 404"),
    ("GET",  "directives:create",   "",                  "200 200 403 403 403 403 404 404 404"),
    ("POST", "directives:create",   "",                  "400 400 403 403 403 403 404 404 404"),
    ("GET",  "directives:detail",   "directive new",     "200 200 404 404 404 200 404 404 404"),
    ("GET",  "directives:detail",   "directive running", "200 200 200 200 404 200 404 404 404"),
    ("GET",  "directives:detail",   "directive done",    "200 200 404 404 404 200 404 404 404"),
    ("GET",  "directives:edit",     "directive running", "200 403 403 403 404 403 404 404 404"),
    ("POST", "directives:edit",     "directive running", "400 403 403 403 404 403 404 404 404"),
    ("GET",  "directives:edit",     "directive done",    "403 403 404 404 404 403 404 404 404"),
    ("GET",  "directives:open",     "directive running", "200 403 403 403 404 403 404 404 404"),
    ("POST", "directives:open",     "directive running", "400 403 403 403 404 403 404 404 404"),
    ("GET",  "directives:settle",   "directive running", "200 403 403 403 404 403 404 404 404"),
    ("POST", "directives:settle",   "directive running", "400 403 403 403 404 403 404 404 404"),
    ("GET",  "directives:unsettle", "directive done",    "200 403 404 404 404 403 404 404 404"),
    ("POST", "directives:unsettle", "directive done",    "400 403 404 404 404 403 404 404 404"),
)
# fmt: on
