r"""JSON text from outside, so that all that is read of it can be written again.

JSON may hold half of a surrogate pair (RFC 8259 §8.2: a UTF-16 text that was cut inside an emoji, as `\ud83d`), and Python
reads it into a text that no UTF-8 can carry: neither an answer nor a notification to Coupa could ever tell it. So it is
replaced here, before anybody reads it. Standard library only; knows no vendor.
"""

from __future__ import annotations

import re

_PAIR = rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
_HALF = rb"\\u[dD][89a-fA-F][0-9a-fA-F]{2}"
_BARE_HALF = (
    rb"\xed[\xa0-\xbf][\x80-\xbf]"  # UTF-8 has no such bytes (RFC 3629 §3), but Python's reader lets them through
)
# Every escape is read, so that a backslash which is escaped itself begins none.
_ESCAPE = re.compile(rb"%b|(?P<half>%b|%b)|\\." % (_PAIR, _HALF, _BARE_HALF), re.DOTALL)


def mended(text: bytes) -> bytes:
    """JSON text with U+FFFD, the replacement character, for each half of a surrogate pair that lacks its other one."""
    if b"\\u" not in text and b"\xed" not in text:
        return text
    return _ESCAPE.sub(lambda read: rb"\ufffd" if read["half"] else read[0], text)
