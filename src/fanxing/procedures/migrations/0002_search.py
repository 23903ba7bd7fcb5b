from django.db import migrations

from fanxing.procedures.search import create_index, drop_index


class Migration(migrations.Migration):
    dependencies = [("procedures", "0001_initial")]
    operations = [migrations.RunPython(create_index, drop_index)]
