"""What edges.txt and variations.txt have in common: sections of machines with their steps, and the question whether all that are
needed are there."""
import sys


def read(path):
    """The lines before the first section, and of each section its lines by step."""
    head, sections, current = [], {}, None
    with open(path, encoding='utf-8') as f:
        for line in f.read().splitlines():
            if line.startswith('machine '):
                current = sections.setdefault(line[8:], {})
            elif current is None:
                head.append(line)
            elif line:
                current[line.partition(' :')[0]] = line
    return head, sections


def write(path, head, sections, order):
    with open(path, 'w', encoding='utf-8') as f:
        f.write('\n'.join(head).rstrip('\n') + '\n')
        for machine, steps in sections.items():
            f.write(f'\nmachine {machine}\n')
            f.writelines(steps[s] + '\n' for s in (sorted(steps, key=order) if order else steps))


def hold(path, needed, what, add, order=None):
    """Tells in TAP whether the file has every step that is needed, pairs of machine and step; or adds them, in the order of the key
    `order`, or behind the others. Never takes one away."""
    head, sections = read(path)
    lacking = [(m, s) for m, s in needed if s not in sections.get(m, {})]
    if add:
        for machine, step in lacking:
            sections.setdefault(machine, {})[step] = step + ' :'
        write(path, head, sections, order)
        return
    print('1..1')
    print('not ok' if lacking else 'ok', '1 -', what)
    for machine, step in lacking[:20]:
        print(f"# machine {machine}: {step} ('./dev fixtures' adds it)")
    sys.exit(1 if lacking else 0)
