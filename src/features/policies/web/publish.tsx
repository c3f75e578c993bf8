import { useState } from 'react'
import { Button, Stack, Text, Tooltip } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQueryClient } from '@tanstack/react-query'
import { OtelNote } from '#features/telemetry/web/otel-note.tsx'
import {
  Empty,
  Forbidden,
  LinkButton,
  Loaded,
  Loading,
  Page,
  useApi,
  useCan,
  useGo,
  useParam,
} from '#web/kit/index.ts'
import { draft as draftSchema, policyDetail, versionPage, type Draft } from '../schema.ts'
import { ImpactView } from './impact/impact-view.tsx'
import { ImpactReplay } from './impact/replay.tsx'
import { useImpact } from './impact/use-impact.ts'
import { PublishForm } from './publish-form.tsx'
import { AddedAddresses } from './request-address.tsx'
import { publishAct } from './rollout/choice.ts'
import { useChoice } from './use-choice.ts'
import type { DraftState } from './use-draft.ts'
import type { PolicyDetail } from './words.ts'

interface ButtonProps {
  readonly policy: PolicyDetail
  readonly draft: DraftState
  readonly served: Pick<Draft, 'text' | 'defaults'> | undefined
}

/** Saves the draft, then leads to the page where it is published. */
export function PublishButton({ policy, draft, served }: ButtonProps) {
  const may = useCan('policies.publish')
  const go = useGo()
  const client = useQueryClient()
  const [saving, setSaving] = useState(false)
  if (!may || policy.archivedAt !== null) return null
  const same =
    served?.text === draft.text && served.defaults === draft.defaults && !policy.draft.changed
  const why = same
    ? 'The draft says exactly what is published'
    : draft.conflict
      ? 'Decide first which text to go on with'
      : undefined
  const open = async () => {
    setSaving(true)
    const revision = await draft.save()
    // That page must not begin with what the draft was before.
    if (revision !== undefined)
      await Promise.all(
        ['policies', 'policy-draft'].map((key) => client.invalidateQueries({ queryKey: [key] })),
      )
    setSaving(false)
    if (revision !== undefined) go(`/policies/${policy.id}/publish`)
  }
  return (
    <Tooltip label={why} disabled={why === undefined}>
      <Button disabled={why !== undefined} loading={saving} onClick={() => void open()}>
        Publish…
      </Button>
    </Tooltip>
  )
}

/** First everything that publishing the draft would do; then the publishing itself. */
export function PublishScreen() {
  const id = useParam('policyId')
  const path = `/api/v1/policies/${id}`
  const policy = useApi(['policies', id], path, policyDetail)
  const draft = useApi(['policy-draft', id], `${path}/draft`, draftSchema)
  // Versions that were taken back have numbers too.
  const newest = useApi(['policy-versions', id, 'newest'], `${path}/versions`, versionPage, {
    query: { limit: 1 },
  })
  return (
    <Loaded of={policy}>
      {(p) => (
        <Loaded of={draft}>
          {(d) => (
            <Loaded of={newest}>
              {({ items }) => (
                <Page
                  title={`Publish version ${(items[0]?.number ?? 0) + 1} of ${p.name}`}
                  trail={[
                    { label: 'Policies', to: '/policies' },
                    { label: p.name, to: `/policies/${id}` },
                  ]}
                  about="What it would do. Nothing has happened yet."
                  actions={
                    p.published && (
                      <LinkButton
                        variant="default"
                        to={`/policies/${id}`}
                        search={{ show: 'changes' }}
                      >
                        Changed lines
                      </LinkButton>
                    )
                  }
                >
                  <Publishing policy={p} draft={d} />
                </Page>
              )}
            </Loaded>
          )}
        </Loaded>
      )}
    </Loaded>
  )
}

interface Props {
  readonly policy: PolicyDetail
  readonly draft: Draft
}

function Publishing({ policy, draft }: Props) {
  const may = useCan('policies.publish')
  const back = <LinkButton to={`/policies/${policy.id}`}>To the editor</LinkButton>
  if (!may) return <Forbidden permission="policies.publish" />
  if (policy.archivedAt !== null)
    return (
      <Empty title="This policy is archived" action={back}>
        Take it out of the archive first.
      </Empty>
    )
  if (policy.rollout)
    return (
      <Empty
        title={`Version ${policy.rollout.version} is on its way`}
        action={
          <LinkButton to={`/policies/${policy.id}`} search={{ tab: 'rollout' }}>
            To the rollout
          </LinkButton>
        }
      >
        Only a part is served it. Give it to everybody or take it back; then the draft can be
        published.
      </Empty>
    )
  if (!policy.draft.changed)
    return (
      <Empty title="Nothing to publish" action={back}>
        The draft says exactly what version {policy.published?.number} says.
      </Empty>
    )
  return <Ready policy={policy} draft={draft} />
}

function Ready({ policy, draft }: Props) {
  const [choice, setChoice] = useChoice()
  const [act] = useDebouncedValue(publishAct(policy.id, choice), 300)
  const answer = useImpact(act)
  const settled = JSON.stringify(act) === JSON.stringify(publishAct(policy.id, choice))
  return (
    <Stack gap="xl">
      <AddedAddresses policyId={policy.id} draft={draft} />
      <OtelNote text={draft.text} />
      <Loaded of={answer} loading={<Computing />}>
        {(impact) => (
          <div aria-busy={answer.isFetching}>
            <ImpactView act={act} impact={impact} />
            <ImpactReplay act={act} impact={impact} />
          </div>
        )}
      </Loaded>
      <PublishForm
        policy={policy}
        draft={draft}
        choice={choice}
        onChoice={setChoice}
        impact={settled && !answer.isPlaceholderData ? answer.data : undefined}
        refresh={() => void answer.refetch()}
      />
    </Stack>
  )
}

function Computing() {
  return (
    <div>
      <Text size="sm" c="dimmed" mb="sm">
        Asking for everybody before and after…
      </Text>
      <Loading lines={8} />
    </div>
  )
}
