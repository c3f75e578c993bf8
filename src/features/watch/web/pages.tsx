import { Text } from '@mantine/core'
import { DataTable, Empty, Status, Time, type Column } from '#web/kit/index.ts'
import { watchedPage, type WatchedPage } from '../schema.ts'
import type { Addresses } from './address.ts'
import { Sums } from './sums.tsx'
import { stepWords } from './words.ts'

const columns: readonly Column<WatchedPage>[] = [
  { key: 'page', header: 'Page', cell: (p) => p.page, sort: true },
  { key: 'title', header: 'Title', cell: (p) => p.title ?? '', wideOnly: true },
  {
    key: 'changed',
    header: 'Last change',
    cell: (p) => p.lastChange && <Time at={p.lastChange.at} />,
    sort: true,
  },
  {
    key: 'size',
    header: 'Size of it',
    cell: (p) => p.lastChange && <Sums added={p.lastChange.added} removed={p.lastChange.removed} />,
    wideOnly: true,
  },
  {
    key: 'versions',
    header: 'Versions',
    cell: (p) => p.versions.toLocaleString('en'),
    align: 'right',
    wideOnly: true,
  },
  { key: 'state', header: 'State', cell: (p) => <State of={p} /> },
]

function State({ of: p }: { readonly of: WatchedPage }) {
  if (p.state === 'gone') return <Status meaning="removed">gone</Status>
  if (p.state === 'expected')
    return (
      <Text size="sm" c="dimmed">
        not yet fetched
      </Text>
    )
  if (p.state === 'failing')
    return <Status meaning="forbidden">{p.failure?.message ?? 'failing'}</Status>
  const last = p.lastChange
  return last && last.kind !== 'changed' ? (
    <Status meaning={stepWords[last.kind].meaning}>{stepWords[last.kind].word}</Status>
  ) : null
}

/** The pages of a collection with their last change. */
export function Pages({ at }: { readonly at: Addresses }) {
  return (
    <DataTable
      name="watch-pages"
      label="Pages"
      path={`${at.api}/pages`}
      schema={watchedPage}
      columns={columns}
      rowKey={(p) => p.page}
      rowLink={(p) => at.page(p.page)}
      search="Path or title"
      filters={[
        {
          key: 'state',
          label: 'State',
          options: [
            { value: 'present', label: 'Present' },
            { value: 'failing', label: 'Failing' },
            { value: 'gone', label: 'Gone' },
          ],
        },
      ]}
      empty={<Empty title="No pages yet">The first check brings them.</Empty>}
    />
  )
}
