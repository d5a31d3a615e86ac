"""Links as xlsxwriter takes them."""

from __future__ import annotations

from typing import Any

from xlsxwriter.url import Url, UrlTypes

from perfbatch.summary.strips import Link

__all__ = ["url_of"]


class _FileLink(Url):  # type: ignore[misc]
    """A link to a place in another file. xlsxwriter turns `/` into `\\`, which only Windows follows; `/` works everywhere."""

    def __init__(self, target: str, location: str, text: str) -> None:
        super().__init__("external:book")
        self._link_type = UrlTypes.EXTERNAL
        self._relationship_link = target
        self._anchor = location
        self._text = text


def url_of(link: Link, text: str) -> Any:
    """A link as xlsxwriter takes it, under the text that its cell shows."""
    if link.target:
        return _FileLink(link.target, link.location, text)
    url = Url(f"internal:{link.location}")
    url.text = text
    return url
