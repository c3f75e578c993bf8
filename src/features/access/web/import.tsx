import { useState } from 'react'
import { Alert, Button, Checkbox, Code, FileButton, Group, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import {
  ApiError,
  ApprovalRequired,
  api,
  ErrorState,
  Facts,
  LinkButton,
  Loading,
  Page,
  Rows,
  Section,
  Status,
  useAct,
  useGo,
  type Column,
} from '#web/kit/index.ts'
import { importPreview, importResult, type ImportPreview } from '../schema.ts'
import { people, roleNames } from './words.tsx'

interface Chosen {
  readonly name: string
  readonly text: string
}

const csv = { headers: { 'content-type': 'text/csv' } }

/** Choose a file, look at what it would do, do it. Nothing is kept in the address: the file is on this machine only. */
export function ImportScreen() {
  const [file, setFile] = useState<Chosen>()
  const [createGroups, setCreateGroups] = useState(false)
  return (
    <Page
      title="Import members"
      trail={[{ label: 'Members', to: '/members' }]}
      about="Adds members and memberships, and changes names and roles. It never removes anything."
    >
      <Section title="1. The file">
        <Stack gap="sm" align="flex-start">
          <Text size="sm">
            A CSV file whose first line names its columns: <Code>email</Code>, and if you like{' '}
            <Code>name</Code>, <Code>role</Code> and <Code>groups</Code> (several with{' '}
            <Code>;</Code> between them). The export of the member list is such a file. At most
            20,000 rows.
          </Text>
          <Group gap="sm">
            <FileButton
              accept=".csv,text/csv"
              onChange={(chosen) => {
                if (chosen) void chosen.text().then((text) => setFile({ name: chosen.name, text }))
              }}
            >
              {(props) => (
                <Button {...props} variant={file ? 'default' : 'filled'}>
                  {file ? 'Choose another file' : 'Choose a file'}
                </Button>
              )}
            </FileButton>
            {file && <Text size="sm">{file.name}</Text>}
          </Group>
          <Checkbox
            label="Make groups that do not exist yet"
            checked={createGroups}
            onChange={(event) => setCreateGroups(event.currentTarget.checked)}
          />
        </Stack>
      </Section>
      {file && <Preview file={file} createGroups={createGroups} />}
    </Page>
  )
}

function Preview({
  file,
  createGroups,
}: {
  readonly file: Chosen
  readonly createGroups: boolean
}) {
  const preview = useQuery({
    queryKey: ['import', file.name, file.text, createGroups],
    queryFn: ({ signal }) =>
      api.post('/api/v1/members/import/preview', {
        ...csv,
        query: { createGroups },
        body: file.text,
        schema: importPreview,
        signal,
      }),
    staleTime: 0,
    gcTime: 0,
  })
  return (
    <Section title="2. What it would do">
      {preview.data ? (
        <Planned
          plan={preview.data}
          file={file}
          createGroups={createGroups}
          onOutdated={() => void preview.refetch()}
        />
      ) : preview.error ? (
        <ErrorState error={preview.error} onRetry={() => preview.refetch()} />
      ) : (
        <Loading lines={6} />
      )}
    </Section>
  )
}

type PlannedRow = ImportPreview['sample'][number]
const meanings = { create: 'added', update: 'changed', unchanged: 'neutral' } as const
const rowColumns: readonly Column<PlannedRow>[] = [
  { key: 'line', header: 'Line', cell: (r) => r.line, align: 'right', width: 60 },
  {
    key: 'act',
    header: 'Act',
    cell: (r) => <Status meaning={meanings[r.act]}>{r.act}</Status>,
    width: 110,
  },
  { key: 'email', header: 'E-mail', cell: (r) => r.email },
  { key: 'name', header: 'Name', cell: (r) => r.name, wideOnly: true },
  { key: 'role', header: 'Role', cell: (r) => roleNames[r.role], width: 90, wideOnly: true },
  { key: 'changes', header: 'Changes', cell: (r) => r.changes.join(', ') },
]

type ImportError = ImportPreview['errors'][number]
const errorColumns: readonly Column<ImportError>[] = [
  { key: 'line', header: 'Line', cell: (e) => e.line, align: 'right', width: 60 },
  { key: 'column', header: 'Column', cell: (e) => e.column ?? '', width: 110 },
  { key: 'message', header: 'What is wrong', cell: (e) => e.message },
]

function Planned({
  plan,
  file,
  createGroups,
  onOutdated,
}: {
  readonly plan: ImportPreview
  readonly file: Chosen
  readonly createGroups: boolean
  readonly onOutdated: () => void
}) {
  const go = useGo()
  const run = useAct(
    () =>
      api.post('/api/v1/members/import', {
        ...csv,
        query: { createGroups, preview: plan.hash },
        body: file.text,
        schema: importResult,
      }),
    {
      refresh: ['members', 'groups'],
      done: (out) => `${out.created} added, ${out.updated} changed`,
      onDone: () => go('/members'),
      onError: (error) => {
        if (error.code === 'preview_outdated') onOutdated()
        return error.code === 'approval_required'
      },
    },
  )
  if (plan.errorCount > 0)
    return (
      <Stack gap="sm">
        <Alert color="red" role="alert">
          {plan.errorCount === 1 ? 'One line is wrong' : `${plan.errorCount} complaints`}: nothing
          can be imported until the file is correct.
          {plan.errorCount > plan.errors.length && ` The first ${plan.errors.length}:`}
        </Alert>
        <Rows
          label="Errors"
          columns={errorColumns}
          rows={plan.errors}
          rowKey={(e) => `${e.line} ${e.column ?? ''} ${e.message}`}
        />
      </Stack>
    )
  const nothing = plan.creates === 0 && plan.updates === 0
  return (
    <Stack gap="md">
      <Facts
        of={[
          ['New', people(plan.creates)],
          ['Changed', people(plan.updates)],
          ['As they are', people(plan.unchanged)],
          ['New groups', plan.newGroups.length === 0 ? 'none' : plan.newGroups.join(', ')],
          ['Memberships', plan.memberships.toLocaleString('en')],
        ]}
      />
      <Text size="sm">
        {plan.touches === 0
          ? 'Nobody who is here already gets another policy.'
          : `Of those who are here already, ${plan.touches.toLocaleString('en')} get another policy: clients learn it at their next start, at most one hour from now.`}
      </Text>
      <Rows label="Rows" columns={rowColumns} rows={plan.sample} rowKey={(r) => String(r.line)} />
      {plan.creates + plan.updates + plan.unchanged > plan.sample.length && (
        <Text size="xs" c="dimmed">
          The first {plan.sample.length} rows.
        </Text>
      )}
      {run.error instanceof ApiError && run.error.code === 'preview_outdated' && (
        <Alert color="yellow" role="alert">
          The workspace changed meanwhile. This is the new preview.
        </Alert>
      )}
      <ApprovalRequired error={run.error} />
      <Group gap="xs">
        <Button onClick={() => run.mutate()} loading={run.isPending} disabled={nothing}>
          Import
        </Button>
        <LinkButton to="/members" variant="default">
          Cancel
        </LinkButton>
        {nothing && (
          <Text size="sm" c="dimmed">
            Everything in this file is here already.
          </Text>
        )}
      </Group>
    </Stack>
  )
}
