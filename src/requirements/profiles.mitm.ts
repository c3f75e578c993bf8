import { REFUSES, type Report } from './report.ts'
import {
  entriesOf,
  entryOf,
  itemsOf,
  nodeAt,
  textOf,
  type Entry,
  type Node,
  type Path,
} from './tree.ts'

/**
 * Rules of one profile for encrypted requests: what the client refuses already when it reads them, and of the hooks what
 * it refuses when the profile is used. `effect` says what that does to the client.
 */
export function checkProfileMitm(profile: Entry, effect: string, report: Report): void {
  const mitm = nodeAt(profile.value, 'network', 'mitm')
  if (mitm === undefined) return
  const path: Path = ['permissions', profile.key, 'network', 'mitm']
  const refuse: Refuse = (entry, where, message, remedy) =>
    report.error({
      code: 'mitm',
      span: entry.keySpan,
      path: [...path, ...where],
      message,
      effect: REFUSES,
      remedy,
    })
  const scoped = entryOf(mitm, 'version') !== undefined
  for (const hook of entriesOf(nodeAt(mitm, 'hooks')))
    for (const entry of entriesOf(hook.value)) {
      const wrong = wrongMatch(entry)
      if (wrong !== undefined)
        report.error({
          code: 'mitm',
          span: entry.keySpan,
          path: [...path, 'hooks', hook.key, entry.key],
          message: wrong,
          effect,
          remedy: 'Correct it, or take the rule out.',
        })
      if (!scoped && ['schemes', 'ports'].includes(entry.key) && itemsOf(entry.value).length > 0)
        refuse(entry, ['hooks', hook.key, entry.key], `${entry.key} needs version = 2.`, VERSION)
    }
  for (const action of entriesOf(nodeAt(mitm, 'actions'))) operation(action, scoped, refuse)
}

/** What is wrong with one match of a hook (each measured). */
function wrongMatch({ key, value }: Entry): string | undefined {
  const texts = itemsOf(value).map((item) => textOf(item))
  switch (key) {
    case 'body':
      return 'No client can match bodies yet.'
    case 'host':
      return /^$|\*/.test(textOf(value) ?? 'x') ? 'The host must be one exact name.' : undefined
    case 'methods':
    case 'path_prefixes':
      return value.kind === 'list' && (texts.length === 0 || texts.includes(''))
        ? `${key} must name at least one, and none may be empty.`
        : undefined
    case 'schemes':
      return texts.some((text) => text !== undefined && !/^https?$/i.test(text))
        ? 'Only http and https are possible.'
        : undefined
    case 'ports':
      return itemsOf(value).some((item) => item.kind === 'integer' && item.value === 0)
        ? 'There is no port 0.'
        : undefined
    case 'query':
      return entriesOf(value).some(({ value: of }) => of.kind === 'list' && of.items.length === 0)
        ? 'A value of the query that may be nothing matches nothing.'
        : undefined
    default:
      return undefined
  }
}

type Refuse = (entry: Entry, where: Path, message: string, remedy: string) => void

const VERSION = 'Add version = 2 to mitm.'

function operation(action: Entry, scoped: boolean, refuse: Refuse): void {
  const where: Path = ['actions', action.key]
  const does = entriesOf(action.value).some(
    ({ value }) => value.kind !== 'list' || value.items.length > 0,
  )
  if (action.value.kind === 'table' && !does)
    refuse(action, where, 'The action does nothing.', 'Say what is taken away or added.')
  for (const entry of entriesOf(action.value)) {
    const here = [...where, entry.key]
    const placeholder = itemsOf(entry.value).some((item) => entryOf(item, 'placeholder'))
    const substitutes = ['body_secret_substitution', 'aws_sigv4'].includes(entry.key)
    if (!scoped && (substitutes || placeholder))
      refuse(entry, here, `${entry.key} needs version = 2 here.`, VERSION)
    for (const source of sourcesOf(entry.value))
      if (source.value.kind === 'table' && source.value.entries.size !== 1)
        refuse(
          entry,
          here,
          `${source.key} must name one source.`,
          'Write { env_var = "…" } or { file = "…" }.',
        )
  }
}

const SOURCES = ['secret', 'access_key_id', 'secret_access_key', 'session_token']

function sourcesOf(operation: Node): readonly Entry[] {
  const tables = [operation, ...itemsOf(nodeAt(operation, 'replacements'))]
  return tables.flatMap(entriesOf).filter((entry) => SOURCES.includes(entry.key))
}
