"""The system libraries PDF export needs, asked for without loading the PDF engine."""

import ctypes
from functools import cache

# What the office's administrator knows the library as, and the file names it has on Linux, macOS and Windows.
_LIBRARIES = {
    "Pango": ("libpango-1.0.so.0", "libpango-1.0.dylib", "libpango-1.0-0.dll"),
    "PangoFT2": ("libpangoft2-1.0.so.0", "libpangoft2-1.0.dylib", "libpangoft2-1.0-0.dll"),
    "HarfBuzz": ("libharfbuzz.so.0", "libharfbuzz.0.dylib", "libharfbuzz-0.dll"),
    "HarfBuzz-Subset": ("libharfbuzz-subset.so.0", "libharfbuzz-subset.0.dylib", "libharfbuzz-subset-0.dll"),
    "Fontconfig": ("libfontconfig.so.1", "libfontconfig.1.dylib", "libfontconfig-1.dll"),
}


@cache
def missing_libraries() -> tuple[str, ...]:
    """Return the names of the libraries that cannot be loaded on this machine; empty if PDF export can work."""
    return tuple(name for name, files in _LIBRARIES.items() if not any(_loads(file) for file in files))


def _loads(file: str) -> bool:
    try:
        ctypes.CDLL(file)
    except OSError:
        return False
    return True
