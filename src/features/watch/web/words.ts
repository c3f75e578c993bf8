import type { Meaning } from '#web/kit/index.ts'
import type { FailureKind, StepKind } from '../schema.ts'

/** What happened to a page in a step. */
export const stepWords: Readonly<Record<StepKind, { word: string; meaning: Meaning }>> = {
  new: { word: 'new', meaning: 'added' },
  gone: { word: 'gone', meaning: 'removed' },
  moved: { word: 'moved', meaning: 'changed' },
  changed: { word: 'changed', meaning: 'changed' },
  quiet: { word: 'formatting only', meaning: 'neutral' },
  flip: { word: 'flipped back', meaning: 'neutral' },
  boundary: { word: 'extracted anew', meaning: 'neutral' },
}

export const failureWords: Readonly<Record<FailureKind, string>> = {
  blocked: 'blocked',
  rate_limited: 'rate limited',
  gone: 'gone',
  moved: 'moved away',
  timeout: 'timed out',
  too_large: 'too large',
  empty: 'empty',
  changed_kind: 'changed kind',
  selector_broken: 'selector finds nothing',
  server_error: 'server error',
  network: 'unreachable',
  tls: 'certificate refused',
  refused_address: 'address refused',
  robots: 'closed by robots.txt',
  needs_browser: 'needs a browser',
  render_failed: 'browser failed',
  unreadable: 'unreadable',
  quota: 'over the quota',
}

/** `2026-05-18-2201-2` as people read it: `18 May 2026, 22:01 UTC (2)`. */
export function stampText(stamp: string): string {
  const match = /^(\d{4})-(\d{2})-(\d{2})-(\d{2})(\d{2})(?:-(\d+))?$/.exec(stamp)
  if (!match) return stamp
  const [, year, month, day, hour, minute, again] = match
  const name = months[Number(month) - 1] ?? month
  const suffix = again === undefined ? '' : ` (${again})`
  return `${Number(day)} ${name} ${year}, ${hour}:${minute} UTC${suffix}`
}

export const months = [
  'Jan',
  'Feb',
  'Mar',
  'Apr',
  'May',
  'Jun',
  'Jul',
  'Aug',
  'Sep',
  'Oct',
  'Nov',
  'Dec',
] as const

export function bytesText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  if (bytes < 1_000_000) return `${(bytes / 1000).toFixed(1)} kB`
  if (bytes < 1_000_000_000) return `${(bytes / 1_000_000).toFixed(1)} MB`
  return `${(bytes / 1_000_000_000).toFixed(2)} GB`
}
