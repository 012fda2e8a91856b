"""Checks that the sources keep to the layers: which folder may name types of which other, and which module may be imported
where.

usage: layers.py RULES SOURCES [--arrows]

RULES has a line for each folder, lower ones first, "TARGET/FOLDER: the folders whose types it may name"; one that is named has
to come before, so that there are no circles. After "imports:" it has a line for each module that not all may import: "MODULE:
the folders or targets that may". With --arrows, all arrows that there are are printed, with how many types.

The exit status is 1 when something uses what it may not, or a folder has no rule.
"""

import re
import sys
from collections import defaultdict
from pathlib import Path

DECLARATION = re.compile(
    r"^(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:public|package|internal|final|indirect|nonisolated)\s+)*"
    r"(?:class|struct|enum|protocol|actor|typealias)\s+(\w+)",
    re.MULTILINE,
)
IMPORT = re.compile(
    r"^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:public|package|internal|fileprivate|private)\s+)?"
    r"import\s+(?:(?:class|struct|enum|protocol|func|var|let|typealias)\s+)?(\w+)",
    re.MULTILINE,
)
NOT_CODE = re.compile(r'//[^\n]*|/\*.*?\*/|"""(?:.*?)"""|"(?:\\.|[^"\\\n])*"', re.DOTALL)


def read_rules(path):
    """The folders' rules and the modules' ones, in order."""
    folders, modules, section = {}, {}, "folders"
    for number, line in enumerate(path.read_text().splitlines(), 1):
        line = line.split("#")[0].strip()
        if not line:
            continue
        if line == "imports:":
            section = "imports"
            continue
        name, colon, rest = line.partition(":")
        if not colon:
            sys.exit(f"{path}:{number}: a rule is written as NAME: NAMES")
        if section == "imports":
            modules[name] = set(rest.split())
            continue
        used = rest.split()
        for other in used:
            if other not in folders:
                sys.exit(f"{path}:{number}: {name} may not use {other}, which does not come before it")
        folders[name] = set(used)
    return folders, modules


def target(folder):
    return folder.split("/")[0]


def folder_of(path, sources, folders):
    """The folder with a rule that a file is in, the innermost of them."""
    parent = path.relative_to(sources).parent
    for one in (parent, *parent.parents):
        if str(one) in folders:
            return str(one)
    return None


def main():
    rules, sources = Path(sys.argv[1]), Path(sys.argv[2])
    folders, modules = read_rules(rules)
    complaints, owners, texts = [], defaultdict(set), {}
    for path in sorted(sources.rglob("*.swift")):
        folder = folder_of(path, sources, folders)
        if folder is None:
            complaints.append(f"{path}: its folder has no rule in {rules}")
            continue
        text = NOT_CODE.sub(" ", path.read_text())
        texts[path] = (folder, text)
        for name in DECLARATION.findall(text):
            owners[name].add(folder)
        for module in IMPORT.findall(text):
            if module in modules and not {folder, target(folder)} & modules[module]:
                complaints.append(f"{path}: {folder} may not import {module}")
    arrows = defaultdict(set)
    for path, (folder, text) in texts.items():
        for name in sorted(set(re.findall(r"\b[A-Z]\w+", text))):
            # Between targets it is the imports that count.
            homes = {home for home in owners.get(name, ()) if target(home) == target(folder)}
            if not homes or folder in homes:
                continue
            if not homes & folders[folder]:
                complaints.append(f"{path}: {folder} may not use {name}, which is in {' and '.join(sorted(homes))}")
            for home in homes:
                arrows[folder, home].add(name)
    if "--arrows" in sys.argv:
        for (folder, home), names in sorted(arrows.items()):
            print(f"{folder} -> {home}: {len(names)}")
    for folder, used in folders.items():
        for home in sorted(used):
            if (folder, home) not in arrows:
                complaints.append(f"{rules}: {folder} may use {home} and does not: take the arrow out")
    print("\n".join(complaints), file=sys.stderr)
    sys.exit(1 if complaints else 0)


main()
