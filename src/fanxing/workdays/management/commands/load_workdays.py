"""Put the announced holidays and make-up days into the calendar."""

from typing import Any

from django.core.management.base import BaseCommand

from fanxing.audit.actors import SYSTEM
from fanxing.lib import clock
from fanxing.workdays.actions import announce_days
from fanxing.workdays.announced import announced_days


class Command(BaseCommand):
    help = "Put the announced holidays and make-up days into the calendar; done again it changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        count = announce_days(days=announced_days(), by=SYSTEM, at=clock.now())
        self.stdout.write(f"{count} days are new")
