import { CsvError, parse } from 'csv-parse/sync'
import { email as emailSchema, memberName, roleKeys, type RoleKey } from './schema.ts'
import { emailKey } from './identity.ts'

/** A complaint about one line of the file, as a spreadsheet counts lines: the header is line 1. */
export interface ImportError {
  readonly line: number
  readonly column: string | null
  readonly code:
    | 'malformed_csv'
    | 'missing_column'
    | 'unknown_column'
    | 'too_many_rows'
    | 'bad_email'
    | 'bad_name'
    | 'bad_role'
    | 'bad_group'
    | 'same_email_twice'
    | 'unknown_group'
    | 'archived_member'
    | 'provisioned'
    | 'exceeds_own_rights'
  readonly message: string
}

/** One line of the file. What its file has no column for, or leaves empty, is undefined: it is not changed. */
export interface ImportLine {
  readonly line: number
  readonly email: string
  readonly name: string | undefined
  readonly role: RoleKey | undefined
  readonly groups: readonly string[]
}

export const maxImportBytes = 5 * 1024 * 1024
export const maxImportRows = 20_000

const known = ['email', 'name', 'role', 'groups'] as const
type Column = (typeof known)[number]
/** Columns of our own export that an import passes over, so that an exported file can be edited and sent back. */
const passedOver: ReadonlySet<string> = new Set(['id', 'status', 'source', 'created', 'last seen'])

export interface ParsedImport {
  readonly lines: readonly ImportLine[]
  readonly errors: readonly ImportError[]
}

const failed = (error: ImportError): ParsedImport => ({ lines: [], errors: [error] })

/**
 * Reads the file (RFC 4180, UTF-8 with or without a byte order mark) and judges each line by itself. Done before the
 * transaction, and for a large file in a thread.
 */
export function readImport(text: string): ParsedImport {
  let records: readonly { record: string[]; info: { lines: number } }[]
  try {
    records = parse(text, {
      bom: true,
      info: true,
      trim: true,
      skip_empty_lines: true,
      relax_column_count: true,
      delimiter: delimiterOf(text),
      to: maxImportRows + 2,
      max_record_size: 100_000,
    }) as unknown as typeof records
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    const line = typeof error['lines'] === 'number' ? error['lines'] : 1
    return failed({ line, column: null, code: 'malformed_csv', message: error.message })
  }
  const [header, ...rows] = records
  const columns = header ? readHeader(header.record) : new Map<Column, number>()
  if (Array.isArray(columns)) return { lines: [], errors: columns }
  if (!columns.has('email'))
    return failed({
      line: 1,
      column: 'email',
      code: 'missing_column',
      message: `The first line must name the columns: email, and optionally name, role, groups.`,
    })
  if (rows.length > maxImportRows)
    return failed({
      line: maxImportRows + 2,
      column: null,
      code: 'too_many_rows',
      message: `A file may have at most ${maxImportRows} rows. Split it.`,
    })
  return readRows(rows, columns)
}

/** Spreadsheets of many countries write a semicolon between the cells. */
function delimiterOf(text: string): string {
  const header = text.slice(0, 1000).split(/\r?\n/, 1)[0] ?? ''
  return header.includes(';') && !header.includes(',') ? ';' : ','
}

function readHeader(cells: readonly string[]): Map<Column, number> | ImportError[] {
  const columns = new Map<Column, number>()
  const errors: ImportError[] = []
  cells.forEach((cell, i) => {
    const name = cell.toLowerCase()
    const column = known.find((k) => k === name)
    if (column && !columns.has(column)) columns.set(column, i)
    else if (!passedOver.has(name))
      errors.push({
        line: 1,
        column: cell,
        code: 'unknown_column',
        message: column
          ? `The column ${cell} stands there twice.`
          : `There is no column ${JSON.stringify(cell)}. Known are ${known.join(', ')}.`,
      })
  })
  return errors.length > 0 ? errors : columns
}

function readRows(
  rows: readonly { record: readonly string[]; info: { lines: number } }[],
  columns: ReadonlyMap<Column, number>,
): ParsedImport {
  const lines: ImportLine[] = []
  const errors: ImportError[] = []
  const seen = new Map<string, number>()
  for (const { record, info } of rows) {
    const cell = (column: Column): string => record[columns.get(column) ?? -1] ?? ''
    const found = readRow(info.lines, cell)
    const before = seen.get(emailKey(found.line.email))
    if (before !== undefined)
      found.errors.push({
        line: info.lines,
        column: 'email',
        code: 'same_email_twice',
        message: `${found.line.email} stands in line ${before} already.`,
      })
    else seen.set(emailKey(found.line.email), info.lines)
    if (found.errors.length === 0) lines.push(found.line)
    errors.push(...found.errors)
  }
  return { lines, errors }
}

function readRow(
  line: number,
  cell: (column: Column) => string,
): { readonly line: ImportLine; readonly errors: ImportError[] } {
  const errors: ImportError[] = []
  const email = emailSchema.safeParse(cell('email'))
  if (!email.success)
    errors.push({
      line,
      column: 'email',
      code: 'bad_email',
      message: `${JSON.stringify(cell('email').slice(0, 100))} is not an e-mail address.`,
    })
  const name = memberName.safeParse(cell('name'))
  if (!name.success)
    errors.push({
      line,
      column: 'name',
      code: 'bad_name',
      message: 'A name is one line of at most 200 characters.',
    })
  const written = cell('role').toLowerCase()
  const role = roleKeys.find((r) => r === written)
  if (written !== '' && !role)
    errors.push({
      line,
      column: 'role',
      code: 'bad_role',
      message: `There is no role ${JSON.stringify(written.slice(0, 50))}. Known are ${roleKeys.join(', ')}.`,
    })
  return {
    line: {
      line,
      email: email.data ?? cell('email'),
      name: name.data === '' ? undefined : name.data,
      role,
      groups: groupsIn(cell('groups')),
    },
    errors,
  }
}

/** Several groups stand in one cell, with `;` or `|` between them. */
function groupsIn(cell: string): readonly string[] {
  return [
    ...new Set(
      cell
        .split(/[;|]/)
        .map((name) => name.trim())
        .filter((name) => name !== ''),
    ),
  ]
}
