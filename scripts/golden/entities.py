"""Writes Sources/Text/Normalisation/HTMLEntityTable.swift from the HTML5 references that Python knows."""
import html.entities
import pathlib

HEAD = '''/// The named character references of HTML (WHATWG HTML Living Standard, section 13.5): name, equals sign, code points in
/// hexadecimal joined by plus signs. Names that HTML knows also without their semicolon stand twice.
/// `scripts/golden/entities.py` wrote it.
let htmlEntityTable = """
'''
WIDTH = 104


def main():
    lines = [""]
    for name, text in sorted(html.entities.html5.items()):
        entry = f"{name}=" + "+".join(f"{ord(character):x}" for character in text)
        if lines[-1] and len(lines[-1]) + 1 + len(entry) > WIDTH:
            lines.append("")
        lines[-1] += (" " if lines[-1] else "") + entry
    root = pathlib.Path(__file__).resolve().parents[2]
    body = " \\\n".join("  " + line for line in lines)
    (root / "Sources/Text/Normalisation/HTMLEntityTable.swift").write_text(f'{HEAD}{body}\n  """\n')


main()
