import {
  checkAgainst,
  checkPolicy,
  entriesOf,
  itemsOf,
  key,
  list,
  map,
  nodeAt,
  readToml,
  rulerOf,
  strict,
  text,
  textOf,
  words,
  type Complaint,
  type Node,
  type Span,
} from '#requirements/index.ts'

/** Policies and group rules as files: what a repository keeps, and what `gatehouse policy push` brings to the server. */
export interface CodeFolder {
  /** By slug, the name of the file without its ending. */
  readonly policies: ReadonlyMap<string, CodePolicy>
  /** In their order; `policy` is a slug. */
  readonly rules: readonly CodeRule[]
  /** A slug; null for none. */
  readonly default: string | null
}

export interface CodePolicy {
  readonly name: string
  readonly description: string
  /** requirements.toml */
  readonly text: string
  /** The overridable config.toml beside it; empty when there is none. */
  readonly defaults: string
}

export interface CodeRule {
  readonly group: string
  readonly policy: string
}

/** What is wrong in one file of the folder. Lines and columns are 1-based, the end is exclusive. */
export interface Finding {
  readonly file: string
  readonly severity: 'error' | 'warning'
  readonly code: string
  readonly line: number
  readonly column: number
  readonly endLine: number
  readonly endColumn: number
  readonly message: string
}

export const listFile = 'gatehouse.toml'
export const requirementsFile = (slug: string): string => `policies/${slug}.toml`
export const defaultsFile = (slug: string): string => `policies/${slug}.config.toml`
const policyFile = /^policies\/(.+?)(?:\.config)?\.toml$/
/** A slug is the name of a file on every system. */
export const slugForm = /^[a-z0-9][a-z0-9_-]{0,99}$/

const shape = strict(
  key('default', text, 'The policy for everybody for whom no rule decides.'),
  key(
    'policies',
    map(
      strict(
        key('name', words, 'How the policy is called in Gatehouse.', { required: true }),
        key('description', text, 'What it is for.'),
      ),
    ),
    'The policies, each with its file in policies/.',
  ),
  key(
    'rules',
    list(
      strict(
        key('group', words, 'The name of a group.', { required: true }),
        key('policy', words, 'The policy its people get.', { required: true }),
      ),
    ),
    'The group rules; the first that matches decides.',
  ),
)

/**
 * Reads the files of a folder (by path with forward slashes) and says everything that is wrong with them: the list, what it
 * refers to, and each policy as the server would judge it. Pure; never throws.
 */
export function readFolder(files: ReadonlyMap<string, string>): {
  readonly folder: CodeFolder
  readonly findings: readonly Finding[]
} {
  const source = files.get(listFile)
  if (source === undefined)
    return {
      folder: { policies: new Map(), rules: [], default: null },
      findings: [wholeFile(listFile, 'missing_file', `There is no ${listFile} in this folder.`)],
    }
  const findings = checkAgainst(source, shape).complaints.map((one) => said(listFile, one))
  const read = readToml(source)
  const nodeOf = (name: string) => ('root' in read ? nodeAt(read.root, name) : undefined)
  const wrong = finder(source, findings)
  const policies = policiesOf(nodeOf('policies'), files, wrong)
  const refer = (node: Node | undefined): string | null => {
    const slug = textOf(node)
    if (node === undefined || slug === undefined) return null
    if (policies.has(slug)) return slug
    wrong(node.span, 'policy_unknown', `There is no [policies.${slug}].`)
    return null
  }
  const folder: CodeFolder = {
    policies,
    rules: rulesOf(nodeOf('rules'), refer, wrong),
    default: refer(nodeOf('default')),
  }
  findings.push(...unused(files, policies))
  for (const slug of policies.keys()) findings.push(...judged(files, slug))
  return { folder, findings }
}

type Wrong = (span: Span, code: string, message: string) => void

function finder(source: string, findings: Finding[]): Wrong {
  const { place } = rulerOf(source)
  return ({ from, to }, code, message) => {
    const [start, end] = [place(from), place(to)]
    findings.push({
      file: listFile,
      severity: 'error',
      code,
      ...start,
      endLine: end.line,
      endColumn: end.column,
      message,
    })
  }
}

function policiesOf(
  table: Node | undefined,
  files: ReadonlyMap<string, string>,
  wrong: Wrong,
): CodeFolder['policies'] {
  const policies = new Map<string, CodePolicy>()
  const slugOfName = new Map<string, string>()
  for (const { key: slug, keySpan, value } of entriesOf(table)) {
    // Without one it is an error already; the rest is judged all the same.
    const name = textOf(nodeAt(value, 'name')) ?? slug
    const same = slugOfName.get(name.toLowerCase())
    if (same !== undefined)
      wrong(keySpan, 'name_twice', `${slug} and ${same} have the same name, ${name}.`)
    slugOfName.set(name.toLowerCase(), slug)
    if (!slugForm.test(slug))
      wrong(keySpan, 'slug', `${slug} cannot be a file: use a–z, 0–9, - and _, at most 100.`)
    const requirements = files.get(requirementsFile(slug))
    if (requirements === undefined)
      wrong(keySpan, 'missing_file', `${requirementsFile(slug)} is missing.`)
    policies.set(slug, {
      name,
      description: textOf(nodeAt(value, 'description')) ?? '',
      text: requirements ?? '',
      defaults: files.get(defaultsFile(slug)) ?? '',
    })
  }
  return policies
}

function rulesOf(
  rules: Node | undefined,
  refer: (node: Node | undefined) => string | null,
  wrong: Wrong,
): readonly CodeRule[] {
  const made: CodeRule[] = []
  for (const rule of itemsOf(rules)) {
    const named = nodeAt(rule, 'group')
    const group = textOf(named)
    const policy = refer(nodeAt(rule, 'policy'))
    if (named === undefined || group === undefined || policy === null) continue
    if (made.some((earlier) => earlier.group.toLowerCase() === group.toLowerCase()))
      wrong(named.span, 'rule_dead', `A second rule for ${group} is dead: the first one decides.`)
    made.push({ group, policy })
  }
  return made
}

/** Files that nothing refers to: most often a forgotten entry. */
function unused(
  files: ReadonlyMap<string, string>,
  policies: CodeFolder['policies'],
): readonly Finding[] {
  return [...files.keys()].flatMap((path) => {
    const slug = policyFile.exec(path)?.[1]
    if (slug === undefined || policies.has(slug)) return []
    const message = `${listFile} has no [policies.${slug}]: this file goes nowhere.`
    return [{ ...wholeFile(path, 'file_unused', message), severity: 'warning' as const }]
  })
}

function judged(files: ReadonlyMap<string, string>, slug: string): readonly Finding[] {
  const [ours, theirs] = [requirementsFile(slug), defaultsFile(slug)]
  const checked = checkPolicy({ text: files.get(ours) ?? '', defaults: files.get(theirs) ?? '' })
  return [
    ...checked.requirements.complaints.map((one) => said(ours, one, one.effect)),
    ...checked.defaults.complaints.map((one) => said(theirs, one, one.effect)),
  ]
}

/** The effect is what a client does; of our own list there is none. */
function said(file: string, complaint: Complaint, effect = ''): Finding {
  const { severity, code, line, column, endLine, endColumn, message, remedy } = complaint
  return {
    ...{ file, severity, code, line, column, endLine, endColumn },
    message: [message, effect, remedy].filter((part) => part !== '').join(' '),
  }
}

const wholeFile = (file: string, code: string, message: string): Finding => ({
  ...{ file, severity: 'error', code, line: 1, column: 1, endLine: 1, endColumn: 1 },
  message,
})
