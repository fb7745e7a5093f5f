"""Words of a person who may be about to harm themselves or somebody else, in English.

Looked for everywhere in a text once the turns of `harmless` are taken out of it. When in
doubt a phrase stands here: a false alarm costs a call, a missed one may cost a life.
"""

from reminders.domain.replies.phrases import phrases

_ANYMORE = r"(?:anymore|any ?longer|much longer|no more|no longer)"
_WISH = (
    r"(?:want|wants|wanted|wanting|wish|wished|wishing|hope|hoping|pray|praying|plan|planned|planning|going|ready|need"
    r"|trying|try|tried|tempted|rather|prefer|think|thinking|thought|thoughts|urge|urges|deserve|decided|about|like"
    r"|desire|ideation|intend|should|just)"
)
_HARM = (
    r"(?:kill|hurt|harm|cut|hang|hung|shoot|shot|drown|poison|stab|suffocat|strangl|injur|burn|off|delet|slit|slash"
    r"|destroy|end|punish|electrocut|unaliv|overdos|kil)(?:e|t|n|l)?(?:ing|ed|d|s)?"
)
_KIN = (
    r"(?:dogs?|cats?|pets?|kids?|children|son|daughter|mom|mother|dad|family|wife|husband|baby|babies|sister|brother)"
)

EXPLICIT = phrases(
    rf"""
    guns?|pistols?|revolver
    (?:think|thinking|thought|want|wanted|going|about|urge|feel|felt|like|consider\w*)~ jump(?:ing)?$
    (?:end|stop|escape)~ (?:this|the|my|all|all this|all the) (?:pain|suffering|misery|hurt\w*|torment|agony)
    danger to (?:myself|others|my (?:family|kids))
    (?:para)?suicid(?:e|es|ed|al|ality|ally)
    {_HARM} ?(?:myself|my ?self|herself|himself|themself|themselves|yourself)
    (?<!\d )(?<!\d)(?:kms|kys)
    unaliv\w*
    selfharm\w*|self injur\w*|self mutilat\w*
    {_WISH}~ (?:to )?(?:die|dying|dye|be dead|being dead|death|not exist|stop existing|stop living|cease to exist
        |not be alive|not live|sleep forever|be gone forever)
    \w*(?:wanttodie|wannadie|wantodie|killmyself|endmylife|killingmyself|wannakms)\w*
    die|dying|dead|death|kill|killing|murder
    (?:i|me|will) (?:will )?die (?:tonight|today|tomorrow|soon|now|by)
    let me die|just die|should be dead|rather be dead|better dead|be dead (?:by|soon|tomorrow|tonight)|(?:i will
        |i would|will|might) be dead(?! (?:tired|last|on my feet))|find me dead
    (?:end|ending|ended|take|taking|took|finish|lose|losing)~ (?:own |this )?(?:my|own) (?:own )?(?:life|live
        |existence)(?! (?:savings?|insurance|story|coach|time))
    (?:end|ending) (?:it all|everything|it tonight|it today|it now|it soon|it once|the pain|the suffering|my pain
        |my suffering|things for good|things permanently|things forever|it permanently|it forever|this life)
    (?:want|going|ready|plan|planning|thinking|thought|decided|time|about|ways?|need)~ (?:end|ending) (?:it|this
        |things)(?= anymore| all| now| tonight| soon| for good|$)
    not (?:\w+ )?(?:want|wanting|wish|care|like|deserve|wanted)(?: to| anymore| really| even| a| about)* (?:live
        |be alive|being alive|exist|stay alive|living|life|survive)(?! (?:in a|near|with my|at|close|far|by))
    (?:not|no longer|never)~ want~ (?:be here|be around|go on|keep going|wake up|be on this earth
        |be in this world)(?= {_ANYMORE}| like this| living| tomorrow| and| but|$)
    not want to wake up(?! (?:so|that|too|early|at|before|late|my|the))
    (?:do not|not) wanna (?:live|be here|exist)
    better off (?:dead|without me|if i)|better (?:if|when) i (?:was|were|am)~ (?:dead|gone|not here|not around
        |never)
    (?:wish|wished|if only)~ (?:was|were|am|be|had)~ (?:dead|gone|never born|not born|never been born|not alive
        |not here|not been born)|wish~ (?:did not exist|would die|could die|could just die|died|had died|not exist)
    (?:no|any|a|lost|out of|without|find|one)~ reasons?~ (?:live|living|be alive|keep going|go on|stay alive
        |keep living)
    (?:nothing|not much)~ (?:left )?to live for
    (?:slit|slice|slash|cut)\w*~ (?:my|the)? ?(?:wrists?|throat|veins?)
    (?:started|been|am|back to|relapsed|urge to|want to)~ cutting(?! (?:back|down|out|the|my hair|hair|grass|it
        |my))
    i (?:cut|burned) (?:again|last night|tonight|deep)$
    (?:jump|jumped|jumping|leap|leaping)~ (?:off|from|in front|out)~ (?:bridge|roof|building|window|train|balcony
        |cliff|overpass|ledge|bus|car|truck|traffic|subway|moving)|jump off$|going to jump$
    (?:drive|driving|walk|walking|step|stepping|crash|crashing|steer|run)~ (?:off|into|in front of
        |in to)~ (?:a |the |an )?(?:bridge|cliff|tree|wall|pole|ocean|river|lake|oncoming|train|trains|truck)
    (?:walk|step|jump|walking|stepping)~ (?:into|in to|in front of)~ (?:traffic|car|cars|bus)
    (?:gun|pistol|knife)~ (?:head|mouth|temple|throat|myself|heart)|bullet~ (?:head|brain|me|through)|blow~ brains?
        |brains? out|noose|rope~ neck|loaded gun|(?:razor|blade|knife|scissors|box ?cutter)~ to (?:my|the)
        |shoot me(?! (?:a|an|the|over|your|back|some) )
    (?:going|want|gonna|will|could|plan|thinking|about|just|might|ready|should)~ (?:to )?(?:take|taking|swallow
        |swallowing|down)~ (?:all|every|whole|entire|bottle)~ (?:pills?|meds|medications?|tablets|bottle|of them)
        |(?:take|swallow|taking|swallowing) (?:them all|all of them|every single one)
    (?:want|wants|going|plan|planning|think|thinking|thought|thoughts|might|could|about|tried|try|trying|will|ready
        |should)~ (?:to |of )?(?:overdose|overdosing|od)
    (?:suicide|goodbye|final) (?:note|letter)s?|wrote~ (?:my )?(?:notes?|letters?)~ (?:goodbye|family|kids
        |everyone)
    (?:do|did|doing)~ something (?:to myself|drastic|stupid|bad|permanent|i (?:can not|will not))
    do myself in|off myself|myself off|finish myself|catch the bus for good
    kill me
    (?:going|want|wants|will|about|might|could|feel like|thinking|urge|plan|thoughts)~ (?:to |of |about )?(?:kill
        |killing|hurt|hurting|shoot|shooting|stab|harm|harming|murder)~? ?(?:him|her|them|someone|somebody|people
        |everyone|others|my (?:wife|husband|kids?|mom|boss|family|neighbou?r|baby|son|daughter)|you)
    (?:not|never) be alive {_ANYMORE}|not be alive (?:tomorrow|next|by|long|for long|much)
    deserve to die|should (?:just )?die|should (?:have|of) died|should never (?:have|of) been born|better dead
    never been born|end of my life|last day (?:alive|on earth)|my death|dead inside|death wish
    attempted (?:again|last|to)|my (?:last |previous )?attempt(?= |$)(?! (?:to|at))|method(?:s)? to die
        |painless way
    """
)

IMPLICIT = phrases(
    rf"""
    (?:can|could) not~ keep (?:living|existing|fighting|pretending|surviving)
        |not (?:\w+ ){{0,4}}life(?: thing)? anymore
    out of options$|(?:no|any) (?:other )?options? left|no (?:more )?reason to (?:try|hope)
        |nothing (?:is )?(?:helping|helps|works)~ (?:out|done|over|give|giving|hope\w*)
    (?:can|could) not~ (?:do|take|handle|bear|stand|fight|live|endure
        |keep doing) (?:with )?(?:the |all the |all |my |this )?(?:this|it|that|life|everything|pain|hurt|sadness
        |suffering|thoughts|all of this|feeling this way) {_ANYMORE}
    (?:can|could) not (?:fight|cope|live|carry on|hold on|keep on|continue|keep going|hang on|bear it
        |bear this) ?(?:{_ANYMORE})?(?= like this| with this| anymore| any longer| much longer| no more|$)
    (?:can|could) not go on(?= {_ANYMORE}| like this| living|$)|can not see (?:a way|any way|a future|any future
        |the point)
    (?:not|if|how|barely|can)~ (?:make it|get|survive|last)~ (?:through|until|till)~ (?:night|tonight|today|day
        |week|weekend|morning|tomorrow|this)(?= |$)(?! (?:appointment|visit|shift|meeting|fast|workday|work))
    (?:everything|life|all|living|existence)~ (?:pointless|meaningless|hopeless|worthless|empty)(?= |$)|(?:want
        |need|wish|just)~ stop (?:hurting|suffering|feeling|existing|the hurt)
    (?:not|barely) (?:want to |going to )?(?:make it|survive|get|last)(?: through| until| till| to)? (?:the|tonight
        |another|this) ?(?:night|day|weekend|week|hour|morning|much)?$
    (?:everyone|people|family|kids|world|they|husband|wife|you|all|life|friends|children)~ better~ without me
    (?:better|easier) (?:off )?without me|better place without me|(?:kids|children|family|everyone|they|world
        |husband|wife|people|you all|parents|mom)~ (?:be|are) (?:so much |much )?better off(?= without| if i
        | not having| with (?:someone|somebody|my)|$)
    nobody (?:can|could|is able to) (?:help|save|fix) me|(?:nothing|no one|nobody)~ can help(?= me|$)
    nobody~ (?:will |would )?(?:miss|notice|care|cry)~ (?:me|gone|dead|if|about)|nobody (?:cares|loves me|needs me)
        |(?:who|anyone|anybody)~ (?:would|will|even|gonna|to)~ (?:miss|notice|cry (?:for|over|if))~ (?:me|i|if)
        |would (?:anyone|anybody)~ (?:miss|care|notice)|no(?:t)? (?:one|anyone) (?:would|will) (?:miss|care|notice)
    (?:i am|am|being|just|such|feel like|nothing but|only|become) (?:just |such )?a~ burden|burden (?:to
        |on) (?:everyone|my|them|him|her|others|people)|not want to be a burden
    (?:want|need|wish|hoping|just)~ (?:it|this|everything|pain|the pain|thoughts|the thoughts|all of it|my life
        |suffering|voices|the voices|noise) (?:all )?(?:to )?(?:just )?(?:stop|end|be over|go away)(?! (?:text|send
        |messag|call|contact)\w*)
    make (?:it|it all|this|the pain|the thoughts|everything|them) stop(?! (?:text|send|messag|call|contact)\w*)
    what is the (?:point|use)(?: anymore)?(?= of (?:living|life|going on|anything|it all|trying|this$|all|being)
        | in (?:living|anything|trying|going on)|$)|no point (?:in|to) (?:living|anything|going on|life|it|trying
        |being)|no point(?: anymore)?$|do not see (?:the|a|any) (?:point|future|way out|hope|reason)
        |see no (?:point|future|way out|hope|reason)
    (?:no|lost|losing|lose|without|out of|given up|gave up|zero|any)~ hope(?! (?:to|of making|of getting|i |you
        |that))
    hope is gone|hopeless(?!\w| (?:at|with|with directions))|worthless
    (?:hate|despise|loathe) (?:my life|myself|being alive|living|my existence|who i am)
    (?:tired|sick|exhausted|fed up|done|finished|over|through|weary|bored) (?:of|with|from) (?:living|life
        |being alive|everything|it all|existing|fighting|this life|this world|breathing|the struggle|the pain
        |struggling|feeling|being (?:sad|depressed|in pain|here|me)|hurting|trying(?! to)|waking up(?! (?:at|early
        |so|this|that)))
    (?:so|too|just) tired of (?:it all|everything|this all|fighting)
    (?:give|giving|gave|given|gived) up on (?:life|myself|everything|hope|living|me|it all)
    (?:want|ready|going|just|about|think)~ (?:give|giving) up(?= anymore| on everything| completely|$)
    (?:said|say|saying|wrote|write|my|final|last|one last)~ goodbyes?(?! (?:kiss|party|hug))|goodbye~ (?:everyone
        |forever|world|cruel|all|for good|friends)|this is goodbye|forever goodbye
    (?:my|the) (?:very )?(?:last|final) (?:messages?|words|night|texts?|hours)(?! (?:i got|you sent|said|about
        |from))|last (?:time|thing) you (?:will )?(?:ever )?hear from me|never (?:see|hear from) me again
        |by the time you (?:read|get|see) this|when you read this
    (?:not|never)~ be (?:here|around|a problem|a bother|a burden) (?:{_ANYMORE}|for long|long|for much longer
        |next year)
    not~ be (?:needing|need)~ (?:where i am going|anything anymore)|not~ need~ where i am going
    not~ (?:have to )?(?:worry about|bother|deal with|see|think about|hear from) (?:me|anyone|anybody|you all
        |you)~ (?:anymore|any longer|much longer|again|ever again|for long)
    (?:easier|better|best|happier|simpler|relieved|fine)~ if i (?:just |had |would |could )?(?:was|were|am|did|do
        |never|die|died|disappear\w*|went|vanish\w*|ended)~ (?:not|gone|dead|here|exist\w*|around|away|born|up)
        |(?:easier|better|happier|best) if i (?:died|die|disappeared|vanished|never existed|ended it)
        |deserves? (?:so much )?better than (?:me|i)|happier without me|lives? (?:would be )?(?:better
        |easier) without me
    (?:lost|losing) (?:the )?(?:will|fight|battle|strength)(?= to|$)|done fighting|no fight left
        |nothing left (?:to give|for me|in me|inside)|lost everything|have nothing left|no energy (?:to live
        |for life|left to)
    made (?:my )?peace with (?:it|dying|death|this|everything)|(?:made|made up) my (?:decision|mind) (?:to (?:die
        |go|end|leave)|about (?:dying|ending))|at peace with my decision|it is (?:my )?time (?:for me )?to go(?= be
        | home to|$)|time for me to leave this|lived long enough|ready to (?:leave this|be done with (?:life|it all
        |everything)|be with|meet)
    (?:can|could) not (?:live with|face|be with|stand being) (?:myself|another|tomorrow|the day|life|alone
        |this world)|not (?:see|imagine|picture) (?:myself|me|my life)~ (?:here|alive|next|future|living)|(?:make
        |last|survive)~ (?:to|until|till) my next (?:visit|appointment)|(?:there )?will not be a next
        |no next (?:time|visit) for me|not (?:be|being) alive|(?:hurts?|hurting|hard|much|painful|tired
        |broken)~ to (?:keep (?:living|going|fighting|trying)|live|go on|exist|stay alive)|not (?:be )?(?:see
        |seeing|hear|hearing)~ (?:from )?me (?:again|anymore|much longer)|(?:feel like|thinking (?:about|of)|about
        |considering|thought of|ready for|want) (?:ending|finishing) (?:it|things|everything|myself)
        |regret (?:it )?(?:later|forever)|do something~ regret
    not want to feel (?:this|anything|like this|pain|this way)(?= anymore|$| any longer)
        |wish (?:i could |it would |everything would |i would )?(?:just )?(?:stop|end|sleep forever|be over|go away
        |not be)(?= anymore|$)|hate waking up|waste of (?:space|oxygen|air|life|a life|skin)|(?:world|nobody|they
        |family)~ not need me|not (?:meant|made|built|cut out) for this (?:world|life)
    (?:googl\w+|search\w*|look\w* up|reading about|research\w*|thinking of|think of|know)~ (?:ways?|how
        |methods?) (?:to (?:die|do it|end|kill|hang|od|overdose)|of (?:dying|killing))|(?:how many
        |how much)~ (?:would|will|does|do)? ?(?:it )?(?:take|need|be)~ (?:to die|to kill|lethal|fatal|to overdose
        |enough to)|how many (?:\w+ )?(?:pills|tablets)~ (?:kill|die|lethal|fatal|too many)|lethal
        |(?:what (?:happens|would happen)|hurt)~ if i (?:take|took|swallow)~ (?:all|whole|entire|bottle)
    (?:come|go|went|miss)~ my funeral|insurance (?:money|pays|would pay|will pay)~? ?(?:out|if i|when i|my kids)?$
        |life insurance~ (?:kids|family|wife|husband|pay|covers)|not your fault|do not blame (?:yoursel\w+|anyone)
        |you did (?:everything|all|your best)|thanks for (?:trying|everything you (?:did|tried)|trying to (?:help
        |save))|too late for me|no saving me|beyond saving|do not (?:look for|try to find|send anyone|come looking
        |come for) ?(?:me)?$
    feel(?:ing)? (?:like )?(?:i am )?(?:drowning|suffocating|disappearing|already dead|invisible|trapped
        |dead inside)|arrangements for my (?:{_KIN}|funeral|\w+ when)|(?:pills|meds|swallow\w*|took|overdos\w*|cut
        |hurt|burn\w*|crash\w*)(?: \w+){{0,5}} (?:on purpose|intentionally|purposely)
    (?:standing|sitting|am|at|on|here|up)~ (?:on|at|by) the (?:bridge|ledge|roof|rooftop|train tracks|tracks
        |platform|cliff|edge)(?! of)|(?:in|on) the (?:bath|bathtub|tub|garage) with (?:a|the|my)|with the (?:car
        |engine) running
    (?:urges?|cravings?) (?:to (?:cut|hurt|die|jump|harm)|are (?:back|strong|bad|getting))|having urges
        |relapsed (?:last|again|today|with (?:cutting|self))|deserve (?:to (?:hurt|suffer|be punished)|pain
        |the pain|this pain)|want to (?:hurt|bleed|suffer)(?= |$)(?! (?:you|your))|punish(?:ing)? myself
    (?:can|should|could) not be (?:left )?alone(?= tonight| right now| today| anymore|$)|do not (?:leave me
        |let me be|want to be) alone(?= tonight| right now|$)|might do something|(?:am|going|be|afraid i will
        |about to)~ do something(?= i| bad| stupid| crazy|$)|(?:am|is|are|was|having|feel like i am)(?: still
        | really)? (?:in )?(?:a )?crisis|mental (?:health )?(?:crisis|breakdown)|nervous breakdown
        |having a breakdown|(?:need|want)~ (?:be )?(?:admitted|hospitalized|committed|psych ward|psych hospital)
        |check(?:ing)? myself in(?:to)?
    (?:hope|wish|pray|hoping)~ (?:not|never)~ (?:wake|make it|survive|come back|come out)|hope (?:this|it
        |the treatment) kills me|(?:put|putting) me (?:down|out of my misery|to sleep (?:for good|forever))
        |end my (?:misery|suffering|pain)|out of my misery|check(?:ing)? out (?:early|for good|permanently)
        |log(?:ging)? off (?:forever|for good)|final exit|(?:forever|eternal|permanent|long) sleep
        |counting (?:down )?(?:my )?days
    (?:there is|see|have) no point(?= |$)(?! (?:in )?(?:coming|calling|texting|driving|me coming))|nothing (?:does
        |matters|is worth|to live)|does not matter anymore|no longer matters?$|(?:had|have had) enough of (?:life
        |living|everything|it all|this life|this world)|had it with (?:life|everything|living)
        |life is not (?:for me|worth|fair anymore)|ruin everything|no good to (?:anyone|anybody)
        |useless to (?:everyone|anyone)|i am nothing(?= |$)|everyone (?:hates me|would be (?:happier|relieved
        |better))|not (?:want|deserve) to be saved|do not save me
    (?:he|husband|boyfriend|partner|she|wife|ex|dad|father|stepdad)~ (?:hit|hits|beat|beats|chok\w+|hurting|hurts
        |abus\w+|threaten\w+|raped|attacked) me|(?:drank|swallowed|drinking|ate|took)~ (?:bleach|poison|antifreeze
        |detergent|rat poison|drain cleaner)|i am being (?:abused|hurt|threatened)
    (?:want|wish|just|should|could|need|like|urge)~ (?:to )?(?:disappear|vanish|fade away|evaporate
        |not be here anymore|run away from life|cease)
    (?:hope|wish|want|pray|rather|going|sleep|bed|just|hoping|wishing
        |praying)~ (?:and |to |i |do |would |could |just )*(?:never|not) (?:ever )?wake(?: back)? up(?! (?:early
        |in time|on time|at|until|till|before|so|late))
    dark (?:thoughts?|places?|mind|night|days|hole)|bad thoughts?|(?:those|ugly|scary|awful|intrusive|horrible
        |terrible|evil|morbid|unwanted|negative|disturbing) thoughts?|having thoughts
        |thoughts (?:are |came |have |came|coming )?(?:back|again|worse|getting)|thoughts of (?:death|ending
        |hurting|harming|dying)|thoughts will not (?:stop|go)|thoughts (?:are )?(?:scaring|winning)
    (?:scared|afraid|frightened|terrified|worried)~ (?:of|about|what|that)~ (?:i|myself|my own|me)~ (?:do|did|hurt
        |might|may|will|thoughts|mind|self)|(?:scared|afraid) of (?:myself|my (?:own )?(?:thoughts|mind))
        |do not trust myself|can not trust myself
    (?:am|feel|feeling|be) (?:not )?unsafe|not (?:feel |feeling |be )?(?:very |really |so )?safe(?! (?:to driv|driv
        |to walk|walking|going|to go|to eat|to drink|to take|for me to)\w*)|keep myself safe|safe (?:with|from
        |around) myself|safety plan
    voices (?:are |keep )?(?:tell|telling|say|saying|want|back)|voices in my head|hearing voices|hear voices
    (?:have|got|bought|own|holding|loaded|took out|found|with|get|getting|cleaning)~ (?:gun|pistol|rifle|razors?
        |razor blades?|rope|noose|revolver|shotgun)
    (?:pills|meds|knife|gun|rope|blade|razor|bottle)~ (?:in front of me|in my hands?|next to me|beside me|lined up
        |saved up|counted|looking at me|are calling|staring)|(?:saving|saved|stockpil\w+|hoard\w+|stash\w*|counting
        |counted)~ (?:pills|meds|medications?)
    (?:giving|given|gave|give)~ (?:away|all) (?:all )?(?:of )?my (?:stuff|things|belongings|clothes|possessions
        |{_KIN})
    (?:take|look|watch)\w*~ (?:care of|after|over)~ {_KIN}~ (?:when|if|after|once) (?:i am|i|something)~ (?:gone
        |not here|not around|happens|die|pass)|(?:when|once|after) i am (?:gone|no longer here|dead
        |not here anymore)(?= |$)(?! (?:for|on|to|in|until|from))
    letters? (?:to|for) my (?:kids|family|children|wife|husband|mom|parents|son|daughter)|(?:made|updated|wrote
        |writing|finished)~ my will|affairs in order|(?:plan|planning|planned) my (?:own )?funeral|at my funeral
    no (?:other )?way out|only way out|only way to (?:stop|end)|no escape|(?:a|any|the) way out of (?:this|it)
        |nowhere to turn|no future|no one to live for|no will to live|will to live|no purpose|nothing to lose
    nothing (?:matters|left|is worth|to look forward)|nothing (?:is )?(?:ever )?(?:going to )?(?:get|gets
        |getting) better|never (?:going to )?(?:get|gets|be) (?:better|okay|ok|happy)(?= |$)|not~ worth (?:living
        |it anymore|the pain|being alive)
    life~ (?:not worth|is worthless|meaningless|is over|is pointless|has no meaning|no meaning|too hard|too painful
        |too much|hurts)|(?:pain|hurt|sadness)~ (?:too much|unbearable|never ends?|will not end)(?= |$)
        |life sentence
    end of (?:my|the) (?:rope|road|line)(?= |$)|breaking point|rock bottom|wits end|hit bottom|on the (?:edge|ledge
        |brink)(?= |$)(?! of (?:my seat|town|the))
    hurts to (?:live|be alive|exist|breathe and live)|just want (?:some )?(?:peace at last|eternal|to rest forever
        |to sleep forever)
    (?:be|join|meet|see|joining|seeing)~ (?:in heaven|on the other side|my maker|in the afterlife)|meet~ (?:god
        |jesus|maker)|(?:in|from) heaven soon|(?:be|being) with (?:him|her|my \w+|god|jesus
        |the lord)(?: \w+)? (?:in heaven|soon|again soon)
    (?:can not|will not|could not) stop (?:the )?(?:crying|sobbing|tears|thinking about (?:it|death|dying|ending))
        |crying (?:all (?:day|night)|nonstop|non stop|every day)|been crying for
    not (?:even )?care (?:anymore|if i (?:live|die|wake|crash)|what happens to me|about (?:living|life|anything))
    (?:much|how|many)~ (?:longer|more) (?:i|of this|of it)~ (?:can |could )?(?:take|last|do|hold|go on|handle|bear
        |stand|stay)
    not (?:know|think|sure)~ (?:if |how )?(?:i )?(?:can|will|want to)? ?(?:go on|keep going|keep doing this|hold on
        |last much|survive|be here (?:tomorrow|next week|much)|see tomorrow|live like this)(?= |$)(?! (?:tuesday
        |monday|wednesday|thursday|friday))
    (?:someone|somebody|you) (?:to )?(?:please )?(?:stop me|save me)|stop me before|save me(?= |$)(?! (?:a|the|my
        |some|that) )|help me before|(?:need|want|get)~ help (?:now|bad|badly|right now|as soon as possible
        |immediately|urgently|fast)|cry(?:ing)? for help
    (?:somebody|someone) (?:please )?help
    (?:would|do) not (?:even )?mind (?:dying|not waking|if i (?:died|did not|never)|getting hit|being dead|death)
        |not be (?:so |that |a )?bad (?:thing )?if i (?:died|did not|was|were|never)
    (?:hope|wish|want|hoping|wishing)~ (?:car|truck|bus|train|plane|cancer|something)~ (?:hit|hits|hit me|crash|run
        |runs|kill|kills|take|takes|would)
    (?:tell|let) (?:my|the|everyone|them|him|her)~ (?:that )?i (?:love|loved|am sorry|always loved)
        |sorry for (?:everything|what i am about|being (?:alive|a burden))|forgive me for (?:what|everything|this)
        |(?:i )?love you all(?: goodbye| always| forever)|always remember i
    (?:not|never) deserve (?:to (?:live|be here|exist)|life|to be alive)|do not belong (?:here|in this world
        |on this earth)|should not (?:be (?:here|alive)|exist)|do not matter|mistake to be born|curse to
    (?:this|that|the) (?:depression|sadness|darkness|emptiness|loneliness) (?:is )?(?:winning|swallow\w+|too
        |eating)|darkness (?:is )?(?:winning|taking|closing|back)|(?:drowning|suffocating) in (?:sadness|sorrow
        |darkness|grief|pain|despair|it all)|despair(?:ing)?|desperate(?! for (?:a )?(?:coffee|food|sleep|water))
    want out(?: of (?:this|life|here|it all))?$|want it (?:all )?(?:to be )?over|(?:wish|want)~ (?:it|this
        |life) (?:was|were|to be|would be) over|soon it will (?:all )?be over|it will all be over|i will be (?:gone
        |free|at peace|out of (?:your|everyone))(?= |$)(?! (?:for|on|to|until|from|at|by|all day|next|this))
    (?:i am|am) (?:a )?(?:lost cause|beyond help|beyond saving|broken beyond|too broken|better off)|(?:too
        |so) broken
    (?:planned|planning|plan) (?:it|how|when) (?:all |out|i|to do it)|(?:have|made|got) a plan(?= to (?:end|die
        |do it|kill)|$)|know how i (?:will|would|am)~ do it
    (?:this|tonight|today) is (?:it|the night|the end|my end)(?= |$)(?! (?:right|the right|about|a|for))
    stopped (?:eating|sleeping) (?:because|and) i (?:do not|want)|relapse[sd]? (?:into|on) (?:cutting|self)
    (?:no strength|not strong enough|do not have the strength|too weak) (?:to (?:go on|keep|live|fight|continue)
        |anymore|left)|(?:just )?want to sleep and not
    (?:thinking|thought|think|thoughts)~ (?:about|of) (?:death|dying|ending (?:it|things)|not being (?:here|around
        |alive)|doing it|giving up)
    (?:depression|thoughts|sadness|loneliness|grief|guilt|life|living|voices|mind|everything|it all|all of this
        |emptiness)~ (?:is |are )?killing me|killing me (?:inside|slowly)
    """
)

OF_FEELINGS = phrases(
    r"""
    i am (?:just |so )?(?:done|finished|over it)(?= with (?:this|it)|$)|give up$|giving up$|gave up$
    can not (?:do|take|cope|handle|stand|bear) ?(?:this|it|life)?(?= |$)|falling apart|losing (?:it|my mind)
        |breaking down
    (?:i am|am|feel like|such)~ (?:failure|disaster|mess|waste)(?= |$)|so alone|all alone|completely alone
        |feel (?:so )?(?:alone|lost)
    too much (?:to bear|to take|to handle|for me)|nothing (?:is )?(?:helps|helping|works|working)(?= anymore|$)
        |be over soon
    killing me|kill me|i am dying|empty inside|so empty|want to quit|no reason|pointless|do not see why
        |not be here(?: tomorrow)?
    spiral\w*|scared of (?:everything|dying|tonight)|panic(?:king)?|desperate|suffering|in agony|unbearable
        |living hell|hell
    """
)
"""These are of a life only where we asked how somebody feels; elsewhere they are of a bus or a form."""

CRY = phrases(
    r"""
    (?<!\w )(?:please |hey |hello |hi |i need you to )*help me(?: please| now)*$|i need help(?: please)?$
        |please help$
    """
)
"""A call for help and nothing else. HELP alone is a carrier's word, and a driver's prompt asks for it."""
