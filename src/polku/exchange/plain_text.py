"""Text without its markup: what HTML shows to a reader, on one line."""

from __future__ import annotations

import html
import re

HIDDEN = re.compile(r"<(script|style)\b.*?</\1\s*>|<!--.*?-->", re.DOTALL | re.IGNORECASE)
BLOCK = re.compile(
    r"</?(?:p|br|li|ul|ol|div|h[1-6]|table|thead|tbody|tr|t[dh]|blockquote|hr|figure)\b[^>]*>", re.IGNORECASE
)
INLINE = re.compile(r"</?[a-zA-Z][^>]*>")
UNSEEN = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\ufeff"))


def plain(text: object) -> str:
    """Return a text without markup, on one line.

    Examples
    --------
    >>> plain('<p>Tutkitaan <abbr data-viite="1">verrantoa</abbr>.</p><p> </p><p>CO<sub>2</sub>&nbsp;</p>')
    'Tutkitaan verrantoa. CO2'
    """
    if not isinstance(text, str):
        return ""
    if "<" in text:
        text = INLINE.sub("", BLOCK.sub(" ", HIDDEN.sub(" ", text)))
    text = html.unescape(text).translate(UNSEEN)
    return " ".join(text.encode("utf-8", "ignore").decode().split())
