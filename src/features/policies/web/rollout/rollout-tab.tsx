import './rollout.css'
import { Alert, Button, Progress, Stack, Text } from '@mantine/core'
import {
  api,
  ConfirmButton,
  Empty,
  Facts,
  Link,
  LinkButton,
  Loaded,
  plural,
  Section,
  Status,
  Time,
  useAct,
  useApi,
  useCan,
} from '#web/kit/index.ts'
import {
  rolloutState,
  type Rollout,
  type RolloutState,
  type Schedule,
} from '../../rollout/schema.ts'
import type { PolicyDetail } from '../words.ts'
import { Decisions, moved } from './decisions.tsx'
import { InStageList } from './in-stage-list.tsx'
import { Steps } from './steps.tsx'
import { BothTimes, boundWords, FateMark, stageWords } from './words.tsx'

/** A version on its way: who is served it, how it goes, what was decided; and what waits for its time. */
export function RolloutTab({ policy }: { readonly policy: PolicyDetail }) {
  const path = `/api/v1/policies/${policy.id}/rollout`
  const answer = useApi(['rollout', policy.id], path, rolloutState, { every: 10_000 })
  const can = useCan('policies.publish')
  const may = can && policy.archivedAt === null
  return (
    <Loaded of={answer}>
      {(state) => {
        const toNote = state.past.find((rollout) => rollout.toNote)
        return (
          <Stack gap="lg">
            {[...(state.schedule ? [state.schedule] : []), ...state.alsoMissed].map((one) => (
              <Scheduled key={one.id} policy={policy} schedule={one} may={can} />
            ))}
            {toNote && <TakenBackByItself policy={policy} rollout={toNote} may={can} />}
            {state.current ? (
              <Current policy={policy} state={state} rollout={state.current} may={may} />
            ) : (
              <Nothing policy={policy} may={may} scheduled={state.schedule !== null} />
            )}
            {state.past.length > 0 && (
              <Section title="Before">
                {state.past.map((one) => (
                  <details key={one.id} className="gh-rollout-past">
                    <summary>
                      Version {one.version} <FateMark of={one.state} />{' '}
                      <Text span size="sm" c="dimmed">
                        <Time at={one.endedAt} /> by {one.endedBy}
                      </Text>
                    </summary>
                    <p>
                      <Link to={`/policies/${policy.id}/versions/${one.version}`}>
                        The text of version {one.version}
                      </Link>
                    </p>
                    <Steps of={one} />
                  </details>
                ))}
              </Section>
            )}
          </Stack>
        )
      }}
    </Loaded>
  )
}

function Nothing(props: {
  readonly policy: PolicyDetail
  readonly may: boolean
  readonly scheduled: boolean
}) {
  const { policy, may, scheduled } = props
  if (scheduled) return null
  return (
    <Empty
      title="Nothing is being rolled out"
      action={
        may &&
        policy.published &&
        policy.draft.changed && (
          <LinkButton to={`/policies/${policy.id}/publish`} search={{ to: 'stage' }}>
            Give the draft to a part first…
          </LinkButton>
        )
      }
    >
      {policy.published
        ? 'A new version can go to a pilot group, to some enrolments or to a share of the members first. Here you see then who was served it, and give it to everybody or take it back.'
        : 'Once a version is published, the next one can go to a part of its people first.'}
    </Empty>
  )
}

interface CurrentProps {
  readonly policy: PolicyDetail
  readonly state: RolloutState
  readonly rollout: Rollout
  readonly may: boolean
}

function Current({ policy, state: { progress }, rollout, may }: CurrentProps) {
  const { inStage = 0, served = 0, refused = 0, cameBack = 0, minutes = 0 } = progress ?? {}
  return (
    <>
      <Section
        title={
          rollout.state === 'halted'
            ? `Version ${rollout.version} has halted`
            : `Version ${rollout.version} in its stage`
        }
        about={rollout.message}
        actions={
          may && (
            <div className="gh-rollout-acts">
              <Decisions policyId={policy.id} policyName={policy.name} rollout={rollout} />
            </div>
          )
        }
      >
        <Stack gap="md">
          {rollout.state === 'halted' && (
            <Alert color="red" title="Gatehouse halted it" role="alert">
              {rollout.steps.findLast(({ what }) => what === 'halt')?.note} The stage goes on being
              served it; it gets no wider until somebody lets it go on. Start a client of the stage
              to see what it says.
            </Alert>
          )}
          <Facts
            of={[
              ['Served to', stageWords(rollout.stage)],
              ['All others', `version ${policy.published?.number ?? '–'}`],
              [
                'Since',
                <span key="since">
                  <Time at={rollout.startedAt} /> by {rollout.startedBy}
                </span>,
              ],
              ['Bounds', boundWords(rollout)],
              [
                `Refused fetches, last ${minutes} min`,
                refused + cameBack === 0 ? (
                  'none'
                ) : (
                  <Status key="refused" meaning="prompt">
                    {refused} by Gatehouse, {cameBack} by clients that came back at once
                  </Status>
                ),
              ],
            ]}
          />
          <div>
            <Text size="sm" mb={6}>
              <strong>{served.toLocaleString('en')}</strong> of {plural(inStage, 'principal')} in
              the stage {served === 1 ? 'has' : 'have'} fetched it. The others are given it at their
              next fetch.
            </Text>
            <Progress
              value={inStage === 0 ? 0 : (served / inStage) * 100}
              aria-label={`${served} of ${inStage} have fetched it`}
            />
          </div>
        </Stack>
      </Section>
      <InStageList policyId={policy.id} version={rollout.version} />
      <Section title="What was decided">
        <Steps of={rollout} />
      </Section>
    </>
  )
}

function Scheduled({
  policy,
  schedule,
  may,
}: {
  readonly policy: PolicyDetail
  readonly schedule: Schedule
  readonly may: boolean
}) {
  const missed = schedule.state === 'missed'
  const cancel = useAct(
    () =>
      api.post(`/api/v1/policies/${policy.id}/schedule/cancel`, {
        body: { id: schedule.id },
        schema: rolloutState,
      }),
    { done: missed ? 'Taken note of' : 'Cancelled', refresh: moved, onError: () => !missed },
  )
  const to = schedule.rollout ? `to ${stageWords(schedule.rollout.stage)}` : 'to everybody'
  return (
    <Section
      title={
        missed
          ? `Version ${schedule.version} did not go out at its time`
          : `Version ${schedule.version} is scheduled`
      }
      about={schedule.message}
      actions={
        may &&
        (missed ? (
          <Button
            variant="default"
            loading={cancel.isPending}
            onClick={() => cancel.mutate(undefined)}
          >
            Taken note
          </Button>
        ) : (
          <ConfirmButton
            label="Cancel…"
            title={`Cancel version ${schedule.version}?`}
            action="Cancel it"
            danger={false}
            onConfirm={() => cancel.mutateAsync(undefined)}
          >
            Nobody was served it, so nobody’s policy changes. The version stays in the list; the
            draft stays as it is.
          </ConfirmButton>
        ))
      }
    >
      {missed && (
        <Alert color="yellow" mb="md">
          {schedule.note}
        </Alert>
      )}
      <Facts
        of={[
          ['Goes out', to],
          ['At', <BothTimes key="at" at={schedule.at} />],
          ...(schedule.rollout ? [['Bounds', boundWords(schedule.rollout)] as const] : []),
          [
            'Decided',
            <span key="decided">
              <Time at={schedule.madeAt} /> by {schedule.madeBy}
            </span>,
          ],
          [
            'Text',
            <Link key="text" to={`/policies/${policy.id}/versions/${schedule.version}`}>
              Version {schedule.version}, fixed
            </Link>,
          ],
        ]}
      />
    </Section>
  )
}

function TakenBackByItself({
  policy,
  rollout,
  may,
}: {
  readonly policy: PolicyDetail
  readonly rollout: Rollout
  readonly may: boolean
}) {
  const note = useAct(
    () => api.post(`/api/v1/policies/${policy.id}/rollout/note`, { schema: rolloutState }),
    { done: 'Taken note of', refresh: moved },
  )
  return (
    <Alert color="red" title={`Gatehouse took version ${rollout.version} back`} role="alert">
      <Stack gap="xs" align="flex-start">
        <span>
          {rollout.steps.findLast(({ what }) => what === 'halt')?.note} Everybody is served version{' '}
          {policy.published?.number} again.
        </span>
        {may && (
          <Button
            variant="default"
            size="compact-sm"
            loading={note.isPending}
            onClick={() => note.mutate(undefined)}
          >
            Taken note
          </Button>
        )}
      </Stack>
    </Alert>
  )
}
