"""What the codes of an exchange file are called in French and in English."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from webapp.models import MeasureKind

_CODE_LENGTH = 60
_NAME_LENGTH = 50  # three of them joined still fit a name


@dataclass(frozen=True, slots=True)
class Words:
    name: str
    name_en: str


@dataclass(frozen=True, slots=True)
class MeasureWords(Words):
    public_name: str  # for calendars: tells no health fact
    kind: MeasureKind = MeasureKind.WORKSHOP


_TAGS = {
    "fitness-certificate": Words("certificat d’aptitude", "fitness certificate"),
    "prescription": Words("prescription", "prescription"),
    "age:60+": Words("60 ans et plus", "60 and over"),
    "parent": Words("parent", "parent"),
    "priority-district": Words("quartier prioritaire", "priority district"),
    "step-free": Words("sans marche", "step-free"),
    "childcare": Words("garde d’enfants", "childcare"),
    "lang:en": Words("accueil en anglais", "welcome in English"),
    "lang:nl": Words("accueil en néerlandais", "welcome in Dutch"),
    "lsf": Words("langue des signes", "sign language"),
    "addiction": Words("formé·e aux addictions", "trained in addictions"),
    "psychic": Words("formé·e à la santé mentale", "trained in mental health"),
}

_MEASURES = {
    "art-therapy": MeasureWords("Art-thérapie", "Art therapy", "Atelier créatif"),
    "life-story-theatre": MeasureWords(
        "Récit de vie et théâtre", "Life stories and theatre", "Atelier théâtre"
    ),
    "adapted-physical-activity": MeasureWords(
        "Activité physique adaptée", "Adapted physical activity", "Atelier mouvement"
    ),
    "french-conversation": MeasureWords(
        "Conversation en français", "French conversation", "Atelier français"
    ),
    "digital-basics": MeasureWords("Bases du numérique", "Digital basics", "Atelier numérique"),
    "digital": MeasureWords("Numérique", "Digital skills", "Atelier numérique"),
    "seniors-outings": MeasureWords("Sorties des aînés", "Outings for seniors", "Sortie"),
    "seniors-choir": MeasureWords("Chorale des aînés", "Seniors’ choir", "Chorale"),
    "seniors": MeasureWords("Rencontres des aînés", "Seniors’ meetings", "Atelier"),
    "parent-group": MeasureWords("Groupe de parents", "Parents’ group", "Groupe de rencontre"),
    "parent-group-0-3": MeasureWords(
        "Groupe de parents, 0 à 3 ans", "Parents’ group, ages 0 to 3", "Groupe de rencontre"
    ),
    "parent-group-teens": MeasureWords(
        "Groupe de parents d’adolescents", "Parents of teenagers", "Groupe de rencontre"
    ),
    "instrument-making": MeasureWords(
        "Fabrication d’instruments", "Instrument making", "Atelier musique"
    ),
    "sport-for-inclusion": MeasureWords("Sport d’insertion", "Sport for inclusion", "Sport"),
    "cooking": MeasureWords("Cuisine", "Cooking", "Atelier cuisine"),
    "nutrition": MeasureWords("Nutrition", "Nutrition", "Atelier cuisine"),
    "tobacco-free": MeasureWords("Sans tabac", "Tobacco-free", "Atelier"),
    "mobility": MeasureWords("Mobilité", "Getting around", "Atelier mobilité"),
    "apa-nordic-walking": MeasureWords("Marche nordique", "Nordic walking", "Atelier mouvement"),
    "apa-gentle-gym": MeasureWords("Gymnastique douce", "Gentle gymnastics", "Atelier mouvement"),
    "apa-aquagym": MeasureWords("Aquagym douce", "Gentle aqua gym", "Atelier mouvement"),
    "apa-balance": MeasureWords("Équilibre", "Balance", "Atelier mouvement"),
    "apa-tai-chi": MeasureWords("Taï-chi", "Tai chi", "Atelier mouvement"),
    "apa-muscle": MeasureWords("Renforcement doux", "Gentle strengthening", "Atelier mouvement"),
    "apa-cardio": MeasureWords("Cardio doux", "Gentle cardio", "Atelier mouvement"),
    "apa-cycling": MeasureWords("Vélo", "Cycling", "Atelier mouvement"),
}

_PLACEMENTS = {
    "admin": Words("Placement en administration", "Placement in administration"),
    "reception": Words("Placement à l’accueil", "Placement at a reception desk"),
    "mechanics": Words("Placement en mécanique", "Placement in mechanics"),
    "cleaning": Words("Placement en nettoyage", "Placement in cleaning"),
    "kitchen": Words("Placement en cuisine", "Placement in a kitchen"),
    "gardening": Words("Placement en jardinage", "Placement in gardening"),
}

_VARIANTS = {
    "start": Words("premiers pas", "first steps"),
    "continue": Words("suite", "continuation"),
    "intensive": Words("intensif", "intensive"),
    "evening": Words("en soirée", "evenings"),
    "outdoor": Words("en plein air", "outdoors"),
    "project": Words("projet collectif", "shared project"),
}

_KINDS = {
    "placement": MeasureKind.PLACEMENT,
    "permanence": MeasureKind.PERMANENCE,
    "training": MeasureKind.TRAINING,
}

_PUBLIC_NAMES = {
    MeasureKind.WORKSHOP: "Atelier",
    MeasureKind.PLACEMENT: "Activité",
    MeasureKind.PERMANENCE: "Rendez-vous",
    MeasureKind.TRAINING: "Formation",
}


_PUBLIC_NAMES_EN = {
    "Activité": "Activity",
    "Atelier": "Workshop",
    "Atelier créatif": "Creative workshop",
    "Atelier cuisine": "Cooking workshop",
    "Atelier français": "French workshop",
    "Atelier mobilité": "Mobility workshop",
    "Atelier mouvement": "Movement workshop",
    "Atelier musique": "Music workshop",
    "Atelier numérique": "Digital workshop",
    "Atelier théâtre": "Theatre workshop",
    "Chorale": "Choir",
    "Formation": "Training",
    "Groupe de rencontre": "Meeting group",
    "Rendez-vous": "Appointment",
    "Sortie": "Outing",
    "Sport": "Sport",
}


def public_name_en(public_name: str) -> str:
    """Return the English of a name for calendars."""
    return _PUBLIC_NAMES_EN[public_name]


def code(text: str) -> str:
    """Return ``text`` where a column can hold it, otherwise a digest of it: as distinct."""
    if len(text) <= _CODE_LENGTH and text.isprintable():
        return text
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_CODE_LENGTH]


def tag(text: str) -> Words:
    """Name a requirement, a need or a skill."""
    return _TAGS.get(text) or _readable(text)


def measure(text: str) -> MeasureWords:
    """Name a measure; ``placement-...`` and ``.../variant`` are put together from their parts."""
    base, _, variant = text.partition("/")
    words = _whole_measure(base)
    if not variant:
        return words
    more = _VARIANTS.get(variant) or _readable(variant)
    return MeasureWords(
        f"{words.name}, {more.name}", f"{words.name_en}, {more.name_en}", words.public_name,
        words.kind,
    )  # fmt: skip


def _whole_measure(text: str) -> MeasureWords:
    known = _MEASURES.get(text)
    if known:
        return known
    first, _, rest = text.partition("-")
    kind = _KINDS.get(first, MeasureKind.WORKSHOP)
    words = _PLACEMENTS.get(rest) if kind is MeasureKind.PLACEMENT else None
    words = words or _readable(text)
    return MeasureWords(_capital(words.name), _capital(words.name_en), _PUBLIC_NAMES[kind], kind)


def _readable(text: str) -> Words:
    """A code nobody named, as words: ``needs-a-lift`` becomes *needs a lift*."""
    printable = "".join(sign if sign.isprintable() else " " for sign in text)
    for sign in "-_:/":
        printable = printable.replace(sign, " ")
    words = " ".join(printable.split())[:_NAME_LENGTH].strip() or "sans nom"
    return Words(words, words)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
