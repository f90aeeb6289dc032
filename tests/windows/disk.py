#!/usr/bin/env python3
"""fix on a Windows that does not run: its hives are changed, in copies or in place, by what another reader (hivex) sees too, and come
back byte for byte. Usage: disk.py SIDELIGHT MAKE_HIVE FAULTS.so"""
import ctypes
import ctypes.util
import errno
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

from wine import result
import wine as tap

MEMORY = ('ControlSet001', 'Control', 'Session Manager', 'Memory Management')
OVERRIDE, MASK = 'FeatureSettingsOverride', 'FeatureSettingsOverrideMask'


class Disk:
    def __init__(self, program, make_hive, folder, system='server'):
        self.program, self.root = program, os.path.join(folder, 'disk')
        self.config = os.path.join(self.root, 'windows/System32/CONFIG')
        os.makedirs(self.config, 0o755)
        os.mkdir(os.path.join(self.root, 'ProgramData'))
        self.system, self.software = os.path.join(self.config, 'System'), os.path.join(self.config, 'SOFTWARE')
        for path, what in ((self.system, system), (self.software, 'software')):
            subprocess.run([make_hive, path, what], check=True)
            os.chmod(path, 0o644)

    def fix(self, *arguments, env=None):
        done = subprocess.run([self.program, 'fix', '--windows-root', self.root, *arguments], capture_output=True, stdin=subprocess.DEVNULL,
                              env=env, check=False)
        done.text = done.stdout.decode(errors='replace') + done.stderr.decode(errors='replace')
        return done

    def tree(self):
        """What is there, without the journal: names, contents, times and modes."""
        found = {}
        for folder, folders, names in os.walk(self.root):
            folders[:] = [f for f in folders if f != 'sidelight']
            for name in names + ['']:
                path = os.path.join(folder, name)
                st = os.stat(path)
                found[path] = (open(path, 'rb').read() if name else None, st.st_mode, st.st_mtime_ns if name else 0)
        return found


def write(path, contents):
    with open(path, 'wb') as f:
        f.write(contents)


def read(path):
    with open(path, 'rb') as f:
        return f.read()


class SetValue(ctypes.Structure):
    _fields_ = [('key', ctypes.c_char_p), ('kind', ctypes.c_int), ('size', ctypes.c_size_t), ('value', ctypes.c_char_p)]


def libhivex():
    lib = ctypes.CDLL(ctypes.util.find_library('hivex'))
    for name, kind in (('open', ctypes.c_void_p), ('root', ctypes.c_size_t), ('node_children', ctypes.POINTER(ctypes.c_size_t)),
                       ('node_name', ctypes.c_char_p), ('node_values', ctypes.POINTER(ctypes.c_size_t)), ('value_key', ctypes.c_char_p),
                       ('value_value', ctypes.c_void_p), ('node_get_child', ctypes.c_size_t)):
        getattr(lib, 'hivex_' + name).restype = kind
    return lib


def hivex(path):
    """All keys and values of a hive, as libhivex reads them."""
    lib = libhivex()
    handle = ctypes.c_void_p(lib.hivex_open(path.encode(), 0))
    found = {}

    def walk(node, way):
        values = lib.hivex_node_values(handle, ctypes.c_size_t(node))
        found[way] = None
        for i in range(4096):
            if not values[i]:
                break
            kind, size = ctypes.c_int(), ctypes.c_size_t()
            data = lib.hivex_value_value(handle, ctypes.c_size_t(values[i]), ctypes.byref(kind), ctypes.byref(size))
            found[way + (lib.hivex_value_key(handle, ctypes.c_size_t(values[i])).decode(),)] = (kind.value, ctypes.string_at(data, size.value))
        children = lib.hivex_node_children(handle, ctypes.c_size_t(node))
        for i in range(4096):
            if not children[i]:
                break
            walk(children[i], way + (lib.hivex_node_name(handle, ctypes.c_size_t(children[i])).decode(),))

    walk(lib.hivex_root(handle), ())
    lib.hivex_close(handle)
    return found


def hivex_set(path, way, name, number):
    """As a Windows that ran in between would: another editor than ours sets a value."""
    lib = libhivex()
    handle = ctypes.c_void_p(lib.hivex_open(path.encode(), 4))
    node = lib.hivex_root(handle)
    for part in way:
        node = lib.hivex_node_get_child(handle, ctypes.c_size_t(node), part.encode())
    value = SetValue(name.encode(), 4, 4, number.to_bytes(4, 'little'))
    lib.hivex_node_set_value(handle, ctypes.c_size_t(node), ctypes.byref(value), 0)
    lib.hivex_commit(handle, None, 0)
    lib.hivex_close(handle)


def shown(disk, before):
    text, plan = disk.fix(), json.loads(disk.fix('--format', 'json').stdout)
    result(text.returncode == 2 and plan['plan'] and plan['steps'][0]['files'] == ['/windows/System32/CONFIG/System'] and
           f'--windows-root {disk.root} --to DIR' in text.text and disk.tree() == before, 'a plan is shown, and nothing is changed', text.text)
    result(disk.fix('--apply', '--yes').returncode == 64 and disk.tree() == before, 'where the change is to go has to be said')
    return plan['plan'][:12]


def changed(disk, plan, before, folder):
    copies = os.path.join(folder, 'copies') # which fix makes
    old = hivex(disk.system) if ctypes.util.find_library('hivex') else None
    told = json.loads(disk.fix('--apply', '--plan', plan, '--to', copies, '--format', 'json').stdout)
    result([told['done'], told['fix'], told['exit'], [os.path.basename(f) for f in told['written']]] == ['copied', None, 0, ['System']] and
           [s['state'] for s in told['steps']] == ['done'] and disk.tree() == before, 'copies are told in JSON', str(told))
    done = disk.fix('--apply', '--plan', plan, '--to', copies)
    result(done.returncode == 0 and disk.tree() == before and os.listdir(copies) == ['System'], 'copies are changed, the disk is not', done.text)
    done = disk.fix('--apply', '--plan', plan, '--in-place')
    result(done.returncode == 0 and read(disk.system) == read(os.path.join(copies, 'System')), 'in place it becomes the same', done.text)
    if old is None:
        print('# no libhivex: what another reader sees was not looked at', flush=True)
        return
    new = hivex(disk.system)
    added = {MEMORY + (OVERRIDE,): (4, b'\0\0\0\0'), MEMORY + (MASK,): (4, b'\3\0\0\0')}
    result(len(old) > 6 and new == {**old, **added}, 'hivex sees the two values, and everything else as it was', str(new))


def back(disk, before):
    again, told = disk.fix(), disk.fix('--verify')
    check = json.loads(subprocess.run([disk.program, 'check', '--format', 'json', '--windows-root', disk.root], capture_output=True, check=False).stdout)
    result([s['took'] for s in check['host']['applied']] == ['took-effect'] and
           any(n.startswith('fix 1, ') for n in check['host']['notes']), 'check tells of it', str(check['host']))
    result(again.returncode != 2 and told.returncode == 0 and 'took effect' in told.text, 'the values stand', again.text + told.text)
    done = disk.fix('--rollback')
    result(done.returncode == 0 and disk.tree() == before, 'the disk is taken back byte for byte', done.text)


def back_by_value(disk, library):
    """A Windows that ran in between wrote its hive anew: the values that were set go, and what it did stays."""
    if not ctypes.util.find_library('hivex'):
        return
    old = hivex(disk.system)
    disk.fix('--apply', '--yes', '--in-place')
    hivex_set(disk.system, MEMORY, 'Other', 7)
    hivex_set(disk.system, MEMORY, OVERRIDE, 72)
    seen = read(disk.system)
    check = subprocess.run([disk.program, 'check', '--windows-root', disk.root], capture_output=True, text=True, check=False)
    result(check.returncode == 2 and 'is not 0 any more' in re.sub(r'\s+', ' ', check.stdout), 'check tells what did not hold', check.stdout)
    done = disk.fix('--rollback')
    result(done.returncode == 70 and OVERRIDE in done.text and 'was changed since' in done.text and read(disk.system) == seen,
           'a value that somebody set since is not overwritten', done.text)
    hivex_set(disk.system, MEMORY, OVERRIDE, 0)
    pending = os.path.join(disk.config, 'System.LOG1')
    write(pending, b'what is this')
    done = disk.fix('--rollback')
    result(done.returncode == 70 and 'does not have yet' in done.text, 'nor a hive whose log holds more', done.text)
    os.remove(pending)
    count = os.path.join(disk.root, '../count')
    for at in range(1, 200):
        env = {'PATH': os.environ['PATH'], 'LD_PRELOAD': library, 'FAULT_AT': str(at), 'FAULT_KIND': str((0, -1, errno.ENOSPC)[at % 3]), 'FAULT_COUNT': count}
        done = disk.fix('--rollback', env=env)
        if done.returncode == 0:
            break
    new = hivex(disk.system)
    result(done.returncode == 0 and at > 10 and new == {**old, MEMORY + ('Other',): (4, b'\7\0\0\0')},
           f'values go, others stay, also when interrupted {at - 1} times', done.text + str(set(new) ^ set(old)))


def missing_keys(disk):
    """A hive without the key: it is made, and another reader finds it where it looks."""
    if not ctypes.util.find_library('hivex'):
        return
    old, bytes_before = hivex(disk.system), read(disk.system)
    done = disk.fix('--apply', '--yes', '--in-place')
    new = hivex(disk.system)
    result(done.returncode == 0 and MEMORY not in old and new == {**old, MEMORY: None, MEMORY + (OVERRIDE,): (4, b'\0\0\0\0'), MEMORY + (MASK,): (4, b'\3\0\0\0')},
           'a key that is not there is made', done.text)
    hivex_set(disk.system, MEMORY, 'Other', 7)
    result(hivex(disk.system)[MEMORY + ('Other',)] == (4, b'\7\0\0\0'), 'another editor goes on with it')
    done = disk.fix('--rollback')
    result(hivex(disk.system) == {**old, MEMORY: None, MEMORY + ('Other',): (4, b'\7\0\0\0')} and 'the rest stays' in done.text, 'its values go', done.text)
    write(disk.system, bytes_before)
    disk.fix('--apply', '--yes', '--in-place')
    done = disk.fix('--rollback')
    result(done.returncode == 0 and read(disk.system) == bytes_before, 'byte for byte', done.text)


def refused(disk, before):
    """A Windows that is not at rest, and control sets that part."""
    system, log, hibernation = read(disk.system), os.path.join(disk.config, 'System.LOG1'), os.path.join(disk.root, 'hiberfil.sys')
    dirty = bytearray(system)
    dirty[4] ^= 1
    checksum = 0
    for i in range(0, 508, 4):
        checksum ^= int.from_bytes(dirty[i:i + 4], 'little')
    dirty[508:512] = checksum.to_bytes(4, 'little')
    pending = bytearray(1024)
    pending[0:4], pending[512:516] = b'regf', b'HvLE'
    pending[516:520] = (512).to_bytes(4, 'little')
    pending[524:528] = system[8:12]
    for path, contents, words in ((disk.system, bytes(dirty), 'its last write was not completed'), (log, bytes(pending), 'does not have yet'),
                                  (log, b'what is this', 'does not have yet'), (hibernation, b'HIBR' + bytes(4092), 'is hibernated'),
                                  (hibernation, b'', 'is hibernated')):
        kept = before.get(path)
        write(path, contents)
        done = disk.fix('--apply', '--yes', '--in-place')
        result(done.returncode == 3 and words in re.sub(r'\s+', ' ', done.text) and read(path) == contents,
               f'{os.path.basename(path)}: {words}', done.text)
        if kept:
            write(path, kept[0])
        else:
            os.remove(path)
    for path, contents in ((log, b''), (log, bytes(4096)), (hibernation, bytes(4096)), (hibernation, b'WAKE' + bytes(4092))):
        write(path, contents)
        result(disk.fix().returncode == 2, f'{os.path.basename(path)} that holds nothing is no reason')
        os.remove(path)
    at = system.index(b'Default')
    write(disk.system, system[:at - 12] + (2).to_bytes(4, 'little') + system[at - 8:])
    done = disk.fix()
    result('control set 1 ran last, and 2 starts next' in re.sub(r'\s+', ' ', done.text), 'another control set starts next', done.text)
    write(disk.system, system)


def faults(disk, library, folder):
    """Each system call in turn is the last, or fails: the hive is the old one or the new one, and the next rollback finds the old."""
    count, kinds = os.path.join(folder, 'count'), (0, -1, errno.EIO, errno.ENOSPC)

    def run(at, kind, *arguments):
        return disk.fix(*arguments, env={'PATH': os.environ['PATH'], 'LD_PRELOAD': library, 'FAULT_AT': str(at), 'FAULT_KIND': str(kind),
                                         'FAULT_COUNT': count})

    def calls(*arguments):
        done = run(0, 1, *arguments)
        return int(read(count)) if done.returncode == 0 else 0

    apply, old = ('--apply', '--yes', '--in-place'), read(disk.system)
    number, new = calls(*apply), read(disk.system)
    back, wrong = calls('--rollback'), []
    for at in range(1, number + back + 1):
        forward, kind = at <= number, kinds[at % len(kinds)]
        if not forward:
            disk.fix(*apply)
        done = run(at if forward else at - number, kind, *(apply if forward else ('--rollback',)))
        now = read(disk.system)
        if now not in (old, new) or (done.returncode == 0 and now != (new if forward else old)) or (forward and done.returncode > 0 and now != old):
            wrong.append((at, kind, done.returncode, done.text))
        again = disk.fix('--rollback')
        if again.returncode or read(disk.system) != old or set(os.listdir(disk.config)) != {'System', 'SOFTWARE'}:
            wrong.append((at, kind, done.text, again.text, os.listdir(disk.config)))
    result(not wrong and number > 20 and back > 20, f'{number + back} faults leave the old hive or the new', str(wrong[:4]))


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    program, make_hive, library = map(os.path.abspath, sys.argv[1:])
    os.umask(0o022)
    with tempfile.TemporaryDirectory(prefix='sidelight-disk-') as folder:
        disk = Disk(program, make_hive, folder)
        before = disk.tree()
        changed(disk, shown(disk, before), before, folder)
        back(disk, before)
        shutil.rmtree(os.path.join(disk.root, 'ProgramData/sidelight'), ignore_errors=True)
        refused(disk, before)
        faults(disk, library, folder)
        for name, what, act in (('ran', 'server', lambda d: back_by_value(d, library)), ('bare', 'bare', missing_keys)):
            os.mkdir(os.path.join(folder, name))
            act(Disk(program, make_hive, os.path.join(folder, name), what))
    print(f'1..{tap.number}')
    return 1 if tap.failures else 0


sys.exit(main())
