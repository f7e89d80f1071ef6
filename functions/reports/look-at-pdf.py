"""Has a running platform make a PDF, and looks at it: at its text by pdftotext, at its pages by pdftoppm.

    BASE_URL=http://127.0.0.1:8080 python3 functions/reports/look-at-pdf.py POPPLER FOLDER

POPPLER is the folder with pdftotext and pdftoppm; the PDF and the pictures of its pages stay in FOLDER.
"""

import hashlib
import json
import os
import pathlib
import subprocess
import sys
import time
import urllib.request

BASE = os.environ["BASE_URL"]
ROWS = 150
# Red, green and blue of the table's header, and of the chart's two series.
HEADER = (0xE8, 0xEE, 0xF5)
SERIES = [(0x1F, 0x4E, 0x79), (0xE6, 0x9F, 0x00)]
HOSTILE = ["#panic()", '#read("/etc/passwd")', "$x^2$ *bold* _slanted_", "<label> @ref", "x" * 200]
WHITE = (255, 255, 255)
passed = 0


def call(method: str, path: str, body: dict | None = None, token: str = "") -> dict:
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(BASE + path, data, headers, method=method)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)["data"]


def check(what: str, holds: bool) -> None:
    global passed
    if not holds:
        print(f"FAILED: {what}\n{passed} passed, 1 failed")
        sys.exit(1)
    passed += 1
    print(f"ok: {what}")


def make(folder: pathlib.Path) -> pathlib.Path:
    """A report of some pages, with everything that a PDF can have."""
    signed_in = call("POST", "/auth/v1/login", {"email": "admin@eventzr.com", "password": "Password123!"})
    token = signed_in["accessToken"]
    name = f"pages_{time.time_ns()}"
    columns = [("ticket", "text"), ("price", "number"), ("count", "integer"), ("sold", "timestamp")]
    columns = [{"name": column, "type": kind} for column, kind in columns]
    call("POST", "/reports/v1/datasets", {"name": name, "columns": columns}, token)
    tickets = HOSTILE + [f"Ticket {number:03}" for number in range(ROWS - len(HOSTILE))]
    rows = [
        {"ticket": ticket, "price": number * 2 + 0.5, "count": number, "sold": "2026-07-01T22:30:00Z"}
        for number, ticket in enumerate(tickets)
    ]
    call("POST", f"/reports/v1/datasets/{name}/rows", {"rows": [{"values": row} for row in rows]}, token)
    definition = {
        "dataset": name,
        "timeZone": "Europe/Vienna",
        "totals": True,
        "columns": [{"name": "ticket", "label": "Ticket"}, {"name": "price", "label": "Price"},
                    {"name": "count", "label": "Number"}, {"name": "sold", "label": "Sold"}],
        "parameters": [{"name": "least", "type": "number", "label": "At least", "default": 0.5}],
        "filters": [{"column": "price", "operator": "gte", "value": "{{least}}"}],
        "sort": [{"column": "count"}],
        "layout": {"title": "Sales of the summer",
                   "chart": {"type": "column", "category": "ticket", "values": ["price", "count"]}},
    }
    for _ in range(100):
        # Rows are stored by and by.
        export = call("POST", "/reports/v1/exports", {"definition": definition, "format": "pdf"}, token)
        while export["status"] in ("queued", "collecting", "rendering"):
            time.sleep(0.2)
            export = call("GET", f"/reports/v1/exports/{export['id']}", token=token)
        if export["rows"] == ROWS or export["status"] != "completed":
            break
    check("the report is made", export["status"] == "completed" and export["rows"] == ROWS)
    link = call("GET", f"/reports/v1/exports/{export['id']}/download", token=token)["url"]
    with urllib.request.urlopen(link, timeout=30) as answer:
        content = answer.read()
        check("it is a PDF", answer.headers["Content-Type"] == "application/pdf" and content[:5] == b"%PDF-")
    check("it is whole", hashlib.sha256(content).hexdigest() == export["sha256"])
    (folder / "report.pdf").write_bytes(content)
    return folder / "report.pdf"


def look_at_text(poppler: pathlib.Path, report: pathlib.Path) -> int:
    """Compares the text of its pages with what was asked for; says how many there are."""
    text = subprocess.run([poppler / "pdftotext", "-layout", report, "-"], check=True, capture_output=True).stdout
    pages = text.decode().replace("\u200b", "").split("\f")[:-1]
    first, last = pages[0], pages[-1]
    check("it has some pages", len(pages) >= 3)
    said = ["Sales of the summer", "(Europe/Vienna)", str(ROWS), "At least", "Price ≥ 0.5"]
    check("the first page says what was asked", all(words in first for words in said))
    for number, page in enumerate(pages, 1):
        header = [line.split() for line in page.splitlines()]
        check(f"page {number} has the header", ["Ticket", "Price", "Number", "Sold"] in header)
        check(f"page {number} has its number", "".join(page.split()).endswith(f"{number}/{len(pages)}"))
    check("only the last page has totals", [" Total " in f" {page} " for page in pages] == [False] * (len(pages) - 1) + [True])
    check("they are right", last.split("Total")[1].split()[:2] == [str(sum(n * 2 + 0.5 for n in range(ROWS))).removesuffix(".0"), str(sum(range(ROWS)))])
    words = "".join(pages).split()
    check("moments are in the zone", words.count("2026-07-02") == ROWS and "00:30:00" in words)
    tickets = [word for before, word in zip(words, words[1:]) if before == "Ticket" and word.isdigit()]
    wanted = [f"{number:03}" for number in range(ROWS - len(HOSTILE))]
    check("every row is there, in its order", tickets[-len(wanted):] == wanted)
    joined = "".join(words)
    check("what users write is no code", all(text.replace(" ", "") in joined for text in HOSTILE[:-1]))
    check("a long word is broken, and whole", joined.count("x") >= 200)
    return len(pages)


def pixels(picture: pathlib.Path) -> list[list[tuple[int, ...]]]:
    """The lines of a picture (PPM)."""
    width, height, content = header(picture)
    line = width * 3
    return [
        [tuple(content[at : at + 3]) for at in range(start, start + line, 3)] for start in range(0, height * line, line)
    ]


def header(picture: pathlib.Path) -> tuple[int, int, bytes]:
    """Its width, height and content, which begins behind four fields and one blank."""
    content = picture.read_bytes()
    fields, at = [], 0
    while len(fields) < 4:
        end = next(place for place in range(at, len(content)) if content[place] in b" \n")
        fields.append(content[at:end])
        at = end + 1
    return int(fields[1]), int(fields[2]), content[at:]


def look_at_pages(poppler: pathlib.Path, report: pathlib.Path, count: int) -> None:
    """Looks at pictures of its pages."""
    subprocess.run([poppler / "pdftoppm", "-r", "72", report, report.with_suffix("")], check=True)
    subprocess.run([poppler / "pdftoppm", "-r", "100", "-png", report, report.with_suffix("")], check=True)
    pictures = sorted(report.parent.glob("report-*.ppm"))
    check("every page can be drawn", len(pictures) == count)
    for number, picture in enumerate(pictures, 1):
        lines = pixels(picture)
        height, width = len(lines), len(lines[0])
        inked = sum(pixel != WHITE for line in lines for pixel in line) / (height * width)
        check(f"page {number} is neither blank nor black", 0.01 < inked < 0.5)
        border = [line[:30] + line[-30:] for line in lines] + lines[:30] + lines[-20:]
        check(f"page {number} has empty margins", all(pixel == WHITE for line in border for pixel in line))
        filled = [place for place, line in enumerate(lines) if line.count(HEADER) > width / 2]
        check(f"page {number} has the header's ground", len(filled) >= 8 and (number == 1 or filled[0] < height * 0.1))
        charted = [sum(line.count(colour) for line in lines) for colour in SERIES]
        # The first colour is that of lines, too.
        check(f"page {number} has {'the' if number == 1 else 'no'} chart", (min(charted) > 500) == (number == 1))


def main() -> None:
    poppler, folder = (pathlib.Path(argument) for argument in sys.argv[1:3])
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("report*"):
        old.unlink()
    report = make(folder)
    look_at_pages(poppler, report, look_at_text(poppler, report))
    print(f"{passed} passed, 0 failed")


main()
