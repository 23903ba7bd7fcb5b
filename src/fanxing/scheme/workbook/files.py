"""A draft as the files of a scheme: complete at any time, since what is not decided is a mark that somebody gives."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import isfinite
from typing import Any, Literal

from fanxing.scheme.loader import load_files
from fanxing.scheme.model import Combine, Period, Scheme, reads
from fanxing.scheme.ranges import Range, ranges
from fanxing.scheme.wordlists import VOICES
from fanxing.scheme.workbook.draft import Row, SheetDraft, StarHead
from fanxing.scheme.workbook.forbidden import refusals
from fanxing.scheme.workbook.measures import Measure, measures
from fanxing.scheme.workbook.points import Comparison, Points
from fanxing.scheme.workbook.yaml_out import compose, entries, write

USUAL_SHARE = 0.8  # of the full mark, where neither the sheet nor the programme in force names a pass mark
_PALETTE = ("red", "violet", "green", "blue", "orange", "teal")
_DIGITS = "零一二三四五六七八九"
PERCENT = 100.0
Tree = dict[str, Any]


Assumed = Literal["", "least", "most"]


def scheme_files(
    draft: SheetDraft, base: Mapping[str, str], *, title: str = "", period: Period | None = None, assumed: Assumed = ""
) -> dict[str, str]:
    """The rules of the programme in force with the stars of the sheet's kinds of unit replaced by the sheet's, as {path: YAML text}.

    They always load: rows that are not settled become marks of a record kind of judgement, one a star, that is made here. Records,
    posts, levels and the other kinds of unit stay as they are; worked cases of a replaced kind go. `title` and `period` are those of
    the new rules, where they are not those of the old. With `assumed` no marks are asked for: each is what it can at least, or at most,
    be, which tells what the rest comes to. `base` must load.
    """
    files = _Files(draft, base, title, period, assumed)
    plain = files.files()
    if assumed or not files.replaced:
        return plain
    # What the rows can reach is known when they have been read once; then each says its full mark.
    files.full = _reaches(load_files(plain, guarded=False), draft)
    if files.drop_unreachable():
        return files.files()
    return {**plain, **files.stars()}


@lru_cache(maxsize=4)
def _loaded(files: tuple[tuple[str, str], ...]) -> Scheme:
    return load_files(dict(files), guarded=False)


def _reaches(scheme: Scheme, draft: SheetDraft) -> dict[str, float]:
    """The most that nodes of the replaced kinds can give, by kind/node."""
    found = {}
    for kind in draft.kinds():
        rules = scheme.kinds[kind]
        whole, counted = ranges(rules), ranges(rules, without_extra=True)
        for id, one in rules.nodes.items():
            reach = whole[id] if one.extra else counted[id]
            if _is_full(reach):
                found[f"{kind}/{id}"] = reach.high
    return found


def _is_full(reach: Range) -> bool:
    return isfinite(reach.high) and reach.high > 0


def counted_stars(draft: SheetDraft, kind: str) -> list[StarHead]:
    """The stars of a kind that have at least one row that gives points."""
    return [star for star in draft.stars if star.kind == kind and any(_counts(draft, row) for row in draft.rows_of(star))]


def _counts(draft: SheetDraft, row: Row) -> bool:
    return row.line.standing != "extra" and draft.settled(row).form not in ("veto", "left_out")


def pass_mark(draft: SheetDraft, star: StarHead, base: Scheme, full: float) -> float:
    """From how many points a star is earned: as decided, as the sheet says, else at the share of the full mark usual so far. What
    cannot be reached, because rows give no points, is taken at the same share of what can."""
    said = draft.passes.get(star.key, star.pass_mark)
    if said is not None and said <= full:
        return said
    if said is not None:
        whole = star.full if star.full and star.full >= said else said / USUAL_SHARE
        return round(full * said / whole, 2)
    rules = base.kinds[star.kind]
    share = USUAL_SHARE
    if star.id in rules.stars:
        form = rules.star(star.id)
        before = ranges(rules, without_extra=True)[form.score.id].high
        share = form.pass_mark / before if isfinite(before) and before > 0 else USUAL_SHARE
    return round(full * share, 2)


def row_title(row: Row) -> str:
    """What a row is called in the scheme: its own words, or where it stands if those are words the guard refuses."""
    title = row.line.title or "一项"
    speaks = row.line.standing == "veto" and VOICES.found_in(title)
    return f"第 {row.line.area.top + 1} 行" if speaks or refusals(title, "", "") else title


def star_title(star: StarHead) -> str:
    """What a star is called in the scheme, but for words the guard refuses."""
    return "一颗星" if refusals(star.title, "", "") else star.title


@dataclass
class _Files:
    """The files on the way; `full` are full marks by kind/node, none before the rows have been read once."""

    draft: SheetDraft
    base_files: Mapping[str, str]
    title: str
    period: Period | None
    assumed: Assumed = ""
    full: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.base = _loaded(tuple(self.base_files.items()))
        self.replaced = {kind: counted_stars(self.draft, kind) for kind in self.draft.kinds()}
        self.replaced = {kind: stars for kind, stars in self.replaced.items() if stars}
        # Another sheet, or another year, has record kinds of its own: those that were published may not shrink.
        told = (self.draft.document, *(f"{row.id} {row.line.title}" for row in self.draft.rows), str(self.period))
        self.digest = hashlib.sha256("\n".join(told).encode()).hexdigest()[:6]
        self.known = {kind: measures(self.base, kind) for kind in self.replaced}
        self.used: dict[str, set[str]] = {kind: set() for kind in self.replaced}

    def drop_unreachable(self) -> bool:
        """Leave out the stars whose rows give nothing to anybody; whether there were any. Every unit would reach their pass mark, 0."""
        before = self.replaced
        reached = {kind: [star for star in stars if f"{kind}/{star.id}_score" in self.full] for kind, stars in before.items()}
        self.replaced = {kind: stars for kind, stars in reached.items() if stars}
        self.used = {kind: set() for kind in self.replaced}
        return self.replaced != before

    def files(self) -> dict[str, str]:
        kept = {path: text for path, text in self.base_files.items() if not self._goes(path)}
        if not self.replaced:
            return kept
        stars = self.stars()
        return {**kept, **stars, "scheme.yaml": write(self._scheme()), **self._cases()}

    def stars(self) -> dict[str, str]:
        """The files of the stars, and of the records in which their marks are given."""
        found = {}
        for kind, stars in self.replaced.items():
            for star in stars:
                one = _Star(self, star)
                found[f"stars/{kind}/{star.id}.yaml"] = write(one.tree())
                if one.fields:
                    found[f"records/{one.record_kind}.yaml"] = write(one.record())
        return found

    def _goes(self, path: str) -> bool:
        return (_is_cases(path) and bool(self.replaced)) or any(path.startswith(f"stars/{kind}/") for kind in self.replaced)

    # ---- scheme.yaml

    def _scheme(self) -> dict[str, Any]:
        tree: dict[str, Any] = dict(entries(compose(self.base_files["scheme.yaml"])))
        if self.title.strip():
            tree["title"] = self.title.strip()
        if self.period:
            tree["period"] = {"from": self.period.start.isoformat(), "to": self.period.end.isoformat()}
        kinds: dict[str, Any] = dict(entries(tree["kinds"]))
        for kind, stars in self.replaced.items():
            kinds[kind] = self._kind(kind, stars, kinds[kind], tree)
        if any(guide.of != "tier" and guide.of not in entries(tree.get("nodes")) for guide in self.base.guides):
            del tree["guides"]  # wished shares of what is no more; they bind nothing
        still = self._still_read(tree)
        if facts := {id: one for id, one in entries(tree.get("facts")).items() if id in still}:
            return {**tree, "kinds": kinds, "facts": facts}
        return {**{key: one for key, one in tree.items() if key != "facts"}, "kinds": kinds}

    def _still_read(self, tree: Mapping[str, Any]) -> set[str]:
        """The facts that a rule still reads: those of kinds that stay, and those that the sheet's rows are measured by."""
        read = set[str]().union(*(self.used[kind] | self._read_by_shared(kind, tree) for kind in self.replaced))
        stay = [rules for kind, rules in self.base.kinds.items() if kind not in self.replaced]
        return read.union(*(reads(node) for rules in stay for node in rules.nodes.values()))

    def _kind(self, kind: str, stars: Sequence[StarHead], node: Any, tree: Mapping[str, Any]) -> dict[str, Any]:
        said = {key: one for key, one in entries(node).items() if key not in ("stars", "facts", "nodes", "tier", "total")}
        shared = entries(tree.get("facts"))
        wanted = self.used[kind] | self._read_by_shared(kind, tree)
        facts = {id: one for id, one in self._raw_facts(kind).items() if id in wanted and id not in shared}
        rules = self.base.kinds[kind]
        total = {"total": {"title": "总分", "sum": [f"{star.id}_score" for star in stars]}} if rules.total else {}
        return {
            **said,
            "stars": [star.id for star in stars],
            **({"facts": facts} if facts else {}),
            **self._tier(kind, len(stars)),
            **total,
        }

    def _tier(self, kind: str, stars: int) -> dict[str, Any]:
        """The tier of the programme where it counts as many stars; else one that does."""
        rules = self.base.kinds[kind]
        tier = rules.nodes[rules.tier]
        counts = isinstance(tier.form, Combine) and tier.form.how == "count" and len(rules.stars) == len(tier.form.parts) == stars
        if counts and "tier" not in entries(entries(entries(compose(self.base_files["scheme.yaml"]))["kinds"])[kind]):
            return {}
        labels = {number: f"{_DIGITS[number] if number < len(_DIGITS) else number}星" for number in range(stars + 1)}
        return {"tier": {"title": tier.title or "星级", "basis": tier.basis, "count": "stars", "labels": labels}}

    def _read_by_shared(self, kind: str, tree: Mapping[str, Any]) -> set[str]:
        """The facts that nodes of the whole scheme read."""
        nodes = self.base.kinds[kind].nodes
        waiting, found = [id for id in entries(tree.get("nodes")) if id in nodes], set[str]()
        while waiting:
            for id in reads(nodes[waiting.pop()]):
                if id in nodes:
                    waiting.append(id)
                else:
                    found.add(id)
        return found

    def _raw_facts(self, kind: str) -> dict[str, Any]:
        """The facts of a kind as they were written, in its star files and in its own part of scheme.yaml."""
        scheme = entries(compose(self.base_files["scheme.yaml"]))
        found = dict(entries(entries(entries(scheme["kinds"])[kind]).get("facts")))
        for star in self.base.kinds[kind].stars:
            path = f"stars/{kind}/{star}.yaml"
            if path in self.base_files:
                found |= entries(entries(compose(self.base_files[path])).get("facts"))
        return found

    def _cases(self) -> dict[str, str]:
        """The worked cases of kinds that stay."""
        kinds = {case.title: case.kind for case in self.base.cases}
        found = {}
        for path, text in self.base_files.items():
            rows = entries(compose(text)).get("cases") if _is_cases(path) else None
            kept = [row for row in rows.value if kinds[entries(row)["title"].value] not in self.replaced] if rows else []
            if kept:
                found[path] = write({"cases": kept})
        return found

    def judges(self) -> list[str]:
        """The posts that give marks in the programme in force."""
        judging = [kind for kind in self.base.records.values() if kind.nature == "judgement"]
        return list(dict.fromkeys(post for kind in judging for post in kind.recorded_by)) or list(self.base.posts)


class _Star:
    """One star on the way to its file and to the record kind of its marks."""

    def __init__(self, files: _Files, star: StarHead) -> None:
        self.files, self.star, self.draft = files, star, files.draft
        self.kind_title = files.base.kinds[star.kind].title
        self.known: Mapping[str, Measure] = files.known[star.kind]
        self.record_kind = f"marks_{star.kind}_{star.id}_{files.digest}"
        self.facts: dict[str, Tree] = {}
        self.fields: dict[str, Tree] = {}

    def tree(self) -> Tree:
        rows = [row for row in self.draft.rows_of(self.star) if self.draft.settled(row).form != "left_out"]
        scored = [row for row in rows if self.draft.settled(row).form != "veto"]
        vetoes = [self._veto(row) for row in rows if self.draft.settled(row).form == "veto" and not self.files.assumed]
        score = self._score(scored)
        full = self.files.full.get(f"{self.star.kind}/{self.star.id}_score", 0.0)
        place = self.files.draft.stars.index(self.star)
        before = self.files.base.kinds[self.star.kind]
        colour = before.star(self.star.id).colour if self.star.id in before.stars else _PALETTE[place % len(_PALETTE)]
        return {
            "title": star_title(self.star),
            **({"owner": self.star.owner} if self.star.owner else {}),
            "basis": self.draft.document,
            **({"colour": colour} if colour else {}),
            **({"facts": self.facts} if self.facts else {}),
            "score": score,
            # Where marks are assumed the pass mark may be out of reach, which a scheme may not say: who asks compares for itself.
            "pass": 0 if self.files.assumed or not full else pass_mark(self.draft, self.star, self.files.base, full),
            **({"vetoes": vetoes} if vetoes else {}),
        }

    def record(self) -> Tree:
        """The kind of record in which the marks of the star are given."""
        return {
            "title": f"{star_title(self.star)}评分（{self.kind_title}）",
            "basis": self.draft.document,
            "note": "评分细则中由人评定的项目；只填需要更新的项目，以最近一次填写的为准。",
            "nature": "judgement",
            "recorded_by": self.files.judges(),
            **({"held_by": self.star.owner} if self.star.owner else {}),
            "kinds": [self.star.kind],
            "fields": self.fields,
        }

    # ---- the score

    def _score(self, rows: Sequence[Row]) -> Tree:
        if any(row.line.weight is not None and row.line.mark is not None for row in rows):
            parts = [self._part(row) for row in rows]
            weights = [1.0 if row.line.weight is None or row.line.mark is None else row.line.weight or 1.0 for row in rows]
            return {**self._full(f"{self.star.id}_score"), "least": 0, "sum": parts, "weights": weights}
        return {**self._full(f"{self.star.id}_score"), "least": 0, "sum": list(self._tasks(rows))}

    def _tasks(self, rows: Sequence[Row]) -> Iterator[Tree]:
        """The rows put together by task, in the order of the sheet; a task of one row is that row."""
        tasks: dict[str, list[Row]] = {}
        for row in rows:
            tasks.setdefault(row.line.task if row.line.standing == "item" else f"{row.id}", []).append(row)
        for task, ones in tasks.items():
            if len(ones) == 1 or len(tasks) == 1:
                yield from (self._part(row) for row in ones)
            else:
                id = f"{ones[0].id}_task"
                yield {"id": id, "title": _task_title(task), **self._full(id), "sum": [self._part(row) for row in ones]}

    def _full(self, id: str) -> Tree:
        full = self.files.full.get(f"{self.star.kind}/{id}")
        return {} if full is None else {"full": full}

    def _part(self, row: Row) -> Tree:
        rule = self.draft.settled(row)
        head: Tree = {"id": row.id, "title": row_title(row), "basis": f"{self.draft.document}，{row.line.cells}"}
        if row.line.owner:
            head["owner"] = row.line.owner.replace("\n", "、")
        if row.line.standing == "extra":
            head["extra"] = True
        return {**head, **self._full(row.id), **self._form(row, rule)}

    def _form(self, row: Row, rule: Points) -> Tree:
        measure = self.known.get(rule.measure)
        if rule.form == "judged" or measure is None:
            return self._judged(row, rule)
        self.files.used[self.star.kind] |= set(measure.facts)
        size = PERCENT if measure.unit == "%" else 1.0
        mark = rule.mark or 0.0
        match rule.form:
            case "steps":
                rows = {threshold / size: given for threshold, given in rule.rows}
                return {
                    "steps": {"of": measure.formula, rule.comparison: _sorted(rows, rule.comparison), "otherwise": rule.otherwise},
                    **_within(mark, [rule.otherwise, *rows.values()]),
                }
            case "scale":
                pairs = sorted({value / size: given for value, given in rule.rows}.items())
                return {
                    "scale": {"of": measure.formula, "from": [one for one, _ in pairs], "to": [one for _, one in pairs]},
                    **_within(mark, [one for _, one in pairs]),
                }
            case "yes_no":
                when = measure.formula if measure.truth else f"{measure.formula} > 0"
                return {"choose": [{"when": when, "give": mark}, {"give": rule.otherwise}], **_within(mark, [rule.otherwise])}
            case _:
                return _each(rule, measure, size, mark)

    def _judged(self, row: Row, rule: Points) -> Tree:
        """A mark, or a word, that the responsible body gives."""
        fact, mark, title = f"mark_{row.id}", rule.mark or 0.0, row_title(row)
        if self.files.assumed:
            return {"sum": [mark if self.files.assumed == "most" else 0]}
        source = {"latest": f"{self.record_kind}.{row.id}"}
        if rule.grades:
            choices = {f"g{number}": word for number, (word, _) in enumerate(rule.grades, start=1)}
            self.fields[row.id] = {"title": title, "type": "choice", "choices": choices}
            self.facts[fact] = {"title": f"{title}评定", "type": "text", "choices": choices, "from": source, "if_missing": "stays"}
            gives = {f"g{number}": given for number, (_, given) in enumerate(rule.grades, start=1)}
            return {"steps": {"of": fact, "equals": gives, "otherwise": 0}, **_within(mark, gives.values())}
        said = {"title": title, "type": "number", "unit": "分", "least": 0, "most": mark}
        self.fields[row.id] = said
        self.facts[fact] = {**said, "title": f"{title}评分", "from": source, "if_missing": "stays"}
        return {"formula": fact}

    def _veto(self, row: Row) -> Tree:
        rule, title = self.draft.settled(row), row_title(row)
        head: Tree = {"id": f"{row.id}_veto", "title": title, "basis": f"{self.draft.document}，{row.line.cells}"}
        measure = self.known.get(rule.measure)
        if measure is not None:
            self.files.used[self.star.kind] |= set(measure.facts)
            return {**head, "when": measure.formula if measure.truth else f"{measure.formula} > 0", "if_undecided": False}
        lasts = f"{rule.lasts} months"
        self.fields[row.id] = {"title": f"认定：{title}", "type": "yes/no"}
        self.facts[f"ruling_{row.id}"] = {
            "title": f"{title}认定日期",
            "type": "date",
            "from": {"latest": f"{self.record_kind}.occurred_on", "where": row.id, "within": lasts},
            "if_missing": "stays",
        }
        return {**head, "since": f"ruling_{row.id}", "lasts": lasts}


def _is_cases(path: str) -> bool:
    return path == "cases.yaml" or path.startswith("cases/")


def _within(mark: float, given: Iterable[float]) -> Tree:
    """The bounds of a row, where what it gives may pass them."""
    values = list(given)
    low = {"least": 0} if min(values) < 0 else {}
    return {**low, **({"most": mark} if max(values) > mark else {})}


def _sorted(rows: Mapping[float, float], comparison: Comparison) -> dict[float, float]:
    """Thresholds in the order they are read in: the highest first, or where less is better the lowest."""
    downwards = comparison in ("at_least", "more_than")
    return {threshold: rows[threshold] for threshold in sorted(rows, reverse=downwards)}


def _each(rule: Points, measure: Measure, size: float, mark: float) -> Tree:
    """Points by quantity: added up to the full mark, or taken from it."""
    of = measure.formula
    if rule.side and rule.beyond is not None:
        limit = f"{rule.beyond / size:.12g}"
        of = f"{limit} - {of}" if rule.side == "below" else f"{of} - {limit}"
    form = {"each": {"of": of, "points": rule.points, "per": (rule.per or 1.0) / size}}
    most = mark if rule.cap is None else min(rule.cap, mark)
    if rule.points >= 0:
        return {**form, "least": 0, "most": most}
    return {"sum": [mark, {**form, "least": -most}]}


def _task_title(task: str) -> str:
    words = task.split("\n")[0].strip()
    return "一组" if not words or refusals(words, "", "") else words[:60]
