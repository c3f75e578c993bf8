/** Prints rows as a table whose columns are as wide as their widest cell. */
export function printTable(
  rows: readonly Readonly<Record<string, string | number | null>>[],
): void {
  const columns = Object.keys(rows[0] ?? {})
  if (columns.length === 0) {
    console.log('(none)')
    return
  }
  const text = (value: string | number | null | undefined): string =>
    value === null || value === undefined ? '–' : String(value).replaceAll('\n', ' ')
  const widths = columns.map((name) =>
    Math.max(name.length, ...rows.map((row) => text(row[name]).length)),
  )
  const line = (cells: readonly string[]): string =>
    cells.map((cell, i) => (i === cells.length - 1 ? cell : cell.padEnd(widths[i] ?? 0))).join('  ')
  console.log(line(columns.map((name) => name.toUpperCase())))
  for (const row of rows) console.log(line(columns.map((name) => text(row[name]))))
}

/** A table or whatever `show` prints, unless JSON was asked for. */
export function print(json: boolean | undefined, value: unknown, show: () => void): void {
  if (json === true) console.log(JSON.stringify(value, null, 2))
  else show()
}
