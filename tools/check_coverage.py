#!/usr/bin/env python3
"""Checks docs/coverage.md: every row that is done names tests that exist and run.

  tools/check_coverage.py build/asan

A row is "| id | from | feature | status | where | test |". from: seed or src. status: open, done, or left out (with the
reason under "where"; never for seed). Test is one or more of `Suite.Name` or `Suite.Name/*` (CTest's names) and
`page: title` (a test title in tests/browser/*.test.mjs).
"""
import fnmatch
import json
import pathlib
import re
import subprocess
import sys

ROW = re.compile(r"^\|\s*([PVMSNA]\d{3})\s*\|(.*)\|\s*$")
STATUSES = ("open", "done", "left out")


def read_rows(text):
    """Yields (line number, id, from, status, where, [tests])."""
    for number, line in enumerate(text.splitlines(), 1):
        match = ROW.match(line)
        if not match:
            continue
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", match[2])]
        if len(cells) != 5:
            yield number, match[1], "", "", "", []
            continue
        source, _, status, where, test = cells
        yield number, match[1], source, status, where, re.findall(r"`([^`]+)`", test)


def ctest_names(build):
    """The tests that CTest would run. Programs that are not built are missing, as they should be."""
    listed = subprocess.run(["ctest", "--test-dir", build, "--show-only=json-v1"], check=True,
                            capture_output=True, text=True)
    names = set()
    for test in json.loads(listed.stdout)["tests"]:
        properties = {p["name"]: p["value"] for p in test.get("properties", [])}
        if not properties.get("DISABLED"):
            names.add(test["name"])
    return names


def page_titles(root):
    titles = set()
    for path in (root / "tests/browser").glob("*.test.mjs"):
        for quote, title in re.findall(r"""\btest\(\s*(["'`])(.*?)\1""", path.read_text()):
            titles.add(re.sub(r"\$\{[^}]*\}", "*", title) if quote == "`" else title)
    return titles


def is_known(test, names, titles):
    if test.startswith("page: "):
        return any(fnmatch.fnmatchcase(test[6:], title.replace("[", "[[]")) for title in titles)
    return test in names or ("*" in test and bool(fnmatch.filter(names, test)))


def check_rows(rows, names, titles):
    seen = {}
    for number, row_id, source, status, where, tests in rows:
        at = f"docs/coverage.md:{number}: {row_id}"
        if row_id in seen:
            yield f"{at} stands in line {seen[row_id]} too"
        seen[row_id] = number
        if source not in ("seed", "src"):
            yield f"{at}: expected six columns with seed or src in the second"
            continue
        if status not in STATUSES:
            yield f'{at}: status "{status}", expected one of {", ".join(STATUSES)}'
        if status == "left out" and (source == "seed" or not where):
            yield f"{at}: only a src row can be left out, with a reason under where"
        if status == "done" and not where:
            yield f"{at}: done, but where?"
        if status == "done" and source == "seed" and not tests:
            yield f"{at}: done, but names no test"
        if status == "done":
            for test in tests:
                if not is_known(test, names, titles):
                    yield f"{at}: there is no test {test}"
    if not seen:
        yield "docs/coverage.md: no rows found"


def main():
    root = pathlib.Path(__file__).resolve().parent.parent
    rows = list(read_rows((root / "docs/coverage.md").read_text()))
    mistakes = list(check_rows(rows, ctest_names(sys.argv[1]), page_titles(root)))
    for mistake in mistakes:
        print(mistake)
    done = sum(1 for row in rows if row[3] == "done")
    print(f"{len(rows)} rows, {done} done")
    return 1 if mistakes else 0


if __name__ == "__main__":
    sys.exit(main())
