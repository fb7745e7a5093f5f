"""Whole answers that mean something only to a prompt: "no", "1" or "later" depend on what was asked.

A text means one of these where it is these words and nothing else but courtesy. Without a
prompt such a word means nothing: it is not guessed what somebody said no to.
"""

from collections.abc import Mapping

from reminders.domain.replies.intents import Intent
from reminders.domain.replies.phrases import words
from reminders.domain.words import Context

_YES = words(
    """
    y, yes, ya, yes yes, yes i do, yes i will, yes i am, sure, sure thing, absolutely, definitely, of course,
    affirmative, correct, y yes, yes y, yes sir, yes maam, for sure, certainly, 10 4, 104, you bet, yes indeed,
    yes of course, emojiyes, yes emojiyes, y emojiyes, i am, i do, aye, yes confirm, yes confirmed, yes sure, ok yes,
    yes ok, emojiyes emojiyes, that works, works for me, works, that is fine, fine, sounds good, that works for me,
    sounds great, great, perfect, ok perfect, ok great, ok sounds good, yes that works, yes perfect, all good, ready,
    roger, roger that, copy, copy that, yes ready, si yes, yes si, yes thats fine, all set, i am ready, done, good,
    cool, ok cool, awesome, true, bet, si, s, claro, claro que si, por supuesto, si claro, si si, de acuerdo,
    correcto, afirmativo, esta bien, si esta bien, vale, dale, sale, perfecto, si perfecto, simon, andale,
    si confirmo, listo, lista, si listo, si lista, estoy listo, estoy lista, asi es, si senorita, orale, ok si, si ok,
    si emojiyes, seguro, con gusto, excelente, muy bien, bien, si gracias, sip, exacto, cierto, sip claro,
    si por favor
    """
)
_OKAY = words(
    """
    ok, ok ok, got it, ok got it, will do, ok will do, understood, noted, alright, all right, no problem,
    ok no problem, np, ok bye, entendido, enterado, enterada, recibido, ok entendido, ok gracias, bueno, esta bueno,
    anotado, ok esta bien
    """
)
_NO = words(
    """
    n, no, no no, emojino, no emojino, negative, no i can not, i can not, can not, no can do, not able, unable,
    not ready, no i am not, no i will not, no not ready, i am not, i will not, not this time, not available,
    unavailable, unfortunately no, unfortunately not, no sir, no maam, no not yet, sadly no, no can not, no i do not,
    no puedo, no podre, no gracias, negativo, imposible, no listo, no estoy listo, no estoy lista, no senorita,
    no voy, no ire, no no puedo, lamentablemente no
    """
)
_CHANGE = words(
    """
    r, change, reschedule, rescheduling, move, r change, change it, reschedule please, postpone, new time,
    different time, c, another day, different day, i need to reschedule, need to reschedule, r reschedule,
    change date, change time, move it, r please, can not r, cambiar, cambio, reprogramar, reagendar, posponer,
    otra hora, otro dia, mover, aplazar, cambiarla, cambiar cita, re agendar, otra fecha
    """
)
_LATER = words(
    """
    later, not now, not yet, maybe later, remind me later, wait, next week, in a week, another time, some other time,
    not right now, wait a week, later on, not at this time, next month, snooze, soon, not today, give me a week,
    in a month, busy now, not this week, later emojiyes, l, luego, mas tarde, despues, ahora no, todavia no, aun no,
    mas adelante, otro momento, luego luego, la proxima semana, otra semana, hasta luego no, el proximo mes,
    ahorita no, por ahora no
    """
)
_DRIVER_THERE = words(
    """
    d, d yes, yes d, arranged, driver arranged, d arranged, arranged d, got one, have one, got it covered, handled,
    got a ride, have a ride, have a driver, have driver, got driver, ride arranged, ride set, all arranged,
    taken care of, set, we are set, i am set, all set, got that covered, covered, i have one, i have a ride,
    i have a driver, done, ride, driver yes, d done, d emojiyes, ya tengo, si tengo, ya tengo chofer, tengo chofer,
    tengo conductor, ya esta, arreglado, ya lo tengo, d si, ya tengo quien, tengo quien, si ya tengo, ya, listo ya
    """
)
_DRIVER_NOT_THERE = words(
    """
    n, no, no driver, none, nobody, no ride, need help, help me, i need help, need a ride, need ride, not yet,
    not arranged, do not have one, i do not have one, no one yet, emojino, still looking, no idea, myself, me, uber,
    lyft, taxi, cab, bus, train, subway, walking, self, i will, no i need help, do not know, i do not know,
    i do not know yet, do not know yet, not sure, not sure yet, no not yet, working on it, i drive, driving myself,
    nobody yet, alone, an uber, a taxi, a cab, the bus, rideshare, ride share, i am, tbd, unsure, waymo, metro, nadie,
    no tengo, sol[oa], solo, sola, yo, yo mismo, yo misma, no tengo a nadie, no tengo quien, todavia no, aun no,
    necesito ayuda, no se, no ayuda, camion, autobus, el bus, un taxi, un uber, yo manejo, yo sola, yo solo, ninguno,
    ninguna, caminando, el metro, no chofer, ayudame, buscando
    """
)
_GOOD = words(
    """
    1, good, great, fine, well, very good, very well, excellent, amazing, wonderful, awesome, fantastic, all good,
    doing good, doing well, doing great, doing fine, i am good, i am great, i am fine, i am well, feeling good,
    feeling great, feeling fine, feeling well, feel good, feel great, i feel good, i feel great, i feel fine,
    pretty good, really good, much better, better, a lot better, so good, i am doing well, i am doing good,
    i am doing great, i am doing fine, 1 good, good 1, emojiyes, one, 1 great, perfect, super, no complaints, happy,
    feeling better, i feel better, i am feeling good, not bad, i am feeling great, i am feeling better, i am better,
    not bad at all, very good emojiyes, 1 emojiyes, best in years, one good, wonderfully, pretty great,
    i feel amazing, i feel wonderful, y, yes, yes good, bien, muy bien, excelente, super bien, estoy bien,
    me siento bien, todo bien, mejor, mucho mejor, me siento mejor, me siento muy bien, bastante bien, uno, 1 bien,
    estoy muy bien, genial, perfecto, de maravilla, contento, contenta, estoy mejor, muchisimo mejor, perfectamente,
    si bien, feliz, estupendo, bien emojiyes
    """
)
_SO_SO = words(
    """
    2, ok, okay, two, so so, soso, meh, alright, all right, i am ok, doing ok, i am okay, feeling ok, feel ok,
    i feel ok, fair, average, not great, not too bad, eh, 2 okay, 2 ok, okay 2, ok 2, could be better, a little tired,
    bit tired, same, the same, about the same, no change, i am alright, mixed, in between, decent, just ok,
    so so emojiother, tired, a bit tired, little tired, just tired, sleepy, groggy, a little off, mid, up and down,
    hanging in there, ok i guess, i guess ok, fine i guess, still tired, neutral, not so good not so bad, two okay,
    surviving, medium, kind of ok, mostly ok, no difference, nothing, unchanged, regular, mas o menos, asi asi, dos,
    ahi, 2 regular, ahi vamos, masomenos, normal, igual, ni bien ni mal, estoy regular, un poco cansada,
    un poco cansado, cansada, cansado, pasable, algo cansada, algo cansado, ahi la llevo, estoy ok, maso menos,
    lo mismo, sin cambios, ahi voy
    """
)
_BAD = words(
    """
    3, three, call me, please call, please call me, call, bad, not good, terrible, awful, worse, not well, horrible,
    very bad, i feel bad, i feel terrible, i feel awful, not so good, sick, sad, not ok, not okay, i am not ok,
    i am not okay, rough, miserable, emojino, i feel sick, 3 call me, 3 please call me, 3 please, call me 3, low,
    really bad, pretty bad, anxious, depressed, down, no, n, poor, lousy, crappy, like crap, i feel worse,
    not doing well, not feeling well, not good at all, call asap, struggling, crying, scared, not great at all,
    i do not feel good, i do not feel well, need to talk, i need to talk, can someone call me, hurting, feeling down,
    feeling low, unwell, not so well, feeling worse, very sad, so bad, awful awful, mal, muy mal, llamame, llamenme,
    llameme, llamen, tres, llamada, 3 llamenme, peor, me siento mal, estoy mal, fatal, triste, pesimo, no muy bien,
    no bien, me siento peor, muy triste, no estoy bien, necesito hablar, quiero hablar, llamar, no me siento bien,
    3 llamame, llamenme por favor, decaida, decaido, deprimida, deprimido, ansiosa, ansioso, bastante mal, malo, mala,
    estoy triste, me siento triste
    """
)
_TAKE = words(
    """
    i will take it, take it, yes i will take it, i want it, accept, book it, book me, yes please, i can,
    i will be there, i accept, yes i want it, count me in, yes book it, i can come, sign me up, i can make it,
    put me down, mine, yes i can, i am in, y please, hold it, grab it, that would be great, i would love it, deal,
    ok book it, schedule me, la quiero, la tomo, lo tomo, acepto, lo quiero, si la quiero, si acepto, si puedo,
    reservela, apartela, aparteme, agendeme, me la quedo, la acepto, si quiero, tomo la cita, quiero la cita
    """
)
_PASS = words(
    """
    pass, no pass, decline, skip, can not, not interested, no longer interested, i pass, not for me, no thanks,
    keep my time, not this one, paso, no me interesa, no puedo, no la quiero, no gracias, mejor no, no acepto,
    prefiero no
    """
)
_CONFIRM = words(
    """
    confirm, confirmed, i confirm, confirming, i confirm my appointment, confirmo, si confirmo, confirmado,
    si confirmado, yes confirm, yes confirmed, y confirmed, confirmada, confirmar, yo confirmo, i will be there,
    see you then, see you there, see you tomorrow, see you soon, be there, will be there, we will be there,
    on my calendar, i can make it, yes i can, yes i will be there, still coming, i am coming, coming,
    yes still coming, attending, going, yes i can make it, yes see you then, ok see you then, ok see you tomorrow,
    see you, see ya, see you monday, see you tuesday, see you wednesday, see you thursday, see you friday,
    ok see you there, c u then, see you all then, ahi estare, alli estare, si ahi estare, nos vemos, nos vemos manana,
    si voy, si asistire, asistire, si ire, ahi nos vemos, alla nos vemos, ahi estaremos, confirmo mi cita,
    confirmo la cita, si puedo, yes we will be there, si alli estare, voy, alla estare, confirmo asistencia,
    si confirmo mi cita
    """
)

_COMING = ((Intent.CONFIRM, _YES | _OKAY | _CONFIRM), (Intent.DECLINE, _NO), (Intent.CHANGE, _CHANGE))

IN_CONTEXT: Mapping[Context, tuple[tuple[Intent, frozenset[str]], ...]] = {
    Context.CONFIRM: _COMING,
    Context.MOVED: _COMING,
    Context.PREP: _COMING,
    Context.DRIVER_ASK: (
        (Intent.DRIVER_ARRANGED, _DRIVER_THERE),
        (Intent.DRIVER_NEEDED, _DRIVER_NOT_THERE),
        (Intent.DRIVER_ARRANGED, _YES),
        (Intent.CHANGE, _CHANGE),
    ),
    Context.DRIVER_PERSON: (
        (
            Intent.DRIVER_YES,
            _YES
            | _OKAY
            | _CONFIRM
            | words(
                """
            i can, i will, no worries, happy to, glad to, con mucho gusto, yo puedo, yo voy, yo la llevo, yo lo llevo,
            ahi estare
            """
            ),
        ),
        (Intent.DRIVER_NO, _NO | words("not me, wrong day, can not make it, no puedo ese dia")),
    ),
    Context.CHECKIN: ((Intent.CHECKIN_GOOD, _GOOD), (Intent.CHECKIN_OKAY, _SO_SO), (Intent.CHECKIN_CALL, _BAD)),
    Context.MOOD: (
        (Intent.CHECKIN_GOOD, _GOOD - words("1, one, uno, y, yes")),
        (Intent.CHECKIN_OKAY, _SO_SO - words("2, two, dos")),
        (Intent.CHECKIN_CALL, _BAD - words("3, three, tres, n, no")),
    ),
    Context.NUDGE: (
        (Intent.LATER, _LATER),
        (Intent.ACCEPT_OFFER, (_YES | _TAKE) - words("good, fine, great, done, cool, all good, bien")),
        (Intent.DECLINE, _NO | _PASS),
        (Intent.CHANGE, _CHANGE),
    ),
    Context.WAITLIST: ((Intent.ACCEPT_OFFER, _YES | _OKAY | _TAKE | _CONFIRM), (Intent.DECLINE, _NO | _PASS | _LATER)),
    Context.NONE: (
        (
            Intent.CONFIRM,
            _CONFIRM - words("going, coming, voy, confirmar, si puedo, yes i can, si voy, see you, see ya"),
        ),
        (
            Intent.CHANGE,
            words(
                """
            r, reschedule, rescheduling, reprogramar, reagendar, need to reschedule, i need to reschedule, change,
            postpone, cambiar, cambiar cita, posponer
            """
            ),
        ),
        (Intent.LATER, words("later, luego")),
        (
            Intent.DRIVER_ARRANGED,
            words(
                """
            d, driver arranged, ride arranged, have a driver, i have a driver, i have a ride, ya tengo chofer
            """
            ),
        ),
        (Intent.DRIVER_NEEDED, words("no driver, no ride, uber, lyft, taxi, need a ride")),
        (Intent.CHECKIN_CALL, words("call me, please call me, please call, llamame, llamenme, llameme")),
    ),
}
