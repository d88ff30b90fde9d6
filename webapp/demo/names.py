"""Invented names, always the same for the same number. Nobody here exists."""

from __future__ import annotations

_FIRST_NAMES = """
Yannick Nadège Zoé Samir Lucie Nadia Mathieu Élodie Fatou Jérôme Sabrina Amadou Inès Karim
Maëlle Thérèse Rachid Camille Ousmane Clémence Ivan Soraya Bastien Aïcha Loïc Mireille Tarek
Solange Emre Capucine Dragan Yasmina Florian Awa Benoît Leïla Grégoire Mariam Adrien Zeynep
Noémie Abel Fanny Moussa Corinne Elias Vesna Gaël Rokia Damien Selma Fabrice Ngozi Odile Hamid
Julie Teodor Maryse Ibrahim Perrine Rui Chantal Kofi Estelle Anton Sandrine Bilal Hortense
Marek Djamila Cédric Lina Rémi Salimata Pascal Irena Youssef Margaux Sekou Blandine Omar
Valentine Luan Ghislaine Tomas Amina Quentin Delphine Idris Sylvie Joao Hawa Norbert Elena
Malik Josiane Arben Coralie Seydou Mélanie Nuno
"""
_LAST_NAMES = """
Tavernay Belmont Larivière Diakhou Ferrachat Corbelin Ansermoz Benhaddi Perrolaz Okemba
Savigneux Taralli Mbouyo Rochefol Vuillerens Kardaoui Delmarche Yilmazer Pontalier Stojanik
Gremaudet Sissokan Hartmuth Lopesa Chardonel Ezzahiri Bourquinet Traorim Wasserfal Moulinot
Kovarec Azzouzin Fontanier Ndoumbel Crettaz Solimane Marchandot Demirkan Rivollet Gashiri
Pellouchet Camarol Brunisholt Ouattarin Villemagne Hadjaliev Tissotel Fofanel Guérandon
Petrosyn Lambercy Mansourian Duvillaret Keitalou Jolivert Rexhepin Carroget Bakayim Montavel
Nguyel Sautereau Toureille Abdelkar Vernayaz Correial Pittelet Zidounet Bonnardel Haliluk
Ravussin Semedon Chevalleyre Moradian Praloret Bahlouni Estevol Gavillard Koulibal Thévenin
Szabolcs Maurevert Diop-Lenoir Roulinet Alvarin Charvoz Boukhari-Roy Métraillet Silvano
Lacombel Osmanaj Fauchère Benzemol Clavière Mukendel Bossonay Tahirel Grangeval
"""
_FIRST = tuple(_FIRST_NAMES.split())
_LAST = tuple(_LAST_NAMES.split())

COORDINATORS = (("Hélène", "Aubry"), ("Vincent", "Morattel"))
ADMINS = (("Mathieu", "Corbaz"), ("Laure", "Quidoz"))
WORKERS = (
    ("Samir", "Benali"),
    ("Claire", "Dutoisel"),
    ("Aminata", "Sarrel"),
    ("Olivier", "Pachet"),
    ("Leonor", "Tavarim"),
    ("Thomas", "Grandclos"),
    ("Sibel", "Arikan-Roch"),
    ("Martine", "Joncour"),
)
CONTACTS = (
    ("Lucie", "Ansermet"),
    ("Patrice", "Volluz"),
    ("Manon", "Estorel"),
    ("Ismaël", "Bertolin"),
    ("Catherine", "Rossalin"),
    ("Goran", "Veselik"),
    ("Juliette", "Maradan"),
    ("Denis", "Ambrosel"),
)
COACHES = (
    ("Nadia", "Ferrand"),
    ("Bruno", "Castelan"),
    ("Myriam", "Haddou"),
    ("Alexis", "Jordanet"),
)

_PARTNERS = (
    "Le Trait Libre",
    "La Passerelle",
    "Atelier du Rhône",
    "Pas à Pas",
    "La Marmite commune",
    "Cap Métiers",
    "Les Voix d’ici",
    "Terrain Vert",
)
_VENUES = (
    ("Maison", "des Tilleuls", "rue"),
    ("Espace", "du Pressoir", "chemin"),
    ("Salle", "de la Fontaine", "rue"),
    ("Atelier", "des Forges", "quai"),
    ("Centre", "du Verger", "avenue"),
    ("Pavillon", "des Acacias", "rue"),
    ("Foyer", "de la Lanterne", "place"),
    ("Halle", "du Vieux-Marché", "place"),
    ("Maison", "des Libellules", "chemin"),
    ("Espace", "de la Rivière", "quai"),
    ("Salle", "du Belvédère", "avenue"),
    ("Atelier", "des Moulins", "rue"),
)
_GROUPS = {
    "adapted-physical-activity": (
        "Souffle et mouvement",
        "Marche douce",
        "Gym du dos",
        "Équilibre",
        "Aquagym douce",
    ),
    "art-therapy": ("Terre et modelage", "Peinture et collage", "Dessin et couleurs"),
    "digital-basics": ("Premiers clics", "Démarches en ligne"),
    "french-conversation": ("Café des mots", "Parler au quotidien", "À voix haute"),
    "life-story-theatre": ("Écriture", "Mise en scène", "Voix et récit", "Carnets de vie"),
    "parent-group": ("Paroles de parents",),
    "placement-admin": ("Secrétariat", "Classement et saisie", "Courrier"),
    "placement-cleaning": (
        "Bureaux",
        "Lingerie",
        "Vitres et sols",
        "Cuisines",
        "Salles de classe",
        "Espaces verts",
        "Vestiaires",
        "Immeubles",
    ),
    "placement-mechanics": ("Vélos", "Véhicules", "Petite mécanique"),
    "placement-reception": ("Accueil et téléphone", "Vestiaire", "Orientation du public"),
    "seniors-outings": ("Balades et jardins", "Musées et cafés"),
}
_ROUNDS = ("", " nord", " sud", " est", " ouest")


def participant(number: int) -> tuple[str, str]:
    """First and last name of the participant with this number, from 0; distinct below 9 000."""
    first = number % len(_FIRST)
    return _FIRST[first], _LAST[(number // len(_FIRST) + 31 * first) % len(_LAST)]


def staff(known: tuple[tuple[str, str], ...], number: int) -> tuple[str, str]:
    """First and last name of a member of staff: one of ``known``, then others."""
    return known[number] if number < len(known) else participant(7_000 + number)


def partner(number: int) -> str:
    """Name of the partner with this number, from 0."""
    return _around(_PARTNERS, number)


def venue(number: int) -> tuple[str, str]:
    """Name and street address of the venue with this number, from 0."""
    turn, place = divmod(number, len(_VENUES))
    kind, where, street = _VENUES[place]
    return f"{kind} {where}{_round(turn)}", f"{street} {where} {3 + 7 * turn + 2 * place}"


def group(measure: str, number: int) -> str | None:
    """Name of a measure's group with this number, from 0; None where there is no more."""
    known = _GROUPS.get(measure, ())
    return known[number] if number < len(known) else None


def _around(names: tuple[str, ...], number: int) -> str:
    turn, place = divmod(number, len(names))
    return names[place] + _round(turn)


def _round(turn: int) -> str:
    return _ROUNDS[turn] if turn < len(_ROUNDS) else f" {turn + 1}"
