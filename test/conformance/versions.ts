import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { arbitraryDocument } from '#requirements/arbitrary.ts'
import { CHECK_CASES } from '#requirements/check.cases.ts'
import { CLIENT_VERSION } from '#requirements/index.ts'
import { startOracle, type Verdict } from './oracle.ts'
import { codexBinary, sandboxFolder } from './sandbox.ts'
import { featuresOf, readBackSchema, type Node } from './schema.ts'

// `npm run conformance -- --codex VERSION`: what another version of the client does differently from the one that our
// table was measured with. docs/codex-versions.md says what to do with what it prints. Exit code 1 when there is any.

const seed = Number(process.env.GATEHOUSE_SEED ?? 20_261_123)
const count = Number(process.env.GATEHOUSE_COUNT ?? 1_000)

const ours = codexBinary()
const theirs = process.env.GATEHOUSE_CODEX_OTHER ?? ''
let changes = 0

/** A heading with what stands under it; nothing at all is said too. */
function say(heading: string, lines: readonly string[], most = 40): void {
  changes += lines.length
  console.log(`\n${heading}: ${lines.length === 0 ? 'none' : lines.length}`)
  for (const line of lines.slice(0, most)) console.log(`  ${line.replaceAll('\n', '\n    ')}`)
  if (lines.length > most) console.log(`  … and ${lines.length - most} more`)
}

/** What the second has and the first has not. */
const beyond = (first: ReadonlySet<string>, second: ReadonlySet<string>): readonly string[] =>
  [...second].filter((name) => !first.has(name)).sort()

/** Every property and value that a schema of requirements names, by definition. */
function namesOf(schema: Node): ReadonlySet<string> {
  const names = new Set<string>()
  const walk = (node: Node, path: string): void => {
    for (const value of node.enum ?? []) names.add(`${path} = ${value}`)
    for (const one of [...(node.anyOf ?? []), ...(node.oneOf ?? [])]) walk(one, path)
    if (node.items !== undefined) walk(node.items, path)
    if (typeof node.additionalProperties === 'object') walk(node.additionalProperties, `${path}.*`)
    for (const [name, inner] of Object.entries(node.properties ?? {})) {
      names.add(`${path}.${name}`)
      walk(inner, `${path}.${name}`)
    }
  }
  for (const [name, node] of Object.entries(schema.definitions ?? {})) walk(node, name)
  return names
}

const folder = (): string => mkdtempSync(join(sandboxFolder(), 'version-'))

console.log(`Codex ${CLIENT_VERSION} (pinned), and the other: ${theirs}`)
const before = namesOf(readBackSchema(ours, folder()))
const after = namesOf(readBackSchema(theirs, folder()))
say('Keys and values that are new in its JSON schema', beyond(before, after))
say('Keys and values that are gone from it', beyond(after, before))

const features = (binary: string): ReadonlySet<string> => {
  const list = [...featuresOf(binary, folder())]
  return new Set(list.map(([name, stage]) => (stage === 'removed' ? `${name} (removed)` : name)))
}
const had = features(ours)
const has = features(theirs)
say('Features that are new', beyond(had, has))
say('Features that are gone', beyond(has, had))

const documents = [
  ...CHECK_CASES.map(({ toml }) => toml),
  ...fc.sample(arbitraryDocument(), { numRuns: count, seed }),
]

/** Without what differs from run to run, the folders, and without keys that only say that nothing is set. */
function printed({ requirements, machine }: Verdict): unknown {
  const text = JSON.stringify(requirements ?? {})
  return JSON.parse(
    text.replaceAll(machine.home, '~').replaceAll(machine.cwd, '.'),
    (_key, value: unknown) => value ?? undefined,
  ) as unknown
}

const pinned = await startOracle(7448, ours)
const other = await startOracle(7449, theirs)
const judged: string[] = []
const read: string[] = []
await Promise.all(
  documents.map(async (toml) => {
    const question = { delivered: [toml] }
    const [was, is] = [await pinned.ask(question), await other.ask(question)]
    const verdict = (v: Verdict): string => (v.refused === undefined ? 'accepted' : 'refused')
    if (verdict(was) !== verdict(is))
      judged.push(`${verdict(was)} → ${verdict(is)}: ${is.refused ?? ''}\n${toml.trim()}`)
    else if (was.requirements !== undefined) {
      const [now, then] = [printed(is), printed(was)] as [
        Record<string, unknown>,
        Record<string, unknown>,
      ]
      const fields = [...new Set([...Object.keys(then), ...Object.keys(now)])]
      const different = fields.filter((field) => !isDeepStrictEqual(then[field], now[field]))
      for (const f of different)
        read.push(`${f}: ${JSON.stringify(then[f])} → ${JSON.stringify(now[f])}\n${toml.trim()}`)
    }
  }),
)
console.log(`\n${documents.length} documents put to both, GATEHOUSE_SEED=${seed}`)
say('Documents judged differently', judged, 10)
say('Values read back differently', read, 10)
await Promise.all([pinned.close(), other.close()])
console.log(
  changes === 0
    ? '\nNothing that our table knows of has changed.'
    : '\ndocs/codex-versions.md says what to do with each of these.',
)
process.exitCode = changes === 0 ? 0 : 1
