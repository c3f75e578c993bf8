import { useState } from 'react'
import { Alert, Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import {
  api,
  Confirm,
  Effect,
  Empty,
  FormFoot,
  Id,
  Loaded,
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
import { erasure, erasurePreview, erasures, type Erasure, type Subject } from '../schema.ts'
import { Downloads } from './downloads.tsx'
import { SubjectPicker } from './subject-picker.tsx'

export function Erasures() {
  const answer = useApi(['compliance-erasures'], '/api/v1/compliance/erasures', erasures, {
    every: 2000,
  })
  const may = useCan('compliance.delete')
  return (
    <Section
      title="Erasures"
      about="What files and the audit trail say by or about a person goes, and both verify as before. Exported copies are not reached."
      actions={
        <Group gap={6}>
          <Downloads of="/api/v1/compliance/erasures" name="Erasures" />
          {may && <Erase />}
        </Group>
      }
    >
      <Loaded of={answer}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title="Nobody was erased">Erase a person when she or the law asks for it.</Empty>
          ) : (
            <Rows label="Erasures" columns={columns} rows={items} rowKey={(e) => e.id} />
          )
        }
      </Loaded>
    </Section>
  )
}

const columns: readonly Column<Erasure>[] = [
  { key: 'who', header: 'Who', cell: (e) => <Id value={e.subjectId} /> },
  {
    key: 'state',
    header: 'State',
    cell: (e) => (
      <>
        <State of={e} />
        <Text component="div" size="xs" c="dimmed">
          {plural(e.lines, 'line')} of {plural(e.files, 'file')}
          {e.keptLines > 0 && `; ${e.keptLines} kept by ${e.keptBy.join(', ')}`}
        </Text>
      </>
    ),
  },
  { key: 'reason', header: 'Reason', cell: (e) => e.reason, wideOnly: true },
  { key: 'by', header: 'Asked by', cell: (e) => e.askedBy, wideOnly: true },
  { key: 'at', header: 'Asked', cell: (e) => <Time at={e.askedAt} />, wideOnly: true },
]

function State({ of: e }: { readonly of: Erasure }) {
  if (e.finishedAt === null) return <Status meaning="prompt">at work</Status>
  return e.keptLines > 0 ? (
    <Status meaning="changed">erased in part</Status>
  ) : (
    <Status meaning="allowed">erased</Status>
  )
}

/** First who and why; then what that would take away, and her name typed. */
function Erase() {
  const [opened, setOpened] = useState(false)
  const [subject, setSubject] = useState<Subject | null>(null)
  const [reason, setReason] = useState('')
  const [asking, setAsking] = useState(false)
  const close = (): void => {
    setOpened(false)
    setAsking(false)
    setSubject(null)
    setReason('')
  }
  return (
    <>
      <Button variant="default" size="compact-sm" onClick={() => setOpened(true)}>
        Erase a person
      </Button>
      <Modal opened={opened && !asking} onClose={close} title="Erase a person">
        <form
          onSubmit={(event) => {
            event.preventDefault()
            if (subject) setAsking(true)
          }}
        >
          <Stack gap="md">
            <SubjectPicker
              required
              label="Who"
              description="A member, a service account or an enrolment; who was deleted by her id."
              value={subject}
              onChange={setSubject}
            />
            <TextInput
              required
              label="Reason"
              description="It stands in the audit trail: do not name her."
              autoComplete="off"
              value={reason}
              onChange={(event) => setReason(event.currentTarget.value)}
            />
            <FormFoot action="See what goes" busy={false} onCancel={close} />
          </Stack>
        </form>
      </Modal>
      {subject && <Question subject={subject} reason={reason} opened={asking} onClose={close} />}
    </>
  )
}

function Question({
  subject,
  reason,
  opened,
  onClose,
}: {
  readonly subject: Subject
  readonly reason: string
  readonly opened: boolean
  readonly onClose: () => void
}) {
  const { id: subjectId, label } = subject
  const answer = useApi(
    ['compliance-erasure-preview', subjectId],
    `/api/v1/compliance/erasures/preview?subjectId=${encodeURIComponent(subjectId)}`,
    erasurePreview,
  )
  const erase = useAct(
    () => api.post('/api/v1/compliance/erasures', { body: { subjectId, reason }, schema: erasure }),
    { done: 'It is at work', refresh: ['compliance-erasures', 'compliance-files'] },
  )
  return (
    <Confirm
      opened={opened}
      onClose={onClose}
      title={`Erase ${label} from the compliance log and the audit trail?`}
      action="Erase"
      typed={label}
      onConfirm={() => erase.mutateAsync()}
    >
      <Loaded of={answer}>
        {({ lines, files, keptLines, keptBy }) => (
          <Stack gap="sm">
            <Effect
              touches={`${plural(lines, 'line')} of ${plural(files, 'file')} by or about her, what came since the last file, and lines of others in which her id or an address of hers stands.`}
              when="In the background, from now on. What she does afterwards is written again."
              undo="It cannot be taken back."
            />
            {keptLines > 0 && (
              <Alert color="yellow" title={`${plural(keptLines, 'line')} stay`}>
                A legal hold keeps them: {keptBy.join(', ')}.
              </Alert>
            )}
          </Stack>
        )}
      </Loaded>
    </Confirm>
  )
}
