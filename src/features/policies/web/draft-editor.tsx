import { useMemo } from 'react'
import { Alert, Button, Group, SegmentedControl, Stack, Text } from '@mantine/core'
import { z } from 'zod'
import { checkRequirements } from '#requirements/index.ts'
import { Diff, Empty, Time, TomlEditor, useAddress, useCan } from '#web/kit/index.ts'
import type { Draft } from '../schema.ts'
import type { DraftState } from './use-draft.ts'
import type { PolicyDetail } from './words.ts'

const view = z.object({ show: z.enum(['text', 'changes']).catch('text') })

interface Props {
  readonly policy: PolicyDetail
  readonly draft: DraftState
  /** The draft as last read from the server. */
  readonly loaded: Draft
  /** The text that is served now. */
  readonly served: string | undefined
}

/** The draft: judged at every key, saved by itself. */
export function DraftEditor({ policy, draft, loaded, served }: Props) {
  const [{ show }, setView] = useAddress(view)
  const may = useCan('policies.edit') && policy.archivedAt === null
  const { complaints } = useMemo(() => checkRequirements(draft.text), [draft.text])
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
          aria-label="What to show"
          value={show}
          onChange={(next) => setView({ show: view.parse({ show: next }).show }, { replace: true })}
          data={[
            { value: 'text', label: 'Draft' },
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
      {show === 'changes' && served !== undefined ? (
        served === draft.text ? (
          <Empty title="Nothing to publish">The draft says exactly what is published.</Empty>
        ) : (
          <Diff
            before={served}
            after={draft.text}
            beforeLabel={`Version ${policy.published?.number ?? ''}, published`}
            afterLabel="Draft"
            language="toml"
          />
        )
      ) : (
        <TomlEditor
          value={draft.text}
          {...(may ? { onChange: draft.setText } : {})}
          readOnly={!may}
          complaints={complaints}
          label={`requirements.toml of ${policy.name}`}
          minHeight={380}
        />
      )}
    </Stack>
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
