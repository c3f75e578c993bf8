import { useEffect } from 'react'
import { Button, Progress, Stack, Text } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import {
  api,
  DataTable,
  Empty,
  Link,
  Section,
  Status,
  Time,
  useAct,
  type Column,
} from '#web/kit/index.ts'
import { failure, failureKinds, run, type Collection, type Failure, type Run } from '../schema.ts'
import type { Addresses } from './address.ts'
import { failureWords } from './words.ts'

const causes = {
  schedule: 'by schedule',
  hand: 'by hand',
  import: 'import',
  extract: 'extracted anew',
} as const

/** What the checks did, and everything that could not be fetched. */
export function Checks({ at, of: c }: { readonly at: Addresses; readonly of: Collection }) {
  useRenewed(c)
  return (
    <Stack gap="xl">
      <Section title="What fails" about="Every page or list that could not be fetched, and why.">
        <Failures at={at} />
      </Section>
      <Section
        title="Checks"
        about={
          c.nextRunAt !== null && !c.paused ? (
            <>
              The next one begins <Time at={c.nextRunAt} />.
            </>
          ) : (
            'None is planned.'
          )
        }
      >
        <Runs at={at} />
      </Section>
    </Stack>
  )
}

/** What a check did is read again when it has ended, and how far it is while it runs. */
function useRenewed({ running, lastRunAt }: Collection): void {
  const client = useQueryClient()
  useEffect(() => {
    const renew = () => {
      for (const name of ['watch-runs', 'watch-failures'])
        void client.invalidateQueries({ queryKey: [name] })
    }
    renew()
    if (!running) return
    const timer = setInterval(renew, 1_500)
    return () => clearInterval(timer)
  }, [client, running, lastRunAt])
}

const failureColumns: readonly Column<Failure>[] = [
  {
    key: 'page',
    header: 'Page',
    cell: (f) =>
      f.page ?? (
        <Text size="sm">{f.kind === 'quota' ? 'the collection' : 'the list of a source'}</Text>
      ),
  },
  {
    key: 'kind',
    header: 'Why',
    cell: (f) => (
      <Status meaning={f.mended ? 'neutral' : 'forbidden'}>
        {failureWords[f.kind]}
        {f.status !== null && ` (${f.status})`}
      </Status>
    ),
  },
  {
    key: 'message',
    header: 'What to do',
    cell: (f) => (
      <Text size="sm" className="gh-hit">
        {f.message} {f.remedy}
      </Text>
    ),
    wideOnly: true,
  },
  { key: 'inARow', header: 'In a row', cell: (f) => f.inARow, align: 'right' },
  {
    key: 'at',
    header: 'When',
    cell: (f) => (
      <>
        <Time at={f.at} />
        {f.mended && ', mended since'}
      </>
    ),
  },
]

function Failures({ at }: { readonly at: Addresses }) {
  return (
    <DataTable
      name="watch-failures"
      prefix="f_"
      label="Failed fetches"
      path={`${at.api}/failures`}
      schema={failure}
      columns={failureColumns}
      rowKey={(f) => f.id}
      search="Page or address"
      filters={[
        {
          key: 'kind',
          label: 'Why',
          options: failureKinds.map((value) => ({ value, label: failureWords[value] })),
        },
        { key: 'open', label: 'State', options: [{ value: 'true', label: 'Still failing' }] },
      ]}
      empty={<Empty title="Nothing has failed">Every fetch so far brought its page.</Empty>}
    />
  )
}

function Runs({ at }: { readonly at: Addresses }) {
  const stop = useAct((id: string) => api.post(`${at.api}/runs/${id}/stop`), {
    done: 'Stopping; what was fetched is kept',
    refresh: ['watch-runs', 'collections'],
  })
  const columns: readonly Column<Run>[] = [
    {
      key: 'startedAt',
      header: 'Began',
      cell: (r) => (
        <>
          <Time at={r.startedAt} /> {causes[r.cause]}
        </>
      ),
    },
    { key: 'state', header: 'State', cell: (r) => <RunState of={r} /> },
    {
      key: 'checked',
      header: 'Checked',
      cell: (r) => r.checked.toLocaleString('en'),
      align: 'right',
    },
    {
      key: 'notModified',
      header: 'Unchanged',
      cell: (r) => r.notModified.toLocaleString('en'),
      align: 'right',
      wideOnly: true,
    },
    { key: 'changed', header: 'Changed', cell: (r) => r.changed, align: 'right' },
    { key: 'failures', header: 'Failed', cell: (r) => r.failures, align: 'right' },
    {
      key: 'act',
      header: '',
      cell: (r) =>
        r.state === 'running' || r.state === 'waiting' ? (
          <Button
            variant="default"
            size="compact-sm"
            loading={stop.isPending}
            onClick={() => stop.mutate(r.id)}
          >
            Stop
          </Button>
        ) : (
          r.snapshot !== null && <Link to={at.root}>{r.snapshot}</Link>
        ),
      wideOnly: true,
    },
  ]
  return (
    <DataTable
      name="watch-runs"
      prefix="r_"
      label="Checks"
      path={`${at.api}/runs`}
      schema={run}
      columns={columns}
      rowKey={(r) => r.id}
      search={false}
      empty={<Empty title="Not checked yet">The schedule or “Check now” begins the first.</Empty>}
    />
  )
}

function RunState({ of: r }: { readonly of: Run }) {
  if (r.state === 'done') return <Status meaning="allowed">done</Status>
  if (r.state === 'failed') return <Status meaning="forbidden">{r.message ?? 'failed'}</Status>
  if (r.state === 'stopped') return <Status meaning="neutral">stopped</Status>
  const part = r.total === 0 ? 0 : (100 * r.checked) / r.total
  return (
    <div>
      <Status meaning="prompt">
        {r.checked.toLocaleString('en')} of {r.total.toLocaleString('en')}
      </Status>
      <Progress value={part} size="xs" mt={4} aria-label="Pages checked" />
    </div>
  )
}
