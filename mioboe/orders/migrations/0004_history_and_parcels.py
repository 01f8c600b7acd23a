import django.db.models.deletion
import django.utils.timezone
import djmoney.models.fields
from django.conf import settings
from django.db import migrations, models
from django.db.models.functions import Lower

import mioboe.orders.models.searching

# What a line or parcel takes from its order is the database's business: no verb, no bulk insert can get it wrong.
FILL = """
CREATE FUNCTION orders_line_facts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  SELECT customer_id, placed_at INTO STRICT NEW.customer_id, NEW.placed_at FROM orders_order WHERE id = NEW.order_id;
  SELECT kind INTO STRICT NEW.kind FROM orders_product WHERE id = NEW.product_id;
  RETURN NEW;
END $$;
CREATE TRIGGER orders_line_facts BEFORE INSERT ON orders_line FOR EACH ROW EXECUTE FUNCTION orders_line_facts();
CREATE FUNCTION orders_parcel_facts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  SELECT customer_id INTO STRICT NEW.customer_id FROM orders_order WHERE id = NEW.order_id;
  RETURN NEW;
END $$;
CREATE TRIGGER orders_parcel_facts BEFORE INSERT ON orders_parcel FOR EACH ROW EXECUTE FUNCTION orders_parcel_facts();
UPDATE orders_line line SET customer_id = o.customer_id, placed_at = o.placed_at, kind = product.kind,
  cancelled = CASE WHEN o.state = 'cancelled' THEN line.quantity ELSE 0 END
  FROM orders_order o, orders_product product WHERE o.id = line.order_id AND product.id = line.product_id;
UPDATE orders_parcel parcel SET customer_id = o.customer_id FROM orders_order o WHERE o.id = parcel.order_id;
SET CONSTRAINTS ALL IMMEDIATE;
"""
EMPTY = """
DROP TRIGGER orders_line_facts ON orders_line;
DROP FUNCTION orders_line_facts();
DROP TRIGGER orders_parcel_facts ON orders_parcel;
DROP FUNCTION orders_parcel_facts();
"""
PARCEL_STATES = [
    ("waiting", "not packed yet"),
    ("packed", "packed"),
    ("handed_over", "on its way"),
    ("delivered", "delivered"),
    ("stopped", "stopped before it left"),
    ("called_back", "called back"),
    ("returned", "came back"),
]
KINDS = [("film", "streaming film"), ("parcel", "goods by parcel")]


def customer(null: bool) -> models.ForeignKey:
    return models.ForeignKey(
        db_index=False,
        null=null,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to=settings.AUTH_USER_MODEL,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0003_states_known"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="parcel", name="parcel_state_known"),
        migrations.RemoveIndex(model_name="order", name="orders_customer"),
        migrations.AddField("line", "cancelled", models.PositiveSmallIntegerField(default=0)),
        migrations.AddField("line", "customer", customer(null=True)),
        migrations.AddField("line", "kind", models.CharField(choices=KINDS, max_length=10, null=True)),
        migrations.AddField("line", "placed_at", models.DateTimeField(null=True)),
        migrations.AddField("parcel", "customer", customer(null=True)),
        migrations.AddField("parcel", "changed_at", models.DateTimeField(default=django.utils.timezone.now)),
        migrations.AddField("parcel", "problem", models.CharField(blank=True, default="", max_length=200), False),
        migrations.AlterField(
            "parcel", "state", models.CharField(choices=PARCEL_STATES, default="waiting", max_length=12)
        ),
        migrations.RunSQL(FILL, EMPTY),
        migrations.AlterField("line", "customer", customer(null=False)),
        migrations.AlterField("line", "kind", models.CharField(choices=KINDS, max_length=10)),
        migrations.AlterField("line", "placed_at", models.DateTimeField()),
        migrations.AlterField("parcel", "customer", customer(null=False)),
        migrations.AlterField("parcel", "problem", models.CharField(blank=True, max_length=200)),
        migrations.AddField(
            "line",
            "words",
            models.GeneratedField(
                db_persist=True,
                expression=mioboe.orders.models.searching.HiraganaOf(
                    Lower(
                        mioboe.orders.models.searching.Nfkc(
                            models.F("title_ja"), models.Value(" "), models.F("title_en")
                        )
                    )
                ),
                output_field=models.TextField(),
            ),
        ),
        migrations.CreateModel(
            name="Cancellation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("quantity", models.PositiveSmallIntegerField()),
                (
                    "amount_currency",
                    djmoney.models.fields.CurrencyField(
                        choices=[("JPY", "Japanese Yen")], default="JPY", editable=False, max_length=3
                    ),
                ),
                ("amount", djmoney.models.fields.MoneyField(decimal_places=0, max_digits=14)),
                ("press", models.CharField(max_length=40)),
                ("gives_back", models.BooleanField()),
                ("given_back_at", models.DateTimeField(null=True)),
                ("problem", models.CharField(blank=True, max_length=200)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="cancellations", to="orders.line"
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="cancellations", to="orders.order"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint("line", "press", name="a_line_is_cancelled_once_a_press"),
                    models.CheckConstraint(condition=models.Q(("quantity__gte", 1)), name="a_cancellation_has_a_piece"),
                ]
            },
        ),
        migrations.AddIndex(
            "line",
            models.Index(
                fields=["customer", "-placed_at", "-order"],
                include=("words", "price", "kind", "cancelled"),
                name="lines_customer",
            ),
        ),
        migrations.AddIndex(
            "order",
            models.Index(fields=["customer", "-placed_at", "-id"], include=("total",), name="orders_customer"),
        ),
        migrations.AddIndex(
            "order",
            models.Index(
                condition=models.Q(("state", "confirmed"), _negated=True),
                fields=["customer", "state", "-placed_at", "-id"],
                name="orders_not_confirmed",
            ),
        ),
        migrations.AddIndex(
            "parcel",
            models.Index(
                condition=models.Q(("state__in", ["waiting", "packed", "handed_over", "called_back"])),
                fields=["state", "changed_at"],
                name="parcels_to_see_to",
            ),
        ),
        migrations.AddIndex(
            "parcel",
            models.Index(
                condition=models.Q(("state__in", ["delivered", "stopped"]), _negated=True),
                fields=["customer", "state"],
                name="parcels_customer",
            ),
        ),
        migrations.AddConstraint(
            "line",
            models.CheckConstraint(condition=models.Q(("quantity__gte", 1)), name="a_line_has_a_piece"),
        ),
        migrations.AddConstraint(
            "line",
            models.CheckConstraint(
                condition=models.Q(("cancelled__lte", models.F("quantity"))),
                name="never_cancel_more_than_was_ordered",
            ),
        ),
        migrations.AddConstraint(
            "parcel",
            models.CheckConstraint(
                condition=models.Q(("state__in", [name for name, _ in PARCEL_STATES])), name="parcel_state_known"
            ),
        ),
    ]
