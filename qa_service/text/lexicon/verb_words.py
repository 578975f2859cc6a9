"""English words that show a finite verb."""

from __future__ import annotations

from qa_service.text.lexicon import words

AUXILIARIES = words("""
is are was were am has have had do does did will would can could may might must shall should cannot
isnt arent wasnt werent hasnt havent hadnt dont doesnt didnt wont wouldnt cant couldnt mustnt shouldnt aint
""")
"""Finite forms of auxiliary and modal verbs. Contractions have the form of `normalise_word`."""

IRREGULAR_PASTS = words("""
arose ate awoke became began bent bet bit blew bound bought broke brought built burst came caught chose clung crept cut
dealt drew drank drove dug fell fed felt fled flew forbade forgot forgave fought found froze gave got grew ground hung
heard held hid hit hurt kept knelt knew laid lay led left lent let lit lost made meant met mistook outdid overcame
overtook overthrew paid put quit ran rang read rode rose said sang sank sat saw sent sold sought set shook shed shone
shot showed shrank shut slept slid spent spoke split spread sprang stole stood stuck strode strove struck stung swam
swept swore swung thought threw taught told took tore undertook underwent understood upheld undid went wept withdrew
withstood woke won wore wound wove wrote
""")
"""Past tenses that do not end in -ed."""

SUBJECT_PRONOUNS = words("i he she it they we you who there")
"""Pronouns that a finite verb follows."""

NOUN_LEADS = words("""
a an the this that these those his her its their our my your no some any each every all both many few several most more
of in on at by for from with to into as than and or between among over under about after before during through per via
against without within across toward towards near like new old top best other such first last next former two three
four five six seven eight nine ten
""")
"""Words after which a word in -s or -ed belongs to a noun phrase."""
