"""Counts of people told by part and outcome, so that no few people can be found in them.

Small parts are told together, and so are outcomes that few people have in the whole. What is still
under the limit is hidden with enough beside it that sums and differences do not give it away: with
all cells hidden where the chosen rows and columns meet, a cell can be anything from
max(0, row + column - all) to min(row, column), the sums of what is hidden there (the bounds of a
transportation table; D. Gusfield, A graph theoretic approach to statistical data security, SIAM
Journal on Computing 17 (1988), 552-571, has the general case).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Table = Sequence[Sequence[int]]


def told_together(sizes: Mapping[str, int], least: int) -> list[tuple[str, ...]]:
    """The parts as they can be told: small ones as one, with the next smallest where need be."""
    ordered = sorted(sizes, key=lambda label: (sizes[label], label))
    num = sum(size < least for size in sizes.values())
    while 0 < num < len(ordered) and sum(sizes[label] for label in ordered[:num]) < least:
        num += 1
    together = [tuple(ordered[:num])] if num else []
    return together + [(label,) for label in ordered[num:]]


def bands(totals: Sequence[int], least: int) -> list[range]:
    """Neighbouring columns told together until each has nobody or ``least`` people."""
    found: list[range] = []
    end = len(totals)
    for start in reversed(range(len(totals))):
        if not 0 < sum(totals[start:end]) < least:
            found.append(range(start, end))
            end = start
    while found and 0 < sum(totals[:end]) < least:
        end = found.pop().stop
    return [*([range(end)] if end else []), *reversed(found)]


def hidden(table: Table, least: int) -> tuple[set[int], set[int]]:
    """Rows and columns: each cell where two of them meet is hidden.

    So is every count from 1 to ``least`` - 1, and as far as a reader can tell it may be ``least``
    or more. The last column is hidden only when all else is not enough. A table of fewer than
    ``least`` people is hidden whole.
    """
    few = [
        (r, c) for r, row in enumerate(table) for c, count in enumerate(row) if 0 < count < least
    ]
    rows, columns = {r for r, _ in few}, {c for _, c in few}
    sizes = [sum(row) for row in table]
    totals = [sum(column) for column in zip(*table, strict=True)]
    last = len(totals) - 1
    spare_rows = sorted(set(range(len(table))) - rows, key=lambda r: -sizes[r])
    spare_columns = sorted(
        {c for c, total in enumerate(totals) if total} - columns,
        key=lambda c: (c < last, -totals[c]),
    )
    while True:
        is_thin = any(sum(table[r][c] for c in columns) < least for r, _ in few)
        is_short = any(sum(table[r][c] for r in rows) < least for _, c in few)
        if is_thin and spare_columns:
            columns.add(spare_columns.pop())
        elif is_short and spare_rows:
            rows.add(spare_rows.pop())
        else:
            return rows, columns
