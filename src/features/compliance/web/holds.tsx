import { Group, Text, VisuallyHidden } from '@mantine/core'
import {
  api,
  ConfirmButton,
  Effect,
  Empty,
  Loaded,
  Rows,
  Section,
  Status,
  Time,
  useAct,
  useApi,
  useCan,
  type Column,
} from '#web/kit/index.ts'
import { hold, holds, type Hold } from '../schema.ts'
import { Downloads } from './downloads.tsx'
import { NewHold } from './new-hold.tsx'

export function Holds() {
  const answer = useApi(['compliance-holds'], '/api/v1/compliance/holds', holds)
  const may = useCan('compliance.delete')
  return (
    <Section
      title="Legal holds"
      about="What a hold is about is neither deleted nor erased until it is released."
      actions={
        <Group gap={6}>
          <Downloads of="/api/v1/compliance/holds" name="Legal holds" />
          {may && <NewHold />}
        </Group>
      }
    >
      <Loaded of={answer}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title="No legal holds">Set one when a court or a dispute asks for it.</Empty>
          ) : (
            <Rows label="Legal holds" columns={columns} rows={items} rowKey={(h) => h.id} />
          )
        }
      </Loaded>
    </Section>
  )
}

const columns: readonly Column<Hold>[] = [
  { key: 'name', header: 'Name', cell: (h) => h.name },
  {
    key: 'about',
    header: 'About',
    cell: (h) => (
      <>
        {h.eventType ?? 'Every type'}, {h.subject?.label ?? 'everybody'}
        {(h.from !== null || h.until !== null) && (
          <Text component="div" size="xs" c="dimmed">
            from <Time at={h.from} none="the beginning" /> until{' '}
            <Time at={h.until} none="it is released" />
          </Text>
        )}
      </>
    ),
  },
  { key: 'reason', header: 'Reason', cell: (h) => h.reason, wideOnly: true },
  {
    key: 'state',
    header: 'State',
    cell: (h) =>
      h.releasedAt === null ? (
        <Status meaning="prompt">holds</Status>
      ) : (
        <Status meaning="neutral">released</Status>
      ),
    wideOnly: true,
  },
  { key: 'set', header: 'Set', cell: (h) => <Time at={h.createdAt} />, wideOnly: true },
  { key: 'acts', header: '', cell: (h) => <Release of={h} />, align: 'right' },
]

function Release({ of: h }: { readonly of: Hold }) {
  const may = useCan('compliance.delete')
  const release = useAct(
    () => api.post(`/api/v1/compliance/holds/${h.id}/release`, { schema: hold }),
    { done: 'Released', refresh: ['compliance-holds'] },
  )
  if (!may || h.releasedAt !== null) return null
  return (
    <ConfirmButton
      label={
        <>
          Release<VisuallyHidden> {h.name}</VisuallyHidden>
        </>
      }
      button={{ size: 'compact-sm' }}
      title={`Release ${h.name}?`}
      action="Release"
      onConfirm={() => release.mutateAsync()}
    >
      <Effect
        touches="Everything that only this hold keeps."
        when="Files that are too old are deleted in the next night."
        undo="A new hold can be set; what was deleted by then stays deleted."
      />
    </ConfirmButton>
  )
}
