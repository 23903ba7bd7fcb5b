"""What is announced when the product is set up; later years come by `load_workdays` or by hand."""

from typing import Any

from django.db import migrations

from fanxing.workdays.announced import announced_days


def load(apps: Any, schema_editor: Any) -> None:
    model = apps.get_model("workdays", "CalendarDay")
    rows = (model(day=one.day, is_working=one.is_working, name=one.name, source=one.source) for one in announced_days())
    model.objects.bulk_create(rows, ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [("workdays", "0001_calendar")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
