#!/usr/bin/env python3
"""Adds up what ./test has left in a folder and prints it; the last line is "N passed, N failed, N skipped".

  tools/test_summary.py build/test-results

Each stage has NAME.status (its exit code), NAME.log, and perhaps NAME.xml (CTest's JUnit). Without the xml, the lines
"passed ...", "FAILED ..." and "skipped ..." and the closing line of the log count. A stage that failed without a
failed test is one failure. Exits with 1 when something failed or nothing passed.
"""
import pathlib
import re
import sys
import xml.etree.ElementTree as ElementTree

SLOW_SECONDS = 30
REASON_LINES = 6
# Where GoogleTest or a sanitizer begins to say why.
REASON = re.compile(r"^.*(: Failure$|runtime error: |ERROR: \w+Sanitizer|WARNING: ThreadSanitizer|^unknown file: )", re.MULTILINE)
# A process that ran several tests of GoogleTest, see oriel_test_quarters in cmake/oriel_module.cmake.
SEVERAL = re.compile(r"^Quarter/")
RUN = re.compile(r"^\[ RUN      \] (\S+)\n(.*?)(?=^\[ RUN      \] |^\[----------\]|\Z)", re.MULTILINE | re.DOTALL)
END = re.compile(r"^\[(       OK |  SKIPPED |  FAILED  )\] .*? \((\d+) ms\)$", re.MULTILINE)
CLOSING = re.compile(r"^(\d+) passed, (\d+) failed, (\d+) skipped$", re.MULTILINE)


class Results:
    def __init__(self):
        self.passed = 0
        self.failed = []
        self.reasons = {}  # of some that failed: the first lines of why
        self.skipped = []  # (name, reason)
        self.slow = []  # (seconds, name)

    def add_junit(self, path):
        for case in ElementTree.parse(path).getroot().iter("testcase"):
            name, seconds = case.get("name"), float(case.get("time") or 0)
            if SEVERAL.match(name):
                self.add_several(case)
                continue
            if seconds > SLOW_SECONDS:
                self.slow.append((seconds, name))
            if case.get("status") == "fail" or case.find("failure") is not None:
                self.failed.append(name)
                self.reasons[name] = failure_reason(case)
            elif case.get("status") in ("notrun", "disabled") or case.find("skipped") is not None:
                self.skipped.append((name, skip_reason(case)))
            else:
                self.passed += 1

    def add_several(self, case):
        """One without an end is where the process died."""
        failed_before = len(self.failed)
        for name, output in RUN.findall(case.findtext("system-out") or ""):
            end = END.search(output)
            if end and int(end[2]) > SLOW_SECONDS * 1000:
                self.slow.append((int(end[2]) / 1000, name))
            if end is None or "FAILED" in end[1]:
                self.failed.append(name)
                self.reasons[name] = reason_in(output)
            elif "SKIPPED" in end[1]:
                self.skipped.append((name, skip_reason_in(output)))
            else:
                self.passed += 1
        if (case.get("status") == "fail" or case.find("failure") is not None) and len(self.failed) == failed_before:
            self.failed.append(case.get("name"))
            self.reasons[case.get("name")] = failure_reason(case)

    def add_log(self, text):
        """Returns whether the log had results at all."""
        failed_before = len(self.failed)
        skipped_before = len(self.skipped)
        for line in text.splitlines():
            if line.startswith("FAILED   "):
                self.failed.append(line[9:].strip())
                self.reasons[self.failed[-1]] = lines_after(text, line)
            elif line.startswith("skipped  "):
                name, _, reason = line[9:].partition(": ")
                self.skipped.append((name, reason or "no reason given"))
            elif line.startswith("passed   "):
                self.passed += 1
                seconds = re.search(r"\(([\d.]+) s\)$", line)
                if seconds and float(seconds[1]) > SLOW_SECONDS:
                    self.slow.append((float(seconds[1]), line[9:]))
        closing = CLOSING.findall(text)
        if not closing:
            return False
        # The runner's own count is the truth; lines only give names.
        passed, failed, skipped = map(int, closing[-1])
        del self.failed[failed_before + failed:]
        self.failed += ["(a test without a name)"] * (failed - (len(self.failed) - failed_before))
        del self.skipped[skipped_before + skipped:]
        self.skipped += [("(a test)", "no reason given")] * (skipped - (len(self.skipped) - skipped_before))
        self.passed += passed - len(re.findall(r"^passed   ", text, re.MULTILINE))
        return True


def failure_reason(case):
    return reason_in(case.findtext("system-out") or "")


def reason_in(output):
    begin = REASON.search(output)
    return output[begin.start():].splitlines()[:REASON_LINES] if begin else output.splitlines()[-REASON_LINES:]


def lines_after(text, line):
    """What a log says below a line, up to the next result."""
    below = re.split(r"^(?:passed|FAILED|skipped)   |^\d+ passed", text.partition(line + "\n")[2], flags=re.MULTILINE)
    return below[0].splitlines()[:REASON_LINES]


def skip_reason(case):
    """What GoogleTest printed after "Skipped", what a script printed, or what CTest says."""
    reason = skip_reason_in(case.findtext("system-out") or "")
    if reason:
        return reason
    skipped = case.find("skipped")
    return (skipped.get("message") if skipped is not None else None) or "no reason given"


def skip_reason_in(output):
    reason = re.search(r": Skipped\n(.+)", output)
    if reason:
        return reason[1].strip()
    return output.strip().splitlines()[-1].strip() if output.strip() else None


def add_stage(results, status_file):
    name = status_file.stem
    status = int(status_file.read_text())
    failed_before = len(results.failed)
    junit = status_file.with_suffix(".xml")
    if junit.exists():
        results.add_junit(junit)
    else:
        results.add_log(status_file.with_suffix(".log").read_text(errors="replace"))
    if status != 0 and len(results.failed) == failed_before:
        results.failed.append(f"stage {name} (exit code {status})")


def main():
    folder = pathlib.Path(sys.argv[1])
    results = Results()
    for status_file in sorted(folder.glob("*.status"), key=lambda path: path.stat().st_mtime):
        add_stage(results, status_file)
    for seconds, name in sorted(results.slow, reverse=True):
        print(f"slow     {name}: {seconds:.0f} s, over {SLOW_SECONDS} s belongs in the full tier")
    for name, reason in results.skipped:
        print(f"skipped  {name}: {reason}")
    for name in results.failed:
        print(f"FAILED   {name}")
        for line in results.reasons.get(name, []):
            print(f"   | {line}")
    print(f"{results.passed} passed, {len(results.failed)} failed, {len(results.skipped)} skipped")
    return 1 if results.failed or results.passed == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
