"""Words of a body in danger: breath, chest, consciousness, swelling, bleeding, too much of a medicine."""

from reminders.domain.replies.phrases import group, phrases

_PERSON = group(
    """
    he|she|they|wife|husband|mom|mother|dad|father|son|daughter|patient|friend|sister|brother|partner|him|her|them
    """
)
_FACE = r"(?:face|lips?|tongue|throat|mouth|airway|neck|eyes?|eyelids?)"

EMERGENCY = {
    "en": phrases(
        rf"""
        (?:can|could) (?:not|hardly|barely)~ (?:breathe|breath|breathing|swallow|catch my breath
            |get (?:any |enough )?(?:air|breath))
        (?:trouble|difficulty|difficulties|hard|harder|hardly|problems?|issues?|struggling|barely|gasping|unable|tough
            |painful|hurts|labored)~ (?:breathe|breathing|to breath|breaths?|catch(?:ing)? my breath|swallowing|swallow
            |for air|getting air)
        breathing~ (?:hard|difficult|difficulty|heavy|heavily|fast|funny|weird|shallow|problems?|trouble|bad|worse
            |labored|stopped)|not breathing|stopped breathing|short(?:ness)?~ of (?:breath|air)|breathless
            |out of breath|gasping|suffocating|wheez\w+
        chest(?: \w+){{0,6}} (?:crush\w*|tight\w*|squeez\w+|pressure|hurts?|hurting|pains?)|chest~ (?:pains?|hurts?
            |hurting|tight\w*|pressure|heavy|heaviness|crush\w*|aches?|aching|burning|burns|squeez\w*|discomfort
            |killing)|(?:pain|pains|pressure|tight\w*|weight|heaviness|stabbing|elephant|discomfort
            |hurts)~ (?:my |the )?chest
        heart (?:attack|stopped|failure)|cardiac (?:arrest|event)|heart~ (?:racing|pounding|palpitations|skipping
            |fluttering|out of my chest|beating (?:\w+ )?(?:fast|hard|weird|irregular\w*|out))|palpitations
        (?:having|had|have|a|mini) stroke|face~ (?:droop\w*|numb|paraly\w+)|slurr\w*|can not (?:move|feel)~ (?:arms?
            |legs?|face|hands?|body|side|feet)|(?:arm|side|face)~ (?:is |went |gone |goes )?numb~ (?:sweat\w*|chest
            |dizzy|and)|(?:one|left|right|half)~ (?:side|face|body|arm)~ (?:numb|weak|paraly\w+|dead)|paraly[sz]ed
            |can not (?:speak|talk|stand up|walk|see)(?= right| anymore| properly|$)
        faint(?:ed|ing|s)?|(?:pass|passed|passing|passes) out|black(?:ed|ing) out|(?:lost|losing|lose) consciousness
            |unconscious|unresponsive|collapsed?|lightheaded and falling|fell and~ (?:not|hit|get up)|hit (?:my|his|her
            |their) head
        (?:{_PERSON}|nobody)~ not~ (?:respond|responding|responsive|wake up|waking up|waking|moving|breathe|breathing)
            |can not wake~ (?:{_PERSON}|up)|will not wake(?: up)?$
        seizures?|seizing|convuls\w*|having a fit|foaming
        allergic~ reaction|reaction~ allergic|anaphyla\w*|epi ?pen|{_FACE}~ (?:swell\w*|swollen|swole\w*|puff\w*
            |clos\w+|tighten\w*|itch\w* and swell\w*|blue)|(?:swell\w*|swollen|swole\w*|puffy)~ {_FACE}|hives|blue lips
            |turning blue|lips~ blue
        overdos\w*|od ?ed
        (?:heart rate|pulse|hr|heartbeat)~ (?:1[4-9]\d|2\d\d)(?= |$)|(?:oxygen|o2|spo2|o2 sat
            |sats)~ (?:is |at |of )?[5-8]\d(?= |$)|(?:vision|everything|room) (?:went|going|goes|is going) (?:black
            |dark)|in and out of consciousness|shaking uncontrollably|skin~ (?:blue|gray|grey)|throat feels (?:funny
            |tight|itchy|weird|thick|closed)|tongue feels (?:thick|big|swollen)|can not stay awake
        (?:took|taken|taking|take|swallowed|ate|had|drank)~ (?:too many|whole bottle|entire bottle|all the|handful
            |a bunch|bottle of|way too (?:many|much))~ (?:pills?|meds|medications?|tablets|capsules|bottle|xanax|ativan
            |tylenol|ambien|dose|of them)|took (?:way )?too (?:many|much)|took (?:all|the whole)~ (?:pills|bottle
            |tablets)|(?:[1-9]\d|thirty|twenty|forty|fifty)~ pills
        bleed(?:ing|s)?~ (?:a lot|heavily|heavy|badly|not stop\w*|nonstop|non stop|everywhere|profusely|bad|out|so much
            |too much|will not)|not stop bleeding|(?:cough\w*|vomit\w*|throw\w*|threw|puk\w*|spit\w*|peeing|pee)~ blood
            |blood~ (?:everywhere|pouring|vomit|gushing)|losing~ blood|hemorrhag\w*
        (?:calling|called|need|needs|(?:should|going|have|had|need|someone|somebody|please) (?:i |to |please )?call
            |send|getting)~ (?:911|ems)|^911$|ambulance|paramedics?
        (?:medical|this is an|it is an|having an|real|life or death|is this an) emergency|(?:go|going|went|in|at|to
            |drive|taken|take)~ (?:the er|emergency room|the hospital now)
        choking(?! hazard)|choked|(?:been|was|got|am|is|he|she) poison(?:ed|ing)|poison control
        (?:think |feel like )?(?:i am|am i|he is|she is|she|he)~ dying|going to die
        worst (?:headache|pain)~ (?:ever|life)|severe(?:ly)? (?:chest|allergic|reaction|bleeding|pain|abdominal)
            |(?:excruciating|unbearable) (?:\w+ )?pain
        (?:blood pressure|bp|pressure)~ (?:is |was |at |of |over )?(?:1[89]\d|2[0-9]\d)(?= |$)|lost (?:my )?(?:vision
            |sight)|vision (?:is )?gone|going blind|suddenly (?:can not|blind)|can not see anything|having a stroke
            |severe reaction|bad reaction|reaction to the~ (?:can not|swell)
        """
    ),
    "es": phrases(
        r"""
        no (?:puedo|puede|logro|alcanzo a)~ (?:respirar|respira|tragar)|(?:cuesta|trabajo|dificultad|dificil|apenas
            |problemas?|batall\w+)~ respir\w+|no respira|dej\w+ de respirar
        (?:falta|faltando|faltaba)~ (?:aire|aliento|respiracion)|sin aire|me (?:estoy |esta )?(?:ahog\w+|asfixi\w+)
            |ahogando|asfixia\w*|respir\w+~ (?:mal|agitad\w+|muy rapido)
        (?:dolor\w*|duele|presion|opresion|aprieta|punzada\w*|arde|apretad\w*|pesadez
            |ardor)~ (?:el |en |del |de |mi )*pecho|pecho~ (?:duele|aprieta|apretad\w*|oprim\w+|arde|dolor)
        (?:me )?desmay\w+|(?:perdi|pierdo|perdio|perder|perdido)~ (?:conocimiento|conciencia|consciencia)|inconsciente
            |no (?:reacciona|despierta|se despierta|responde y)|se (?:colapso|desplomo)|me desvaneci
        convulsi\w+|convulsion\w*|ataque epileptico|espuma por la boca
        reaccion(?:es)? alergica|alergia (?:fuerte|grave|severa)|anafila\w+|(?:hinch\w+|inflam\w+)~ (?:cara|labios?
            |lengua|garganta|ojos?|boca|cuello|parpados?)|(?:cara|labios?|lengua|garganta|ojos?|boca|cuello
            |parpados?)~ (?:hinch\w+|inflam\w+|cerr\w+|cierra\w*)|cierra~ (?:garganta|pecho)|ronchas|labios (?:morados
            |azules)|urticaria
        sobredosis|(?:tome|tomado|tomo|tomaron|trague|comi)~ (?:demasiad[oa]s?|muchas|todas|de mas
            |un monton)~ (?:pastillas|medicinas?|medicamentos?|pildoras|dosis)?(?= |$)
        infarto|ataque (?:al |del |de )?(?:corazon|cardiaco)|derrame|embolia|paro (?:cardiaco|respiratorio)
            |palpitaciones|taquicardia|se me sale el corazon|corazon~ (?:acelerad\w+|rapido|fuerte|a mil|se me sale
            |late)
        sangr\w+~ (?:mucho|mucha|no para|demasiad[oa]|sin parar|bastante|no deja)|no (?:deja|para|paro)~ de sangrar
            |hemorragia|(?:vomit\w+|tos\w+|escup\w+|orin\w+)~ sangre
        ambulancia|paramedic\w+|(?:llamen|llamando|llamar|llamo|llame yo|marcar|marque)~ 911|emergencia medica
            |es una emergencia|sala de emergencias?|urgencias
        me (?:estoy|siento que me estoy|voy a)~ (?:muriendo|morir)|siento que me muero|se esta muriendo|envenen\w+
            |intoxic\w+
        no puedo (?:mover|sentir|hablar|ver)(?= |$)(?! (?:la cita|con|mi cita|el|los|las))|(?:media|mitad
            |un lado)~ (?:cara|cuerpo)~ (?:dormid\w|paraliz\w+)|paraliz\w+|(?:me )?pegue en la cabeza
            |golpe\w*~ la cabeza|atragant\w+
        dolor (?:insoportable|muy fuerte de cabeza|severo)|reaccion (?:fuerte|grave|mala|severa)
        """
    ),
}
