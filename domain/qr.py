"""QR codes as SVG."""

from __future__ import annotations

import io
from functools import lru_cache

import segno

KEPT = 1024  # codes, about 10 kB each


@lru_cache(maxsize=KEPT)
def qr_svg(text: str) -> str:
    """An SVG of the text as a QR code, with its quiet zone, that scales to whatever size it is given.

    Takes some 10 ms of computing the first time: call it in a thread.
    """
    code = segno.make_qr(text, error="m", boost_error=False)
    out = io.BytesIO()
    code.save(out, kind="svg", xmldecl=False, svgclass=None, lineclass=None, omitsize=True, nl=False)
    return out.getvalue().decode()
