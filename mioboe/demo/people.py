"""The demo's people."""

PASSWORD = "yoru-no-furo-2017"
CUSTOMER = "hana@customer.example"
# Wants to approve what an unknown device buys, as is the default; the customer above does not, as in the shops of 2017.
CAREFUL = "yuki@customer.example"
AGENTS = {"kaori@desk.example": ("香織", "ja", ["ja", "en"]), "ben@desk.example": ("Ben", "en", ["en"])}
OPERATOR = "ops@desk.example"
TELEPHONE = "+819012345678"
