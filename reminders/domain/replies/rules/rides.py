"""What patients and drivers say about the ride home. Driving oneself, a taxi or a bus is no driver."""

from reminders.domain.replies.phrases import phrases
from reminders.domain.replies.rules.nouns import KIN

DRIVER_LATE = phrases(
    rf"""
    (?:{KIN}|he|she|they)~ (?:is|are|will be|going to be|running|might be|will|gonna be)~ (?:late|delayed
        |running behind|stuck|behind)|{KIN}~ (?:stuck in|held up)~|(?:waiting|still waiting) (?:for|on) my (?:ride
        |driver)|(?:ride|driver)~ (?:not here yet|is not here|has not (?:come|arrived)|not shown)|where is my (?:ride
        |driver)|{KIN}~ (?:va|llega|llegara|viene|esta)~ (?:tarde|retrasad[oa]|atorad[oa]|atrasad[oa])|mi (?:chofer
        |conductor|esposo|esposa)~ no ha llegado
    """
)

DRIVER_NEEDED = phrases(
    rf"""
    (?:i am|i will|will|can|could|plan|planning|going|gonna|just|am|prefer|rather|want|able|may)~ (?:drive|driving
        |drove) (?:myself|home|back|alone|my own)(?= |$)|driv\w* myself|(?:drive|driving) (?:my own|my) (?:car|truck
        |self)|i (?:will|can|am) (?:just )?(?:drive|driving)(?= |$)(?! (?:her|him|my (?:mom|wife|husband)|you
        |there with))|(?:no|not|nobody|without|do not|need|needs?|find|finding|looking for|get|getting|help|arrange
        |lost|still need|have not|not have|not got|unable|can not)~ (?:ride|rides|driver|someone to drive
        |anyone to drive|transportation|transport|lift|way home|pick me up|drive me|take me home
        |anyone who can)(?= |$)(?! (?:is|will|number|s number|info|yet to|fine|set|arranged))
    (?:{KIN}|ride|driver|he|she|they)~ (?:can not|will not|can no longer|is not able|not able|backed out|cancelled
        |cancel|fell through|bailed|not available|is sick|has to work|is out|is working|flaked|not coming|unavailable
        |no longer)(?= |$)|(?:ride|driver|transportation)~ (?:fell through|cancelled|backed out|problem|issue|not
        |bailed)|lost my (?:ride|driver)|nobody (?:can|to|is able|will|available)~? ?(?:drive|take me|pick|bring|get me
        |come with|give)|do not have (?:anyone|anybody|someone|a ride|a driver|one yet)|who (?:can|could) drive me
        |have (?:no one|nobody|no ride|no driver)|anyone to (?:take|drive|bring)|(?:do not|not) (?:know|have)~ (?:who
        |anyone)~ (?:drive|take|pick)|by myself|on my own
    (?:no tengo|no hay|sin|no consegui|no encuentro|necesito|no encontre|busco|me falta|buscando|no conozco)~ (?:quien
        |chofer|conductor|nadie|alguien|transporte|aventon|ride|raite|carro|como (?:regresar|irme|volver))|(?:manejo
        |manejar|conduzco|conducir|manejare|conducire)(?: yo)?~ (?:yo|sol[oa]|mism[oa]|mi carro|mi coche|de regreso
        |a casa|yo mism[oa])|yo (?:manejo|conduzco|voy a manejar|me llevo|puedo manejar|manejare)|voy (?:a ir )?sol[oa]
        |me voy sol[oa]|{KIN}~ (?:no puede|no podra|cancelo|ya no puede|no va a poder)|nadie (?:me|puede|va)
        |no tengo a nadie|me fallo
    """
)

STILL_LOOKING = phrases(
    r"""
    (?:find|finding|get|getting|know|have|ask|asking|of)~ (?:anyone|anybody|nobody)|(?:still|working|trying|looking
        |need to|have to|let me|will have to|waiting)~ (?:find|finding|figur\w+|look\w*|ask|asking|check|hear|see
        |work\w*)|buscando|estoy viendo|dejeme (?:ver|preguntar)|voy a (?:ver|preguntar|buscar)|deciding|not decided
        |up in the air|no one|nobody
    """
)

RIDE_FOR_HIRE = phrases(
    r"""
    (?:uber|lyft|taxi|cab|rideshare|ride share|waymo|subway|metro|bus|train|scooter|bike|bicycle|walk|walking
        |paratransit|medical transport|access a ride|camion|autobus|transporte publico|caminando|didi|tren|combi)
    """
)

RIDE_FOR_HIRE_HOME = phrases(
    r"""
    (?:take|taking|get|getting|use|using|call|calling|grab|catch|ride|riding|order|book|in|have|with|by|tomar|tomare
        |usar|pedir|voy en|me voy en|regreso en|llamar|pedire|tomo|irme en)~ (?:uber|lyft|taxi|cab|rideshare|waymo
        |subway|metro|bus|train|camion|autobus|tren|didi)(?= |$)|(?:uber|lyft|taxi|cab|bus|waymo)~ home
        |walk(?:ing)? home|(?:regresar|irme) (?:caminando|a pie)|uber|lyft
    """
)

NOT_A_RIDE = phrases(
    r"""
    (?:late|missed|stuck|waiting|delayed|running|behind|minutes?|min|on my way|parked|arriving|tarde|perdi|here|stop
        |station|away)
    """
)

DRIVER_ARRANGED = phrases(
    rf"""
    (?:my|our|a|his|her|mi|un|una) (?:\w+ )?{KIN}(?: \w+)?~ (?:will|is|can|going|gonna|has|agreed|driving|drives?
        |takes?|taking|bringing|brings?|picking|picks?|coming|said|offered|waiting|volunteered)~? ?(?:be )?(?:driv\w+
        |tak\w+|pick\w*|bring\w*|get me|getting me|there|me|home|come|coming|wait\w*|do it|yes|with me|able)(?= |$)
        |{KIN} (?:\w+ )?(?:will|is|can|going to)~ (?:driv\w+|tak\w+|pick\w*|bring\w*|get me|be (?:there|driving|my))
        |driving me(?= |$)|(?:driven|picked up|taken home) by
    taken care of|(?:is|all) (?:handled|covered|sorted)|(?:have|got|found) (?:someone|somebody|a person)(?= |$)
        |friend from|(?:ride|driver) is good
    (?:have|has|got|found|arranged|lined up|secured|set up|booked|organized|confirmed|getting|i have)~ (?:driver|ride
        |ride home|transportation|someone to (?:drive|take|pick|bring)|someone (?:driving|picking|taking)|lift|a ride
        |a driver)(?= |$)|(?:ride|driver|transportation)~ (?:is |has been |all )?(?:arranged|set|confirmed|ready
        |taken care|booked|lined up|good|covered|sorted|all set|scheduled|organized)|someone(?: \w+)? (?:will|is
        |can)~ (?:driv\w+|tak\w+|pick\w*|bring\w*)|same (?:driver|person|ride)(?= as|$| again)
    (?:mi|una|un|el|la) {KIN}(?: \w+)?~ (?:me )?(?:va a |puede |viene a |va )?(?:llev\w*|recog\w*|manej\w*|tra(?:e|er
        |era)|acompan\w*|esper\w*|pasa\w*|vien\w*|vendra|conduc\w*|por mi)|me (?:lleva|va a llevar|llevara|recoge
        |va a recoger|recogera|trae|va a traer|maneja|pasa a recoger|viene a recoger|acompana|va a manejar
        |va a acompanar)~|(?:ya )?(?:tengo|consegui|encontre|arregle|cuento con)~ (?:quien|chofer|conductor|transporte
        |aventon|raite|alguien|ride)(?= |$)|mism[oa] (?:chofer|persona|conductor)
    """
)

DRIVER_WORD = phrases(
    rf"""
    {KIN}|drives?|driving|pick\w*|take me|llev\w+|recog\w+|manej\w+
    """
)

DRIVER_YES = phrases(
    r"""
    i (?:will|can|am able|am happy|am glad|would be|got|have)~ (?:be there|drive|take|pick|get|do|bring|her|him|happy
        |glad|it|come|them|make it|you)|(?:happy|glad) to|yes i|count on me|will (?:be there|do|pick|drive|come)
        |no problem|i am (?:picking|driving|taking|the driver|her ride|his ride|coming)|of course|see you|see (?:her
        |him)|yo (?:la|lo|paso|voy|puedo|llevo|recojo|manejo)|si (?:puedo|la|lo|claro|voy|paso)|ahi estare
        |con (?:mucho )?gusto|i am on it|i got (?:her|him|it)|sounds good|that works|works for me
    """
)

DRIVER_NO = phrases(
    r"""
    can not(?= that| this| then| on|$)|could not$|not (?:that|this) (?:day|time)
    (?:can|could|will|do|am|would) not~ (?:make|do|drive|pick|take|come|be|able|get|going|know|available|driving
        |picking|anymore|have|help)|(?:unable|not able|not available|not going)|have to work|(?:at|got) work(?: then
        |ing)?|out of town|something came up|not (?:me|driving|coming)|(?:find|ask|get) (?:someone|somebody|another)
        |no puedo|no podre|no voy a poder|tengo que trabajar|trabajo (?:ese|a esa)|estoy trabajando|no manejo|busquen
        |no tengo (?:carro|coche)|my car|i (?:do not|no longer) (?:drive|have a car)|never agreed|did not (?:agree|know
        |say)|no way|sorry i
    """
)

NEEDS_NONE = phrases(r"(?:not|no longer|never)~ need~ (?:ride|driver|help|anyone)|no necesito")

UNSURE = phrases(
    r"""
    can not|not (?:sure|able|coming|available)|if my|if i|maybe|might|hopefully|should be able|no puede|unsure
        |trying|looking|kill\w*|tal vez|quizas?
    """
)

SOMEBODY = phrases(rf"(?:my|our|mi|mis|his|her|a|un|una) (?:\w+ )?{KIN}|^(?:the )?{KIN}(?: \w+)?$")
NOT_SOMEBODY = phrases(r"not|can not|maybe|might|no|if|unsure|ask\w*|check\w*|need|tal vez|quizas?")

WANTS_NONE = phrases(
    r"""
    (?:not|no longer|never)~ need (?:one|a ride|a driver|anyone|it|that|somebody|someone)|no necesito
    (?:live|am) (?:close|near|nearby|across|next door|around the corner)|vivo cerca
    """
)
