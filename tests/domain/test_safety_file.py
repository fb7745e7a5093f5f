"""The safety plan of a clinic file: what it says, and what is refused because nobody would hear a cry for help."""

from datetime import timedelta

import pytest

from reminders.domain.clinic_file import read_clinic
from reminders.domain.clinic_setup import ClinicSetup
from reminders.domain.errors import InvalidConfigError
from reminders.domain.safety import DUTY_LINE, OPS, Level, SafetyPlan
from reminders.domain.safety_file import from_body, to_body
from reminders.domain.words import Channel

GOOD = """\
clinic: cedar
name: Cedar Clinic
display_name: Cedar Clinic
phone: 212-555-0142
language: en
region: US
locations:
  - {slug: midtown, name: Midtown, address: 250 Linden Avenue, zone: America/New_York, hours: {monday: "09:00-17:00"}}
services:
  - {slug: consultation, title: {en: Consultation}}
opt_out: ours
staff:
  - {slug: nurse, name: Nurse, role: nurse, phone: 212-555-0144, pager: "https://pager.example/h/1"}
  - {slug: director, name: Director, role: clinician, phone: 212-555-0145, email: director@cedar.example}
  - {slug: clerk, name: Clerk, role: clerk, email: clerk@cedar.example}
safety:
  acknowledge_within: 5 min
  chain:
    - {staff: nurse, by: [sms, pager]}
    - {staff: director, by: [email, call]}
  duty_line: 212-555-0199
  after_hours: [director, nurse]
  ops: clerk
"""


def read(text: str = GOOD) -> ClinicSetup:
    return read_clinic(text, "clinic.yaml")


def refusals(old: str, new: str) -> list[str]:
    assert old in GOOD
    with pytest.raises(InvalidConfigError) as refused:
        read(GOOD.replace(old, new))
    return [str(problem) for problem in refused.value.problems]


def test_a_plan_is_read_as_the_clinic_wrote_it() -> None:
    nurse = Level("nurse", (Channel.SMS, Channel.PAGER))
    director = Level("director", (Channel.EMAIL, Channel.CALL))

    assert read().safety == SafetyPlan(
        acknowledge_within=timedelta(minutes=5),
        chain=(nurse, director),
        after_hours=(director, nurse),
        ops=Level("clerk", (Channel.EMAIL,)),
    )


def test_ops_is_told_in_every_way_but_a_call() -> None:
    plans = [read(GOOD.replace("ops: clerk", f"ops: {name}")).safety for name in ("nurse", "director")]

    assert [plan.ops for plan in plans if plan] == [
        Level("nurse", (Channel.SMS, Channel.PAGER)),
        Level("director", (Channel.SMS, Channel.EMAIL)),
    ]


def test_the_duty_line_and_a_mailbox_of_ops_become_contacts() -> None:
    staff = {one.slug: one for one in read(GOOD.replace("ops: clerk", "ops: pit@cedar.example")).staff}

    assert staff[DUTY_LINE].phone == "+12125550199"
    assert staff[OPS].email == "pit@cedar.example"


def test_who_is_told_after_hours_only_is_told_in_every_way_there_is() -> None:
    plan = read(GOOD.replace("    - {staff: nurse, by: [sms, pager]}\n", "")).safety

    assert plan is not None
    assert plan.after_hours[1] == Level("nurse", (Channel.SMS, Channel.CALL, Channel.PAGER))


def test_a_clinic_may_be_without_a_plan_until_it_goes_live() -> None:
    clinic = read(GOOD[: GOOD.index("safety:")])

    assert clinic.safety is None
    assert from_body({}) is None


def test_a_plan_is_kept_without_a_number_or_a_mailbox() -> None:
    plan = read().safety
    assert plan is not None

    body = to_body(plan)

    assert from_body(body) == plan
    assert "555" not in str(body)
    assert "@" not in str(body)


@pytest.mark.parametrize(("text", "ours"), [("opt_out: ours", True), ("opt_out: provider", False), ("", False)])
def test_who_answers_stop_is_a_choice(text: str, ours: bool) -> None:  # noqa: FBT001
    assert read(GOOD.replace("opt_out: ours", text)).answers_stop is ours


@pytest.mark.parametrize(
    ("old", "new", "refusal"),
    [
        ("staff: nurse, by", "staff: nurze, by",
         "19: level, staff: nurze is nobody under staff. Did you mean nurse?"),
        ("[sms, pager]", "[sms]", "19: level, by: nurse may not look at texts; add a second route: call or pager."),
        ("[sms, pager]", "[pager]", "19: level, by: a call or a page says little; add sms or email for nurse."),
        ("[sms, pager]", "[email, call]",
         "19: level, by: nurse has no email; add it under staff, or leave email out."),
        ("[sms, pager]", "[sms, fax]", "19: level, by: 'fax' is not known here. It may be: sms, email, call, pager."),
        ("after_hours: [director, nurse]", "after_hours: []",
         ("22: the clinic, safety, after_hours: name whom to tell when every location is closed: "
          "after_hours: [nurse].")),
        ("after_hours: [director, nurse]", "after_hours: [clerk]",
         ("22: the clinic, safety, after_hours: clerk cannot be woken by a text; give clerk a phone or a "
          "pager under staff.")),
        ("after_hours: [director, nurse]", "after_hours: [nobody]",
         ("22: the clinic, safety, after_hours: nobody is nobody under staff. It may be: nurse, director, "
          "clerk.")),
        ("  duty_line: 212-555-0199\n", "",
         "17: the clinic, safety: duty_line is missing; add a line `duty_line: …`."),
        ("duty_line: 212-555-0199", "duty_line: 555", "21: the clinic, safety, duty_line: it"),
        ("acknowledge_within: 5 min", "acknowledge_within: 5 h",
         "17: the clinic, safety, acknowledge_within: '5 h' is not between 1 min and 2 h."),
        ("ops: clerk", "ops: clark", "23: the clinic, safety, ops: clark is nobody under staff. Did you mean clerk?"),
        ("ops: clerk", "ops: a@b@c", "23: the clinic, safety, ops: it"),
        ("ops: clerk", "opps: clerk", "23: the clinic, safety: opps is not a field here. Did you mean ops?"),
        ("https://pager", "http://pager",
         "13: staff nurse, pager: it has to be the https:// address of the pager's webhook."),
        ("slug: clerk", "slug: duty-line",
         "12: the clinic, staff: duty-line stands here twice; give each its own name."),
        ("opt_out: ours", "opt_out: both",
         "11: the clinic, opt_out: 'both' is not known here. It may be: provider, ours."),
    ],
)  # fmt: skip
def test_what_would_leave_a_cry_for_help_unheard_is_refused_with_its_line_and_the_cure(
    old: str, new: str, refusal: str
) -> None:
    assert any(one.startswith(f"clinic.yaml:{refusal}") for one in refusals(old, new)), refusals(old, new)


def test_an_empty_chain_is_refused() -> None:
    chain = GOOD[GOOD.index("  chain:") : GOOD.index("  duty_line")]

    assert any("nobody would be told" in one for one in refusals(chain, "  chain: []\n"))
