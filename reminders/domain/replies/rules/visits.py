"""What people say about a visit: coming, not coming, another time, late, here, an offer taken or left."""

from reminders.domain.replies.phrases import phrases
from reminders.domain.replies.rules.nouns import DAY, VISIT

CHANGE = phrases(
    rf"""
    (?<=[|?] )(?:{DAY}|mornings?|afternoons?)(?= \?)|(?:how|what) about \d+|\d+(?: \d\d)?(?: ?[ap]m)? instead of
    can not (?:take|do|make|keep|use) (?:the|my|that) (?:\d+(?: ?[ap]m)?|slot|time|morning|afternoon)
    instead$|(?:squeeze|fit|work|get) me in|wrong (?:day|time|date)(?= |$)
    what else (?:do you have|is (?:available|open))|what other (?:days|times|dates)|{DAY} (?:is|are) (?:bad|no good
        |not good|better)|(?:what|which) (?:days|times|dates|openings)~ (?:available|open|have)
    re ?schedul\w*|(?:change|changing|move|moving|switch|switching|shift|push|pushing|bump|swap|adjust|modify|alter
        |rebook|re book|update)~ (?:my|the|our|this|that|it|her|his|tomorrow|{DAY}|{VISIT}|day|date|back|up
        |forward)(?= |$)(?! (?:of (?:address|phone|insurance|pharmacy|name|my)|phone|number|address|insurance|email
        |pharmacy))
    (?:cancel|call off|canceling)~ (?:my|the|our|this|that|it|her|his|{DAY}|{VISIT}|for|both|all)(?! (?:texts
        |messages|reminders))|(?:need|want|have|like|got|going|wish|must|please|gotta|decided|rather|can i|could you
        |can you|may i) (?:to )?cancel|cancel(?= {DAY})|i (?:am )?cancel(?:led)?(?= |$)(?! (?:a|an|culture))|(?:cancel
        |cancelled) (?:it|my|the)|cancellation|cancel (?:and|or) re
    (?:another|different|other|earlier|sooner|new|alternate|later|better) (?:day|date|time|{VISIT}|opening
        |availability|one)(?! (?:is|works|was|sounds|looks|it is|fine))|(?:another|different|later|earlier
        |sooner) {DAY}(?= |$)(?! i have)|(?:any|have|got|is there|are there)~ (?:anything|openings?|availability
        |slots?)~ (?:earlier|later|sooner|else|other|{DAY})|postpone\w*|(?:put|push)\w*~ off|(?:reserve|book
        |schedule)~ (?:another|a different|a new|for another|for a later)
    (?:can|could|may|would|possible)~ (?:i|we|you|it|it be)~ (?:come|do|make it|have|be|be seen|get|go
        |see)~ (?:at |on |around |closer to )?(?:(?:\d{{1,2}})(?: \d\d)?(?: ?(?:am|pm))?|noon|{DAY}|earlier|later|next
        |the (?:morning|afternoon)|afternoon|morning)(?= |$)(?! (?:or no))(?: instead)?|(?:instead|rather)~ (?:of|than
        |come)~ (?:{DAY}|\d)|(?:{DAY}|\d(?: ?[ap]m)?) instead|(?:is|are)~ (?:{DAY}|\d ?[ap]m)~ (?:available|open
        |possible|free)
    (?:can not|will not|unable|not)~ (?:make it|come|do|make)~ (?:{DAY}|at|on|then)~ (?:but|what about|how about
        |can we|is)~|how about~ (?:{DAY}|\d+|next|later|earlier)|what about (?:{DAY}|\d+|next|later|earlier)|(?:{DAY}
        |mornings?|afternoons?|later|earlier)~ (?:would be|is|works?|would work|work) better|prefer~ (?:{DAY}|morning
        |afternoon|another|different|earlier|later)
    reprogram\w*|reagend\w*|re agend\w*|(?:cambi\w+|mov(?:er|erla|ieran?)|muev[ae]n?|recorr\w+|adelant\w+|atras\w+
        |pas(?:ar|arla|arlo|e|en|enla)|modific\w+)~ (?:mi|la|el|mis|esa|de|para|a)? ?(?:{VISIT}|{DAY}|dia|fecha
        |horario)|cambiarl[ao]|moverl[ao]|(?:posponer|aplazar|postergar|pospon\w+)\w*|(?:otr[oa]|diferente|distint[oa]
        |nuev[oa]|mas (?:tarde|temprano))~ (?:{DAY}|dia|fecha|horario|{VISIT})(?= |$)
    cancel\w*~ (?:mi|la|el|esa|esta|mis|de)~? ?(?:{VISIT}|{DAY})|(?:quiero|necesito|tengo que|quisiera|deseo|puedo
        |favor de|voy a|tuve que|debo) (?:que )?cancel\w*|cancelarl[ao]|cancelenl[ao]|anular~ {VISIT}|(?:puedo|podria
        |pueden|puede|se puede|podemos)~ (?:ir|venir|llegar|ser|verme|darme)~ (?:otro|a las|el|la|mas (?:tarde
        |temprano)|en la (?:tarde|manana))~
    """
)

NOT_A_CHANGE = phrases(
    r"""
    (?:do not|not|never|please do not|no need to|not need to|not want to|without)~ (?:cancel|reschedule|change|move
        |postpone)|(?:did|have|has|was|were|is|are|why|if) (?:you|my|it|the|this|they|someone)~ (?:cancel\w*|moved
        |changed|rescheduled)|(?:no|ningun) (?:cancel\w*|cambi\w+)|no (?:quiero|necesito|voy a|cancel\w+)~ (?:cancel\w*
        |cambi\w*|mi|la)(?= |$)(?! (?:puedo|podre))|should (?:i|we)~ (?:cancel|reschedule|postpone)|no change\w*
        |cancellation (?:fee|policy)|cancelled by|(?:need|have) to (?:cancel|reschedule) (?:if|or)|debo cancelar
        |tengo que cancelar si|cambiar de (?:opinion|telefono|numero|direccion)|was cancelled|change of (?:address
        |insurance)|time change|oil change|change(?:d)? (?:my (?:mind|clothes|phone|number|address|insurance|pharmacy
        |name|email|medication|meds|dose)|in (?:meds|medication))
    """
)

DECLINE = phrases(
    rf"""
    can not (?:{DAY}|that day|that time|then|this time)|(?:i|we) can not$
    (?:can|could|will|shall|would|may|might) not~ (?:be able to )?(?:make|come|attend|go|be (?:there|in|coming
        |attending|able)|making|do|show)(?= it| to| in| {DAY}| at| on| my| the| this| that| there| today|$| for
        | because| anymore| as| due| sorry| i| after| and| [|?])
    (?:am|is|are|we are) not~ (?:coming|going|able to|attending|making it|going to (?:make|come|be there)|available
        |showing)|not going to (?:make|come|be)|(?:unable|not able) to (?:make|come|attend|be there|do|get there)
        |not be (?:coming|there|able|attending)|will not (?:make|be)|(?:have|need|going) to (?:miss|skip|bail|pass)
        |do not think i (?:can|will)~ (?:make|come|be there|attend)|doubt i (?:can|will)~ (?:make|come)|(?:can
        |could) no longer (?:make|come|attend)|no longer (?:able|coming|available)|not (?:coming|available|attending)
    (?:time|day|date|that|it|this|one)~ (?:does|will|do|is) not (?:really )?(?:work|good)|not (?:a )?good (?:time|day)
        |no (?:me (?:queda|sirve|funciona|conviene))|no puedo$|no me es posible
    (?:something|conflict|emergency|work) (?:has )?c[ao]me up|(?:have|had|got) a (?:conflict|family emergency)
        |family emergency|(?:out of town|traveling|on vacation)(?= |$)|called (?:in )?to work|no one to watch
        |babysitter (?:cancelled|fell)|car (?:broke down|will not start|died|is in the shop)|flat tire|snowed in
        |no way to get there|can not get (?:there|off work|a ride there|out of work|time off)|won t make
        |skip(?:ping)? (?:this|my|the|it)|not this (?:time|week)|(?:do not|not) want to (?:come|go|do (?:it|this)
        |continue)(?= |$)|changed my mind|count me out
    (?:ya )?no (?:voy a )?(?:puedo|podre|podemos|voy|ire|asistire|vamos|voy a poder|podria|llego|llegare
        |alcanzo)~ (?:ir|asistir|llegar|poder|venir|ese dia|presentarme|estar|acudir|a la cita|a mi cita|hoy|manana|el
        |ese|esta|esa)|no (?:ire|asistire|podre|voy a (?:ir|poder|asistir|llegar)|puedo (?:ir|asistir|llegar|acudir))
        |no puedo (?:hoy|manana|ese dia|el \w+|esta semana|a esa hora)|se me (?:presento|atraveso)|me surgio
        |surgio (?:algo|un)|no voy a (?:estar|ir)|tengo que (?:faltar|trabajar)|tuve un(?:a)? (?:emergencia|problema
        |imprevisto)|estoy fuera de (?:la ciudad|viaje)|estare (?:fuera|de viaje|trabajando)|no me es posible
        |imposible (?:ir|asistir)
    """
)

NOT_COMING = phrases(
    rf"""
    (?:can|could|will|shall) not~ (?:come(?! to terms| down| off)|attend|be there|make (?:it to|my|the|our|{DAY})
        |make it {DAY})|not coming|not able to (?:come|attend)
    no (?:puedo|podre|podemos|voy a poder|voy a|podria)~ (?:ir|asistir|llegar|venir|acudir)(?= |$)
        (?! (?:al bano|a dormir|a trabajar))
    """
)
"""What says so even where somebody was asked how they are: there "I can't make it" may be despair."""

NOT_A_DECLINE = phrases(
    r"""
    can not (?:wait|find|get through|read|open|see (?:the|your)|eat|drink|reach|remember|stop by|park|talk|log|access
        |sleep|afford|tell)|will not be late|not be (?:late|long|able to (?:eat|drink|find|park|drive|talk))|(?:husband
        |wife|sister|brother|mom|dad|son|daughter|friend|driver|ride|he|she|they)~ (?:can|will) not|if i (?:can|do
        |will) not|what if|not be able to drive|am not (?:going to )?(?:be )?(?:sure|late|sick)|not going to be late
        |why (?:can|will) not|can not make (?:out|sense|up)|no puedo (?:esperar|encontrar|abrir|leer|ver|comer|tomar
        |beber|dormir)|(?:esposo|esposa|hermana|hermano|chofer|hija|hijo|amiga|amigo)~ no (?:puede|podra|va)
        |si no puedo|can i (?:eat|drink)
    """
)

RUNNING_LATE = phrases(
    r"""
    (?:running|be|am|are|run|little|bit|being|few minutes|few min|minutes?|mins?|min|hour|might|gonna|probably|arrive
        |arriving|get there|getting there|leaving|left|so|start|is)~? ?(?:late|behind|delayed)(?= |$)(?! (?:reply
        |response|fee|text|answer|to (?:reschedule|cancel|change)))|(?:stuck|caught|sitting|held up|trapped)~ (?:in|by
        |at|on|behind)~ (?:traffic|train|accident|bridge|work|freeway|highway|jam|road|snow|construction)|heavy traffic
        |bad traffic|traffic (?:is|jam)|terrible traffic|(?:there|here|arrive|arriving|eta|away|out)~ in~ (?:\d+|ten
        |five|fifteen|twenty|thirty|a few) ?(?:min\w*|m)|(?:\d+|ten|five|fifteen|twenty|thirty|few
        |couple) ?(?:more )?(?:min\w*|hour) (?:late|away|out|behind|more)|eta (?:is )?\d|on my way|be there (?:soon
        |shortly|as soon|closer|in)|should be there (?:by|around|at)|almost there|be right there|missed~ (?:bus|train
        |exit|turn)|took (?:a |the )?wrong (?:turn|bus|exit|train)|(?:will|to) be (?:a (?:little|bit) )?late[r]?(?= |$)
        |later than|can not find parking|looking for parking|still (?:driving|parking)|i am lost|overslept
        |got a late start|delay(?:ed)? (?:by|because|at)
    (?:voy|llego|llegare|vengo|voy a llegar|ando|estoy|vamos)~ (?:tarde|retrasad[oa]|atrasad[oa]|demorad[oa]|en camino
        |algo tarde)|(?:atorad[oa]|atascad[oa]|parad[oa]|detenid[oa])~ (?:trafico|trancon|carretera|tren)|(?:hay|mucho
        |por el|con el) (?:mucho )?trafico|(?:en|como) \d+ minutos? (?:llego|estoy|mas)|(?:llego|estoy|estare
        |llegare) (?:ahi |alli |alla )?(?:en|como en) (?:unos )?\d+|\d+ min\w* (?:tarde|de retraso|mas)
        |ya (?:casi llego|voy (?:en camino|para alla|llegando|saliendo))|se me hizo tarde|ando perdid[oa]
        |perdi el (?:bus|camion|tren)|no encuentro (?:estacionamiento|donde estacionar)
    """
)

NOT_LATE = phrases(
    r"""
    (?:not|never|will not|no)~ (?:be |running |going to be )?late|sorry (?:for|about) (?:the |my )?(?:late|delay)
        |too late|late (?:reply|response|fee|text|last night|at night)|(?:stayed|up|worked|work) late|if i am~ late
        |what if|no (?:voy|llego) tarde|si (?:llego|voy)|why are you
    """
)

HERE = phrases(
    r"""
    (?:i am|we are|am|i have|just|already|now|is|they are)~ (?:here|arrived|outside|parked|downstairs|out front
        |in the (?:lobby|parking lot|waiting (?:room|area)|building|car|garage|elevator|hallway|lot)
        |at (?:the )?(?:door|front|front desk|desk|reception|entrance|clinic|office|building|gate|curb)|in front
        |checked in|on site|pulled (?:up|in)|got here|waiting outside|waiting in)(?= |$)(?! (?:in \d|at \d|by|tomorrow
        |next|to help|for you if|soon))|^here(?= (?:now|for|early|in|at|outside|and|waiting|already))|pulled (?:up|in
        |into)|pulling (?:up|in|into)|(?:door|entrance|office) is (?:locked|closed)|which (?:door|entrance|floor|suite)
        |arrived|can someone let me in|waiting (?:outside|downstairs|in the (?:car|lobby|parking))|checked in
        |where do i (?:go|check in|park)$
    (?:ya )?(?:estoy|estamos|ando)~ (?:aqui|afuera|abajo|en (?:la|el) (?:entrada|puerta|estacionamiento|recepcion|lobby
        |sala|clinica|carro|edificio)|esperando (?:afuera|aqui|en))(?= |$)|(?:ya|recien) (?:llegue|llegamos)(?= |$)
        |ya est(?:oy|amos)(?= aqui| ahi| afuera| abajo| en |$)|acabo de llegar|acabamos de llegar|llegue(?= a la|$| ya
        | temprano| al)|me estacione|estoy en el (?:lobby|estacionamiento)|la puerta esta cerrada
    """
)

NOT_HERE = phrases(
    r"""
    (?:will|can|could|should|to|not|would|won t) (?:be |not be )?(?:here|outside|there|downstairs|waiting|parked)
        |(?:not|never)~ (?:here|arrived|outside|parked)|(?:live|work|stay|from|born|moved|around) here|since i (?:got
        |arrived)|no (?:estoy|he llegado|estare) ?(?:aqui)?|i am here (?:if|for you|to help)|stop here|(?:text|email
        |package|refill|bill|letter|form|results?)~ arrived
    """
)

CONFIRM = phrases(
    rf"""
    (?:i|we|will|still|yes|ill|definitely|planning|plan|on|looking forward|see)~ (?:confirm\w*|be there|be coming|be in
        |see you|coming|attending|make it|to (?:it|my visit|my appointment|seeing)|there with bells)(?= |$)
        |confirm(?:ed|ing|s)?~ (?:{VISIT}|{DAY}|for|the|my|it)|^confirm\w*|(?<!to )(?<!can not )see (?:you|ya
        |everyone)(?= |$)|count on me|looking forward|(?:that|the|this|new) (?:new )?(?:time|day|date
        |works?)~ (?:works?|is (?:good|fine|great|perfect|ok)|for me|fine)|works for me|that works|on my calendar
        |wouldn t miss|would not miss|(?:all|we are|i am) (?:set|ready|good)(?= for| to go|$)|i can (?:make|come
        |do) (?:it|that|then|{DAY})|still on|good to go|i will (?:be ready|come|go|do that|follow|not eat|make it)
    confirm\w*~ (?:mi|la|cita|asistencia)|(?:ahi|alli|alla|aqui) (?:estare|estaremos|nos vemos|los veo|voy a estar)
        |nos vemos(?= |$)|los veo|(?:^|(?<=[|?] ))si (?:voy|asistire|ire|puedo|podre|confirmo|estare|llego|alli|ahi
        |vamos)|(?:voy
        |vamos) a (?:ir|asistir|estar)|cuenten conmigo|ahi voy a estar|(?:estoy|todo) list[oa]|me queda (?:bien
        |perfecto)|esa hora (?:esta bien|me queda|me sirve)|asistire|si a todo|(?:estare|llegare) (?:puntual|a tiempo
        |ahi|alli)
    """
)

NOT_A_CONFIRM = phrases(
    r"""
    not (?:work|good|sure|confirm\w*|yet|certain|be there|see you|coming|confirming|know|able|make|attend)|can not
        |will not be|do not (?:think|know)|maybe|might|if i (?:can|confirm)|unsure|no puedo|no (?:se|estoy segur)
        |need to check|let me check|have to check|no (?:voy|asistire|confirmo|podre)|can you confirm|please confirm
        |could you confirm|(?:quiero|necesito|puede\w*|podrian?) confirmar|want to confirm|need to confirm
        |wanted to confirm|just confirming (?:the|what|if|that my)|trying to confirm|confirm (?:the (?:time|address)
        |what|if|when)|tal vez|quizas?|but
    """
)

BOOK_ME = phrases(
    r"""
    (?:please|can you|could you|want to|like to|ready to|need to|lets|let us|go ahead and) (?:book|schedule|put)
        |(?:book|schedule|sign|put|fit) me|make (?:me )?an appointment|agend\w+me|(?:quiero|quisiera|me gustaria
        |puedo) (?:agendar|reservar|programar|hacer una cita)
    """
)

ACCEPT = phrases(
    r"""
    (?:i|we|yes|ill|would|will|can|want|love|like|please|definitely)~ (?:take|want|love|like|grab|accept|book|have|do
        |come|make|reserve|hold|be there|schedule|snag)(?: it| that| the| to| in| then| me| one|$)|(?:take|want|book
        |accept|hold|grab|reserve|save)~ (?:it|spot|slot|appointment|opening|time|one)(?= |$)|book me|sign me up
        |schedule me|(?:ready|like|want|need|can i|could i|would like) to (?:book|schedule|come|set up|make)
        |let us (?:do it|book|schedule)|can you (?:book|schedule)|i can (?:come|make|do|be there)|that (?:works
        |time works)|(?:la|lo) (?:quiero|tomo|acepto)|(?:quiero|quisiera|me gustaria|deseo|necesito|puedo)~ (?:la cita
        |agendar|reservar|hacer (?:una )?cita|tomar|programar|una cita|ir|ese)|si (?:la|lo|quiero|puedo|acepto|me)
        |agend\w+|aparte\w*|reserve\w*|acepto
    """
)

PASS = phrases(
    r"""
    (?:can|will|do|would|could) not|no thanks|not (?:interested|able|available|going|this|right|for me|at this)
        |no longer|pass|keep (?:my|the) (?:original|current|appointment|time)|already (?:have|booked|scheduled|found)
        |give it to|no (?:puedo|quiero|gracias|me|voy|la)|prefiero|ya (?:tengo|encontre)|decided (?:not|against)
        |stay with|leave it
    """
)

LATER = phrases(
    r"""
    (?:remind|text|ask|contact|message|check|try|write|tell|ping
        |reach)~ (?:me |with me |us |back |out )*(?:again )?(?:later|next|in~ (?:week|weeks|month|months|days?)
        |another time|after|again)|not (?:right )?(?:now|yet|at this time|this (?:week|month))|maybe (?:later|next)
        |in (?:a|two|a few|couple|another|one|\d+) (?:of )?(?:weeks?|months?)|next (?:week|month|year)|(?:wait
        |hold off)~ (?:week|weeks|month|bit|while|until|for now)|i will (?:call|book|schedule|do it|let you know
        |get back)~ (?:later|soon|when|next|myself|to you|you)?|get back to you|when i (?:get|am|have|know)
        |after (?:the )?(?:holidays?|vacation|new year|summer|\w+day)|mas (?:tarde|adelante)|luego|despues
        |(?:la )?(?:proxima|otra) semana|(?:el )?(?:proximo|otro) mes|(?:ahora|ahorita|por ahora|todavia|aun) no
        |no (?:ahora|por ahora|todavia)|en (?:una|dos|unas|\d) semanas?|yo (?:les |le )?(?:llamo|aviso|marco)
        |recuerd\w+~ (?:luego|despues|mas tarde|en)|need more time|too busy|thinking about it|let me think
        |dejeme pensar|saving up
    """
)

NOT_BOOK_ME = phrases(r"not|later|will (?:call|book|schedule)|no quiero|when i")

REMIND_ME = phrases(
    r"""
    remind me (?:again )?(?:later|next|in)|ask me later|recuerd\w+me (?:luego|despues|mas tarde)
    """
)
