"""Django's settings.

Everything that differs between one deployment and another comes from the environment (or a file ``.env``
beside ``manage.py``); a value that cannot work stops the start with a sentence. With nothing set, this is the
embedded run: one machine, SQLite, files as the broker and as the mail box, and no server to install.
"""

from email.utils import formataddr
from pathlib import Path
from urllib.parse import urlsplit

from django.utils.csp import CSP

from recovery import environment
from recovery.environment import env

BASE_DIR = Path(__file__).resolve().parent.parent
env.read_env(BASE_DIR / ".env", recurse=False)

# --- Where we are ---------------------------------------------------------------------------------

#: Everything that the processes write lies below this folder.
VAR = environment.writable_folder(Path(environment.text("AMENDS_VAR", str(BASE_DIR / "var"))).absolute())

PORT = environment.whole_number("PORT", 8000, least=1, most=65535)
#: The address of this machine that gunicorn listens at; 0.0.0.0 in a container.
AMENDS_LISTEN = environment.listen_address("AMENDS_LISTEN", "127.0.0.1")
AMENDS_BASE_URL = environment.web_address("AMENDS_BASE_URL", f"http://localhost:{PORT}")
_HOST = urlsplit(AMENDS_BASE_URL).hostname or ""
#: Nobody but the person at this machine can reach the site, so it may choose its own secrets.
_LOCAL = _HOST in {"localhost", "127.0.0.1", "::1"}

DEBUG = environment.flag("DEBUG", default=False)
SECRET_KEY = environment.secret_key("SECRET_KEY", kept_in=VAR / "secret_key", required=not _LOCAL)
SECRET_KEY_FALLBACKS = environment.names("SECRET_KEY_FALLBACKS", [])
ALLOWED_HOSTS = environment.host_names("ALLOWED_HOSTS", base=_HOST, local=environment.LOCAL_HOSTS if _LOCAL else [])

# --- The product ----------------------------------------------------------------------------------

#: The name that customers know us by.
AMENDS_ORGANIZATION = environment.text("AMENDS_ORGANIZATION", "Northside Advisory")
AMENDS_CURRENCY = environment.currency("AMENDS_CURRENCY", "USD")
#: In which currencies something may be given. The one above is always among them.
AMENDS_CURRENCIES = environment.currencies("AMENDS_CURRENCIES", base=AMENDS_CURRENCY)
#: The zone of people and calendars that have not chosen their own. Storage is always UTC.
AMENDS_TIME_ZONE = environment.time_zone("AMENDS_TIME_ZONE", "America/New_York")
AMENDS_COUNTRY = environment.country("AMENDS_COUNTRY", "US")
AMENDS_LINK_DAYS = environment.whole_number("AMENDS_LINK_DAYS", 30, least=1, most=365)
#: Whether the embedded run may fill an empty database with the invented cases.
AMENDS_DEMO = environment.flag("AMENDS_DEMO", default=_LOCAL)

# --- Django ---------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "cases",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_filters",
    "django_htmx",
    "recovery",
]

MIDDLEWARE = [
    "recovery.proxies.ClientAddressMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "cases.web.middleware.ZoneMiddleware",
    "cases.web.middleware.NoStoreMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "recovery.urls"
CSRF_FAILURE_VIEW = "cases.web.errors.csrf_failure"
WSGI_APPLICATION = "recovery.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "cases.web.context.nav",
                "cases.web.banner.troubles",
            ],
        },
    },
]

CRISPY_ALLOWED_TEMPLATE_PACKS = ["bootstrap5"]
CRISPY_TEMPLATE_PACK = "bootstrap5"
CRISPY_FAIL_SILENTLY = False

LANGUAGE_CODE = "en-us"
USE_TZ = True
TIME_ZONE = "UTC"

# --- Database -------------------------------------------------------------------------------------

_DATABASE = environment.database("DATABASE_URL", file=VAR / "amends.sqlite3")
if _DATABASE["ENGINE"].endswith("sqlite3"):
    # Readers never wait for the one writer. A transaction takes the write lock when it begins, and waits:
    # one that turned from reading to writing half-way would be refused at once, whatever the timeout.
    _DATABASE["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        # Without the last, REPLACE deletes a row unseen by the trigger that keeps events.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA recursive_triggers=ON",
    }
else:
    # To connect takes longer than most that is asked then. One that broke meanwhile is noticed and replaced.
    _DATABASE["CONN_MAX_AGE"], _DATABASE["CONN_HEALTH_CHECKS"] = 600, True
DATABASES = {"default": _DATABASE}
#: By which address to migrate, if the application's own role does not own the tables.
MIGRATE_DATABASE = environment.owner_database("MIGRATE_DATABASE_URL", of=_DATABASE)

# --- Broker and cache -----------------------------------------------------------------------------

CELERY_BROKER_URL = environment.service(
    "CELERY_BROKER_URL", "filesystem://localhost", ["filesystem", "redis", "rediss"]
)
if CELERY_BROKER_URL.startswith("filesystem:"):
    # One process that polls a folder needs no pool of others.
    CELERY_WORKER_POOL = "solo"
    _MESSAGES = str(environment.writable_folder(VAR / "broker" / "messages"))
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": _MESSAGES,
        "data_folder_out": _MESSAGES,
        "polling_interval": 0.5,
        "control_folder": str(environment.writable_folder(VAR / "broker" / "control")),
    }
else:
    CELERY_BEAT_ENABLE_REMOTE_CONTROL = True
    # A worker that holds a nudge it has not said yes to ends when Redis is gone, and what it is sending with it (kombu
    # 5.7 fails to put the nudge back). So it fetches what it begins at once, and says yes before it begins.
    CELERY_WORKER_DISABLE_PREFETCH = True
    CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_connect_timeout": 2, "socket_timeout": 20, "health_check_interval": 30}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
#: However long the broker is gone: worker and beat go on when it is back.
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 600
#: Celery would close the connection to the database before and after each task; recovery.celery looks after it.
CELERY_DB_REUSE_MAX = 1_000_000
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CONCURRENCY = environment.whole_number("WORKER_CONCURRENCY", 2, least=1, most=64)
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULER = "recovery.beat:Scheduler"
#: Seconds. Whoever stands by takes over this long after the lease has ended (cases.reminders.lease), at the latest.
CELERY_BEAT_MAX_LOOP_INTERVAL = 15

# Rate limits live in the cache. Without Redis they hold because the site is then served by a single process.
_BROKER_TOO = CELERY_BROKER_URL if CELERY_BROKER_URL.startswith("redis") else ""
if _CACHE_URL := environment.service("CACHE_URL", _BROKER_TOO, ["redis", "rediss"]):
    CACHES = {
        "default": {
            "BACKEND": "recovery.cache.Cache",
            "LOCATION": _CACHE_URL,
            "KEY_PREFIX": "amends",
            "OPTIONS": {"socket_connect_timeout": 0.25, "socket_timeout": 0.25},
        }
    }
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# --- Mail -----------------------------------------------------------------------------------------

#: Mails as files. Their links act as their readers, so only the owner of the processes may read the folder.
FILES = "django.core.mail.backends.filebased.EmailBackend"
_SMTP_HOST = environment.text("SMTP_HOST")
_SMTP_SECURITY = environment.member("SMTP_SECURITY", "starttls", ["starttls", "ssl", "none"], "starttls, ssl or none")
if _SMTP_HOST:
    MAILERS = {
        "default": {
            "BACKEND": "cases.mail.smtp.EmailBackend",
            "OPTIONS": {
                "host": _SMTP_HOST,
                "port": environment.whole_number("SMTP_PORT", 587, least=1, most=65535),
                "username": environment.plain_text("SMTP_USER"),
                "password": environment.plain_text("SMTP_PASSWORD"),
                "use_tls": _SMTP_SECURITY == "starttls",
                "use_ssl": _SMTP_SECURITY == "ssl",
                # Seconds for each answer; cases.mail.outbox.LEAST_LEFT covers all answers to one mail.
                "timeout": 30,
            },
        }
    }
elif _LOCAL:
    MAILERS = {
        "default": {
            "BACKEND": FILES,
            "OPTIONS": {"file_path": str(environment.private_folder(VAR / "mail"))},
        }
    }
else:
    environment.refuse("SMTP_HOST must name the mail server, because AMENDS_BASE_URL is a public address.")
#: Whether people may read, in the browser, the mail that was written as files (recovery.embedded: only the demo).
AMENDS_MAILBOX = False
AMENDS_MAIL_FROM = environment.mail_address("AMENDS_MAIL_FROM", f"amends@{'localhost' if _LOCAL else _HOST}")
DEFAULT_FROM_EMAIL = formataddr((AMENDS_ORGANIZATION, AMENDS_MAIL_FROM))
SERVER_EMAIL = DEFAULT_FROM_EMAIL
#: Where mail servers send what they cannot deliver (the envelope sender), if not to the address that people see.
AMENDS_BOUNCE_ADDRESS = environment.mail_address("AMENDS_BOUNCE_ADDRESS")
#: The mailbox behind it, looked into each minute; none: it is not.
AMENDS_BOUNCE_MAILBOX = environment.mailbox("AMENDS_BOUNCE_MAILBOX")
#: What a mail server shows that hands bounces over at /hooks/bounces; empty: there is no such page.
AMENDS_BOUNCE_TOKEN = environment.token("AMENDS_BOUNCE_TOKEN")

# --- Accounts -------------------------------------------------------------------------------------

AUTH_USER_MODEL = "cases.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"

ACCOUNT_ADAPTER = "cases.web.accounts.InviteOnlyAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
# An administrator entered the address; the mail that lets its owner set a password is what proves it.
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = True

# --- Security -------------------------------------------------------------------------------------

AMENDS_HTTPS = environment.flag("AMENDS_HTTPS", default=not _LOCAL)
#: How many proxies of ours stand in front. gunicorn speaks plain HTTP, so HTTPS means at least one.
AMENDS_PROXIES = environment.whole_number("AMENDS_PROXIES", int(AMENDS_HTTPS), least=0, most=9)
#: The addresses from which the last of them speaks to us. Only their X-Forwarded headers count (recovery.proxies).
AMENDS_PROXY_ADDRESSES = environment.networks("AMENDS_PROXY_ADDRESSES", ["127.0.0.1", "::1"])
if AMENDS_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if AMENDS_HTTPS else "http"
CSRF_TRUSTED_ORIGINS = [AMENDS_BASE_URL]
CSRF_COOKIE_SECURE = AMENDS_HTTPS
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = AMENDS_HTTPS
SECURE_SSL_REDIRECT = AMENDS_HTTPS
# Whoever asks whether we are alive asks the process itself, without TLS.
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$", r"^metrics$"]
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if AMENDS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = AMENDS_HTTPS
SECURE_HSTS_PRELOAD = AMENDS_HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_CSP = {
    "default-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "style-src": [CSP.SELF],
    "script-src": [CSP.SELF],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.SELF],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
}

# --- Static files ---------------------------------------------------------------------------------

STATIC_URL = "static/"
#: Only collecting writes here, so one that is named may be unwritable, as in a container's image.
_STATIC = environment.text("AMENDS_STATIC")
STATIC_ROOT = Path(_STATIC).absolute() if _STATIC else environment.writable_folder(VAR / "static")
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "recovery.static.StaticFiles"},
}
MEDIA_ROOT = VAR / "media"

# --- Watching -------------------------------------------------------------------------------------

#: What a scraper shows to read /metrics. Without one, there is no such page.
AMENDS_METRICS_TOKEN = environment.token("AMENDS_METRICS_TOKEN")

# --- Logging --------------------------------------------------------------------------------------

AMENDS_LOG_LEVEL = environment.member(
    "AMENDS_LOG_LEVEL", "warning", ["debug", "info", "warning", "error"], "debug, info, warning or error"
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"lines": {"()": "recovery.logs.Lines", "verbose": DEBUG}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
    "root": {"handlers": ["stderr"], "level": AMENDS_LOG_LEVEL.upper()},
    "loggers": {
        # A page that was not found or not allowed is an answer, not an accident.
        "django": {"handlers": [], "level": "WARNING", "propagate": True},
        "django.request": {"level": "ERROR"},
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
    },
}
