#!/usr/bin/env python3
"""Runs fuzz targets one after the other and tells what each reached: campaign.py BUILD_FOLDER SECONDS [TARGET...]

The seconds are shared out in turns, so that a campaign that is stopped has been everywhere. BUILD_FOLDER/reached.json keeps the sums of
all campaigns (docs/fuzzing.md is made of it: campaign.py BUILD_FOLDER --markdown); new inputs are kept in BUILD_FOLDER/corpus.
"""
import json
import pathlib
import re
import resource
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
TURN = 150  # seconds
COLUMNS = ("target", "runs", "a second of processor time", "edges", "slowest", "memory", "failures")
LIMITS = ["-timeout=20", "-rss_limit_mb=1024", "-max_len=8192", "-print_final_stats=1", "-verbosity=1"]


def number(pattern, text):
    found = re.findall(pattern, text)
    return int(found[-1]) if found else 0


def turn(build, target, seconds):
    """One run of a target; what it reached."""
    corpus = build / "corpus" / target
    corpus.mkdir(parents=True, exist_ok=True)
    command = [str(build / "tests" / "fuzz" / f"fuzz_{target}"), f"-max_total_time={seconds}", *LIMITS, f"-artifact_prefix={build}/{target}-",
               str(corpus), str(HERE / "corpus" / target)]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", check=False)
    after, text = resource.getrusage(resource.RUSAGE_CHILDREN), done.stderr
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    kept = re.search(r"Test unit written to (\S+)", text)
    return {"runs": number(r"stat::number_of_executed_units: (\d+)", text), "cpu": cpu,
            "edges": number(r"cov: (\d+)", text), "slowest": number(r"stat::slowest_unit_time_sec: +(\d+)", text),
            "memory": number(r"stat::peak_rss_mb: +(\d+)", text),
            "failures": [kept.group(1) if kept else text[-300:]] if done.returncode else []}


def add(sums, more):
    return {"runs": sums["runs"] + more["runs"], "cpu": sums["cpu"] + more["cpu"], "failures": sums["failures"] + more["failures"],
            **{key: max(sums[key], more[key]) for key in ("edges", "slowest", "memory")}}


NOTHING = {"runs": 0, "cpu": 0, "edges": 0, "slowest": 0, "memory": 0, "failures": []}


def rows(reached):
    for target, r in sorted(reached.items()):
        yield (target, f"{r['runs']:,}", f"{r['runs'] / max(r['cpu'], 1):,.0f}", f"{r['edges']:,}", f"{r['slowest']} s",
               f"{r['memory']} MB", str(len(r["failures"])))
    yield ("all", f"{sum(r['runs'] for r in reached.values()):,}", "", "", "", "", str(sum(len(r["failures"]) for r in reached.values())))


def table(reached):
    lines = [COLUMNS, *rows(reached)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(COLUMNS))]
    return "\n".join("  ".join(cell.ljust(w) if i == 0 else cell.rjust(w) for i, (cell, w) in enumerate(zip(line, widths))) for line in lines)


def markdown(reached):
    lines = [COLUMNS, ("---",) + ("---:",) * (len(COLUMNS) - 1), *rows(reached)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def main(build, seconds, *targets):
    build = pathlib.Path(build).resolve()
    file = build / "reached.json"
    reached = json.loads(file.read_text()) if file.exists() else {}
    if seconds == "--markdown":
        print(markdown(reached))
        return 0
    targets = targets or sorted(p.name[5:-2] for p in HERE.glob("fuzz_*.c"))
    now, left = {}, int(seconds)
    share = max(1, min(TURN, left // len(targets)))
    while left >= share:
        for target in targets:
            if left < share or now.get(target, NOTHING)["failures"]:
                continue
            more = turn(build, target, share)
            left -= share
            now[target] = add(now.get(target, NOTHING), more)
            reached[target] = add(reached.get(target, NOTHING), more)
            file.write_text(json.dumps(reached, indent=1))
        if all(now[t]["failures"] for t in targets):
            break
    print(table(now))
    failures = [f for r in now.values() for f in r["failures"]]
    for failure in failures:
        print(f"FAILED {failure}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
