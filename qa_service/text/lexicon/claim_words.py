"""English words for comparing claims: synonyms of events, negations, hedges, contrasts and generic words."""

from __future__ import annotations

from qa_service.text.lexicon import word_classes, words
from qa_service.text.lexicon.date_words import MONTH_NAMES, WEEKDAYS
from qa_service.text.lexicon.number_words import CARDINALS

CLASSES = word_classes("""
kill: kill kills killed killing dead die dies died dying death deaths slain executed executing execute eliminate
 eliminated eliminating massacred lives fatalities
injure: injure injured injures injuring injuries wounded wound wounding wounds hurt
arrest: arrest arrested arresting arrests detain detained detaining detains jailed imprisoned
abduct: abduct abducted abducting kidnap kidnapped kidnapping
free: free freed frees freeing release released releases releasing
displace: displace displaced displacing flee fled fleeing evacuate evacuated
withdraw: withdraw withdrew withdrawn withdraws withdrawing withdrawal leave leaves leaving exit exits exited pull
 pulled quit depart departed departure
deploy: deploy deployed deploying deploys send sent sends sending dispatch dispatched
form: form formed forming forms found founded founding create created creates creating establish established
start: start started starts begin began begun begins launch launched launches launching
end: ended ending finish finished complete completed conclude concluded accomplish accomplished
buy: buy bought buys buying acquire acquired acquires acquisition purchase purchased pay pays paid paying payment
sell: sell sold sells selling
rise: rise rose risen rises rising increase increased increases grow grew grown grows climb climbed jump jumped surge
 surged gain gained
fall: fall fell fallen falls falling drop dropped drops decline declined declines decrease decreased tumble tumbled
 slump slumped slide slid lose lost loses
hire: hire hired hires hiring recruit recruited
layoff: laid layoff layoffs fire fired sack sacked
capture: capture captured captures recapture recaptured retake retook retaken seize seized reconquer reconquered
 reconquest
arrive: arrive arrived arrives come came comes
resign: resign resigned resigns resignation
open: open opened opens opening
close: close closed closes closing closure shut
meet: meet meets met meeting meetings talks
build: build builds built building
sign: sign signs signed signing
strike: strike strikes struck
steal: steal stole stolen theft
win: win won wins winning beat beats beaten defeat defeated
soldier: soldier soldiers troop troops servicemen
fighter: fighter fighters militant militants terrorist terrorists insurgent insurgents jihadist jihadists
civilian: civilian civilians local locals villager villagers
chief: chief chiefs head heads leader leaders boss bosses
""")
"""Class of each word. A class holds the words that news use for one kind of event or person."""

EXCLUSIVE = words("""
    kill injure arrest abduct free displace withdraw deploy start end buy sell rise fall hire layoff capture arrive
    resign open close win
""")
"""Classes of events that exclude each other: clauses with different ones tell of different events."""

NEGATORS = words("not never no neither nor nobody nothing none without cannot")
NEGATIVE = words("""
    deny denied denies denying reject rejected rejects refuse refused refuses decline declined declines fail failed
    fails failing unable
""")
"""Words that negate the text after them."""
NEGATIVE_TO = words("refuse refused refuses decline declined declines fail failed fails failing unable")
"""Words that negate only before "to", unlike "shares declined" and "a failed coup"."""
OPENERS = words("""
    however among meanwhile another despite although nevertheless moreover additionally amid following unlike
    initially nearly almost about around some several many most police officials today yesterday earlier later once
    still even only
""")
"""Words that are no names even with a capital at the start of a sentence."""

HEDGES = word_classes("""
future: will shall expected expect expects plan plans planned likely unlikely aims aim predicted forecast
doubt: if whether could would may might should must can possible possibly perhaps unless until yet doubt doubts fear
 fears suggest suggests suspected almost
wish: urge urged urges call called calls demand demanded demands hope hoped hopes want wanted wants ready seek seeks
 sought threatened threaten promise promised try tried tries trying allow asked ask asks
claim: allegedly accused accuse accuses alleged alleges alleging claimed claim claims reportedly rumours rumors
""")
"""Kind of hedge by word. A clause with a hedge does not assert a fact."""

_CONTRASTS = """
north northern northeast northeastern northwest northwestern south southern southeast southeastern southwest
 southwestern east eastern west western central
men women boys girls children adults male female
imports exports
domestic foreign
first second third fourth fifth final
morning afternoon evening night
monthly weekly daily yearly annual quarterly
soldier soldiers civilian civilians police policemen
upper lower
maximum minimum highest lowest
"""
CONTRASTS = {
    word: frozenset(line.split()) - {word}
    for line in _CONTRASTS.replace("\n ", " ").splitlines()
    for word in line.split()
}
"""The contrasting words of a word: `northern` and `central`."""

SAYS = words("""
    said says say told tells reported reports report announced announces claimed claims stated states added adds
    wrote writes confirmed confirms estimate estimates estimated believes believe insisted insists
""")

GENERIC = words("""
    people person man woman men women child children official officials government group groups company firm
    country state countries city town area region force forces military army attack attacks attacked operation
    operations battle fight fighting war clash clashes year years month months week weeks day days hour hours today
    yesterday tomorrow tonight night morning evening afternoon time times new last first many much several report
    reports news include includes including use used make made take took taken get got give gave go went come see
    know think want way thing part number total around near according earlier later next recent recently ago longer
    meanwhile early late mid end least nearly almost approximately roughly still already now just even back well
    also expected following amid results conclusion conclusions methods background objective objectives mean median
    rate average team teams game games season player players point points match spokesman spokeswoman ministry
    minister president percent cent half
""").union(MONTH_NAMES, WEEKDAYS, list(CARDINALS)[1:11])
"""Common words of news. Sharing them does not show that two sentences have the same topic."""
