import { useState } from 'react'
import { Button } from '@mantine/core'
import { api, ChangeSetConfirm, Confirm, MessageField, useAct } from '#web/kit/index.ts'
import { rolloutState, type Rollout } from '../../rollout/schema.ts'
import { isNobody, type Stage } from './choice.ts'
import { BoundsFields, StageFields } from './stage-fields.tsx'
import { Stack } from '@mantine/core'

interface Props {
  readonly policyId: string
  readonly policyName: string
  readonly rollout: Rollout
}

/** What is renewed when a rollout has moved. */
export const moved = [
  'policies',
  'rollout',
  'policy-versions',
  'policy-version',
  'policy-draft',
  'rules',
  'lookup',
  'overview',
]

/** What can be decided about a rollout that runs; each says first what it does to whom. */
export function Decisions(props: Props) {
  const { rollout } = props
  const halted = rollout.state === 'halted'
  return (
    <>
      <Bounds {...props} />
      <Restage {...props} halted={halted} />
      <Decide {...props} act="take_back_rollout" path="take-back" label="Take back…" />
      {halted ? (
        <GoOn {...props} />
      ) : (
        <Decide {...props} act="finish_rollout" path="finish" label="To all…" main />
      )}
    </>
  )
}

const stageOf = ({ stage }: Rollout): Stage => ({
  groupIds: stage.groups.map(({ id }) => id),
  enrolmentIds: stage.enrolments.map(({ id }) => id),
  percent: stage.percent,
})

function Restage({ policyId, policyName, rollout, halted }: Props & { readonly halted: boolean }) {
  const [opened, setOpened] = useState(false)
  const [stage, setStage] = useState(stageOf(rollout))
  const [message, setMessage] = useState('')
  const change = useAct(
    (changeSet: string | undefined) =>
      api.patch(`/api/v1/policies/${policyId}/rollout`, {
        body: { revision: rollout.revision, stage, changeSet, ...said(message) },
        schema: rolloutState,
      }),
    { done: 'The stage is another one', refresh: moved, onError: () => true },
  )
  const open = () => {
    setStage(stageOf(rollout))
    setMessage('')
    setOpened(true)
  }
  return (
    <>
      <Button variant="default" onClick={open}>
        {halted ? 'Narrow…' : 'Widen or narrow…'}
      </Button>
      <ChangeSetConfirm
        opened={opened}
        onClose={() => setOpened(false)}
        title={`Who is served version ${rollout.version} of ${policyName}`}
        action="Set stage"
        act={
          isNobody(stage)
            ? undefined
            : {
                kind: 'rollout',
                policyId,
                stage: {
                  groupIds: [...stage.groupIds],
                  enrolmentIds: [...stage.enrolmentIds],
                  percent: stage.percent,
                },
              }
        }
        message={message}
        onConfirm={(hash) => change.mutateAsync(hash)}
      >
        <StageFields value={stage} onChange={setStage} />
        <MessageField label="Why" value={message} onChange={setMessage} />
      </ChangeSetConfirm>
    </>
  )
}

const said = (message: string) => (message.trim() === '' ? {} : { message })

function Decide({
  policyId,
  policyName,
  rollout,
  act,
  path,
  label,
  main = false,
}: Props & {
  readonly act: 'finish_rollout' | 'take_back_rollout'
  readonly path: 'finish' | 'take-back'
  readonly label: string
  readonly main?: boolean
}) {
  const [opened, setOpened] = useState(false)
  const [message, setMessage] = useState('')
  const finish = act === 'finish_rollout'
  const decide = useAct(
    (sure: { changeSet: string | undefined; emergency: { reason: string } | undefined }) =>
      api.post(`/api/v1/policies/${policyId}/rollout/${path}`, {
        body: { revision: rollout.revision, ...sure, ...said(message) },
        schema: rolloutState,
      }),
    {
      done: finish
        ? `Version ${rollout.version} is served to everybody`
        : `Version ${rollout.version} is taken back`,
      refresh: moved,
      onError: () => true,
    },
  )
  return (
    <>
      <Button {...(main ? {} : { variant: 'default' })} onClick={() => setOpened(true)}>
        {label}
      </Button>
      <ChangeSetConfirm
        opened={opened}
        onClose={() => setOpened(false)}
        title={
          finish
            ? `Version ${rollout.version} of ${policyName} to everybody`
            : `Take version ${rollout.version} of ${policyName} back`
        }
        action={finish ? 'To all' : 'Take back'}
        act={{ kind: act, policyId }}
        message={message}
        emergencies={!finish}
        onConfirm={(changeSet, emergency) => decide.mutateAsync({ changeSet, emergency })}
      >
        <MessageField label="Why" data-autofocus value={message} onChange={setMessage} />
      </ChangeSetConfirm>
    </>
  )
}

function GoOn({ policyId, policyName, rollout }: Props) {
  const [opened, setOpened] = useState(false)
  const [message, setMessage] = useState('')
  const go = useAct(
    () =>
      api.post(`/api/v1/policies/${policyId}/rollout/go-on`, {
        body: { revision: rollout.revision, ...said(message) },
        schema: rolloutState,
      }),
    { done: 'It goes on', refresh: moved, onError: () => true },
  )
  return (
    <>
      <Button onClick={() => setOpened(true)}>Let it go on…</Button>
      <Confirm
        opened={opened}
        onClose={() => setOpened(false)}
        title={`Let version ${rollout.version} of ${policyName} go on?`}
        action="Go on"
        danger={false}
        onConfirm={() => go.mutateAsync(undefined)}
      >
        <Stack gap="sm">
          <span>
            Nobody’s policy changes by this. The stage can be widened again, and the fetches that
            were refused until now no longer count.
          </span>
          <MessageField
            label="Why it is no reason to stop"
            data-autofocus
            value={message}
            onChange={setMessage}
          />
        </Stack>
      </Confirm>
    </>
  )
}

function Bounds({ policyId, rollout }: Props) {
  const [opened, setOpened] = useState(false)
  const { bounds, takeBackWhenHalted } = rollout
  const [value, setValue] = useState({ bounds, takeBackWhenHalted })
  const change = useAct(
    () =>
      api.patch(`/api/v1/policies/${policyId}/rollout`, {
        body: { revision: rollout.revision, ...value },
        schema: rolloutState,
      }),
    { done: 'The bounds are set', refresh: moved, onError: () => true },
  )
  const open = () => {
    setValue({ bounds, takeBackWhenHalted })
    setOpened(true)
  }
  return (
    <>
      <Button variant="default" onClick={open}>
        Bounds…
      </Button>
      <Confirm
        opened={opened}
        onClose={() => setOpened(false)}
        title="When it halts by itself"
        action="Set bounds"
        danger={false}
        size="lg"
        onConfirm={() => change.mutateAsync(undefined)}
      >
        <BoundsFields value={value} onChange={setValue} />
      </Confirm>
    </>
  )
}
