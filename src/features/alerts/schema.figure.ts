import type { Measure } from './schema.measures.ts'

/** A figure as people read it, in messages and on screens. */
export function figureOf(value: number, kind: Measure['kind'], currency: string): string {
  if (kind === 'cost') return `${value.toLocaleString('en', cents)} ${currency}`.trim()
  const text = value.toLocaleString('en', { maximumFractionDigits: 1 })
  return { count: text, tokens: text, percent: `${text} %`, ms: `${text} ms` }[kind]
}

const cents = { minimumFractionDigits: 2, maximumFractionDigits: 2 } as const
