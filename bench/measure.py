"""Measuring: commands run in turn, several rounds, medians; everything is told as a ratio to something well known."""

import pathlib
import re
import statistics
import subprocess


class Cost:
    """What one command costs: medians of the rounds."""

    def __init__(self, runs):
        self.wall, self.cpu, self.peak, self.faults = (statistics.median(run[i] for run in runs) for i in range(4))
        self.status = runs[-1][4]


class Bench:
    def __init__(self, source, folder):
        """Builds the two small helpers in `folder`, which also takes what the measurements leave."""
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        for name, flags in (("timed", ["-static"]), ("cpuid", [])):
            subprocess.run(["cc", "-O2", *flags, "-o", str(self.folder / name), str(source / f"{name}.c")], check=True)

    def once(self, command):
        line = subprocess.run([str(self.folder / "timed"), *command], check=True, text=True, capture_output=True).stdout
        wall, cpu, peak, faults, status = line.split()
        if int(status) >= 64:
            raise RuntimeError(f"{' '.join(command)} ended with status {status}: nothing was measured")
        return int(wall) / 1e6, int(cpu) / 1e6, int(peak) / 1024, int(faults), int(status)

    def costs(self, commands, rounds):
        """{name: Cost} for {name: command}: one run of each a round, so that all see the same weather. ms, ms, MiB."""
        runs = {name: [] for name in commands}
        for _ in range(rounds):
            for name, command in commands.items():
                runs[name].append(self.once(command))
        return {name: Cost(r) for name, r in runs.items()}

    def cpuid_ns(self):
        return float(subprocess.run([str(self.folder / "cpuid")], check=True, text=True, capture_output=True).stdout)

    def instructions(self, command):
        """Instructions of user code, counted by callgrind; None when valgrind is not there."""
        out = self.folder / "callgrind.out"
        try:
            done = subprocess.run(["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", *command],
                                  check=False, text=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        except FileNotFoundError:
            return None
        found = re.search(r"Collected : (\d+)", done.stderr)
        return int(found.group(1)) if found else None


def table(title, head, rows):
    """Prints a Markdown table."""
    print(f"\n### {title}\n")
    print("| " + " | ".join(head) + " |")
    print("|" + "|".join(" --- " if i == 0 else " ---: " for i in range(len(head))) + "|")
    for row in rows:
        print("| " + " | ".join(str(cell) for cell in row) + " |", flush=True)


def number(value, digits=3):
    """Three significant digits, thousands set apart."""
    if value is None:
        return "–"
    text = f"{value:.{digits}g}"
    return f"{float(text):,.0f}" if abs(value) >= 100 else text


def times(a, b):
    return f"{number(a / b)} ×"
