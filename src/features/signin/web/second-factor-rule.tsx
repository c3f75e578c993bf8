import { useState } from 'react'
import { Button, Checkbox, Text } from '@mantine/core'
import {
  api,
  Confirm,
  Effect,
  Facts,
  Link,
  Loaded,
  plural,
  Section,
  Status,
  Time,
  useAct,
  useApi,
} from '#web/kit/index.ts'
import { session } from '../schema.ts'
import { rule, ruleChanged, type Rule } from '../second-factor/schema.ts'

const people = (count: number): string => plural(count, 'member')

/** Whether everybody gives a second factor: how it is, and the question before it changes. */
export function SecondFactorRule() {
  const answer = useApi(['second-factor-rule'], '/api/v1/second-factor-rule', rule)
  const [asking, setAsking] = useState(false)
  return (
    <Section
      title="Second factor"
      about="A passkey, or a code of an authenticator app, beside the password."
      actions={
        answer.data && (
          <Button variant="default" onClick={() => setAsking(true)}>
            {answer.data.required ? 'Require it no longer' : 'Require it of everybody'}
          </Button>
        )
      }
    >
      <Loaded of={answer}>
        {(now) => (
          <>
            <Facts
              of={[
                [
                  'Required',
                  now.required ? (
                    <Status meaning="allowed">of everybody</Status>
                  ) : (
                    'No. Who has a second factor gives it all the same.'
                  ),
                ],
                ...(now.changedAt === null
                  ? []
                  : ([['Since', <Time at={now.changedAt} />]] as const)),
                ['Without one', `${now.members.without} of ${people(now.members.active)}`],
              ]}
            />
            <Question now={now} opened={asking} onClose={() => setAsking(false)} />
          </>
        )}
      </Loaded>
    </Section>
  )
}

interface QuestionProps {
  readonly now: Rule
  readonly opened: boolean
  readonly onClose: () => void
}

function Question({ now, opened, onClose }: QuestionProps) {
  const [atOnce, setAtOnce] = useState(false)
  // A key of its own: the shell keeps less of the same answer.
  const own = useApi(['session', 'whole'], '/api/v1/session', session)
  const change = useAct(
    (required: boolean) =>
      api.put('/api/v1/second-factor-rule', {
        body: { required, atOnce: required && atOnce },
        schema: ruleChanged,
      }),
    {
      done: ({ required }) =>
        required
          ? 'Everybody gives a second factor from now on.'
          : 'A second factor is nobody’s duty any more.',
      refresh: ['second-factor-rule', 'factors'],
    },
  )
  if (now.required)
    return (
      <Confirm
        opened={opened}
        onClose={onClose}
        title="Require no second factor any more?"
        action="Require it no longer"
        onConfirm={() => change.mutateAsync(false)}
      >
        <Effect
          touches="Members without a second factor sign in with their password alone."
          when="At their next sign-in. Members who have a factor go on giving it."
          undo="Require it again here."
        />
      </Confirm>
    )
  return (
    <Confirm
      opened={opened}
      onClose={onClose}
      title="Require a second factor of everybody?"
      action="Require it"
      danger={false}
      onConfirm={() => change.mutateAsync(true)}
    >
      <Effect
        touches={
          now.members.without === 0
            ? 'Every active member has one already.'
            : `${people(now.members.without)} of ${now.members.active} ${
                now.members.without === 1 ? 'has' : 'have'
              } none and must add one.`
        }
        when="At the next sign-in, before anything else opens. An open session ends after 7 days at the latest."
        undo="Require it no longer, here. The factors that people added stay."
      />
      {now.sessions.without > 0 && (
        <Checkbox
          mt="md"
          label={`Also ask in ${plural(now.sessions.without, 'open session')} without one`}
          description="At their next click; nothing that was typed but not saved is kept."
          checked={atOnce}
          onChange={(event) => setAtOnce(event.currentTarget.checked)}
        />
      )}
      {own.data?.session.secondFactor === 'none' && (
        <Text size="sm" mt="md">
          First add one of your own on <Link to="/account">your account page</Link>: what you ask of
          others should work for you.
        </Text>
      )}
    </Confirm>
  )
}
