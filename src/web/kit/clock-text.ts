const steps: readonly (readonly [unit: Intl.RelativeTimeFormatUnit, milliseconds: number])[] = [
  ['year', 365 * 86_400_000],
  ['month', 30 * 86_400_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
]
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'always', style: 'long' })

/** "3 hours ago", "in 2 days", "just now" (under a minute either way). Both in milliseconds since 1970. */
export function relativeTime(at: number, now: number): string {
  const distance = at - now
  for (const [unit, size] of steps)
    if (Math.abs(distance) >= size) return relative.format(Math.trunc(distance / size), unit)
  return 'just now'
}

/** `2026-11-22 10:04:05 UTC`; what is no time at all is said so rather than thrown. */
export function exactTime(at: number): string {
  const date = new Date(at)
  if (Number.isNaN(date.getTime())) return 'no valid time'
  return `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`
}
