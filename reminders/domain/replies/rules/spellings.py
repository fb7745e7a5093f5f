"""How people spell on a phone: emoji, leet, contractions and slips, and the word that each one stands for.

Only what rules look for is here; any other slip stays as it was typed.
"""

import re
from collections.abc import Mapping

from reminders.domain.replies.phrases import words

YES_EMOJI = "👍👌✅☑✔💯🆗🙌👊🤙🫡🤝"
NO_EMOJI = "👎❌🚫🙅✖⛔"
THANKS_EMOJI = "🙏"
DANGEROUS_EMOJI: Mapping[str, str] = {
    "🔫": "gun",
    "🔪": "knife",
    "💊": "pills",
    "⚰": "coffin",
    "🪦": "coffin",
}

LEET = str.maketrans("0134578@$!*", "oieastbasi*")
"""What digits and signs between letters stand for: su1cide, d!e."""

APOSTROPHES: Mapping[str, str] = {
    "can't": "can not",
    "won't": "will not",
    "shan't": "shall not",
    "ain't": "am not",
    "let's": "let us",
    "y'all": "you all",
    "o'clock": "oclock",
    "ma'am": "maam",
}
ENDINGS: tuple[tuple[str, str], ...] = (
    ("n't", " not"),
    ("'ll", " will"),
    ("'re", " are"),
    ("'ve", " have"),
    ("'m", " am"),
    ("'d", " would"),
    ("'s", " is"),
)

_SLIPS = """
cant cnt cannot canot caint: can not
dont dnt donot dount doont dosnt: do not
doesnt: does not
didnt: did not
wont: will not
wouldnt: would not
couldnt: could not
shouldnt: should not
isnt: is not
arent: are not
wasnt: was not
werent: were not
havent havnt: have not
hasnt: has not
hadnt: had not
aint: am not
im iam ima imm: i am
imma: i am going to
ive: i have
youre: you are
theyre: they are
its: it is
thats: that is
whats wats: what is
whos: who is
hes: he is
shes: she is
theres: there is
wanna wana wnna wann: want to
gonna gona gunna gnna finna: going to
gotta: got to
tryna: trying to
lemme: let me
kinda: kind of
u yu: you
ur yr: your
urself: yourself
yall: you all
pls plz plez plse pleas pleae plaese plis pliz: please
thx thks thnx tks tnx thnks tanks thankyou ty tysm tyvm thanx thankss: thanks
k kk okk okey okie okay okayy oki okis okeydokey okidoki: ok
yess yesss yass yas yeah yea yeh yep yup yepp yuppers ye yah yeahh yeas ys yse yed yrs: yes
nope nop nah naw noo nooo na: no
tmrw tmr tmw tomorow tommorow tommorrow tomorro tomoro tmmrw tomo 2morrow 2moro 2mrw: tomorrow
tonite 2nite tonigh: tonight
2day todya: today
appt apt appointmnt appointmet apointment appoinment appoitment apptmt appts appoinmtnet: appointment
resched reschedual reshedule rescedule resechedule rescheduel reschedul: reschedule
cancle cancell canel cansel cancal cncl canceling cancelling: cancel
canceled cancled: cancelled
comfirm confrim confrm conform cofirm confim confirmd: confirm
comfirmed confrimed cofirmed: confirmed
b4: before
bc cuz coz cus becuz becasue: because
ppl: people
rn: right now
asap: as soon as possible
idk: i do not know
omw otw: on my way
brb: be right back
ttyl: talk to you later
gr8: great
l8: late
l8r latr latter: later
msg msgs mesage mesages messags txts texs txt: texts
msging: messaging
txting texing: texting
stopp stpo sotp stp tsop stopo stopit: stop
unsub unsubcribe unsuscribe unsubscrib unsubsribe unsubscribed unsuscribed unsubscibe: unsubscribe
oput: optout
nobdy noone: nobody
everyones: everyone is
anymor nemore anymre anymoe: anymore
mysef myslef mysself myslf mysel mself meself myelf myseld: myself
kil kll ki11 kiil klil killl kiill: kill
killin kiling: killing
dieing dyin: dying
deid: died
wnat waant wamt wnt wat: want
liv: live
livin: living
brethe breethe braethe breate breahte: breathe
breth: breath
brething breating breathin breathng brthing: breathing
brest: breast
painn: pain
swolen swollin swolllen swelled: swollen
sweling: swelling
alergic allergc allegic: allergic
seizur siezure seziure: seizure
fainte faintd: fainted
feelin: feeling
feal: feel
thougts thots thougths thouhgts thoghts: thoughts
hurtin: hurting
hurtt: hurt
burdon burdin: burden
pilss pillz: pills
medz: meds
drivr drver driveer: driver
hubby hubs: husband
bf: boyfriend
gf: girlfriend
moms: mom
iwll: i will
abt: about
bday: birthday
hte teh: the
sry srry sorri: sorry
q: que
xq pq porq xk: porque
porfa porfis xfa porfavor xfavor: por favor
tmb tb tmbn tambn: tambien
bn: bien
grax grasias gracia grcs graciass grazias: gracias
aki aqi: aqui
kiero qiero kero: quiero
mensages mensaje msjs msj mensjes: mensajes
sii siii sipi: si
stoy: estoy
nesesito nececito nesecito: necesito
desmalle: desmaye
resivir recivir: recibir
ablar: hablar
puedi: puedo
suisidar suisidarme suicidarm: suicidarme
matarm: matarme
morrirme morime: morirme
dolr: dolor
pech: pecho
"""


def _read(text: str) -> Mapping[str, str]:
    """Read lines "slip slip: word"."""
    found: dict[str, str] = {}
    for line in text.strip().splitlines():
        slips, _, word = line.partition(": ")
        found.update(dict.fromkeys(slips.split(), word))
    return found


SLIPS: Mapping[str, str] = _read(_SLIPS)

DOUBLED = words(
    """
    all, alli, appointment, been, better, bless, call, calle, dizziness, ella, feel, feeling, feels, feet, food,
    free, good, goodbye, happy, hello, hopeless, ill, keep, kill, killed, killing, llamen, llegue, look, miss,
    need, needed, off, pill, pills, see, seem, sleep, sleeping, soon, sorry, still, swollen, tell, tomorrow,
    too, useless, week, weeks, well, will, worthless
    """
)
"""Words that have two of a letter; any other run of three is one letter: stoppp, yesss, nooo."""

TARGETS = tuple(
    sorted(
        words(
            """
    suicide, suicidal, overdose, overdosed, unsubscribe, reschedule, appointment, confirmed, breathing,
    unconscious, swelling, hopeless, worthless, disappear, medication, medicine, breakfast, pregnant, existing,
    husband, unalive, suicidarme, suicidio, matarme, morirme, respirar, desmaye, reprogramar, reagendar,
    mensajes, desaparecer, pastillas, convulsiones, sobredosis, medicina, embarazada, desayune
    """
        )
    )
)
"""Words that are recognised with one slip in them, whatever it is."""

LOOSE_TARGETS = ("suicide", "suicidal", "suicidarme")
"""These are recognised with two."""

REAL_WORDS = words(
    """
    exciting, existin, existing, husbands, matarla, matarle, matarlo, matarte, medications, medicinal,
    medicines, mensaje, morirse, overdone, respira, respiro, subside, subsided, subsidies, sucede, sucedido,
    suicidas, suicides
    """
)
"""Words of their own that look like a slip."""

JOINED: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\bmy self\b"), "myself"),
    (re.compile(r"\bany more\b"), "anymore"),
    (re.compile(r"\b((?:want|wants|wanted|going|need|have|got|like|trying|try|ready|able) )2 (?=[a-z])"), r"\1to "),
    (re.compile(r"\bopt out\b"), "optout"),
    (re.compile(r"\bopt in\b"), "optin"),
    (re.compile(r"\bstop all\b"), "stopall"),
    (re.compile(r"\bre (?=schedul)"), "re"),
    (re.compile(r"\bthank you\b"), "thanks"),
    (re.compile(r"\bthank u\b"), "thanks"),
    (re.compile(r"\bno one\b"), "nobody"),
    (re.compile(r"\b(?:every one|everybody)\b"), "everyone"),
    (re.compile(r"\ba m\b"), "am"),
    (re.compile(r"\bcan (?:can )?not not\b"), "can not"),
    (re.compile(r"\bun subscribe\b"), "unsubscribe"),
    (re.compile(r"\bgood bye\b"), "goodbye"),
    (re.compile(r"\bself harm"), "selfharm"),
    (re.compile(r"\bover dos(?=e|ed|ing)"), "overdos"),
    (re.compile(r"\bsue (?:a )?side\b|\bsui cide\b|\bsewer ?slide\b"), "suicide"),
    (re.compile(r"\b(?:am|are|is) not going to\b"), "will not"),
    (
        re.compile(r"(?<!feel )(?<!feeling )(?<!am )(?<!really )(?<!very )(?<!so )(?<!got )(?<!been )\bill (?=\w)"),
        "i will ",
    ),
)
"""What belongs together once slips are mended. "Ill be there" is "I will", "I am ill" is not."""
