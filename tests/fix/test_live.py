#!/usr/bin/env python3
"""fix on the running machine, of which what it looks at and changes is replaced in a mount namespace: the kernel's files, /etc, /boot,
and the distribution's tool. So values of the running kernel, programs and their results are done and taken back for real.

Usage: test_live.py SIDELIGHT; needs root"""
import json
import os
import shutil
import subprocess
import sys
import tempfile

import jsonschema
import yaml

import roots
from table import DEBIAN, GRUB, SKYLAKE, BPF
from told import end, tell

THOROUGH = os.environ.get('SIDELIGHT_FULL')  # a playbook takes seconds
SYSFS = '/sys/devices/system/cpu/vulnerabilities'
UPDATE = '''#!/bin/sh
set -e
[ ! -e /etc/update-grub-fails ] || { echo "grub-script-check: syntax error" >&2; exit 1; }
. /etc/default/grub
echo "menuentry 'Debian' { linux /boot/vmlinuz root=/dev/vda1 ro $GRUB_CMDLINE_LINUX $GRUB_CMDLINE_LINUX_DEFAULT
}" > /boot/grub/grub.cfg.new
cat /boot/grub/grub.cfg.new > /boot/grub/grub.cfg
rm /boot/grub/grub.cfg.new
'''


def mount(source, target):
    subprocess.run(['mount', '--bind', source, target], check=True)


def build(tree):
    """A tree whose folders are mounted over this machine's."""
    files = {**DEBIAN, '/etc/default/grub': GRUB, '/boot/grub/grub.cfg': ('linux /boot/vmlinuz ro quiet mitigations=off\n', 0o444),
             '/boot/vmlinuz-6.1.0-56': 'x', '/etc/fstab': '', '/usr/local/sbin/update-grub': (UPDATE, 0o755), '/etc/sysctl.d/README': '',
             '/proc/sys/kernel/unprivileged_bpf_disabled': '2\n'}  # whatever the processor is open to
    roots.make(tree, SKYLAKE, files, 'BOOT_IMAGE=/boot/vmlinuz root=/dev/vda1 ro quiet mitigations=off')
    roots.write(tree, SYSFS + '/spectre_v2', BPF[SYSFS + '/spectre_v2'])
    os.makedirs(tree + '/var/lib', exist_ok=True)
    for path in ('/etc', '/boot', '/usr/local/sbin', '/var/lib', SYSFS, '/proc/cmdline', '/proc/sys/kernel/unprivileged_bpf_disabled'):
        mount(tree + path, path)


def fix(program, *words):
    return subprocess.run([program, 'fix', *words], env={'PATH': os.environ['PATH'], 'LANG': 'C.UTF-8', 'COLUMNS': '100'},
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, timeout=120)


def read(path):
    with open(path, encoding='utf-8') as f:
        return f.read()


def odd(before, tree):
    """What differs; a value that was written has another time, as it has in /proc."""
    after = roots.snapshot(tree)
    return [k for k in before.keys() | after.keys()
            if before.get(k) != after.get(k) and not (k.startswith('/proc') and before[k][4].strip() == after[k][4].strip())]


def applied(program):
    done = fix(program, '--apply', '--yes')
    tell(done.returncode == 3 and 'left alone: the kernel\'s package' in done.stdout and 'done: Keep the mitigations on' in done.stdout,
         'applied; what was left alone is told, and the exit code shows it', done.stdout)
    tell('mitigations' not in read('/etc/default/grub'), 'the source is edited', read('/etc/default/grub'))
    tell('mitigations' not in read('/boot/grub/grub.cfg'), 'the tool wrote the result anew', read('/boot/grub/grub.cfg'))
    verify = fix(program, '--verify')
    tell(verify.returncode == 3 and 'waits for a restart' in verify.stdout, 'it waits for the restart', verify.stdout)
    check = subprocess.run([program, 'check'], capture_output=True, text=True, check=False)
    tell('waits for a restart' in check.stdout, 'check says so, too', check.stdout)
    next_start(program)


def status(program, command='fix'):
    """The exit code, and what became of the one step that is applied, from JSON that is as published."""
    words = ('--verify', '--format', 'json') if command == 'fix' else ('--format', 'json')
    done = subprocess.run([program, command, *words], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    got = json.loads(done.stdout)
    with open(os.path.join(roots.HERE, '..', '..', 'docs', 'fix.schema.json' if command == 'fix' else 'report.schema.json'), encoding='utf-8') as f:
        wrong = list(jsonschema.Draft202012Validator(json.load(f)).iter_errors(got))
    tell(not wrong, f'{command}: the JSON is as published', *wrong)
    if command == 'fix':
        tell(got['verified'] == done.returncode, 'fix: the exit code stands in it', got)
    steps = got['host'].get('applied', []) if command == 'check' else [s for one in got['applied'] for s in one['steps']]
    return done.returncode, steps[0]['took'] if steps else None, (steps[0]['why'] or '') if steps else ''


def next_start(program):
    """What the boot loader starts next decides: another entry, or the word that came back."""
    original = read('/boot/grub/grub.cfg')
    tell(status(program)[:2] == (3, 'waits'), 'the next start has it')
    with open('/boot/grub/grub.cfg', 'w', encoding='utf-8') as f:
        f.write("menuentry 'Fast' { linux /boot/vmlinuz ro mitigations=off\n}\n" + original)
    code, took, why = status(program)
    tell((code, took) == (2, 'will-not-take-effect') and "'Fast'" in why and 'still has mitigations=off' in why, 'the next start will not use it', why)
    code, took, why = status(program, 'check')
    tell((code, took) == (2, 'will-not-take-effect') and "'Fast'" in why, 'check says so, too', why)
    with open('/boot/grub/grub.cfg', 'w', encoding='utf-8') as f:
        f.write(original + "menuentry 'Fast' { linux /boot/vmlinuz ro mitigations=off\n}\n")
    tell(status(program)[:2] == (3, 'waits'), 'an entry that does not start next decides nothing')
    roots.write('', '/boot/grub/custom.cfg', 'set default=Fast\n')
    with open('/boot/grub/grub.cfg', 'a', encoding='utf-8') as f:
        f.write('source $prefix/custom.cfg\n')
    code, took, why = status(program)
    tell((code, took) == (3, 'waits') and 'custom.cfg may choose another entry' in why, 'a file of one\'s own that chooses is told', why)
    os.unlink('/boot/grub/custom.cfg')
    os.utime('/boot/grub', ns=(1_700_000_000_000_000_000,) * 2)
    with open('/boot/grub/grub.cfg', 'w', encoding='utf-8') as f:
        f.write(original)


def restarted(program, tree):
    """As after a restart: another boot, and a kernel with the line, or without it."""
    fix(program, '--apply', '--yes')
    line, boot = read('/proc/cmdline'), tree + '/boot_id'
    roots.write('', boot, 'another-start\n')
    mount(boot, '/proc/sys/kernel/random/boot_id')
    code, took, why = status(program)
    tell((code, took) == (2, 'did-not-take-effect') and 'this start used another entry' in why, 'after a start with another entry it did not take effect', why)
    code, took, why = status(program, 'check')
    tell((code, took) == (2, 'did-not-take-effect'), 'check says so, too', why)
    said = subprocess.run([program, 'check'], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False).stdout
    tell('1 step that fix applied here did not take effect' in ' '.join(said.split()), 'in words', said)
    roots.write(tree, '/proc/cmdline', line.replace(' mitigations=off', ''))
    tell(status(program)[:2] == (0, 'took-effect'), 'after the right start it took effect')
    said = subprocess.run([program, 'check'], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    tell('took effect' in said.stdout and status(program, 'check')[1] == 'took-effect', 'check says so, too', said.stdout)
    roots.write(tree, '/proc/cmdline', line)
    subprocess.run(['umount', '/proc/sys/kernel/random/boot_id'], check=True)
    os.unlink(boot)


def back(program, tree, before):
    done = fix(program, '--rollback')
    tell(done.returncode == 0 and not odd(before, tree), 'taken back to the byte, the result as well', done.stdout, odd(before, tree))


def changed_since(program, tree, before):
    fix(program, '--apply', '--yes')
    original = read('/etc/default/grub')
    with open('/etc/default/grub', 'a', encoding='utf-8') as f:
        f.write('# mine\n')
    now = roots.snapshot(tree)
    done = fix(program, '--rollback')
    tell(done.returncode == 70 and 'was changed since' in done.stdout and roots.snapshot(tree) == now, 'a file that was changed since is not touched',
         done.stdout)
    with open('/etc/default/grub', 'w', encoding='utf-8') as f:
        f.write(original)
    back(program, tree, before)


def new_kernel(program, tree, before):
    """The old grub.cfg would not know the new kernel: it is generated, not restored."""
    fix(program, '--apply', '--yes')
    roots.write('', '/boot/vmlinuz-6.1.0-57', 'y')
    done = fix(program, '--rollback')
    tell('generated again' in done.stdout and read('/etc/default/grub') == GRUB and 'mitigations=off' in read('/boot/grub/grub.cfg'),
         'with another kernel the result is generated anew', done.stdout)
    os.unlink('/boot/vmlinuz-6.1.0-57')
    roots.write('', '/boot/grub/grub.cfg', before['/boot/grub/grub.cfg'][4], 0o444)
    os.utime('/boot', ns=(1_700_000_000_000_000_000,) * 2)
    os.utime('/boot/grub', ns=(1_700_000_000_000_000_000,) * 2)


def tool_fails(program, tree):
    roots.write('', '/etc/update-grub-fails', '')
    before = roots.snapshot(tree)
    done = fix(program, '--apply', '--yes')
    tell(done.returncode == 70 and 'syntax error; what was changed is taken back' in done.stdout and not odd(before, tree), 'where the tool fails, all is taken back',
         done.stdout, odd(before, tree))
    os.unlink('/etc/update-grub-fails')


def limits(program, tree, before):
    """What cannot be done is refused with the reason before anything is; what is half done never counts as done."""
    others = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups']
    said = subprocess.run([*others, program, 'check'], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    tell(not said.stderr and 'run this as root' in ' '.join(said.stdout.split()), 'another user can check as before, and is told what root alone sees',
         said.stderr, said.stdout)
    subprocess.run(['mount', '-o', 'remount,bind,ro', '/boot'], check=True)
    done = fix(program, '--apply', '--yes')
    tell(done.returncode == 3 and '/boot/grub/grub.cfg: its file system is read-only' in done.stdout, 'a boot partition that cannot be written is refused',
         done.stdout)
    subprocess.run(['mount', '-o', 'remount,bind,rw', '/boot'], check=True)
    os.rename('/usr/local/sbin/update-grub', '/usr/local/sbin/elsewhere')
    done = fix(program, '--apply', '--yes')
    tell(shutil.which('update-grub') or (done.returncode == 3 and 'update-grub: it is not installed' in done.stdout), 'a tool that is missing is told before',
         done.stdout)
    os.rename('/usr/local/sbin/elsewhere', '/usr/local/sbin/update-grub')
    done = fix(program, '--apply', '--plan', 'abcdef')
    tell(done.returncode == 64 and 'at least 12 digits' in done.stdout, 'a number that is too short is told as that', done.stdout)
    roots.write('', '/usr/local/sbin/update-grub', '#!/bin/sh\nkill -9 $PPID\n', 0o755)
    killed = fix(program, '--apply', '--yes')
    roots.write('', '/usr/local/sbin/update-grub', UPDATE, 0o755)
    verify, plan, emit, taken = (fix(program, *words) for words in (('--verify',), (), ('--emit', 'shell'), ('--rollback',)))
    tell(killed.returncode == -9 and verify.returncode == 2 and 'interrupted' in verify.stdout, 'what was interrupted is not verified', verify.stdout)
    tell(all(one.returncode == 70 and 'was interrupted' in one.stdout for one in (plan, emit)), 'nothing is planned on it', plan.stdout, emit.stdout)
    os.utime('/usr/local/sbin', ns=(1_700_000_000_000_000_000,) * 2)
    tell(taken.returncode == 0 and not odd(before, tree), 'and it is taken back', taken.stdout, odd(before, tree))


def second_instance(program):
    import fcntl
    with open('/var/lib/sidelight/fix/lock', 'rb') as f:
        fcntl.flock(f, fcntl.LOCK_EX)
        done = fix(program, '--apply', '--yes')
        tell(done.returncode == 70 and 'another sidelight' in done.stdout, 'a second one at the same time is refused', done.stdout)


def value(program, tree):
    """A sysctl: now and at the next start, without a restart."""
    write = lambda path, text: roots.write(tree, path, text)
    write('/proc/cmdline', 'BOOT_IMAGE=/boot/vmlinuz root=/dev/vda1 ro quiet\n')
    write('/etc/default/grub', GRUB.replace(' mitigations=off', ''))
    write('/boot/grub/grub.cfg', 'linux /boot/vmlinuz root=/dev/vda1 ro quiet\n')
    write('/proc/sys/kernel/unprivileged_bpf_disabled', '0\n')
    before = roots.snapshot(tree)
    for word, execute in renderers().items():
        text = fix(program, '--emit', word).stdout
        done = [execute(text), execute(text)]
        tell(read('/proc/sys/kernel/unprivileged_bpf_disabled').strip() == '2' and [one.returncode for one in done] == [0, 0],
             f'{word} sets the sysctl now, and a second time it holds already', text, *(one.stdout for one in done))
        os.unlink('/etc/sysctl.d/zz-sidelight.conf')
        write('/proc/sys/kernel/unprivileged_bpf_disabled', '1\n')
        refused = execute(text) if word == 'shell' or THOROUGH else None
        tell(not refused or (refused.returncode != 0 and not os.path.exists('/etc/sysctl.d/zz-sidelight.conf')), f'{word}: another value is refused',
             refused and refused.stdout)
        os.utime('/var/lib', ns=(1_700_000_000_000_000_000,) * 2)
        write('/proc/sys/kernel/unprivileged_bpf_disabled', '0\n')
        os.utime('/etc/sysctl.d', ns=(1_700_000_000_000_000_000,) * 2)
    done = fix(program, '--apply', '--yes')
    tell(read('/proc/sys/kernel/unprivileged_bpf_disabled').strip() == '2', 'the sysctl holds now', done.stdout)
    tell(os.path.exists('/etc/sysctl.d/zz-sidelight.conf'), 'and at the next start', done.stdout)
    verify = fix(program, '--verify')
    tell(verify.returncode == 0 and 'took effect' in verify.stdout, 'it took effect', verify.stdout)
    roots.write(tree, '/proc/sys/kernel/unprivileged_bpf_disabled', '0\n')
    verify = fix(program, '--status')
    tell('is 0, not 2' in verify.stdout, 'what does not hold is told', verify.stdout)
    roots.write(tree, '/proc/sys/kernel/unprivileged_bpf_disabled', '2\n')
    back(program, tree, before)
    tell(read('/proc/sys/kernel/unprivileged_bpf_disabled').strip() == '0', 'the value, too')
    write('/etc/default/grub', GRUB)
    write('/proc/cmdline', 'BOOT_IMAGE=/boot/vmlinuz root=/dev/vda1 ro quiet mitigations=off\n')
    write('/proc/sys/kernel/unprivileged_bpf_disabled', '2\n')


def contents(tree):
    """Modes and bytes; what is kept of the way back is not part of it."""
    return {path: (seen[0], seen[4]) for path, seen in roots.snapshot(tree).items()}


def renewed(program, tree, before):
    fix(program, '--rollback')
    for path in EACH:
        roots.write('', path, before[path][4], before[path][0] & 0o7777)


def sh(text):
    return subprocess.run(['sh'], input=text, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)


def cloud_init(text):
    """cloud-init itself writes the file and makes the script of runcmd; where it is not installed its work is done here."""
    tool, script = shutil.which('cloud-init'), '/run/sidelight-fix.sh'
    content = yaml.safe_load(text)['write_files'][0]['content']
    if not tool or (os.path.exists(script) and read(script) == content):  # once is enough: it takes seconds
        return sh(content)
    with tempfile.NamedTemporaryFile('w', suffix='.yml', encoding='utf-8') as f:
        f.write(text)
        f.flush()
        done = subprocess.run([tool, 'schema', '-c', f.name], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        for module in ('write_files', 'runcmd') if done.returncode == 0 else ():
            done = subprocess.run([tool, '-f', f.name, 'single', '--name', module, '--frequency', 'always'], stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, text=True, check=False)
    shutil.rmtree('/var/lib/cloud', ignore_errors=True)  # its own notes
    tell(done.returncode == 0 and read(script) == content, 'cloud-init takes its user data, and writes the script', done.stdout)
    return done if done.returncode or not os.path.exists(script) else subprocess.run(['sh', script], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                                                                     text=True, check=False)


def azure(text):
    """As Azure's agent does: the lines in a file, which a shell runs."""
    request = json.loads(text)
    assert request['commandId'] == 'RunShellScript'
    with tempfile.NamedTemporaryFile('w', suffix='.sh', encoding='utf-8') as f:
        f.write('\n'.join(request['script']))
        f.flush()
        return subprocess.run(['sh', f.name], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)


def ansible(text):
    tool = shutil.which('ansible-playbook')
    with tempfile.NamedTemporaryFile('w', suffix='.yml', encoding='utf-8') as f:
        f.write(text)
        f.flush()
        return subprocess.run([tool, '-i', 'localhost,', '-c', 'local', '-e', 'ansible_become=false', f.name], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, check=False,
                              env={**os.environ, 'ANSIBLE_LOCALHOST_WARNING': '0', 'ANSIBLE_PIPELINING': '1', 'ANSIBLE_PYTHON_INTERPRETER': sys.executable,
                                   'HOME': '/tmp', 'LC_ALL': 'C.UTF-8'})


def renderers():
    if not shutil.which('ansible-playbook'):
        tell(True, 'ansible # SKIP ansible-core is not installed')
    return {'shell': sh, 'cloud-init': cloud_init, 'azure-run-command': azure, **({'ansible': ansible} if shutil.which('ansible-playbook') else {})}


ODD = "/etc/default/grub.d/50 it's {{größe}} $x.cfg"
EACH = ('/etc/default/grub', '/boot/grub/grub.cfg', ODD)


def odd_files():
    """Bytes that are no UTF-8, line ends, names that a shell or a template would read."""
    roots.write('', '/etc/default/grub', b'# caf\xe9\r\n' + GRUB.encode())
    roots.write('', ODD, 'GRUB_CMDLINE_LINUX="$GRUB_CMDLINE_LINUX nopti mitigations=off"', 0o640)


def a_link(word, execute, text):
    os.rename('/etc/default/grub', '/etc/default/real')
    os.symlink('real', '/etc/default/grub')
    done = execute(text)
    tell(done.returncode != 0 and os.path.islink('/etc/default/grub'), f'{word}: a link is refused', done.stdout)
    os.rename('/etc/default/real', '/etc/default/grub')


def renderings(program, tree, before):
    """Each rendering leaves the files as --apply does; a second run changes nothing; one that failed is completed by the next; another
    file is refused."""
    odd_files()
    before = roots.snapshot(tree)
    mine = before['/etc/default/grub'][4] + b'# mine\n'
    fix(program, '--apply', '--yes')
    applied_files = contents(tree)
    renewed(program, tree, before)
    for word, execute in renderers().items():
        text = fix(program, '--emit', word).stdout
        done = execute(text)
        tell(done.returncode == 0 and contents(tree) == applied_files, f'{word} leaves the files as --apply does', done.stdout, text)
        times = [os.stat(path).st_mtime_ns for path in EACH]
        done = execute(text)
        tell(done.returncode == 0 and [os.stat(path).st_mtime_ns for path in EACH] == times and
             ('changed=0' in done.stdout or word != 'ansible'), f'{word}: a second run changes nothing', done.stdout)
        renewed(program, tree, before)
        roots.write('', '/etc/update-grub-fails', '')
        failed = execute(text)
        half = read('/boot/grub/grub.cfg')
        os.unlink('/etc/update-grub-fails')
        done = execute(text)
        tell(failed.returncode != 0 and 'mitigations=off' in half and done.returncode == 0 and contents(tree) == applied_files,
             f'{word}: where the tool fails, the next run completes it', failed.stdout, done.stdout)
        tell(not [name for name in os.listdir('/var/lib/sidelight') if name.endswith('.pending')], f'{word}: nothing is left of it')
        renewed(program, tree, before)
        if word == 'shell' or THOROUGH:
            a_link(word, execute, text)
        roots.write('', '/etc/default/grub', mine)
        done = execute(text)
        tell(done.returncode != 0 and open('/etc/default/grub', 'rb').read() == mine, f'{word}: another file is refused', done.stdout)
        renewed(program, tree, before)
    shutil.rmtree('/etc/default/grub.d')
    roots.write('', '/etc/default/grub', GRUB)
    cloud = yaml.safe_load(fix(program, '--emit', 'cloud-init').stdout)
    tell(cloud['power_state']['mode'] == 'reboot' and 'condition' in cloud['power_state'], 'cloud-init restarts where something waits for it', cloud)


def stale(program):
    """The source was edited by hand, and the tool was not run: a restart alone would change nothing."""
    config = read('/boot/grub/grub.cfg')
    roots.write('', '/etc/default/grub', GRUB.replace('mitigations=off', ''))
    roots.write('', '/boot/grub/grub.cfg', "menuentry 'Debian' { linux /boot/vmlinuz ro mitigations=off\n}\n")
    shown = fix(program)
    done = fix(program, '--apply', '--yes')
    tell('run: update-grub' in shown.stdout and done.returncode == 3 and 'mitigations' not in read('/boot/grub/grub.cfg'),
         'what the loader reads is generated from the source again', shown.stdout, done.stdout)
    done = fix(program, '--rollback')
    tell(done.returncode == 0 and 'mitigations=off' in read('/boot/grub/grub.cfg'), 'and that is taken back', done.stdout)
    roots.write('', '/etc/default/grub', GRUB)
    roots.write('', '/boot/grub/grub.cfg', config)


def hostile(program, tree):
    os.chmod('/etc/default', 0o777)
    done = fix(program, '--apply', '--yes')
    tell('others can write to it' in ' '.join(done.stdout.split()) and read('/etc/default/grub') == GRUB, 'a folder that others can write to is refused',
         done.stdout)
    os.chmod('/etc/default', 0o755)
    os.rename('/etc/default/grub', '/etc/default/real')
    os.symlink('real', '/etc/default/grub')
    done = fix(program, '--apply', '--yes')
    tell('symbolic link' in done.stdout and read('/etc/default/real') == GRUB, 'a symbolic link is refused', done.stdout)


def inner(program):
    with tempfile.TemporaryDirectory() as tree:
        os.chmod(tree, 0o755)
        build(tree)
        before = roots.snapshot(tree)
        applied(program)
        back(program, tree, before)
        restarted(program, tree)
        back(program, tree, before)
        second_instance(program)
        limits(program, tree, before)
        changed_since(program, tree, before)
        new_kernel(program, tree, before)
        tool_fails(program, tree)
        renderings(program, tree, before)
        value(program, tree)
        stale(program)
        hostile(program, tree)
        for path in ('/run/sidelight-fix.sh', '/run/sidelight-fix.restart'):
            if os.path.exists(path):
                os.unlink(path)
        os._exit(end())  # mounts are still there: the folder cannot be removed, and goes with the namespace


def main():
    program = os.path.abspath(sys.argv[-1])
    if '--inner' in sys.argv:
        inner(program)
    if os.geteuid() != 0 or subprocess.run(['unshare', '-m', 'true'], check=False).returncode != 0:
        print('1..0 # SKIP needs root and a mount namespace of its own')
        return 0
    return subprocess.run(['unshare', '-m', '--propagation', 'private', sys.executable, __file__, '--inner', program], check=False).returncode


sys.exit(main())
