"""QR codes are pictures of their text."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from domain.qr import qr_svg

TOKEN = "x" * 245  # as long as a ticket's


def test_a_code_is_an_svg_that_scales() -> None:
    svg = ET.fromstring(qr_svg(TOKEN))  # noqa: S314 - our own text
    assert svg.tag == "{http://www.w3.org/2000/svg}svg"
    assert svg.get("width") is None
    _, _, width, height = svg.attrib["viewBox"].split()
    assert width == height == "69"  # 61 modules and a quiet zone of four on each side


def test_the_same_text_has_the_same_code_and_another_text_another() -> None:
    assert qr_svg(TOKEN) == qr_svg(TOKEN) != qr_svg(TOKEN + "y")
