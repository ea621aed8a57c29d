"""XML from outside: what a parser must not follow is refused by `defusedxml`, and so is nesting without end."""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import Element, TreeBuilder

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser, ParseError

from polku.errors import InputError
from polku.exchange.limits import LIMITS, Limits


class _Bounded(TreeBuilder):
    """Builds elements and counts how deep they lie."""

    def __init__(self, deepest: int) -> None:
        super().__init__()
        self._left = deepest

    def start(self, tag: str, attrs: dict[str, str], /) -> Element:
        self._left -= 1
        if self._left < 0:
            raise InputError("XML nests too deeply", hint="send the document that the standard describes")
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> Element:
        self._left += 1
        return super().end(tag)


def parse_xml(data: bytes, where: str, limits: Limits = LIMITS) -> Element:
    """Return the root element of an XML document.

    Parameters
    ----------
    data : bytes
        The whole document.
    where : str
        Name of its source, for errors.
    limits : Limits, optional
        How large and how deep it may be.

    Raises
    ------
    InputError
        If it is too large, not well formed or nested too deeply, or has a document type, entities or references out.

    Examples
    --------
    >>> parse_xml(b"<a><b>1</b></a>", "a.xml").findtext("b")
    '1'
    """
    if len(data) > limits.xml:
        raise InputError(f"{where} is too large", got=f"{len(data):,} bytes", hint=f"at most {limits.xml:,}")
    parser = DefusedXMLParser(target=_Bounded(limits.depth), forbid_dtd=True)
    try:
        parser.feed(data)
        root: Element = parser.close()
    except DefusedXmlException as error:
        hint = "send it without a document type, entities or references to other files"
        raise InputError(
            f"{where} declares what a parser must not follow", got=type(error).__name__, hint=hint
        ) from error
    except (ParseError, ValueError, LookupError) as error:
        raise InputError(f"{where} is not well-formed XML", got=error, hint="check that the file is whole") from error
    return root


def local_name(element: Element) -> str:
    """Return an element's name without its namespace.

    Examples
    --------
    >>> local_name(Element("{http://purl.org/dc/elements/1.1/}title"))
    'title'
    """
    tag: Any = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""
