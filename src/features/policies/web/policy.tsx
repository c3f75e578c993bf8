import { Tabs } from '@mantine/core'
import { z } from 'zod'
import { Id, Loaded, Page, useAddress, useApi, useParam } from '#web/kit/index.ts'
import { draft as draftSchema, policyDetail, versionText, type Draft } from '../schema.ts'
import { DraftEditor } from './draft-editor.tsx'
import { Marks } from './policies.tsx'
import { PolicyActs } from './policy-acts.tsx'
import { PublishButton } from './publish.tsx'
import { RolloutTab } from './rollout/rollout-tab.tsx'
import { UsedByList } from './used-by.tsx'
import { useDraft } from './use-draft.ts'
import { Versions } from './versions.tsx'
import type { PolicyDetail } from './words.ts'

/** An address that names two versions means their comparison, with or without the tab. */
const view = z.object({
  tab: z.enum(['editor', 'versions', 'rollout', 'used']).optional().catch(undefined),
  from: z.string().optional().catch(undefined),
  to: z.string().optional().catch(undefined),
})

export function PolicyScreen() {
  const id = useParam('policyId')
  const policy = useApi(['policies', id], `/api/v1/policies/${id}`, policyDetail)
  const draft = useApi(['policy-draft', id], `/api/v1/policies/${id}/draft`, draftSchema)
  return (
    <Loaded of={policy}>
      {(p) => <Loaded of={draft}>{(d) => <OnePolicy key={p.id} policy={p} loaded={d} />}</Loaded>}
    </Loaded>
  )
}

function OnePolicy({ policy, loaded }: { readonly policy: PolicyDetail; readonly loaded: Draft }) {
  const [{ tab: asked, from, to }, setView] = useAddress(view)
  const tab = asked ?? (from === undefined && to === undefined ? 'editor' : 'versions')
  const draft = useDraft(policy.id, loaded)
  const published = useApi(
    ['policies', policy.id, 'served'],
    `/api/v1/policies/${policy.id}/versions/${policy.published?.number ?? 0}`,
    versionText,
    { enabled: policy.published !== null },
  )
  return (
    <Page
      title={policy.name}
      trail={[{ label: 'Policies', to: '/policies' }]}
      mark={<Marks of={policy} />}
      about={
        <>
          {policy.description === '' ? '' : `${policy.description} · `}
          <Id value={policy.id} />
        </>
      }
      actions={
        <>
          <PolicyActs policy={policy} />
          <PublishButton policy={policy} draft={draft} served={published.data} />
        </>
      }
    >
      <Tabs
        value={tab}
        onChange={(next) =>
          setView({ tab: view.parse({ tab: next }).tab, from: undefined, to: undefined })
        }
      >
        <Tabs.List mb="md">
          <Tabs.Tab value="editor">Editor</Tabs.Tab>
          <Tabs.Tab value="versions">Versions</Tabs.Tab>
          <Tabs.Tab value="rollout">Rollout</Tabs.Tab>
          <Tabs.Tab value="used">
            Used by{policy.usedBy.length === 0 ? '' : ` (${policy.usedBy.length})`}
          </Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="editor">
          {tab === 'editor' && (
            <DraftEditor policy={policy} draft={draft} loaded={loaded} served={published.data} />
          )}
        </Tabs.Panel>
        <Tabs.Panel value="versions">
          {tab === 'versions' && <Versions policy={policy} draft={draft} />}
        </Tabs.Panel>
        <Tabs.Panel value="rollout">
          {tab === 'rollout' && <RolloutTab policy={policy} />}
        </Tabs.Panel>
        <Tabs.Panel value="used">{tab === 'used' && <UsedByList policy={policy} />}</Tabs.Panel>
      </Tabs>
    </Page>
  )
}
