import { profileOf } from '#features/policies/index.ts'
import { putBlock, takeBlock, type Block } from '#kernel/block.ts'
import * as quote from '#kernel/quote.ts'
import type { Snippet, Snippets } from './schema.ts'

export interface Machine {
  /** Ends in the key: `https://gatehouse.example/c/gh_enr_…`. */
  readonly baseUrl: string
  readonly enrolment: { readonly id: string; readonly name: string }
  /** The certificate of the local authority (PEM), where the server's certificate comes from it. */
  readonly localCa: string | null
}

/** What a key is shown as after the first time. */
export const keyPlaceholder = 'YOUR-KEY'

export const baseUrlFor = (publicUrl: string, key: string = keyPlaceholder): string =>
  `${publicUrl}/c/${key}`

const unixFile = '/etc/codex/requirements.toml'
const unixCa = '/etc/codex/gatehouse-ca.crt'
const profile = '/etc/profile.d/gatehouse.sh'
const begin = '# BEGIN gatehouse'
const end = '# END gatehouse'
const ours: Block = { file: unixFile, begin, end }

/** The lines of requirements.toml: the client then asks `{base_url}/codex/config/bundle` at each start without a cache. */
const lines = (m: Machine): readonly string[] => [
  '[config_server]',
  `base_url = ${quote.toml(m.baseUrl)}`,
]
const commented = (m: Machine): readonly string[] => [
  `# Gatehouse, enrolment ${quote.comment(m.enrolment.name)}`,
  ...lines(m),
]

/** Everything an administrator copies to put machines under this enrolment, and to take them off again. */
export function snippetsFor(machine: Machine): Snippets {
  return {
    baseUrl: machine.baseUrl,
    items: [
      requirements(machine),
      shellScript(machine),
      ansible(machine),
      intune(machine),
      mdm(machine),
      test(machine),
    ],
    threatModel,
  }
}

/** What somebody who finds the address on a machine can do with it. */
export const threatModel = [
  'The address with its key discloses the policies of this enrolment to whoever holds it, and nothing more: no sign-in, no other route, no writing.',
  'Every user of a machine can read it, because the client runs as that user and must read it too.',
  'Machines that share an enrolment cannot be told apart by their fetches. For a fleet that must be cut off by itself, make an enrolment of its own.',
  'A leaked key is replaced by a rotation: both keys answer until the older one ends, so no machine is left without a policy.',
]

const caNote =
  'This server has a certificate of its own local authority, so the client is told to trust it by CODEX_CA_CERTIFICATE. With a certificate that the machines trust already these lines are not needed.'
const restartNote =
  'The client caches the policy for one hour. A new set-up applies at the next start without a cache.'

function requirements(m: Machine): Snippet {
  return {
    id: 'requirements',
    title: 'File',
    language: 'toml',
    fileName: 'requirements.toml',
    where: `${unixFile} on Linux and macOS (owner root, mode 0644), %ProgramData%\\OpenAI\\Codex\\requirements.toml on Windows`,
    install: text(commented(m)),
    remove: null,
    notes: [
      'A file that exists already keeps its other keys: put these lines at its end. There can be one [config_server] only.',
      ...(m.localCa === null ? [] : [`${caNote} The shell form has them.`]),
      restartNote,
    ],
  }
}

function shellScript(m: Machine): Snippet {
  const ca = m.localCa
  return {
    id: 'shell',
    title: 'Shell',
    language: 'shell',
    fileName: 'gatehouse-enrol.sh',
    where: 'Run as root on Linux or macOS. It may be run again, also with another key.',
    install: text([
      '#!/bin/sh',
      'set -eu',
      ...putBlock(ours, commented(m), [
        {
          pattern: '^[[:space:]]*\\[*config_server',
          message: 'names another configuration server; remove it first',
        },
      ]),
      ...(ca === null
        ? []
        : [
            `printf '%s' ${quote.shell(ca)} > ${unixCa}`,
            `printf '%s\\n' ${quote.shell(`export CODEX_CA_CERTIFICATE=${unixCa}`)} > ${profile}`,
          ]),
    ]),
    remove: text([
      '#!/bin/sh',
      'set -eu',
      ...takeBlock(ours),
      ...(ca === null ? [] : [`rm -f ${unixCa} ${profile}`]),
    ]),
    notes: [
      'Other keys of the file stay. The lines are kept between two marks, so that they can be found again.',
      ...(ca === null
        ? []
        : [
            caNote,
            `${profile} is read by login shells on Linux. Where developers start the client in another way, and on macOS, set the variable there.`,
          ]),
      restartNote,
    ],
  }
}

function ansible(m: Machine): Snippet {
  const marker = 'marker: "# {mark} gatehouse"'
  const block = (state: readonly string[]) => [
    '- name: Codex takes its policy from Gatehouse',
    '  become: true',
    '  ansible.builtin.blockinfile:',
    `    path: ${unixFile}`,
    `    ${marker}`,
    ...state.map((line) => `    ${line}`),
  ]
  return {
    id: 'ansible',
    title: 'Ansible',
    language: 'yaml',
    fileName: 'gatehouse.yml',
    where: 'Tasks of a play or role for Linux and macOS.',
    install: text([
      '- name: The folder of the client',
      '  become: true',
      '  ansible.builtin.file:',
      '    path: /etc/codex',
      '    state: directory',
      '    owner: root',
      "    mode: '0755'",
      ...block([
        'create: true',
        'owner: root',
        "mode: '0644'",
        `block: ${quote.yaml(unjinja(commented(m).join('\n')))}`,
      ]),
      ...(m.localCa === null ? [] : ansibleCa(m.localCa)),
    ]),
    remove: text([
      ...block(['state: absent']),
      ...(m.localCa === null
        ? []
        : [unixCa, profile].flatMap((path) => [
            `- name: Remove ${path}`,
            '  become: true',
            '  ansible.builtin.file:',
            `    path: ${path}`,
            '    state: absent',
          ])),
    ]),
    notes: [
      'Keep the address in your vault if your playbooks are read by people who should not read the policy.',
      ...(m.localCa === null ? [] : [caNote]),
      restartNote,
    ],
  }
}

/** Ansible runs every value through Jinja: braces of a name must not open an expression. */
const unjinja = (value: string): string => value.replaceAll(/\{(?=[{%#])/g, '{ ')

const ansibleCa = (pem: string): readonly string[] =>
  [
    { path: unixCa, content: pem, name: 'The certificate of the local authority' },
    {
      path: profile,
      content: `export CODEX_CA_CERTIFICATE=${unixCa}\n`,
      name: 'The client trusts it',
    },
  ].flatMap(({ path, content, name }) => [
    `- name: ${name}`,
    '  become: true',
    '  ansible.builtin.copy:',
    `    dest: ${path}`,
    `    content: ${quote.yaml(content)}`,
    '    owner: root',
    "    mode: '0644'",
  ])

function intune(m: Machine): Snippet {
  const files = (act: readonly string[]) => [
    "$ErrorActionPreference = 'Stop'",
    "$folder = Join-Path $env:ProgramData 'OpenAI\\Codex'",
    "$file = Join-Path $folder 'requirements.toml'",
    ...act,
  ]
  const ca = m.localCa
  const lines = `@(${[begin, ...commented(m), end].map(quote.powershell).join(', ')})`
  const strip = [
    '$kept = @(); $skip = $false',
    'if (Test-Path $file) {',
    '  foreach ($line in [IO.File]::ReadAllLines($file)) {',
    `    if ($line -ceq ${quote.powershell(begin)}) { $skip = $true }`,
    '    if (-not $skip) { $kept += $line }',
    `    if ($line -ceq ${quote.powershell(end)}) { $skip = $false }`,
    '  }',
    '}',
  ]
  const utf8 = '(New-Object Text.UTF8Encoding $false)'
  return {
    id: 'intune',
    title: 'Intune',
    language: 'powershell',
    fileName: 'gatehouse-enrol.ps1',
    where: 'A platform script of Intune for Windows: run as SYSTEM, in 64-bit PowerShell.',
    install: text(
      files([
        'New-Item -ItemType Directory -Force -Path $folder | Out-Null',
        ...strip,
        'if ($kept -match \'^\\s*\\[config_server\') { throw "$file names another configuration server; remove it first" }',
        `[IO.File]::WriteAllLines($file, [string[]]($kept + ${lines}), ${utf8})`,
        ...(ca === null
          ? []
          : [
              "$ca = Join-Path $folder 'gatehouse-ca.crt'",
              `[IO.File]::WriteAllLines($ca, [string[]]@(${ca.trim().split(/\r?\n/).map(quote.powershell).join(', ')}), ${utf8})`,
              "[Environment]::SetEnvironmentVariable('CODEX_CA_CERTIFICATE', $ca, 'Machine')",
            ]),
      ]),
    ),
    remove: text(
      files([
        ...strip,
        `if ($kept.Count -gt 0) { [IO.File]::WriteAllLines($file, [string[]]$kept, ${utf8}) } else { Remove-Item -Force -ErrorAction SilentlyContinue $file }`,
        ...(ca === null
          ? []
          : [
              "Remove-Item -Force -ErrorAction SilentlyContinue (Join-Path $folder 'gatehouse-ca.crt')",
              "[Environment]::SetEnvironmentVariable('CODEX_CA_CERTIFICATE', $null, 'Machine')",
            ]),
      ]),
    ),
    notes: [
      'The place is the vendor’s documented one for Windows; it was not tried by us on a Windows machine.',
      ...(ca === null ? [] : [caNote]),
      restartNote,
    ],
  }
}

/** A configuration profile with the whole document in one managed preference of the client. */
function mdm(m: Machine): Snippet {
  return {
    id: 'mdm',
    title: 'MDM (macOS)',
    language: 'xml',
    fileName: 'gatehouse.mobileconfig',
    where: 'A custom configuration profile in your MDM, for devices.',
    install: profileOf({
      id: `gatehouse.enrolment.${m.enrolment.id}`,
      name: m.enrolment.name,
      requirements: text(lines(m)),
    }),
    remove: null,
    notes: [
      'The profile holds the whole requirements document of the machine. To take it off, remove the profile in the MDM.',
      'The preference is the vendor’s documented one; it was not tried by us on a managed Mac.',
      ...(m.localCa === null
        ? []
        : [
            'A profile cannot set CODEX_CA_CERTIFICATE. Use a certificate that the Macs trust already, or set the variable in another way.',
          ]),
      restartNote,
    ],
  }
}

function test(m: Machine): Snippet {
  return {
    id: 'test',
    title: 'Test',
    language: 'shell',
    fileName: 'gatehouse-test.sh',
    where: 'On a machine that was set up, as a developer.',
    install: text([
      ...(m.localCa === null ? [] : [`export CODEX_CA_CERTIFICATE=${unixCa}`]),
      'gatehouse test-machine',
      '# without Gatehouse on the machine:',
      'codex app-server --print-startup-config',
    ]),
    remove: null,
    notes: ['Both ask the client itself what it loaded. A refused fetch ends with exit code 1.'],
  }
}

const text = (parts: readonly string[]): string => `${parts.join('\n')}\n`
