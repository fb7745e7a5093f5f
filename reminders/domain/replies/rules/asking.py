"""How people ask and how they thank."""

from reminders.domain.replies.phrases import phrases

THANKS = phrases(
    r"""
    thanks|thank|appreciate\w*|gracias|agradezc\w+|got it|will do|see you|have a (?:good|great|nice|wonderful
        |blessed) (?:day|night|weekend|one|evening)|god bless|bless you|you are (?:the best|so kind|awesome|welcome)
        |(?:ok|sounds) (?:good|great)|bendiciones|muy amables?|que tenga|buen (?:dia|fin)|no worries|no problem
        |good to know|perfect|understood|entendido|enterad[oa]|ok$
    """
)

HELP = phrases(
    r"""
    need (?:some )?(?:info|information|more info)|more info(?:rmation)?$|how does this work|what can i (?:reply|text)
        |necesito (?:mas )?informacion|mas informacion$|quiero informacion
    """
)

_COURTEOUS = (
    r"^(?:(?:hi|hello|hey|ok|yes|so|and|also|but|please|thanks|hola|si|y|pero|oye|disculpe|buenos|buenas|dias|tardes"
    r"|well|good|morning|sorry|just|no|quick question|question|pregunta) )*"
)

OPENERS = phrases(
    rf"""
    {_COURTEOUS}(?:what|when|where|why|how|which|who|whose|whats|cual|cuales|cuando|donde|adonde|a donde|por que|cuanto
        |cuanta|cuantos|cuantas|a que (?:hora|numero)|que (?:hora|dia|debo|tengo|puedo|pasa|necesito|llevo|es
        |hago))(?! (?:i (?:was|am|got|have|get|will)|ever|ver|about that|llegue|pueda|yo))
    {_COURTEOUS}(?:can|could|may|should|shall|must|do|does|did|am|will|would|have|had|is|are|was|were|has) (?:i|you|we
        |it|he|she|they|there|my|this|that|the|your|someone|anyone|everything|parking|nurse|doctor)
    {_COURTEOUS}(?<!^no )(?<! no )(?:puedo|puede|pueden|podria|podrian|podemos|se puede|es necesario|esta bien si
        |hay (?:que|estacionamiento|algun|otra|espacio|lugar|cita)|debo|quisiera saber|quiero saber|necesito saber
        |sera que|me (?:puede|pueden|podria) (?:decir|dar|mandar)|tengo una (?:pregunta|duda))
    {_COURTEOUS}(?:wondering|i was wondering|i am wondering|just wondering|i wanted to (?:ask|know|check)
        |i want to know|i need to know|let me know|please (?:tell|let|send|advise)|tell me
        |i have (?:a |another |some )?(?:\w+ )?questions?|remind me (?:what|when|where)|i forgot (?:what|when|where)
        |not sure (?:if|what|when|where|how)|i do not (?:know|remember) (?:what|when|where|how|if|the)
        |i can not (?:find|remember)|any idea)
    (?:is|are|at|starts?) (?:when|where|what time|how much)$
    {_COURTEOUS}(?:is|are) (?:\w+ ){{1,3}}(?:allowed|ok|fine|open|closed|available|included|required|needed|necessary
        |possible|covered)
    """
)
"""How a clause begins that asks."""

OPENERS_ASKED = phrases(
    rf"""
    {_COURTEOUS}(?:que|como|hay|tengo que|is|are|any|or|and if|estan|esta|es|son|tienen|tiene|necesito|si)
    """
)
"""The same, where a question mark ends it."""

ASKED_BEFORE = phrases(
    r"""
    (?:can|could|may|should|shall|must|do|does|did|am|is it|would|will|if|whether) (?:i|we|my|it|he|she|you|the|they)
        |(?:is it|be|is that|would it be|ok|okay|fine|alright|allowed|safe) (?:ok|okay|fine|alright|allowed|possible
        |safe|bad|if|to)|(?:how|when|what time)~ (?:stop|start)|what if|what happens if|que pasa si|esta bien si
        |(?:puedo|debo|podria|puede|podemos|se puede|hay que|es necesario)
    """
)
"""What makes the rest of a clause a question wherever it stands."""
