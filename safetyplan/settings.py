"""Settings of the project: one file, everything that differs between machines comes from the environment.

Out of the box (no variable set) the application runs on SQLite and the embedded Valkey below `VAR_DIR`.
`DATABASE_URL` and `REDIS_URL` switch to PostgreSQL and Redis.
"""

import logging
import secrets
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import django_stubs_ext
import environ
from celery.schedules import crontab

from core import logs
from safetyplan import api_words, embedded_valkey

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
if (BASE_DIR / ".env").is_file():
    environ.Env.read_env(BASE_DIR / ".env")

VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var"))).resolve()
VAR_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)


def _secret_key() -> str:
    """Return SECRET_KEY from the environment, else the key made on first start and kept beside the data."""
    given = env.str("SECRET_KEY", default="")
    if given:
        return given
    path = VAR_DIR / "secret.key"
    if not path.exists():
        # Server, worker and clock may start together: a whole key gets its name at once, and the first one keeps it.
        with NamedTemporaryFile("w", dir=VAR_DIR) as fresh:
            fresh.write(secrets.token_urlsafe(50))
            fresh.flush()
            with suppress(FileExistsError):
                path.hardlink_to(fresh.name)
    return path.read_text().strip()


SECRET_KEY = _secret_key()
DEBUG = env.bool("DEBUG", default=False)
# The machine itself may always ask: health checks come over the loopback address, where no visitor's browser is.
LOOPBACK = ["localhost", "127.0.0.1", "[::1]"]
ALLOWED_HOSTS = [*env.list("ALLOWED_HOSTS", default=["*"]), *LOOPBACK]
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
# True where a TLS proxy stands in front: cookies become Secure and HSTS is sent.
HTTPS = env.bool("HTTPS", default=False)

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.forms",
    "whitenoise.runserver_nostatic",
    "safetyplan.static_files.OwnStaticFilesConfig",
    "allauth",
    "allauth.account",
    "django_filters",
    "django_htmx",
    "django_tables2",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "core",
    "audit",
    "accounts",
    "evidence",
    "notifications",
    "spreadsheets",
    "documents",
    "responsibility",
    "tasks",
    "hazards",
    "drills",
    "supervision",
    "reminders",
    "reports",
    "dashboards",
    "safetyplan",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "core.middleware.RequestIdMiddleware",
    "core.middleware.ContentSecurityPolicyMiddleware",
    "core.middleware.NoStoreMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "core.middleware.LoginMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "core.middleware.WrongMethodMiddleware",
]

ROOT_URLCONF = "safetyplan.urls"
WSGI_APPLICATION = "safetyplan.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "safetyplan.context.shell",
            ],
        },
    },
]

# Form controls are drawn by our own templates where templates/django/forms/ has one.
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

DATABASES = {
    "default": env.db_url_config(env.str("DATABASE_URL", default="") or f"sqlite:///{VAR_DIR / 'db.sqlite3'}"),
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=20000; PRAGMA foreign_keys=ON;"
        ),
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # Nobody waits minutes for a server that does not answer; the address may say otherwise.
    DATABASES["default"]["OPTIONS"] = {"connect_timeout": 5, **DATABASES["default"].get("OPTIONS", {})}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# redis://… , rediss://… or unix:///path/to/socket (the embedded Valkey).
REDIS_URL = env.str("REDIS_URL", default="") or embedded_valkey.default_url(VAR_DIR)
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL},
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 60 * 60 * 12
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 600
CELERY_TASK_SOFT_TIME_LIMIT = 540
CELERY_TASK_ACKS_LATE = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A request must not wait for a broker that is away: the row in the database is what the sweep looks for.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_TRANSPORT_OPTIONS = {"max_retries": 0, "socket_connect_timeout": 2, "visibility_timeout": 3600}
CELERY_WORKER_MAX_TASKS_PER_CHILD = 50
CELERY_TIMEZONE = "Asia/Shanghai"
CELERY_BEAT_SCHEDULE = {
    "record-heartbeat": {
        "task": "safetyplan.jobs.record_heartbeat",
        "schedule": crontab(),
        # What waited for a worker is no sign of life any more.
        "options": {"expires": 55},
    },
    "forget-idempotent-requests": {
        "task": "core.jobs.forget_idempotent_requests",
        "schedule": crontab(hour=3, minute=40),
    },
    "recompute-lamps": {"task": "tasks.jobs.recompute_lamps", "schedule": crontab(hour=0, minute=10)},
    "send-reminders": {"task": "reminders.jobs.send_reminders", "schedule": crontab(hour=7, minute=30)},
    "remind-consultations": {"task": "tasks.jobs.remind_consultations", "schedule": crontab(hour=7, minute=40)},
    "render-missing-letters": {"task": "supervision.jobs.render_missing_letters", "schedule": crontab(minute="*/10")},
    "make-missing-previews": {"task": "evidence.jobs.make_missing_previews", "schedule": crontab(minute="3-53/10")},
    "render-missing-forms": {"task": "tasks.jobs.render_missing_forms", "schedule": crontab(minute="8-58/10")},
    "refresh-duty-lists": {"task": "responsibility.jobs.refresh_duty_lists", "schedule": crontab(minute="5-59/20")},
    "make-due-report": {"task": "reports.jobs.make_due_report", "schedule": crontab(hour=1, minute=0)},
    "render-missing-reports": {"task": "reports.jobs.render_missing_reports", "schedule": crontab(minute="5-55/10")},
    "send-outbox": {"task": "notifications.jobs.send_outbox", "schedule": crontab(minute="*/5")},
}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "accounts.validators.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
# A form that is too old for its token comes back with what was typed.
CSRF_FAILURE_VIEW = "core.kept_forms.csrf_failure"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_FORMS = {"change_password": "accounts.forms.ChangePasswordForm"}
# The library counts in the cache, which may be away; accounts.lockout counts in the database.
ACCOUNT_RATE_LIMITS = False
# The TLS proxy writes down the visitor's address; without one nobody's word is taken for it.
ALLAUTH_TRUSTED_PROXY_COUNT = int(HTTPS)

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
# Our own sentences for wrong input go before those of the frameworks.
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_TZ = True

STATIC_URL = "static/"
# An image is built with its files collected, apart from the data.
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(VAR_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# Pages name the fingerprinted files only; the plain ones would be compressed for nobody.
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
# Evidence and documents lie here and are only ever served through a permission-checked view.
MEDIA_ROOT = VAR_DIR / "media"
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o640

# Where official fonts of the office lie, if it owns licences; searched before the free substitutes.
FONT_DIR = Path(env.str("FONT_DIR", default=str(VAR_DIR / "fonts")))

EMAIL_FILE_PATH = str(VAR_DIR / "mail")
if env.str("EMAIL_URL", default=""):
    _mail = env.email_url("EMAIL_URL")
    EMAIL_BACKEND = _mail["EMAIL_BACKEND"]
    EMAIL_HOST, EMAIL_PORT = _mail.get("EMAIL_HOST", "localhost"), _mail.get("EMAIL_PORT", 25)
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail.get("EMAIL_HOST_USER", ""), _mail.get("EMAIL_HOST_PASSWORD", "")
    EMAIL_USE_TLS, EMAIL_USE_SSL = bool(_mail.get("EMAIL_USE_TLS")), bool(_mail.get("EMAIL_USE_SSL"))
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="safetyplan@localhost")
# Address of the site as people type it, for links in e-mail; empty: e-mails carry no link.
SITE_URL = env.str("SITE_URL", default="")

# The county. Names printed on screens and letters.
COUNTY_FILE = VAR_DIR / "county.txt"
COUNTY_NAME = env.str("COUNTY_NAME", default="") or (
    COUNTY_FILE.read_text(encoding="utf-8").strip() if COUNTY_FILE.is_file() else "本县"
)
# First day of the flood season as MM-DD; 汛前 ends the day before (county parameter).
FLOOD_SEASON_START = env.str("FLOOD_SEASON_START", default="05-01")
# An extension is asked for at least so many working days before the deadline (county parameter).
EXTENSION_LEAD_DAYS = env.int("EXTENSION_LEAD_DAYS", default=5)
# Whether a plan is published only after a county leader has approved its breakdown (county parameter).
PLAN_NEEDS_APPROVAL = env.bool("PLAN_NEEDS_APPROVAL", default=False)
# 征求意见: working days units have to answer, and whether silence until then counts as agreement (county parameters).
CONSULTATION_DAYS = env.int("CONSULTATION_DAYS", default=5)
CONSULTATION_SILENCE_AGREES = env.bool("CONSULTATION_SILENCE_AGREES", default=True)

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = True
if HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    # Asked by the machine itself, without the proxy.
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True

# The programming interface under /api/v1/: JSON only, tokens or sessions, problems in one shape.
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.authentication.TokenAuthentication",
        "accounts.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["core.api.parsing.StrictJSONParser"],
    "DEFAULT_THROTTLE_CLASSES": ["core.api.throttling.AccountThrottle"],
    "DEFAULT_PAGINATION_CLASS": "core.api.paging.Pages",
    "DEFAULT_FILTER_BACKENDS": ["core.api.filters.PageFilters", "core.api.filters.AllowedOrder"],
    "DEFAULT_SCHEMA_CLASS": "core.api.schema.ApiSchema",
    "DEFAULT_METADATA_CLASS": None,
    "EXCEPTION_HANDLER": "core.api.problems.problem_response",
}
# Requests an account may make, as "number/minute" (or second, hour, day).
API_RATE = env.str("API_RATE", default="600/minute")
SPECTACULAR_SETTINGS = {
    "TITLE": "安委办工作要点督办系统数据接口",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "DESCRIPTION": api_words.DESCRIPTION,
    "TAGS": [{"name": name} for name in api_words.TAGS],
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "COMPONENT_SPLIT_REQUEST": True,
    # Docstrings are for engineers; what users read is written for them.
    "DISABLE_DOCSTRING_DESCRIPTIONS": True,
    "ENUM_ADD_EXPLICIT_BLANK_NULL_CHOICE": False,
    "PATH_CONVERTER_OVERRIDES": {"int": {"type": "integer", "minimum": 1, "maximum": 10**18 - 1}},
    "POSTPROCESSING_HOOKS": ["drf_spectacular.hooks.postprocess_schema_enums", "core.api.schema.finish"],
    "ENUM_NAME_OVERRIDES": {
        "TaskState": "tasks.models.Task.State",
        "TaskLamp": "tasks.models.Task.Lamp",
        "ReportState": "tasks.models.ProgressReport.State",
        "TaskSource": "tasks.models.origin.Source",
        "DirectiveKind": "tasks.models.Directive.Kind",
        "RequestState": "tasks.models.TaskRequest.State",
        "RequestKind": "tasks.models.TaskRequest.Kind",
        "PlanState": "tasks.models.Plan.State",
        "LetterState": "supervision.models.Letter.State",
        "LetterKind": "supervision.models.Letter.Kind",
        "HazardState": "hazards.models.tracked.State",
        "HazardSource": "hazards.models.Hazard.Source",
        "HazardLevel": "hazards.models.tracked.Level",
        "DrillState": "drills.models.Drill.State",
        "DrillLevel": "drills.models.Drill.Level",
        "DrillKind": "drills.models.Drill.Kind",
        "DutyListState": "responsibility.models.DutyList.State",
        "DutyKind": "responsibility.models.DutyItem.Kind",
        "DutyType": "responsibility.models.DutyItem.Type",
        "QuarterlyState": "reports.models.Report.State",
        "UnitKind": "responsibility.models.Unit.Kind",
        "Role": "responsibility.models.Role",
    },
}

DJANGO_TABLES2_TEMPLATE = "ui/table.html"

# plain for people, json for machines that collect logs; the latter with a line for each request and job.
LOG_FORMAT = env.str("LOG_FORMAT", default="plain")
LOG_REQUESTS = env.bool("LOG_REQUESTS", default=LOG_FORMAT == "json")
# Collectors want nothing between the objects.
logging.captureWarnings(LOG_FORMAT == "json")
LOGGING = logs.configuration(LOG_FORMAT, env.str("LOG_LEVEL", default="INFO"), requests=LOG_REQUESTS)
