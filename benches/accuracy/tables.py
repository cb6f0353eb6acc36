"""The tables of docs/accuracy.md."""

BEGIN, END = "<!-- table -->", "<!-- /table -->"
GOALS = {"definitions": (0.99, 0.99), "calls": (0.95, 0.97), "types": (0.93, 0.85)}


def ratio(part, whole):
    return part / whole if whole else None


def shown(value, goal=None):
    if value is None:
        return ""
    # Cut, not rounded: 0.9896 is not 0.990.
    text = f"{int(value * 1000) / 1000:.3f}"
    return f"**{text}**" if goal and value < goal else text


def summed(rows):
    """Rows of packages as one of their language."""
    total = {}
    for row in rows:
        for part, counts in row["counts"].items():
            into = total.setdefault(part, {})
            for name, count in counts.items():
                into[name] = into.get(name, 0) + count
    return total


def line(name, oracle, total):
    cells = [name, oracle]
    one = total["definitions"]
    goal = GOALS["definitions"]
    cells += [shown(ratio(one["right"], one["right"] + one["wrong"]), goal[0]), shown(ratio(one["found"], one["found"] + one["missed"]), goal[1])]
    for part in ("calls", "types"):
        if part not in total:
            cells += ["", ""]
            continue
        one, goal = total[part], GOALS[part]
        right, wrong = (sum(one[f"{tier} {what}"] for tier in ("exact", "likely")) for what in ("right", "wrong"))
        cells += [shown(ratio(right, right + wrong), goal[0]), shown(ratio(one["found exact"] + one["found likely"], one["wanted"]), goal[1])]
    return cells


def tier_lines(name, total):
    for part, title in (("calls", "calls"), ("types", "uses of types")):
        if part in total:
            one = total[part]
            for tier in ("exact", "likely", "possible"):
                right, wrong = one[f"{tier} right"], one[f"{tier} wrong"]
                if right + wrong:
                    yield [name, title, tier, right, wrong, shown(right / (right + wrong)), one[f"{tier} silent"],
                           shown(ratio(one[f"found {tier}"], one["wanted"]))]


def table(head, rows):
    out = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return out + ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]


def markdown(rows):
    languages = {}
    for row in rows:
        languages.setdefault(row["language"], []).append(row)
    head = ["", "beside", "definitions: precision", "recall", "calls: precision", "recall", "uses of types: precision", "recall"]
    lines, tiers, counts = [], [], []
    for language, its in languages.items():
        total = summed(its)
        lines.append(line(f"**{language}**", its[0]["oracle"], total))
        lines += [line(row["package"], "", row["counts"]) for row in its]
        tiers += tier_lines(language, total)
        one = total["definitions"]
        counts.append([language, one["right"], one["again"], one["wrong"], one["silent"], one["found"], one["missed"], shown(ratio(one["kind"], one["kinds"]))])
    out = table(head, lines)
    out += ["", "Definitions in numbers:", ""]
    out += table(["", "right", "named again", "wrong", "the oracle is silent", "found", "missed", "same kind"], counts)
    out += ["", "Calls and uses of types by confidence:", ""]
    out += table(["", "what", "confidence", "right", "wrong", "precision", "the oracle is silent", "part of the recall"], tiers)
    return "\n".join(out) + "\n"


def into(file, text):
    """Replaces what stands between the markers of a document."""
    before, _, rest = file.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    file.write_text(f"{before}{BEGIN}\n{text}{END}{after}")
