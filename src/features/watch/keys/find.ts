import { FEATURES, keyAt, valuesAt } from '#requirements/index.ts'

/**
 * What a page of policy documentation says that a policy can hold. Documentation is prose, so this reads what is written as
 * code: fenced TOML, inline code, and `key: "…"` of reference tables.
 */
export interface DocumentedKey {
  readonly what: 'requirements_key' | 'feature' | 'value'
  /** `experimental_network.enabled`, `browser_use`, or `allowed_sandbox_modes = "read-only"`. */
  readonly key: string
  /** Counted from 1: where it is first said. */
  readonly line: number
  /** The schema table has it. */
  readonly known: boolean
}

/** The user's own config.toml is documented beside, with many of the same tables; only what is said about requirements counts. */
const aboutRequirements = /\brequirements?\b|admin-enforced|managed (?:policy|policies)/i
/** Roots that config.toml does not have: they mean a policy wherever they stand. */
const ofPoliciesOnly =
  /^(?:allow(?:ed)?_\w+|enforce_\w+|experimental_network|remote_sandbox_config|guardian_policy_config|rules)$/
const name = /^[a-z][a-z0-9_]*$/
const aboutConfiguration = /config\.toml|~\/\.codex|your config/i
/** Lines above a key that still say what it is about. */
const reach = 24
const longest = 2_000

const fence = /^\s*(?:`{3,}|~{3,})\s*([\w-]*)/
const tableHeader = /^\s*\[{1,2}\s*([^\]]+?)\s*\]{1,2}\s*(?:#.*)?$/
const assignment =
  /^\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*'))*)\s*=\s*(.*)$/
const inline = /`([a-z][a-z0-9_]*(?:\.[A-Za-z0-9_-]+)*)(?:\s*=\s*([^`]*))?`(\s+requirement\b)?/g
const reference = /^\s*key:\s*"([^"]+)"/
const strings = /"([^"]*)"|'([^']*)'/g

/** Every key, feature and value that a text documents, each once, in the order of its lines. */
export function documentedKeys(text: string): readonly DocumentedKey[] {
  const found = new Map<string, DocumentedKey>()
  const add = (what: DocumentedKey['what'], key: string, line: number, known: boolean) => {
    const id = `${what} ${key}`
    if (!found.has(id)) found.set(id, { what, key, line, known })
  }
  // Nothing that documents a key is longer, and the patterns below need not be tried on what is.
  const lines = text.split('\n').map((line) => (line.length > longest ? '' : line))
  let underRequirements = false
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] ?? ''
    const opened = fence.exec(line)
    if (opened) {
      const end = closing(lines, i)
      const language = opened[1] ?? ''
      if (/^(toml|ini|)$/i.test(language))
        readToml(lines, i + 1, end, isAboutRequirements(lines, i), add)
      i = end
      continue
    }
    if (/^#{1,6}\s/.test(line)) underRequirements = aboutRequirements.test(line)
    readProse(lines, i, underRequirements, add)
  }
  return [...found.values()].sort((a, b) => a.line - b.line)
}

type Add = (what: DocumentedKey['what'], key: string, line: number, known: boolean) => void

function closing(lines: readonly string[], open: number): number {
  const mark = /^\s*(`{3,}|~{3,})/.exec(lines[open] ?? '')?.[1] ?? '```'
  for (let i = open + 1; i < lines.length; i++)
    if ((lines[i] ?? '').trim().startsWith(mark)) return i
  return lines.length
}

/**
 * Whether the nearest line that speaks of either, this one or one above it, speaks of requirements or of the user's own
 * configuration. A page about policies says so once and then shows many examples.
 */
function isAboutRequirements(lines: readonly string[], at: number): boolean {
  for (let i = at; i >= 0 && i >= at - reach; i--) {
    const line = lines[i] ?? ''
    if (aboutRequirements.test(line)) return true
    if (aboutConfiguration.test(line)) return false
  }
  return false
}

/** TOML as documentation shows it: cut short, with comments and dots between. Read line by line, never refused. */
function readToml(lines: readonly string[], from: number, to: number, about: boolean, add: Add) {
  let table: readonly string[] = []
  let open = ''
  for (let i = from; i < to; i++) {
    const line = lines[i] ?? ''
    if (open !== '') {
      // Inside a list over several lines, or a long string.
      if (line.includes(open)) open = ''
      continue
    }
    const header = tableHeader.exec(line)
    if (header) {
      table = partsOf(header[1] ?? '')
      continue
    }
    const set = assignment.exec(line)
    if (!set) continue
    const value = set[2] ?? ''
    const path = [...table, ...partsOf(set[1] ?? '')]
    addKey(path, i + 1, about, add)
    const list = listOf(lines, i, to, value)
    for (const item of list.values) addValue(path, item, i + 1, about, add)
    if (/^("""|''')/.test(value) && !value.slice(3).includes(value.slice(0, 3)))
      open = value.slice(0, 3)
    else i = list.end
  }
}

/** The strings of a value, and the line on which it ends: a list may go on over several. */
function listOf(lines: readonly string[], at: number, to: number, value: string) {
  if (!value.trimStart().startsWith('[')) return { values: literals(value), end: at }
  let end = at
  let whole = value
  while (!whole.replace(/#.*$/gm, '').includes(']') && end + 1 < to)
    whole += `\n${lines[++end] ?? ''}`
  return { values: literals(whole), end }
}

const literals = (text: string): readonly string[] =>
  text
    .split('\n')
    .flatMap((line) =>
      [...line.replace(/#.*$/, '').matchAll(strings)].map((m) => m[1] ?? m[2] ?? ''),
    )

const partsOf = (dotted: string): readonly string[] =>
  [...dotted.matchAll(/"([^"]*)"|'([^']*)'|([A-Za-z0-9_-]+)/g)].map(
    (m) => m[1] ?? m[2] ?? m[3] ?? '',
  )

/** `about`: the lines around speak of requirements. */
function addKey(path: readonly string[], line: number, about: boolean, add: Add): void {
  const [root = '', second] = path
  const file = /^(?:toml|json|md|ya?ml)$/.test(path.at(-1) ?? '')
  if (!name.test(root) || file || !(about || ofPoliciesOnly.test(root))) return
  if (root === 'features') {
    if (second !== undefined) add('feature', second, line, FEATURES.has(second))
    return
  }
  const named = keyAt(path)
  add('requirements_key', named.path, line, named.known)
}

function addValue(path: readonly string[], value: string, line: number, about: boolean, add: Add) {
  if (!(about || ofPoliciesOnly.test(path[0] ?? ''))) return
  const named = keyAt(path)
  const values = valuesAt(named.shape)
  if (values.length > 0)
    add('value', `${named.path} = ${JSON.stringify(value)}`, line, values.includes(value))
}

/**
 * Inline code and reference tables. A lone word counts when it is a known key, or called a requirement. A reference table
 * is long: what it lists is said by the heading above it.
 */
function readProse(lines: readonly string[], at: number, under: boolean, add: Add): void {
  const line = lines[at] ?? ''
  const listed = reference.exec(line)?.[1]
  if (listed !== undefined && !listed.startsWith('features.<'))
    addKey(partsOf(listed), at + 1, under, add)
  for (const [, dotted = '', value, called] of line.matchAll(inline)) {
    const path = partsOf(dotted)
    const [root = ''] = path
    if (path.length === 1 && value !== undefined && FEATURES.has(root)) {
      if (isAboutRequirements(lines, at)) add('feature', root, at + 1, true)
    } else if (path.length > 1 ? keyAt([root]).known : keyAt(path).known || called !== undefined)
      addKey(path, at + 1, called !== undefined || isAboutRequirements(lines, at), add)
  }
}
