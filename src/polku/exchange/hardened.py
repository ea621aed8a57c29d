"""The only door for XML and zip archives from outside: what attacks a parser is refused before it is unpacked.

XML with a document type, an entity or a reference to elsewhere is refused, and so is nesting without end. Of an archive
the directory is judged first: names that lead out of it, links, locked or unpacked-without-end entries. Nothing is ever
written to disk; what an entry unpacks to is counted against what its directory said.
"""

from __future__ import annotations

from polku.exchange.hardened_xml import local_name, parse_xml
from polku.exchange.hardened_zip import Archive
from polku.exchange.limits import LIMITS, MIB, Limits

__all__ = ["LIMITS", "MIB", "Archive", "Limits", "local_name", "parse_xml"]
