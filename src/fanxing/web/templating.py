"""The Jinja2 environment of all pages."""

from typing import Any

from django.conf import settings
from django.contrib.messages import get_messages
from django.templatetags.static import static
from django.urls import reverse
from jinja2 import Environment, StrictUndefined

from fanxing.lib import clock
from fanxing.web.desk import bars
from fanxing.web.drafts import case_word
from fanxing.web.formats import day, moment, number, percent
from fanxing.web.navigation import navigation, query, way_to
from fanxing.web.overview import said as tally_words
from fanxing.web.party_work import has_sheet
from fanxing.web.stars import star, stars
from fanxing.web.steps import basis, counts_as, figures, said_value, sentence, share, whence
from fanxing.web.text_size import is_large


def url(name: str, *args: object) -> str:
    """The path of the page of that name."""
    return reverse(name, args=args)


def environment(**options: Any) -> Environment:
    """As Django configures it, and with what templates may call; an unknown name in a template is an error."""
    jinja = Environment(**(options | {"undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}))  # noqa: S701 - Django passes autoescape on
    jinja.globals |= {
        "bars": bars,
        "has_sheet": has_sheet,
        "is_large": is_large,
        "messages": get_messages,
        "navigation": navigation,
        "query": query,
        "share": share,
        "settings": settings,
        "star": star,
        "stars": stars,
        "static": static,
        "today": clock.today,
        "url": url,
        "way_to": way_to,
    }
    jinja.filters |= {"number": number, "percent": percent, "day": day, "moment": moment}
    jinja.filters |= {"case_word": case_word}
    jinja.filters |= {
        "said_value": said_value,
        "counts_as": counts_as,
        "sentence": sentence,
        "basis": basis,
        "figures": figures,
        "whence": whence,
    }
    jinja.filters |= {"tally_words": tally_words}
    return jinja
