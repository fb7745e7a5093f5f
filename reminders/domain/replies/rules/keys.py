"""Whole answers that mean the same whatever was asked: carriers' words first, then here, late, who, thanks.

A text means one of these where it is these words and nothing else but courtesy.
"""

from reminders.domain.replies.intents import Intent
from reminders.domain.replies.phrases import words

COURTESY = words(
    """
    please, thanks, thank, thankyou, hi, hello, hey, sir, maam, miss, doctor, doc, dr, team, all, lol, haha, sorry,
    morning, afternoon, evening, good morning, sincerely, best, regards, dear, there, emojiother, emojithanks, now,
    just, x, xo, xoxo, god bless, bless, gracias, muchas, mil, hola, buenos, buenas, dias, tardes, noches, disculpe,
    disculpen, perdon, senorita, senora, senor, saludos, por, favor, buen, dia
    """
)
"""Left out of a text before it is looked up here, unless nothing else is left."""

OPT_OUT = words(
    """
    stop, stopall, unsubscribe, end, quit, optout, revoke, stop stop, stop stop stop, stop it, stop this, stop texts,
    stop texting, stop messages, stop messaging, stop sending, optout optout, stop stopall, stop unsubscribe,
    stop to optout, stop to end, reply stop, text stop, stop already, stop immediately, end all, end texts,
    end messages, stop reminders, stop notifications, remove, remove me, unsubscribe me, unsubscribe all, no more,
    no more texts, no more messages, optout me, stop end, quit texting, stop optout, halt, stop everything,
    please stop, stop them, stop these, stop spam, spam, arret, delete me, opting out, opted out, alto, parar, pare,
    paren, para, detener, detenga, detengan, detenganse, deten, basta, ya basta, baja, salir, fin, no mas, ya no mas,
    no mas mensajes, no mas textos, dar de baja, darme de baja, denme de baja, deme de baja, desuscribir,
    desuscribirme, desinscribir, alto ya, cancelar mensajes, cancelar suscripcion, eliminar, borrar, termina,
    terminar, parar mensajes, stop mensajes, no molestar
    """
)
CANCEL = words(
    """
    cancel, cancel cancel, please cancel, cancel all, cancelar, cancela, cancele, cancelen, cancelado, cancelled
    """
)
"""Carriers take the bare word for an opt-out; the patient may have meant the visit, so a person looks at it too."""

OPT_IN = words(
    """
    start, unstop, resume, subscribe, optin, restart, start texts, start texting, start again, opt me in, unblock,
    resubscribe, comenzar, iniciar, empezar, reanudar, inicio, alta, suscribir, suscribirme, inscribir, activar
    """
)
HELP = words(
    """
    help, info, information, menu, commands, options, ayuda, informacion, aiuda, opciones, informes
    """
)

ALWAYS: tuple[tuple[Intent, frozenset[str]], ...] = (
    (Intent.OPT_OUT, OPT_OUT | CANCEL),
    (Intent.OPT_IN, OPT_IN),
    (Intent.HELP, HELP),
)

EVERYWHERE: tuple[tuple[Intent, frozenset[str]], ...] = (
    (
        Intent.HERE,
        words(
            """
        here, i am here, we are here, arrived, outside, i am outside, we are outside, parked, just arrived,
        i have arrived, we have arrived, just got here, in the lobby, in the parking lot, downstairs, at the door,
        i am at the door, pulling in, here now, just parked, i am downstairs, in the waiting room, waiting outside,
        i am parked, at the front desk, just pulled up, just pulled in, here outside, out front, i am out front,
        outside now, at the clinic, i am in the lobby, aqui, aqui estoy, ya llegue, llegue, estoy aqui, afuera,
        estoy afuera, ya estoy aqui, estoy abajo, ya estamos aqui, acabo de llegar, en el estacionamiento,
        ya estoy afuera, estoy en la entrada, ya llegamos, estoy en recepcion
        """
        ),
    ),
    (
        Intent.RUNNING_LATE,
        words(
            """
        late, running late, i am late, i am running late, will be late, i will be late, going to be late,
        stuck in traffic, i will be later, be there soon, on my way, on the way, almost there, voy tarde,
        voy retrasada, voy retrasado, llego tarde, ya voy, voy en camino, en camino, hay mucho trafico,
        atorada en el trafico, atorado en el trafico, delayed, i am delayed, bad traffic, traffic, sorry late,
        late sorry, be late, might be late, few minutes late, voy para alla
        """
        ),
    ),
    (
        Intent.WHO,
        words(
            """
        who, who is this, who are you, who dis, who this, who is it, who is this please, new phone who dis, quien,
        quien es, quien eres, quien habla, quien me escribe, whom, who is texting, de parte de quien, quien es usted,
        quienes son
        """
        ),
    ),
    (
        Intent.WRONG_NUMBER,
        words(
            """
        wrong number, wrong person, wrong phone, wrong, not me, wrong number sorry, numero equivocado, equivocado,
        se equivoco, numero incorrecto, persona equivocada, no soy yo, esta equivocado, wrong number bro,
        you have the wrong number, este no es su numero
        """
        ),
    ),
    (
        Intent.THANKS,
        words(
            """
        thanks, thank, thanks thanks, gracias, muchas gracias, mil gracias, ok, ok ok, ok thanks, thanks so much,
        thanks a lot, many thanks, got it, got it thanks, will do, emojiyes, emojithanks, much appreciated,
        appreciate it, appreciated, i appreciate it, understood, noted, cool, great, perfect, great thanks,
        perfect thanks, awesome, sounds good, no problem, no worries, np, youre welcome, you are welcome, welcome,
        alright, all right, good to know, thats great, that is great, nice, sweet, wonderful, excellent, bye, goodbye,
        have a good day, have a great day, you too, same to you, have a nice day, thanks you too, good, ok good,
        ok great, ok perfect, ok bye, hi, hello, hey, good morning, good afternoon, good evening, hola, buenos dias,
        buenas tardes, buenas, buenas noches, thanks for the reminder, thanks for letting me know,
        thanks for checking, thanks for checking in, thanks for your help, emojiyes emojithanks, thanks emojiyes,
        ok emojiyes, happy birthday, merry christmas, cheers, ok then, okie dokie, k thanks, many blessings,
        entendido, enterada, enterado, recibido, de acuerdo, esta bien, perfecto, vale, bueno, muy amable,
        muy amables, le agradezco, se lo agradezco, de nada, igualmente, adios, bendiciones, que tenga buen dia,
        gracias por avisar, gracias por el recordatorio, gracias por todo, ok gracias, listo, dale, sale, excelente,
        muy bien, bien, que dios los bendiga, dios los bendiga, feliz dia, saludos
        """
        ),
    ),
    (
        Intent.REACTION,
        words(
            """
        emojiother, haha, lol, hahaha, lmao, jaja, jajaja, emojino, hehe, rofl, jajajaja, xd, omg
        """
        ),
    ),
)
"""Tried after the context's own words."""
