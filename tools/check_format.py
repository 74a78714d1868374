#!/usr/bin/env python3
"""Checks that clang-format would change nothing. To change it: tools/check_format.py --fix"""
import pathlib
import shutil
import subprocess
import sys

FOLDERS = ["oriel", "fuzz", "bench", "tests", "examples", "cmake"]
FORMATTER = "clang-format-19"  # another version formats differently


def sources(root):
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in (".h", ".cc") and "node_modules" not in path.parts:
                yield path


def main():
    if not shutil.which(FORMATTER):
        print(f"{FORMATTER} is not installed")
        return 77
    root = pathlib.Path(__file__).resolve().parent.parent
    mode = ["-i"] if "--fix" in sys.argv[1:] else ["--dry-run", "-Werror"]
    files = [str(path) for path in sources(root)]
    return subprocess.run([FORMATTER, *mode, *files], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
