"""What people say about our texts and their phone: no more of them, wrong number, who is this, a machine answers."""

from reminders.domain.replies.phrases import phrases
from reminders.domain.replies.rules.nouns import MENSAJES, TEXTS

OPT_OUT = phrases(
    rf"""
    (?:stop|stopall|quit|cease|halt|end|discontinue|cancel|block|turn off|disable|no more|enough with|done with
        |unsubscribe from)~ {TEXTS}(?! (?:me )?(?:back|until|at night))
    stop (?:sending|contacting|writing|messaging|texting|bothering|spamming|harassing|bugging)
    (?:can|could|would|will|please|pls|just) (?:you |u )?(?:please |just )?stop(?= (?:please|now|it|this|these|already
        |all|me)$|$)|(?:i said|i say|said|told you(?: to)?|asked you(?: to)?|already (?:said|texted|sent|replied)
        |means?|replied|texted|sent|saying) stop
    (?:do not|never|not)~ (?:ever )?(?:text|message|contact|sms|txt|write|texts) (?:me|us|this|here|to me
        |my)(?! (?:back|until|about (?:that|money|it)|at (?:night|work)|so (?:late|early)|before|after|while|during))
        |(?:do not|not) contact(?= again| anymore|$)
    (?:do not|no longer|not|never) (?:want|wish|need|care|like
        |care)~ (?:any |anymore |more |any more |these |your |those |to (?:get|receive|be)~? ?)(?:\w+ )?(?:texts?
        |messages
        |reminders|notifications|alerts|contacted|texted|messaged|these|them|communications?)
    (?:remove|take|delete|drop|scratch|erase|unlist|get)~ (?:me|my number|my (?:cell|phone)(?: number)?|this number
        |my name|us)~? ?(?:from|off|out of)(?= (?:your|the|this|any|all|of your|ur|list|that))|(?:remove|delete
        |erase) (?:me|my number|this number|my info|my phone|my cell)|take me off
    unsubscrib\w*|optout|opt me out|opting out|opted out|opt (?:my|this) (?:number|phone)~ out|stopall
    leave me (?:the \w+ )?alone|lose (?:my|this) number|(?:revoke|withdraw|withdrew|rescind|withdrawing
        |revoking)~ (?:consent|permission|authorization)|no longer consent|do not consent|not consent to
        |did not (?:consent|sign up|opt ?in|agree to)
    ^stop(?= [|])|[|?] stop(?= [|])|(?:reply|replying|text|send|sending) stop|i want to stop (?:getting|receiving|these
        |the (?:text|message)s?)|how (?:do|can) i (?:stop|unsubscribe|get off|block|end|cancel)~ {TEXTS}
    (?:too many|enough) (?:texts|messages|reminders)(?= [|?]? ?(?:stop|please|enough)|.* stop)|blocking (?:you
        |this number)|reporting (?:you|this)|report(?:ed)? (?:as )?(?:spam|junk)|not interested in (?:\w+ )?(?:texts
        |messages|your)
    (?:ya )?no (?:me|nos|le|les)~ (?:mand\w+|envi\w+|escrib\w+|contact\w+|molest\w+|texte\w+|mensaje\w+|mensaj\w+
        |llamen ni)
    (?:no|ya no) (?:quiero|quisiera|deseo|necesito|quieren
        |queremos)~ (?:mas )?(?:recibir )?(?:mas )?(?:sus |estos |esos |tantos )?{MENSAJES}|no (?:quiero
        |deseo)~ (?:recibir|que me (?:escrib\w+|mand\w+|envi\w+|contact\w+|texte\w+|molest\w+))
    (?:dejen?|deje|dejes|deja|paren?|pare|basta|alto|detengan?|detener|parar|suspend\w+|cancel\w+|quit\w+|termin\w+
        |no mas|nomas|ya basta)~ (?:de |con |a )?(?:los |las |sus |estos |esos |todos )*(?:mand\w+|envi\w+|escrib\w+
        |molest\w+|texte\w+|contact\w+|mensajear\w*|{MENSAJES})
    (?:quit\w+|saqu\w+|saca\w+|borr\w+|elimin\w+|remuev\w+|bajen|bajeme|denme|deme|dar|darme|dame)~ (?:de (?:la|su|esta
        |sus|baja) ?(?:lista)?|mi (?:numero|telefono|nombre|celular)|de baja)|desuscrib\w*|desinscrib\w*
        |dejenme (?:en paz|tranquil\w)|no autorizo|retiro mi (?:consentimiento|permiso)|darse de baja
    (?:ya )?no mas (?:mensajes|textos|recordatorios)|olviden? mi numero|los voy a (?:bloquear|reportar)
    """
)

OPT_IN = phrases(
    rf"""
    (?:start|resume|begin|restart|turn on|turn back on)~ (?:texting|texts|messaging|messages|reminders
        |sending)(?: me)?(?: again)?|(?:sign|opt) me (?:back )?(?:up|in)(?= (?:for|to) (?:texts|messages|reminders)|$)
        |text me again|(?:re ?subscribe|optin|unstop)|(?:want|like)~ (?:to )?(?:get|receive|have|start getting
        |start)~ (?:texts|messages|reminders)~? again|(?:want|like) to start (?:getting|receiving)
        |did not mean to (?:stop|unsubscribe|optout)|accidentally (?:stopped|unsubscribed|optout\w*|sent stop)
    (?:quiero|quisiera|deseo)~ (?:volver a |de nuevo )?(?:recibir|empezar a recibir)~ {MENSAJES}|(?:vuelvan|empiecen
        |reanuden|comiencen)~ (?:a )?(?:mand\w+|envi\w+|escrib\w+|{MENSAJES})
    """
)

WRONG_NUMBER = phrases(
    r"""
    not my (?:appointment|visit|number|name|phone)$
    (?:this|it) is not (?!a|the|my|your|his|her|what|good|ok|great|working|right|fine|true|correct|possible|helpful
        |helping|funny|fair|clear|enough|acceptable|urgent|necessary|easy|me|for|about|an|going|how|bad|normal|better
        |over|real|well|cool|nice|worth|life|safe|sustainable|living|loading|opening)\w+$
    wrong (?:number|person|phone|guy|lady|house|patient|contact)|(?:not|no longer) (?:\w+ )?(?:phone|number)(?= anymore
        |$)|(?:have|got|texting|texted|reached|calling) the wrong|incorrect number|(?:changed|switched) (?:his|her
        |their) number|number (?:has )?(?:changed|belongs to)|new number now
    (?:there is )?(?:nobody|no) (?:\w+ )?(?:here )?(?:by|with) that name|nobody (?:here )?(?:named|called)
        |no \w+ (?:lives |at this (?:number|phone)|on this phone|here$)|(?:do not|not) know (?:any|anyone|anybody
        |a) (?:named |called |by (?:that|this) )?(?:name|\w+)$|(?:do not|not) know (?:who (?:that|he|she)|this person
        |her|him)
    (?:this|it|that)~ (?:is )?not (?:his|her|their|my (?:appointment|visit)|alexandra|\w+ is (?:phone|number|cell))
        |i am not (?:a patient|your patient|that person|the (?:patient|person)|him|her)(?= |$)|never been (?:to
        |a patient)|not a patient|(?:just |recently )?(?:got|have) this number|i (?:do not|never)~ (?:have|had|made
        |booked)~ (?:an? )?appointment~ (?:with you|there|here|at your)(?! at all)
    you (?:have|got) (?:the )?(?:wrong|a wrong)|mistaken (?:number|identity)|not the (?:right )?(?:person|number)
        |who is (?:alexandra|maria|jose|john|sarah|this for)(?= |$)|(?:is|was) (?:my|the) (?:old|previous) (?:owner
        |number)
    (?:numero|persona|telefono)~ (?:equivocad\w|incorrect\w|errone\w)|se (?:equivoc\w+
        |han equivocado)~ (?:de )?(?:numero|persona)?|(?:esta|estan|esta usted) equivocad\w|no (?:soy|es) (?:esa|ese|el
        |la) (?:persona|paciente|numero)|este no es (?:el|su|mi)~ (?:numero|telefono|celular)?|no (?:conozco
        |conosco) a (?:ning\w+|nadie|esa|ese|\w+)|aqui no (?:vive|hay|es)|no (?:vive|hay) (?:aqui )?(?:ning\w+ |nadie )
        |ya no es (?:su|el) (?:numero|telefono)|cambio de numero|no soy (?:su )?paciente|yo no (?:tengo
        |hice) (?:ninguna )?cita(?: con ustedes| ahi| alli)?|no soy (?!de|la que|el que|capaz|aler)\w+$
    """
)

WHO = phrases(
    r"""
    who (?:is|are|r) (?:this|you|it|texting|messaging|that|dis|sending|writing)(?! (?:for|driving|going))|who dis
        |who this(?= |$)|who sent (?:this|me)|(?:what|which) (?:number|company|clinic|office|place|is this number
        |business|doctor)~ (?:is |are )?(?:this|you|it)(?= from| about|$)|how did you get (?:my|this) number
        |whose number|what is this(?= about| for|$)|who do you (?:work|think)|do i know you|is this (?:a )?(?:scam|spam
        |real|legit\w*)|identify yourself
    (?:con )?quien (?:es|eres|habla|hablo|estoy hablando|me (?:escribe|manda|texte\w+|habla)|son|manda|envia|escribe)
        |(?:de )?quien es (?:este|usted)|de donde (?:me )?(?:escriben|son|es|llaman|mandan)|de parte de quien
        |que (?:es esto|numero es|clinica es|lugar es)|como (?:consiguieron|obtuvieron|tienen) mi numero
        |es (?:una )?(?:estafa|broma)|los conozco
    """
)

ROBOT = phrases(
    r"""
    do not disturb while driving|i am driving (?:with|right now and (?:can not|will)|i will see|and can not (?:respond
        |text|reply))|driving with~ (?:focus|do not disturb)|not receiving notifications|reply urgent|(?:focus
        |sleep) (?:mode )?(?:is )?(?:on|turned on)|notifications silenced
    out of (?:the )?office|auto ?(?:matic|mated)?~ (?:reply|response|responder|message)|automated (?:message|response
        |text|reply|system)|automatic reply|this is an auto\w*|on vacation (?:until|and will)|(?:limited
        |no) access to (?:my )?(?:email|phone)
    (?:does|do|can|will) not (?:accept|receive|support|monitor)~ (?:texts|messages|incoming|sms|replies|text messages?)
        |not monitored|unmonitored|message (?:blocking|not sent|failed|undeliver\w*)|(?:unable|failed) to (?:send
        |deliver)~ (?:message|texts)|free msg|freemsg|landline|not (?:able|equipped|set up) to receive
    thanks for (?:contacting|texting|messaging|calling|your (?:message|inquiry|interest))
        |we (?:have )?received your (?:message|text|inquiry)|we will (?:get back|respond|reply) to you|our (?:office
        |business) hours|(?:msg|message) (?:and|&)? ?data rates|reply help for|text stop to|reply stop to
        |verification code|your code is|can not talk right now(?= i|$)|sorry i can not talk
        |i will call you (?:back )?later(?= |$)|in a meeting i will
    respuesta automatica|mensaje automatico|estoy (?:conduciendo|manejando) (?:y|con|ahora|en este)
        |fuera de (?:la )?oficina|no (?:puede )?recib\w* mensajes de texto|gracias por (?:contactar\w*|comunicarse
        |su mensaje|escribirnos)|modo no molestar|no molestar (?:al|mientras)|hemos recibido su mensaje|no (?:puedo
        |puede) (?:hablar|contestar) (?:ahora|en este momento)(?= |$)
    """
)
