import { useState } from 'react'
import { Alert, Button, Stack, Text } from '@mantine/core'
import {
  api,
  AskFields,
  ConfirmButton,
  Facts,
  Link,
  LinkButton,
  Loaded,
  Page,
  Rows,
  Section,
  Status,
  Time,
  useAct,
  useApi,
  useAskApproval,
  useCan,
  type Column,
} from '#web/kit/index.ts'
import { fourEyes, type FourEyes } from '../../approval/schema.ts'

/** The switch of the four-eyes rule, and who it depends on. */
export function FourEyesScreen() {
  const answer = useApi(['four-eyes'], '/api/v1/settings/four-eyes', fourEyes)
  return (
    <Loaded of={answer}>
      {(rule) => (
        <Page
          title="Four-eyes rule"
          width="narrow"
          about="Whatever changes who gets which policy needs the approval of a second person."
          mark={<Status meaning={rule.on ? 'allowed' : 'neutral'}>{rule.on ? 'on' : 'off'}</Status>}
          actions={<Switch rule={rule} />}
        >
          <Rule of={rule} />
        </Page>
      )}
    </Loaded>
  )
}

type Approver = FourEyes['approvers'][number]
const approverColumns: readonly Column<Approver>[] = [
  { key: 'member', header: 'Member', cell: ({ label }) => label },
]

function Rule({ of: rule }: { readonly of: FourEyes }) {
  return (
    <Stack gap="lg">
      <Section title="State">
        <Facts
          of={[
            [
              'Changed',
              rule.changedAt === null ? (
                'never'
              ) : (
                <>
                  <Time at={rule.changedAt} /> by {rule.changedBy}
                </>
              ),
            ],
            [
              'Waiting',
              <Link to="/approvals" search={{ state: 'open' }}>
                {rule.waiting} for approval
              </Link>,
            ],
            [
              'To review',
              <Link to="/approvals" search={{ tab: 'reviews' }}>
                {rule.reviews} that did not wait
              </Link>,
            ],
          ]}
        />
      </Section>
      <Section
        title="Who can approve"
        about="Active members with the permission who can sign in. Service keys cannot."
      >
        <Rows
          label="Who can approve"
          columns={approverColumns}
          rows={rule.approvers}
          rowKey={({ id }) => id}
          rowLink={({ id }) => `/members/${id}`}
        />
        {rule.approvers.length < 2 && (
          <Alert color="yellow" mt="sm">
            The rule needs two of them. Make another member an admin or an owner first.
          </Alert>
        )}
      </Section>
      <Section title="What it does">
        <Stack gap="xs">
          <Text size="sm">
            Publishing, putting back, rules, the default, memberships, bindings and rollouts wait
            for somebody who neither proposed them nor wrote in the draft that they serve. What is
            approved is exactly the effect that was looked at: an edit voids it.
          </Text>
          <Text size="sm">
            What takes access away happens at once, and so does putting back in an emergency; both
            stand as alarms until somebody else has reviewed them.
          </Text>
          <Text size="sm">
            The rule does not protect against one person who controls two accounts: watch who is
            made an admin, in the{' '}
            <Link to="/audit" search={{ action: 'member.' }} underline="always">
              audit trail
            </Link>
            .
          </Text>
        </Stack>
      </Section>
    </Stack>
  )
}

function Switch({ rule }: { readonly rule: FourEyes }) {
  const may = useCan('settings.manage')
  const turn = useAct(
    (on: boolean) => api.put('/api/v1/settings/four-eyes', { body: { on }, schema: fourEyes }),
    {
      done: (now) => `The four-eyes rule is ${now.on ? 'on' : 'off'}`,
      refresh: ['four-eyes', 'approvals', 'overview'],
    },
  )
  if (!may) return null
  if (!rule.on)
    return (
      <ConfirmButton
        label="Turn on…"
        title="Turn the four-eyes rule on?"
        action="Turn on"
        danger={false}
        button={{ variant: 'filled', disabled: rule.approvers.length < 2 }}
        onConfirm={() => turn.mutateAsync(true)}
      >
        From then on two people are needed for every change of who gets which policy, and also to
        turn the rule off again.
      </ConfirmButton>
    )
  if (rule.turningOff?.state === 'approved')
    return (
      <Button color="red" loading={turn.isPending} onClick={() => turn.mutate(false)}>
        Turn off
      </Button>
    )
  if (rule.turningOff)
    return (
      <LinkButton variant="default" to={`/approvals/${rule.turningOff.id}`}>
        Turning it off waits for approval
      </LinkButton>
    )
  return <AskOff />
}

/** Turning it off is under the rule as well. */
function AskOff() {
  const [message, setMessage] = useState('')
  const ask = useAskApproval()
  return (
    <ConfirmButton
      label="Turn off…"
      title="Turn the four-eyes rule off?"
      action="Ask for approval"
      danger={false}
      onConfirm={() => ask({ act: { kind: 'four_eyes_off' }, message, changeSet: undefined })}
    >
      Somebody else has to approve that, too.
      <AskFields message={message} onMessage={setMessage} />
    </ConfirmButton>
  )
}
