"""Strict Liquid: a wording prints every value it names, or is not sent.

The library lets an unknown name, None and '' through as nothing. Here names are checked
when a wording is parsed, in branches not taken too, and each value when it is printed.
No tag reads another file; sizes, loops and filters are bounded.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar, TextIO

from liquid import BoundTemplate, Environment, RenderContext, is_undefined
from liquid.builtin import content, illegal
from liquid.builtin.output import Output, OutputNode
from liquid.builtin.tags import assign_tag, case_tag, comment_tag, for_tag, if_tag, inline_comment_tag, unless_tag
from liquid.exceptions import LiquidError
from liquid.static_analysis import TemplateAnalysis

from reminders.domain.vocabulary import advice, dotted, is_known

LONGEST = 20_000
"""Characters that one wording may have."""

_TAGS = (
    content.Literal,
    illegal.Illegal,
    if_tag.IfTag,
    unless_tag.UnlessTag,
    case_tag.CaseTag,
    for_tag.ForTag,
    for_tag.BreakTag,
    for_tag.ContinueTag,
    assign_tag.AssignTag,
    comment_tag.CommentTag,
    inline_comment_tag.InlineCommentTag,
)
_TAG_NAMES = "if, unless, case, for, assign, comment"
_FILTERS = ("append", "capitalize", "default", "downcase", "join", "prepend", "size", "strip", "upcase")


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing wrong in a wording, whatever the values."""

    line: int
    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Parsed:
    """A wording ready to be filled in, or the flaws that forbid it."""

    flaws: tuple[Flaw, ...]
    placeholders: frozenset[str] = frozenset()
    template: BoundTemplate | None = None


class UnprintableError(LiquidError):
    """A placeholder has no text to print."""

    def __init__(self, node: OutputNode, code: str, why: str) -> None:
        super().__init__(why, token=node.token)
        self.placeholder, self.code, self.why = str(node.expression), code, why
        self.line = _line(node.token.source, node.token.start_index)


@lru_cache(maxsize=512)
def parse(source: str, escape: Callable[[str], str] = str) -> Parsed:
    """Parse *source*; *escape* is applied to each value that it prints. Never raises."""
    if len(source) > LONGEST:
        return Parsed((Flaw(1, "too_much_text", f"It is longer than {LONGEST} characters; make it shorter."),))
    try:
        template = _environment(escape).from_string(source)
    except LiquidError as error:
        return Parsed((_syntax_flaw(error, source),))
    found = template.analyze(include_partials=False)
    placeholders = frozenset(dotted(path) for path, _ in _paths(found))
    return Parsed(tuple(_flaws_of(found, source)), placeholders, template)


def fill(template: BoundTemplate, values: Mapping[str, object]) -> str:
    """Fill in *template*; raise `UnprintableError` for a value that is not there, `LiquidError` past a limit."""
    return template.render({name: _present(value) for name, value in values.items()})


class _StrictNode(OutputNode):
    """Prints a text or a number, and nothing else."""

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        """Print the value, or raise."""
        value = self.expression.evaluate(context)
        if is_undefined(value) or value is None or _is_blank(value):
            raise UnprintableError(self, "empty_placeholder", "is empty here; put it inside an {% if %}, or fill it")
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise UnprintableError(self, "unprintable_placeholder", "is no text; use it in an {% if %} or {% for %}")
        environment: Any = context.env
        return buffer.write(environment.escape(str(value)))

    async def render_to_output_async(self, context: RenderContext, buffer: TextIO) -> int:
        """Print as above: nobody renders asynchronously, but nobody shall get past the check either."""
        return self.render_to_output(context, buffer)


class _StrictOutput(Output):
    """The placeholder in a wording: {{ … }}."""

    node_class = _StrictNode


class _StrictEnvironment(Environment):
    """The few tags and filters that a wording needs, within limits."""

    loop_iteration_limit: ClassVar[int | None] = 1_000
    local_namespace_limit: ClassVar[int | None] = 50_000
    output_stream_limit: ClassVar[int | None] = 50_000

    def __init__(self, escape: Callable[[str], str]) -> None:
        super().__init__()
        self.escape = escape

    def setup_tags_and_filters(self, *, extra: bool = False) -> None:
        """Keep only what is on the lists."""
        super().setup_tags_and_filters(extra=extra)
        self.tags.clear()
        for tag in (*_TAGS, _StrictOutput):
            self.add_tag(tag)
        self.filters = {name: self.filters[name] for name in _FILTERS}


@lru_cache(maxsize=8)
def _environment(escape: Callable[[str], str]) -> Environment:
    return _StrictEnvironment(escape)


def _syntax_flaw(error: LiquidError, source: str) -> Flaw:
    message = str(error.message).rstrip(".")
    if message.startswith("unexpected tag"):
        message += f"; a wording may use {_TAG_NAMES}"
    return Flaw(_line(source, error.token.start_index) if error.token else 1, "bad_syntax", f"It says: {message}.")


def _flaws_of(found: TemplateAnalysis, source: str) -> Iterator[Flaw]:
    for path, index in _paths(found):
        if not is_known(path):
            name = dotted(path)
            text = f"{{{{ {name} }}}} is not a placeholder we can fill. {advice(name)}"
            yield Flaw(_line(source, index), "unknown_placeholder", text)
    for name, spans in found.filters.items():
        if name not in _FILTERS:
            text = f"The filter {name} is not known; a wording may use {', '.join(_FILTERS)}."
            yield Flaw(_line(source, spans[0].index), "unknown_filter", text)


def _paths(found: TemplateAnalysis) -> Iterator[tuple[tuple[str | int, ...], int]]:
    """Yield the steps of each placeholder and where it stands; a step that is itself one shows as its text."""
    for variables in found.globals.values():
        for variable in variables:
            steps = (step if isinstance(step, str | int) else str(step) for step in variable.segments)
            yield tuple(steps), variable.span.index


def _line(source: str, index: int) -> int:
    return source.count("\n", 0, max(index, 0)) + 1


_MAPS = (dict, Mapping)
"""The first spares most values the second, which takes long."""


def _present(value: object) -> object:
    """Return *value* with everything blank as None, for Liquid takes an empty text for true."""
    if isinstance(value, str):
        return None if _is_blank(value) else value
    if isinstance(value, _MAPS):
        return {name: _present(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_present(part) for part in value] or None
    return value


def _is_blank(value: object) -> bool:
    """Whether *value* is a text in which nobody sees anything: spaces, joiners, controls."""
    if not isinstance(value, str) or value[:1].isalnum():
        return False
    return not any(point.isprintable() and not point.isspace() for point in value)
