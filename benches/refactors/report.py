"""What is printed: a line per refactor while it goes on, and the table with the differences at the end."""

import functools
import json
import pathlib
import re

BEGIN, END = "<!-- table -->", "<!-- /table -->"


@functools.cache
def _explanations():
    return json.loads((pathlib.Path(__file__).with_name("explained.json")).read_text())


def explained(package, what, at):
    """Why a place differs from the oracle's, where somebody has looked at it."""
    for one in _explanations():
        if one["package"] == package and one["what"] == what and re.fullmatch(one["at"], at):
            return one["why"]
    return None


def brief(row):
    """One line, and what is red below it."""
    mark = "red" if row["red"] else "green"
    said = f"{row['number']:2} {mark:5} {row['package']}: {row['request'] or row['kind']}"
    said += f" ({row['bound']} bound, {len(row['refused'])} refused before)" if row["bound"] or row["refused"] else ""
    return "\n".join([said, *(f"     {one.splitlines()[0][:300]}" for one in row["red"][:12])])


def _cell(text):
    return text.replace("|", "\\|").replace("\n", " ")


def markdown(given, rows):
    out = [f"Seed {given.seed}, {len(rows)} refactors, {sum(not row['red'] for row in rows)} green.", "",
           "| # | package | kind | request | places | files | doubtful (right) | oracle | passed over | check | |",
           "|---|---|---|---|---|---|---|---|---|---|---|"]
    for row in rows:
        found, checked = row.get("compared"), row.get("checked")
        oracle = "" if not found else "refuses" if found["refused"] else \
            f"{found['oracle']}, equal" if not found["differences"] else f"{found['oracle']}, {len(found['differences'])} differ"
        doubtful = f"{row.get('doubtful', 0)}" + (f" ({found['doubtful_right']})" if found and found["doubtful"] else "")
        over = f"{row['bound']} bound, {len(row['refused'])} refused"
        before = f"{checked['command']}: {checked['before']} → {checked['after']}" if checked else ""
        cells = [row["number"], row["package"], row["kind"], f"`{row['request']}`" if row["request"] else "", row.get("edits", ""),
                 row.get("files", ""), doubtful, oracle, over, before, "**red**" if row["red"] else "green"]
        out.append("| " + " | ".join(_cell(str(cell)) for cell in cells) + " |")
    parts = [("Red", [f"{row['number']}. {row['package']}: {_cell(one)[:400]}" for row in rows for one in row["red"][:20]]),
             ("Differences from tsserver and basedpyright",
              [f"{row['number']}. {row['package']} {one['what']} `{one['at']}`: `{one['text'].replace('`', ' ')}`: {one['why'] or 'not explained'}"
               for row in rows for one in row.get("compared", {}).get("differences", [])]),
             ("Refused", [f"{row['number']}. {one['package']}: `{one['request']}`: {_cell(one['why'])[:300]}" for row in rows for one in row["refused"]])]
    for title, items in parts:
        if items:
            out += ["", f"{title}:", "", *(f"- {item}" for item in items)]
    return "\n".join(out) + "\n"


def into(file, text):
    """Replaces what stands between the markers of a document."""
    before, _, rest = file.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    file.write_text(f"{before}{BEGIN}\n{text}{END}{after}")
