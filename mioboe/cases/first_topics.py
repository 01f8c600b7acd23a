"""What customers contact us about, as an installation begins; from then on the operator's own list at /desk/topics/ holds."""

from typing import Any

_EVERYWHERE = ["parcel", "film", "nothing"]
_CHANNELS = ["phone", "chat", "mail"]

# slug, Japanese, English, offered for, and its details: slug, Japanese, English, where it leads.
FIRST: list[tuple[str, str, str, list[str], list[tuple[str, str, str, str]]]] = [
    (
        "unrecognised",
        "身に覚えのない注文・請求・メール",
        "An order, charge or mail I don’t recognise",
        _EVERYWHERE,
        [
            ("order-not-mine", "この注文に覚えがない", "I don’t recognise this order", "remember"),
            ("charge-not-mine", "カードに覚えのない請求がある", "A charge on my card that I don’t know", "contact"),
            ("mail-not-yours", "当店からのメールか確かめたい", "Is this mail really from you?", "mail_check"),
            ("parcel-not-ordered", "注文していない荷物が届いた", "A parcel that I did not order", "contact"),
        ],
    ),
    (
        "video",
        "映画・動画",
        "Films and video",
        ["film"],
        [
            ("film-purchase", "購入の内容に問題がある", "A problem with the purchase", "contact"),
            ("film-by-mistake", "まちがえて購入した", "I bought it by mistake", "undo"),
            ("film-does-not-play", "再生できない", "It does not play", "contact"),
        ],
    ),
    (
        "delivery",
        "お荷物・お届け",
        "Parcel and delivery",
        ["parcel"],
        [
            ("parcel-where", "荷物は今どこですか", "Where is my parcel?", "parcel"),
            ("parcel-stop", "届く前に取り消したい", "Cancel it before it arrives", "undo"),
            ("parcel-wrong", "こわれている・違う商品が届いた", "Damaged, or not what I ordered", "contact"),
            ("parcel-return", "返品したい", "I want to send it back", "contact"),
        ],
    ),
    (
        "payment",
        "お支払い・返金",
        "Payment and refunds",
        _EVERYWHERE,
        [
            ("refund-where", "返金がまだ届かない", "My refund has not arrived", "contact"),
            ("charged-wrongly", "金額が違う・二重に請求された", "The amount is wrong, or charged twice", "contact"),
            ("receipt", "領収書がほしい", "I need a receipt", "contact"),
        ],
    ),
    (
        "account",
        "アカウント・サインイン",
        "Account and signing in",
        ["nothing"],
        [
            ("account-used", "だれかにアカウントを使われた", "Somebody else uses my account", "safety"),
            ("cannot-sign-in", "サインインできない", "I cannot sign in", "contact"),
            ("my-data", "登録した内容を変えたい", "Change what you know about me", "contact"),
        ],
    ),
    (
        "other",
        "その他",
        "Something else",
        _EVERYWHERE,
        [("anything", "その他のお問い合わせ", "Anything else", "contact")],
    ),
]


def write_first_topics(topics: Any, details: Any) -> None:
    """Writes the lists with the two models (a migration's own, or today's). May be called twice: what is there stays."""
    for place, (slug, ja, en, offered_for, its_details) in enumerate(FIRST, start=1):
        words = {"words_ja": ja, "words_en": en, "place": 10 * place}
        topic, _ = topics.objects.get_or_create(
            slug=slug, defaults={**words, "offered_for": offered_for, "channels": _CHANNELS}
        )
        for nth, (detail, detail_ja, detail_en, leads_to) in enumerate(its_details, start=1):
            words = {"words_ja": detail_ja, "words_en": detail_en, "place": 10 * nth}
            details.objects.get_or_create(slug=detail, defaults={**words, "topic": topic, "leads_to": leads_to})
