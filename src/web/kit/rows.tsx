import type { KeyboardEvent, ReactNode } from 'react'
import { Checkbox, UnstyledButton, VisuallyHidden } from '@mantine/core'
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react'
import { Link } from './link.tsx'

export interface Column<R> {
  /** Also the name that the server sorts by. */
  readonly key: string
  /** Empty above buttons that say themselves what they do. */
  readonly header: string
  readonly cell: (row: R) => ReactNode
  /** The server can sort by it. */
  readonly sort?: boolean
  readonly align?: 'right'
  readonly width?: number
  /** Left out on narrow screens. */
  readonly wideOnly?: boolean
}

export interface Selection {
  readonly ids: ReadonlySet<string>
  readonly toggle: (ids: readonly string[], on: boolean) => void
}

export interface RowsProps<R> {
  /** What the table lists, for screen readers. */
  readonly label: string
  readonly columns: readonly Column<R>[]
  readonly rows: readonly R[]
  readonly rowKey: (row: R) => string
  /** Where the row's first cell leads; the whole row is the target. */
  readonly rowLink?: (row: R) => string
  /** How a row is called in "Select …"; its key when left out. */
  readonly rowName?: (row: R) => string
  /** `name` or `-name` (downwards). */
  readonly sort?: string | undefined
  readonly onSort?: (sort: string) => void
  readonly selection?: Selection
}

/** A table of rows at hand. Arrow keys move between the rows' links. Lists from the server use `DataTable`. */
export function Rows<R>(props: RowsProps<R>) {
  const { label, columns, rows, rowKey, selection } = props
  const keys = rows.map(rowKey)
  const chosen = keys.filter((key) => selection?.ids.has(key))
  return (
    <div className="gh-table-scroll" role="region" aria-label={label} tabIndex={0}>
      <table className="gh-table" onKeyDown={moveBetweenRows}>
        <thead>
          <tr>
            {selection && (
              <th className="gh-cell-check">
                <Checkbox
                  size="xs"
                  aria-label="Select all on this page"
                  checked={keys.length > 0 && chosen.length === keys.length}
                  indeterminate={chosen.length > 0 && chosen.length < keys.length}
                  onChange={(event) => selection.toggle(keys, event.currentTarget.checked)}
                />
              </th>
            )}
            {columns.map((column) => (
              <Header key={column.key} column={column} {...props} />
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, i) => (
            <OneRow key={keys[i]} row={row} {...props} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function classOf<R>(column: Column<R>): string {
  return `${column.align === 'right' ? 'gh-right ' : ''}${column.wideOnly === true ? 'gh-wide-only' : ''}`
}

function Header<R>({ column, sort, onSort }: RowsProps<R> & { readonly column: Column<R> }) {
  const up = sort === column.key
  const down = sort === `-${column.key}`
  const Arrow = down ? IconArrowDown : IconArrowUp
  return (
    <th
      scope="col"
      className={classOf(column)}
      style={column.width === undefined ? undefined : { width: column.width }}
      aria-sort={up ? 'ascending' : down ? 'descending' : undefined}
    >
      {column.sort === true && onSort !== undefined ? (
        <UnstyledButton
          className="gh-sort"
          onClick={() => onSort(up ? `-${column.key}` : column.key)}
          data-active={up || down || undefined}
        >
          {column.header}
          <Arrow size={12} aria-hidden />
        </UnstyledButton>
      ) : column.header === '' ? (
        <VisuallyHidden>Acts</VisuallyHidden>
      ) : (
        column.header
      )}
    </th>
  )
}

function OneRow<R>({
  row,
  columns,
  rowKey,
  rowLink,
  rowName,
  selection,
}: RowsProps<R> & { readonly row: R }) {
  const key = rowKey(row)
  const selected = selection?.ids.has(key) ?? false
  return (
    <tr data-selected={selected || undefined}>
      {selection && (
        <td className="gh-cell-check">
          <Checkbox
            size="xs"
            aria-label={`Select ${rowName?.(row) ?? key}`}
            checked={selected}
            onChange={(event) => selection.toggle([key], event.currentTarget.checked)}
          />
        </td>
      )}
      {columns.map((column, i) => (
        <td key={column.key} className={classOf(column)}>
          {i === 0 && rowLink !== undefined ? (
            <Link to={rowLink(row)} className="gh-row-link">
              {column.cell(row)}
            </Link>
          ) : (
            column.cell(row)
          )}
        </td>
      ))}
    </tr>
  )
}

function moveBetweenRows(event: KeyboardEvent<HTMLTableElement>): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
  if (step === undefined || !(event.target instanceof HTMLAnchorElement)) return
  const links = [...event.currentTarget.querySelectorAll<HTMLElement>('.gh-row-link')]
  const next = links[links.indexOf(event.target) + step]
  if (next === undefined) return
  event.preventDefault()
  next.focus()
}
