#!/usr/bin/env python3
"""Lets every system call and every allocation of each command fail in turn, and looks at what the command makes of it:
faults.py SIDELIGHT INJECT ALLOCATE [COMMAND...]; prints TAP.

Whatever fails: no crash and no hang; failures are told, with their exit code, and are never the input's fault (the inputs are sound);
what is told as a result is whole, and no verdict is safer than without the fault; files are the old ones or the new ones, and nothing
is left beside them. A sample of the faults is tried, or all of them with SIDELIGHT_FULL=1.

A command to come joins by a line in COMMANDS (or, when it needs files, in `prepare`).
"""
import concurrent.futures
import dataclasses
import errno
import gzip
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile

import kept

HERE = pathlib.Path(__file__).resolve().parent
TESTS = HERE.parent
FULL = os.environ.get("SIDELIGHT_FULL") == "1"
SAMPLE, FEW = 60, 4  # faults of each kind and command, and of the other commands
MANY = 2000  # allocations of those that fail at most, spread evenly, where all faults are tried
SECONDS = 60  # a command that takes longer hangs
CLEAN_CODES, FAILED, NO_INPUT = (0, 1, 2, 3), 70, 66
CLEAN = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
# A command that goes on with less says so.
TOLD = (b"left alone: ", b"; what rests on it is not planned", b" is not used, but what was built in")
STORES = ("store", "intake", "backup", "served")

# What is asked of each: "same": when it ends well its output is what it is without a fault; "verdicts": a JSON report; "unpacked": the
# same, by a confined library that may blame its input; "records": an
# evidence file; "file": the same, written to "report"; "store": a fleet's store, the old or the new one, "intake": or in between with
# nothing lost, and the same again completes it; "sent": what is told as kept is; "served": what is acknowledged is kept; "files": only
# files matter. Behind it the files that it may change.
COMMANDS = [
    ("check", ["check", "--format", "json"], "verdicts", []),
    ("check FILE", ["check", "--format", "json", "iron.host"], "same", []),
    ("check FILE as text", ["check", "iron.host", "web-17.host"], "same", []),
    ("check --host-evidence", ["check", "--format", "json", "--host-evidence", "web-host.host", "web-17.host"], "same", []),
    ("check a report", ["check", "--format", "json", "lscpu.json"], "same", []),
    ("check a folder", ["check", "--format", "json", "sosreport-example"], "verdicts", []),
    ("check an archive", ["check", "--format", "json", "report.tar.gz"], "unpacked", []),
    ("check --root", ["check", "--format", "json", "--root", "tree"], "verdicts", []),
    ("check --data", ["check", "--format", "json", "--data", "data", "iron.host"], "same", []),
    ("check -o", ["check", "--format", "csv", "-o", "report", "iron.host"], "same", ["report"]),
    ("collect -o", ["collect", "-o", "report"], "file", ["report"]),
    ("collect --root", ["collect", "--redact", "--root", "tree"], "records", []),
    ("explain", ["explain", "mds", "iron.host"], "same", []),
    ("explain --why-not", ["explain", "--why-not", "mds", "iron.host"], "same", []),
    ("advise", ["advise", "--as-of", "2026-01-01", "iron.host"], "same", []),
    ("diff", ["diff", "iron.host", "web-17.host"], "same", []),
    ("what-if", ["what-if", "--smt", "off", "iron.host"], "same", []),
    ("inventory", ["inventory", "--untrusted", "no", "--as-of", "2018-01-12", "lists/arm.json", "lists/az.json"], "same", []),
    ("startup-task --write", ["cloud-service", "startup-task", "--write", "shop/Site/ServiceDefinition.csdef"], "same", ["shop"]),
    ("lint", ["cloud-service", "lint", "--as-of", "2018-01-12", "--untrusted", "yes", "shop/Site"], "same", []),
    ("fleet status", ["fleet", "status", "--store", "store.db", "--format", "json"], "same", ["store.db"]),
    ("fleet export", ["fleet", "export", "--store", "store.db"], "same", ["store.db"]),
    ("list", ["list", "--facts", "--format", "json"], "same", []),
    ("guidance", ["guidance", "list"], "same", []),
]
OTHERS = [  # of these fewer faults are drawn
    ("check --format html", ["check", "--format", "html", "iron.host"], "same", []),
    ("check --format oscal", ["check", "--format", "oscal", "-o", "report", "iron.host"], "same", ["report"]),
    ("check --format csaf", ["check", "--format", "csaf", "iron.host"], "same", []),
    ("check --format junit", ["check", "--format", "junit", "--files-from", "names"], "same", []),
    ("check --imds", ["check", "--format", "json", "--root", "tree", "--imds", "URL/metadata"], "verdicts", []),
    ("advise --ticket", ["advise", "--ticket", "--as-of", "2026-01-01", "iron.host"], "same", []),
    ("explain registry", ["explain", "registry", "0x802048"], "same", []),
    ("guidance diff", ["guidance", "diff", "az-2018-01-12", "az-2018-08-14"], "same", []),
    ("fix", ["fix", "--root", "tree", "--format", "json"], "same", []),
    ("fix --policy", ["fix", "--policy", "policy.json", "iron.host"], "same", []),
    ("fix --emit", ["fix", "--emit", "ansible", "-o", "report", "--root", "tree"], "same", ["report"]),
    ("fix --cloud-service", ["fix", "--cloud-service", "shop"], "same", ["shop"]),
    ("fix --status", ["fix", "--status", "--root", "tree"], "same", []),
    ("data show", ["data", "show", "--store", "data-store"], "same", []),
    ("data verify", ["data", "verify", "--key", "one.pub", "newer.bundle"], "same", []),
    ("data update", ["data", "update", "--key", "one.pub", "--store", "data-store", "newer.bundle"], "same", ["data-store"]),
    ("data update --url", ["data", "update", "--key", "one.pub", "--store", "data-store", "--url", "URL/newer.bundle"], "same", ["data-store"]),
    ("fleet import", ["fleet", "import", "--store", "store.db", "more", "lists/az.json"], "intake", []),
    ("fleet import into a new store", ["fleet", "import", "--store", "new.db", "iron.host"], "intake", []),
    ("fleet rejudge", ["fleet", "rejudge", "--store", "store.db", "--data", "data"], "intake", []),
    ("fleet accept", ["fleet", "accept", "mds", "--reason", "none", "--until", "2099-01-01", "--who", "me", "--store", "store.db"], "store", []),
    ("fleet prune", ["fleet", "prune", "--older-than", "2099-01-01", "--store", "store.db"], "intake", []),
    ("fleet token", ["fleet", "token", "add", "other", "--store", "store.db"], "store", []),
    ("fleet token revoke", ["fleet", "token", "revoke", "web", "--store", "store.db"], "store", []),
    ("fleet token rotate", ["fleet", "token", "rotate", "web", "--store", "store.db"], "store", []),
    ("fleet token list", ["fleet", "token", "list", "--store", "store.db"], "same", ["store.db"]),
    ("fleet history", ["fleet", "history", "--store", "store.db"], "same", ["store.db"]),
    ("fleet audit", ["fleet", "audit", "--store", "store.db", "--format", "json"], "same", ["store.db"]),
    ("fleet diff", ["fleet", "diff", "web-17", "--store", "store.db"], "same", ["store.db"]),
    ("fleet restore", ["fleet", "restore", "saved.db", "--store", "store.db"], "store", []),
    ("fleet backup", ["fleet", "backup", "copy.db", "--store", "store.db"], "backup", []),
    ("fleet hosts", ["fleet", "hosts", "--store", "store.db", "--format", "json"], "same", ["store.db"]),
    ("fleet flaws", ["fleet", "flaws", "--store", "store.db"], "same", ["store.db"]),
    ("fleet resources", ["fleet", "resources", "--store", "store.db", "--format", "json"], "same", ["store.db"]),
    ("fleet show", ["fleet", "show", "iron", "--store", "store.db"], "same", ["store.db"]),
    ("fleet send", ["fleet", "send", "--to", "URL", "--tries", "1", "iron.host", "web-17.host"], "sent", []),
    ("fleet send this machine", ["fleet", "send", "--to", "URL", "--tries", "2", "--host", "live"], "sent", []),
    ("fleet serve", ["fleet", "serve", "--store", "store.db", "--listen", "127.0.0.1:0", "--insecure-no-tokens"], "served", []),
]
EXEMPT = {"help": "it prints one constant text, as `list` does", "fleet work": "needs a bus; workers are killed, and their bus and store lost, in tests/fleet"}

# x86-64; the others have no short form here.
NAMES = {0: "read", 1: "write", 3: "close", 5: "fstat", 8: "lseek", 9: "mmap", 10: "mprotect", 11: "munmap", 12: "brk", 13: "rt_sigaction",
         16: "ioctl", 17: "pread64", 63: "uname", 72: "fcntl", 74: "fsync", 82: "rename", 87: "unlink", 89: "readlink", 91: "fchmod",
         217: "getdents64", 231: "exit_group", 257: "openat", 262: "newfstatat", 263: "unlinkat", 264: "renameat", 318: "getrandom",
         436: "close_range", 437: "openat2"}
MEMORY = {9, 10, 11, 12, 25}  # brk and the mmap family: memory ends, nothing else
NEVER = {14, 15, 60, 202, 231, 334}  # those that inject.c spares
SHORT = {0, 1, 17, 45, 318}
CUT = {0, 1, 17}              # an interruption or a short transfer of these changes nothing
ABSENT = {436, 437}           # close_range and openat2: older kernels have none, and all works without
ERRORS = ["EIO", "ENOSPC", "EINTR", "EAGAIN", "ENOMEM"]


# The loader's, curl's and SQLite's own words for what failed in them: an interruption, or memory.
OTHERS_WORDS = (b": it takes lib", b": Could not resolve host", b"unable to open a temporary database file")


@dataclasses.dataclass
class Outcome:
    code: int
    out: bytes
    err: bytes
    files: dict
    arguments: tuple = ()
    rows: object = None   # of the store
    again: object = None  # of the store, after the same again without a fault
    sent: tuple = ()      # what the server on loopback was given
    before: object = None  # of the store, before anything
    copy: object = None   # of a backup
    copied: bool = False
    acknowledged: bool = False


def prepare(folder, sidelight):
    """The files that the commands read and write."""
    machines = TESTS / "cli" / "machines"
    for name in ("iron.host", "web-17.host", "web-host.host"):
        shutil.copy(machines / name, folder)
    shutil.copy(TESTS / "cli" / "other" / "lscpu.json", folder)
    for name, source in (("sosreport-example", "cli/other/sosreport-example"), ("data", "cli/data"), ("lists", "cli/clouds/lists"),
                         ("shop", "cli/clouds/shop")):
        shutil.copytree(TESTS / source, folder / name)
    with tarfile.open(folder / "report.tar.gz", "w:gz") as archive:
        archive.add(TESTS / "cli" / "other" / "sosreport-example", "sosreport-example")
    (folder / "report").write_text("the old report\n")
    kept.prepare_store(folder, sidelight)
    kept.prepare_bundle(folder, sidelight)
    (folder / "metadata").write_text('{"compute": {"provider": "Microsoft.Compute", "osType": "Linux", "vmSize": "Standard_D4s_v3", "vmScaleSetName": ""}}')
    (folder / "names").write_text("iron.host\nweb-17.host\n")
    (folder / "policy.json").write_text('{"accept": [{"flaw": "mds", "reason": "none", "who": "me", "until": "2099-01-01"}]}')
    tree = {"proc/cmdline": "ro quiet mds=off root=UUID=1\n", "proc/version": "Linux version 6.1.0-13-amd64 (x@y) (gcc-12) #1 SMP\n",
            "proc/sys/kernel/osrelease": "6.1.0-13-amd64\n", "etc/os-release": "ID=debian\nVERSION_ID=\"12\"\n",
            "proc/cpuinfo": "processor\t: 0\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 85\nstepping\t: 4\n"
                            "microcode\t: 0x2000065\nflags\t\t: fpu arch_capabilities md_clear\nbugs\t\t: cpu_meltdown mds\n",
            "var/log/dmesg": "[    0.1] MDS: Vulnerable\n" * 50, "sys/devices/system/cpu/online": "0\n",
            "boot/config-6.1.0-13-amd64": "CONFIG_RETPOLINE=y\n" * 400, "lib/modules/6.1.0-13-amd64/modules.dep": ""}
    for flaw, sentence in (("meltdown", "Mitigation: PTI"), ("mds", "Vulnerable; SMT vulnerable"), ("spectre_v1", "Vulnerable"),
                           ("spectre_v2", "Mitigation: Retpolines; STIBP: disabled"), ("srbds", "Not affected")):
        tree[f"sys/devices/system/cpu/vulnerabilities/{flaw}"] = sentence + "\n"
    for path, text in tree.items():
        (folder / "tree" / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / "tree" / path).write_text(text)
    (folder / "tree/proc/config.gz").write_bytes(gzip.compress(b"CONFIG_PAGE_TABLE_ISOLATION=y\n" * 400, mtime=0))


def contents(folder):
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file() or p.is_symlink()}


class Place:
    """A folder in which commands run; what they changed is put back."""

    def __init__(self, original):
        self.keep = tempfile.TemporaryDirectory(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None)
        self.original, self.folder, self.old = original, pathlib.Path(self.keep.name), contents(original)
        self.loopback = kept.Loopback(original)
        self.renew()
        self.rows = kept.rows(self.folder / "store.db")
        self.renew_stores()

    def renew(self):
        shutil.rmtree(self.folder)
        shutil.copytree(self.original, self.folder, symlinks=True)

    def renew_stores(self):
        for path in self.folder.glob("*.db*"):
            path.unlink()
        for path in self.original.glob("*.db*"):
            shutil.copy(path, self.folder)

    def done(self, command, environment):
        """(exit code, output, standard error) of a command; None when it hangs."""
        try:
            done = subprocess.run([word.replace("URL", self.loopback.url) for word in command], cwd=self.folder, stdin=subprocess.DEVNULL,
                                  capture_output=True, check=False, timeout=SECONDS, env={**CLEAN, **environment})
            return done.returncode, done.stdout, done.stderr
        except subprocess.TimeoutExpired:
            return None

    def run_store(self, command, plain, kind, environment):
        """The same of a command that changes a fleet's store (which is of a copy each time), and what became of the store."""
        acknowledged = False
        if kind == "served":
            *done, acknowledged = kept.serve(command, self.folder, {**CLEAN, **environment}, plain[0], 2 * SECONDS)
            done = None if done[0] is None else done
        else:
            done = self.done(command, environment)
        outcome, path = done and Outcome(*done, self.old, tuple(plain), acknowledged=acknowledged), self.folder / plain[plain.index("--store") + 1]
        if outcome:
            outcome.code = outcome.code if outcome.code >= 0 else 128 - outcome.code
            outcome.copied = (self.folder / "copy.db").exists()
            outcome.copy = kept.rows(self.folder / "copy.db")
            outcome.rows = kept.rows(path)
            if kind in ("store", "intake") and (outcome.code == FAILED or outcome.code >= NO_INPUT):
                again = self.done(plain, {})
                there = again and outcome.rows != self.rows and b"revoke it, or rotate it" in again[2]  # a token is
                outcome.again = kept.rows(path) if again and (again[0] in CLEAN_CODES or there) else f"the same again fails: {again}"
        self.renew_stores()
        return outcome

    def run(self, command, writes, plain=None, kind="", **environment):
        """Runs a command, which is `plain` with a fault; None when it hangs."""
        self.loopback.take()
        if kind in STORES:
            return self.run_store(command, plain, kind, environment)
        done = self.done(command, environment)
        if not done:
            return None
        files, sent = self.old, self.loopback.take()
        if writes or len(os.listdir(self.folder)) != len(os.listdir(self.original)):
            files = contents(self.folder)
            if files != self.old:
                self.renew()
        return Outcome(done[0] if done[0] >= 0 else 128 - done[0], *done[1:], files, tuple(command), sent=sent)


def safer(report, baseline):
    """Findings that say what the baseline does not, and not that it is unknown; or what is no report."""
    try:
        got = {f["id"]: f["status"] for f in json.loads(report)["findings"]}
    except ValueError:
        return "the report is not whole"
    want = {f["id"]: f["status"] for f in json.loads(baseline)["findings"]}
    if got.keys() != want.keys():
        return "the report lacks findings"
    wrong = [f"{flaw}: {status}, not {want[flaw]}" for flaw, status in got.items() if status not in (want[flaw], "unknown")]
    return "; ".join(wrong)


def timeless(out):
    """Without the second in which evidence was taken, or a report written."""
    out = re.sub(rb'[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}', b"UUID", out)
    return re.sub(rb'^-- meta captured .*\n|"captured":"[^"]*",|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)?', b"", out, flags=re.M)


def records(evidence):
    """The records of an evidence file: lists of kind and name."""
    return [line.split()[1:3] for line in evidence.decode(errors="replace").split("\n") if line.startswith("-- ")]


def not_evidence(evidence, baseline, live):
    """What is wrong with collected evidence: a failure is no absence, and it is whole."""
    got, want = records(evidence), records(baseline)
    more = [name for kind, name in got if kind == "absent" and ["absent", name] not in want and ["file", name] in want]
    if more and not live:
        return f"what could not be read is told as absent: {more[:2]}"
    if not evidence.startswith(b"# sidelight evidence 1\n") or not evidence.endswith(b"\n") or len(got) < len(want) // 3:
        return "the evidence is cut off"
    return ""


def result_wrong(kind, outcome, baseline):
    if kind == "same" and (timeless(outcome.out) != timeless(baseline.out) or outcome.code != baseline.code):
        told = any(words in outcome.out + outcome.err for words in TOLD)
        return "" if told else "it ended well, with another output"
    if kind in ("verdicts", "unpacked"):
        return safer(outcome.out, baseline.out)
    if kind == "records":
        return not_evidence(outcome.out, baseline.out, live=False)
    if kind == "file":
        return not_evidence(outcome.files["report"], baseline.files["report"], live=True)
    if kind == "sent":
        return kept.sent_wrong(outcome, baseline)
    return ""


def stores_wrong(kind, outcome, baseline):
    """What became of a fleet's store."""
    clean, old = outcome.code in CLEAN_CODES, baseline.before
    if kind == "served":
        return kept.served_wrong(outcome, old)
    if kind == "backup":
        return kept.backup_wrong(outcome, old, clean)
    return kept.store_wrong(outcome, old, baseline.rows, clean, kind == "intake") if kind in STORES else ""


def files_wrong(outcome, baseline, old, leftovers):
    """Each file is as it was, or as it is to be."""
    for path, now in outcome.files.items():
        if path.endswith(("-wal", "-shm")):  # SQLite's own: it reads or removes them when it opens the store again
            continue
        if now == old.get(path) or (leftovers and ".sidelight-" in path):
            continue
        if timeless(now) != timeless(baseline.files.get(path, b"")):
            if not any(words in now for words in TOLD):
                return f"{path} is neither the old one nor the new one"
    gone = [path for path in old if path not in outcome.files and path in baseline.files]
    return f"{gone[0]} is gone" if gone else ""


def wrong(kind, outcome, baseline, old, fault):
    """What is wrong with an outcome; empty: nothing. `fault` is the error's name ("EIO+": also of later calls, those that
    tell of it included), "short", or "allocation"; and the call."""
    error, call = fault
    if outcome is None:
        return "it hangs"
    if outcome.code >= 128:
        return f"killed by signal {outcome.code - 128}: {outcome.err[-300:]!r}"
    elif error == "ENOSYS+" and (timeless(outcome.out) != timeless(baseline.out) or outcome.code != baseline.code):
        problem = f"an older kernel makes a difference: {outcome.code} {outcome.err[-200:]!r}"
    elif outcome.code in CLEAN_CODES:
        problem = result_wrong(kind, outcome, baseline)
    elif (kind == "unpacked" and b"cannot be unpacked here: " in outcome.err) or (kind in ("unpacked", "intake") and outcome.err == b"out of memory\n"):
        problem = ""  # the loader's own words, which ends the program itself with 127: the library is loaded only now
    elif outcome.code == FAILED and any(words in outcome.err for words in OTHERS_WORDS):
        problem = ""
    elif outcome.code not in (FAILED, NO_INPUT) and not (kind == "unpacked" and b"cannot unpack" in outcome.err):
        problem = f"exit code {outcome.code}: {outcome.err[-200:]!r}"
    elif not outcome.err.startswith(b"sidelight: ") and not error.endswith("+"):
        problem = f"exit code {outcome.code}, and nothing is told: {outcome.err[-200:]!r}"
    elif outcome.code == NO_INPUT and error in ("ENOMEM", "allocation"):
        problem = f"no memory is the input's fault: {outcome.err[-200:]!r}"
    elif error == "allocation" and b"memory" not in outcome.err and b"ENOMEM" not in outcome.err:
        problem = f"no memory, and told as something else: {outcome.err[-200:]!r}"
    elif error in ("short", "EINTR") and call in CUT and kind != "served":  # its threads take turns, and the fault may have met another call
        problem = f"an interruption is told as a failure: {outcome.err[-200:]!r}"
    else:
        problem = ""
    if kind == "file" and outcome.code in CLEAN_CODES:
        outcome.files = {**outcome.files, "report": old["report"]}  # another live machine's, and looked at
    return problem or stores_wrong(kind, outcome, baseline) or files_wrong(outcome, baseline, old, leftovers=call in (87, 263))


def faults_of(calls):
    """(number, what, error's name, call) of each fault that a run's calls can have."""
    all_faults = []
    for number, call in enumerate(calls, 1):
        if call in NEVER:
            continue
        for name in ["ENOMEM"] if call in MEMORY else ERRORS:
            all_faults.append((number, str(getattr(errno, name)), name, call))
        if call in SHORT:
            all_faults.append((number, "short", "short", call))
        if call in ABSENT and call not in calls[:number - 1]:
            all_faults.append((f"k{call}", str(errno.ENOSYS), "ENOSYS+", call))
        if call in (1, 74):
            all_faults += [(number, f"{errno.ENOSPC}+", "ENOSPC+", call), (number, f"{errno.EIO}+", "EIO+", call)]
    return all_faults


def sample(faults, key, few):
    """One of each kind at least, and others drawn; or only a few."""
    if FULL or len(faults) <= (few or SAMPLE):
        return faults
    if few:
        return sorted(random.Random(5).sample(faults, few), key=str)
    kinds = {key(f): f for f in random.Random(3).sample(faults, len(faults))}
    rest = random.Random(4).sample(faults, max(0, min(SAMPLE - len(kinds), len(faults))))
    return sorted(set(kinds.values()) | set(rest), key=str)


def untried():
    """Commands and words of `fleet` that no fault meets and nobody exempts, and exempt ones that are none."""
    def table(name, macro):
        text = (TESTS.parent / "src" / "cli" / name).read_text().replace("\\\n", "")
        return [w.replace("_", "-") for w in re.findall(r"\bX\((\w+)\)", re.search(rf"#define {macro}\(X\)(.*)", text).group(1))]

    every = {*table("commands.h", "COMMANDS"), *(f"fleet {word}" for word in table("fleet.h", "FLEET_WORDS"))} - {"fleet"}
    tried = {" ".join(arguments[:2]) if arguments[0] == "fleet" else arguments[0] for _, arguments, *_ in COMMANDS + OTHERS}
    return [f"{name} meets no fault" for name in sorted(every - tried - set(EXEMPT))] + \
           [f"{name} is exempt without need" for name in sorted(set(EXEMPT) - (every - tried))]


class Trial:
    """All faults of one command."""

    def __init__(self, tools, places, pool, command):
        self.sidelight, self.inject, self.allocate = tools
        self.places, self.pool, self.few = places, pool, FEW if command in OTHERS else 0
        self.name, self.arguments, self.kind, self.writes = command

    def each(self, jobs):
        """Runs jobs in the places that are free; (job, outcome) in order."""
        def one(job):
            place = self.places.pop()
            try:
                return job, self.run(place, job[0], **job[1])
            finally:
                self.places.append(place)
        return self.pool.map(one, jobs)

    def run(self, place, command, **environment):
        return place.run(command, self.writes, [self.sidelight, *self.arguments], self.kind, **environment)

    def plain(self, place):
        return self.run(place, [self.sidelight, *self.arguments])

    def tell(self, what, count, tried, kind):
        """A TAP line and what was wrong."""
        problems, same, told, less = [], 0, 0, 0
        for (command, environment, fault), outcome in tried:
            problem = wrong(self.kind, outcome, self.baseline, self.old, fault[:2])
            if problem:
                problems.append(f"{fault[2]}: {problem}")
            elif outcome.code not in CLEAN_CODES:
                told += 1
            elif timeless(outcome.out) == timeless(self.baseline.out):
                same += 1
            else:
                less += 1
        total = same + told + less + len(problems)
        yield not problems, f"{self.name}: {count} {what}, {total} {kind}: {told} told, {same} without effect, {less} with less known"
        yield from problems

    def calls(self, place):
        with tempfile.NamedTemporaryFile("r") as report:
            counted = self.run(place, [self.inject, report.name, "0", "0", self.sidelight, *self.arguments])
            if counted.code == 99:
                return [(True, f"{self.name}: system calls # SKIP nothing may be traced here: {counted.err.decode()!r}")]
            numbers = [int(line) for line in report]
        chosen = sample(faults_of(numbers), lambda f: f[2:], self.few)
        jobs = [([self.inject, "/dev/null", str(n), what, self.sidelight, *self.arguments], {},
                 (name, call, f"{name} at call {n} ({NAMES.get(call, call)})")) for n, what, name, call in chosen]
        return self.tell("system calls", len(numbers), self.each(jobs), "faults")

    def allocations(self, place):
        with tempfile.NamedTemporaryFile("r") as report:
            self.run(place, [self.sidelight, *self.arguments], LD_PRELOAD=self.allocate, FAULTS_ALLOCATION="0", FAULTS_REPORT=report.name)
            count = int(report.read() or 0)
        step = -(-count // MANY) if self.few else 1
        chosen = sample(list(range(1, count + 1, step)), lambda n: n % (SAMPLE // 2), self.few)
        jobs = [([self.sidelight, *self.arguments], {"LD_PRELOAD": self.allocate, "FAULTS_ALLOCATION": str(n)},
                 ("allocation", 0, f"allocation {n}")) for n in chosen]
        return self.tell("allocations", count, self.each(jobs), "failed")

    def lines(self):
        place = self.places[0]
        self.old, self.baseline = place.old, self.plain(place)
        if self.baseline:
            self.baseline.before = kept.rows(place.folder / "store.db") if "new.db" not in self.arguments else {}
        if self.baseline.code not in CLEAN_CODES:
            yield [False, f"{self.name}: it works without a fault", f"{self.baseline.code} {self.baseline.err[-300:]!r}"]
            return
        yield list(self.calls(place))
        yield list(self.allocations(place))


def main(sidelight, inject, allocate, *wanted):
    tools = [str(pathlib.Path(p).resolve()) for p in (sidelight, inject, allocate)]
    missing = [] if wanted else untried()
    number, bad = (0, 0) if wanted else (1, bool(missing))
    if not wanted:
        print(f"{'not ok' if missing else 'ok'} 1 - each command and each word of fleet meets faults", *(f"# {m}" for m in missing), sep="\n", flush=True)
    with tempfile.TemporaryDirectory() as original, concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        prepare(pathlib.Path(original), tools[0])
        places = [Place(pathlib.Path(original)) for _ in range(os.cpu_count() + 1)]
        for command in COMMANDS + OTHERS:
            if (wanted and command[0] not in wanted) or not kept.possible(pathlib.Path(original), command[1]):
                continue
            for first, name, *problems in ([*head, *rest] if isinstance(head, tuple) else [head, *rest]
                                           for head, *rest in Trial(tools, places, pool, command).lines()):
                number += 1
                bad += not first
                print(f"{'ok' if first else 'not ok'} {number} - {name}", *(f"# {p[:1500]}" for p in problems[:12]), sep="\n", flush=True)
    print(f"1..{number}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
