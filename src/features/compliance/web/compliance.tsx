import { Anchor, Stack, VisuallyHidden } from '@mantine/core'
import {
  api,
  ConfirmButton,
  DataTable,
  Effect,
  Empty,
  Id,
  Loaded,
  Page,
  plural,
  Rows,
  Section,
  Status,
  Time,
  useAct,
  useApi,
  useCan,
  type Column,
} from '#web/kit/index.ts'
import { eventTypes, fileState, typeStates, type FileState, type TypeState } from '../schema.ts'
import { Destinations } from './destinations.tsx'
import { Erasures } from './erasures.tsx'
import { Holds } from './holds.tsx'
import { Keeping } from './keeping.tsx'
import { sizeText, typeWords } from './words.ts'

export function ComplianceScreen() {
  const types = useApi(['compliance-types'], '/api/v1/compliance/types', typeStates)
  return (
    <Page
      title="Compliance"
      about="Files of what was done, by whom, that nobody changes. Programs list and download them; exports send them out."
    >
      <Stack gap="lg">
        <Loaded of={types}>
          {({ items, workspaceId }) => (
            <Section
              title="Types"
              about={
                <>
                  Programs read <code>/v1/compliance/workspaces/{'{id}'}/logs</code> with a service
                  key. The id of this workspace: <Id value={workspaceId} />
                </>
              }
            >
              <Rows
                label="Types of files"
                columns={typeColumns}
                rows={items}
                rowKey={(t) => t.eventType}
              />
            </Section>
          )}
        </Loaded>
        <Section title="Files">
          <DataTable
            name="compliance-files"
            label="Files of the compliance log"
            path="/api/v1/compliance/files"
            schema={fileState}
            columns={fileColumns}
            rowKey={(f) => f.id}
            rowName={nameOf}
            search={false}
            limit={15}
            filters={[
              {
                key: 'type',
                label: 'Every type',
                options: eventTypes.map((value) => ({ value, label: value })),
              },
              {
                key: 'state',
                label: 'There and deleted',
                options: [
                  { value: 'there', label: 'There' },
                  { value: 'deleted', label: 'Deleted' },
                ],
              },
            ]}
            empty={
              <Empty title="No files yet">
                The first is closed a moment after somebody signs in or changes something.
              </Empty>
            }
          />
        </Section>
        <Holds />
        <Erasures />
        <Destinations />
      </Stack>
    </Page>
  )
}

const typeColumns: readonly Column<TypeState>[] = [
  { key: 'type', header: 'Type', cell: (t) => t.eventType },
  {
    key: 'what',
    header: 'What it holds',
    cell: (t) => typeWords[t.eventType] ?? '',
    wideOnly: true,
  },
  { key: 'files', header: 'Files', cell: (t) => t.files, align: 'right' },
  { key: 'size', header: 'Size', cell: (t) => sizeText(t.bytes), align: 'right', wideOnly: true },
  {
    key: 'closed',
    header: 'Newest',
    cell: (t) => <Time at={t.closedAt} none="none yet" />,
    align: 'right',
    wideOnly: true,
  },
  { key: 'kept', header: 'Kept', cell: (t) => `${t.retentionDays} days`, align: 'right' },
  { key: 'acts', header: '', cell: (t) => <Keeping of={t} />, align: 'right' },
]

const nameOf = (f: FileState): string => `${f.eventType} ${new Date(f.endAt).toISOString()}`

const fileColumns: readonly Column<FileState>[] = [
  {
    key: 'file',
    header: 'File',
    cell: (f) =>
      f.deletedAt === null ? (
        <Anchor href={`/api/v1/compliance/files/${f.id}/content`} download size="sm">
          {f.eventType}
        </Anchor>
      ) : (
        f.eventType
      ),
  },
  { key: 'end', header: 'Closed', cell: (f) => <Time at={f.endAt} /> },
  { key: 'state', header: 'State', cell: (f) => <State of={f} />, wideOnly: true },
  { key: 'lines', header: 'Lines', cell: (f) => f.lines, align: 'right' },
  { key: 'size', header: 'Size', cell: (f) => sizeText(f.bytes), align: 'right', wideOnly: true },
  {
    key: 'hash',
    header: 'Sealed SHA-256',
    cell: (f) => <Id value={f.sealedSha256} />,
    wideOnly: true,
  },
  { key: 'acts', header: '', cell: (f) => <Delete of={f} />, align: 'right' },
]

function State({ of: f }: { readonly of: FileState }) {
  if (f.deletedAt !== null)
    return (
      <Status meaning="neutral">
        {f.deletedBecause === 'retention'
          ? 'deleted: too old'
          : `deleted by ${f.deletedBecause ?? ''}`}
      </Status>
    )
  if (f.erasedLines > 0)
    return <Status meaning="changed">{plural(f.erasedLines, 'line')} erased</Status>
  return <Status meaning="allowed">whole</Status>
}

function Delete({ of: f }: { readonly of: FileState }) {
  const may = useCan('compliance.delete')
  const remove = useAct(() => api.delete(`/api/v1/compliance/files/${f.id}`), {
    done: 'Deleted',
    refresh: ['compliance-files', 'compliance-types'],
  })
  if (!may || f.deletedAt !== null) return null
  return (
    <ConfirmButton
      label={
        <>
          Delete<VisuallyHidden> {nameOf(f)}</VisuallyHidden>
        </>
      }
      button={{ size: 'compact-sm' }}
      title="Delete what is in this file?"
      action="Delete"
      onConfirm={() => remove.mutateAsync()}
    >
      <Effect
        touches={`${plural(f.lines, 'line')} of ${f.eventType}. Copies that were exported stay.`}
        when="At once. That the file was there, and its hash, stays on record."
        undo="It cannot be taken back."
      />
    </ConfirmButton>
  )
}
