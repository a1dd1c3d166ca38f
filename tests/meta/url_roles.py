"""Who may open what: every address of the application, method by method, with the status each role is answered.

An address that is not listed here fails tests/meta/test_urls.py. `sample` names the object of tests/meta/scene.py the
address is tried with. A method without a row is refused with 405 to whoever may use the other one. Colleagues without
the right get 403, whoever must not know that the object exists gets 404; anonymous people are sent to the login page.
POST rows send what the scene says, mostly an empty form: 400, 409 and 422 bring it back with its errors.
"""

from tests.meta import url_roles_api, url_roles_drills, url_roles_hazards, url_roles_reports, url_roles_responsibility

ROLES = ("office", "leader", "editor", "head", "other_editor", "auditor", "administrator", "enterprise", "stranger")

# fmt: off
# (method, address, sample, status of each of ROLES in their order)
_MAIN: tuple[tuple[str, str, str, str], ...] = (
    ("GET",  "home",                           "",                "302 302 302 302 302 302 302 302 302"),
    ("GET",  "dashboards:overview",            "",                "200 200 200 200 200 200 403 403 403"),
    ("GET",  "evidence:download",              "file",            "200 200 200 200 404 200 404 404 404"),
    ("GET",  "supervision:list",               "",                "200 200 200 200 200 200 200 200 200"),
    ("GET",  "supervision:compose",            "",                "200 403 403 403 403 403 403 403 403"),
    ("POST", "supervision:compose",            "",                "302 403 403 403 403 403 403 403 403"),
    ("GET",  "supervision:detail",             "letter draft",    "200 200 404 404 404 404 404 404 404"),
    ("GET",  "supervision:detail",             "letter issued",   "200 200 200 200 404 200 404 404 404"),
    ("GET",  "supervision:edit",               "letter draft",    "200 403 404 404 404 404 404 404 404"),
    ("POST", "supervision:edit",               "letter draft",    "409 403 404 404 404 404 404 404 404"),
    ("GET",  "supervision:edit",               "letter issued",   "302 403 403 403 404 403 404 404 404"),
    ("POST", "supervision:edit",               "letter issued",   "409 403 403 403 404 403 404 404 404"),
    ("GET",  "supervision:reply",              "letter received", "403 403 200 200 404 403 404 404 404"),
    ("POST", "supervision:reply",              "letter received", "403 403 409 409 404 403 404 404 404"),
    ("GET",  "supervision:reply",              "letter issued",   "403 403 302 302 404 403 404 404 404"),
    ("POST", "supervision:reply",              "letter issued",   "403 403 409 409 404 403 404 404 404"),
    ("POST", "supervision:act",                "letter move",     "403 403 302 302 404 403 404 404 404"),
    ("GET",  "supervision:preview",            "letter draft",    "200 200 404 404 404 404 404 404 404"),
    ("GET",  "supervision:preview",            "letter issued",   "200 200 200 200 404 200 404 404 404"),
    ("GET",  "supervision:pdf",                "letter issued",   "302 302 302 302 404 302 404 404 404"),
    ("GET",  "supervision:pdf_status",         "letter issued",   "302 302 302 302 404 302 404 404 404"),
    ("POST", "supervision:render_again",       "letter issued",   "302 403 403 403 404 403 404 404 404"),
    ("GET",  "notifications:list",             "",                "200 200 200 200 200 200 200 200 200"),
    ("POST", "notifications:read_all",         "",                "302 302 302 302 302 302 302 302 302"),
    ("GET",  "notifications:open",             "message",         "404 404 302 404 404 404 404 404 404"),
    ("POST", "notifications:read",             "message",         "404 404 302 404 404 404 404 404 404"),
    ("GET",  "plans:list",                     "",                "200 200 200 200 200 200 404 404 404"),
    ("GET",  "plans:import",                   "",                "200 403 403 403 403 403 404 404 404"),
    ("POST", "plans:import",                   "",                "400 403 403 403 403 403 404 404 404"),
    ("GET",  "plans:detail",                   "plan",            "200 200 200 200 200 200 404 404 404"),
    ("GET",  "plans:breakdown",                "plan",            "200 200 200 200 200 200 404 404 404"),
    ("GET",  "plans:breakdown",                "plan draft",      "200 404 404 404 404 404 404 404 404"),
    ("GET",  "plans:breakdown_export",         "plan",            "200 200 200 200 200 200 404 404 404"),
    ("GET",  "plans:detail",                   "plan draft",      "302 404 404 404 404 404 404 404 404"),
    ("GET",  "plans:edit",                     "plan",            "302 403 403 403 403 403 404 404 404"),
    ("POST", "plans:edit",                     "plan",            "302 403 403 403 403 403 404 404 404"),
    ("GET",  "plans:edit",                     "plan draft",      "200 404 404 404 404 404 404 404 404"),
    ("POST", "plans:edit",                     "plan draft",      "400 404 404 404 404 404 404 404 404"),
    ("POST", "plans:withdraw",                 "plan draft",      "409 404 404 404 404 404 404 404 404"),
    ("GET",  "plans:publish",                  "plan draft",      "200 404 404 404 404 404 404 404 404"),
    ("POST", "plans:publish",                  "plan draft",      "400 404 404 404 404 404 404 404 404"),
    ("GET",  "plans:check",                    "plan",            "302 403 403 403 403 403 404 404 404"),
    ("GET",  "plans:check",                    "plan draft",      "200 404 404 404 404 404 404 404 404"),
    ("POST", "plans:accept",                   "plan draft",      "302 404 404 404 404 404 404 404 404"),
    ("POST", "plans:suggest",                  "plan draft",      "302 404 404 404 404 404 404 404 404"),
    ("POST", "plans:flag",                     "flag",            "302 404 404 404 404 404 404 404 404"),
    ("POST", "plans:item",                     "item",            "422 404 404 404 404 404 404 404 404"),
    ("POST", "plans:drop",                     "item",            "422 404 404 404 404 404 404 404 404"),
    ("POST", "plans:restore",                  "item",            "302 404 404 404 404 404 404 404 404"),
    ("POST", "plans:mark_checked",             "plan draft",      "302 404 404 404 404 404 404 404 404"),
    ("POST", "plans:merge_ticked",             "plan draft",      "409 404 404 404 404 404 404 404 404"),
    ("POST", "plans:leftovers",                "plan draft",      "409 404 404 404 404 404 404 404 404"),
    ("POST", "plans:back",                     "plan draft",      "409 404 404 404 404 404 404 404 404"),
    ("POST", "plans:section",                  "plan section",    "422 404 404 404 404 404 404 404 404"),
    ("GET",  "plans:steps",                    "plan draft",      "200 404 404 404 404 404 404 404 404"),
    ("POST", "plans:undo",                     "plan draft",      "404 404 404 404 404 404 404 404 404"),
    ("POST", "plans:redo",                     "plan draft",      "404 404 404 404 404 404 404 404 404"),
    ("POST", "plans:now",                      "plan draft",      "200 404 404 404 404 404 404 404 404"),
    ("POST", "plans:split",                    "item",            "409 404 404 404 404 404 404 404 404"),
    ("POST", "plans:merge",                    "item",            "409 404 404 404 404 404 404 404 404"),
    ("POST", "plans:move",                     "item",            "409 404 404 404 404 404 404 404 404"),
    ("GET",  "reminders:list",                 "",                "200 200 200 200 200 200 404 404 404"),
    ("GET",  "tasks:list",                     "",                "200 200 200 200 200 200 200 200 200"),
    ("GET",  "tasks:export",                   "",                "200 200 200 200 200 200 200 200 200"),
    ("GET",  "tasks:bulk",                     "bulk",            "302 403 403 403 403 403 403 403 403"),
    ("POST", "tasks:bulk",                     "bulk",            "422 403 403 403 403 403 403 403 403"),
    ("GET",  "tasks:indicators",               "",                "200 200 200 200 200 200 200 200 200"),
    ("GET",  "tasks:indicators_export",        "",                "200 200 200 200 200 200 200 200 200"),
    ("GET",  "tasks:indicator",                "indicator",       "200 200 200 200 404 200 404 404 404"),
    ("GET",  "tasks:work",                     "",                "200 200 200 200 200 200 200 200 200"),
    ("GET",  "tasks:lamp_rules",               "",                "200 200 200 200 200 200 200 200 200"),
    ("GET",  "tasks:lamp_rules_edit",          "",                "200 403 403 403 403 403 403 403 403"),
    ("POST", "tasks:lamp_rules_edit",          "",                "422 403 403 403 403 403 403 403 403"),
    ("GET",  "tasks:reviews",                  "",                "200 403 403 403 403 403 403 403 403"),
    ("GET",  "tasks:review_bulk",              "",                "200 403 403 403 403 403 403 403 403"),
    ("POST", "tasks:review_bulk",              "",                "302 403 403 403 403 403 403 403 403"),
    ("POST", "tasks:review_act",               "review",          "302 403 403 403 403 403 403 403 403"),
    ("GET",  "tasks:detail",                   "task assigned",   "200 200 200 200 404 200 404 404 404"),
    ("GET",  "tasks:detail",                   "task closed",     "200 200 200 200 404 200 404 404 404"),
    ("GET",  "tasks:report",                   "task active",     "403 403 200 403 404 403 404 404 404"),
    ("POST", "tasks:report",                   "task active",     "403 403 302 403 404 403 404 404 404"),
    ("GET",  "tasks:report",                   "task reported",   "403 403 302 403 404 403 404 404 404"),
    ("POST", "tasks:report",                   "task reported",   "403 403 409 403 404 403 404 404 404"),
    ("GET",  "tasks:report_for",               "task active",     "200 403 403 403 404 403 404 404 404"),
    ("POST", "tasks:report_for",               "task active",     "409 403 403 403 404 403 404 404 404"),
    ("GET",  "tasks:report_for",               "task reported",   "302 403 403 403 404 403 404 404 404"),
    ("POST", "tasks:report_for",               "task reported",   "409 403 403 403 404 403 404 404 404"),
    ("POST", "tasks:source",                   "target",          "409 403 403 403 404 403 404 404 404"),
    ("POST", "tasks:extension",                "task active",     "403 403 409 403 404 403 404 404 404"),
    ("POST", "tasks:extension_decide",         "extension",       "409 403 403 403 404 403 404 404 404"),
    ("POST", "tasks:extension_withdraw",       "extension",       "403 403 409 403 404 403 404 404 404"),
    ("POST", "tasks:obstacle",                 "task active",     "403 403 409 403 404 403 404 404 404"),
    ("POST", "tasks:obstacle_solve",           "obstacle",        "409 403 409 403 404 403 404 404 404"),
    ("POST", "tasks:lamp_force",               "task active",     "409 403 403 403 404 403 404 404 404"),
    ("POST", "tasks:lamp_end",                 "task active",     "409 403 403 403 404 403 404 404 404"),
    ("POST", "tasks:act",                      "move",            "403 403 302 403 404 403 404 404 404"),
    ("GET",  "responsibility:units",           "",                "200 200 200 200 200 200 200 404 404"),
    ("GET",  "responsibility:unit_create",     "",                "403 403 403 403 403 403 200 404 404"),
    ("POST", "responsibility:unit_create",     "",                "403 403 403 403 403 403 400 404 404"),
    ("GET",  "responsibility:unit_lines",      "",                "403 403 403 403 403 403 200 404 404"),
    ("POST", "responsibility:unit_lines",      "",                "403 403 403 403 403 403 400 404 404"),
    ("GET",  "responsibility:unit",            "unit",            "200 200 200 200 200 200 200 404 404"),
    ("GET",  "responsibility:unit_edit",       "unit",            "403 403 403 403 403 403 200 404 404"),
    ("POST", "responsibility:unit_edit",       "unit",            "403 403 403 403 403 403 400 404 404"),
    ("GET",  "responsibility:unit_members",    "unit",            "403 403 403 403 403 403 404 404 404"),
    ("POST", "responsibility:unit_members",    "unit",            "403 403 403 403 403 403 404 404 404"),
    ("GET",  "responsibility:unit_members",    "group",           "403 403 403 403 403 403 200 404 404"),
    ("POST", "responsibility:unit_members",    "group",           "403 403 403 403 403 403 302 404 404"),
    ("GET",  "responsibility:alias_add",       "unit",            "403 403 403 403 403 403 200 404 404"),
    ("POST", "responsibility:alias_add",       "unit",            "403 403 403 403 403 403 400 404 404"),
    ("POST", "responsibility:alias_remove",    "alias",           "403 403 403 403 403 403 302 404 404"),
    ("GET",  "responsibility:people",          "",                "403 403 403 403 403 403 200 404 404"),
    ("GET",  "responsibility:person_create",   "",                "403 403 403 403 403 403 200 404 404"),
    ("POST", "responsibility:person_create",   "",                "403 403 403 403 403 403 400 404 404"),
    ("GET",  "responsibility:person",          "person",          "403 403 403 403 403 403 200 404 404"),
    ("GET",  "responsibility:person_edit",     "person",          "403 403 403 403 403 403 200 404 404"),
    ("POST", "responsibility:person_edit",     "person",          "403 403 403 403 403 403 400 404 404"),
    ("GET",  "responsibility:person_password", "person",          "403 403 403 403 403 403 200 404 404"),
    ("POST", "responsibility:person_password", "person",          "403 403 403 403 403 403 200 404 404"),
    ("GET",  "responsibility:person_switch",   "person",          "403 403 403 403 403 403 200 404 404"),
    ("POST", "responsibility:person_switch",   "person",          "403 403 403 403 403 403 400 404 404"),
    ("GET",  "responsibility:post_add",        "person",          "403 403 403 403 403 403 200 404 404"),
    ("POST", "responsibility:post_add",        "person",          "403 403 403 403 403 403 400 404 404"),
    ("GET",  "responsibility:post_end",        "post",            "403 403 403 403 403 403 200 404 404"),
    ("POST", "responsibility:post_end",        "post",            "403 403 403 403 403 403 400 404 404"),
    ("GET",  "responsibility:post_deputy",     "post",            "403 403 403 403 403 403 200 404 404"),
    ("POST", "responsibility:post_deputy",     "post",            "403 403 403 403 403 403 400 404 404"),
    ("GET",  "responsibility:rules",           "",                "200 403 403 403 403 403 403 404 404"),
    ("GET",  "responsibility:rule_create",     "",                "200 403 403 403 403 403 403 404 404"),
    ("POST", "responsibility:rule_create",     "",                "400 403 403 403 403 403 403 404 404"),
    ("GET",  "responsibility:rule_edit",       "rule",            "200 403 403 403 403 403 403 404 404"),
    ("POST", "responsibility:rule_edit",       "rule",            "400 403 403 403 403 403 403 404 404"),
    ("POST", "responsibility:rule_switch",     "rule",            "302 403 403 403 403 403 403 404 404"),
    ("GET",  "responsibility:audit",           "",                "403 403 403 403 403 200 200 404 404"),
)
# fmt: on

TABLE = (
    *_MAIN,
    *url_roles_api.TABLE,
    *url_roles_responsibility.TABLE,
    *url_roles_hazards.TABLE,
    *url_roles_drills.TABLE,
    *url_roles_reports.TABLE,
)

# Addresses that answer with a file to keep, not with a page; what holds for pages is not asked of them.
FILES = frozenset(
    {
        "drills:duties_export",
        "drills:export",
        "evidence:download",
        "hazards:export",
        "responsibility:enterprises_export",
        "duties:export",
        "duties:sheet",
        "duties:signatures_export",
        "sectors:export",
        "plans:breakdown_export",
        "tasks:export",
        "tasks:indicators_export",
    }
)

# Sheets shown as they print, in a frame of their own: their measures stand in the document, in millimetres.
PRINTED = frozenset(
    {
        "reports:preview",
        "supervision:preview",
    }
)

# Pages of the account itself and of the service, alike for all who are logged in: (method, address, status).
ACCOUNT: tuple[tuple[str, str, int], ...] = (
    ("GET", "account_login", 302),
    ("POST", "account_login", 302),
    ("GET", "account_logout", 200),
    ("POST", "account_logout", 302),
    ("GET", "account_inactive", 200),
    ("GET", "account_change_password", 200),
    ("POST", "account_change_password", 200),
    ("GET", "healthz", 200),
    ("POST", "healthz", 405),
    ("GET", "readyz", 503),  # No clock ticks in this county; see tests/safetyplan/test_health.py.
    ("POST", "readyz", 405),
)

# What anonymous people are answered instead of the way to the login page.
OPEN: dict[tuple[str, str], int] = {
    ("GET", "account_login"): 200,
    ("POST", "account_login"): 200,
    ("GET", "account_inactive"): 200,
    ("GET", "healthz"): 200,
    ("POST", "healthz"): 405,
    ("GET", "readyz"): 503,
    ("POST", "readyz"): 405,
}

# Django's admin, for looking at rows: status for the administrator; everybody else is sent to the login page, which
# answers who is logged in without being the administrator with 403. The first pattern that fits counts.
ADMIN: tuple[tuple[str, int], ...] = (
    ("admin:login", 302),
    ("admin:password_change", 302),
    ("admin:password_change_done", 200),
    ("admin:logout", 405),
    ("admin:autocomplete", 403),
    ("admin:view_on_site", 404),
    ("admin:reminders_reminderrule_add", 200),
    ("admin:*_add", 403),
    ("admin:*_delete", 403),
    ("admin:*_changelist", 200),
    ("admin:*_change", 200),
    ("admin:*_history", 200),
    ("admin:app_list", 200),
    ("admin:index", 200),
    ("admin:jsi18n", 200),
)
