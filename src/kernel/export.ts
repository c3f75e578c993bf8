import { ReadableStream as Stream } from 'node:stream/web'

type Cell = string | number | null | undefined

/** One CSV (RFC 4180) download. A cell that a spreadsheet would run as a formula is defused with a leading apostrophe. */
export function csvResponse(
  name: string,
  columns: readonly string[],
  rows: readonly (readonly Cell[])[],
): Response {
  const lines = [columns, ...rows].map(csvLine)
  return download(`${name}.csv`, 'text/csv; charset=utf-8', lines.join(''))
}

/** One line of it, its end included. */
export const csvLine = (row: readonly Cell[]): string => `${row.map(cell).join(',')}\r\n`

/** A download that is made while it is read, for what should never be in memory as a whole. */
export function streamDownload(
  name: string,
  type: string,
  parts: AsyncIterable<string | Uint8Array>,
): Response {
  const bytes = Stream.from(encoded(parts)) as ReadableStream<Uint8Array>
  return new Response(bytes, { headers: downloadHeaders(name, type) })
}

async function* encoded(parts: AsyncIterable<string | Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const part of parts) yield typeof part === 'string' ? Buffer.from(part) : part
}

export function jsonResponse(name: string, value: unknown): Response {
  return download(`${name}.json`, 'application/json', `${JSON.stringify(value, null, 2)}\n`)
}

export function download(name: string, type: string, body: string): Response {
  return new Response(body, { headers: downloadHeaders(name, type) })
}

const downloadHeaders = (name: string, type: string): Record<string, string> => ({
  'content-type': type,
  'content-disposition': `attachment; filename="${name.replaceAll(/[^\w.-]/g, '_')}"`,
  'cache-control': 'no-store',
})

/** A time (ms) as spreadsheets read it; empty for none. */
export const timeCell = (at: number | null | undefined): string =>
  at === null || at === undefined ? '' : new Date(at).toISOString()

function cell(value: Cell): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'number') return String(value)
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
