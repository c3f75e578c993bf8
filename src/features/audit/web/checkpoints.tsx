import { Button } from '@mantine/core'
import {
  api,
  DataTable,
  Empty,
  Section,
  Status,
  Time,
  useAct,
  type Column,
} from '#web/kit/index.ts'
import { checkpoint, type Checkpoint } from '../schema.ts'

const sendMeaning = { waiting: 'neutral', sent: 'allowed', failed: 'forbidden' } as const

const columns: readonly Column<Checkpoint>[] = [
  {
    key: 'records',
    header: 'Records',
    cell: (c) => c.records.toLocaleString('en'),
    align: 'right',
    width: 110,
  },
  { key: 'at', header: 'Signed', cell: (c) => <Time at={c.at} />, width: 130 },
  {
    key: 'sends',
    header: 'Sent to',
    cell: (c) =>
      c.sends.length === 0
        ? 'nowhere'
        : c.sends.map((send) => (
            <span key={send.outlet} title={send.message ?? undefined}>
              {send.label} <Status meaning={sendMeaning[send.state]}>{send.state}</Status>{' '}
            </span>
          )),
  },
  {
    key: 'link',
    header: 'Link',
    cell: (c) => <code>{c.link.slice(0, 16)}…</code>,
    wideOnly: true,
    width: 190,
  },
]

export function Checkpoints() {
  const make = useAct(() => api.post('/api/v1/audit/checkpoints', { schema: checkpoint }), {
    done: (made) => `Signed: ${made.records.toLocaleString('en')} records`,
    refresh: ['audit-checkpoints', 'audit-chain'],
  })
  return (
    <Section
      title="Checkpoints"
      about="Made each hour in which something was recorded."
      actions={
        <Button
          variant="default"
          size="compact-sm"
          loading={make.isPending}
          onClick={() => make.mutate()}
        >
          Sign one now
        </Button>
      }
    >
      <DataTable
        name="audit-checkpoints"
        label="Checkpoints"
        path="/api/v1/audit/checkpoints"
        schema={checkpoint}
        columns={columns}
        rowKey={(c) => String(c.records)}
        rowName={(c) => `${c.records} records`}
        search={false}
        exports={false}
        empty={
          <Empty title="No checkpoint yet">The first is signed within the hour, or by hand.</Empty>
        }
      />
    </Section>
  )
}
