"""Small files with the columns of the complaints that can be imported; every word of them is invented."""

import csv
import io
from collections.abc import Iterable, Mapping
from pathlib import Path

COLUMNS = (
    "Date received",
    "Product",
    "Sub-product",
    "Issue",
    "Sub-issue",
    "Consumer complaint narrative",
    "Company public response",
    "Company",
    "State",
    "ZIP code",
    "Tags",
    "Consumer consent provided?",
    "Submitted via",
    "Date sent to company",
    "Company response to consumer",
    "Timely response?",
    "Consumer disputed?",
    "Complaint ID",
)
_USUAL = (
    "2023-05-30,Teapots,Stove teapots,It leaks,From the spout,,,Kettle & Sons,OR,97201,,"
    "Consent provided,Web,2023-05-31,Closed with explanation,Yes,N/A,1"
)


def complaint(number: int = 1, cells: Mapping[str, str] | None = None) -> dict[str, str]:
    """One row, usual but for ``cells``."""
    usual = dict(zip(COLUMNS, next(csv.reader([_USUAL])), strict=True))
    own = {"Complaint ID": str(number), "Consumer complaint narrative": f"It dripped on book {number}."}
    return {**usual, **own, **(cells or {})}


def as_text(rows: Iterable[dict[str, str]], *, delimiter: str = ",") -> str:
    written = io.StringIO()
    table = csv.DictWriter(written, COLUMNS, lineterminator="\n", delimiter=delimiter)
    table.writeheader()
    table.writerows(rows)
    return written.getvalue()


def save(folder: Path, *rows: dict[str, str], encoding: str = "utf-8") -> Path:
    return save_text(folder, as_text(rows), encoding=encoding)


def save_text(folder: Path, text: str, *, encoding: str = "utf-8") -> Path:
    path = folder / "complaints.csv"
    path.write_bytes(text.encode(encoding))
    return path
