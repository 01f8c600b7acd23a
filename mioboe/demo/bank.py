"""The demo's bank: the statement that a card company would show, made of what the till really moved."""

import csv
import io
from datetime import timedelta

from django.utils import timezone

from mioboe.payments.models import Charge, ChargeState, Refund, RefundState
from mioboe.people.models import Person

HEADER = "利用日,利用店名・商品名,利用者,支払方法,利用金額,手数料/利息,支払総額,11月支払金額,当月請求額,12月繰越残高,新規サイン"
OTHERS = (("エキマエスーパー", 2480), ("ﾄｳｷﾖｳﾃﾞﾝﾘﾖｸ", 6120), ("ホシノカフェ", 850))
OUR_NAME = "ﾎｼｿﾞﾗｼﾖｳﾃﾝ"


def statement(person: Person) -> bytes:
    """A CSV in the layout of Rakuten e-NAVI, UTF-8 with BOM: the person's charges and refunds among other shops' lines."""
    today = timezone.localdate()
    lines = [(today - timedelta(days=3 + index), name, amount) for index, (name, amount) in enumerate(OTHERS)]
    for charge in Charge.objects.filter(person=person, state=ChargeState.CAPTURED):
        lines.append((timezone.localdate(charge.captured_at), OUR_NAME, int(charge.captured.amount)))
    for refund in Refund.objects.filter(charge__person=person, state=RefundState.SETTLED):
        lines.append((timezone.localdate(refund.settled_at), OUR_NAME, -int(refund.amount.amount)))
    out = io.StringIO()
    out.write(HEADER + "\r\n")
    writer = csv.writer(out)
    for day, name, amount in sorted(lines, reverse=True):
        writer.writerow([day.strftime("%Y/%m/%d"), name, "本人", "1回払い", amount, 0, amount, amount, amount, 0, "*"])
    return out.getvalue().encode("utf-8-sig")
