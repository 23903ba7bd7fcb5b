"""The command line: `fanxing scheme check|diff|draw`, `burden`, `rate`, `explain`, `route`, `rehearse`,
`robustness`, `tally` need nothing but the base package; `import` needs the server."""

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from io import TextIOWrapper
from pathlib import Path

from fanxing.rating import Explanation, FactsError, RatingError, explain, failing_cases, rate, rehearse, robustness, route
from fanxing.rating.explanation import Step
from fanxing.rating.published import wrong_rows
from fanxing.rating.reading import read_facts, read_table
from fanxing.rating.sentences import as_json, rehearsal_json, rehearsal_lines, robustness_lines, route_lines
from fanxing.rating.tally import TallyError, tally
from fanxing.rating.writing import WritingError, check_target, write_table
from fanxing.scheme import Scheme, SchemeError, load
from fanxing.scheme.expressions import did_you_mean
from fanxing.scheme.guard import warnings
from fanxing.scheme.loader import read_day
from fanxing.scheme.meter import burdens
from fanxing.scheme.meter_words import as_json as as_json_of_burdens
from fanxing.scheme.meter_words import called, sentence
from fanxing.scheme.meter_words import lines as lines_of_burdens
from fanxing.scheme.wording import join, value_word

Errors = (SchemeError, FactsError, RatingError, TallyError, WritingError)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 when it did its work, 1 when it could not (the reason on stderr), 2 for words it does not know."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a console that lacks a character is no reason to stop
    options = _parser().parse_args(arguments)
    try:
        run: Callable[[argparse.Namespace], int] = options.run
        code = run(options)
        sys.stdout.flush()
        return code
    except Errors as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        # What could not be printed is still waiting, and would fail once more when the program ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):
            print(error, file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="fanxing", description="Rate units by a scheme, and explain every result.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    scheme = commands.add_parser("scheme", help="check a scheme, or tell two apart").add_subparsers(required=True, metavar="COMMAND")
    check = scheme.add_parser("check", help="report every fault of a scheme, and every worked case that does not come out")
    check.add_argument("scheme", metavar="DIR|NAME")
    check.set_defaults(run=_check)
    diff = scheme.add_parser("diff", help="the difference between two schemes in words")
    diff.add_argument("old", metavar="A")
    diff.add_argument("new", metavar="B")
    diff.set_defaults(run=_diff)

    drawing = scheme.add_parser("draw", help="a procedure as a diagram of its states")
    drawing.add_argument("scheme", metavar="DIR|NAME")
    drawing.add_argument("procedure", metavar="PROCEDURE", help="the name of its file, without .yaml")
    drawing.add_argument("--out", required=True, type=Path, metavar="FILE", help=".svg")
    drawing.set_defaults(run=_draw)

    weighing = commands.add_parser("burden", help="what a scheme asks of each kind of unit and body in a year, and what it is used for")
    weighing.add_argument("--scheme", required=True, metavar="DIR|NAME")
    weighing.add_argument("--json", action="store_true")
    weighing.set_defaults(run=_burden)

    rating = commands.add_parser("rate", help="rate every unit of a facts file")
    rating.add_argument("--out", required=True, type=Path, metavar="FILE", help=".csv, .parquet or .xlsx")
    rating.set_defaults(run=_rate)
    explaining = commands.add_parser("explain", help="explain one unit's result down to its facts")
    explaining.add_argument("--unit", required=True, metavar="CODE")
    explaining.add_argument("--json", action="store_true")
    explaining.set_defaults(run=_explain)
    routing = commands.add_parser("route", help="the least work that earns one unit a star in the time left")
    routing.add_argument("--unit", required=True, metavar="CODE")
    routing.add_argument("--star", required=True, metavar="ID")
    routing.set_defaults(run=_route)
    rehearsing = commands.add_parser("rehearse", help="who gains and who loses by a draft of the rules")
    rehearsing.add_argument("--draft", required=True, metavar="DIR|NAME")
    rehearsing.set_defaults(run=_rehearse)
    drawing = commands.add_parser("robustness", help="how surely each star is held when the points of its criteria are drawn anew")
    drawing.add_argument("--draws", type=_natural, default=1_000, metavar="N")
    drawing.add_argument("--spread", type=_spread, default=0.25, metavar="SHARE", help="how far points may move; default: 0.25")
    drawing.add_argument("--seed", type=int, default=1, metavar="N")
    drawing.add_argument("--out", type=Path, metavar="FILE", help="a row a unit: .csv, .parquet or .xlsx")
    drawing.set_defaults(run=_robustness)
    for command in (routing, rehearsing):
        command.add_argument("--json", action="store_true")
    for command in (rating, explaining, routing, rehearsing, drawing):
        command.add_argument("--scheme", required=True, metavar="DIR|NAME")
        command.add_argument("--facts", required=True, type=Path, metavar="FILE", help=".csv, .parquet or .xlsx")
        command.add_argument("--as-of", type=_day, metavar="DAY", help="the day of rating; default: the last day of the scheme's period")

    counting = commands.add_parser("tally", help="counts and shares by tier; or whether stated figures can be")
    counting.add_argument("result", type=Path, metavar="RESULT")
    counting.add_argument("--by", metavar="COLUMN")
    counting.add_argument(
        "--check", action="store_true", help="RESULT states counts by tier (total, five … zero) or shares (part, whole, share)"
    )
    counting.set_defaults(run=_tally)
    _add_import(commands.add_parser("import", help="records of one kind from Excel or CSV into the ledger: all of them, or none"))
    return parser


def _add_import(importing: argparse.ArgumentParser) -> None:
    importing.add_argument("kind", metavar="KIND", help="the id of a kind of record")
    importing.add_argument("file", type=Path, metavar="FILE", help=".xlsx, .xls or .csv")
    importing.add_argument("--unit", default="", metavar="CODE", help="the unit the rows are about, or above those that they name")
    importing.add_argument("--dry-run", action="store_true", help="check only")
    importing.add_argument("--good-rows", action="store_true", help="import the rows without faults although others are faulty")
    importing.add_argument("--report", required=True, type=Path, metavar="OUT.xlsx", help="the sheet with every faulty cell marked")
    importing.add_argument("--as", dest="username", default="", metavar="USERNAME", help="whose posts decide; default: the system")
    importing.set_defaults(run=_import)


def _day(text: str) -> date:
    day = read_day(text)
    if day is None:
        raise argparse.ArgumentTypeError(f'"{text}" is not a day; write it as 2025-12-31')
    return day


def _natural(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f'"{text}" is not a whole number above 0')
    return int(text)


def _spread(text: str) -> float:
    try:
        spread = float(text)
    except ValueError:
        spread = -1.0
    if not 0 <= spread < 1:
        raise argparse.ArgumentTypeError(f'"{text}" is not a share from 0 to below 1, such as 0.25')
    return spread


def _check(options: argparse.Namespace) -> int:
    scheme = load(options.scheme)
    failing = failing_cases(scheme)
    for fault in failing:
        print(fault, file=sys.stderr)
    for warning in warnings(scheme):
        print(f"warning: {warning}")
    if failing:
        return 1
    print(f"{scheme.title}: {_contents(scheme)}")
    for one in burdens(scheme):
        if one.forms and not one.body:
            print(f"burden: {called(one)}：{sentence(one)}")
    return 0


def _contents(scheme: Scheme) -> str:
    stars = sum(len(kind.stars) for kind in scheme.kinds.values())
    facts = len({id for kind in scheme.kinds.values() for id in kind.facts})
    procedures = f", {len(scheme.procedures)} procedures" if scheme.procedures else ""
    kinds = f"{len(scheme.kinds)} kinds of unit, {stars} stars, {facts} facts, {len(scheme.records)} record kinds"
    return f"{kinds}{procedures}, {len(scheme.cases)} cases"


def _diff(options: argparse.Namespace) -> int:
    from fanxing.scheme.differences import differences

    for line in differences(load(options.old), load(options.new)):
        print(line)
    return 0


def _draw(options: argparse.Namespace) -> int:
    from fanxing.scheme.procedure_drawing import draw_procedure

    scheme = load(options.scheme)
    procedure = scheme.procedures.get(options.procedure)
    if procedure is None:
        near = did_you_mean(options.procedure, list(scheme.procedures))
        print(f'{scheme.title}: no procedure "{options.procedure}"{near}', file=sys.stderr)
        return 1
    options.out.write_text(draw_procedure(procedure, scheme), encoding="utf-8")
    print(f"{options.out}: {procedure.title}, {len(procedure.states)} states, {len(procedure.steps)} steps")
    return 0


def _burden(options: argparse.Namespace) -> int:
    found = burdens(load(options.scheme))
    if options.json:
        print(json.dumps(as_json_of_burdens(found), ensure_ascii=False, indent=2))
    else:
        for line in lines_of_burdens(found):
            print(line)
    return 0


def _rate(options: argparse.Namespace) -> int:
    check_target(options.out)
    scheme = load(options.scheme)
    table = rate(scheme, read_facts(scheme, options.facts), options.as_of).table()
    write_table(table, options.out)
    unrated = table["tier"].null_count()
    print(f"{options.out}: {len(table)} units, {unrated} not rated")
    return 0


def _explain(options: argparse.Namespace) -> int:
    scheme = load(options.scheme)
    explanation = explain(rate(scheme, read_facts(scheme, options.facts), options.as_of), options.unit)
    if options.json:
        print(json.dumps(explanation.as_json(), ensure_ascii=False, indent=2))
    else:
        print("\n".join(_lines(explanation)))
    return 0


def _lines(explanation: Explanation) -> Iterator[str]:
    yield f"{explanation.unit}（{explanation.kind}）" + (f"，{explanation.as_of}" if explanation.as_of else "")
    if explanation.reason:
        yield f"不评：{explanation.reason}"
    for result in explanation.results:
        yield from _step_lines(result, 0)


def _step_lines(step: Step, depth: int) -> Iterator[str]:
    full = f" / {step.full:g}" if step.full else ""
    lost = f"，失 {step.lost:g}" if step.lost else ""
    taken = "" if step.counts_as is None else f"，{join('按', value_word(step.counts_as, step.unit), '计')}"
    value = step.word if step.value is None else f"{step.word}{step.unit}"
    yield f"{'  ' * depth}{step.title or step.id}（{step.id}）：{value}{full}{lost}{taken}{'（见上）' if step.again else ''}"
    if not step.again and step.form != "fact":
        yield f"{'  ' * depth}  【{step.sentence}】"
    for part in step.parts:
        yield from _step_lines(part, depth + 1)


def _route(options: argparse.Namespace) -> int:
    scheme = load(options.scheme)
    found = route(rate(scheme, read_facts(scheme, options.facts), options.as_of), options.unit, options.star)
    _print(as_json(found) if options.json else route_lines(found))
    return 0


def _rehearse(options: argparse.Namespace) -> int:
    old, new = load(options.scheme), load(options.draft)
    found = rehearse(old, new, read_facts(old, options.facts, new), options.as_of)
    _print(rehearsal_json(found) if options.json else rehearsal_lines(found))
    return 0


def _robustness(options: argparse.Namespace) -> int:
    if options.out:
        check_target(options.out)
    scheme = load(options.scheme)
    found = robustness(
        scheme, read_facts(scheme, options.facts), options.as_of, draws=options.draws, spread=options.spread, seed=options.seed
    )
    if options.out:
        write_table(found.table(), options.out)
    _print(robustness_lines(found))
    return 0


def _print(told: object) -> None:
    """Lines, or JSON."""
    print("\n".join(told) if isinstance(told, Iterator) else json.dumps(told, ensure_ascii=False, indent=2))


def _tally(options: argparse.Namespace) -> int:
    if options.check:
        return _check_stated(options.result)
    try:
        groups = tally(read_table(options.result), options.by)
    except TallyError as error:
        raise TallyError(f"{options.result.name}: {error}") from None
    for group in groups:
        if options.by:
            print(f"{options.by} = {group.group or '(blank)'}: {group.units} units")
        for tier, count in group.tiers:
            print(f"{tier:<16}{count:>8}{count / group.units:>10.2%}")
    if not options.by:
        print(f"{'all':<16}{sum(group.units for group in groups):>8}")
    return 0


def _check_stated(path: Path) -> int:
    """Tells every row that cannot be; 1 if there is one."""
    table = read_table(path)
    try:
        wrong = wrong_rows(table)
    except TallyError as error:
        raise TallyError(f"{path.name}: {error}") from None
    for row, reason in wrong:
        print(f"{path.name}: row {row + 2} ({table.row(row)[0]}): {reason}", file=sys.stderr)
    print(f"{path.name}: {len(table)} rows, {len({row for row, _ in wrong})} that cannot be")
    return 1 if wrong else 0


def _import(options: argparse.Namespace) -> int:
    """Exit 1 where a row is faulty and nothing was written."""
    try:
        import django  # here, since the base package has none
    except ImportError:
        print('"fanxing import" writes into the ledger and needs the server: pip install "fanxing[server]"', file=sys.stderr)
        return 2
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fanxing.config.settings")
    django.setup()
    from django.db import DatabaseError

    from fanxing.records.ingest.command import run  # here, since it needs Django set up

    if options.report.suffix.lower() != ".xlsx":
        print(f"{options.report}: the report is an Excel workbook; name it .xlsx", file=sys.stderr)
        return 2
    try:
        told = run(
            kind=options.kind,
            file=options.file,
            unit=options.unit,
            dry_run=options.dry_run,
            good_rows=options.good_rows,
            report=options.report,
            username=options.username,
        )
    except DatabaseError as error:
        print(f"the database of the server cannot be used ({error}); is it there, and up to date with `manage migrate`?", file=sys.stderr)
        return 2
    if told.lines:
        print("\n".join(told.lines))
    if told.fault:
        print(told.fault, file=sys.stderr)
    return told.code


if __name__ == "__main__":
    sys.exit(main())
