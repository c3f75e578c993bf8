import { useState } from 'react'
import { Button, Checkbox, Stack } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useQueryClient } from '@tanstack/react-query'
import { z } from 'zod'
import {
  api,
  ChangeSetConfirm,
  Diff,
  Empty,
  Loaded,
  MessageField,
  Section,
  Status,
  Timeline,
  useAddress,
  useApi,
  useCan,
  useChangeSet,
  plural,
} from '#web/kit/index.ts'
import {
  draft as draftSchema,
  published,
  versionPage,
  versionText,
  type Version,
} from '../schema.ts'
import { FateMark } from './rollout/words.tsx'
import type { DraftState } from './use-draft.ts'
import { type PolicyDetail } from './words.ts'

const view = z.object({
  from: z.coerce.number().int().min(1).optional().catch(undefined),
  to: z.coerce.number().int().min(1).optional().catch(undefined),
})

/** The versions on their timeline, and what changed between any two: the address says exactly which. */
export function Versions({
  policy,
  draft,
}: {
  readonly policy: PolicyDetail
  readonly draft: DraftState
}) {
  const path = `/api/v1/policies/${policy.id}/versions`
  const answer = useApi(['policy-versions', policy.id], path, versionPage, {
    query: { limit: 500 },
  })
  const [asked, setView] = useAddress(view)
  const [back, setBack] = useState<Version>()
  const may = useCan('policies.publish') && policy.archivedAt === null
  return (
    <Loaded of={answer}>
      {({ items }) => {
        const newest = items[0]
        if (!newest)
          return (
            <Empty title="Never published">
              Every publish makes a version that stays as it is; here they stand with what changed
              between any two.
            </Empty>
          )
        const to = asked.to ?? newest.number
        const from = asked.from ?? to - 1
        return (
          <Stack gap="lg">
            <Timeline
              versions={items.map((v) => ({ ...v, mark: <VersionMarks of={v} /> }))}
              from={from}
              to={to}
              onPair={(a, b) => setView({ from: a, to: b })}
              link={(v) => `/policies/${policy.id}/versions/${v.number}`}
              action={(v) =>
                may &&
                !v.served &&
                (v.rollout === null || v.rollout === 'finished') && (
                  <Button variant="default" size="compact-xs" onClick={() => setBack(v)}>
                    Put back…
                  </Button>
                )
              }
            />
            {from >= 1 && from !== to && (
              <Section title={`What changed from version ${from} to version ${to}`}>
                <Compare path={path} from={from} to={to} />
              </Section>
            )}
            {back && (
              <PutBack
                policy={policy}
                draft={draft}
                version={back}
                onClose={() => setBack(undefined)}
              />
            )}
          </Stack>
        )
      }}
    </Loaded>
  )
}

export function VersionMarks({ of: v }: { readonly of: Version }) {
  return (
    <>
      {v.served && <Status meaning="allowed">served</Status>}
      <FateMark of={v.rollout} />
      {v.putBack !== null && <Status meaning="changed">put back version {v.putBack}</Status>}
      {v.warnings > 0 && <Status meaning="prompt">{plural(v.warnings, 'warning')}</Status>}
    </>
  )
}

function Compare({
  path,
  from,
  to,
}: {
  readonly path: string
  readonly from: number
  readonly to: number
}) {
  const before = useApi(['policy-version', path, from], `${path}/${from}`, versionText)
  const after = useApi(['policy-version', path, to], `${path}/${to}`, versionText)
  return (
    <Loaded of={before}>
      {(a) => (
        <Loaded of={after}>
          {(b) => (
            <Stack gap="lg">
              {(a.text !== b.text || a.defaults === b.defaults) && (
                <Diff
                  before={a.text}
                  after={b.text}
                  beforeLabel={`Version ${from}`}
                  afterLabel={`Version ${to}`}
                  language="toml"
                />
              )}
              {a.defaults !== b.defaults && (
                <Diff
                  before={a.defaults}
                  after={b.defaults}
                  beforeLabel={`Defaults (config.toml), version ${from}`}
                  afterLabel={`Defaults (config.toml), version ${to}`}
                  language="toml"
                />
              )}
            </Stack>
          )}
        </Loaded>
      )}
    </Loaded>
  )
}

function PutBack({
  policy,
  draft,
  version,
  onClose,
}: {
  readonly policy: PolicyDetail
  readonly draft: DraftState
  readonly version: Version
  readonly onClose: () => void
}) {
  const [message, setMessage] = useState(`Put back version ${version.number}`)
  const [accepted, setAccepted] = useState(false)
  const client = useQueryClient()
  const path = `/api/v1/policies/${policy.id}`
  const act = { kind: 'rollback', policyId: policy.id, version: version.number } as const
  // The same question as the dialog's own: one request.
  const bad = useChangeSet(act).data?.complaints.some((c) => c.severity === 'error') === true
  const putBack = async (changeSet: string | undefined, emergency?: { reason: string }) => {
    const made = await api.post(`${path}/put-back`, {
      body: {
        version: version.number,
        publishedVersion: policy.published?.number,
        message,
        acceptErrors: accepted,
        changeSet,
        emergency,
      },
      schema: published,
    })
    notifications.show({
      message: `Version ${version.number} is back, as version ${made.version.number}.`,
    })
    if (draft.state === 'saved') draft.take(await api.get(`${path}/draft`, { schema: draftSchema }))
    for (const key of ['policies', 'policy-draft', 'policy-versions', 'rules', 'lookup'])
      void client.invalidateQueries({ queryKey: [key] })
  }
  return (
    <ChangeSetConfirm
      opened
      onClose={onClose}
      title={`Put back version ${version.number} of ${policy.name}`}
      action="Put back"
      act={act}
      disabled={message.trim() === '' || (bad && !accepted)}
      onConfirm={putBack}
      message={message}
      emergencies
      how={{ acceptErrors: accepted }}
    >
      <MessageField label="Why" required data-autofocus value={message} onChange={setMessage} />
      {bad && (
        <Checkbox
          label="Put it back although the present check finds errors in it"
          description="It was found good when it was published. Only if you know that your clients take it."
          checked={accepted}
          onChange={(event) => setAccepted(event.currentTarget.checked)}
        />
      )}
    </ChangeSetConfirm>
  )
}
