"""The words of `crisis_english`, in Spanish."""

from reminders.domain.replies.phrases import phrases

EXPLICIT = phrases(
    r"""
    suicidi\w*|suicidar\w*|suicidate|suicid[ao]s?
    me (?:quiero|quisiera|voy a|pienso|deseo|quise|trate de|intente|iba a|dan ganas de|quiere)~ (?:matar|morir
        |suicidar|quitar la vida|colgar|ahorcar|cortar las venas|lastimar|hacer dano|dar un tiro|pegar un tiro
        |aventar|envenenar)
    me muero|morir|morirme|muert[oa]|muerte|matar|matarme|morirse|me mori
    me mato(?! (?:trabajando|estudiando|haciendo))|me voy a matar
    (?:matarme|ahorcarme|colgarme|suicidarme|morirme|lastimarme|envenenarme|dispararme|desangrarme|asfixiarme)
    (?:hacerme|hacer me|me hice|me hago|hago) dano|danarme|autolesion\w*|(?:me corto|cortarme)(?! (?:el|la
        |las) (?:pelo|cabello|unas|flequillo))
    (?:quitarme|quitar me|quitarse|acabar con|terminar con|poner fin a|ponerle fin a|acabo con)~ (?:la|mi) vida
    (?:acabar|terminar) con (?:todo|mi sufrimiento|este sufrimiento|esto de una vez|mi dolor)
    (?:pegarme|darme|meterme) un (?:tiro|balazo)|(?:tirarme|aventarme|lanzarme|arrojarme)~ (?:puente|tren|metro
        |carro|edificio|balcon|ventana|vacio|barranco|camion|azotea|vias|techo)|cort\w+ (?:las |mis )?(?:venas
        |munecas)
    (?:quiero|quisiera|queria|deseo|deseando|ganas de|prefiero|preferiria|mejor|ojala|gustaria|pienso en
        |pensando en|pensado en|pensamientos de|intente|merezco|deberia|deseos de|ideas de)~ (?:morir|morirme
        |morirse|muert[oa]|la muerte|no existir|no despertar|dejar de existir|dejar de vivir|no vivir
        |dormir para siempre|no haber nacido|muriera|muera|no estar viv[oa]|desaparecer para siempre)
    no (?:quiero|quisiera|deseo|me interesa|me importa|tengo ganas de)~ (?:vivir|existir|estar viv[oa]
        |seguir viv[oa]|seguir viviendo|estar en este mundo|vivo|viva|la vida)
    no quiero (?:volver a )?despertar(?:me)?(?! (?:temprano|tarde|a las|tan|antes))
    ya no quiero (?:estar aqui|seguir|estar)(?= asi| adelante| viviendo| mas| en este mundo|$)
    (?:estarian|estaria|estarias|estara|estaran|estan|viviran)~ mejor (?:sin mi|si (?:yo )?(?:no|me|muero))
        |mejor sin mi|mejor muert[oa]|mejor si (?:yo )?(?:no existiera|me muero|estuviera muert[oa]|me muriera)
    (?:me tome|voy a tomar(?:me)?|me voy a tomar|tomarme|tragarme|me trague|quiero tomar(?:me)?)~ (?:todas|todo el
        |el frasco|un frasco|el bote|un bote|un monton)~ (?:pastillas|medicinas?|medicamentos?|pildoras|frasco
        |bote)?
    (?:no|ni)~ vale la pena (?:vivir|seguir|la vida|seguir viviendo)|la vida no (?:vale|tiene sentido|merece)
    (?:no tengo|sin|ni|perdi(?:do)?|perdido|ninguna|no hay|no encuentro)~ (?:razon(?:es)?|motivos?|ganas
        |sentido) (?:para|de|en) (?:vivir|seguir|existir|seguir viviendo)
    no tiene sentido (?:vivir|seguir|mi vida|la vida|nada)
    (?:voy|quiero|ganas|pienso|pensando)~ (?:a |de |en )?matar a|matarl[oa]s?|carta de despedida|pistola~ cabeza
    ojala (?:me|no)~ (?:muera|muriera|muriese|mate|despierte|despertara)
    """
)

IMPLICIT = phrases(
    r"""
    (?:ya )?no quiero nada(?= de (?:la vida|nada)| mas|$)
    (?:ya )?no (?:puedo|aguanto|soporto|doy|resisto) mas(?! (?:tarde|temprano|que|de|adelante|el|la|los|las|este
        |esta|a las|por))
    no (?:aguanto|soporto|puedo con) (?:esto|esta vida|mi vida|la vida|vivir|todo esto|tanto dolor
        |este dolor en el alma|seguir|todo)
    no (?:lo|la) (?:aguanto|soporto)(?: mas)?$|(?:ya )?no puedo (?:seguir|continuar)(?= asi| viviendo| adelante
        | mas| con (?:esto|todo|mi vida|la vida)|$)
    (?:cansad[oa]|hart[oa]|agotad[oa]|aburrid[oa]) de (?:vivir|la vida|todo|mi vida|esta vida|luchar|existir|sufrir
        |pelear|seguir|estar asi|intentar)
    (?:soy|ser|sentirme|siento que soy)~ (?:una )?(?:carga|estorbo|molestia para todos)|solo (?:estorbo
        |doy problemas)
    nadie (?:me|lo|va a|notaria|lloraria|le)~ (?:extran\w+|quiere|necesita|notaria|importa\w*|ama|echara|va a)
        |nadie (?:notaria|lloraria)|a nadie le import\w+
    (?:quiero|quisiera|necesito|deseo|ojala)~ que~ (?:acabe|termine|pare|acabara|terminara|se acabe)(?! (?:la|el
        |de mandar|de enviar|mi cita))|que pare (?:el|este|mi) dolor
    no (?:le )?(?:veo|encuentro|tengo|hay|hallo)~ (?:salida|sentido|esperanzas?|futuro|solucion|otra salida|fuerzas
        |proposito|ilusion)|sin (?:salida|esperanzas?|fuerzas|sentido)
    (?:perdi|perdido|perdiendo)~ (?:esperanzas?|ganas|fe en todo|la ilusion)|nada (?:tiene|vale
        |importa)(?: ya)?~? ?(?:sentido|la pena)?$|nada tiene sentido|todo (?:esta perdido|se acabo)
    desesperad[oa]|desesperanza|no valgo (?:nada|la pena)|no sirvo para nada|no merezco (?:vivir|estar|la vida)
        |odio (?:mi vida|vivir|estar viv[oa])|me odio|soy (?:un|una) (?:inutil|fracaso|fracasad[oa])
    adios (?:a todos|para siempre|mundo|familia|mundo cruel)|me despido(?= de (?:todos|ustedes|mi familia|mis hijos
        |la vida|este mundo)|$)|ultim[oa] (?:mensaje|noche|adios|voluntad)|hasta nunca
    (?:cuiden|cuida|cuide|cuidense)~ (?:mis|a mi|a mis|mi)~ (?:hij\w+|perr\w+|gat\w+|familia|mama|ninos|nina|nino
        |bebe)|cuando (?:yo )?(?:ya )?no este(?= aqui| mas| con|$)|cuando me (?:muera|haya ido)
    (?:diga\w*|dile|diles)~ que (?:l[oae]s?|la) (?:amo|quiero|ame|quise)|perdon(?:en)?(?:me)? por (?:todo|lo que
        |ser una)|perdonenme (?:todos|por)|les pido perdon
    (?:pensamientos?|ideas?) (?:muy )?(?:oscur\w+|mal[oa]s?|fe[oa]s?|negr\w+|de muerte|negativ\w+|intrusiv\w+
        |horribles?|raros)|mal[oa]s (?:pensamientos|ideas)|pensando (?:cosas (?:malas|feas)|en (?:la muerte
        |no estar|lo peor|desaparecer))
    no (?:me siento|estoy|me encuentro) (?:a salvo|segur[oa])(?= conmigo| sol[oa]| en casa| aqui|$)
        |tengo miedo de (?:lo que|mi|hacer|hacerme|mi mism)|miedo (?:a|de) (?:mi mism[oa]|hacer(?:me)?|lo que)
    (?:hacer|hago|cometer|hare) (?:una )?(?:locura|tonteria|estupidez)|(?:escucho|oigo|oyendo|escuchando) voces
        |las voces
    dormir(?:me)? y (?:ya )?no (?:volver a )?despertar|no volver a despertar|dormir para siempre
        |descansar para siempre|descansar de todo
    (?:quiero|quisiera|ganas de|solo quiero|me gustaria|ojala pudiera)~ (?:desaparecer|irme de este mundo
        |dejar este mundo|dejar de sufrir|esfumarme|no estar aqui|no ser)
    (?:cuanto|cuanta)~ mas~ (?:aguant\w*|resist\w*|soport\w*|puedo|podre)|no quiero seguir$
        |no tengo (?:ya )?ganas de (?:nada|seguir|vivir|levantarme)|no (?:voy a|pienso|creo)~ (?:estar|seguir
        |aguantar|llegar)~ (?:mucho tiempo|mucho mas|mas tiempo|viv[oa]|a manana|hasta manana)|ya no (?:estare
        |voy a estar)(?= aqui mas| mas| aqui$|$)
    me (?:rindo|di por vencid[oa]|doy por vencid[oa])|ya me (?:rendi|canse de todo|canse de vivir)|tirar la toalla
        |estoy (?:completamente |muy )?sol[oa] en (?:el|este) mundo
    no me busquen|ya (?:lo )?(?:tengo )?(?:decidi|decidido|tome la decision)(?= |$)|es mejor que (?:me vaya|yo no
        |me muera|no este)|(?:quiero|necesito|solo quiero) descansar(?= para siempre| en paz| de todo| de la vida
        |$)|(?:ya es )?(?:muy )?tarde para mi$|(?:quiero|quisiera)~ (?:irme|dejar|salir) de este mundo
        |me quiero ir(?= de este mundo| con dios| al cielo)|(?:en|con) (?:el cielo|diosito)(?= pronto|$)
    (?:da igual|no me importa|me da lo mismo|que mas da)~ (?:vivir|morir|muero|muera|vivo|pase|morirme)
        |si me (?:muero|muriera|matara)|me (?:siento|veo)~ (?:sin salida|una carga|acabad[oa]|sin esperanza
        |derrotad[oa])|estoy en (?:crisis|el puente|la azotea|el techo|las vias)|se acabo todo(?= para mi|$)
        |la vida no es para mi|todo(?:s)? (?:seria|estaria\w*|estarian|serian)~ mejor|nada por (?:lo )?que vivir
        |(?:que vivir|por quien vivir)|no tengo (?:nada|razon\w*)~ (?:vivir|seguir)
    (?:quiero|ganas de|impulsos de|pense en|pienso)~ (?:lastimarme|hacerme|cortarme|golpearme|herirme)
        |me (?:lastimo|corto|golpeo|hiero)(?= |$)(?! (?:el|la) (?:pelo|cabello))|castigarme|gracias por todo~ adios
        |esto es (?:un )?adios|no (?:quiero|puedo) ser una carga|me (?:pega|golpea|amenaza|maltrata)
        |(?:mi )?(?:esposo|marido|novio)~ me (?:pego|golpeo|amenazo)
    no (?:puedo|paro de|dejo de)~ (?:dejar de |parar de )?llorar|no paro de llorar|llor(?:o|ando) (?:todo el dia
        |todos los dias|sin parar)
    (?:tengo|compre|consegui|cargue)~ (?:pistola|arma|cuerda|soga|navaja|veneno)|(?:pastillas|cuchillo|pistola
        |navaja)~ (?:en la mano|lista|listas|enfrente|al lado|aqui conmigo)|guardando (?:las )?pastillas
    (?:ayudenme|ayudame|auxilio|ayudeme)(?= por favor$| ya$| por dios|$)|necesito ayuda(?= urgente| ya| ahora
        | por favor$| inmediata)|socorro|salvenme|alguien que me ayude|que alguien me ayude
    (?:vida|todo|dolor|sufrimiento|tristeza|depresion|soledad|pensamientos)~ me (?:esta |estan )?(?:mata|matan
        |matando|supera|consume|hunde)|toque fondo|toco fondo|al borde|en un hoyo|hoyo negro
    mejor no (?:haber nacido|existir|estar)|no deberia (?:existir|estar aqui|haber nacido|estar viv[oa])
        |hubiera (?:muerto|nacido nunca)|nunca haber nacido|mundo~ mejor sin mi|no pertenezco
    (?:tengo|hice) un plan(?= para|$)|(?:hoy|esta noche) (?:es el fin|se acaba|todo se acaba|termino todo
        |acabo todo)|pronto (?:todo )?(?:se )?(?:acabara|terminara|se acaba)|ya todo (?:va a acabar|acabara)
    que sentido tiene|para que (?:seguir|vivir|vivo|sigo)(?= |$)|sufro demasiado|demasiado dolor para
        |quiero (?:dejar de sentir|que me dejen morir|irme al cielo|irme con (?:dios|mi))|con dios pronto
        |reunirme con
    """
)

OF_FEELINGS = phrases(
    r"""
    no tengo a nadie$|me siento (?:muy |tan )?(?:vaci[oa]|perdid[oa]|sol[oa]|atrapad[oa]|derrotad[oa])
        |estoy (?:destrozad[oa]|hundid[oa]|perdid[oa])
    no puedo con (?:esto|todo)|ya no puedo$|me estoy (?:hundiendo|volviendo loc[oa])|todo me sale mal
        |no tengo ganas de nada|es un infierno|sufriendo
    """
)

CRY = phrases(
    r"""
    (?:por favor )?(?:ayudame|ayudenme|ayudeme)(?: por favor| ya)*$|necesito ayuda$
    """
)
