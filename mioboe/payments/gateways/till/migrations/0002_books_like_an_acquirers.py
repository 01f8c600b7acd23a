import django.utils.timezone
from django.db import migrations, models

# Until now money was taken at once and given back at once, and keys lived with the rows.
CARRY_OVER = """
UPDATE till_payment SET captured = amount, state = 'captured', expires_at = at + interval '7 days';
UPDATE till_return SET state = 'settled';
"""


class Migration(migrations.Migration):
    dependencies = [("till", "0001_initial")]

    operations = [
        migrations.RenameModel("Capture", "Payment"),
        migrations.RenameField("Return", "capture", "payment"),
        migrations.CreateModel(
            name="CardOnFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("token", models.CharField(max_length=100, unique=True)),
                ("brand", models.CharField(max_length=20)),
                ("last4", models.CharField(max_length=4)),
                ("expires", models.CharField(max_length=7)),
                (
                    "behaviour",
                    models.CharField(
                        choices=[
                            ("fine", "works"),
                            ("declined", "is declined"),
                            ("no_funds", "has not enough money"),
                            ("expired", "has expired"),
                            ("not_done", "no answer at the first try, and nothing is done"),
                            ("answer_lost", "is charged, but the first answer is lost"),
                        ],
                        default="fine",
                        max_length=20,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CardPage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ref", models.CharField(max_length=40, unique=True)),
                ("person_ref", models.CharField(max_length=60)),
                ("return_url", models.URLField(max_length=500)),
                ("token", models.CharField(blank=True, max_length=100)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name="Key",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=100, unique=True)),
                ("asked", models.CharField(max_length=64)),
                ("answer", models.CharField(blank=True, max_length=40)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name="Rule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("verb", models.CharField(max_length=20)),
                (
                    "what",
                    models.CharField(
                        choices=[
                            ("not_done", "Not Done"),
                            ("answer_lost", "Answer Lost"),
                            ("broken", "Broken"),
                            ("slow", "Slow"),
                            ("refuses", "Refuses"),
                        ],
                        max_length=20,
                    ),
                ),
                ("seconds", models.FloatField(default=0)),
                ("times", models.PositiveSmallIntegerField(default=1)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="payment",
            name="till_never_over_refunds",
        ),
        migrations.AddField(
            model_name="payment",
            name="captured",
            field=models.PositiveBigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="payment",
            name="expires_at",
            field=models.DateTimeField(default=django.utils.timezone.now),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="payment",
            name="reference",
            field=models.CharField(default="", max_length=60),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="payment",
            name="state",
            field=models.CharField(
                choices=[("authorised", "Authorised"), ("captured", "Captured"), ("voided", "Voided")],
                default="authorised",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="return",
            name="state",
            field=models.CharField(
                choices=[("pending", "Pending"), ("settled", "Settled"), ("failed", "Failed")],
                default="pending",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="payment",
            name="key",
            field=models.CharField(db_index=True, max_length=80),
        ),
        migrations.AlterField(
            model_name="return",
            name="key",
            field=models.CharField(db_index=True, max_length=80),
        ),
        migrations.RunSQL(CARRY_OVER, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(("refunded__lte", models.F("captured"))), name="till_never_over_refunds"
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(("captured__lte", models.F("amount"))), name="till_never_over_captures"
            ),
        ),
    ]
