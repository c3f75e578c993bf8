import { Alert, Button, Group, SegmentedControl, Stack, Text } from '@mantine/core'
import { z } from 'zod'
import { OtelNote } from '#features/telemetry/web/otel-note.tsx'
import { Diff, Empty, Time, useAddress, useCan } from '#web/kit/index.ts'
import type { Draft } from '../schema.ts'
import { DefaultsEditor } from './editor/defaults-editor.tsx'
import { RequirementsEditor } from './editor/requirements-editor.tsx'
import type { DraftState } from './use-draft.ts'
import type { PolicyDetail } from './words.ts'

const view = z.object({
  document: z.enum(['requirements', 'defaults']).catch('requirements'),
  show: z.enum(['both', 'text', 'form', 'changes']).catch('both'),
})

type Served = Pick<Draft, 'text' | 'defaults'>

interface Props {
  readonly policy: PolicyDetail
  readonly draft: DraftState
  /** The draft as last read from the server. */
  readonly loaded: Draft
  /** What is served now. */
  readonly served: Served | undefined
}

/** The draft: judged at every key, saved by itself. */
export function DraftEditor({ policy, draft, loaded, served }: Props) {
  const [{ document, show }, setView] = useAddress(view)
  const may = useCan('policies.edit') && policy.archivedAt === null
  const newer = loaded.revision > draft.revision && draft.state === 'saved' && !draft.conflict
  return (
    <Stack gap="sm">
      {draft.conflict && <Conflict draft={draft} theirs={draft.conflict} />}
      {newer && (
        <Alert color="yellow">
          <Group justify="space-between">
            <span>
              {loaded.updatedBy} changed this draft <Time at={loaded.updatedAt} />.
            </span>
            <Button size="compact-sm" variant="default" onClick={() => draft.take(loaded)}>
              Show it
            </Button>
          </Group>
        </Alert>
      )}
      <Group justify="space-between">
        <SegmentedControl
          size="xs"
          aria-label="Document"
          value={document}
          onChange={(next) =>
            setView({ document: view.parse({ document: next }).document }, { replace: true })
          }
          data={[
            { value: 'requirements', label: 'Requirements' },
            { value: 'defaults', label: 'Defaults (config.toml)' },
          ]}
        />
        <SegmentedControl
          size="xs"
          aria-label="What to show"
          value={document === 'defaults' && show !== 'changes' ? 'text' : show}
          onChange={(next) => setView({ show: view.parse({ show: next }).show }, { replace: true })}
          data={[
            ...(document === 'requirements' ? [{ value: 'both', label: 'Both' }] : []),
            { value: 'text', label: 'Text' },
            ...(document === 'requirements' ? [{ value: 'form', label: 'Form' }] : []),
            {
              value: 'changes',
              label: policy.published
                ? `Changes since version ${policy.published.number}`
                : 'Changes',
              disabled: served === undefined,
            },
          ]}
        />
        <Text size="sm" c="dimmed" role="status">
          {may ? stateWords[draft.state] : 'Read only'}
        </Text>
      </Group>
      <OtelNote text={draft.text} />
      {show === 'changes' ? (
        <Changes
          before={document === 'defaults' ? served?.defaults : served?.text}
          after={document === 'defaults' ? draft.defaults : draft.text}
          beforeLabel={`Version ${policy.published?.number ?? ''}, published`}
        />
      ) : document === 'defaults' ? (
        <DefaultsEditor
          text={draft.defaults}
          onText={may ? draft.setDefaults : undefined}
          requirements={draft.text}
          label={`config.toml of ${policy.name}`}
        />
      ) : (
        <RequirementsEditor
          text={draft.text}
          onText={may ? draft.setText : undefined}
          label={`requirements.toml of ${policy.name}`}
          layout={show}
          published={served?.text}
        />
      )}
    </Stack>
  )
}

interface ChangesProps {
  readonly before: string | undefined
  readonly after: string
  readonly beforeLabel: string
}

function Changes({ before, after, beforeLabel }: ChangesProps) {
  if (before === undefined || before === after)
    return <Empty title="Nothing to publish here">The draft says exactly what is published.</Empty>
  return (
    <Diff
      before={before}
      after={after}
      beforeLabel={beforeLabel}
      afterLabel="Draft"
      language="toml"
    />
  )
}

const stateWords = {
  saved: 'Draft saved',
  unsaved: 'Not saved yet',
  saving: 'Saving…',
  failed: 'Could not be saved: it is only in this window',
} as const

function Conflict({ draft, theirs }: { readonly draft: DraftState; readonly theirs: Draft }) {
  return (
    <Alert color="red" role="alert" title={`${theirs.updatedBy} saved another text meanwhile`}>
      <Stack gap="sm">
        <div>
          Saved <Time at={theirs.updatedAt} />. Yours is still here and was not saved. Compare the
          two, then decide which one to go on with.
        </div>
        <Diff
          before={theirs.text}
          after={draft.text}
          beforeLabel={`${theirs.updatedBy}’s`}
          afterLabel="Yours"
          language="toml"
          keys={false}
        />
        {theirs.defaults !== draft.defaults && (
          <Diff
            before={theirs.defaults}
            after={draft.defaults}
            beforeLabel={`${theirs.updatedBy}’s defaults`}
            afterLabel="Your defaults"
            language="toml"
            keys={false}
          />
        )}
        <Group gap="xs">
          <Button size="compact-sm" variant="default" onClick={() => draft.settle('theirs')}>
            Take theirs
          </Button>
          <Button size="compact-sm" variant="default" onClick={() => draft.settle('ours')}>
            Save mine over it
          </Button>
        </Group>
      </Stack>
    </Alert>
  )
}
