#!/usr/bin/env python3
"""What people get who press TAB, in each shell, with the shells themselves. Usage: test_completion.py SIDELIGHT"""
import os
import pty
import select
import shutil
import subprocess
import sys
import tempfile
import time

PROGRAM = os.path.abspath(sys.argv[1])
# What is typed; what it is after TAB.
TYPED = (
    ('sidelight expl', 'sidelight explain'),
    ('sidelight explain meltd', 'sidelight explain meltdown'),
    ('sidelight check --only mds,meltd', 'sidelight check --only mds,meltdown'),
    ('sidelight check --only=mds,meltd', 'sidelight check --only=mds,meltdown'),
    ('sidelight check --format prom', 'sidelight check --format prometheus'),
    ('sidelight check --format=prom', 'sidelight check --format=prometheus'),
    ('sidelight check --files-f', 'sidelight check --files-from'),
    ('sidelight --files-f', 'sidelight --files-from'),
    ('sidelight advise --offering azure-linux-v', 'sidelight advise --offering azure-linux-vm'),
    ('sidelight guidance show az-2018-01-2', 'sidelight guidance show az-2018-01-22'),
    ('sidelight what-if --set cmdline.spec_store_bypass_dis', 'sidelight what-if --set cmdline.spec_store_bypass_disable='),
    ('sidelight what-if --set cmdline.spec_store_bypass_disable=seccom', 'sidelight what-if --set cmdline.spec_store_bypass_disable=seccomp'),
    ('sidelight check one-mach', 'sidelight check one-machine.host'),
    ('sidelight check --root a-fol', 'sidelight check --root a-folder/'),
    ('sidelight data upd', 'sidelight data update'),
)


class Shell:
    """An interactive shell on a terminal of its own."""
    def __init__(self, command, folder, env):
        self.pid, self.fd = pty.fork()
        self.seen = b''
        if self.pid == 0:
            os.chdir(folder)
            os.execvpe(command[0], command, env)

    def write(self, text):
        os.write(self.fd, text.encode())

    def up_to(self, mark, seconds=20):
        """What comes up to the mark; None when it does not come."""
        end = time.monotonic() + seconds
        while mark not in self.seen:
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.fd], [], [], left)[0]:
                return None
            try:
                self.seen += os.read(self.fd, 65536)
            except OSError:
                return None
        before, self.seen = self.seen.split(mark, 1)
        return before

    def close(self):
        os.close(self.fd)
        os.waitpid(self.pid, 0)


def shell_results(name, script, folder, env):
    """What became of the lines; None when the shell is not there."""
    if not shutil.which(name):
        return None
    if name == 'fish':
        got = []
        for line, _ in TYPED:
            done = subprocess.run(['fish', '--no-config', '-c', f'source {script}; complete -C "$LINE"'], env={**env, 'LINE': line}, cwd=folder,
                                  capture_output=True, text=True, check=False)
            words = [row.split('\t')[0] for row in done.stdout.splitlines()]
            got.append(line.rsplit(' ', 1)[0] + ' ' + words[0] if len(words) == 1 else f'{words} {done.stderr}')
        return got
    # The line is kept by the shell itself: a key prints it with marks, whatever the screen shows.
    if name == 'bash':
        start = f"PS1=; . {script}; show() {{ printf '\\n[%s]\\n' \"$READLINE_LINE\"; READLINE_LINE=; READLINE_POINT=0; }}; bind -x '\"\\C-o\": show'"
        shell = ['bash', '--norc', '--noprofile', '-i']
    else:
        start = (f"PS1=; autoload -Uz compinit; compinit -u -d {folder}/.dump; source {script}; show() {{ print; print -r -- \"[$BUFFER]\"; BUFFER=; "
                 "}; zle -N show; bindkey '^O' show")
        shell = ['zsh', '-f', '-i']
    talk, got = Shell(shell, folder, env), []
    talk.write(start + "\nprintf 'rea''dy\\n'\n")
    if talk.up_to(b'ready\r\n') is not None:
        for line, _ in TYPED:
            talk.write(line + '\t\x0f')
            after = talk.up_to(b']\r') if talk.up_to(b'\n[') is not None else None
            if after is None:
                break
            got.append(after.decode(errors='replace').rstrip(' '))
    talk.close()
    return got


def main():
    number, failed = 0, False
    with tempfile.TemporaryDirectory() as folder:
        os.mkdir(os.path.join(folder, 'bin'))
        os.mkdir(os.path.join(folder, 'a-folder'))
        os.symlink(PROGRAM, os.path.join(folder, 'bin', 'sidelight'))
        with open(os.path.join(folder, 'one-machine.host'), 'w', encoding='ascii'):
            pass
        env = {'PATH': os.path.join(folder, 'bin') + ':' + os.environ['PATH'], 'HOME': folder, 'TERM': 'xterm', 'LANG': 'C.UTF-8'}
        for shell in ('bash', 'zsh', 'fish'):
            script = os.path.join(folder, shell + '.completion')
            with open(script, 'w', encoding='utf-8') as f:
                subprocess.run([PROGRAM, 'help', '--completion', shell], stdout=f, check=True)
            got = shell_results(shell, script, folder, env)
            if got is None:
                print(f'ok {number + 1} - completion in {shell} # SKIP {shell} is not installed')
                number += 1
                continue
            check = {'bash': ['bash', '-n'], 'zsh': ['zsh', '-n'], 'fish': ['fish', '--no-execute']}[shell]
            number += 1
            good = subprocess.run([*check, script], check=False).returncode == 0
            print(f'{"ok" if good else "not ok"} {number} - {shell} finds no fault in the script')
            failed = failed or not good
            for n, (line, want) in enumerate(TYPED):
                number += 1
                is_got = got[n] if n < len(got) else 'nothing came'
                good = is_got == want
                print(f'{"ok" if good else "not ok"} {number} - {shell}: {line}')
                if not good:
                    failed = True
                    print(f'# expected {want!r}, got {is_got!r}')
    print(f'1..{number}')
    return 1 if failed else 0


sys.exit(main())
