import type { Span } from './complaint.ts'
import { REFUSES, type Finding, type Report } from './report.ts'
import { itemsOf, textOf, type Node, type Path } from './tree.ts'

/** Measured with 0.169 on Linux: the configuration loads, and then no session opens, in any folder. */
const NO_SESSION =
  'Codex 0.169 starts, but on Linux it cannot open a session: nobody there can work.'

/** The files that nobody's commands may read. */
export function checkDeniedReads(node: Node | undefined, report: Report): void {
  for (const [index, item] of itemsOf(node).entries()) {
    const file = textOf(item)
    if (file !== undefined)
      deniedRead(file, item.span, ['permissions', 'filesystem', 'deny_read', index], report)
  }
}

function deniedRead(file: string, span: Span, path: Path, report: Report): void {
  const at = { span, path }
  if (file.includes('\0'))
    report.error({
      code: 'path_invalid',
      ...at,
      message: 'A path cannot contain U+0000.',
      effect: REFUSES,
      remedy: 'Take the character out.',
    })
  else if (/^(?:[A-Za-z]:[\\/]|\\\\)/.test(file))
    report.warning({
      code: 'windows_path',
      ...at,
      message: 'This path only exists on Windows.',
      effect: 'Codex 0.169 refuses to start with it on Linux and macOS.',
      remedy: 'Give this policy to Windows machines only, or write a path under ~/.',
    })
  else if (!/^(?:\/|~(?:\/|$))/.test(file) && clientsHome(`~/.codex/${file}`) !== undefined)
    ofClient(`~/.codex/${file}`, at, report)
  else if (!/^(?:\/|~(?:\/|$))/.test(file))
    report.error({
      code: 'path_relative',
      ...at,
      message: 'A relative path protects nothing here.',
      effect:
        'Codex 0.169 accepts it, but takes it from the CODEX_HOME of each person and not from the project.',
      remedy: 'Write an absolute path, one under ~/, or a pattern such as ~/**/*.env.',
    })
  else if (isWithoutFolder(file)) report.error(withoutFolder(span, path))
  else if (isPattern(file)) wide(file, at, report)
  else ofClient(file, at, report)
}

type At = Pick<Finding, 'span' | 'path'>

// A path that protects what the client itself starts from is refused before anything else is looked at.
function ofClient(file: string, at: At, report: Report): void {
  const home = clientsHome(file)
  if (home === undefined) return
  report.error({
    code: 'path_of_client',
    ...at,
    message: `Codex keeps its own helper programs below this path, in ${home}/.codex/tmp.`,
    effect:
      home === '~' ? REFUSES : `Codex 0.169 refuses to start for everybody whose home is ${home}.`,
    remedy:
      'Name what is to be protected, such as ~/.ssh, or files by a pattern such as ~/**/*.env.',
  })
}

// bubblewrap is given each match by itself; measured: "matched more than 8192 paths".
function wide(file: string, at: At, report: Report): void {
  const segments = segmentsOf(file)
  if (!/^\*+$/.test(segments.at(-1) ?? '')) return
  report.warning({
    code: 'pattern_wide',
    ...at,
    message: 'The pattern matches everything in the folder.',
    effect: 'On Linux Codex 0.169 opens no session on a machine where more than 8192 files match.',
    remedy: 'Name the folder itself, or say which files: ~/src/**/*.pem.',
  })
}

/** What is wrong with a denied pattern whose first segment is already one (the vendor's own example begins with `/**`). */
export function withoutFolder(span: Span, path: Path, used = true): Finding {
  return {
    code: 'pattern_without_folder',
    span,
    path,
    message: 'The pattern begins at the root of the disk.',
    effect: used
      ? NO_SESSION
      : 'Codex 0.169 starts, but on Linux whoever chooses this profile cannot open a session.',
    remedy: 'Begin it with a folder: ~/**/*.env, or one pattern for each folder that matters.',
  }
}

export const isWithoutFolder = (path: string): boolean =>
  path.startsWith('/') && isPattern(segmentsOf(path)[0] ?? '')

/** Star, question mark and bracket make a pattern (each measured). */
const isPattern = (path: string): boolean => /[*?[]/.test(path)

/** As the client reads a path: doubled slashes and dots fall away, two dots go up (measured). */
function segmentsOf(path: string): readonly string[] {
  const segments: string[] = []
  for (const segment of path.split('/'))
    if (segment === '..') segments.pop()
    else if (segment !== '' && segment !== '.') segments.push(segment)
  return segments
}

/**
 * The home whose client cannot start when this exact path is denied. The client refuses when the path is its folder
 * `~/.codex/tmp/arg0-<system>` or one above it, but for `/` (measured); where homes lie is what the systems do by default.
 */
function clientsHome(path: string): string | undefined {
  const segments = segmentsOf(path)
  // Up and out of the home, so above it.
  if (path.startsWith('~') && segments[0] !== '~') return '~'
  if (segments[0] === '~') return holdsHelpers(segments.slice(1)) ? '~' : undefined
  const written = segments.join('/')
  if (written === 'home' || written === 'Users') return `/${written}/…`
  for (const [home, depth] of homes)
    if (home.test(written) && holdsHelpers(segments.slice(depth)))
      return `/${segments.slice(0, depth).join('/')}`
  return undefined
}

/** The superuser's homes whole; of somebody's home only the client's folder, since others may well be protected from it. */
const homes: readonly (readonly [RegExp, number])[] = [
  [/^root(?:\/|$)/, 1],
  [/^var\/root(?:\/|$)/, 2],
  [/^(?:home|Users)\/[^/]+\/./, 2],
]

const helpers = ['.codex', 'tmp']

function holdsHelpers(inHome: readonly string[]): boolean {
  const [, , third, ...deeper] = inHome
  return (
    inHome.slice(0, 2).every((segment, i) => segment === helpers[i]) &&
    (third === undefined || third.startsWith('arg0-')) &&
    deeper.length === 0
  )
}
