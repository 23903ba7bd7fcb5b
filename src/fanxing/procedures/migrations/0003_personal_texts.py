import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("procedures", "0002_search")]
    operations = [
        # Nothing was ever written to the table in its first form.
        migrations.DeleteModel(name="MatterPersonal"),
        migrations.CreateModel(
            name='MatterPersonal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('field', models.TextField(verbose_name='填报项')),
                ('value', models.TextField(blank=True, verbose_name='内容')),
                ('salt', models.CharField(blank=True, max_length=32, verbose_name='盐')),
                ('digest', models.CharField(max_length=64, verbose_name='校验值')),
                ('written_at', models.DateTimeField(verbose_name='登记时间')),
                ('erased_at', models.DateTimeField(null=True, verbose_name='清除时间')),
                ('erased_why', models.TextField(blank=True, verbose_name='清除原因')),
                ('matter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='personal', to='procedures.matter', verbose_name='事项')),
            ],
            options={
                'verbose_name': '事项个人信息',
                'verbose_name_plural': '事项个人信息',
                'abstract': False,
            },
        ),
        migrations.AddConstraint(
            model_name='matterpersonal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('erased_at', None), ('erased_why', ''), models.Q(('value', ''), _negated=True), models.Q(('salt', ''), _negated=True)), models.Q(('erased_at__isnull', False), ('salt', ''), ('value', ''), models.Q(('erased_why', ''), _negated=True)), _connector='OR'), name='procedures_matterpersonal_erased_whole', violation_error_message='清除后不留内容和盐，只留校验值和原因'),
        ),
        migrations.AddConstraint(
            model_name='matterpersonal',
            constraint=models.UniqueConstraint(condition=models.Q(('erased_at', None)), fields=('matter', 'field'), name='procedures_personal_one_kept'),
        ),
    ]
