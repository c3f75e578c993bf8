import type { Complaint } from './complaint.ts'
import { checkCommandRules } from './commands.ts'
import { conform } from './conform.ts'
import { FEATURES, REMOVED_FEATURES } from './features.ts'
import { checkHooks } from './hooks.ts'
import { nearest } from './nearest.ts'
import { checkNetwork } from './network.ts'
import { readToml, rulerOf, type Unreadable } from './positions.ts'
import { checkProfiles } from './profiles.ts'
import { checkProviders } from './providers.ts'
import { REQUIREMENTS } from './key.complaints.ts'
import {
  openReport,
  REFUSES,
  REFUSES_TO_START,
  rename,
  type Dialect,
  type Report,
} from './report.ts'
import { checkSandbox } from './sandbox.ts'
import { POLICY } from './schema.ts'
import type { TableShape } from './shape.ts'
import { checkServers } from './servers.ts'
import {
  entriesOf,
  entryOf,
  isTrue,
  textOf,
  toPlain,
  type PlainTable,
  type TableNode,
} from './tree.ts'

/** What checking found. `document` is there whenever the text is TOML, also with complaints. */
export interface Checked {
  /** In the order of the text. */
  readonly complaints: readonly Complaint[]
  /** The plain value; dates are text, as the client reads them. */
  readonly document?: PlainTable
  /** The top-level keys, as written. */
  readonly keys: readonly string[]
}

/**
 * Judges a requirements.toml as the client 0.169 would take it when it is delivered. Pure and
 * bounded: it never throws, whatever the text, and refuses what is too large or too deep to read.
 */
export function checkRequirements(text: string): Checked {
  return checkAgainst(text, POLICY, CHECKS)
}

/** Something to look for in a document beyond its table of keys. */
export type Check = (root: TableNode, report: Report) => void

/** Judges any TOML document by its table of keys, and by further checks. As pure and bounded as `checkRequirements`. */
export function checkAgainst(
  text: string,
  shape: TableShape,
  checks: readonly Check[] = [],
  dialect: Dialect = REQUIREMENTS,
): Checked {
  const ruler = rulerOf(text)
  const report = openReport(ruler, dialect)
  const read = readToml(text)
  if ('unreadable' in read) {
    unreadable(read.unreadable, report)
    return { complaints: report.complaints(), keys: [] }
  }
  const { root } = read
  conform(root, shape, [], report)
  for (const check of checks) check(root, report)
  return {
    complaints: report.complaints(),
    document: toPlain(root) as PlainTable,
    keys: [...root.entries.keys()],
  }
}

export const CHECKS: readonly Check[] = [
  checkSandbox,
  checkProviders,
  checkCommandRules,
  checkNetwork,
  checkProfiles,
  checkServers,
  checkHooks,
  checkFeatures,
  checkApplicationPaths,
]

/** Whether a policy may be published: no complaint is an error. */
export function isPublishable(checked: Checked): boolean {
  return checked.complaints.every((complaint) => complaint.severity !== 'error')
}

const REMEDIES: Readonly<Record<Unreadable['code'], string>> = {
  too_large: 'Make the policy smaller.',
  too_deep: 'Write it with less nesting.',
  too_complex: 'Shorten the longest string.',
  syntax: 'Correct the line.',
  duplicate_key: 'Keep one of the two.',
  integer_range: 'Write a smaller number.',
}

function unreadable(why: Unreadable, report: Report): void {
  const ours = why.code === 'too_large' || why.code === 'too_complex'
  report.error({
    code: why.code,
    span: why.span,
    path: [],
    message: why.message,
    effect: ours ? 'It cannot be checked, so it cannot be published.' : REFUSES,
    remedy: REMEDIES[why.code],
  })
}

/** Names of features. The client prints "Ignoring unknown `features` requirement" and goes on (measured). */
export function checkFeatures(root: TableNode, report: Report): void {
  const features = entryOf(root, 'features', 'feature_requirements')
  const budget = entryOf(features?.value, 'rollout_budget')
  if (features !== undefined && budget !== undefined && isTrue(budget.value))
    // The only one of all features that a policy cannot switch on (each was put to the client).
    report.error({
      code: 'feature_incomplete',
      span: budget.value.span,
      path: [features.key, budget.key],
      message: 'rollout_budget needs limit_tokens.',
      effect: `${REFUSES_TO_START} where nothing else sets limit_tokens.`,
      remedy: 'Take it out.',
    })
  for (const entry of entriesOf(features?.value)) {
    if (report.full()) return
    if (features === undefined || FEATURES.has(entry.key)) continue
    const at = { span: entry.keySpan, path: [features.key, entry.key] }
    if (REMOVED_FEATURES.has(entry.key)) {
      report.warning({
        code: 'removed_feature',
        ...at,
        message: `${entry.key} was removed from the client.`,
        effect: 'Codex 0.169 knows the name and does nothing with it.',
        remedy: 'Take it out, unless older clients are in use.',
      })
      continue
    }
    const meant = nearest(entry.key, FEATURES)
    const free = meant !== undefined && entryOf(features.value, meant) === undefined
    report.warning({
      code: 'unknown_feature',
      ...at,
      message: `There is no feature ${JSON.stringify(entry.key)}.`,
      effect: report.dialect.ignored,
      remedy:
        meant === undefined ? 'Take it out, or check its spelling.' : `Did you mean ${meant}?`,
      fix: free ? rename(entry, meant) : undefined,
    })
  }
}

function checkApplicationPaths(root: TableNode, report: Report): void {
  const storage = entryOf(entryOf(root, 'application')?.value, 'storage')
  for (const entry of entriesOf(storage?.value)) {
    const folder = textOf(entry.value)
    if (folder === undefined) continue
    if (/^(?:\/|~(?:\/|$))/.test(folder)) continue
    const windows = /^(?:[A-Za-z]:[\\/]|\\\\)/.test(folder)
    const at = { span: entry.value.span, path: ['application', 'storage', entry.key] }
    if (windows)
      report.warning({
        code: 'windows_path',
        ...at,
        message: 'This path only exists on Windows.',
        effect: 'Codex 0.169 refuses to start with it on Linux and macOS.',
        remedy: 'Give this policy to Windows machines only, or write a path under ~/.',
      })
    else
      report.error({
        code: 'path_invalid',
        ...at,
        message: `${entry.key} is not an absolute path.`,
        effect: REFUSES,
        remedy: 'Write an absolute path, or one under ~/.',
      })
  }
}
