"""A page with every component on invented rows, and the addresses it is served under."""

from datetime import date
from functools import cache
from pathlib import Path

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.template.backends.jinja2 import Template
from django.urls import include, path

from fanxing.lib.refusals import NotAllowed

SOURCE = (Path(__file__).parent / "gallery.html").read_text(encoding="utf-8")
STARS = (("支部过硬", "red"), ("产业兴旺", "violet"), ("生态宜居", "green"), ("平安法治", "blue"), ("文明幸福", "orange"))
TIERS = ("未得星", "一星", "二星", "三星", "四星", "五星")
NAMES = ("云岭", "柳林", "石桥", "杏花", "双井", "白塔", "青松", "东岗")


class Meeting(forms.Form):
    """A form with a field of each sort."""

    held_on = forms.DateField(label="开会日期", help_text="按实际开会那天填写。")
    kind = forms.ChoiceField(label="会议类型", choices=[("members", "支部党员大会"), ("lesson", "党课")])
    attended = forms.IntegerField(label="到会人数", min_value=1)
    note = forms.CharField(label="议题", required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def clean(self) -> None:
        raise forms.ValidationError("到会人数多于本支部党员数，请核对。")


def village(index: int) -> dict[str, object]:
    """A row as a list page hands it to its template."""
    states = ["held" if (index * 7 + place * 3) % 5 < 3 else "none" for place in range(5)]
    if index % 6 == 0:
        states[1] = "pending"
    return {
        "name": f"{NAMES[index % 8]}村",
        "stars": tuple((name, colour, state) for (name, colour), state in zip(STARS, states, strict=True)),
        "tier": TIERS[states.count("held")],
        "records": 97 + 13 * index,
        "income": 12.5 + index * 3.25,
        "gap": "产业兴旺 差 2.5 分",
        "last": date(2022, 3 + index % 9, 4 + index % 20),
    }


@cache
def compiled() -> Template:
    """The page's template."""
    return engines["jinja2"].from_string(SOURCE)


def gallery(request: HttpRequest) -> HttpResponse:
    """The page, with a message if asked for."""
    if level := request.GET.get("message"):
        messages.add_message(request, int(level), "已保存，平安法治星的得分有变化。")
    sought = request.GET.get("q", "")
    rows = [row for row in map(village, range(120)) if sought in str(row["name"])]
    page = Paginator(rows, 50).get_page(request.GET.get("page"))
    form = Meeting({"held_on": "三月", "attended": "12", "kind": "lesson"})
    return HttpResponse(compiled().render({"rows": rows, "page": page, "form": form}, request))


def refused(request: HttpRequest) -> HttpResponse:
    """As a view whose action does not allow what was asked."""
    raise NotAllowed("不是您的村")


def broken(request: HttpRequest) -> HttpResponse:
    """As a view with a defect."""
    raise ZeroDivisionError


urlpatterns = [
    path("gallery/", gallery),
    path("gallery/refused/", refused),
    path("gallery/broken/", broken),
    path("", include("fanxing.web.urls")),
]
