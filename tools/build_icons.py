"""Build the icon sprite from the npm package of Tabler icons: `npm pack @tabler/icons`, then give the file made."""

import re
import sys
import tarfile
from pathlib import Path

VENDOR = Path(__file__).parent.parent / "src/fanxing/web/static/vendor"

# Add a name here and run again; names are those of https://tabler.io/icons (outline).
ICONS = (
    "alert-triangle",
    "arrow-back-up",
    "arrow-right",
    "building-bank",
    "building-community",
    "calendar",
    "check",
    "chevron-down",
    "chevron-left",
    "chevron-right",
    "circle-check",
    "circle-x",
    "clipboard-check",
    "clock",
    "download",
    "file-spreadsheet",
    "history",
    "home",
    "info-circle",
    "key",
    "letter-case",
    "list-details",
    "list-tree",
    "lock",
    "logout",
    "mood-empty",
    "notebook",
    "pencil",
    "plus",
    "printer",
    "search",
    "shield-lock",
    "star",
    "upload",
    "user",
    "users-group",
    "x",
)


def symbol(name: str, svg: str) -> str:
    """One icon as a symbol; its stroke is set by the page's style sheet."""
    paths = re.findall(r'<path d="[^"]+" />', svg)
    if not paths:
        raise ValueError(f"{name}: no path in the file")
    return f'<symbol id="{name}" viewBox="0 0 24 24">{"".join(paths)}</symbol>'


def read(package: tarfile.TarFile, name: str) -> str:
    """The text of one file of the package."""
    member = package.extractfile(f"package/{name}")
    if member is None:
        raise ValueError(f"{name}: not a file")
    return member.read().decode()


def sprite(package: tarfile.TarFile) -> str:
    """All icons of the list in one file, in the order of the list."""
    symbols = [symbol(name, read(package, f"icons/outline/{name}.svg")) for name in ICONS]
    return "\n".join(['<svg xmlns="http://www.w3.org/2000/svg">', *symbols, "</svg>", ""])


def main() -> None:
    """Write the sprite and its licence into the folder of the package's version."""
    path = Path(sys.argv[1])
    folder = VENDOR / path.name.removesuffix(".tgz")
    folder.mkdir(exist_ok=True)
    with tarfile.open(path) as package:
        (folder / "sprite.svg").write_text(sprite(package), encoding="utf-8")
        (folder / "LICENSE").write_text(read(package, "LICENSE"), encoding="utf-8")
    print(f"{len(ICONS)} icons written to {folder / 'sprite.svg'}")


if __name__ == "__main__":
    main()
