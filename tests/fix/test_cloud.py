#!/usr/bin/env python3
"""fix on the files of a cloud service: the start-up task goes in, and everything comes back byte for byte. Usage: test_cloud.py SIDELIGHT"""
import json
import os
import shutil
import subprocess
import sys
import tempfile

from told import end, tell

SHOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../cli/clouds/shop')


class Service:
    def __init__(self, program, folder):
        self.program, self.root = program, os.path.join(folder, 'shop')
        shutil.copytree(SHOP, self.root)
        for path, _, names in os.walk(self.root):
            for name in names:
                os.chmod(os.path.join(path, name), 0o644)
            os.chmod(path, 0o755)

    def run(self, *arguments):
        done = subprocess.run([self.program, *arguments], capture_output=True, stdin=subprocess.DEVNULL, check=False)
        done.text = done.stdout.decode(errors='replace') + done.stderr.decode(errors='replace')
        return done

    def fix(self, *arguments):
        return self.run('fix', '--cloud-service', self.root, *arguments)

    def tree(self):
        found = {}
        for folder, folders, names in os.walk(self.root):
            folders[:] = [f for f in folders if f != '.sidelight']
            for name in names:
                path = os.path.join(folder, name)
                st = os.stat(path)
                with open(path, 'rb') as f:
                    found[os.path.relpath(path, self.root)] = (f.read(), st.st_mode, st.st_mtime_ns)
        return found


def round_trip(s, name):
    before = s.tree()
    shown, plan = s.fix(), json.loads(s.fix('--format', 'json').stdout)
    diff = s.fix('--format', 'diff').text
    tell(shown.returncode == 2 and plan['exit'] == 2 and '+++ b/Site/ServiceDefinition.csdef' in diff and s.tree() == before,
         f'{name}: the diff is shown', shown.text)
    done = s.fix('--apply', '--plan', plan['plan'][:12])
    after = s.tree()
    new = {'Front/EnableKvaShadow.cmd', 'Site/EnableKvaShadow.cmd', 'Site/ServiceDefinition.csdef'}
    tell(done.returncode == 0 and {p for p in after if after[p] != before.get(p)} == new and b'EnableKvaShadow.cmd' in
         after['Site/ServiceDefinition.csdef'][0].replace(b'\0', b''), f'{name}: the plan that was shown is carried out', done.text, set(after))
    apart = os.path.join(os.path.dirname(s.root), 'apart')
    shutil.copytree(s.root, apart, ignore=shutil.ignore_patterns('.sidelight'))
    again = s.run('cloud-service', 'startup-task', '--write', os.path.join(apart, 'Site/ServiceDefinition.csdef'))
    shutil.rmtree(apart)
    tell('has the task already' in again.text, f'{name}: startup-task has nothing to add', again.text)
    verified = s.fix('--verify')
    tell(s.fix().returncode == 0 and verified.returncode == 0 and 'took effect' in verified.text, f'{name}: once', verified.text)
    record = os.path.join(s.root, '.sidelight/fix/1/record.json')
    with open(record, 'rb') as f:
        json.loads(f.read().decode())
    path = os.path.join(s.root, 'Site/ServiceDefinition.csdef')
    with open(path, 'ab') as f:
        f.write(b' ')
    refused = s.fix('--rollback')
    tell(refused.returncode == 70 and 'was changed since' in refused.text and s.fix('--verify').returncode == 2,
         f'{name}: a definition that was changed since stays', refused.text)
    with open(path, 'wb') as f:
        f.write(after['Site/ServiceDefinition.csdef'][0])
    back = s.fix('--rollback')
    tell(back.returncode == 0 and s.tree() == before, f'{name}: all comes back byte for byte', back.text)


def in_utf16(s):
    """As Visual Studio may have saved it."""
    path = os.path.join(s.root, 'Site/ServiceDefinition.csdef')
    with open(path, encoding='utf-8') as f:
        text = f.read().replace('encoding="utf-8"', 'encoding="utf-16"')
    with open(path, 'w', encoding='utf-16') as f:
        f.write(text)


def refusals(s, program, folder):
    inside = s.run('fix', '--cloud-service', os.path.join(s.root, 'Site'), '--apply', '--yes')
    tell(inside.returncode == 3 and 'outside of the folder' in ' '.join(inside.text.split()), 'a role that lies outside is not half changed',
         inside.text)
    empty = os.path.join(folder, 'empty')
    os.mkdir(empty)
    tell(s.run('fix', '--cloud-service', empty).returncode == 66, 'a folder without a definition')
    os.chmod(os.path.join(s.root, 'Front'), 0o777)
    before = s.tree()
    done = s.fix('--apply', '--yes')
    tell(done.returncode == 3 and s.tree() == before, 'a folder that others can write to is left alone', done.text)
    os.chmod(os.path.join(s.root, 'Front'), 0o755)
    for words in (('--root', '/'), ('--in-place',), ('--to', 'x')):
        tell(s.fix('--apply', '--yes', *words).returncode == 64, f'--cloud-service does not go with {words[0]}')


def main():
    program = os.path.abspath(sys.argv[-1])
    for name, change in (('UTF-8', None), ('UTF-16', in_utf16)):
        with tempfile.TemporaryDirectory(prefix='sidelight-cloud-') as folder:
            service = Service(program, folder)
            if change:
                change(service)
            round_trip(service, name)
            if not change:
                refusals(service, program, folder)
    return end()


sys.exit(main())
