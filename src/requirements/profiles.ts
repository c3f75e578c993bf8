import type { Span } from './complaint.ts'
import { nearest } from './nearest.ts'
import { checkProfileFiles } from './profiles.files.ts'
import { checkProfileMitm } from './profiles.mitm.ts'
import { REFUSES, replace, type Report } from './report.ts'
import {
  entriesOf,
  entryOf,
  isTrue,
  nodeAt,
  textOf,
  type Entry,
  type Path,
  type TableNode,
} from './tree.ts'

export const BUILT_IN = [':read-only', ':workspace', ':danger-full-access']

/** Permission profiles: which may be chosen, which is the default, and what they extend. */
export function checkProfiles(root: TableNode, report: Report): void {
  const profiles = entriesOf(nodeAt(root, 'permissions')).filter(
    (entry) =>
      entry.key !== 'filesystem' && entry.key !== 'network' && entry.value.kind === 'table',
  )
  const allowed = entryOf(root, 'allowed_permission_profiles')
  const initial = entryOf(root, 'default_permissions')
  const names = profiles.map((p) => p.key)
  if (allowed !== undefined) allowlist(allowed, names, report)
  defaults(allowed, initial, profiles, report)
  checkProfileBodies(profiles, textOf(initial?.value), report)
}

/** What profiles say, whoever may choose them. `initial` is the one that people start with. */
export function checkProfileBodies(
  profiles: readonly Entry[],
  initial: string | undefined,
  report: Report,
): void {
  const parents = new Map(profiles.map((p) => [p.key, parentOf(p)]))
  const used = chain(initial, parents)
  const circles = inCircles(parents)
  for (const profile of profiles) {
    // The client reads a profile when a session uses it, so only the default stops it at start.
    const effect = used.has(profile.key)
      ? REFUSES
      : 'Codex 0.169 starts, but refuses to as soon as somebody chooses this profile.'
    profileName(profile, report)
    parent(profile, parents, circles.has(profile.key), effect, report)
    checkProfileFiles(profile, effect, report)
    checkProfileMitm(profile, effect, report)
  }
}

function allowlist(allowed: Entry, names: readonly string[], report: Report): void {
  const known = new Set([...BUILT_IN, ...names])
  for (const entry of entriesOf(allowed.value)) {
    const path = [allowed.key, entry.key]
    if (entry.key === ':danger-full-access' && isTrue(entry.value))
      report.warning({
        code: 'full_access_allowed',
        span: entry.keySpan,
        path,
        message: 'This allows people to work without any sandbox.',
        effect: 'Somebody who chooses it lets the agent do whatever their own account can do.',
        remedy: 'Take it out, or keep it to machines that are sandboxes themselves.',
      })
    if (known.has(entry.key)) continue
    const listed = [...known].slice(0, 20)
    const meant = nearest(entry.key, listed)
    report.error({
      code: 'profile_undefined',
      span: entry.keySpan,
      path,
      message: `There is no profile ${JSON.stringify(entry.key)}.`,
      effect: REFUSES,
      remedy: `Define it under permissions, or name one of: ${listed.join(', ')}.`,
      fix:
        meant === undefined || entryOf(allowed.value, meant) !== undefined
          ? undefined
          : replace(`Change to ${meant}`, entry.keySpan, JSON.stringify(meant)),
    })
  }
}

function defaults(
  allowed: Entry | undefined,
  initial: Entry | undefined,
  profiles: readonly Entry[],
  report: Report,
): void {
  const refuse = (
    code: DefaultCode,
    span: Span,
    path: Path,
    message: string,
    remedy: string,
  ): void => report.error({ code, span, path, message, effect: REFUSES, remedy })
  const may = (name: string): boolean => isTrue(entryOf(allowed?.value, name)?.value)
  if (initial !== undefined) {
    const name = textOf(initial.value)
    if (allowed === undefined)
      refuse(
        'default_profile_without_list',
        initial.keySpan,
        [initial.key],
        'default_permissions needs allowed_permission_profiles.',
        'Add [allowed_permission_profiles] and set the default to true there.',
      )
    else if (name !== undefined && !may(name))
      refuse(
        'default_profile_not_allowed',
        initial.value.span,
        [initial.key],
        `The default profile ${JSON.stringify(name)} is not allowed.`,
        'Set it to true in allowed_permission_profiles, or choose another default.',
      )
    return
  }
  if (allowed !== undefined) {
    if (!may(':workspace') || !may(':read-only'))
      refuse(
        'default_profile_missing',
        allowed.keySpan,
        [allowed.key],
        'default_permissions is missing.',
        'Add default_permissions, or allow both ":workspace" and ":read-only".',
      )
    return
  }
  const [first] = profiles
  if (first !== undefined)
    refuse(
      'default_profile_missing',
      first.keySpan,
      ['permissions', first.key],
      'The policy defines a profile, but default_permissions is missing.',
      'Add default_permissions and allowed_permission_profiles.',
    )
}

type DefaultCode =
  'default_profile_missing' | 'default_profile_not_allowed' | 'default_profile_without_list'

type Parents = ReadonlyMap<string, string | undefined>

/** The profiles a start with this default reads: itself and everything it extends. */
function chain(start: string | undefined, parents: Parents): ReadonlySet<string> {
  const used = new Set<string>()
  let name = start
  while (name !== undefined && !used.has(name)) {
    used.add(name)
    name = parents.get(name)
  }
  return used
}

function parentOf(profile: Entry | undefined): string | undefined {
  return textOf(entryOf(profile?.value, 'extends')?.value)
}

function profileName(profile: Entry, report: Report): void {
  if (!profile.key.startsWith(':')) return
  report.error({
    code: 'profile_name',
    span: profile.keySpan,
    path: ['permissions', profile.key],
    message: 'Names that begin with a colon are kept for built-in profiles.',
    effect: REFUSES,
    remedy: 'Give the profile a name without the colon.',
  })
}

function parent(
  profile: Entry,
  parents: Parents,
  circular: boolean,
  effect: string,
  report: Report,
): void {
  const node = entryOf(profile.value, 'extends')?.value
  const name = textOf(node)
  if (node === undefined || name === undefined) return
  const path = ['permissions', profile.key, 'extends']
  const roots = [':read-only', ':workspace']
  if (!roots.includes(name) && !parents.has(name)) {
    // Suggestions from a page of names, not from thousands.
    const possible = [...roots, ...[...parents.keys()].slice(0, 20)].filter(
      (n) => n !== profile.key,
    )
    const meant = nearest(name, possible)
    report.error({
      code: 'profile_parent',
      span: node.span,
      path,
      message:
        name === ':danger-full-access'
          ? 'A profile cannot extend full access.'
          : `There is no profile ${JSON.stringify(name)} to extend.`,
      effect,
      remedy: `Extend one of: ${possible.join(', ')}.`,
      fix:
        meant === undefined
          ? undefined
          : replace(`Change to ${meant}`, node.span, JSON.stringify(meant)),
    })
  } else if (circular)
    report.error({
      code: 'profile_cycle',
      span: node.span,
      path,
      message: 'The profile extends itself, directly or through others.',
      effect,
      remedy: 'Let the circle end at ":read-only" or ":workspace".',
    })
}

/** The profiles that extend themselves in the end; every profile is walked over once. */
function inCircles(parents: Parents): ReadonlySet<string> {
  const circles = new Set<string>()
  const done = new Set<string>()
  for (const start of parents.keys()) {
    const walk: string[] = []
    const here = new Set<string>()
    let name: string | undefined = start
    while (name !== undefined && !done.has(name) && !here.has(name)) {
      walk.push(name)
      here.add(name)
      name = parents.get(name)
    }
    if (name !== undefined && here.has(name))
      for (const member of walk.slice(walk.indexOf(name))) circles.add(member)
    for (const member of walk) done.add(member)
  }
  return circles
}
