"""How one is reminded of what waits."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from fanxing.inbox.channels import SecretFaulty, TargetFaulty, masked, offered
from fanxing.inbox.models import Reminder, ReminderChoice
from fanxing.inbox.reminding import choose_reminders, send_trial
from fanxing.lib import clock
from fanxing.lib.refusals import Refused
from fanxing.web.requests import SignedInRequest

HOURS = [(hour, f"{hour}:00") for hour in range(24)]
ONLY_HERE = "只在系统内（导航上的数字）"


class ReminderForm(forms.Form):
    """By which way, at what hour, and when never."""

    channel = forms.ChoiceField(label="方式", required=False, widget=forms.RadioSelect)
    target = forms.CharField(
        label="地址", required=False, max_length=200, widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"})
    )
    secret = forms.CharField(label="加签密钥", required=False, max_length=100)
    hour = forms.TypedChoiceField(label="每天几点提醒", coerce=int, choices=HOURS)
    quiet_from = forms.TypedChoiceField(label="免打扰从", coerce=int, choices=HOURS)
    quiet_to = forms.TypedChoiceField(label="免打扰到", coerce=int, choices=HOURS)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["channel"].choices = [("", ONLY_HERE), *offered()]  # type: ignore[attr-defined]


@require_http_methods(["GET", "POST"])
def reminders(request: SignedInRequest) -> HttpResponse:
    """Say how one wants to be reminded; nothing but the number in the navigation unless one says so."""
    choice = ReminderChoice.objects.filter(user=request.user).first() or ReminderChoice(user=request.user)
    first = {name: getattr(choice, name) for name in ("channel", "hour", "quiet_from", "quiet_to")}
    form = ReminderForm(request.POST or None, initial=first, label_suffix="")
    if form.is_valid():
        try:
            choose_reminders(user=request.user, **form.cleaned_data, by=request.user, at=clock.now())
        except Refused as refusal:
            named = {TargetFaulty: "target", SecretFaulty: "secret"}
            form.add_error(named.get(type(refusal)), str(refusal))
        else:
            messages.success(request, "提醒方式已保存。")
            return redirect("reminders")
    last = Reminder.objects.filter(user=request.user).order_by("-pk").first()
    context = {"form": form, "choice": choice, "masked": masked(choice.target) if choice.target else "", "last": last}
    return render(request, "reminders.html", context, status=422 if form.errors else 200)


@require_POST
def reminders_trial(request: SignedInRequest) -> HttpResponse:
    """Send a trial message now."""
    choice = get_object_or_404(ReminderChoice.objects.exclude(channel=""), user=request.user)
    try:
        sent = send_trial(choice=choice, by=request.user, at=clock.now())
    except Refused as refusal:
        messages.warning(request, str(refusal))
    else:
        if sent:
            messages.success(request, "试发的提醒已送出，请查看是否收到。")
        else:
            messages.error(
                request, "没有送出。请核对地址；机器人设了“加签”的要填加签密钥，设了关键词的要允许“待办”二字；仍不行请联系系统管理员。"
            )
    return redirect("reminders")
