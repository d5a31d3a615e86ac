"""The comments part of a sheet: notes added and taken away, a department's own words left as they are."""

from __future__ import annotations

from collections.abc import Mapping

from perfbatch.package.addresses import Place, cell_name, place_of
from perfbatch.package.editing import (
    Edits,
    Element,
    NotEditable,
    children,
    escaped,
    local,
    names_of,
    opening,
    plain,
    prefix_of,
    prefixed,
    root,
    string,
    unescaped,
)

__all__ = ["AUTHOR", "BEGIN", "END", "CommentPart", "new_comments"]

AUTHOR = "财政整改通知"
BEGIN = "【财政整改通知】"
END = "【整改通知止】"
_RUN = (
    '<r><rPr><sz val="9"/><color indexed="81"/><rFont val="宋体"/><family val="2"/></rPr>'
    '<t xml:space="preserve">{}</t></r>'
)
# A conversation of Excel 365 shows in the comments part as a placeholder by an author of this kind.
_THREAD = "tc="
# Characters: more is unreadable in a box beside a cell; the first sheet has all of it.
_LONGEST = 4_000


def new_comments(namespace: str, notes: Mapping[Place, str]) -> bytes:
    """A comments part with a note at each cell, and nothing else."""
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<comments xmlns="{namespace}"><authors><author>{AUTHOR}</author></authors>'
        f"<commentList>{_comments(notes, 0)}</commentList></comments>"
    ).encode()


def _comments(notes: Mapping[Place, str], author: int) -> str:
    return "".join(
        f'<comment ref="{cell_name(*place)}" authorId="{author}"><text>{_RUN.format(_bounded(note))}</text></comment>'
        for place, note in sorted(notes.items())
    )


class CommentPart:
    """One comments part."""

    def __init__(self, part: bytes) -> None:
        """Raises `NotEditable` for what is no comments part."""
        self._load(plain(part))

    def _load(self, markup: bytes) -> None:
        self.markup = markup
        self._root = root(markup)
        self.prefix = prefix_of(self._root)
        parts = {local(part.name): part for part in children(markup, self._root.inside, self._root.close)}
        if b"authors" not in parts or b"commentList" not in parts:
            raise NotEditable("comments without a list")
        self._authors, self._list = parts[b"authors"], parts[b"commentList"]
        inside = children(markup, self._authors.inside, self._authors.close)
        self.authors = [unescaped(markup[author.inside : author.close]) for author in inside]
        self._author_elements = inside
        self._comments: dict[Place, Element] = {}
        for comment in children(markup, self._list.inside, self._list.close):
            place = place_of(self._given(comment).get("ref", ""))
            if place is not None:
                self._comments[place] = comment

    def _given(self, comment: Element) -> Mapping[str, str]:
        return names_of(self.markup[comment.start : comment.inside])

    @property
    def places(self) -> frozenset[Place]:
        """The cells that have a comment."""
        return frozenset(self._comments)

    def _author(self, comment: Element) -> str:
        number = self._given(comment).get("authorId", "")
        return self.authors[int(number)] if number.isdecimal() and int(number) < len(self.authors) else ""

    def add(self, notes: Mapping[Place, str]) -> tuple[list[Place], list[Place]]:
        """Put notes at cells: behind a comment that is there, else as a comment of our own.

        Returns the cells that have a comment only now, and those left alone because a conversation stands there."""
        edits = Edits()
        new: list[Place] = []
        left: list[Place] = []
        for place, note in sorted(notes.items()):
            own = self._comments.get(place)
            if own is None:
                new.append(place)
            elif self._author(own).startswith(_THREAD):
                left.append(place)
            else:
                self._append(edits, own, note)
        if new:
            number = self.authors.index(AUTHOR) if AUTHOR in self.authors else self._new_author(edits)
            made = _comments({place: notes[place] for place in new}, number)
            self._put(edits, self._list, made)
        self._load(edits.applied(self.markup))
        return new, left

    def _put(self, edits: Edits, into: Element, made: str) -> None:
        """Add markup at the end of an element, opening it where it closes itself."""
        inner = prefixed(made, self.prefix)
        if into.empty:
            tag = self.markup[into.start : into.end - 2].rstrip()
            edits.replace(into.start, into.end, tag + b">" + inner + b"</" + into.name + b">")
        else:
            edits.insert(into.close, inner)

    def _new_author(self, edits: Edits) -> int:
        self._put(edits, self._authors, f"<author>{AUTHOR}</author>")
        return len(self.authors)

    def _append(self, edits: Edits, comment: Element, note: str) -> None:
        text = next(
            (part for part in children(self.markup, comment.inside, comment.close) if local(part.name) == b"text"), None
        )
        if text is None:
            raise NotEditable("a comment without a text")
        inside = children(self.markup, text.inside, text.close)
        lone = next((part for part in inside if local(part.name) == b"t"), None)
        words = _bounded(note)
        if lone is not None and not lone.empty:
            # A plain text beside a run is legal, but programs show only one of the two.
            edits.insert(lone.close, ("\n" + words).encode())
            return
        runs = [part for part in inside if local(part.name) == b"r"]
        made = _RUN.format(("\n" if runs else "") + words)
        if runs:
            edits.insert(runs[-1].end, prefixed(made, self.prefix))
        elif lone is not None:
            edits.replace(lone.start, lone.end, prefixed(made, self.prefix))
        else:
            self._put(edits, text, made)

    def clear(self) -> list[Place]:
        """Take all notes away; returns the cells that now have no comment any more."""
        edits = Edits()
        gone: list[Place] = []
        for place, comment in self._comments.items():
            if self._clear_one(edits, comment):
                gone.append(place)
        self._load(edits.applied(self.markup))
        self._drop_author()
        return gone

    def _clear_one(self, edits: Edits, comment: Element) -> bool:
        """Cut our words out of a comment; whether nothing else was in it."""
        texts = self._texts(comment)
        whole = "".join(words for _, words in texts)
        begin = whole.find(BEGIN)
        end = whole.find(END, begin)
        if begin < 0 or end < 0:
            return False
        end += len(END)
        # Programs that save the comment anew may put their own line ends around our lines.
        for line_end in ("\r\n", "\n", "\r"):
            if whole[:begin].endswith(line_end):
                begin -= len(line_end)
                break
        if not whole[:begin].strip() and not whole[end:].strip():
            edits.replace(comment.start, comment.end, b"")
            return True
        position = 0
        runs = self._runs(comment)
        for element, words in texts:
            first, last = max(begin - position, 0), min(end - position, len(words))
            position += len(words)
            if first >= last:
                continue
            run = next((run for run in runs if run.start < element.start < run.end), None)
            if first == 0 and last == len(words) and run is not None:
                edits.replace(run.start, run.end, b"")
            else:
                edits.replace(element.inside, element.close, escaped(words[:first] + words[last:]))
        return False

    def _runs(self, comment: Element) -> list[Element]:
        text = [part for part in children(self.markup, comment.inside, comment.close) if local(part.name) == b"text"]
        return [
            run for part in text for run in children(self.markup, part.inside, part.close) if local(run.name) == b"r"
        ]

    def _texts(self, comment: Element) -> list[tuple[Element, str]]:
        """The pieces of a comment's text, in order."""
        pieces: list[tuple[Element, str]] = []
        for match in opening(self.prefix + "t").finditer(self.markup, comment.inside, comment.close):
            if match[1].endswith(b"/"):
                continue
            close = self.markup.find(b"</", match.end())
            element = Element(b"t", match.start(), match.end(), close, self.markup.find(b">", close) + 1)
            pieces.append((element, unescaped(self.markup[element.inside : close])))
        return pieces

    def _drop_author(self) -> None:
        """Take our author away if it is the last one, so that the numbers of the others stay."""
        if not self.authors or self.authors[-1] != AUTHOR:
            return
        number = str(len(self.authors) - 1)
        if any(self._given(comment).get("authorId") == number for comment in self._comments.values()):
            return
        edits = Edits()
        last = self._author_elements[-1]
        edits.replace(last.start, last.end, b"")
        self._load(edits.applied(self.markup))


def _bounded(note: str) -> str:
    """A note between its marks, which its own words cannot imitate, as the content of a `t` element."""
    inner = note.replace(BEGIN, BEGIN[1:-1]).replace(END, END[1:-1])
    return string(f"{BEGIN}\n{inner[:_LONGEST]}\n{END}")
