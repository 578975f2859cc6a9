"""The texts on which two runtimes of a model are compared. They cover several lengths, scripts and signs."""

from __future__ import annotations

__all__ = ["REFERENCE_TEXTS"]

_QUESTIONS = (
    "Where is gold?",
    "Who opened the new mine near Loulo, and when?",
    "How many of the 1,250 workers returned to the harbour after the strike of 14 March 2024 had ended?",
    "Qu’a dit la ministre au sujet du prix de l’électricité — et pourquoi les syndicats ne sont-ils pas d’accord avec "
    "son projet de loi?",
    "According to the regional newspaper, which of the three companies that bid for the bridge withdrew its offer "
    "first, what reason did its spokesman give, and did the council accept the second offer at the higher price?",
    "What did the two reports say about the cause of the fire in the warehouse? I read that one of them blames the "
    "wiring of the cold store, while the other says that nobody can know before the insurers have looked at the roof, "
    "the sprinklers and the log of the night watch.",
)
_STORY = (
    "The council of Sevare voted on Monday to rebuild the covered market, which burned down in the spring.",
    "Work is to begin in May and to cost €4.2 million, a third of it paid by the region.",
    "“We lost everything in one night,” said Awa Diarra, 52, who has sold cloth there since 1998.",
    "Engineers found that the iron columns can be kept; the roof, however, must be replaced.",
    "Opponents of the plan, among them two former mayors, want a smaller building with more trees around it.",
    "They say that the traders have grown used to the streets by the river, where rents are lower.",
    "The mayor answered that the rain would decide: last August the river rose by 1.8 metres within a week.",
    "Ein Gutachten der Universität nennt den Standort „gut geeignet“, rät aber zu höheren Fundamenten.",
    "In the long run the town hopes for a tram line (see the plan of 2019), a cold store and a school of trades.",
    "Рынок откроется не раньше осени, сообщил представитель города.",
    "Voters may comment until 30 June by letter, or on the town's site: https://example.org/market?lang=en.",
    "A first meeting drew some 300 people, most of whom spoke in favour; three spoke against, one of them twice.",
)

REFERENCE_TEXTS = (*_QUESTIONS, *(" ".join(_STORY[:count]) for count in (3, 5, 8, 12)))
