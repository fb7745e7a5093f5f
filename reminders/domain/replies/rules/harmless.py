"""Turns of phrase that sound like danger and are not, and words by which somebody denies a danger.

They are taken out of a text before `crisis` and `emergency` look at it, so that the rest of
the same text is still heard: "this traffic is killing me and I want to die".
"""

from reminders.domain.replies.phrases import group, phrases

_LAUGH = group(
    r"""
    lol|haha\w*|lmao|rofl|jk|jaja\w*|emojiother
    """
)
_GADGET = group(
    r"""
    phone|battery|car|cell|cellphone|laptop|charger|ipad|iphone|watch|tablet|computer|truck|engine|plants?|signal|
    service|wifi|tv|van|fridge|fish|link|connection
    """
)
_BODY = group(
    r"""
    back|feet|foot|head|headache|knees?|shoulders?|neck|tooth|teeth|stomach|legs?|hips?|migraine|allergies|arm|
    ankle|throat|sinuses
    """
)
_KIN = group(
    r"""
    wife|husband|boss|mom|mother|dad|father|sister|brother|girlfriend|boyfriend|partner|kids?|roommate|daughter|son|
    landlord|trainer|he|she|they
    """
)

IDIOMS = phrases(
    rf"""
    (?:so|too) (?:\w+ )?(?:i|we) could (?:just )?die|could (?:just )?die (?:of|from)|knock(?:ed)?~ dead|do or die
        |dead (?:stop|heat|halt|battery|lift|of the night)|killed me(?= |$)
    (?:jump\w*|glue|nail|heat|massage|top|big|squirt|water|nerf|staple|price|scan\w*) (?:the )?guns?|son of a gun
        |gun (?:shy|show|range|violence)|under the gun
    (?<!thoughts are )(?<!depression is )(?<!sadness is )(?<!loneliness is )(?<!guilt is )(?<!voices are )
        (?<!grief is )(?<!life is )(?<!living is )(?<!mind is )(?<!everything is )(?<!it all is )(?<!emptiness is )
        (?<!of this is )(?<!it is )killing (?:me|us)(?! (?:inside|slowly))
    (?:it is|it) (?:literally )?killing me(?= {_LAUGH}| not to| to wait| that i can not (?:eat|drink|have))
    (?:{_BODY}|traffic|heat|cold|hunger|fasting|fast|commute|job|boss|schedule|parking|diet|thirst|suspense|waiting
        |wait|work)~ (?:will |would |going to )?kill(?:s|ed)? me
    {_KIN} (?:will|would|is going to|are going to|might|going to|is|are)~ kill me (?:if|when|for)(?= )
    {_KIN} (?:will|would|is going to|are going to|going to)~ kill me (?:\w+ )?{_LAUGH}
    (?:wife|girlfriend|boss|mom|mother|sister|daughter|trainer|landlord|kids?|roommate|coach|teacher|doctor)~ (?:will
        |would|is going to|are going to|going to|might) kill me
    (?:would|could|will|might|gladly|to)~ (?:kill|die|murder) for|(?:coffee|caffeine|stairs|exam|test|homework|kids
        |spin class|workout|meeting|diet|line|wait)~ (?:might|may|could|will|would|going to|almost
        |nearly)~ kill(?:ed)? me
    dye (?:my|her|the|some|your)|dy(?:e)?ing my|kill devil|kill ?joy|kill bill|dead ?(?:line|lines|pan|bolt|beat|wood
        |pool|stock|head)s?|death valley|(?:the|walking|grateful) dead|drop dead|play dead|dead (?:of night|of winter
        |center|ahead|right|on|quiet|silent|giveaway|week|leg|sea)
    (?:was|is|were|are|been|got) (?:dead|killed|dying)(?= (?:when|so i|this morning|and (?:needed|would not start)
        |on arrival))|(?:father|mother|mom|dad|husband|wife|brother|sister|he|she|owner|patient|person)~ (?:is
        |was) (?:dead|deceased|dying of|dying from|dying in)|death (?:in|benefits?|of (?:my|a|the) (?:mom|dad|mother
        |father|friend|uncle|aunt|dog|cat|grand\w+))
    (?:slept|sleep|sleeping|look|looked|feel|felt|run|ran) like (?:the )?(?:dead|death|a dead)(?: \w+)?|(?:death
        |dead) warmed over|better late than dead|as a doornail|dead (?:silence|sleep)|murder (?:mystery|on|the|podcast
        |hornets?)|(?:is|was|are|be|absolute|pure) murder|could murder|blue murder|killing spree (?:show|podcast)
        |buzz ?kill|kill switch|painkill\w*|pain kill\w*|road ?kill
    (?:could|would)~ (?:kill|murder)(?: for)? (?:a|an|some) (?:burger|sandwich|pizza|coffee|steak|taco|cheeseburger
        |donut|snack|drink|latte|beer|nap)
    kill(?:s|ed|ing)? (?:it|time|some time|two birds|an hour|a few|a couple|the (?:mood|vibe|engine|lights|weeds|music
        |time)|my (?:vibe|mood|phone|battery|back|feet|knees|appetite|car|plants?))
    kill(?:ing)? myself (?:laughing|at work|at the gym|trying to (?:get|find|make|reach)|to (?:get|make it))|(?:dressed
        |curiosity) (?:to )?kill\w*
    (?:die|died|dying|dead) (?:of|from) (?:hunger|thirst|laugh\w*|heat|boredom|embarrassment|curiosity|cold|the heat
        |the cold|old age|shame|anticipation|excitement)
    dying (?:to (?:see|know|hear|meet|try|get|eat|go|find|talk|come|tell|start|be|have|ask|drink|visit|read|leave
        |feel better)|for (?:a|an|some|my|coffee|food|water|lunch|breakfast)|laughing|my hair|over here)
    (?:almost|nearly|about|practically) (?:died|killed me)|dying over here|(?:died|die|dying|dead) laughing
        |laugh\w*~ (?:to death|i died)|to die for|die hard|never say die|old habits die
    (?:i am|am|is|was) (?:so |literally |just )?(?:dead|dying|died)(?: over)?(?: here)? {_LAUGH}
    (?:will|going to|might|could) die (?:if i (?:do not|can not) (?:eat|drink|get|have)|without (?:coffee|food
        |my coffee|water|caffeine|my phone))
    {_GADGET}~ (?:is |just |about to |almost |keeps |was |has |going to |been )*(?:dying|died|die|dead|killed)
    (?:dead|dying) {_GADGET}|dead (?:tired|end|zone|line|on my feet|weight|serious|wrong|set|lifts?|beat|asleep|last
        |air)|drop dead gorgeous
    (?:bored|scared|worried|freez\w+|froze|starv\w+|tickled|work\w*|love\w*~|sick|sweat\w*) to death|(?:the
        |be the) death of (?:me|us)|death (?:by|in the family|certificate|metal|trap|march|row)
        |life or death situation here|over my dead body
    (?:would not|not) be caught dead|dead to (?:me|the world)|back from the dead|walking dead|dead ringer
        |near death experience
    (?:died|passed away|passing|death|funeral)~ (?:last|yesterday|this week|of cancer)|(?:mom|dad|mother|father|grandma
        |grandmother|grandpa|dog|cat|uncle|aunt|friend)~ (?:died|passed away|is dying)
    (?:almost|nearly|about|practically) (?:died|fainted|passed out|had a (?:heart attack|stroke))(?: \w+)? (?:laughing
        |lol|haha|when i saw|of|from|at the (?:price|bill))
    (?:hurt|hurting|cut|cutting|burn|burned|burning|injured?|poked) myself (?:shaving|cooking|working|at (?:the gym
        |work|practice)|playing|running|lifting|moving|gardening|skiing|by accident|accident\w*|fall\w*|fell|on (?:the
        |a|my)|in the kitchen|while|during|doing|chopping|when i (?:fell|slipped|tripped)|slipping)
    accident\w* (?:hurt|cut|burned|shot|injured|poked|overslept)~ myself|shot myself in the foot|beat(?:ing)? myself up
        |(?:my|a) (?:life|living) (?:coach|insurance|savings|room)
    cut(?:ting)?~ (?:hair|grass|lawn|carbs|coffee|nails|calories|back on)|shoot (?:me|you|us|them|over) (?:a|an|the
        |over|your|some)|shoot(?= i | sorry| my | just | that | ok )
    suicide (?:squad|doors?|prevention (?:walk|training|class|month|event|week)|mission|drinks?|wings|burger|awareness)
        |end(?:ed|ing)? (?:it|things) with|hang (?:out|on|up|in there|around|tight)
    end of the line (?:at|on|for|station)|edge of (?:my seat|town)|hit (?:the )?(?:gym|traffic|snooze|red)|jump (?:in
        |on|into)~ (?:shower|car|call|bus|train|zoom|cab|uber)
    (?:took|takes|take)~ breath away|catch(?:ing)? (?:my|a|your) breath (?:before|after|between|and)|(?:hold|save
        |waste)\w*~ breath|breath of fresh air|room to breathe|can breathe (?:easy|easier|again|better|now)
    (?:can|could) not breathe (?:from laughing|lol|haha\w*|laughing|in (?:these|this|my) (?:jeans|dress|pants|mask))
        |laughing so hard~ (?:can|could) not breathe|breathe? through (?:my|the) nose
    out of breath (?:from|lol|haha|running|climbing|but|walking)|breathing (?:exercise|technique|app|room|treatment)s?
        |breathe easy
    passed out (?:on the (?:couch|sofa|bed)|asleep|early|in bed|before i (?:saw|could|got)|watching|last night (?:early
        |before)|candy|flyers|cards)|fell asleep
    (?:will|would|could|might|do|does|can|should) (?:i|it|you|people|patients|this)~ (?:pass out|faint|be unconscious
        |black out|go unconscious|fall asleep)
    is it (?:normal|common|ok|usual)~ (?:to )?(?:feel faint|faint|pass out)|what (?:happens )?if (?:i|someone
        |a patient)~ (?:allergic reaction|faint|pass out|seizure|reaction)|(?:history of|used to have
        |last) (?:seizures?|seizure|fainting)
    (?:gave|giving|give)~ (?:a )?heart attack|heart attack (?:when|lol|haha\w*|from the|over the|at the (?:price|bill))
        |stroke of (?:luck|genius|midnight)|heart (?:racing|pounding) (?:with|from) excitement|faint (?:line|memory
        |smell|signal)
    food poisoning|allergic to (?:mornings|mondays|waiting|early)|poison ivy|hives of|bee hives
        |choking (?:on )?(?:traffic|the price)|family emergency|emergency (?:at|came|contact|with|brake|exit|plumb\w+
        |vet|work)
    (?:emergency|er|hospital) (?:nurse|doctor|tech|shift)|(?:work|working|volunteer|job) (?:at|in) (?:the )?(?:er
        |emergency room|hospital)|collapsed? (?:on the (?:couch|sofa)|in bed)
    took (?:all|every)~ (?:meds|pills|medications?|medicine) (?:this|today|already|as|like|except|on time|before|with
        |at|for the day)|take my breath|fits of laughter
    (?:not|no) (?:\w+ )?safe (?:to |for me to )?(?:driv\w+|walk\w*|in this (?:snow|weather|storm|ice))|roads~ not safe
        |not safe~ (?:roads|ice|snow)
    desperate (?:for|to) (?:a |some |my )?(?:coffee|food|water|sleep|nap|reschedule|get|find|change)|hopeless (?:at
        |with)|parking~ hopeless|hopeless~ (?:parking|romantic)
    no hope of (?:making|getting|finding)|be over soon (?:the (?:meeting|storm|snow|game)|my)|(?:meeting|storm|snow
        |shift|game|class|call)~ (?:will )?be over soon|sick of (?:this )?(?:traffic|weather|snow|rain|waiting)
    give up (?:on )?(?:my (?:spot|slot|seat|place|appointment)|coffee|caffeine|alcohol|sugar|smoking|the (?:slot|spot)
        |trying|calling|meat|parking)|giving up (?:coffee|caffeine|smoking|alcohol|sugar|carbs|my (?:spot|slot))
    no point (?:in )?(?:coming|calling|texting|driving|rescheduling|me coming)|no way (?:i can )?out of (?:work
        |the meeting|jury|this meeting|the shift)|way out of (?:town|work|the (?:building|house|door))
        |can not take (?:it|this) (?:with|on|at|to)
    panic\w* (?:about|over|because) (?:the )?(?:parking|time|traffic|forms?|paperwork|keys?)|hell of a|what the hell
        |hell (?:yes|yeah|no)|traffic (?:is |was )?(?:hell|from hell|murder|a nightmare)|(?:day|week|commute
        |morning) from hell
    can not wait|(?:i )?can not (?:do|take|handle) (?:this|it|the|that) (?:time|day|slot|date|week|morning|afternoon
        |monday|tuesday|wednesday|thursday|friday|appointment)
    (?:husband|wife|sister|brother|mom|dad|son|daughter|friend|neighbor|driver|ride|boss) (?:can|could) not (?:do|take
        |handle) (?:it|this|that) (?:anymore|any longer)
    (?:me|se|nos|te) (?:estoy |estamos |queria |quiero |quise |voy a )?(?:muero|muere|muriendo|morir|moria|morimos
        |mori) (?:de|del|por) (?:la |el )?(?:hambre|sed|risa|ganas|calor|frio|sueno|verguenza|curiosidad|pena|nervios
        |aburrimiento|cansancio|miedo al dentista|antojo)
    (?:me muero|muero|me moria) por (?:ver|comer|ir|un|una|saber|conocer|tomar|llegar|probar|dormir|verl\w+)
        |muert[oa]s? (?:de|del) (?:la )?(?:hambre|sed|risa|calor|frio|sueno|cansancio|verguenza|nervios|miedo)
        |muriendo(?:me)? de
    (?:espalda|cabeza|trafico|calor|hambre|rodillas?|pies|muela|jefe|tos|gripe|migrana|ayuno|frio|estomago|sed|cuello
        |alergia|espera|ruido)~ me (?:esta |estan |va a )?(?:mata|matan|matando|matar)
    me (?:esta |estan |mata |matan )(?:matando )?(?:la|el|los|este|esta) (?:espalda|cabeza|trafico|calor|hambre
        |rodillas?|pies|muela|tos|gripe|migrana|ayuno|frio|estomago|sed|cuello|espera)
    (?:esposa|esposo|mama|jefe|jefa|marido|mujer|papa|hermana|hermano|hija|hijo)~ (?:me (?:va a matar|van a matar|mata
        |matara)|va a matarme)|mataria por (?:un|una)|matar (?:el )?tiempo|me matas? de risa|me mato (?:trabajando
        |estudiando)
    se (?:me )?(?:murio|muere|esta muriendo)~ (?:celular|telefono|bateria|carro|coche|cel|pila|laptop)|(?:celular
        |telefono|bateria|carro|coche|cel|pila)~ (?:se )?(?:me )?(?:murio|muere|muert[oa]|muriendo)
    a morir|susto de muerte|de mala muerte|hasta que la muerte|casi me (?:muero|desmayo|da un infarto
        |da algo)(?: del?)? ?(?:la )?(?:risa|susto|cuando vi)?|trague la tierra|(?:murio|fallecio) (?:mi|su|el|la)
    no (?:aguanto|soporto) mas (?:el|la|este|esta|los) (?:hambre|calor|sed|frio|trafico|ruido|espera|muela)
        |desesperad[oa] por (?:llegar|comer|un|una)|me va a matar si|lastimarme (?:la|el) (?:espalda|rodilla|pie)
    urgencias? (?:en el trabajo|familiar)|emergencia (?:familiar|en el trabajo|en mi casa)|cortarme (?:el|la
        |las) (?:pelo|cabello|unas)|tengo urgencia
    """
)

_NOT_YET = (
    r"(?!(?: [|])? (?:today|tonight|yet|now|right now|this time|at the moment|but|at least|for now"
    r"|hoy|ahora|todavia|aun|por ahora|pero))"
)

DENIALS = phrases(
    rf"""
    (?:not|no longer|never|not been|nor)~ (?:feeling |been |felt |at all )?suicidal(?! thoughts| ideation)(?: anymore
        | at all)?{_NOT_YET}
    (?:no|not any|any more|without|zero|not had any|deny|denies|not having any|never had)~ (?:suicidal|bad|dark
        |self ?harm\w*)~ (?:thoughts?|ideation|feelings?|ideas?|urges?)(?: at all| anymore)?{_NOT_YET}
    (?:no|not any|without|not have any|deny|denies|not having any|not having|not had|zero)~ (?:thoughts?|intention
        |plans?|desire|urges?|ideas?)~ (?:of |to |about |or )?(?:suicide|selfharm\w*|dying|death|(?:hurt|harm
        |kill)(?:ing)? (?:myself|anyone|others|anybody))(?: or (?:others|anyone|anything|anybody|suicide
        |selfharm\w*))*(?: at all| anymore)?{_NOT_YET}
    no (?:suicide|selfharm\w*|suicidality)(?: thoughts| or selfharm\w*| ideation)?{_NOT_YET}
    not (?:thinking|planning|going)~ (?:about |of |to )?(?:suicide|(?:hurt|harm|kill)(?:ing)? myself)(?: or anyone
        | or others| anymore)?{_NOT_YET}
    (?:would|could|will) never (?:\w+ )?(?:hurt|harm|kill) myself|not want to (?:hurt|harm|kill) (?:myself|anyone
        |others)(?: or (?:others|anyone))?{_NOT_YET}|never (?:tried|wanted|going) to (?:hurt|harm|kill) myself
    (?:no|not any|without|not having(?: any)?|not have(?: any)?|not had(?: any)?|deny|never had
        |neither)~ (?:chest (?:pains?|pressure|tightness)|trouble breathing|difficulty breathing|shortness of breath
        |seizures?|allergic reactions?|hives|palpitations|bleeding|swelling|fainting)(?: or (?:trouble breathing
        |shortness of breath|fainting|dizziness))*{_NOT_YET}
    (?:did|do|does|have|has) not (?:ever )?(?:faint(?:ed)?|pass(?:ed)? out|black(?:ed)? out|overdosed?)
        |never (?:fainted|passed out|overdosed)
    no (?:tengo|he tenido|tuve|siento)~ (?:pensamientos?|ideas?|ganas)~ (?:suicid\w+|de muerte|mal[oa]s|de (?:suicid\w+
        |hacerme dano|lastimarme|matarme|morir(?:me)?)){_NOT_YET}
    no (?:soy|estoy|me siento) suicida{_NOT_YET}|no (?:quiero|pienso|voy a|estoy pensando en) (?:hacerme dano
        |lastimarme|matarme|suicidarme){_NOT_YET}|nunca (?:me )?(?:haria dano|mataria|suicidaria|lastimaria)
        |sin (?:pensamientos|ideas) suicidas{_NOT_YET}
    (?:no (?:tengo|he tenido|tuve|siento)|sin)~ (?:dolor (?:de|en el) pecho|dificultad para respirar|falta de aire
        |convulsiones|desmayos?|reacciones? alergicas?|palpitaciones){_NOT_YET}|no me (?:he desmayado|desmaye)
    """
)
"""A denial that hedges ("not today", "not yet", "but") is none."""
