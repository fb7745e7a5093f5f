"""What people say about their body: what a nurse must know before a visit, and how they feel after one."""

from reminders.domain.replies.phrases import phrases

CLINICAL_DONE = phrases(
    r"""
    i (?:\w+ )?(?:ate|drank|had|smoked|have eaten|have had|have drunk)(?= \w)(?! (?:an? (?:appointment|question|ride
        |driver|conflict|reaction|great|good|bad|hard|long|nice|visit)|to|my (?:appointment|phone|visit|call|ride
        |wallet|keys|bus|exit|mind)|the (?:time|date|address|day|bus|train|exit|call)|when|what|where|if|about|your|you
        |better|worse|no|not|another|other|time|it down))
    (?:comi|desayune|almorce|cene|bebi|tome|me tome|he comido|olvide tomar)(?= |$)
    """
)
"""What has happened counts even in a question: "is it a problem that I had a beer?"."""

CLINICAL = phrases(
    r"""
    (?:i|we|already|just|accidentally|accidently|also|and|but|oops|forgot and|mistakenly|have|had) (?:\w+ )?(?:ate
        |eaten|drank|drunk|snacked|nibbled|chewed)(?= |$)|(?:ate|drank|eaten)~ (?:at|breakfast|lunch|dinner|something
        |some|a|an|this|my|too|after|before|by|little|bit|half|coffee|water|juice|toast|food|late|already|around|about
        |today|last|snack|banana|egg|eggs)
        |(?:i|just|already|accidentally|did|and|oops|have|only|we) (?:\w+ )?had (?:(?:a|an|some|my|the|two|one|half
        |just
        |only)(?= )|breakfast
        |lunch|dinner|coffee|food|water|milk|juice|toast|tea|soup|cereal|wine|beer|crackers|gum|candy|yogurt
        |fruit)(?!appointment|ride|driver|question|conflict|good|great|family|couple|few|flat|lot|nice|problem|long
        |emergency|change)|(?:broke|break|broken|forgot|messed up)~ (?:fast|fasting|about fasting|not to eat
        |not to drink|i was not supposed to eat)|(?:cup|sip|sips|glass|bite|bites|piece|slice|bowl|bottle)~ of (?:\w+)
        |had (?:breakfast|coffee|lunch|dinner|food|creamer|milk|alcohol|a drink|drinks|wine|beer|gum|water|a (?:snack
        |bite|smoothie|coffee|banana|sip|bagel|sandwich|granola|donut|protein))|not (?:been )?fast(?:ed|ing)
        |did not fast|forgot to fast|smoked|vaped|(?:used|took) (?:marijuana|weed|cannabis|edibles?|cocaine|opioids?
        |drugs)|drinking (?:last night|alcohol)
    (?:forgot|missed|skipped|stopped|used|did not|have not|ran out of|out of|not|started|start|taking|took|take|taken
        |increased|changed|new|switched|double|doubled|forgot to take|been taking|prescribed|put me on|put on
        |quit)~ (?:meds?|medications?|medicine|medicines|pills?|dose|doses|tablets?|insulin|antibiotics?
        |blood (?:pressure|thinner)\w*|bp meds?|lisinopril|metoprolol|xanax|ativan|klonopin|lamictal|lithium|zoloft
        |lexapro|prozac|wellbutrin|adderall|benzos?|tylenol|advil|ibuprofen|aspirin|sudafed|benadryl|steroids?
        |prednisone|ozempic|metformin|gabapentin|trazodone|ambien|melatonin|nyquil|dayquil|nasal spray|inhaler
        |vitamins?|supplements?|prescription|wegovy|semaglutide)(?= |$)
    (?:fevers?|feverish|temperature of|temp (?:of|is)|temp 10\d|10[0-4] (?:\d )?(?:fever|temp\w*|degrees)
        |running a (?:temp\w*|fever)|chills)|(?:have|has|got|having|caught|with|feel|feeling|am|been|woke up
        |coming down with|tested positive|getting|think i have|a|bad)~ (?:covid|flu|a cold|cold|strep|infection|uti
        |pneumonia|bronchitis|stomach bug|sick|ill|nauseous|nausea|nauseated|dizzy|diarrhea|vomiting|rash|cough
        |sore throat|congested|congestion|stuffy|runny nose|head cold|sinus\w*|migraine|headache|shingles|pink eye
        |virus)(?= |$)|sick(?= |$)(?! of)|ill(?= today| this| with| and|$)|(?:throwing|threw|throw) up|vomit\w*
        |puk(?:ed|ing)|diarrhea|tested positive|positive (?:for )?(?:covid|test|flu)|positive pregnancy|stomach bug
        |sore throat|cough(?:ing)?|exposed to covid|covid
    pregnant|pregnancy|missed my period|breast ?feeding|nursing (?:a|my) baby|trying to conceive|(?:bp
        |blood pressure)(?= is| was| has| reading| of| high| \d|$)|blood sugar|(?:\d{3}) over \d{2,3}|allergic to
        |new allergy|diabetic|(?:had|have|having|scheduled)~ surgery|(?:was|were|been|got|am) (?:in the hospital
        |hospitalized|discharged|admitted)|heart condition|pacemaker|(?:new|started|changed) (?:\w+ )?(?:diagnosis
        |diagnosed)|diagnosed with|stent|concussion
    (?:comi|comimos|desayune|almorce|cene|tome|bebi|he comido|ya comi|me comi|me tome|tomado
        |bebido)(?= |$)(?! (?:el (?:bus|camion|tren)|nota|la decision|un taxi|un uber|fotos))|(?:rompi|no hice|no segui
        |se me olvido|olvide)~ (?:ayun\w+|el ayuno|no comer)|no (?:estoy|vengo|estuve) en ayunas|un (?:cafe|sorbo|trago
        |traguito|vaso|bocado|pan|jugo)(?= |$)
    (?:tengo|tenga|tuve|tenemos|con|estoy con|me dio|traigo|siento|di|amaneci con)~ (?:fiebre|calentura|temperatura
        |gripe|gripa|tos|covid|resfriado|resfrio|catarro|diarrea|vomito|nauseas?|mareos?|infeccion|dolor de (?:garganta
        |cabeza|estomago)|la presion|presion|alergia|migrana|escalofrios|el azucar|congestion)|(?:estoy|me siento
        |amaneci|sigo)~ (?:enferm[oa]|mal del estomago|mareada|mareado|resfriad[oa]|agripad[oa]|embarazada|con gripe
        |constipad[oa]|mala del)|embarazad\w|embarazo|vomit\w+|enferm[oa]s?|positiv[oa]|presion (?:alta|baja)|covid
        |amamant\w+|lactando
    (?:olvid\w+|no (?:me )?(?:tome|tomo|he tomado)|deje de tomar|se me (?:paso|olvido|acabaron|acabo)|empece|cambiaron
        |me recetaron|nueva|nuevo|tomo|tomando|estoy tomando|suspendi|me quede sin)~ (?:medicin\w+|medicament\w+
        |pastillas?|dosis|tratamiento|antibiotic\w*|insulina|pildoras?|remedios?|vitaminas?)
    """
)

NOT_CLINICAL = phrases(
    r"""
    (?:have|had) not (?:eaten|had|drunk|drank)|not (?:eaten|eat|drink|sick|pregnant|drinking|eating)|did not (?:eat
        |drink|have)|nothing to eat|no (?:fever|cold|cough|symptoms|covid|he comido|comi|tengo fiebre|estoy enferm[oa]
        |estoy embarazada)|sick (?:to death )?of|last ate|not (?:have|having|had) (?:a |any )?(?:fever|cold|cough
        |symptoms)|it is cold|cold (?:outside|day|in (?:there|here)|weather|room)|dog is sick|sick (?:of|day|leave
        |time)|(?:piece|cup) of (?:cake|mind|advice|paper)|took the (?:bus|train|day|wrong)|(?:kill|die|dying|murder
        |want|need|craving|love|muero|mataria|cannot wait|antojo)~ (?:for|por|a|de)|it is freezing
    """
)

CHECKIN_CALL = phrases(
    r"""
    call me|(?:please|pls|someone|somebody|can you|could you|nurse|doctor|have someone|want|need|like
        |would like)~ (?:to )?(?:call|phone|talk|speak|a call)|(?:not|no) (?:\w+ )?(?:good|well|ok|okay|great|right
        |better|myself|helping|working|doing well|feeling (?:well|good|right|better))|(?:feel|feeling|felt|am|still
        |very|really|so|been|having|have|had|got|pretty|super|woke up|bit|little|kind of)~ (?:bad|terrible|awful|worse
        |horrible|sick|nauseous|nauseated|nausea|dizzy|sad|low|down|depressed|anxious|anxiety|scared|weird|off|foggy
        |confused|miserable|headache|vomiting|weak|crying|hopeless|panicky|rough|shaky|agitated|irritable|unwell|lousy
        |crappy|spacey|out of it|disconnected|hallucinat\w+|paranoid|blurry|numb|pain|migraine|restless|strange|upset
        |angry|lonely|drained|flat|jittery|wired)|(?:throwing|threw) up|vomit\w*|headaches?|killing me|nausea|worse
        |terrible|awful|horrible|bad (?:night|day|dreams?|reaction|trip|week|headache)|nightmares?|not sleep\w*
        |can not (?:sleep|eat|focus|think|calm)|did not sleep|hallucinat\w*|double vision|blurry|side effects?
        |struggling|rough|low mood|anxiety|panic attack|migraine|rash|fever|blood pressure
    llam(?:en|e|a|ar|enme|eme|ame)\w*|(?:quiero|necesito|quisiera|podria|puedo|pueden)~ (?:hablar|que me llam\w+
        |una llamada|llamar)|(?:me siento|estoy|sigo|ando|amaneci|he estado|me he sentido)~ (?:mal|peor|triste
        |deprimid[oa]|ansios[oa]|maread[oa]|confundid[oa]|rar[oa]|decaid[oa]|debil|asustad[oa]|angustiad[oa]|fatal
        |enferm[oa]|nervios[oa]|baj[oa]|desanimad[oa])|no (?:me siento|estoy|he estado|muy|tan)~ (?:bien|nada bien)
        |(?:dolor|duele|nauseas?|vomit\w+|mareos?|ansiedad|pesadillas|no (?:puedo|pude|he podido) dormir|peor|mal$
        |muy mal|alucin\w+)
    """
)

CHECKIN_OKAY = phrases(
    r"""
    (?:doing|feeling|feel|am|i am|it is|im|just|pretty|bit|little|still|kind of|somewhat|mostly|so)~ (?:ok|okay|alright
        |so so|tired|sleepy|groggy|meh|average|fatigued|exhausted|sore|neutral|same|fair)|about the same
        |no (?:big |real |much )?(?:change|difference)|could be better|not (?:bad|too bad|terrible)|up and down
        |hanging in|ups and downs|so so|not much (?:change|difference)|mas o menos|regular|ni bien ni mal|(?:un poco
        |algo|bastante|muy) (?:cansad[oa]|soolient[oa]|sonolient[oa])|ahi (?:voy|vamos|la llevo)|igual
        |sin (?:muchos )?cambios|cansad[oa]|ok
    """
)

CHECKIN_GOOD = phrases(
    r"""
    (?:doing|feeling|feel|felt|am|i am|so|very|really|pretty|much|lot|been|went|slept|things are|everything is|its|had
        |super|all|going|was|a|mood is|mood)~ (?:good|great|well|fine|better|amazing|wonderful|awesome|fantastic
        |excellent|happy|happier|lighter|hopeful|calm|peaceful|relaxed|rested|improved|best|positive|normal|like myself
        |like a new|perfect|terrific|energized|super|grateful|optimistic|brighter)|best (?:i have|day|sleep|week)
        |(?:good|great) (?:day|night|today|so far|thanks|mood)|no (?:issues|problems|complaints|side effects)|improv\w+
        |better|good|great|(?:me siento|estoy|todo|muy|super|mucho|he estado|dormi|amaneci|bastante|me fue
        |sigo)~ (?:bien|mejor|content[oa]|feliz|excelente|genial|tranquil[oa]|animad[oa]|perfect\w+|de maravilla)|bien
        |mejor
    """
)

NOT_BAD = phrases(
    r"""
    (?:no|without|any|less|zero|sin|nada de|not much|not any|no more|never|not have|not had|not having)~ (?:nausea
        |headaches?|vomit\w*|pain|side effects?|anxiety|nightmares?|dizz\w+|fever|issues|problems|dolor|nauseas|mareos?
        |migraine|panic attacks?|rash)
    (?:not|no longer|never|no estoy|no me siento) (?:\w+ )?(?:bad|too bad|dizzy|sick|nauseous|anxious|sad|worse
        |depressed|struggling|rough|scared|down|low|mal|peor|triste)|(?:nausea|headache|pain|anxiety|dizziness)~ gone
        |no need to call|not need~ call
    """
)

NOT_DONE = phrases(
    r"""
    (?:if|can|could|should|may|do|would|wish|since|last time|after|what|when|before|lo que|cuando|que pasa si) i
    i (?:would|had to|had (?:an? )?(?:appointment|question|visit))|si (?:como|tomo|comi)
    """
)

CALL_ME = phrases(
    r"""
    (?:please|pls|can you|could you|someone|have someone|nurse|doctor)~ call(?: me)?|call me|llam\w*me
    """
)
NO_CALL = phrases(r"no need|do not (?:need|call)|not need")

NOT_GOOD = phrases(r"not|no|isn|less|hope\w*")
