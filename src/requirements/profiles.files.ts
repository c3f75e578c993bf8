import { isWithoutFolder, withoutFolder } from './denied.ts'
import { REFUSES, type Report } from './report.ts'
import { entriesOf, nodeAt, textOf, type Entry, type Path } from './tree.ts'

/** Special places of the client 0.169. Only the workspace may have rules for paths inside it. */
const SPECIAL = [':root', ':minimal', ':tmpdir', ':slash_tmp', ':workspace_roots']
const WITHOUT_INSIDE = [':root', ':minimal', ':tmpdir', ':slash_tmp']

/** The file rules of one profile. `effect` says what a wrong one does to the client. */
export function checkProfileFiles(profile: Entry, effect: string, report: Report): void {
  const path: Path = ['permissions', profile.key, 'filesystem']
  const refuse = (entry: Entry, where: Path, message: string, remedy: string): void =>
    report.error({
      code: 'profile_path',
      span: entry.keySpan,
      path: where,
      message,
      effect,
      remedy,
    })
  for (const entry of entriesOf(nodeAt(profile.value, 'filesystem'))) {
    const here = [...path, entry.key]
    if (entry.key === 'glob_scan_max_depth') {
      if (entry.value.kind === 'integer' && Number(entry.value.value) < 1)
        refuse(entry, here, 'glob_scan_max_depth must be at least 1.', 'Write 1 or more.')
      continue
    }
    // Without rules in it the client does not look at the place (measured).
    if (entry.value.kind === 'table' && entry.value.entries.size === 0) continue
    place(entry, here, refuse, report)
    if (entry.value.kind === 'table') inside(entry, here, refuse)
    else {
      globAccess(entry, here, refuse)
      wholeDisk(entry, here, effect, report)
    }
  }
}

type Refuse = (entry: Entry, where: Path, message: string, remedy: string) => void

function place(entry: Entry, here: Path, refuse: Refuse, report: Report): void {
  const special = entry.key.startsWith(':')
  if (!special && !/^(?:\/|~(?:\/|$))/.test(entry.key))
    refuse(
      entry,
      here,
      'The path is neither absolute nor under ~/.',
      'Write an absolute path, one under ~/, or a special place such as ":workspace_roots".',
    )
  else if (special && !SPECIAL.includes(entry.key))
    report.warning({
      code: 'profile_path_unknown',
      span: entry.keySpan,
      path: here,
      message: `${entry.key} is not a special place we know.`,
      effect: 'Codex 0.169 accepts it; it may protect nothing.',
      remedy: `Write one of: ${SPECIAL.join(', ')}.`,
    })
}

function inside(entry: Entry, here: Path, refuse: Refuse): void {
  if (WITHOUT_INSIDE.includes(entry.key)) {
    refuse(
      entry,
      here,
      `${entry.key} cannot have rules for paths inside it.`,
      'Give it one access, or use ":workspace_roots".',
    )
    return
  }
  for (const sub of entriesOf(entry.value)) {
    const where = [...here, sub.key]
    // "." alone stands for the place itself (measured: accepted).
    const parts = sub.key.split('/')
    const leaves =
      sub.key !== '.' && (sub.key.startsWith('/') || parts.includes('..') || parts.includes('.'))
    if (leaves)
      refuse(
        sub,
        where,
        'The path leads out of its place.',
        'Write a path below it, without . or .. in it.',
      )
    else globAccess(sub, where, refuse)
  }
}

/** Patterns can only deny; a trailing `/**` is not a pattern but the whole folder. */
function globAccess(entry: Entry, here: Path, refuse: Refuse): void {
  const access = textOf(entry.value)
  if (access !== 'read' && access !== 'write') return
  if (/[*?[\]]/.test(entry.key.replace(/\/\*\*$/, '')))
    refuse(
      entry,
      here,
      `A pattern cannot give ${access} access.`,
      `Write an exact path, or one that ends with /**; patterns can only deny.`,
    )
}

/** A pattern that begins at the root: denied, nobody opens a session; given, the client finds no path left (measured). */
function wholeDisk(entry: Entry, here: Path, effect: string, report: Report): void {
  if (!isWithoutFolder(entry.key)) return
  const access = textOf(entry.value)
  if (access === 'deny' || access === 'none')
    report.error(withoutFolder(entry.keySpan, here, effect === REFUSES))
  else if (/^\/+\*\*\/*$/.test(entry.key))
    report.error({
      code: 'profile_path',
      span: entry.keySpan,
      path: here,
      message: 'The pattern has no folder.',
      effect,
      remedy: 'Write ":root".',
    })
}
