import { useState } from 'react'
import { Alert, Button, Stack, Text } from '@mantine/core'
import {
  api,
  ChangeSetView,
  Confirm,
  Facts,
  Id,
  LinkButton,
  Link,
  Loaded,
  MessageField,
  Page,
  plural,
  Section,
  Time,
  useAct,
  useApi,
  useParam,
} from '#web/kit/index.ts'
import { proposal, proposalDetail, type How, type ProposalDetail } from '../../approval/schema.ts'
import { bothTimes } from '../rollout/choice.ts'
import { doingOf } from './perform.ts'
import { outdatedWords, StateMark } from './words.tsx'

/** What is renewed after a step: the act may have been of any feature. */
const renewed = [
  'approvals',
  'four-eyes',
  'policies',
  'policy-draft',
  'policy-versions',
  'rollout',
  'rules',
  'lookup',
  'members',
  'groups',
  'enrolments',
  'surfaces',
  'overview',
  'change-set',
]

/** One proposal: what it does to whom, whether it still does, and what can be decided. */
export function ApprovalScreen() {
  const id = useParam('approvalId')
  const answer = useApi(['approvals', id], `/api/v1/approvals/${id}`, proposalDetail)
  return (
    <Loaded of={answer}>
      {(p) => (
        <Page
          title={p.title}
          trail={[{ label: 'Approvals', to: '/approvals' }]}
          mark={<StateMark state={p.state} />}
          about={<Id value={p.id} />}
          actions={<Steps of={p} />}
        >
          <Stack gap="lg">
            <Standing of={p} />
            <About of={p} />
            {p.changeSet && (
              <Section title="What it does" about="As it was looked at when it was proposed.">
                <ChangeSetView set={p.changeSet} />
              </Section>
            )}
            {p.holds?.now && (
              <Section title="What it would do now">
                <ChangeSetView set={p.holds.now} />
              </Section>
            )}
          </Stack>
        </Page>
      )}
    </Loaded>
  )
}

function Standing({ of: p }: { readonly of: ProposalDetail }) {
  if (p.holds?.outdated)
    return (
      <Alert color="yellow" title="It does not stand any more">
        {outdatedWords[p.holds.outdated]} It has to be proposed again as it is now.
      </Alert>
    )
  if (p.may.whyNot !== null) return <Alert color="blue">{p.may.whyNot}</Alert>
  return null
}

function About({ of: p }: { readonly of: ProposalDetail }) {
  return (
    <Section title="Proposal">
      <Text size="sm" mb="sm" className="gh-message">
        {p.message}
      </Text>
      <Facts
        of={[
          [
            'Proposed',
            <>
              <Time at={p.createdAt} /> by {p.proposer.label}
            </>,
          ],
          ...(p.contributors.length > 0
            ? [['Wrote the draft', p.contributors.map((c) => c.label).join(', ')] as const]
            : []),
          ...(p.how.at === undefined ? [] : [['For', bothTimes(p.how.at)] as const]),
          ...(p.act.kind === 'rollout' && p.how.bounds
            ? [['Halts by itself', haltWords(p.how)] as const]
            : []),
          ...(p.decidedAt === null
            ? [['Until', <Time at={p.expiresAt} />] as const]
            : [
                [
                  p.state === 'declined' ? 'Declined' : 'Approved',
                  <>
                    <Time at={p.decidedAt} /> by {p.decidedBy}
                    {p.comment !== '' && `: ${p.comment}`}
                  </>,
                ] as const,
              ]),
          ...(p.usedAt === null
            ? []
            : [
                [
                  p.state === 'planned' ? 'Planned' : 'Done',
                  <>
                    <Time at={p.usedAt} /> by {p.usedBy}
                  </>,
                ] as const,
              ]),
        ]}
      />
      {'policyId' in p.act && p.act.policyId !== null && (
        <Text size="sm" mt="sm">
          <Link to={`/policies/${p.act.policyId}`} search={{ show: 'changes' }}>
            Read the policy and its draft
          </Link>
        </Text>
      )}
    </Section>
  )
}

function haltWords({ bounds, takeBackWhenHalted }: How): string {
  if (!bounds?.refusedFetches) return 'never'
  const { count, minutes } = bounds.refusedFetches
  return `at ${plural(count, 'lost fetch', 'lost fetches')} in ${plural(minutes, 'minute')}${takeBackWhenHalted === true ? ', and is taken back then' : ''}`
}

function Steps({ of: p }: { readonly of: ProposalDetail }) {
  return (
    <>
      {p.may.withdraw && <Withdraw of={p} />}
      {p.may.decline && <Decide of={p} what="decline" />}
      {p.may.approve && <Decide of={p} what="approve" />}
      {p.may.perform && <Perform of={p} />}
    </>
  )
}

const stepPath = (p: ProposalDetail, step: string): string => `/api/v1/approvals/${p.id}/${step}`

function Withdraw({ of: p }: { readonly of: ProposalDetail }) {
  const withdraw = useAct(() => api.post(stepPath(p, 'withdraw'), { schema: proposal }), {
    done: 'Withdrawn',
    refresh: renewed,
  })
  return (
    <Button
      variant="default"
      loading={withdraw.isPending}
      onClick={() => withdraw.mutate(undefined)}
    >
      Withdraw
    </Button>
  )
}

const decisions = {
  approve: { label: 'Approve…', action: 'Approve', done: 'Approved', danger: false },
  decline: { label: 'Decline…', action: 'Decline', done: 'Declined', danger: true },
} as const

function Decide(props: { readonly of: ProposalDetail; readonly what: keyof typeof decisions }) {
  const { of: p, what } = props
  const { label, action, done, danger } = decisions[what]
  const [opened, setOpened] = useState(false)
  const [comment, setComment] = useState('')
  const decide = useAct(
    () => api.post(stepPath(p, what), { body: { comment }, schema: proposal }),
    { done, refresh: renewed, onError: () => true },
  )
  return (
    <>
      <Button {...(danger ? { variant: 'default' } : {})} onClick={() => setOpened(true)}>
        {label}
      </Button>
      <Confirm
        opened={opened}
        onClose={() => setOpened(false)}
        title={`${action}: ${p.title}`}
        action={action}
        danger={danger}
        onConfirm={() => decide.mutateAsync(undefined)}
      >
        <Stack gap="sm">
          <span>
            {danger
              ? 'It cannot be done then; it may be proposed anew.'
              : 'It does not happen yet: it can then be done within its seven days, with exactly this effect.'}
          </span>
          <MessageField
            label={danger ? 'Why not' : 'Comment'}
            required={danger}
            data-autofocus
            value={comment}
            onChange={setComment}
          />
        </Stack>
      </Confirm>
    </>
  )
}

function Perform({ of: p }: { readonly of: ProposalDetail }) {
  const doing = doingOf(p)
  const perform = useAct(
    async () => {
      if (typeof doing === 'function') await doing()
    },
    { done: 'Done', refresh: renewed },
  )
  if (typeof doing !== 'function') return <LinkButton to={doing.page}>{doing.label}</LinkButton>
  return (
    <Button loading={perform.isPending} onClick={() => perform.mutate(undefined)}>
      {p.how.at === undefined ? 'Do it now' : 'Plan it'}
    </Button>
  )
}
