"""Fake machines for tests of `sidelight fix`: a tree of files, written from a table. The kernel's files are those of a recorded
machine; what the boot loader and the distribution keep stands here."""
import os
import re

HERE = os.path.dirname(os.path.abspath(__file__))
MACHINES = os.path.join(HERE, '..', 'hosts', 'machines')


def evidence_files(path):
    """path -> contents of the records of an evidence file that are files; and the command line is left to the root."""
    files, name, lines = {}, None, []
    with open(path, encoding='utf-8', errors='surrogateescape') as f:
        for line in f.read().split('\n'):
            if line.startswith('-- '):
                if name:
                    files[name] = '\n'.join(lines) + '\n'
                word = line.split(' ', 2)
                name, lines = (word[2] if word[1] == 'file' else None), []
            elif name:
                lines.append(re.sub(r'^\\(\\*--)', r'\1', line))
    if name:
        files[name] = '\n'.join(lines)
    return files


def write(root, path, text, mode=0o644):
    full = root + path
    os.makedirs(os.path.dirname(full), exist_ok=True)
    with open(full, 'wb') as f:
        f.write(text if isinstance(text, bytes) else text.encode('utf-8', 'surrogateescape'))
    os.chmod(full, mode)
    os.utime(full, ns=(1_700_000_000_123_456_789, 1_700_000_000_123_456_789))


def make(root, machine, files, cmdline=None):
    """Writes the tree: what the recorded machine's kernel shows, and `files` (path -> text, or (text, mode))."""
    for path, text in evidence_files(os.path.join(MACHINES, machine)).items() if machine else ():
        if path.startswith(('/proc/', '/sys/')) and not path.endswith('/'):
            write(root, path, text)
    if cmdline is not None:
        write(root, '/proc/cmdline', cmdline + '\n')
    for path, text in files.items():
        write(root, path, *(text if isinstance(text, tuple) else (text,)))
    for folder, folders, _ in os.walk(root, topdown=False):
        for name in folders:
            full = os.path.join(folder, name)
            os.chmod(full, 0o755)
            os.utime(full, ns=(1_700_000_000_000_000_000, 1_700_000_000_000_000_000))


def snapshot(root, leave_out='/var/lib/sidelight'):
    """Everything that a rollback must restore: kinds, modes, owners, times, contents."""
    seen = {}
    for folder, folders, names in os.walk(root):
        for name in folders + names:
            full = os.path.join(folder, name)
            path = full[len(root):]
            if path.startswith(leave_out) or path in ('/var', '/var/lib'):
                continue
            st = os.lstat(full)
            data = open(full, 'rb').read() if os.path.isfile(full) and not os.path.islink(full) else \
                os.readlink(full) if os.path.islink(full) else None
            seen[path] = (st.st_mode, st.st_uid, st.st_gid, st.st_mtime_ns, data)
    return seen
