"""`python -m peer.load CUSTOMERS GOODS`: the tables, and as many customers and goods as ours has."""

import datetime
import os
import sys

import django

STOCK = 1_000_000


def main(customers: int, goods: int, password: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peer.settings")
    django.setup()
    from django.core.management import call_command

    call_command("migrate", run_syncdb=True, verbosity=0)
    _goods(goods)
    _customers(customers, password)


def _goods(goods: int) -> None:
    from oscar.core.loading import get_model

    products = get_model("catalogue", "Product").objects
    classes = get_model("catalogue", "ProductClass").objects
    partner = get_model("partner", "Partner").objects.create(name="Hoshizora")
    parcels = classes.create(name="Goods by parcel", requires_shipping=True, track_stock=True)
    films = classes.create(name="Streaming film", requires_shipping=False, track_stock=False)
    for number in range(goods):
        for kind, name, price in ((films, "film", 500), (parcels, "kettle", 4800)):
            product = products.create(
                product_class=kind, title=f"{name.title()} {number}", slug=f"{name}-{number}", upc=f"{name}{number}"
            )
            product.stockrecords.create(
                partner=partner,
                partner_sku=product.upc,
                price=price,
                price_currency="JPY",
                num_in_stock=STOCK if kind is parcels else None,
            )
    get_model("payment", "SourceType").objects.create(name="Till", code="till")


def _customers(customers: int, password: str) -> None:
    from django.contrib.auth.hashers import make_password
    from django.contrib.auth.models import User
    from oscar.core.loading import get_model

    japan = get_model("address", "Country").objects.create(
        iso_3166_1_a2="JP", iso_3166_1_a3="JPN", printable_name="Japan", name="Japan", is_shipping_country=True
    )
    digest = make_password(password)
    for number in range(customers):
        mail = f"customer-{number}@customer.example"
        person = User.objects.create(username=mail, email=mail, password=digest)
        person.bankcards.create(
            number="XXXX-XXXX-XXXX-4242",
            card_type="Visa",
            expiry_date=datetime.date(2029, 9, 30),
            partner_reference=f"tok-{number}",
        )
        person.addresses.create(
            first_name="Hana",
            last_name="Sato",
            line1="1-2-3 Hoshi",
            line4="Sendai",
            state="Miyagi",
            postcode="9800001",
            country=japan,
            is_default_for_shipping=True,
        )


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), os.environ["PEER_PASSWORD"])
