#!/usr/bin/env python3
"""Checks that the Swift code in pages of documentation is code that is compiled: each block stands, apart from its
indentation and from comments behind it, line after line in a file of the tests.

usage: snippets.py FOLDER-OF-TESTS[:FOLDER-OF-TESTS...] PAGE...
"""

import pathlib
import re
import sys


def lines_of(text):
    """The lines without indentation, and without comments that stand behind code."""
    lines = (re.sub(r"(?<=\S)\s+// .*", "", line).strip() for line in text.splitlines())
    return [line for line in lines if line]


def blocks(page):
    """The blocks of Swift code of a page, each with the number of its first line."""
    block = None
    for number, line in enumerate(page.read_text().splitlines(), 1):
        if block is None and line.strip() == "```swift":
            block, start = [], number + 1
        elif block is not None and line.strip() == "```":
            yield start, lines_of("\n".join(block))
            block = None
        elif block is not None:
            block.append(line)


def contains(code, block):
    return any(code[place : place + len(block)] == block for place in range(len(code) - len(block) + 1))


def main(tests, *pages):
    folders = map(pathlib.Path, tests.split(":"))
    codes = [lines_of(path.read_text()) for folder in folders for path in sorted(folder.rglob("*.swift"))]
    count = missing = 0
    for page in map(pathlib.Path, pages):
        for number, block in blocks(page):
            count += 1
            if not any(contains(code, block) for code in codes):
                missing += 1
                print(f"{page}:{number}: no file in {tests} has this code: {block[0]}", file=sys.stderr)
    if count == 0:
        print("there is no code in these pages", file=sys.stderr)
    return 1 if missing or count == 0 else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
