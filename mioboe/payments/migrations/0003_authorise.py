import django.db.models.deletion
import django.utils.timezone
import djmoney.models.fields
import djmoney.money
from django.db import migrations, models

# Until now a charge was taken at once and a refund settled at once; the ledger is written anew with the accounts' names.
CARRY_OVER = """
UPDATE payments_charge SET captured = amount, to_capture = amount, authorised_at = captured_at WHERE state = 'captured';
UPDATE payments_refund SET accepted_at = settled_at WHERE state = 'settled';
DELETE FROM payments_ledgerrow;
INSERT INTO payments_ledgerrow (movement, kind, account, amount, amount_currency, at)
SELECT 'charge:' || number || ':capture', 'capture', side.account, side.sign * amount, amount_currency, captured_at
FROM payments_charge, (VALUES ('receivable_gateway', 1), ('sales', -1)) AS side (account, sign)
WHERE state = 'captured';
INSERT INTO payments_ledgerrow (movement, kind, account, amount, amount_currency, at)
SELECT 'refund:' || id || ':' || side.kind, side.kind, side.account, side.sign * amount, amount_currency, settled_at
FROM payments_refund, (VALUES
    ('refund', 'sales_returns', 1), ('refund', 'refunds_payable', -1),
    ('refund_settled', 'refunds_payable', 1), ('refund_settled', 'receivable_gateway', -1)
) AS side (kind, account, sign)
WHERE state = 'settled';
"""

# Checked when a transaction commits, so that both sides of a movement can be written one after the other.
GUARD = """
CREATE FUNCTION payments_ledger_balanced() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM payments_ledgerrow WHERE movement = NEW.movement GROUP BY amount_currency HAVING sum(amount) <> 0
    ) THEN
        RAISE EXCEPTION 'ledger: movement % does not sum to zero', NEW.movement USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER ledger_balanced AFTER INSERT ON payments_ledgerrow
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION payments_ledger_balanced();
CREATE FUNCTION payments_ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the ledger is append-only'; END $$;
CREATE TRIGGER ledger_append_only BEFORE UPDATE OR DELETE ON payments_ledgerrow
    FOR EACH ROW EXECUTE FUNCTION payments_ledger_refuse();
"""
UNGUARD = """
DROP TRIGGER ledger_balanced ON payments_ledgerrow; DROP FUNCTION payments_ledger_balanced();
DROP TRIGGER ledger_append_only ON payments_ledgerrow; DROP FUNCTION payments_ledger_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0002_initial")]

    operations = [
        migrations.CreateModel(
            name="Dispute",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("gateway_ref", models.CharField(max_length=100, unique=True)),
                (
                    "amount_currency",
                    djmoney.models.fields.CurrencyField(
                        choices=[("JPY", "Japanese Yen")], default="JPY", editable=False, max_length=3
                    ),
                ),
                ("amount", djmoney.models.fields.MoneyField(decimal_places=0, max_digits=14)),
                ("reason", models.CharField(max_length=60)),
                ("due_at", models.DateTimeField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "to be answered"), ("won", "won"), ("lost", "lost")],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("opened_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("closed_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="GatewayEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("event_id", models.CharField(max_length=100, unique=True)),
                ("kind", models.CharField(max_length=100)),
                ("about", models.CharField(max_length=100)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("handled_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="charge",
            name="never_refund_more_than_was_paid",
        ),
        migrations.RemoveConstraint(
            model_name="charge",
            name="charge_state_known",
        ),
        migrations.RemoveConstraint(
            model_name="refund",
            name="refund_state_known",
        ),
        migrations.AddField(
            model_name="charge",
            name="authorised_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="charge",
            name="capture_now",
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name="charge",
            name="captured",
            field=djmoney.models.fields.MoneyField(
                decimal_places=0, default=djmoney.money.Money(0, "JPY"), max_digits=14
            ),
        ),
        migrations.AddField(
            model_name="charge",
            name="captured_currency",
            field=djmoney.models.fields.CurrencyField(
                choices=[("JPY", "Japanese Yen")], default="JPY", editable=False, max_length=3
            ),
        ),
        migrations.AddField(
            model_name="charge",
            name="released",
            field=djmoney.models.fields.MoneyField(
                decimal_places=0, default=djmoney.money.Money(0, "JPY"), max_digits=14
            ),
        ),
        migrations.AddField(
            model_name="charge",
            name="released_currency",
            field=djmoney.models.fields.CurrencyField(
                choices=[("JPY", "Japanese Yen")], default="JPY", editable=False, max_length=3
            ),
        ),
        migrations.AddField(
            model_name="charge",
            name="to_capture",
            field=djmoney.models.fields.MoneyField(
                decimal_places=0, default=djmoney.money.Money(0, "JPY"), max_digits=14
            ),
        ),
        migrations.AddField(
            model_name="charge",
            name="to_capture_currency",
            field=djmoney.models.fields.CurrencyField(
                choices=[("JPY", "Japanese Yen")], default="JPY", editable=False, max_length=3
            ),
        ),
        migrations.AddField(
            model_name="ledgerrow",
            name="kind",
            field=models.CharField(
                choices=[
                    ("capture", "Card charged"),
                    ("refund", "Refund accepted"),
                    ("refund_settled", "Refund paid out"),
                    ("refund_failed", "Refund failed: owed no more"),
                    ("refund_returned", "Refund sent back by the bank"),
                    ("dispute", "Withheld for a dispute"),
                    ("dispute_won", "Dispute won"),
                    ("dispute_lost", "Dispute lost"),
                ],
                default="capture",
                max_length=20,
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="refund",
            name="accepted_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name="charge",
            name="gateway_ref",
            field=models.CharField(blank=True, db_index=True, max_length=100),
        ),
        migrations.AlterField(
            model_name="charge",
            name="state",
            field=models.CharField(
                choices=[
                    ("asked", "asked for"),
                    ("authorised", "reserved on the card"),
                    ("captured", "paid"),
                    ("voided", "reservation released"),
                    ("lapsed", "reservation expired"),
                    ("declined", "declined"),
                ],
                default="asked",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="ledgerrow",
            name="account",
            field=models.CharField(
                choices=[
                    ("receivable_gateway", "Receivable from the gateway"),
                    ("sales", "Sales"),
                    ("sales_returns", "Sales returns"),
                    ("refunds_payable", "Refunds payable"),
                    ("disputed", "Disputed, withheld by the gateway"),
                    ("chargeback_losses", "Losses by chargebacks"),
                ],
                max_length=40,
            ),
        ),
        migrations.AlterField(
            model_name="refund",
            name="gateway_ref",
            field=models.CharField(blank=True, db_index=True, max_length=100),
        ),
        migrations.AlterField(
            model_name="refund",
            name="state",
            field=models.CharField(
                choices=[
                    ("asked", "asked for"),
                    ("pending", "accepted, on its way"),
                    ("settled", "refunded"),
                    ("failed", "failed"),
                    ("released", "released before it was taken"),
                ],
                default="asked",
                max_length=10,
            ),
        ),
        migrations.AddIndex(
            model_name="ledgerrow",
            index=models.Index(fields=["at"], name="ledger_by_day"),
        ),
        migrations.RunSQL(CARRY_OVER, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="charge",
            constraint=models.CheckConstraint(
                condition=models.Q(("refunded__gte", 0), ("refunded__lte", models.F("captured"))),
                name="never_refund_more_than_was_paid",
            ),
        ),
        migrations.AddConstraint(
            model_name="charge",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("to_capture__gte", 0),
                    ("released__gte", 0),
                    (
                        "amount__gte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("to_capture"), "+", models.F("released")
                        ),
                    ),
                    ("captured__gte", 0),
                    (
                        "amount__gte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("captured"), "+", models.F("released")
                        ),
                    ),
                ),
                name="never_take_more_than_is_reserved",
            ),
        ),
        migrations.AddConstraint(
            model_name="charge",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("captured__gt", 0), ("state", "captured")),
                    models.Q(models.Q(("state", "captured"), _negated=True), ("captured", 0)),
                    _connector="OR",
                ),
                name="only_what_is_captured_was_taken",
            ),
        ),
        migrations.AddConstraint(
            model_name="charge",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("captured_currency", models.F("amount_currency")),
                    ("refunded_currency", models.F("amount_currency")),
                    ("released_currency", models.F("amount_currency")),
                    ("to_capture_currency", models.F("amount_currency")),
                ),
                name="a_charge_has_one_currency",
            ),
        ),
        migrations.AddConstraint(
            model_name="charge",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["asked", "authorised", "captured", "voided", "lapsed", "declined"])),
                name="charge_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="ledgerrow",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "account__in",
                        [
                            "receivable_gateway",
                            "sales",
                            "sales_returns",
                            "refunds_payable",
                            "disputed",
                            "chargeback_losses",
                        ],
                    )
                ),
                name="ledger_account_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="ledgerrow",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "capture",
                            "refund",
                            "refund_settled",
                            "refund_failed",
                            "refund_returned",
                            "dispute",
                            "dispute_won",
                            "dispute_lost",
                        ],
                    )
                ),
                name="ledger_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["asked", "pending", "settled", "failed", "released"])),
                name="refund_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("settled_at__isnull", False), models.Q(("state", "settled"), _negated=True), _connector="OR"
                ),
                name="settled_has_a_time",
            ),
        ),
        migrations.AddField(
            model_name="dispute",
            name="charge",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="disputes", to="payments.charge"
            ),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="a_dispute_is_above_zero"),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["open", "won", "lost"])), name="dispute_state_known"
            ),
        ),
        migrations.RunSQL(GUARD, UNGUARD),
    ]
