/** One CSV (RFC 4180) download. A cell that a spreadsheet would run as a formula is defused with a leading apostrophe. */
export function csvResponse(
  name: string,
  columns: readonly string[],
  rows: readonly (readonly (string | number | null | undefined)[])[],
): Response {
  const lines = [columns, ...rows].map((row) => row.map(cell).join(','))
  return download(`${name}.csv`, 'text/csv; charset=utf-8', `${lines.join('\r\n')}\r\n`)
}

export function jsonResponse(name: string, value: unknown): Response {
  return download(`${name}.json`, 'application/json', `${JSON.stringify(value, null, 2)}\n`)
}

export function download(name: string, type: string, body: string): Response {
  return new Response(body, {
    headers: {
      'content-type': type,
      'content-disposition': `attachment; filename="${name.replaceAll(/[^\w.-]/g, '_')}"`,
      'cache-control': 'no-store',
    },
  })
}

function cell(value: string | number | null | undefined): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'number') return String(value)
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
