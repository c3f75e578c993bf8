import { writeValue } from '#requirements/index.ts'
import { defaultsFile, listFile, requirementsFile, type CodeFolder } from './folder.ts'

/** The files of a folder, by path. A policy's text is its bytes; the list is written anew. */
export function renderFolder(folder: CodeFolder): ReadonlyMap<string, string> {
  const files = new Map([[listFile, renderList(folder)]])
  for (const [slug, { text, defaults }] of folder.policies) {
    files.set(requirementsFile(slug), text)
    if (defaults !== '') files.set(defaultsFile(slug), defaults)
  }
  return files
}

/** The list in one fixed form, so that two lists that say the same are equal. */
export function renderList({ policies, rules, default: fallback }: CodeFolder): string {
  const blocks = [
    '# Policies and group rules of Gatehouse: `gatehouse policy check`, `diff` and `push` read them.',
    fallback === null
      ? '# default = "…": nobody for whom no rule decides gets a policy'
      : `default = ${quoted(fallback)}`,
    ...[...policies]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([slug, { name, description }]) =>
        [
          `[policies.${slug}]`,
          `name = ${quoted(name)}`,
          ...(description === '' ? [] : [`description = ${quoted(description)}`]),
        ].join('\n'),
      ),
    ...rules.map(({ group, policy }) =>
      ['[[rules]]', `group = ${quoted(group)}`, `policy = ${quoted(policy)}`].join('\n'),
    ),
  ]
  return `${blocks.join('\n\n')}\n`
}

const quoted = (value: string): string => writeValue(value, { lines: false, newline: '\n' })
