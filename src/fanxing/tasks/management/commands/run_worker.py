"""The background worker: keeps the timetable and does what is in the queue, in one process."""

import logging
import time

from django.core.management.base import BaseCommand
from django.db import OperationalError, close_old_connections
from django.utils import timezone
from django.utils.crypto import get_random_string
from django_tasks import DEFAULT_TASK_BACKEND_ALIAS
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from fanxing.tasks.actions import tick

SECONDS_BETWEEN_LOOKS = 1.0
logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "运行后台任务：按时间表安排，并逐个执行；任意多个可同时运行"

    def handle(self, **options: object) -> None:
        worker = new_worker()
        worker.configure_signals()
        while worker.running:
            look(worker)
            time.sleep(SECONDS_BETWEEN_LOOKS)


def new_worker() -> Worker:
    """A worker that does all there is in the queue and returns."""
    return Worker(
        queue_names=["*"],
        excluded_queue_names=[],
        interval=SECONDS_BETWEEN_LOOKS,
        batch=True,
        backend_name=DEFAULT_TASK_BACKEND_ALIAS,
        startup_delay=False,
        max_tasks=None,
        worker_id=get_random_string(32),
    )


def look(worker: Worker) -> None:
    """Enqueue what is due and do what is in the queue; a database that is away is tried again later."""
    close_old_connections()
    try:
        tick(now=timezone.now())
        # Asked first, since the worker locks SQLite to look.
        if DBTaskResult.objects.ready().exists():
            worker.run()
    except OperationalError:
        logger.exception("the database does not answer")
