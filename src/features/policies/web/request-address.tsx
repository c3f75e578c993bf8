import { Alert, Stack, Switch, Text } from '@mantine/core'
import { api, Diff, Loaded, plural, Section, useAct, useApi, useCan } from '#web/kit/index.ts'
import { withAddresses } from '#requirements/index.ts'
import { requestAddress } from '../addresses/schema.ts'
import type { Draft } from '../schema.ts'

const path = '/api/v1/settings/request-address'
const useSetting = () => useApi(['request-address'], path, requestAddress)

/** On the settings page: whether refused commands lead to where one asks for access. */
export function RequestAddressSetting() {
  const answer = useSetting()
  const may = useCan('settings.manage')
  const change = useAct((on: boolean) => api.put(path, { body: { on }, schema: requestAddress }), {
    refresh: ['request-address', 'change-set', 'impact'],
    done: 'Saved. It counts from the next publish of each policy.',
  })
  return (
    <Section
      title="Requests"
      about="What a rule says is the only text of a policy that reaches the person whose command it refuses."
    >
      <Loaded of={answer}>
        {({ on, site }) => (
          <Switch
            label="Put the address of a request into the justification of every rule"
            description={
              <>
                When a policy is published, after what the rule says, and as the only word of rules
                that forbid in silence: <q>Ask for access: {site}/requests/new?…</q>. It stands in
                the text of the version; comments and everything else stay as they are.
              </>
            }
            checked={on}
            disabled={!may || change.isPending}
            onChange={(event) => change.mutate(event.currentTarget.checked)}
          />
        )}
      </Loaded>
    </Section>
  )
}

/** Before a publish: what Gatehouse will add to the draft. Nothing where it adds nothing. */
export function AddedAddresses({
  policyId,
  draft,
}: {
  readonly policyId: string
  readonly draft: Pick<Draft, 'text'>
}) {
  const { data } = useSetting()
  if (data?.on !== true) return null
  const { text, changed } = withAddresses(draft.text, { site: data.site, policyId })
  if (changed === 0) return null
  return (
    <Section title="Request addresses">
      <Stack gap="sm">
        <Alert color="blue">
          <Text size="sm">
            {`Publishing puts the address of a request into ${plural(changed, 'rule')}; the draft has it afterwards as well.`}
          </Text>
        </Alert>
        <Diff
          before={draft.text}
          after={text}
          beforeLabel="The draft"
          afterLabel="What is published"
          language="toml"
        />
      </Stack>
    </Section>
  )
}
