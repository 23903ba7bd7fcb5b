from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("inbox", "0001_work_items")]
    operations = [
        migrations.AddField("workitem", "is_urgent", models.BooleanField(default=False, verbose_name="紧急")),
        migrations.AddField("workitem", "posts", models.TextField(blank=True, default="", verbose_name="所涉岗位")),
    ]
