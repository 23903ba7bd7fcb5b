"""What accounts do by themselves."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils import timezone

from fanxing.accounts.tasks import forget_old_sessions


@pytest.mark.django_db
def test_sessions_that_are_over_are_forgotten_with_the_codes_in_them():
    store = import_module(settings.SESSION_ENGINE).SessionStore
    for code in ("old", "new"):
        session = store()
        session["receipt"] = code
        session.create()
    Session.objects.exclude(pk=session.session_key).update(expire_date=timezone.now() - timedelta(days=1))
    forget_old_sessions(at=timezone.now())
    assert [one.get_decoded()["receipt"] for one in Session.objects.all()] == ["new"]
