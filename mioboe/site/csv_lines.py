"""Lines of a CSV file that spreadsheets open: quoted as they should be, and with no cell that they take for a formula."""

import csv
import io
from collections.abc import Iterable, Iterator

from django.http import StreamingHttpResponse

# https://owasp.org/www-community/attacks/CSV_Injection
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
BYTE_ORDER_MARK = "\ufeff"  # without it Excel does not see that it is UTF-8


def csv_file(name: str, pieces: Iterator[str]) -> StreamingHttpResponse:
    """The answer that sends somebody's own rows as a file, piece by piece; kept nowhere on the way."""
    response = StreamingHttpResponse(pieces, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response


def csv_lines(rows: Iterable[Iterable[object]]) -> str:
    """The rows as text, each ended by a line's end."""
    text = io.StringIO()
    csv.writer(text).writerows([[_harmless(cell) for cell in row] for row in rows])
    return text.getvalue()


def _harmless(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA_SIGNS) else cell
