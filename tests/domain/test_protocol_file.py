"""Protocol files: what they mean, and what each mistake in them is answered with."""

import json
from datetime import time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reminders.domain.clinic_file import read_clinic
from reminders.domain.clinic_setup import ClinicSetup
from reminders.domain.errors import InvalidConfigError
from reminders.domain.protocol import (
    Anchor,
    Condition,
    Direction,
    Elapsed,
    Landmark,
    Late,
    Moment,
    Protocol,
    Rule,
    Test,
    WallClock,
)
from reminders.domain.protocol_file import from_body, read_protocol, read_protocols, to_body
from reminders.domain.words import Audience, Category, Channel, Context, Lane
from tests.domain.test_clinic_file import GOOD as CLINIC

GOOD = """\
protocol: infusion
title: Infusion visit
services: [infusion]
phases: [first]
courses: [infusions]
rules:
  - slug: prep
    anchor: start
    offset: day before at 17:00
    at_latest: first stop - 2 h
    category: prep
    channels: [email, sms]
    template: prep
    when:
      - {fact: visit.status, is: in, value: [booked, pending]}
      - {fact: visit.number, is: at least, value: 2}
      - {fact: visit.extra.plan, is: missing}
    quiet: earlier
    useful_until: last stop
    asks: prep
    late: skip
    replaces: [nudge]
    also_after: 4 h
  - slug: nudge
    anchor: course
    offset: 7 days before at 10:00
    category: nudge
    template: nudge
    when: [{fact: course.booked_ahead, is: equal, value: no}]
    useful_until: anchor + 14 d
  - slug: moved
    anchor: moved
    offset: at once
    category: admin
    template: moved
    useful_until: start
"""


@pytest.fixture(scope="module")
def clinic() -> ClinicSetup:
    return read_clinic(CLINIC, "clinic.yaml")


def problems_of(text: str, clinic: ClinicSetup) -> list[str]:
    with pytest.raises(InvalidConfigError) as refused:
        read_protocol(text, "infusion.yaml", clinic)
    return [str(problem) for problem in refused.value.problems]


def test_a_protocol_is_read_as_its_coordinator_wrote_it(clinic: ClinicSetup) -> None:
    protocol = read_protocol(GOOD, "infusion.yaml", clinic)

    assert (protocol.slug, protocol.title) == ("infusion", "Infusion visit")
    assert (protocol.services, protocol.phases, protocol.courses) == (("infusion",), ("first",), ("infusions",))
    assert protocol.rules[0] == Rule(
        slug="prep",
        anchor=Anchor.START,
        offset=WallClock(-1, time(17)),
        at_latest=Moment(Landmark.FIRST_STOP, timedelta(hours=-2)),
        category=Category.PREP,
        lane=Lane.PREP,
        audience=Audience.PATIENT,
        channels=(Channel.EMAIL, Channel.SMS),
        template="prep",
        when=(
            Condition("visit.status", Test.IN, ("booked", "pending")),
            Condition("visit.number", Test.AT_LEAST, 2),
            Condition("visit.extra.plan", Test.MISSING),
        ),
        quiet=Direction.EARLIER,
        useful_until=Moment(Landmark.LAST_STOP),
        limited=False,
        asks=Context.PREP,
        late=Late.SKIP,
        replaces=("nudge",),
        rescue=True,
        also_after=timedelta(hours=4),
    )


@pytest.mark.parametrize(
    ("category", "lane", "quiet", "limited", "rescue"),
    [
        ("safety", Lane.SAFETY, Direction.LATER, False, False),
        ("prep", Lane.PREP, Direction.EARLIER, False, True),
        ("check-in", Lane.ROUTINE, Direction.LATER, True, False),
        ("admin", Lane.ROUTINE, Direction.LATER, True, False),
        ("nudge", Lane.NUDGE, Direction.LATER, True, False),
    ],
)
def test_what_a_rule_leaves_out_follows_from_its_category(
    category: str, lane: Lane, quiet: Direction, *, limited: bool, rescue: bool
) -> None:
    rule = read_protocol(
        "protocol: p\ntitle: P\nservices: [s]\nrules:\n"
        f"  - {{slug: r, anchor: start, offset: -3 h, category: {category}, template: t, useful_until: start}}",
        "p.yaml",
    ).rules[0]

    assert (rule.lane, rule.quiet, rule.limited, rule.rescue) == (lane, quiet, limited, rescue)
    assert rule.channels == (Channel.SMS, Channel.EMAIL)
    assert (rule.asks, rule.late, rule.audience, rule.when) == (None, Late.SEND, Audience.PATIENT, ())


@pytest.mark.parametrize("anchor", ["moved", "cancelled"])
def test_word_that_a_visit_changed_is_never_limited(anchor: str) -> None:
    text = GOOD.replace("anchor: moved", f"anchor: {anchor}")

    assert read_protocol(text, "p.yaml").rules[2].limited is False


def test_a_rule_may_waive_the_limit_and_choose_its_lane() -> None:
    text = GOOD.replace("anchor: moved", "anchor: start\n    limited: no\n    lane: nudge").replace("at once", "-3 h")

    rule = read_protocol(text, "p.yaml").rules[2]

    assert (rule.limited, rule.lane) == (False, Lane.NUDGE)


OFFSET_CURE = 'write it like "day before at 17:00", "3 days before at 10:00", "-3 h", "+90 min" or "at once".'


@pytest.mark.parametrize(
    ("good", "bad", "problem"),
    [
        ("protocol: infusion", "protocol: The infusion",
         ("1: the protocol, protocol: 'The infusion' cannot be a name here; "
         "use lower-case letters, digits and hyphens: day-1.")),
        ("title: Infusion visit", "titel: Infusion visit",
         "2: the protocol: titel is not a field here. Did you mean title?"),
        ("title: Infusion visit", "titel: Infusion visit",
         "1: the protocol: title is missing; add a line `title: …`."),
        ("services: [infusion]\n", "",
         "1: the protocol, services: name at least one kind of visit that this protocol is for."),
        ("services: [infusion]", "services: [infusoin]",
         "3: the protocol, services: 'infusoin' is not in the clinic file. Did you mean infusion?"),
        ("phases: [first]", "phases: [frist]",
         "4: the protocol, phases: 'frist' is not in the clinic file. Did you mean first?"),
        ("services: [infusion]\nphases: [first]", "services: [talk]\nphases: [first]",
         "4: the protocol, phases: 'first' is not in the clinic file. There are none."),
        ("courses: [infusions]", "courses: [infusion]",
         "5: the protocol, courses: 'infusion' is not in the clinic file. Did you mean infusions?"),
        ("courses: [infusions]\n", "",
         "1: the protocol, courses: a rule has the anchor course; name the kinds of course it looks after."),
        (GOOD[GOOD.index("  - slug: prep"):], "",
         "6: the protocol, rules: a protocol without rules says nothing; add one or remove the file."),
        ("anchor: start", "anchor: begin",
         ("8: rule prep, anchor: 'begin' is not known here. "
         "It may be: start, end, booked, moved, cancelled, arrived, fulfilled, noshow, driver, ready, home, course.")),
        ("anchor: start", "anchor: strat",
         "8: rule prep, anchor: 'strat' is not known here. Did you mean start?"),
        ("    anchor: start\n", "",
         "7: rule prep: anchor is missing; add a line `anchor: …`."),
        ("day before at 17:00", "day before 17:00",
         f"9: rule prep, offset: 'day before 17:00' is not an offset; {OFFSET_CURE}"),
        ("day before at 17:00", "day before at 5 PM",
         "9: rule prep, offset: '5 PM' is not a time of day; write it like 17:00."),
        ("day before at 17:00", "-1 d 3 h",
         f"9: rule prep, offset: '-1 d 3 h' mixes days and hours: a day is a day of the calendar; {OFFSET_CURE}"),
        ("day before at 17:00", "-3 h at 10:00",
         f"9: rule prep, offset: '-3 h at 10:00' counts hours and names a time too; {OFFSET_CURE}"),
        ("first stop - 2 h", "first bite - 2 h",
         ("10: rule prep, at_latest: 'first bite - 2 h' is not a moment; write one of due, anchor, start, end, "
         'first stop, last stop, alone or like "start - 24 h" or "anchor + 36 h".')),
        ("category: prep", "category: preparation",
         "11: rule prep, category: 'preparation' is not known here. It may be: prep, safety, check-in, nudge, admin."),
        ("channels: [email, sms]", "channels: [mail, sms]",
         "12: rule prep, channels: 'mail' is not known here. Did you mean email?"),
        ("channels: [email, sms]", "channels: [sms, sms]",
         "12: rule prep, channels: a channel stands here twice; name each once, the preferred one first."),
        ("channels: [email, sms]", "channels: sms",
         "23: rule prep, also_after: there is no second channel to send on; name one in channels or remove this line."),
        ("template: prep", "template: Prep Text",
         ("13: rule prep, template: 'Prep Text' cannot be a name here; "
         "use lower-case letters, digits and hyphens: day-1.")),
        ("fact: visit.status", "fact: visit.stauts",
         "15: rule prep, condition, fact: 'visit.stauts' is not a fact. Did you mean visit.status?"),
        ("fact: visit.status, ", "",
         "15: rule prep, condition: fact is missing; add a line `fact: …`."),
        ("is: in", "is: among",
         ("15: rule prep, condition, is: 'among' is not known here. "
         "It may be: equal, not equal, in, not in, at least, at most, present, missing.")),
        ("[booked, pending]", "[bookd]",
         "15: rule prep, condition, value: 'bookd' is not a value of this fact. Did you mean booked?"),
        ("is: in, value: [booked, pending]", "is: in",
         '15: rule prep, condition, value: "in" needs a list, such as [one, two].'),
        ("is: in, value", "is: equal, value",
         '15: rule prep, condition, value: "equal" needs exactly one value; for several write is: in.'),
        ("is: at least, value: 2", "is: at least, value: two",
         "16: rule prep, condition, value: 'two' is not a whole number."),
        ("visit.number, is: at least", "visit.confirmed, is: at least",
         '16: rule prep, condition, is: "at least" compares numbers, and this fact is yes or no.'),
        ("is: missing", "is: missing, value: yes",
         '17: rule prep, condition, value: "missing" takes no value; remove it.'),
        ("is: missing", "is: missing, vlaue: yes",
         "17: rule prep, condition: vlaue is not a field here. Did you mean value?"),
        ("quiet: earlier", "quiet: before",
         "18: rule prep, quiet: 'before' is not known here. It may be: earlier, later."),
        ("useful_until: last stop", "useful_until: due",
         '19: rule prep, useful_until: "due" is not after the message is due; name a later moment.'),
        ("asks: prep", "asks: maybe",
         ("20: rule prep, asks: 'maybe' is nothing that a text can ask. It may be: confirm, prep, driver_ask, "
         "driver_person, checkin, mood, nudge, moved, waitlist, no.")),
        ("asks: prep", "limited: yes",
         "20: rule prep, limited: limits never hold back a message of category prep; remove this line."),
        ("asks: prep", "lane: fast",
         "20: rule prep, lane: 'fast' is not known here. It may be: safety, prep, routine, nudge."),
        ("asks: prep", "audience: staff",
         "20: rule prep, audience: a rule cannot speak to staff yet; write patient, driver or remove this line."),
        ("late: skip", "late: drop",
         "21: rule prep, late: 'drop' is not known here. It may be: send, skip."),
        ("replaces: [nudge]", "replaces: [nugde]",
         "22: rule prep, replaces: 'nugde' is not another rule of this protocol. Did you mean nudge?"),
        ("replaces: [nudge]", "replaces: [prep]",
         "22: rule prep, replaces: 'prep' is not another rule of this protocol. It may be: nudge, moved."),
        ("also_after: 4 h", "also_after: later",
         "23: rule prep, also_after: 'later' is not a length of time; write it like 30 min, 8 h or 21 d."),
        ("slug: nudge", "slug: prep",
         ("24: rule prep, slug: another rule of this protocol has this name; "
         "messages are known by it, so change one.")),
        ("fact: course.booked_ahead", "fact: visit.confirmed",
         "29: rule nudge, when: visit.confirmed is unknown to a rule of a course; ask course or patient facts."),
        ("is: equal, value: no", "is: equal, value: none",
         "29: rule nudge, condition, value: 'none' is neither yes nor no."),
        ("anchor + 14 d", "start",
         '30: rule nudge, useful_until: a course has no "start"; count from anchor or due.'),
        ("anchor + 14 d", "anchor - 9 d",
         '30: rule nudge, useful_until: "anchor - 9 d" is not after the message is due; name a later moment.'),
        ("category: admin", "category: admin\n    limited: yes",
         "35: rule moved, limited: limits never hold back a message about a moved visit; remove this line."),
        ("services: [infusion]", "services: [infusion, talk]",
         "19: rule prep, useful_until: talk has no fast, so no last stop; count from start."),
        ("services: [infusion]", "services: [infusion, talk]",
         "10: rule prep, at_latest: talk has no fast, so no first stop; count from start."),
    ],
)  # fmt: skip
def test_a_mistake_is_told_by_line_and_rule_with_the_cure(
    good: str, bad: str, problem: str, clinic: ClinicSetup
) -> None:
    assert good in GOOD
    assert f"infusion.yaml:{problem}" in problems_of(GOOD.replace(good, bad, 1), clinic)


def test_all_mistakes_of_all_files_are_told_at_once(clinic: ClinicSetup) -> None:
    files = {
        "a.yaml": GOOD.replace("late: skip", "late: x").replace("anchor: start", "anchor: x"),
        "b.yaml": "protocol: [",
        "c.yaml": GOOD.replace("quiet: earlier", "quiet: x"),
    }

    with pytest.raises(InvalidConfigError) as refused:
        read_protocols(files, clinic)

    assert [problem.where for problem in refused.value.problems] == ["a.yaml:8", "a.yaml:21", "b.yaml:1", "c.yaml:18"]


def test_two_files_may_not_have_one_name(clinic: ClinicSetup) -> None:
    with pytest.raises(InvalidConfigError, match=r"b\.yaml: a\.yaml is called infusion too; give one another name\."):
        read_protocols({"a.yaml": GOOD, "b.yaml": GOOD}, clinic)


def test_two_files_may_not_look_after_one_visit_with_rules_of_one_name(clinic: ClinicSetup) -> None:
    other = GOOD.replace("protocol: infusion", "protocol: other")

    with pytest.raises(InvalidConfigError, match=r"b\.yaml: a\.yaml has a rule moved, nudge, prep too; "):
        read_protocols({"a.yaml": GOOD, "b.yaml": other}, clinic)


def test_two_files_may_share_rule_names_for_different_phases(clinic: ClinicSetup) -> None:
    other = GOOD.replace("protocol: infusion", "protocol: other").replace("phases: [first]", "phases: [then]")
    other = other.replace("slug: nudge", "slug: nudge-then").replace("replaces: [nudge]", "replaces: [nudge-then]")

    protocols = read_protocols({"a.yaml": GOOD, "b.yaml": other}, clinic)

    assert [protocol.slug for protocol in protocols] == ["infusion", "other"]


def test_a_protocol_survives_being_stored_as_json() -> None:
    protocol = read_protocol(GOOD, "infusion.yaml")

    assert from_body(json.loads(json.dumps(to_body(protocol)))) == protocol


SLUGS = st.from_regex(r"[a-z]{1,5}", fullmatch=True)
MINUTES = st.integers(-5000, 5000).map(lambda minutes: timedelta(minutes=minutes))
MOMENTS = st.builds(Moment, st.sampled_from(Landmark), MINUTES)
VALUES = st.none() | st.booleans() | st.integers(0, 9) | st.text() | st.lists(st.text() | st.integers()).map(tuple)
RULES = st.builds(
    Rule,
    slug=SLUGS,
    anchor=st.sampled_from(Anchor),
    offset=st.builds(Elapsed, MINUTES) | st.builds(WallClock, st.integers(-60, 60), st.none() | st.just(time(17, 5))),
    category=st.sampled_from(Category),
    template=SLUGS,
    useful_until=MOMENTS,
    channels=st.lists(st.sampled_from(Channel)).map(tuple),
    audience=st.sampled_from(Audience),
    lane=st.sampled_from(Lane),
    quiet=st.sampled_from(Direction),
    at_latest=st.none() | MOMENTS,
    when=st.lists(st.builds(Condition, st.text(), st.sampled_from(Test), VALUES)).map(tuple),
    limited=st.booleans(),
    asks=st.none() | st.sampled_from([one for one in Context if one is not Context.NONE]),
    late=st.sampled_from(Late),
    replaces=st.lists(SLUGS).map(tuple),
    rescue=st.booleans(),
    also_after=st.none() | MINUTES.map(abs),
)


@given(RULES)
def test_every_rule_survives_being_stored_as_json(rule: Rule) -> None:
    protocol = Protocol(slug="p", title="P", services=("s",), rules=(rule,))

    assert from_body(json.loads(json.dumps(to_body(protocol)))) == protocol
