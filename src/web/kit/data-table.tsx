import { useMemo, useRef, useState, type ReactNode } from 'react'
import { Button, Group, Menu, Select, Text } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { z } from 'zod'
import { stringifySearch } from '../address.ts'
import { useApi } from '../query.ts'
import { useAddress } from '../use-address.ts'
import { FilterBox } from './filter-box.tsx'
import { plural } from './plural.ts'
import { Rows, type Column, type RowsProps, type Selection } from './rows.tsx'
import { Empty, ErrorState, Loading } from './states.tsx'

export interface ListFilter {
  /** The query parameter, in the address and to the server alike. */
  readonly key: string
  readonly label: string
  readonly options: readonly { readonly value: string; readonly label: string }[]
}

export interface DataTableProps<S extends z.ZodType> extends Pick<
  RowsProps<z.output<S>>,
  'rowKey' | 'rowLink' | 'rowName'
> {
  /** The kind of object: first element of the cache key, so that `useAct(…, { refresh: [name] })` renews the table. */
  readonly name: string
  /** What the table lists, in words: "Members". */
  readonly label: string
  /** The list's address: answers `{ items, next, total? }` to `q`, `sort`, `cursor`, `limit`, and the filters. */
  readonly path: string
  /** The schema of one row. */
  readonly schema: S
  readonly columns: readonly Column<z.output<S>>[]
  readonly filters?: readonly ListFilter[]
  /** Fixed parameters that do not stand in the address. */
  readonly query?: Readonly<Record<string, string | number | undefined>>
  /** What the filter box looks in: "Name or e-mail". `false` where the list takes no `q`. */
  readonly search?: string | false
  readonly defaultSort?: string
  /** The server answers `format=csv` and `format=json`. On by default. */
  readonly exports?: boolean
  /** What it answers as downloads, where that is more. */
  readonly formats?: readonly ('csv' | 'json' | 'ndjson')[]
  /** Shown when there is nothing at all; a filter that finds nothing has its own words. */
  readonly empty: ReactNode
  /** Acts on the chosen rows; makes rows selectable. */
  readonly selected?: (ids: readonly string[], clear: () => void) => ReactNode
  readonly limit?: number
  /** Before every key in the address, where one screen has two tables. */
  readonly prefix?: string
}

/** A list from the server, with filter, sort, pages and export; all its state stands in the address. */
export function DataTable<S extends z.ZodType>(props: DataTableProps<S>) {
  const { name, path, schema, filters = [], query = {}, limit = 50, empty } = props
  const [view, setView] = useListView(props)
  const filtered = view.q !== '' || filters.some(({ key }) => view.filters[key] !== undefined)
  const asked = {
    ...query,
    ...view.filters,
    q: view.q,
    sort: view.sort,
    cursor: view.cursor,
    limit,
  }
  const list = useMemo(
    () =>
      z.object({
        items: z.array(schema),
        next: z.string().nullish(),
        total: z.number().optional(),
      }),
    [schema],
  )
  const answer = useApi([name, 'list'], path, list, { query: asked, keep: true })
  const [selection, clear] = useSelection(props.selected !== undefined)
  // Rows of another page that were chosen are let go, so that an act never touches what cannot be seen.
  const rows = answer.data?.items
  const chosen = rows?.map(props.rowKey).filter((key) => selection?.ids.has(key)) ?? []

  return (
    <div className="gh-list" aria-busy={answer.isFetching}>
      {(filtered || rows === undefined || rows.length > 0 || view.cursor !== undefined) && (
        <Toolbar {...props} view={view} setView={setView} asked={asked} />
      )}
      {chosen.length > 0 && (
        <Group className="gh-selected" role="status">
          <Text size="sm">{chosen.length} selected</Text>
          {props.selected?.(chosen, clear)}
          <Button variant="subtle" color="gray" size="compact-sm" onClick={clear}>
            Clear
          </Button>
        </Group>
      )}
      {rows === undefined ? (
        answer.isError ? (
          <ErrorState error={answer.error} onRetry={() => answer.refetch()} />
        ) : (
          <Loading lines={8} />
        )
      ) : rows.length === 0 ? (
        filtered || view.cursor !== undefined ? (
          <Empty
            title="Nothing matches"
            action={
              <Button variant="default" onClick={() => setView({ q: '', filters: {} })}>
                Show all
              </Button>
            }
          >
            No row fits this filter.
          </Empty>
        ) : (
          empty
        )
      ) : (
        <>
          {answer.isError && <ErrorState error={answer.error} onRetry={() => answer.refetch()} />}
          <Rows
            {...props}
            rows={rows}
            sort={view.sort}
            onSort={(sort) => setView({ sort })}
            {...(selection === undefined ? {} : { selection })}
          />
          <Pager
            shown={rows.length}
            total={answer.data?.total}
            cursor={view.cursor}
            next={answer.data?.next ?? undefined}
            go={(cursor) => setView({ cursor })}
          />
        </>
      )}
    </div>
  )
}

interface ListView {
  readonly q: string
  readonly sort: string | undefined
  readonly cursor: string | undefined
  readonly filters: Readonly<Record<string, string | undefined>>
}

/** The table's part of the address. Any change but a page starts again at the first page. */
function useListView<S extends z.ZodType>({
  filters = [],
  prefix = '',
  defaultSort,
}: DataTableProps<S>) {
  const [search, setSearch] = useAddress(z.looseObject({}))
  const read = (key: string) => {
    const value = search[prefix + key]
    return typeof value === 'string' && value !== '' ? value : undefined
  }
  const view: ListView = {
    q: read('q') ?? '',
    sort: read('sort') ?? defaultSort,
    cursor: read('cursor'),
    filters: Object.fromEntries(filters.map(({ key }) => [key, read(key)])),
  }
  const setView = (patch: Partial<ListView>) => {
    const next: Record<string, string | undefined> = { [`${prefix}cursor`]: patch.cursor }
    if ('q' in patch) next[`${prefix}q`] = patch.q
    if ('sort' in patch) next[`${prefix}sort`] = patch.sort
    if (patch.filters) for (const { key } of filters) next[prefix + key] = patch.filters[key]
    setSearch(next, { replace: 'q' in patch })
  }
  return [view, setView] as const
}

function useSelection(wanted: boolean): readonly [Selection | undefined, () => void] {
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set<string>())
  const toggle = (keys: readonly string[], on: boolean) =>
    setIds((before) => {
      const after = new Set(before)
      for (const key of keys)
        if (on) after.add(key)
        else after.delete(key)
      return after
    })
  return [wanted ? { ids, toggle } : undefined, () => setIds(new Set<string>())]
}

function Toolbar<S extends z.ZodType>({
  label,
  path,
  filters = [],
  search = 'Filter',
  exports = true,
  formats = ['csv', 'json'],
  view,
  setView,
  asked,
}: DataTableProps<S> & {
  readonly view: ListView
  readonly setView: (patch: Partial<ListView>) => void
  readonly asked: Readonly<Record<string, unknown>>
}) {
  const download = (format: string) =>
    path + stringifySearch({ ...asked, cursor: undefined, limit: undefined, format })
  return (
    <Group className="gh-toolbar" gap="xs">
      {search !== false && (
        <FilterBox
          label={`Filter ${label.toLowerCase()}`}
          placeholder={search}
          value={view.q}
          onChange={(q) => setView({ q })}
        />
      )}
      {filters.map((filter) => (
        <Select
          key={filter.key}
          aria-label={filter.label}
          placeholder={filter.label}
          data={filter.options}
          value={view.filters[filter.key] ?? null}
          onChange={(value) =>
            setView({ filters: { ...view.filters, [filter.key]: value ?? undefined } })
          }
          clearable
          w={170}
          comboboxProps={{ withinPortal: true }}
        />
      ))}
      {exports && (
        <Menu position="bottom-end">
          <Menu.Target>
            <Button
              variant="default"
              ml="auto"
              leftSection={<IconDownload size={15} aria-hidden />}
            >
              Export
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {formats.map((format) => (
              <Menu.Item key={format} component="a" href={download(format)} download>
                {format.toUpperCase()}, all that match
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
    </Group>
  )
}

interface PagerProps {
  readonly shown: number
  readonly total: number | undefined
  readonly cursor: string | undefined
  readonly next: string | undefined
  readonly go: (cursor: string | undefined) => void
}

/** Below a page of a list: how many there are, and the way back and on. */
export function Pager({ shown, total, cursor, next, go }: PagerProps) {
  // The way back through the cursors that led here; a pasted address knows only the first page.
  const trail = useRef<(string | undefined)[]>([])
  const paged = cursor !== undefined || next !== undefined
  return (
    <Group className="gh-pager" justify="space-between">
      <Text size="xs" c="dimmed" role="status">
        {total === undefined || total === shown
          ? plural(shown, 'row')
          : `${shown.toLocaleString('en')} of ${total.toLocaleString('en')}`}
      </Text>
      {paged && (
        <Group gap="xs" component="nav" aria-label="Pages">
          <Button
            variant="default"
            size="compact-sm"
            disabled={cursor === undefined}
            onClick={() => go(trail.current.pop())}
          >
            Previous
          </Button>
          <Button
            variant="default"
            size="compact-sm"
            disabled={next === undefined}
            onClick={() => {
              trail.current.push(cursor)
              go(next)
            }}
          >
            Next
          </Button>
        </Group>
      )}
    </Group>
  )
}
