"""What is dear and seldom tells anything new is tried in parts, a part at each commit in turn; all of it with SIDELIGHT_FULL=1."""
import os
import subprocess
import time

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), '..'))


def full():
    return os.environ.get('SIDELIGHT_FULL') == '1'


def git(*words):
    done = subprocess.run(['git', '-c', 'safe.directory=*', *words], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False)
    return done.stdout if done.returncode == 0 else ''


def turn(parts):
    """Whose turn it is, 0 to parts - 1: by the number of commits, so that each comes within that many; without git by the day."""
    return int(git('rev-list', '--count', 'HEAD') or time.time() // 86400) % parts


def part(things, parts):
    """Those of a list whose turn it is."""
    return things if full() else things[turn(parts)::parts]


def touched(commits=15):
    """Files that the last commits changed, or that are not committed yet; None: nobody knows."""
    since = git('rev-parse', '--verify', '--quiet', f'HEAD~{commits}').strip()
    return set(git('diff', '--name-only', since).split() + git('ls-files', '-o', '--exclude-standard').split()) if since else None
