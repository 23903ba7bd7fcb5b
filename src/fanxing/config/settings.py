"""Django's settings, fed by the environment; docs/settings.md lists every variable."""

import os
from pathlib import Path

from csp.constants import NONE, SELF

from fanxing.config.database import postgresql, sqlite
from fanxing.config.environment import Environment

environment = Environment(os.environ, prefix="FANXING_")
CHECKOUT = Path(__file__).parents[3]
LOOPBACK = ["127.0.0.1", "localhost", "[::1]"]

DEVELOPMENT = environment.flag("DEBUG", True)
DEMO = environment.flag("DEMO", False)
# A demo may stay on the day its story has reached, so that what is due then never becomes long overdue.
TODAY = environment.day("TODAY")
if TODAY and not DEMO:
    environment.fault("TODAY", "set", "left out unless FANXING_DEMO is true: real work goes by the real day")
# A visitor of the demo sees the pages for what goes wrong that everybody sees, not a developer's.
DEBUG = DEVELOPMENT and not DEMO
SECRET_KEY = environment.secret("SECRET_KEY", "for-development-on-one-machine-never-for-production", least_length=50)
ALLOWED_HOSTS = environment.words("ALLOWED_HOSTS", LOOPBACK)
DATA_DIR = environment.folder("DATA_DIR", CHECKOUT / "var")
HTTPS = environment.flag("HTTPS", not DEVELOPMENT)
HOST = environment.text("HOST", "127.0.0.1")
PORT = environment.number("PORT", 8000, least=1, most=65535)
WEB_WORKERS = environment.number("WEB_WORKERS", 2, least=1, most=64)
TRUSTED_PROXIES = environment.words("TRUSTED_PROXIES", ["127.0.0.1", "::1"])
LOG_LEVEL = environment.choice("LOG_LEVEL", "INFO", ["DEBUG", "INFO", "WARNING", "ERROR"])
TITLE = environment.text("TITLE", "“五星”支部创建工作台")
# Where messages lead to, and the mail server they go out by.
ADDRESS = environment.text("ADDRESS", f"http://{HOST}:{PORT}").rstrip("/")
MAIL = environment.text("MAIL", "")
# Robots of groups by their addresses; anything else as apprise writes it.
REMINDER_CHANNELS = {
    "wecom": "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={target}",
    "dingtalk": "https://oapi.dingtalk.com/robot/send?access_token={target}",
    "feishu": "https://open.feishu.cn/open-apis/bot/v2/hook/{target}",
}
if MAIL:
    REMINDER_CHANNELS["mail"] = f"{MAIL}{'&' if '?' in MAIL else '?'}to={{target}}"

DATABASES = {"default": sqlite(DATA_DIR / "fanxing.sqlite3")}
if connection_string := environment.text("DATABASE", ""):
    try:
        DATABASES = {"default": postgresql(connection_string)}
    except ValueError:
        # The string may hold a password: it is not printed.
        environment.fault("DATABASE", "not understood", "like postgresql://user:password@host:5432/database")

if not DEVELOPMENT:
    for required, right in {
        "SECRET_KEY": "at least 50 random characters",
        "ALLOWED_HOSTS": "the host names people type, separated by commas",
        "DATA_DIR": "the absolute path of a folder that is backed up",
    }.items():
        if not environment.is_set(required):
            environment.fault(required, "not set", f"{right} (or FANXING_DEBUG=true on a developer's own machine)")
elif not set(ALLOWED_HOSTS) <= set(LOOPBACK):
    environment.fault("DEBUG", "true", "false when FANXING_ALLOWED_HOSTS lets others in: its error pages show secrets")

environment.check()
DATA_DIR.mkdir(parents=True, exist_ok=True)  # so that a fresh checkout runs at once

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "django_tasks",
    "django_tasks_db",
    # The stages of the flow, first to last.
    "fanxing.audit",
    "fanxing.workdays",
    "fanxing.tasks",
    "fanxing.accounts",
    "fanxing.organisations",
    "fanxing.programme",
    "fanxing.inbox",
    "fanxing.public_notices",
    "fanxing.records",
    "fanxing.evidence",
    "fanxing.scoring",
    "fanxing.points",
    "fanxing.procedures",
    "fanxing.circulars",
    "fanxing.web",
    "fanxing.demo",
    "fanxing.config",
]
MIDDLEWARE = [
    "fanxing.web.middleware.ClientAddressMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",  # closed by default; views opt out one by one
    "django.contrib.messages.middleware.MessageMiddleware",
    "fanxing.web.middleware.NotTooLargeMiddleware",
    "fanxing.web.middleware.NotKeptMiddleware",
    "fanxing.web.middleware.NoNullMiddleware",
    "fanxing.web.middleware.NotAllowedMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",  # last, as it answers for the sign-in view
]
ROOT_URLCONF = "fanxing.config.urls"
WSGI_APPLICATION = "fanxing.config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "APP_DIRS": True,  # templates live in an app's jinja2/ folder
        "OPTIONS": {"environment": "fanxing.web.templating.environment", "autoescape": True},
    },
]

# What counts how often something comes from where; with the 300 entries of the default a flood would soon push its own counts out.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 50_000}}}

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEVELOPMENT
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEVELOPMENT
WHITENOISE_AUTOREFRESH = DEVELOPMENT
WHITENOISE_ALLOW_ALL_ORIGINS = False
MEDIA_ROOT = DATA_DIR / "files"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
LOGIN_URL = "sign_in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "sign_in"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "fanxing.accounts.passwords.LongEnough", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25  # hours
# Both together: one office shares an address, and an outsider must not be able to lock a known name out.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "locked_out.html"
AXES_VERBOSE = False

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],  # Tabler's form controls draw their marks as data: images
        "font-src": [SELF],
        "connect-src": [SELF],
        "worker-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
# An office does not speak for the other names under its domain.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    "loggers": {
        "django": {"handlers": [], "level": LOG_LEVEL, "propagate": True},
        # Of the timetable's many small tasks only those that fail are news.
        "django_tasks": {"level": "ERROR"},
        "django_tasks_db": {"level": "ERROR"},  # would say each second that it begins and ends a look
    },
}
