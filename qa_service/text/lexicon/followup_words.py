"""Words and patterns of follow-up questions."""

from __future__ import annotations

import regex

from qa_service.text.lexicon import words

PERSONS = frozenset({"he", "him", "his", "she", "her", "hers", "himself", "herself"})
ANAPHORS = PERSONS | {"it", "its", "itself", "they", "them", "their", "theirs", "themselves"}
DEMONSTRATIVES = frozenset({"that", "this", "those", "these", "there"})
POSSESSIVES = frozenset({"his", "her", "its", "their"})

QUESTION_WORDS = frozenset({"who", "whom", "whose", "what", "which", "when", "where", "why", "how"})
VERBAL = words("""
    is are was were be been being am do does did done has have had can could will would shall should may might must
    isn't aren't wasn't weren't doesn't don't didn't hasn't haven't hadn't can't couldn't won't wouldn't
""")
ARTICLES = frozenset({"the", "a", "an"})
SENTENCE_WORDS = VERBAL | QUESTION_WORDS
"""Verbs and question words. A text without any of them is a fragment."""

LEAD_IN = regex.compile(
    r"(?:(?:and|but|so|or|also|then|ok(?:ay)?|well|now|right|thanks?(?: you)?)\b[,:.!]*\s+)*"
    r"(?P<about>(?:what|how)\s+about\b\s*)?(?:(?:and|also|then)\b,?\s+)?",
    regex.IGNORECASE,
)
BARE = regex.compile(
    r"(?:(?:since|until|by|from|to|with|for|at|in|on|over|through|of)\s+)?"
    r"(?:who|whom|when|where|why|what|which|how(?:\s+(?:many|much|long|often|far|old|big|large|high|soon|so|come))?)"
    r"(?:\s+(?:exactly|precisely|else|not|then|so|now|though|of\s+them|(?:is|was)\s+that))*",
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
