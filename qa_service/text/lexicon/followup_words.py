"""Words and patterns of follow-up questions."""

from __future__ import annotations

import regex

from qa_service.text.lexicon import words

PERSONS = frozenset({"he", "him", "his", "she", "her", "hers", "himself", "herself"})
THINGS = frozenset({"it", "its", "itself"})
PLURALS = frozenset({"they", "them", "their", "theirs", "themselves"})
ANAPHORS = PERSONS | THINGS | PLURALS
POSSESSIVES = frozenset({"his", "her", "its", "their"})
DEMONSTRATIVES = frozenset({"that", "this", "those", "these"})
"""Pronouns as in "who said that", not as in "that group"."""

QUESTION_WORDS = frozenset({"who", "whom", "whose", "what", "which", "when", "where", "why", "how"})
VERBAL = words("""
    is are was were be been being am do does did done has have had can could will would shall should may might must
    isn't aren't wasn't weren't doesn't don't didn't hasn't haven't hadn't can't couldn't won't wouldn't
""")
SENTENCE_WORDS = VERBAL | QUESTION_WORDS
"""Verbs and question words. A text without any of them is a fragment."""

LEAD_IN = regex.compile(
    r"(?:(?:and|but|so|or|also|then|ok(?:ay)?|well|now|right|thanks?(?: you)?)\b[,:.!]*\s+)*"
    r"(?P<about>(?:what|how)\s+about\b\s*)?(?:(?:and|also|then)\b,?\s+)?",
    regex.IGNORECASE,
)
ENGLISH_LEAD_IN = regex.compile(r"(?:and|but|what\s+about|how\s+about)\b", regex.IGNORECASE)
"""English beginnings of a fragment. The rest may be a name, whose language is unknown."""
BARE = regex.compile(
    r"(?:(?:since|until|by|from|to|with|for|at|in|on|over|through|of)\s+)?"
    r"(?:(?:what|which|how|whose)\s+(?:many|much|long|often|far|old|big|large|high|soon|so|come|exactly|else|year|date|"
    r"month|day|time|country|city|place|town|period|newspaper|medium|person|people|reason|number|amount|way|extent)"
    r"|who|whom|what|when|where|why|how|which)"
    r"(?:\s+(?:exactly|precisely|else|not|then|so|now|though|more|many|much|is\s+that|was\s+that|of\s+them|people|times))*",
    regex.IGNORECASE,
)
"""A question word without a question, such as `Since when?`."""
MORE = regex.compile(
    r"(?:(?:please\s+)?(?:can|could)\s+you\s+|please\s+)?(?:(?:tell|give|show)\s+me\s+)?(?:any(?:thing)?\s+)?"
    r"(?:more|else|further|details|sources?|an?\s+example|examples|go\s+on|continue|explain)"
    r"(?:\s+(?:details|about\s+(?:that|this|it|them)|on\s+(?:that|this|it)|please|sources))*",
    regex.IGNORECASE,
)

EXPLETIVE = regex.compile(
    r"\b(?:is|was|isn't|wasn't)\s+it\s+(?:true|possible|likely|unlikely|known|clear|correct|right|fair|said|reported|believed|"
    r"confirmed|expected|necessary|safe|legal|"
    r"raining|snowing|hot|cold|warm|important|hard|easy|difficult|better|worth|time|too|so)\b|\bwhat\s+time\s+is\s+it\b"
    r"|\b(?:does|did|would|will)\s+it\s+take\b|\bit\s+(?:is|was)\s+(?:said|reported|believed|true|clear|known|confirmed)\b"
    r"|\bit\s+seems?\b|\bthere\s+(?:is|are|was|were|has|have|will|be)\b|\b(?:is|are|was|were|has|have)\s+there\b(?!\s*[?.!]*$)",
    regex.IGNORECASE,
)
"""`it` and `there` without an antecedent."""

SAID = regex.compile(
    r"\b(?:sa(?:y|ys|id)|claim(?:s|ed)?|state[sd]?|report(?:s|ed)?|confirm(?:s|ed)?|den(?:y|ies|ied)|write[s]?|wrote|think[s]?|"
    r"true|sure|according|source)\b",
    regex.IGNORECASE,
)
PLACE_BEFORE = words("""in from at to near into across around within inside outside of""")
BEFORE_NAMES = words(
    "in on at for by from to near with of during since until after before the a an and or start beginning middle end"
)
"""Words that may precede a name or date in a fragment."""
THANKS = regex.compile(
    r"(?:many\s+)?thanks?(?:\s+you)?(?:\s+(?:very|so)\s+much|\s+a\s+lot)?|ok(?:ay)?|hello|hi|hey|bye|great|yes|no",
    regex.IGNORECASE,
)
OBLIQUE = frozenset({"with", "for", "against", "by", "about", "between", "and"})
"""Prepositions. A name after one is seldom the topic of the question."""

NOT_NAMES = words("""
    what which who whom whose when where why how is are was were do does did has have had can could will would
    should may might must the a an and or but in on at of to from for with by about according since until between
    besides near after before during as if any i over under through
""")
"""Words that are no names even with a capital at the start."""
PRONOUNS = words(
    "it he she they we you this that these those there his her its their our my here then now also however"
)

OTHER_LEAD_IN = regex.compile(
    r"(?:et|mais|alors|und|aber|also|y|pero|entonces|e|ma|mas|а|и|но|و|لكن)\b[\s,]*|و(?=\p{Arabic})", regex.IGNORECASE
)
OTHER_PRONOUNS: dict[str, frozenset[str]] = {
    "fr": words("il elle ils elles lui leur leurs y en cela ça ce celui-ci celle-ci son sa ses"),
    "de": words("er sie es ihn ihm ihr ihnen ihre seine sein dort da das dies dessen deren"),
    "es": words("él ella ellos ellas eso esto allí ahí su sus lo la le les"),
    "ru": words("он она оно они его её ее их ему ей им там это этого этом об нём них"),
    "ar": words("هو هي هم هن ذلك هذا هذه هناك منه منها عنه عنها لهم له لها"),
}
"""Pronouns by language. A question with a pronoun and without a name is searched with the previous question."""
