"""Reading a label for each participant id, such as a territory: one JSON object of texts."""

from __future__ import annotations

from scheduler.jsonio.reading import Reader, UnreadableError, json_value, member
from scheduler.problem import Fault


class InvalidLabelsError(ValueError):
    """A file of labels that is not what it must be; ``faults`` holds all."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        super().__init__("\n".join(f"{f.path}: {f.reason} ({f.value!r})" for f in faults))


def read_labels(data: bytes) -> dict[str, str]:
    """The labels in the bytes of a file, gzipped or not, by participant id.

    Raises InvalidLabelsError with every fault of the file, whatever the bytes are.
    """
    try:
        value = json_value(data)
    except UnreadableError as error:
        raise InvalidLabelsError([Fault("$", None, str(error))]) from error
    reader = Reader()
    read = {
        id_: reader.text(label, member("$", id_))
        for id_, label in reader.members(value, "$", (), None).items()
    }
    if reader.faults:
        raise InvalidLabelsError(reader.faults)
    return {id_: label for id_, label in read.items() if label is not None}
