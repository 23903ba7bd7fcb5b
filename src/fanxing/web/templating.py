"""The Jinja2 environment of all pages."""

from typing import Any

from django.conf import settings
from django.contrib.messages import get_messages
from django.templatetags.static import static
from django.urls import reverse
from jinja2 import Environment, StrictUndefined

from fanxing.web.formats import day, moment, number, percent
from fanxing.web.navigation import navigation, query
from fanxing.web.stars import star, stars
from fanxing.web.text_size import is_large


def url(name: str, *args: object) -> str:
    """The path of the page of that name."""
    return reverse(name, args=args)


def environment(**options: Any) -> Environment:
    """As Django configures it, and with what templates may call; an unknown name in a template is an error."""
    jinja = Environment(**(options | {"undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}))  # noqa: S701 - Django passes autoescape on
    jinja.globals |= {
        "is_large": is_large,
        "messages": get_messages,
        "navigation": navigation,
        "query": query,
        "settings": settings,
        "star": star,
        "stars": stars,
        "static": static,
        "url": url,
    }
    jinja.filters |= {"number": number, "percent": percent, "day": day, "moment": moment}
    return jinja
