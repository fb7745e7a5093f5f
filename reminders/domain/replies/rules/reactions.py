"""How phones write a reaction to a text as a text of its own: Liked "…", 👍 to "…", Le gustó "…"."""

import re

REACTION = re.compile(
    r"^\W*(?:"
    r"(?:Liked|Loved|Disliked|Laughed at|Emphasi[sz]ed|Questioned|Reacted .{1,20}? to|Removed an? .{1,30}? from)"
    r"|(?:A \S+ )?(?:No )?(?:[Ll]e gust[oó]|[Ll]e encant[oó])|Se ri[oó] de|Enfatiz[oó]|Destac[oó]|Exclam[oó]"
    r"|Puso en duda|Pregunt[oó] (?:sobre|por)|Reaccion[oó] (?:con|a) .{0,20}?|Elimin[oó] un .{1,30}? de"
    r")\s*(?:[\"\u201c\u201d\u00ab]|an? (?:image|message|photo|video|attachment)|una? (?:imagen|mensaje|foto))"
    r"|^[^\w\"\u201c]{1,12}(?:to|a)\s+[\"\u201c\u201d\u00ab]",
    re.DOTALL,
)
