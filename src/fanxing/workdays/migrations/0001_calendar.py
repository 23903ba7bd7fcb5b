from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="CalendarDay",
            fields=[
                ("day", models.DateField(primary_key=True, serialize=False, verbose_name="日期")),
                ("is_working", models.BooleanField(verbose_name="上班")),
                ("name", models.CharField(max_length=30, verbose_name="名称")),
                ("source", models.CharField(max_length=100, verbose_name="来源")),
            ],
            options={"verbose_name": "日历日", "verbose_name_plural": "日历日", "ordering": ["day"]},
        ),
    ]
