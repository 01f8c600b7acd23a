"""What a browser does with a page: its forms are sent as they are shown."""

import re
from typing import Any


def fields(page: Any, form: str) -> dict[str, list[str]]:
    """The hidden fields and the checked choices of the form whose tag has `form` in it."""
    html = page.content.decode()
    found = re.search(rf"<form[^>]*{re.escape(form)}[^>]*>", html)
    assert found, f"no form with {form} on the page"
    body = html[found.end() : html.index("</form>", found.end())]
    told: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", body):
        kind, name = re.search(r'type="(\w+)"', tag), re.search(r'name="([^"]+)"', tag)
        value = re.search(r'value="([^"]*)"', tag)
        if kind and name and value and (kind[1] == "hidden" or "checked" in tag):
            told.setdefault(name[1], []).append(value[1])
    return told
