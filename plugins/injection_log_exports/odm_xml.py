"""The letters of ODM: its name space, an element with attributes, and values as ODM writes them.

Pure. Source: CDISC ODM 1.3.2 (name space v1.3). A letter that XML 1.0 cannot hold becomes U+FFFD, never a broken file.
"""
from __future__ import annotations

import re
from typing import Any

from lxml import etree

NAMESPACE = "http://www.cdisc.org/ns/odm/v1.3"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
Element = Any  # of lxml, which has no types


def root() -> Element:
    """An empty ODM element."""
    return etree.Element(f"{{{NAMESPACE}}}ODM", nsmap={None: NAMESPACE})


def add(parent: Element, name: str, text: str = "", **attributes: str) -> Element:
    """A child of this name; attributes that are "" are left out."""
    child = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    for key, value in attributes.items():
        if value != "":
            child.set(key, clean(value))
    if text:
        child.text = clean(text)
    return child


def add_words(parent: Element, name: str, words: str) -> Element:
    """A child with words in English: ODM's TranslatedText."""
    child = add(parent, name)
    add(child, "TranslatedText", words).set(_LANGUAGE, "en")
    return child


def xml_bytes(element: Element) -> bytes:
    """The document, indented, in UTF-8."""
    etree.indent(element, "  ")
    data: bytes = etree.tostring(element, xml_declaration=True, encoding="UTF-8")
    return data + b"\n"


def clean(text: str) -> str:
    """The text in letters that XML can hold."""
    return _NOT_XML.sub("\ufffd", text)
