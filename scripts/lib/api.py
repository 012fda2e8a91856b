"""Lists the public declarations in symbol graphs, and compares two such lists.

usage: api.py list GRAPH.json ...     prints a line for each declaration and each conformance
       api.py compare OLD NEW         prints what NEW lacks of OLD with "-" and what it adds with "+"; the exit status
                                      is 2 when something is gone or has changed, 1 when there is only more, else 0
"""

import json
import sys

# Said of every type that can be copied and escape.
IMPLIED = {"Swift.Copyable", "Swift.Escapable", "Swift.SendableMetatype"}


def declarations(paths):
    graphs = []
    for path in paths:
        with open(path, encoding="utf-8") as file:
            graphs.append(json.load(file))
    symbols = [symbol for graph in graphs for symbol in graph["symbols"]]
    names = {symbol["identifier"]["precise"]: ".".join(symbol["pathComponents"]) for symbol in symbols}
    lines = set()
    for graph in graphs:
        for symbol in graph["symbols"]:
            # What an extension adds has symbols of its own.
            if symbol["kind"]["identifier"] == "swift.extension":
                continue
            text = " ".join("".join(part["spelling"] for part in symbol["declarationFragments"]).split())
            for word in ("Unavailable", "Deprecated"):
                if any(item.get(f"isUnconditionally{word}") for item in symbol.get("availability", [])):
                    text += f" ({word.lower()})"
            lines.add(f"{'.'.join(symbol['pathComponents'])} | {text}")
        for relation in graph["relationships"]:
            if relation["kind"] != "conformsTo":
                continue
            target = names.get(relation["target"], relation.get("targetFallback", relation["target"]))
            if target in IMPLIED:
                continue
            source = names.get(relation["source"], relation.get("sourceFallback", relation["source"]))
            where = " and ".join(
                f"{item['lhs']} {item['kind']} {item['rhs']}" for item in relation.get("swiftConstraints", [])
            )
            lines.add(f"{source} | : {target}{' where ' + where if where else ''}")
    return sorted(lines)


def read(path):
    with open(path, encoding="utf-8") as file:
        return {line.rstrip("\n") for line in file if line.strip() and not line.startswith("#")}


def compare(old, new):
    gone, added = read(old) - read(new), read(new) - read(old)
    for line in sorted([(line, "-") for line in gone] + [(line, "+") for line in added]):
        print(line[1], line[0])
    return 2 if gone else 1 if added else 0


def main():
    if sys.argv[1:2] == ["list"]:
        print("\n".join(declarations(sys.argv[2:])))
    elif sys.argv[1:2] == ["compare"] and len(sys.argv) == 4:
        sys.exit(compare(*sys.argv[2:]))
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
