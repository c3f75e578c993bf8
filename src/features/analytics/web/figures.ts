import type { Cell, Column } from '../schema.ts'

type Kind = Column['kind']

/** A value as a table says it. */
export function cellText(value: Cell, kind: Kind): string {
  if (value === null) return '–'
  if (typeof value === 'string') return value
  if (kind === 'share') return `${Math.round(value * 100)} %`
  if (kind === 'ms') return `${value.toLocaleString('en')} ms`
  if (kind === 'cost')
    return value.toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 })
  return value.toLocaleString('en')
}

const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })

/** The same in few characters, for axes and headlines. */
export function shortText(value: number, kind: Kind): string {
  if (kind === 'ms')
    return value < 1000 ? `${Math.round(value)} ms` : `${compact.format(value / 1000)} s`
  return kind === 'share' ? cellText(value, kind) : compact.format(value)
}

/** How much more or less than before; undefined where there was nothing to compare with. */
export function change(now: number, before: number | undefined): string | undefined {
  if (before === undefined || before === 0) return undefined
  const percent = Math.round((now / before - 1) * 100)
  return percent === 0 ? 'as before' : `${percent > 0 ? '+' : '−'}${Math.abs(percent)} %`
}
