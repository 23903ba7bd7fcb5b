import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("inbox", "0002_posts"), ("organisations", "0005_person_import")]
    operations = [
        migrations.AddField("workitem", "due_at", models.DateTimeField(null=True, verbose_name="到期时刻")),
        migrations.AddField(
            "workitem",
            "taken_by",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="organisations.assignment",
                verbose_name="办理人",
            ),
        ),
    ]
