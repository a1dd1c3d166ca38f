"""Who may open the pages of sectors, duty lists and enterprises; columns as in url_roles.py."""

# fmt: off
TABLE: tuple[tuple[str, str, str, str], ...] = ()
# fmt: on
