import { profileOf } from '#features/policies/index.ts'
import { putBlock, takeBlock, type Block } from '#kernel/block.ts'
import * as quote from '#kernel/quote.ts'
import type { MachineChoice, MachineKey, MachineSetup } from './schema.ts'

type Form = MachineSetup['forms'][number]
type FileName = MachineKey['file']

const folder = '/etc/codex'
/** Marks of their own: an enrolment that is put on the machine later keeps its hands off these lines. */
const marks = { begin: '# BEGIN gatehouse machine', end: '# END gatehouse machine' } as const
const fileNames: readonly FileName[] = ['requirements.toml', 'managed_config.toml']

const applies = 'The client reads the files at its start; a running one keeps what it loaded.'
const above =
  'The lines must stand above every [table] of the file, so that they belong to none of them.'

const linesOf = (keys: readonly MachineKey[], file: FileName): readonly string[] =>
  keys.filter((key) => key.file === file).map(({ key, value }) => `${key} = ${value}`)

/** The same lines, as the operating system takes them. */
export function formsFor(keys: readonly MachineKey[], { system }: MachineChoice): readonly Form[] {
  const files = fileNames.filter((file) => linesOf(keys, file).length > 0)
  if (files.length === 0) return []
  switch (system) {
    case 'linux':
      return [shell(keys, files, 'Tried with Codex 0.169 on Linux.'), ansible(keys, files)]
    case 'macos':
      return [
        shell(keys, files, 'The same on macOS was not tried by us.'),
        ansible(keys, files),
        ...profile(keys),
      ]
    case 'windows':
      return files.map((file) => windowsFile(keys, file))
  }
}

const blockIn = (file: FileName): Block => ({ file: `${folder}/${file}`, ...marks, at: 'top' })

const shell = (keys: readonly MachineKey[], files: readonly FileName[], tried: string): Form => ({
  id: 'shell',
  title: 'Shell',
  language: 'shell',
  fileName: 'gatehouse-machine.sh',
  where: 'Run as root. It may be run again, also with other answers.',
  install: script(
    fileNames.flatMap((file) =>
      files.includes(file)
        ? putBlock(blockIn(file), linesOf(keys, file), conflicts(keys, file))
        : takeBlock(blockIn(file)),
    ),
  ),
  remove: script(fileNames.flatMap((file) => takeBlock(blockIn(file)))),
  notes: [
    'Other keys of the files stay. It stops where one of these keys stands there already.',
    applies,
    tried,
  ],
})

/** Every key once in a file; a table of the same name is the other form of a dotted key. */
const conflicts = (keys: readonly MachineKey[], file: FileName) =>
  [
    ...new Set(keys.filter((key) => key.file === file).map(({ key }) => key.split('.')[0] ?? key)),
  ].map((name) => ({
    pattern: `^[[:space:]]*\\[*${name}[].[:space:]=]`,
    message: `has ${name} already; take it out first`,
  }))

const ansible = (keys: readonly MachineKey[], files: readonly FileName[]): Form => {
  const task = (file: FileName, state: readonly string[]) => [
    `- name: Codex signs in as the organisation wants it (${file})`,
    '  become: true',
    '  ansible.builtin.blockinfile:',
    `    path: ${folder}/${file}`,
    '    marker: "# {mark} gatehouse machine"',
    ...state.map((line) => `    ${line}`),
  ]
  return {
    id: 'ansible',
    title: 'Ansible',
    language: 'yaml',
    fileName: 'gatehouse-machine.yml',
    where: 'Tasks of a play or role for Linux and macOS.',
    install: text([
      '- name: The folder of the client',
      '  become: true',
      '  ansible.builtin.file:',
      `    path: ${folder}`,
      '    state: directory',
      '    owner: root',
      "    mode: '0755'",
      ...files.flatMap((file) =>
        task(file, [
          'create: true',
          'insertbefore: BOF',
          'owner: root',
          "mode: '0644'",
          `block: ${quote.yaml(linesOf(keys, file).join('\n'))}`,
        ]),
      ),
    ]),
    remove: text(files.flatMap((file) => task(file, ['state: absent']))),
    notes: [above, applies, 'It was not run by us.'],
  }
}

/** The client takes the whole requirements document of a Mac from one managed preference. */
const profile = (keys: readonly MachineKey[]): readonly Form[] => {
  const lines = linesOf(keys, 'requirements.toml')
  if (lines.length === 0) return []
  return [
    {
      id: 'mdm',
      title: 'MDM',
      language: 'xml',
      fileName: 'gatehouse-machine.mobileconfig',
      where: 'A custom configuration profile in your MDM, for devices.',
      install: profileOf({ id: 'gatehouse.machine', name: 'machines', requirements: text(lines) }),
      remove: null,
      notes: [
        'The profile holds the whole requirements document of the machine: put everything else that it should say into the same one. What belongs in managed_config.toml is not in it; the other forms have it.',
        'The preference is the vendor’s documented one; it was not tried by us on a managed Mac.',
        applies,
      ],
    },
  ]
}

const windowsFile = (keys: readonly MachineKey[], file: FileName): Form => ({
  id: file,
  title: file,
  language: 'toml',
  fileName: file,
  where: `%ProgramData%\\OpenAI\\Codex\\${file}, writable for administrators only`,
  install: text([marks.begin, ...linesOf(keys, file), marks.end]),
  remove: null,
  notes: [
    above,
    applies,
    file === 'requirements.toml'
      ? 'The place is the vendor’s documented one for Windows; it was not tried by us on a Windows machine.'
      : 'The place follows that of requirements.toml; it was not tried by us on a Windows machine.',
  ],
})

const text = (parts: readonly string[]): string => `${parts.join('\n')}\n`
const script = (parts: readonly string[]): string => text(['#!/bin/sh', 'set -eu', ...parts])
