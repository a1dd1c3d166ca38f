"""Who may open the pages about the programming interface; columns as in url_roles.py. Its addresses: tests/api."""

# fmt: off
TABLE: tuple[tuple[str, str, str, str], ...] = (
    ("GET",  "account_tokens",       "",      "200 200 200 200 200 200 200 200 200"),
    ("GET",  "account_token_create", "",      "200 200 200 200 200 200 200 200 200"),
    ("POST", "account_token_create", "",      "400 400 400 400 400 400 400 400 400"),
    ("POST", "account_token_revoke", "token", "404 404 302 404 404 404 404 404 404"),
)
# fmt: on
