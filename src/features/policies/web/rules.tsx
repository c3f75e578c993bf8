import './rules.css'
import { useState } from 'react'
import { Alert, Button, Group, Select, Stack, Text } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import {
  api,
  ChangeSetConfirm,
  Empty,
  Loaded,
  Page,
  Section,
  useApi,
  useCan,
  plural,
} from '#web/kit/index.ts'
import { policyPage, rules as rulesSchema, type Policy, type Rules } from '../schema.ts'
import type { Act } from '../schema.act.ts'
import { AddRule } from './add-rule.tsx'
import { RuleList, type RuleDraft } from './rule-list.tsx'

export function RulesScreen() {
  const rules = useApi(['rules'], '/api/v1/rules', rulesSchema)
  const policies = useApi(['policies', 'published'], '/api/v1/policies', policyPage, {
    query: { limit: 500 },
  })
  return (
    <Page
      title="Group rules"
      about="From the top: the first rule whose group somebody is in applies, whole. Nothing is filled in from later rules."
    >
      <Loaded of={rules}>
        {(r) => (
          <Loaded of={policies}>
            {(p) => (
              <Editor
                key={r.revision}
                rules={r}
                policies={p.items.filter((one) => one.published !== null)}
              />
            )}
          </Loaded>
        )}
      </Loaded>
    </Page>
  )
}

interface EditorProps {
  readonly rules: Rules
  readonly policies: readonly Policy[]
}

/** The order is changed here and takes effect as a whole, after its change set was looked at. */
function Editor({ rules, policies }: EditorProps) {
  const may = useCan('policies.publish')
  const [order, setOrder] = useState<readonly RuleDraft[]>(rules.rules)
  const [act, setAct] = useState<Act>()
  const client = useQueryClient()
  const pairs = order.map(({ groupId, policyId }) => ({ groupId, policyId }))
  const changed =
    JSON.stringify(pairs) !==
    JSON.stringify(rules.rules.map(({ groupId, policyId }) => ({ groupId, policyId })))
  const confirm = async (changeSet: string | undefined) => {
    const common = { expectedRevision: rules.revision, changeSet }
    if (act?.kind === 'rules')
      await api.put('/api/v1/rules', { body: { rules: act.rules, ...common } })
    if (act?.kind === 'default')
      await api.put('/api/v1/rules/default', { body: { policyId: act.policyId, ...common } })
    for (const key of ['rules', 'policies', 'lookup'])
      void client.invalidateQueries({ queryKey: [key] })
  }
  return (
    <Stack gap="lg">
      {rules.withoutPolicy > 0 && (
        <Alert
          color="yellow"
          title={`${plural(rules.withoutPolicy, 'principal')} without any policy`}
        >
          No rule decides for them and there is no default: their clients are not limited at all.
          Choose a default policy below.
        </Alert>
      )}
      <Section
        title="Rules in their order"
        actions={
          changed && (
            <Group gap="xs">
              <Button variant="default" onClick={() => setOrder(rules.rules)}>
                Discard
              </Button>
              <Button onClick={() => setAct({ kind: 'rules', rules: pairs })}>
                Review and save…
              </Button>
            </Group>
          )
        }
      >
        {order.length === 0 ? (
          <Empty title="No rules">
            Everybody gets the default policy. A rule gives the people and enrolments of one group
            another one.
          </Empty>
        ) : (
          <RuleList rules={order} policies={policies} editable={may} onChange={setOrder} />
        )}
        {may && (
          <AddRule
            policies={policies}
            taken={new Set(order.map((rule) => rule.groupId))}
            onAdd={(rule) => setOrder([...order, rule])}
          />
        )}
      </Section>
      <Section
        title="Everybody else"
        about="Those for whom no rule decides get the default policy."
      >
        <Group align="flex-end" gap="md">
          <Select
            label="Default policy"
            w={320}
            placeholder="None: clients are not limited"
            clearable
            searchable
            disabled={!may}
            data={policies.map((p) => ({
              value: p.id,
              label: `${p.name} (version ${p.published?.number ?? ''})`,
            }))}
            value={rules.default?.policyId ?? null}
            onChange={(policyId) => {
              if (policyId !== (rules.default?.policyId ?? null))
                setAct({ kind: 'default', policyId })
            }}
          />
          {rules.default && (
            <Text size="sm" c="dimmed" pb={6}>
              decides for {plural(rules.default.decides, 'principal')}
            </Text>
          )}
        </Group>
      </Section>
      {act && (
        <ChangeSetConfirm
          opened
          onClose={() => setAct(undefined)}
          title={act.kind === 'rules' ? 'Save the group rules' : 'Change the default policy'}
          action={act.kind === 'rules' ? 'Save rules' : 'Change default'}
          act={act}
          onConfirm={confirm}
        />
      )}
    </Stack>
  )
}
