"""The command line: parse, call, print. Exit codes: 0 done; 1 not completed; 2 usage; 3 findings (see each command)."""

from __future__ import annotations

import atexit
import contextlib
import gc
import os
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, cast

import typer

from perfbatch.model.errors import BatchFault, OperatorFault, OperatorFaults
from perfbatch.outbox.interruption import Interrupted, listen, switched
from perfbatch.settings import Command, Option, SettingsFile, read_settings_file, settings_of, with_settings
from perfbatch.terminal.streams import unfailing_streams

if TYPE_CHECKING:
    from perfbatch.intake.cluster import ClusterExecutor
    from perfbatch.isolated.executor import IsolatedExecutor

# Nothing that takes long to import stands at the top: `--help` must answer at once.

__all__ = ["app", "main"]

app = typer.Typer(
    name="perfbatch",
    help="Nightly batch over a folder of departments' self-evaluation workbooks: check, score, summarise.",
    no_args_is_help=True,
    add_completion=True,
    context_settings={"help_option_names": ["--help", "-h"]},
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
rulebook_app = typer.Typer(
    name="rulebook", help="Show, check or export the rules.", no_args_is_help=True, rich_markup_mode=None
)
app.add_typer(rulebook_app)

DONE, NOT_COMPLETED, USAGE, FINDINGS = 0, 1, 2, 3

_OBJECTS_A_COLLECTION = 10_000_000
_NO_THREADS = (
    "No further thread or process can be started. Raise the limit of processes (ulimit -u), or give --workers 1."
)

# typer carries a copy of click of its own, or uses click, as its version has it; this class is in both.
_UsageError = cast("type[Exception]", typer.BadParameter.__base__)

InboxOption = Annotated[Path, typer.Option("--inbox", metavar="DIR", help="Folder of filled workbooks; only read.")]
OutboxOption = Annotated[Path, typer.Option("--outbox", metavar="DIR", help="Folder for the results.")]
RosterOption = Annotated[
    Path | None,
    typer.Option("--roster", metavar="FILE", help="The bureau's roster workbook: who is expected to report."),
]
RulebookOption = Annotated[
    str | None,
    typer.Option(
        "--rulebook", metavar="RULEBOOK", help="Rulebook: a file (.toml) or a built-in id; yunxi-2020 unless given."
    ),
]
ForceOption = Annotated[bool, typer.Option("--force", help="Replace files that are there already with other content.")]
ClusterOption = Annotated[
    str | None,
    typer.Option("--cluster", metavar="ADDRESS", help="Read on a Dask cluster: its scheduler's tcp://HOST:PORT."),
]
WorkersOption = Annotated[
    int,
    typer.Option(
        "--workers", metavar="N", min=0, help="Processes that read workbooks and make notices; 0 takes one per core."
    ),
]


def _version(wanted: bool) -> None:
    if wanted:
        from perfbatch import __version__

        typer.echo(f"perfbatch {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", "-V", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    pass


@contextlib.contextmanager
def _rare_collection() -> Iterator[None]:
    """Within, the collector of cycles hardly ever looks for them.

    A night makes millions of objects that stay to its end and few cycles, whatever its size: looking the former through
    for the latter takes a fifth of the parent's time. Rarely and not never, lest a night without processes of its own,
    which makes every notice here, grows without bound."""
    usual = gc.get_threshold()
    gc.set_threshold(_OBJECTS_A_COLLECTION, *usual[1:])
    try:
        yield
    finally:
        # Counts what was made as old: else the next object made would have all of it looked through at once.
        gc.freeze()
        gc.unfreeze()
        gc.set_threshold(*usual)


@app.command()
@_rare_collection()
def run(
    inbox: InboxOption = Path("inbox"),
    outbox: OutboxOption = Path("outbox"),
    roster: RosterOption = None,
    rulebook: RulebookOption = None,
    deadline: Annotated[
        datetime | None,
        typer.Option(
            "--deadline", metavar="DATE", formats=["%Y-%m-%d"], help="Last day to report; the rulebook's unless given."
        ),
    ] = None,
    workers: WorkersOption = 0,
    cluster: ClusterOption = None,
    no_cache: Annotated[
        bool,
        typer.Option("--no-cache", help="Read every workbook, also those that did not change since they were read."),
    ] = False,
    allow_empty: Annotated[
        bool, typer.Option("--allow-empty", help="Replace the last night also where the inbox has no file.")
    ] = False,
    allow_fewer: Annotated[
        bool, typer.Option("--allow-fewer", help="Replace it also by one of fewer than half of its departments.")
    ] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with 3 where a file was set aside or an error finding stands.")
    ] = False,
) -> None:
    """Read the inbox, check and score every workbook, and write the district's summary to the outbox.

    Exit codes: 0 done; 1 the batch could not be completed, nothing was replaced; 2 usage; 3 with --strict, done but a file
    was set aside or an error finding stands.
    """
    with _readers(workers, cluster) as readers:
        from perfbatch.publishing import run_night
        from perfbatch.roster import read_roster
        from perfbatch.rulebook.load import load_rulebook
        from perfbatch.terminal.night import print_night
        from perfbatch.terminal.progress import night_progress

        loaded = load_rulebook(rulebook)
        known = read_roster(roster, loaded.rulebook) if roster else None
        with night_progress() as watch:
            night, outputs = run_night(
                inbox,
                outbox,
                loaded,
                roster=known,
                workers=readers.workers,
                deadline=deadline.date() if deadline else None,
                executor=readers,
                cached=not no_cache,
                watch=watch,
                allow_empty=allow_empty,
                allow_fewer=allow_fewer,
            )
    result = night.result
    print_night(night, outbox, outputs)
    grave = any(finding.severity == "error" and finding.asks for finding in result.findings)
    if strict and (grave or any(entry.status == "set_aside" for entry in result.entries)):
        raise typer.Exit(FINDINGS)


@app.command()
def check(
    workbooks: Annotated[list[Path], typer.Argument(metavar="WORKBOOK", help="Filled workbooks.", show_default=False)],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document for all of them.")] = False,
    rulebook: RulebookOption = None,
) -> None:
    """Check single workbooks as the night would, before they are sent.

    Exit codes: 0 clean; 3 findings (errors or warnings); 1 a workbook cannot be read; 2 usage.
    """
    with _readers(1) as readers:
        import json

        from perfbatch.batch import check_workbook
        from perfbatch.report.check_report import build_check_report, verdict_of
        from perfbatch.rulebook.load import load_rulebook
        from perfbatch.terminal.department import print_check
        from perfbatch.terminal.night import print_fault

        loaded = load_rulebook(rulebook)
        files = []
        for number, path in enumerate(workbooks):
            checked = check_workbook(path, loaded, readers)
            if checked.fault:
                print_fault(path, checked.fault)
            files.append((str(path), checked.entry, checked.night.result if checked.night else None))
            if not as_json:
                if number:
                    typer.echo()
                print_check(checked)
    if as_json:
        report = build_check_report(loaded.rulebook.id, loaded.sha256, files)
        typer.echo(json.dumps(report, ensure_ascii=False, indent=1, allow_nan=False))
    verdicts = {verdict_of(result) for _, _, result in files}
    worst = NOT_COMPLETED if "unreadable" in verdicts else FINDINGS if "findings" in verdicts else DONE
    raise typer.Exit(worst)


@app.command()
def template(
    roster: Annotated[
        Path | None,
        typer.Option("--roster", metavar="FILE", help="A workbook for every department of this roster, prefilled."),
    ] = None,
    blank_roster: Annotated[
        bool, typer.Option("--blank-roster", help="Write the roster's own blank workbook and nothing else.")
    ] = False,
    units: Annotated[
        int, typer.Option("--units", metavar="N", min=0, max=500, help="Rows for subordinate units, at least.")
    ] = 10,
    output: Annotated[Path, typer.Option("--output", metavar="DIR", help="Folder for the workbooks.")] = Path(
        "workbook_templates"
    ),
    outbox: Annotated[
        Path, typer.Option("--outbox", metavar="DIR", help="Folder with last year's history; only read.")
    ] = Path("outbox"),
    force: ForceOption = False,
    rulebook: RulebookOption = None,
) -> None:
    """Write the blank workbook that departments fill, or with a roster one for each department.

    With a roster, name, code, office, subordinate units and, where the outbox's history has them, last year's closing
    figures are filled in and locked.
    """
    from perfbatch.history.record import HISTORY_NAME, prior_figures
    from perfbatch.outbox.unasked import hand_out
    from perfbatch.roster import read_roster
    from perfbatch.roster.blank import write_blank_roster
    from perfbatch.rulebook.load import load_rulebook
    from perfbatch.template import write_blank, write_prefilled

    loaded = load_rulebook(rulebook)
    if blank_roster and roster is not None:
        raise OperatorFault("--blank-roster", "does not go with --roster", "Give one of the two.")
    book = loaded.rulebook
    if blank_roster:
        paths = hand_out(output, lambda aside: [write_blank_roster(book, aside)], force=force)
    elif roster is None:
        paths = hand_out(output, lambda aside: [write_blank(book, aside, units=units)], force=force)
    else:
        known = read_roster(roster, book)
        prior = prior_figures(outbox / HISTORY_NAME, book)
        paths = hand_out(
            output, lambda aside: write_prefilled(book, known, aside, units=units, prior=prior), force=force
        )
    if len(paths) == 1:
        typer.echo(f"Wrote {paths[0]}")
    else:
        typer.echo(f"Wrote {len(paths)} workbooks to {output}")


@app.command()
def explain(
    budget_code: Annotated[str, typer.Argument(metavar="BUDGET_CODE", help="The department, e.g. 116001.")],
    origin: Annotated[
        str | None,
        typer.Argument(metavar="ID", help="An indicator's or a check's id, e.g. R14."),
    ] = None,
    inbox: InboxOption = Path("inbox"),
    roster: RosterOption = None,
    rulebook: RulebookOption = None,
    workers: WorkersOption = 0,
) -> None:
    """Say why a department's score is what it is: inputs, cells, rule, arithmetic; or what a check came to.

    ID is what the run report's findings have under `check`.
    """
    with _readers(workers) as readers:
        from perfbatch.batch import run_batch
        from perfbatch.roster import read_roster
        from perfbatch.rulebook.load import load_rulebook
        from perfbatch.terminal.check_trace import print_check_trace
        from perfbatch.terminal.department import print_scorecard, print_trace

        loaded = load_rulebook(rulebook)
        checks = [check.id for check in loaded.rulebook.checks]
        if origin is not None and origin not in (*loaded.rulebook.indicator_by_id, *checks):
            known_ids = ", ".join((*loaded.rulebook.indicator_by_id, *checks))
            raise OperatorFault(f"indicator {origin}", "not in the rulebook", f"Use one of {known_ids}.")
        known = read_roster(roster, loaded.rulebook) if roster else None
        _folder(inbox)
        night = run_batch(inbox, loaded, roster=known, workers=readers.workers, executor=readers)
    codes = [submission.budget_code for submission in night.frames.submissions]
    if budget_code not in codes:
        raise OperatorFault(
            f"budget code {budget_code}", f"no accepted workbook in {inbox} has it", "Check the code or the inbox."
        )
    department = codes.index(budget_code)
    if origin is None:
        print_scorecard(night, department)
    elif origin in checks:
        print_check_trace(night, department, origin)
    else:
        print_trace(night, department, origin)


@app.command("diff")
def diff_runs(
    run_a: Annotated[
        str | None,
        typer.Argument(metavar="RUN_A", help="The earlier run: its id, or the start of it; without, the last two."),
    ] = None,
    run_b: Annotated[str | None, typer.Argument(metavar="RUN_B", help="The later run, likewise.")] = None,
    outbox: OutboxOption = Path("outbox"),
) -> None:
    """Print what changed between two runs of the history: submissions, scores and ranks, findings.

    Without ids these are the latest run and the one of the same form and year before it.

    Exit codes: 0 told; 1 the history cannot be read; 2 usage, or no such run.
    """
    from perfbatch.history.changes import changes_between
    from perfbatch.history.choosing import chosen_runs
    from perfbatch.history.record import HISTORY_NAME, recorded_run
    from perfbatch.terminal.night import print_changes

    history = outbox / HISTORY_NAME
    earlier, later = (recorded_run(history, run_id) for run_id in chosen_runs(history, run_a, run_b))
    if earlier is None or later is None:
        raise BatchFault(f"{history}: changed while it was read. Run the command again.")
    print_changes(changes_between(earlier, later))


@app.command("history")
def list_history(outbox: OutboxOption = Path("outbox")) -> None:
    """Print the runs of the history, the latest first: id, begin, rulebook, departments, findings.

    Exit codes: 0 told; 1 the history cannot be read; 2 usage.
    """
    from perfbatch.history.record import HISTORY_NAME, listed_runs
    from perfbatch.terminal.night import print_history

    print_history(outbox / HISTORY_NAME, listed_runs(outbox / HISTORY_NAME))


@app.command()
def settings() -> None:
    """Print every option of every command, its value, and where that came from: the environment, perfbatch.toml, or default."""
    from perfbatch.terminal.settings import print_settings

    file = _settings_file()
    rows = [
        (command.name, f"--{setting.option.name}", setting.shown, setting.source)
        for command in _commands()
        for setting in settings_of(command, os.environ, file)
    ]
    print_settings(file.shown, rows)


@rulebook_app.command("show")
def rulebook_show(
    rule: Annotated[str | None, typer.Argument(metavar="ID", help="One indicator or check, e.g. R02.")] = None,
    resolved: Annotated[
        bool, typer.Option("--resolved", help="Print the whole rulebook as TOML, overlays laid over their bases.")
    ] = False,
    rulebook: RulebookOption = None,
) -> None:
    """Print the rules as text."""
    from perfbatch.rulebook.load import load_rulebook
    from perfbatch.rulebook.toml_text import rulebook_toml
    from perfbatch.terminal.rules import print_rulebook

    loaded = load_rulebook(rulebook)
    if resolved:
        if rule is not None:
            raise OperatorFault("--resolved", f"does not go with {rule}", "Give one of the two.")
        typer.echo(rulebook_toml(loaded.rulebook), nl=False)
    elif not print_rulebook(loaded, rule):
        raise OperatorFault(f"rule {rule}", "not in the rulebook", "Use an indicator id or a check's code, e.g. R02.")


@rulebook_app.command("lint")
def rulebook_lint(rulebook: RulebookOption = None) -> None:
    """Check the rulebook itself. Exit codes: 0 sound; 2 faults, a line each."""
    from perfbatch.rulebook.load import RulebookFault, load_rulebook

    try:
        loaded = load_rulebook(rulebook)
    except RulebookFault as fault:
        for line in fault.faults:
            _tell(line)
        raise typer.Exit(USAGE) from None
    typer.echo(
        f"{loaded.name}: {len(loaded.rulebook.indicators)} indicators, {len(loaded.rulebook.checks)} checks, no fault."
    )


@rulebook_app.command("new")
def rulebook_new(
    year: Annotated[int, typer.Option("--year", metavar="YEAR", min=2000, max=2100, help="The fiscal year.")],
    district: Annotated[str, typer.Option("--district", metavar="NAME", help="The district.")],
    issuer: Annotated[str, typer.Option("--issuer", metavar="NAME", help="The finance bureau that issues the form.")],
    deadline: Annotated[
        datetime, typer.Option("--deadline", metavar="DATE", formats=["%Y-%m-%d"], help="Last day to report.")
    ],
    extends: Annotated[
        str | None,
        typer.Option(
            "--extends",
            metavar="RULEBOOK",
            help="The rulebook of the year before: a file or id; yunxi-2020 unless given.",
        ),
    ] = None,
    identity: Annotated[
        str, typer.Option("--id", metavar="ID", help="The new rulebook's id; form and year unless given.")
    ] = "",
    output: Annotated[
        Path | None, typer.Option("--output", metavar="FILE", help="The file to write; the id with .toml unless given.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
) -> None:
    """Write a new year's rulebook: an overlay on the year before, which states only what is other."""
    from perfbatch.rulebook.load import BUILT_IN_ID
    from perfbatch.rulebook.new_year import NewYear, write_overlay

    new = NewYear(year, district, issuer, deadline.date(), extends or BUILT_IN_ID, identity)
    typer.echo(f"Wrote {write_overlay(new, output, force=force)}")


@rulebook_app.command("export")
def rulebook_export(
    output: Annotated[Path, typer.Option("--output", metavar="FILE", help="The workbook to write.")] = Path(
        "rulebook.xlsx"
    ),
    force: ForceOption = False,
    rulebook: RulebookOption = None,
) -> None:
    """Write the rules as a workbook: the scoring standard, the checks, the grades."""
    from perfbatch.outbox.unasked import hand_out_file
    from perfbatch.rulebook.load import load_rulebook
    from perfbatch.summary.standard import write_standard

    book = load_rulebook(rulebook).rulebook
    hand_out_file(output, lambda aside: write_standard(book, aside), force=force)
    typer.echo(f"Wrote {output}")


@contextlib.contextmanager
def _readers(workers: int, cluster: str | None = None) -> Iterator[IsolatedExecutor | ClusterExecutor]:
    """What reads the workbooks. The first process starts here and loads the reader while the caller loads all the rest:
    what is imported before is all that it has to wait for."""
    if cluster is not None:
        from perfbatch.intake.cluster import reading_cluster

        with reading_cluster(cluster) as readers:
            yield readers
        return
    from perfbatch.intake.readers import reading_processes
    from perfbatch.isolated.executor import WorkersUnavailable

    with reading_processes(workers or _cores()) as processes:
        try:
            processes.start_early()
        except WorkersUnavailable as error:
            raise BatchFault(f"Workbooks cannot be read: {error}. {_NO_THREADS}") from error
        yield processes


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _folder(inbox: Path) -> None:
    if not inbox.is_dir():
        raise OperatorFault(str(inbox), "is not a folder", "Name the folder of filled workbooks with --inbox.")


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command line and leave with its exit code; whatever the operator did wrong is told in one line."""
    # The system takes all memory back at once: nothing that is left needs to be looked through for cycles before.
    atexit.register(gc.freeze)
    # Nothing here multiplies matrices; a library that starts a thread for each core fails where no thread can be started.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # What we write must be ours to read tomorrow, whatever others may not.
    os.umask(os.umask(0o077) & 0o077)
    listen()
    with unfailing_streams() as outlet:
        code = _exit_code(sys.argv[1:] if arguments is None else arguments)
        sys.stdout.flush()
        if outlet is not None and outlet.fault is not None:
            consequence = "The night is published." if switched() else "Send it elsewhere."
            _tell(f"perfbatch: standard output: cannot be written to ({outlet.fault.strerror}). {consequence}")
            code = code if switched() else NOT_COMPLETED
    sys.exit(code)


def _exit_code(arguments: list[str]) -> int:
    sources: dict[str, str] = {}
    try:
        if arguments and not arguments[0].startswith("-"):
            arguments, sources = with_settings(arguments, _commands(), os.environ, _settings_file())
        code: object = app(arguments, prog_name="perfbatch", standalone_mode=False)
        return code if isinstance(code, int) else DONE
    except OperatorFault as fault:
        for each in fault.faults if isinstance(fault, OperatorFaults) else (fault,):
            _tell(f"perfbatch: {each}")
        return USAGE
    except BatchFault as fault:
        _tell(f"perfbatch: {fault}")
    except (Interrupted, KeyboardInterrupt, typer.Abort) as interruption:
        _tell(f"perfbatch: interrupted. {interruption}".rstrip())
    except _UsageError as error:
        message = error.format_message()  # type: ignore[attr-defined]
        path = error.ctx.command_path if error.ctx else "perfbatch"  # type: ignore[attr-defined]
        if message.startswith("Usage:"):
            # A command named without anything else: its help.
            typer.echo(message, err=True)
        else:
            stated = [f" (from {source})" for option, source in sources.items() if f"'{option}'" in message]
            _tell(f"{path}: {message.rstrip('.')}{''.join(stated)}. Try `{path} --help`.")
        return USAGE
    except Exception as error:
        if not switched():
            if isinstance(error, RuntimeError) and "can't start new thread" in str(error):
                _tell(f"perfbatch: {_NO_THREADS}")
                return NOT_COMPLETED
            raise
        import traceback

        traceback.print_exc()
        _tell("perfbatch: a fault of the program after the night was published. Please report it.")
    # Whatever failed after the outbox was replaced: to say that nothing was replaced would be a lie.
    return DONE if switched() else NOT_COMPLETED


def _commands() -> list[Command]:
    """Every command that does something, with its options."""
    root: Any = typer.main.get_command(app)
    leaves: list[tuple[str, Any]] = []
    for name, command in root.commands.items():
        below = getattr(command, "commands", {})
        leaves += [(f"{name} {inner}", leaf) for inner, leaf in below.items()] or [(name, command)]
    return [Command(name, tuple(_options(leaf))) for name, leaf in leaves]


def _options(command: Any) -> Iterator[Option]:
    for parameter in command.params:
        spelt = next((text for text in parameter.opts if text.startswith("--")), "")
        if spelt and spelt != "--help":
            default = "" if parameter.default in (None, False) else str(parameter.default)
            yield Option(spelt[2:], parameter.metavar or "", parameter.is_flag, parameter.multiple, default)


def _settings_file() -> SettingsFile:
    known = {command.name: frozenset(option.name for option in command.options) for command in _commands()}
    return read_settings_file(os.environ, known)


def _tell(fault: str) -> None:
    """One line to stderr, whatever a file is called."""
    from perfbatch.model.legible import cell_text

    typer.echo(cell_text(" ".join(fault.splitlines())), err=True)
